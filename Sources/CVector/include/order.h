// Minimum, maximum and median over neighbourhoods of floats.
//
// Floats are compared as integers in their order: -0 lies below +0, and NaN is left out: it counts
// as the largest number for a minimum, the smallest for a maximum, and returns only where nothing
// else is in the window. That makes the result independent of the order of the comparisons.

#ifndef BP_ORDER_H
#define BP_ORDER_H

#include "vectors.h"

// The ordered integers of n floats; NaN becomes INT32_MAX (`nan_high`) or INT32_MIN.
void bp_order_encode(int32_t *dst, const float *src, ptrdiff_t n, int nan_high);
void bp_order_decode(float *dst, const int32_t *src, ptrdiff_t n);

// Minimum (or maximum) over `window` pixels, in place: afterwards line[x] covers x ... x+window-1,
// for x < length - window + 1.
void bp_extreme_row(int32_t *line, ptrdiff_t length, ptrdiff_t window, int maximum);
// The same down the columns of `rows` rows.
void bp_extreme_columns(int32_t *image, ptrdiff_t stride, ptrdiff_t width, ptrdiff_t rows,
                        ptrdiff_t window, int maximum);

// Median of (2 rx + 1) x (2 ry + 1) with rx, ry <= 2, on encoded rows. `src` points rx left of and ry
// above the first output pixel.
void bp_median_small(int32_t *dst, ptrdiff_t dst_stride, const int32_t *src, ptrdiff_t src_stride,
                     ptrdiff_t width, ptrdiff_t height, int rx, int ry);

// Median of (2 rx + 1) x (2 ry + 1) with rx, ry <= 128, for (width + 2 rx)(height + 2 ry) < 2^22.
// `work` holds bp_median_work bytes, aligned to 8.
ptrdiff_t bp_median_work(ptrdiff_t width, ptrdiff_t height, ptrdiff_t rx, ptrdiff_t ry);
void bp_median_large(int32_t *dst, ptrdiff_t dst_stride, const int32_t *src, ptrdiff_t src_stride,
                     ptrdiff_t width, ptrdiff_t height, ptrdiff_t rx, ptrdiff_t ry, void *work);

#endif
