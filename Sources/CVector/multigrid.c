#include "multigrid.h"

#include "vectors.h"

static const bp_i16 odd_lanes = {0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1};

// The sum of the four neighbours of a cell's pixels; the lanes of one colour.
#define AROUND(x, cell) \
  ((BP_AT16((x) + (cell).at - 1) + BP_AT16((x) + (cell).at + 1)) + (BP_AT16((x) + (cell).up) + BP_AT16((x) + (cell).down)))
#define LANES(cell, color) ((cell).odd ^ (color) ? odd_lanes : ~odd_lanes)

BP_CLONES void bp_multigrid_relax(
    float *x, const float *b, const float *inverse, const bp_multigrid_cell *cells, ptrdiff_t count, int color) {
  for (ptrdiff_t k = 0; k < count; k++) {
    const ptrdiff_t at = cells[k].at;
    const bp_f16 solved = BP_AT16(inverse + at) * (BP_AT16(b + at) + AROUND(x, cells[k]));
    BP_PUT16(x + at, BP_PICK16(LANES(cells[k], color), solved, BP_AT16(x + at)));
  }
}

BP_CLONES void bp_multigrid_begin(
    float *x, const float *b, const float *inverse, const bp_multigrid_cell *cells, ptrdiff_t count, int color) {
  for (ptrdiff_t k = 0; k < count; k++) {
    const ptrdiff_t at = cells[k].at;
    const bp_f16 solved = BP_AT16(inverse + at) * BP_AT16(b + at);
    BP_PUT16(x + at, BP_PICK16(LANES(cells[k], color), solved, (bp_f16){0}));
  }
}

BP_CLONES void bp_multigrid_residual(
    float *out, const float *x, const float *b, const float *degree, const bp_multigrid_cell *cells,
    ptrdiff_t count) {
  for (ptrdiff_t k = 0; k < count; k++) {
    const ptrdiff_t at = cells[k].at;
    const bp_f16 n = BP_AT16(degree + at), given = b ? BP_AT16(b + at) : (bp_f16){0};
    const bp_f16 left = given - (n * BP_AT16(x + at) - AROUND(x, cells[k]));
    BP_PUT16(out + at, BP_PICK16(n > 0, left, (bp_f16){0}));
  }
}

// Lanes are summed over all cells before they are joined, in the order of a tree.
BP_INLINE double joined(const double sums[16]) {
  double s[8];
  for (int i = 0; i < 8; i++) s[i] = sums[i] + sums[i + 8];
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

BP_CLONES double bp_multigrid_apply(
    float *out, const float *x, const float *degree, const bp_multigrid_cell *cells, ptrdiff_t count) {
  double sums[16] = {0};
  for (ptrdiff_t k = 0; k < count; k++) {
    const ptrdiff_t at = cells[k].at;
    const bp_f16 n = BP_AT16(degree + at), own = BP_AT16(x + at);
    const bp_f16 side = BP_PICK16(n > 0, n * own - AROUND(x, cells[k]), (bp_f16){0});
    BP_PUT16(out + at, side);
    for (int i = 0; i < 16; i++) sums[i] += (double)own[i] * (double)side[i];
  }
  return joined(sums);
}

BP_CLONES double bp_multigrid_dot(
    const float *a, const float *b, const bp_multigrid_cell *cells, ptrdiff_t count) {
  double sums[16] = {0};
  for (ptrdiff_t k = 0; k < count; k++) {
    const float *left = a + cells[k].at, *right = b + cells[k].at;
    for (int i = 0; i < 16; i++) sums[i] += (double)left[i] * (double)right[i];
  }
  return joined(sums);
}

BP_CLONES void bp_multigrid_step(
    float *x, float *r, const float *p, const float *q, float step, const bp_multigrid_cell *cells,
    ptrdiff_t count) {
  for (ptrdiff_t k = 0; k < count; k++) {
    const ptrdiff_t at = cells[k].at;
    BP_PUT16(x + at, BP_AT16(x + at) + step * BP_AT16(p + at));
    BP_PUT16(r + at, BP_AT16(r + at) - step * BP_AT16(q + at));
  }
}

BP_CLONES void bp_multigrid_turn(
    float *p, const float *z, float share, const bp_multigrid_cell *cells, ptrdiff_t count) {
  for (ptrdiff_t k = 0; k < count; k++) {
    const ptrdiff_t at = cells[k].at;
    BP_PUT16(p + at, BP_AT16(z + at) + share * BP_AT16(p + at));
  }
}

BP_CLONES void bp_multigrid_degrees(
    float *degree, float *inverse, const float *unknown, const float *present, const bp_multigrid_cell *cells,
    ptrdiff_t count) {
  for (ptrdiff_t k = 0; k < count; k++) {
    const ptrdiff_t at = cells[k].at;
    const bp_f16 n = BP_AT16(unknown + at) * AROUND(present, cells[k]);
    BP_PUT16(degree + at, n);
    BP_PUT16(inverse + at, BP_PICK16(n > 0, 1 / n, (bp_f16){0}));
  }
}

BP_CLONES void bp_multigrid_add(
    float *line, const float *values, const float *share, float weight, ptrdiff_t count) {
  if (share) {
    BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) line[i] += weight * (share[i] * values[i]);
  } else {
    BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) line[i] += weight * values[i];
  }
}

BP_CLONES void bp_multigrid_halve(float *out, const float *line, ptrdiff_t count) {
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float middle = line[2 * i] + line[2 * i + 1], sides = line[2 * i - 1] + line[2 * i + 2];
    out[i] = 0.0625f * (3 * middle + sides);
  }
}

BP_CLONES void bp_multigrid_double(float *x, const float *share, const float *line, ptrdiff_t count) {
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float own = 3 * line[i];
    x[2 * i] += share[2 * i] * (0.0625f * (own + line[i - 1]));
    x[2 * i + 1] += share[2 * i + 1] * (0.0625f * (own + line[i + 1]));
  }
}
