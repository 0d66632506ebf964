// Minimum, maximum and median over neighbourhoods of floats.
//
// Floats are compared as integers in their order: -0 lies below +0, and NaN is left out: it counts
// as the largest number for a minimum, the smallest for a maximum, and returns only where nothing
// else is in the window. That makes the result independent of the order of the comparisons.

#ifndef BP_ORDER_H
#define BP_ORDER_H

#include "stop.h"

#include "vectors.h"

// The ordered integers of n floats; NaN becomes INT32_MAX (`nan_high`) or INT32_MIN.
void bp_order_encode(int32_t *dst, const float *src, ptrdiff_t n, int nan_high);
void bp_order_decode(float *dst, const int32_t *src, ptrdiff_t n);

// Minimum (or maximum) over `window` pixels: dst(x, y) is that of src(x, y) and the window - 1 pixels
// below it (columns) or to the right of it (rows). Columns come as floats, each row by a pointer to its
// beginning, and leave as ordered integers; rows come as those and leave as floats. `width` and
// `height` are the output's. `work`: 32 window numbers for columns, 64 (width + window) more for rows.
void bp_extreme_columns(int32_t *dst, ptrdiff_t dst_stride, const float *const *rows, ptrdiff_t width,
                        ptrdiff_t height, ptrdiff_t window, int maximum, int32_t *work);
void bp_extreme_rows(float *dst, ptrdiff_t dst_stride, const int32_t *src, ptrdiff_t src_stride,
                     ptrdiff_t width, ptrdiff_t height, ptrdiff_t window, int maximum,
                     int32_t *work);

// Median of (2 rx + 1) x (2 ry + 1) with rx, ry <= 2, on encoded rows. `src` points rx left of and ry
// above the first output pixel.
void bp_median_small(int32_t *dst, ptrdiff_t dst_stride, const int32_t *src, ptrdiff_t src_stride,
                     ptrdiff_t width, ptrdiff_t height, int rx, int ry);

// Median of (2 rx + 1) x (2 ry + 1) with rx, ry <= 128, for (width + 2 rx)(height + 2 ry) < 2^22.
// `work` holds bp_median_work bytes, aligned to 8. When stopped, what is left is not written.
ptrdiff_t bp_median_work(ptrdiff_t width, ptrdiff_t height, ptrdiff_t rx, ptrdiff_t ry);
void bp_median_large(int32_t *dst, ptrdiff_t dst_stride, const int32_t *src, ptrdiff_t src_stride,
                     ptrdiff_t width, ptrdiff_t height, ptrdiff_t rx, ptrdiff_t ry, void *work,
                     bp_stop stop);

#endif
