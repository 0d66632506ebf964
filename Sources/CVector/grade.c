#include "grade.h"
#include "vmath.h"

BP_INLINE float bounded(float v, float low, float high) {
  v = v < low ? low : v;
  return v > high ? high : v;
}

BP_INLINE float curve(float v, float exponent) {
  // NaN takes the inner branch and comes out of it.
  float inside = bp_pow_nonnegative(v < 0.0f ? 0.0f : v, exponent);
  float beyond = 1.0f + (v - 1.0f) * exponent;
  float result = v >= 1.0f ? beyond : inside;
  return v <= 0.0f ? v : result;
}

BP_CLONES
void bp_grade(
    const float *x, float *out, size_t count, float scale, float offset, float low, float high,
    float exponent) {
  BP_ELEMENTWISE
  for (size_t i = 0; i < count; i++) {
    out[i] = curve(bounded(x[i] * scale + offset, low, high), exponent);
  }
}

BP_CLONES
void bp_ungrade(
    const float *x, float *out, size_t count, float scale, float offset, float low, float high,
    float exponent) {
  BP_ELEMENTWISE
  for (size_t i = 0; i < count; i++) {
    out[i] = bounded(curve(x[i], exponent) * scale + offset, low, high);
  }
}
