#ifndef BP_MATTING_H
#define BP_MATTING_H

#include "clones.h"

#include <stddef.h>
#include <stdint.h>

// The loops of BipackKernels/Keying/NaturalMatte.swift, which says what they are for.
//
// Colours are light; how far they differ is counted by squares that are weighted as WEIGHT in matting.c
// says, and so are about squares of sRGB code values.
//
// Planes have rows `stride` floats apart and point at pixel (0, 0); around the picture there are
// BP_MATTING_PAD rows and columns more, on the right twice as many, that repeat its border. Work is done
// in cells: BP_MATTING_CELL pixels side by side of which at least one is unknown. A cell is given as the
// place of its first pixel in a plane.
enum { BP_MATTING_CELL = 16, BP_MATTING_PAD = 16, BP_MATTING_DIRECTIONS = 64 };

typedef struct {
  ptrdiff_t width, height, stride;
  const float *color[3];
  const float *level;  // 0, 1, or between: unknown
} bp_matting_picture;

// Makes `level` 0, 1 or 0.5 of a trimap: known is what is within 0.05 of 0 or 1. Pixels that are
// not finite become unknown and take a neighbour's colour; none stays beyond +-10000.
void bp_matting_prepare(float *level, float *const color[3], ptrdiff_t count);

// The cells of a row of `width` levels, of which the first is at `place`; returns how many.
ptrdiff_t bp_matting_cells(int32_t *cells, const float *level, ptrdiff_t width, int32_t place);

// Of a row: how many pixels are 1 and the sums of their colours, then the same for 0.
void bp_matting_sums(double out[8], const bp_matting_picture *picture, ptrdiff_t y);

// Unknown pixels take the level of the nearest known one whose colour is within `nearness`. `offsets`:
// to the pixels looked at, the nearest first.
void bp_matting_spread(float *out, const bp_matting_picture *picture, const int32_t *cells,
                       ptrdiff_t count, const int32_t *offsets, ptrdiff_t offset_count,
                       float nearness);

// For each unknown pixel a pair of known colours that mix to it and its neighbours, among the first
// met along four rays. `directions`: x and y of each, in 1/65536 pixel. `otherwise`: red, green and
// blue inside, then outside, for rays that meet nothing.
void bp_matting_gather(float *const inside[3], float *const outside[3],
                       const bp_matting_picture *picture, const int32_t *cells, ptrdiff_t count,
                       const int32_t *directions, const float *otherwise);

// What the pairs of the neighbours say of each pixel's alpha: their mean, weighted by how well they mix
// to it, and how far it is to be trusted. Pairs that are not numbers have no vote.
typedef struct {
  float error;      // squared: a pair that misses the colour by it has a quarter of the weight
  float spread;     // variance of alpha among the pairs that halves the trust
  float mismatch;   // squared: the best pair's miss that halves it
  float least;      // trust there is in any case
} bp_matting_voting;
void bp_matting_vote(float *alpha, float *trust, float *const inside[3], float *const outside[3],
                     const bp_matting_picture *picture, const int32_t *cells, ptrdiff_t count,
                     const int32_t *offsets, ptrdiff_t offset_count,
                     const bp_matting_voting *voting);

// Rows of the matting Laplacian: for each cell BP_MATTING_TAPS times BP_MATTING_CELL weights, of the
// pixels from (-2, -2) to (2, 2), and then what the rows are scaled by: the diagonal, or more where it
// takes more for no eigenvalue of the scaled system to exceed `highest` (Gershgorin).
enum { BP_MATTING_TAPS = 25, BP_MATTING_ROW = (BP_MATTING_TAPS + 1) * BP_MATTING_CELL };
void bp_matting_taps(float *taps, const bp_matting_picture *picture, const int32_t *cells,
                     ptrdiff_t count, float epsilon, float highest);

// One Chebyshev step on (L + share trust) x = share trust alpha: `next` holds the step before.
void bp_matting_step(float *next, const float *x, const float *taps, const float *alpha,
                     const float *trust, float share, const bp_matting_picture *picture,
                     const int32_t *cells, ptrdiff_t count, float omega, float gamma);

// Where to begin: `alpha`, moved by what the solution at half the size moved its own.
void bp_matting_begin(float *x, const float *alpha, const float *coarse_x,
                      const float *coarse_alpha, ptrdiff_t coarse_stride,
                      const bp_matting_picture *picture, const int32_t *cells, ptrdiff_t count);

// A row at half the size: means of 2 x 2 pixels; of levels, those all four agree on, else 0.5.
void bp_matting_halve(float *out, const float *source, ptrdiff_t stride, ptrdiff_t width);
void bp_matting_halve_levels(float *out, const float *source, ptrdiff_t stride, ptrdiff_t width);

#endif
