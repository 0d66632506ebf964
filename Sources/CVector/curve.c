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
    // An infinity times a missing coefficient would be NaN.
    t = t > 3.4028235e38f ? 3.4028235e38f : t;
    t = t < -3.4028235e38f ? -3.4028235e38f : t;
    const float *p = c + 4 * k;
    out[i] = ((p[3] * t + p[2]) * t + p[1]) * t + p[0];
  }
}
