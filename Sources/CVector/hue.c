#include "hue.h"

// A few pixels at a time: first where each lies on the curves, then the value of every curve there,
// then the arithmetic. So what gathers from tables is apart from what fills whole vectors, and a curve
// that is one number costs nothing.

enum { RUN = 128 };

BP_INLINE float least(float a, float b) { return a < b ? a : b; }
BP_INLINE float most(float a, float b) { return a > b ? a : b; }

// Where a hue lies in the tables; colours without one lie at red.
BP_INLINE float place(float r, float g, float b) {
  const float high = most(most(r, g), b), delta = high - least(least(r, g), b);
  const float over = delta > 0 ? delta : 1;
  const float red = (g - b) / over, green = 2 + (b - r) / over, blue = 4 + (r - g) / over;
  float hue = r == high ? red : g == high ? green : blue;
  hue = hue < 0 ? hue + 6 : hue;
  hue += 1;
  hue = hue > 6 ? hue - 6 : hue;
  const float at = hue * BP_HUE_STEPS;
  const float held = at >= 0 && at <= 6 * BP_HUE_STEPS ? at : 0;
  return delta > 0 ? held : BP_HUE_STEPS;
}

BP_INLINE float suppressed(float x, float y, float z, float share) {
  const float limit = least(y, z);
  return x > limit ? limit + share * (x - limit) : x;
}

BP_INLINE float brightness(float r, float g, float b, const bp_hue *hue) {
  const float weighed = r * hue->weight[0] + g * hue->weight[1] + b * hue->weight[2];
  return hue->brightest ? most(most(r, g), b) : weighed;
}

BP_INLINE void evaluate(float *out, const float *at, size_t n, const float *table) {
  const int32_t last = 6 * BP_HUE_STEPS;
  BP_ELEMENTWISE for (size_t i = 0; i < n; i++) {
    const int32_t k = (int32_t)at[i], next = k < last ? k + 1 : last;
    const float f = at[i] - (float)k;
    out[i] = table[k] * (1 - f) + table[next] * f;
  }
}

BP_CLONES void bp_hue_correct(
    float *const *to, const float *const *from, size_t count, const bp_hue *hue) {
  float v[BP_HUE_CURVES][RUN], at[RUN];
  for (int c = 0; c < BP_HUE_CURVES; c++)
    for (size_t i = 0; i < RUN; i++) v[c][i] = hue->values[hue->start[c]];
  const float mix = hue->mix_luminance;
  for (size_t start = 0; start < count; start += RUN) {
    const size_t n = count - start < RUN ? count - start : RUN;
    const float *red = from[0] + start, *green = from[1] + start, *blue = from[2] + start;
    float *out_red = to[0] + start, *out_green = to[1] + start, *out_blue = to[2] + start;
    BP_ELEMENTWISE for (size_t i = 0; i < n; i++) at[i] = place(red[i], green[i], blue[i]);
    for (int c = 0; c < BP_HUE_CURVES; c++)
      if (hue->varying >> c & 1) evaluate(v[c], at, n, hue->values + hue->start[c]);
    BP_ELEMENTWISE for (size_t i = 0; i < n; i++) {
      const float r0 = red[i], g0 = green[i], b0 = blue[i];
      const float high = most(most(r0, g0), b0), range = high - least(least(r0, g0), b0);
      const float saturation = high == 0 ? 0 : range / high;
      float r = suppressed(r0, g0, b0, v[BP_HUE_RED_LIMIT][i]);
      float g = suppressed(g0, r, b0, v[BP_HUE_GREEN_LIMIT][i]);
      float b = suppressed(b0, r, g, v[BP_HUE_BLUE_LIMIT][i]);
      // No gain at the threshold, all of it far above, all of it everywhere without a threshold.
      const float threshold = v[BP_HUE_THRESHOLD][i], lum = v[BP_HUE_LUM][i];
      const float above = (saturation - threshold) / saturation;
      const float share = threshold == 0 ? 1 : above;
      const int gains = saturation > threshold || threshold == 0;
      r = gains ? r * ((1 - share) + share * v[BP_HUE_RED][i] * lum) : r;
      g = gains ? g * ((1 - share) + share * v[BP_HUE_GREEN][i] * lum) : g;
      b = gains ? b * ((1 - share) + share * v[BP_HUE_BLUE][i] * lum) : b;
      const float sat = v[BP_HUE_SAT][i], grey = brightness(r, g, b, hue);
      r = sat != 1 ? (1 - sat) * grey + sat * r : r;
      g = sat != 1 ? (1 - sat) * grey + sat * g : g;
      b = sat != 1 ? (1 - sat) * grey + sat * b : b;
      const float before = brightness(r0, g0, b0, hue), after = brightness(r, g, b, hue);
      const float factor = mix > 0 ? 1 + mix * (before / after - 1) : 1;
      const int lost = mix > 0 && after <= 0;
      out_red[i] = lost ? before : mix > 0 ? r * factor : r;
      out_green[i] = lost ? before : mix > 0 ? g * factor : g;
      out_blue[i] = lost ? before : mix > 0 ? b * factor : b;
    }
  }
}

BP_CLONES void bp_hue_key(
    float *out, const float *const *from, size_t count, const float *amount,
    const float *threshold) {
  float at[RUN], key[RUN], limit[RUN];
  for (size_t start = 0; start < count; start += RUN) {
    const size_t n = count - start < RUN ? count - start : RUN;
    const float *red = from[0] + start, *green = from[1] + start, *blue = from[2] + start;
    BP_ELEMENTWISE for (size_t i = 0; i < n; i++) at[i] = place(red[i], green[i], blue[i]);
    evaluate(key, at, n, amount);
    evaluate(limit, at, n, threshold);
    BP_ELEMENTWISE for (size_t i = 0; i < n; i++) {
      const float high = most(most(red[i], green[i]), blue[i]);
      const float range = high - least(least(red[i], green[i]), blue[i]);
      const float saturation = high > 0 ? range / high : 0;
      const float share = limit[i] > 0 ? least(saturation / limit[i], 1) : saturation > 0;
      const float matte = 1 - key[i] * share;
      out[start + i] = most(least(matte, 1), 0);
    }
  }
}
