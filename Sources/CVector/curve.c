#include "curve.h"

BP_CLONES
void bp_curve(
    const float *x, float *out, size_t count, const float *start, const float *origin,
    const float *c, size_t pieces) {
  for (size_t i = 0; i < count; i++) {
    float v = x[i];
    size_t k = 0;
    for (size_t j = 1; j < pieces; j++) k += v >= start[j] ? 1 : 0;
    float t = v - origin[k];
    const float *p = c + 4 * k;
    // The straight ends go on to infinity, and a level one does not make NaN of it.
    float s = k == 0 || k + 1 == pieces ? 0.0f : t;
    float slope = (p[3] * s + p[2]) * s + p[1];
    float y = slope == 0.0f ? p[0] : slope * t + p[0];
    out[i] = v != v ? v : y;
  }
}
