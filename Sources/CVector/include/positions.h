// Points of the output on their way back through a map: the loops of `Positions`.
//
// Coordinates are doubles, pixel centres at halves. `seen` is 1, or 0 for a point that comes from nowhere.

#ifndef BP_POSITIONS_H
#define BP_POSITIONS_H

#include "vectors.h"

typedef struct {
  double *x, *y;              // where the points are
  double *xx, *xy, *yx, *yy;  // d x by the output's x and y, d y by its x and y
  uint8_t *seen;
} bp_points;

// Brings the seen ones into `box` (x0, y0, x1, y1).
void bp_points_hold(const bp_points *points, ptrdiff_t count, const double *box);

// The box around the seen ones: x0, y0, x1, y1; x0 > x1 for none.
void bp_points_box(const bp_points *points, ptrdiff_t count, double *box);

// A row for sampling: pixel centres at whole numbers.
void bp_points_row(const bp_points *points, ptrdiff_t first, ptrdiff_t count, double *u, double *v,
                   uint8_t *seen);

// What `count` pixels of an ST map say about output pixels that lie on them, from `first` on.
// `u` and `v` point at the first of them, in planes of `stride`; NaN is a pixel that says nothing. All eight
// neighbours of every pixel can be read. A place is origin + (u, v) * size; derivatives are the differences
// of neighbours, of both sides the smaller, times `slope`. Origin, size and slope: x, y.
void bp_points_read(const bp_points *points, ptrdiff_t first, ptrdiff_t count, const float *u,
                    const float *v, ptrdiff_t stride, const double *origin, const double *size,
                    const double *slope);

// Makes those NaN that say nothing: alpha not above 0 (NULL: none), or not within `limit`.
void bp_points_mute(float *u, float *v, const float *alpha, float limit, ptrdiff_t count);

#endif
