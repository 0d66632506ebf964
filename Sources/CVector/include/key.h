#ifndef BP_KEY_H
#define BP_KEY_H

#include "clones.h"

#include <stddef.h>
#include <stdint.h>

// The subject's colours around a pixel: their mean and the second moments rr rg rb gg gb bb about 0,
// and the variance of the screen's grain.
enum { BP_KEY_MEAN = 0, BP_KEY_SECOND = 3, BP_KEY_NOISE = 9, BP_KEY_MOMENTS = 10 };

// A row of moments to be filtered: weights[i] times 1, r, g, b, the six products, then screen[i] and
// screen[i] times the mean square of picture less plate. Pixels that are not finite have no weight.
enum { BP_KEY_SUMS = 12, BP_KEY_SCREEN = 10 };
void bp_key_sums(float *const out[BP_KEY_SUMS], const float *const color[3], const float *const plate[3],
                 const float *weights, const float *screen, ptrdiff_t count);

// Sums become means: `fine` (BP_KEY_SUMS of them) takes over from `coarse` (BP_KEY_MOMENTS) where it has
// at least the weight `enough`.
void bp_key_means(float *const out[BP_KEY_MOMENTS], const float *const coarse[BP_KEY_MOMENTS],
                  const float *const fine[BP_KEY_SUMS], ptrdiff_t count, float enough);

typedef struct {
  float noise_share;  // of the measured variance
  float noise_least;
  float noise_most;
  int32_t keeps_alpha;  // `start` is alpha, and only the colour is wanted
} bp_key_settings;

// How many pixels are certainly something: not 0.
ptrdiff_t bp_key_certain(const float *plane, ptrdiff_t count);

// How many pixels are neither certainly subject nor certainly screen.
ptrdiff_t bp_key_unknown(const float *subject, const float *screen, ptrdiff_t count);

// The share of the subject in each pixel that is not known: where `subject` is 1 alpha is 1, where
// `screen` is 1 it is 0. `start` is where to begin from. When `out` is given, the subject's own colour
// goes there: its most likely one. `work`: BP_KEY_WORK floats for each pixel.
enum { BP_KEY_WORK = 15 };
void bp_key_project(float *alpha, float *const out[3], const float *const color[3],
                    const float *const plate[3], const float *const moments[BP_KEY_MOMENTS],
                    const float *start, const float *subject, const float *screen, ptrdiff_t count,
                    const bp_key_settings *settings, float *work);

// Colour difference keys: see BipackKernels/Keying/ScreenDifference.swift. `greatest` and `distance` may
// be NULL together.
void bp_key_difference(float *average, float *greatest, float *distance, const float *const color[3],
                       const float *const plate[3], ptrdiff_t count);

// Takes the screen's colour out of a colour: see BipackKernels/Keying/ScreenUnmix.swift.
void bp_key_despill(float *const out[3], const float *const color[3], const float *const plate[3],
                    ptrdiff_t count, float amount);

#endif
