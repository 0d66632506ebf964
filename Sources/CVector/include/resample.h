// Pictures sampled between their pixels: the loops of resizing and warping.
//
// Positions are pixels of the source picture: whole numbers are pixel centres. They are computed in
// double for each pixel by itself, and only their whole part is set against the window at hand
// (whose first pixel is `origin`): a pixel comes out the same whatever is rendered with it.

#ifndef BP_RESAMPLE_H
#define BP_RESAMPLE_H

#include "vectors.h"

// dst[x] = sum over k < n of w[k] src[k stride + x].
void bp_weighted_rows(float *dst, const float *src, ptrdiff_t stride, ptrdiff_t n, const float *w,
                      ptrdiff_t width);

// dst(x, y) = sum over k < n[x] of w[x taps + k] src(start[x] + k, y), in this order; the source is
// `length` pixels wide. `work`: 16 (length + width) floats.
void bp_weighted_pixels(float *dst, ptrdiff_t dst_stride, const float *src, ptrdiff_t src_stride,
                        ptrdiff_t length, ptrdiff_t width, ptrdiff_t height, const int32_t *start,
                        const int32_t *n, const float *w, ptrdiff_t taps, float *work);

// Where the output pixels (x + i, y) come from: position, and whether they lie before the horizon
// (1 or 0). `m` maps output pixel centres to source positions, row by row, homogeneous.
void bp_warp_positions(double *u, double *v, uint8_t *front, const double *m, double x, double y,
                       ptrdiff_t count);

// How the source position (u, v) changes with the output pixel's x and y, at a row of pixels.
void bp_warp_jacobian(double *ux, double *uy, double *vx, double *vy, const double *m, double x,
                      double y, ptrdiff_t count);

// The shape of the kernel in the source, from those derivatives. The square of an output pixel is a
// parallelogram there, in whose ellipse no half axis is taken for less than 1 or more than `limit`. Where the
// ellipse lies along the axes the kernel is `sx` wide and `sy` high, and `tx` and `ty` are 0; elsewhere it is the
// parallelogram, drawn out by the matrix (sx, tx; ty, sy). In between the one goes over into the other: below
// BP_LEAN the box is as good.
#define BP_LEAN 0.1
void bp_warp_shapes(float *sx, float *sy, float *tx, float *ty, const double *ux, const double *uy,
                    const double *vx, const double *vy, double limit, ptrdiff_t count);

// For how many the longer half axis is more than BP_WIDE.
ptrdiff_t bp_warp_wide_count(const double *ux, const double *uy, const double *vx, const double *vy,
                             ptrdiff_t count);

// Splits positions into the first of `taps` pixels, counted from `origin`, and weights. Positions are
// first held to `low` ... `high`, whole numbers, so that all taps lie inside the window.
typedef struct {
  int taps;            // 2, 4 or 6
  int smooth;          // taps 2: 0 linear, 1 the smooth step 3t^2 - 2t^3
  float support;       // the kernel's radius
  int box;             // whether the pixel exactly on the kernel's right end counts
  const float *cubic;  // polynomials for |t| < 1 and |t| < 2, highest power first; or NULL
  const float *table;  // otherwise: the kernel, BP_TABLE steps to a pixel, up to its end
  const float *phases;  // and its weights, 8 places for each of BP_TABLE + 1 fractions of a pixel
} bp_warp_filter;

#define BP_TABLE 1024

// `w` has 8 floats more than count * taps.
void bp_warp_weights(int32_t *first, float *w, const double *u, ptrdiff_t count, double low,
                     double high, ptrdiff_t origin, const bp_warp_filter *filter);

// The nearest pixel of a window of `width` x `height` at (x0, y0).
void bp_warp_nearest(float *dst, const float *src, ptrdiff_t stride, const double *u,
                     const double *v, const uint8_t *front, ptrdiff_t count, ptrdiff_t x0,
                     ptrdiff_t y0, ptrdiff_t width, ptrdiff_t height);

// One row from weights. With `clamp`, every one-dimensional result is held between its two middle
// taps (no overshoot).
void bp_warp_row(float *dst, const float *src, ptrdiff_t stride, const int32_t *x0,
                 const int32_t *y0, const float *wx, const float *wy, const uint8_t *front,
                 ptrdiff_t count, int taps, int clamp);

// Four planes as one of four-float pixels.
void bp_interleave(float *dst, const float *const *src, ptrdiff_t count);

// As bp_warp_row without `clamp`, on four planes at once, for 4 or 6 taps; `src` holds pixels of four
// floats, `stride` of them to a row. The same bits at half the cost: weights and places are read once.
void bp_warp_row4(float *const *dst, const float *src, ptrdiff_t stride, const int32_t *x0,
                  const int32_t *y0, const float *wx, const float *wy, const uint8_t *front,
                  ptrdiff_t count, int taps);

// Those pixels of a row whose kernel is widened (sx or sy above BP_WIDE, or leaning, or every
// one with `all`) and that lie before the horizon; the others are left as they are. `src` and `dst` are
// `planes` planes, at most BP_PLANES, of the same shape, the sources' first pixel at `origin`, with 16 floats to spare at their end. `low`
// and `high` hold the positions so that all taps lie inside. `work`: 2048 floats. Where `planes` is 4,
// `pixels` may hold the same sources interleaved: the same bits sooner; or it is NULL.
#define BP_WIDE 1.000001f
#define BP_PLANES 16
void bp_warp_wide(float *const *dst, const float *const *src, ptrdiff_t planes, ptrdiff_t stride,
                  const double *u, const double *v, const float *sx, const float *sy,
                  const float *tx, const float *ty, const uint8_t *front, ptrdiff_t count,
                  const double *low, const double *high, const ptrdiff_t *origin,
                  const bp_warp_filter *filter, float *work, int all, const float *pixels);

#endif
