// The loops of image alignment: a picture read between its pixels, and the sums of least squares.

#ifndef BP_ALIGN_H
#define BP_ALIGN_H

#include "vectors.h"

// out[i] = the plane at (x[i], y[i]), pixel centres at whole numbers, by Catmull and Rom's cubic of 4 x 4 pixels.
// NaN where those are not all in the plane, or one of them is NaN.
void bp_align_sample(float *out, const float *plane, ptrdiff_t width, ptrdiff_t height, const double *x,
                     const double *y, ptrdiff_t count);

// Places of template points through a homography (row by row); (NaN, NaN) behind its horizon.
void bp_align_map(double *px, double *py, const float *x, const float *y, const double *homography,
                  ptrdiff_t count);

enum { BP_ALIGN_BLOCK = 256 };

// Adds to `sums`, for a block of at most BP_ALIGN_BLOCK samples, the weighted products of every two columns
// (i <= j, row after row of the triangle). `columns` are `unknowns` + 1 rows of BP_ALIGN_BLOCK, the last one
// what is to be explained.
void bp_align_sums(double *sums, const float *columns, const float *weights, ptrdiff_t unknowns,
                   ptrdiff_t count);

// The correlation of a template of width x height without a gap, its mean 0 and its sum of squares 1, with all
// places of a plane: out has (plane_width - width + 1) x rows numbers. -1 where the plane is flat or has NaN.
void bp_align_search(float *out, const float *plane, ptrdiff_t plane_stride, ptrdiff_t columns,
                     ptrdiff_t rows, const float *pattern, ptrdiff_t width, ptrdiff_t height);

#endif
