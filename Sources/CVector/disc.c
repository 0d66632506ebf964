#include "disc.h"

#include <string.h>

BP_INLINE float least(float a, float b) { return a < b ? a : b; }
BP_INLINE float most(float a, float b) { return a > b ? a : b; }

// The better of two; a NaN is worse than anything.
BP_INLINE float better(float best, float v, int maximum) {
  const int takes = (maximum ? v > best : v < best) | (best != best);
  return takes ? v : best;
}

BP_CLONES static void along(
    float *out, ptrdiff_t width, ptrdiff_t height, const float *src, ptrdiff_t stride,
    const float *w) {
  const float w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3];
  for (ptrdiff_t y = 0; y < height; y++) {
    const float *s = src + y * stride;
    float *o = out + y * width;
    BP_ELEMENTWISE for (ptrdiff_t x = 0; x < width; x++)
      o[x] = w0 * s[x] + w1 * s[x + 1] + w2 * s[x + 2] + w3 * s[x + 3];
  }
}

BP_INLINE void across_body(
    float *out, ptrdiff_t width, const float *rows, const float *above, const float *below,
    const float *w, int maximum) {
  const float w0 = w[0], w1 = w[1], w2 = w[2], w3 = w[3];
  const float *r0 = rows, *r1 = rows + width, *r2 = r1 + width, *r3 = r2 + width;
  BP_ELEMENTWISE for (ptrdiff_t x = 0; x < width; x++) {
    const float v = w0 * r0[x] + w1 * r1[x] + w2 * r2[x] + w3 * r3[x];
    const float a = above[x], b = above[x + 1], c = below[x], d = below[x + 1];
    const float low = least(least(a, b), least(c, d)), high = most(most(a, b), most(c, d));
    const float held = v < low ? low : v > high ? high : v;
    out[x] = better(out[x], held, maximum);
  }
}

BP_CLONES static void across(
    float *out, ptrdiff_t width, const float *rows, const float *above, const float *below,
    const float *w, int maximum) {
  if (maximum)
    across_body(out, width, rows, above, below, w, 1);
  else
    across_body(out, width, rows, above, below, w, 0);
}

BP_CLONES static void whole(float *out, const float *src, ptrdiff_t width, int maximum) {
  if (maximum)
    BP_ELEMENTWISE for (ptrdiff_t x = 0; x < width; x++) out[x] = better(out[x], src[x], 1);
  else
    BP_ELEMENTWISE for (ptrdiff_t x = 0; x < width; x++) out[x] = better(out[x], src[x], 0);
}

void bp_disc_extreme(
    float *dst, ptrdiff_t dst_stride, const float *src, ptrdiff_t src_stride, ptrdiff_t width,
    ptrdiff_t height, const bp_disc *disc, int maximum, float *work) {
  for (ptrdiff_t y = 0; y < height; y++) {
    memcpy(dst + y * dst_stride, src + y * src_stride, (size_t)width * sizeof(float));
    for (ptrdiff_t k = 0; k < disc->pixel_count; k++) {
      const int32_t *at = disc->pixels + 2 * k;
      whole(dst + y * dst_stride, src + (y + at[1]) * src_stride + at[0], width, maximum);
    }
  }
  for (ptrdiff_t k = 0; k < disc->place_count; k++) {
    const bp_disc_place *place = disc->places + k;
    const float *corner = src + place->y * src_stride + place->x;
    along(work, width, height + 3, corner - src_stride - 1, src_stride, place->wx);
    for (ptrdiff_t y = 0; y < height; y++) {
      const float *above = corner + y * src_stride;
      across(
          dst + y * dst_stride, width, work + y * width, above, above + src_stride, place->wy,
          maximum);
    }
  }
}
