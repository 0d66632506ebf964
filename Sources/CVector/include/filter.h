// Neighbourhood filters over rows of floats: symmetric FIR, box sums, the blur pyramid, 2-D
// convolution.
//
// All strides are in floats. Outputs never overlap inputs. Filters down columns take a pointer to the
// beginning of each row, so that the rows may lie anywhere, and one may stand for several. What is computed for a pixel depends only
// on the pixels its taps reach, in a fixed order: not on where the row starts or how long it is.

#ifndef BP_FILTER_H
#define BP_FILTER_H

#include "vectors.h"

// out[x] = w[0] s[x] + sum over k = 1...r of w[k] (s[x-k] + s[x+k]). `src` points at the first tap,
// r floats left of the first output pixel; `rows` begins r rows above it.
void bp_fir_rows(float *dst, ptrdiff_t dst_stride, const float *src, ptrdiff_t src_stride,
                 ptrdiff_t width, ptrdiff_t height, const float *w, ptrdiff_t r);
void bp_fir_columns(float *dst, ptrdiff_t dst_stride, const float *const *rows, ptrdiff_t width,
                    ptrdiff_t height, const float *w, ptrdiff_t r);

// Sum over a window of 2 half + 1 pixels and a fraction of one more on each side, divided:
// (sum of the window + edge (left + right)) / divisor. The source begins half + 1 before the first
// output pixel and has width (or height) + 2 (half + 1) pixels; that first pixel of the source is the
// picture's column (or row) `origin`. `work`: 32 (2 half + 1) floats for columns, 64 (width +
// 2 half + 2) more for rows. `streams`: the results are written past the caches.
void bp_box_rows(float *dst, ptrdiff_t dst_stride, const float *src, ptrdiff_t src_stride,
                 ptrdiff_t width, ptrdiff_t height, ptrdiff_t half, float edge, float divisor,
                 ptrdiff_t origin, int streams, float *work);
void bp_box_columns(float *dst, ptrdiff_t dst_stride, const float *const *rows, ptrdiff_t width,
                    ptrdiff_t height, ptrdiff_t half, float edge, float divisor, ptrdiff_t origin,
                    float *work);

// One step down the blur pyramid: every second pixel of the source filtered by 1 4 6 4 1.
// Output (0, 0) is centred on the source's pixel (2, 2); `src` points at that pixel's tap (-2, -2).
// With an axis off, that axis is copied and has no taps. `work`: 2 width + 8 floats.
void bp_halve(float *dst, ptrdiff_t dst_stride, const float *src, ptrdiff_t src_stride,
              ptrdiff_t width, ptrdiff_t height, int in_x, int in_y, float *work);

// One step up: pixel 2i is (1 6 1)/8 around i, pixel 2i+1 is the mean of i and i+1. `src` points at
// the pixel before the one under output (0, 0), on each axis that is on. Width and height may be
// odd; output (0, 0) lies on an even pixel. `work`: width / 2 + 3 floats, then width + 1.
void bp_double(float *dst, ptrdiff_t dst_stride, const float *src, ptrdiff_t src_stride,
               ptrdiff_t width, ptrdiff_t height, int in_x, int in_y, float *work);

// out(x, y) = sum of kernel(i, j) s(x+i, y+j): correlation with a kw x kh kernel.
void bp_correlate(float *dst, ptrdiff_t dst_stride, const float *src, ptrdiff_t src_stride,
                  ptrdiff_t width, ptrdiff_t height, const float *kernel, ptrdiff_t kw,
                  ptrdiff_t kh);

#endif
