#ifndef BP_STEADY_H
#define BP_STEADY_H

#include "clones.h"

#include <stddef.h>
#include <stdint.h>

// The loops of BipackKernels/Keying/SteadyMatte.swift, which says what they are for: where in another
// picture is what is here?
//
// Places are looked for in a region; what is found for a pixel depends on nothing but the two pictures,
// so regions of any size give the same. A place is a step in pixels, and how much two places differ is
// counted over the (2 BP_STEADY_PATCH + 1)^2 pixels around them.
enum {
  BP_STEADY_PATCH = 2,
  // Floats there must be after the last pixel of a plane: loops go on past its end and drop what they
  // find.
  BP_STEADY_ROOM = 64
};

typedef struct {
  // The region, and which of its pixels, row by row, are wanted.
  ptrdiff_t width, height;
  const uint8_t *wanted;
  // Both pictures, encoded, at the region's first pixel. Around the region they reach as far as the
  // patch, the longest step and one pixel more.
  const float *here[3], *there[3];
  ptrdiff_t stride;
  // What the other picture has, counted from the region's first pixel: left <= x < right.
  ptrdiff_t left, top, right, bottom;
} bp_steady_pair;

// Light to where its grain is even, sqrt(v + 0.02), and on in a straight line below 0. A pixel that is
// not finite becomes black.
void bp_steady_encode(float *red, float *green, float *blue, ptrdiff_t count);

// Tries every step of a list, x and y of each, in order; the first of equals is kept. Places that the
// other picture does not have are left out.
void bp_steady_search(int32_t *dx, int32_t *dy, const bp_steady_pair *pair, const int32_t *steps,
                      ptrdiff_t step_count);

// Goes on from places found at half the size: tries those of the four nearest pixels there, and no step,
// then the eight around the best. `x`, `y`: the region's first pixel in the picture; `coarse` has
// that of its own region in the halved one.
typedef struct {
  const int32_t *dx, *dy;
  ptrdiff_t stride, x, y;
} bp_steady_coarse;
void bp_steady_refine(int32_t *dx, int32_t *dy, const bp_steady_pair *pair, ptrdiff_t x, ptrdiff_t y,
                      const bp_steady_coarse *coarse);

// Adds the other picture's matte at the places found to `sum`, weighted, and the weights to `weight`. A
// place counts a sixteenth when its patch differs by `unlike` and `contrast` times as much as the patch
// here varies by itself (means of squares). With `moves` the place is found between pixels. `matte`: at
// the region's first pixel; what is not a number does not count.
void bp_steady_add(float *sum, float *weight, const bp_steady_pair *pair, const int32_t *dx,
                   const int32_t *dy, const float *matte, ptrdiff_t matte_stride, float unlike,
                   float contrast, int moves);

#endif
