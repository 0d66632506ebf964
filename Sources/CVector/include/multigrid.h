#ifndef BP_MULTIGRID_H
#define BP_MULTIGRID_H

#include "clones.h"

#include <stddef.h>
#include <stdint.h>

// The loops of BipackKernels/Multigrid, which says what they are for: an equation at each unknown pixel of a picture,
//
//   degree x - (the x left, right, above, below) = b,
//
// where `degree` is how many of the four neighbours there are. Pixels lie in cells of 16 side by side; `inverse` is
// 1 / degree. Where nothing is unknown degree and inverse are 0, and so are all x but those of what is given.
enum { BP_MULTIGRID_CELL = 16 };

// The places of a cell's first pixel, and of those above and below it, in every plane of a level; where there is no cell,
// of 16 zeros. Left and right of it lie its neighbours, or a zero. `odd`: the parity of its row.
typedef struct {
  int32_t at, up, down, odd;
} bp_multigrid_cell;

// The pixels whose row and column add up to `color` (0 or 1, mod 2) solve their equations.
void bp_multigrid_relax(
    float *x, const float *b, const float *inverse, const bp_multigrid_cell *cells, ptrdiff_t count, int color);

// The same where all x were 0.
void bp_multigrid_begin(
    float *x, const float *b, const float *inverse, const bp_multigrid_cell *cells, ptrdiff_t count, int color);

// What is left of `b`; without it of 0. 0 where nothing is unknown.
void bp_multigrid_residual(
    float *out, const float *x, const float *b, const float *degree, const bp_multigrid_cell *cells,
    ptrdiff_t count);

// `out` is the left side of all equations; the sum of x times it is returned.
double bp_multigrid_apply(
    float *out, const float *x, const float *degree, const bp_multigrid_cell *cells, ptrdiff_t count);

// The sum of products.
double bp_multigrid_dot(const float *a, const float *b, const bp_multigrid_cell *cells, ptrdiff_t count);

// x += step p, r -= step q.
void bp_multigrid_step(
    float *x, float *r, const float *p, const float *q, float step, const bp_multigrid_cell *cells, ptrdiff_t count);

// p = z + share p.
void bp_multigrid_turn(float *p, const float *z, float share, const bp_multigrid_cell *cells, ptrdiff_t count);

// Of each cell: how many neighbours a pixel of `unknown` (1 or 0) has among those `present`.
void bp_multigrid_degrees(
    float *degree, float *inverse, const float *unknown, const float *present, const bp_multigrid_cell *cells,
    ptrdiff_t count);

// line += weight share values; without shares all of the values count.
void bp_multigrid_add(float *line, const float *values, const float *share, float weight, ptrdiff_t count);

// From a line of `2 count` sums over rows, of which one more lies on either side, to half as many.
void bp_multigrid_halve(float *out, const float *line, ptrdiff_t count);

// To `2 count` values that are added to x, from as many sums over rows and one more on either side.
void bp_multigrid_double(float *x, const float *share, const float *line, ptrdiff_t count);

#endif
