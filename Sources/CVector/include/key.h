#ifndef BP_KEY_H
#define BP_KEY_H

#include "clones.h"

#include <stddef.h>
#include <stdint.h>

// What is known around a pixel: the mean of the subject's colours, their second moments rr rg rb gg gb
// bb about 0, and the variance of the screen's grain.
enum { BP_KEY_MEAN = 0, BP_KEY_SECOND = 3, BP_KEY_SUBJECT = 9, BP_KEY_NOISE = 9, BP_KEY_MOMENTS = 10 };

// Planes to be filtered, pixels that are not finite without weight. Of the subject: weights[i] times 1,
// r, g, b and the six products. Of the grain: weights[i], and that times the mean square of picture
// less plate.
void bp_key_subject_sums(float *const out[BP_KEY_SUBJECT + 1], const float *const color[3],
                         const float *weights, ptrdiff_t count);
void bp_key_grain_sums(float *const out[2], const float *const color[3],
                       const float *const plate[3], const float *weights, ptrdiff_t count);

// Sums become means: each of `planes` planes takes over from `coarse` where `sums[0]`, their weight, is
// at least `enough`.
void bp_key_means(float *const *out, const float *const *coarse, const float *const *sums,
                  ptrdiff_t planes, ptrdiff_t count, float enough);

// How many pixels are certainly something: not 0.
ptrdiff_t bp_key_certain(const float *plane, ptrdiff_t count);

// The pixels that are neither certainly subject nor certainly screen, and how many. `places` has room
// for `count` and one more.
ptrdiff_t bp_key_unknown(int32_t *places, const float *subject, const float *screen, ptrdiff_t count);

// The moments of a pixel side by side, in BP_KEY_BUNDLE floats, 0 after them.
enum { BP_KEY_BUNDLE = 16 };
void bp_key_bundle(float *bundles, const float *const planes[BP_KEY_MOMENTS], ptrdiff_t count);

typedef struct {
  float noise_share;  // of the measured variance
  float noise_least;
  float noise_most;
  int32_t keeps_alpha;  // `start` is alpha, and only the colour is wanted
} bp_key_settings;

// Rows of `width` pixels, one after the other. `bundles` are those of the picture at half the size, from
// a pixel left above the first one's; odd_x and odd_y say that the first pixel is at an odd place.
typedef struct {
  const float *color[3], *plate[3];
  const float *start;
  ptrdiff_t width;
  const float *bundles;
  ptrdiff_t bundles_across;
  int32_t odd_x, odd_y;
} bp_key_area;

typedef struct {
  float *base;  // or NULL, for what is not wanted
  ptrdiff_t stride;
} bp_key_plane;

// The share of the subject in each unknown pixel, and the subject's most likely colour there. `start` is
// the share to begin from. Other pixels are left as they are. `work`: BP_KEY_WORK floats for each
// unknown pixel.
enum { BP_KEY_WORK = 14 };
void bp_key_project(bp_key_plane alpha, const bp_key_plane out[3], const bp_key_area *area,
                    const int32_t *places, ptrdiff_t unknown, const bp_key_settings *settings,
                    float *work);

// Colour difference keys: see BipackKernels/Keying/ScreenDifference.swift. `greatest` and `distance` may
// be NULL together.
void bp_key_difference(float *average, float *greatest, float *distance, const float *const color[3],
                       const float *const plate[3], ptrdiff_t count);

// Takes the screen's colour out of a colour: see BipackKernels/Keying/ScreenUnmix.swift.
void bp_key_despill(float *const out[3], const float *const color[3], const float *const plate[3],
                    ptrdiff_t count, float amount);

#endif
