#include "unmix.h"

#include "vectors.h"

static const bp_i16 odd = {0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1};

// What mixes to c best among colours near the neighbours' weighted means f and b: with e what c differs
// from their mixture, f + a e / n and b + (1 - a) e / n, where n = a^2 + (1 - a)^2 + the weights.
BP_CLONES void bp_unmix_row(
    float *const inside[3], float *const outside[3], const float *const color[3],
    const float *alpha, ptrdiff_t up, ptrdiff_t down, ptrdiff_t width, int first, float constant,
    float steepness) {
  const bp_i16 turn = first ? odd : ~odd;
  const ptrdiff_t steps[4] = {up, -1, 1, down};
  for (ptrdiff_t i = 0; i < width; i += 16) {
    const bp_f16 a = BP_AT16(alpha + i), rest = 1 - a;
    bp_f16 weights[4], whole = {0};
    for (int n = 0; n < 4; n++) {
      const bp_f16 apart = BP_AT16(alpha + i + steps[n]) - a;
      weights[n] = constant + steepness * BP_SIZE16(apart);
      whole += weights[n];
    }
    const bp_f16 scale = 1 / whole, over = 1 / (a * a + rest * rest + whole);
    for (int c = 0; c < 3; c++) {
      bp_f16 f = {0}, b = {0};
      for (int n = 0; n < 4; n++) {
        f += weights[n] * BP_AT16(inside[c] + i + steps[n]);
        b += weights[n] * BP_AT16(outside[c] + i + steps[n]);
      }
      f *= scale, b *= scale;
      const bp_f16 own = BP_AT16(color[c] + i);
      const bp_f16 miss = (own - a * f - rest * b) * over;
      const bp_f16 newF = f + a * miss, newB = b + rest * miss;
      // No light is below 0, unless the picture itself is.
      const bp_f16 least = BP_PICK16(own < 0, own, (bp_f16){0});
      const bp_f16 heldF = BP_PICK16(newF > least, newF, least), heldB = BP_PICK16(newB > least, newB, least);
      BP_PUT16(inside[c] + i, BP_PICK16(turn, heldF, BP_AT16(inside[c] + i)));
      BP_PUT16(outside[c] + i, BP_PICK16(turn, heldB, BP_AT16(outside[c] + i)));
    }
  }
}

BP_CLONES void bp_unmix_prepare(float *alpha, float *const color[3], ptrdiff_t count) {
  BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
    const float a = alpha[i];
    alpha[i] = a > 0 ? (a < 1 ? a : 1) : 0;
  }
  for (int c = 0; c < 3; c++) {
    float *values = color[c];
    BP_ELEMENTWISE for (ptrdiff_t i = 0; i < count; i++) {
      const float v = values[i];
      const int is_finite = (v > -1e30f) & (v < 1e30f);
      values[i] = is_finite ? v : 0;
    }
  }
}

void bp_unmix_sums(
    double out[12], const float *const color[3], const float *alpha, ptrdiff_t width) {
  for (int i = 0; i < 12; i++) out[i] = 0;
  for (ptrdiff_t i = 0; i < width; i++) {
    const int is_in = alpha[i] > 0.9f, is_out = alpha[i] < 0.1f;
    for (int kind = 0; kind < 3; kind++) {
      if (kind == 0 ? !is_in : kind == 1 ? !is_out : 0) continue;
      out[4 * kind] += 1;
      for (int c = 0; c < 3; c++) out[4 * kind + 1 + c] += color[c][i];
    }
  }
}
