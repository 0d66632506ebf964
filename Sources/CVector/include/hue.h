// Colour corrected by hue.
#ifndef BP_HUE_H
#define BP_HUE_H

#include "vectors.h"

// The curves over the hue. Each is one number or, where `varying` has its bit, 6 BP_HUE_STEPS + 1
// values from hue 0 to 6 (red at 1), joined by straight lines; they begin at values[start[curve]].
enum {
  BP_HUE_SAT, BP_HUE_LUM, BP_HUE_RED, BP_HUE_GREEN, BP_HUE_BLUE, BP_HUE_RED_LIMIT,
  BP_HUE_GREEN_LIMIT, BP_HUE_BLUE_LIMIT, BP_HUE_THRESHOLD, BP_HUE_CURVES
};
#define BP_HUE_STEPS 1024

typedef struct {
  const float *values;
  int32_t start[BP_HUE_CURVES];
  uint32_t varying;
  // How brightness is made of red, green and blue; `brightest`: the greatest of the three instead.
  float weight[3];
  int brightest;
  float mix_luminance;
} bp_hue;

// Suppressions, gains, saturation and the return to the old brightness, in this order, as Natron's
// HueCorrect has them. `to` holds three planes, `from` three others.
void bp_hue_correct(float *const *to, const float *const *from, size_t count, const bp_hue *hue);

// A matte by hue: 1 - amount min(saturation / threshold, 1), held within 0 and 1. Both tables have
// 6 BP_HUE_STEPS + 1 values.
void bp_hue_key(float *out, const float *const *from, size_t count, const float *amount,
                const float *threshold);

#endif
