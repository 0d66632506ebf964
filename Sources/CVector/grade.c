#include "grade.h"
#include "power_loop.h"

BP_INLINE float bounded(float v, float low, float high) {
  v = v < low ? low : v;
  return v > high ? high : v;
}

// What is raised to the power; NaN is, and comes out of it.
BP_INLINE float inside(float v) { return v < 0.0f ? 0.0f : v >= 1.0f ? 1.0f : v; }

BP_INLINE float curve(float v, float power, float exponent) {
  float beyond = 1.0f + (v - 1.0f) * exponent;
  float result = v >= 1.0f ? beyond : power;
  return v <= 0.0f ? v : result;
}

BP_CLONES
void bp_grade(
    const float *x, float *out, size_t count, float scale, float offset, float low, float high,
    float exponent) {
  BP_POWER_LOOP(
      exponent, inside(bounded(v * scale + offset, low, high)),
      curve(bounded(v * scale + offset, low, high), p, exponent))
}

BP_CLONES
void bp_ungrade(
    const float *x, float *out, size_t count, float scale, float offset, float low, float high,
    float exponent) {
  BP_POWER_LOOP(
      exponent, inside(v), bounded(curve(v, p, exponent) * scale + offset, low, high))
}
