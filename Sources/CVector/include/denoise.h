#ifndef BP_DENOISE_H
#define BP_DENOISE_H

#include "clones.h"

#include <stddef.h>
#include <stdint.h>

// The loops of BipackKernels/Denoise, which says what they are for: patches that are alike, several at a time, in a
// basis in which pictures are few numbers and noise is all of them.
enum { BP_DENOISE_PATCH = 8, BP_DENOISE_MOST = 16, BP_DENOISE_FRAMES = 9 };

// Three planes each, the first brightness: frames of a shot, the one that is worked on first. All planes begin at
// the first pixel of a picture `width` by `height`.
typedef struct {
  ptrdiff_t width, height, stride;
  int frames;
  const float *planes[BP_DENOISE_FRAMES][3];
  // What was found before; the same planes where nothing was.
  const float *guides[BP_DENOISE_FRAMES][3];
  // Where its pixels are in the other frames, u and v.
  const float *flows[BP_DENOISE_FRAMES][2];
} bp_denoise_shot;

// Says what frame `index` is made of.
void bp_denoise_frame(bp_denoise_shot *shot, int index, const float *const planes[3],
                      const float *const guides[3], const float *const flows[2]);

typedef struct {
  // The variance of the noise in each number of a patch's basis, of each plane: 64, across then down. Above 0.
  const float *noise[3];
  // How far around patches are looked for, in the frame itself and in others.
  int reach, reach_over;
  // The most two patches may differ, as a mean of squares of brightness.
  float alike;
  // What is too small to be the picture, in deviations of the noise; 0 weighs by the guides instead.
  float threshold;
} bp_denoise_search;

// The patch at (x, y) and those alike, without noise, are added to `sums` and what they count to `counts`: planes
// of the frame that is worked on, `stride` floats wide, from pixel (x0, y0) on.
typedef struct {
  float *sums[3], *counts[3];
  ptrdiff_t stride, x0, y0;
} bp_denoise_sum;
void bp_denoise_patch(const bp_denoise_sum *sum, const bp_denoise_shot *shot,
                      const bp_denoise_search *search, ptrdiff_t x, ptrdiff_t y);

#endif
