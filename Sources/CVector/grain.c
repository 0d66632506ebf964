#include "clones.h"
#include "grain.h"
#include "vectors.h"
#include "vmath.h"

// As noise.c mixes.
BP_INLINE uint32_t mix(uint32_t h) {
  h ^= h >> 16;
  h *= 0x21f0aaadu;
  h ^= h >> 15;
  h *= 0x735a2d97u;
  return h ^ (h >> 15);
}

// Evenly between 0 and 1, neither of them.
BP_INLINE float even(uint32_t h) { return ((float)(int32_t)(h >> 9) + 0.5f) * 0x1p-23f; }

// sin(2 pi t) for t within -0.5...0.75: folded to a quarter turn, then Taylor's polynomial; error below 1e-6.
BP_INLINE float sine(float t) {
  t = t > 0.25f ? 0.5f - t : t;
  t = t < -0.25f ? -0.5f - t : t;
  float s = t * t;
  float p = -15.094643f;
  p = p * s + 42.058693f;
  p = p * s - 76.705860f;
  p = p * s + 81.605249f;
  p = p * s - 41.341702f;
  p = p * s + 6.2831853f;
  return p * t;
}

// The length that Box and Muller's method wants: the root of -2 ln u.
BP_INLINE float length_of(float u) { return __builtin_elementwise_sqrt(-1.3862944f * bp_log2_1(u)); }

BP_CLONES
void bp_grain_white(
    float *first, float *second, float *third, size_t count, int32_t x, uint32_t key,
    uint32_t other_key) {
  BP_ELEMENTWISE
  for (size_t i = 0; i < count; i++) {
    uint32_t h = mix(mix(((uint32_t)x + (uint32_t)i) ^ key) + other_key);
    float r = length_of(even(h)), q = length_of(even(mix(h + 0x9e3779b9u)));
    float t = even(mix(h + 0x3c6ef372u)) - 0.5f, s = even(mix(h + 0xdaa66d2bu)) - 0.5f;
    first[i] = r * sine(t);
    second[i] = r * sine(t + 0.25f);
    third[i] = q * sine(s);
  }
}

BP_CLONES
void bp_grain_filter(
    float *dst, ptrdiff_t dst_stride, const float *const planes[3], ptrdiff_t stride,
    ptrdiff_t width, ptrdiff_t height, const float *const filters[3], ptrdiff_t side) {
  for (ptrdiff_t y = 0; y < height; y++) {
    float *d = dst + y * dst_stride;
    ptrdiff_t x = 0;
    for (; x + 64 <= width; x += 64) {
      bp_f16 a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0};
      for (int k = 0; k < 3; k++) {
        if (filters[k] == NULL) continue;
        const float *f = filters[k], *s = planes[k] + y * stride + x;
        for (ptrdiff_t j = 0; j < side; j++)
          for (ptrdiff_t i = 0; i < side; i++) {
            const float w = f[j * side + i], *p = s + j * stride + i;
            a0 += w * BP_AT16(p);
            a1 += w * BP_AT16(p + 16);
            a2 += w * BP_AT16(p + 32);
            a3 += w * BP_AT16(p + 48);
          }
      }
      BP_PUT16(d + x, a0);
      BP_PUT16(d + x + 16, a1);
      BP_PUT16(d + x + 32, a2);
      BP_PUT16(d + x + 48, a3);
    }
    for (; x < width; x++) {
      float a = 0;
      for (int k = 0; k < 3; k++) {
        if (filters[k] == NULL) continue;
        const float *f = filters[k], *s = planes[k] + y * stride + x;
        for (ptrdiff_t j = 0; j < side; j++)
          for (ptrdiff_t i = 0; i < side; i++) a += f[j * side + i] * s[j * stride + i];
      }
      d[x] = a;
    }
  }
}

BP_CLONES
void bp_grain_add(
    float *out, const float *color, const float *alpha, const float *noise, size_t count,
    bp_grain_strength strength) {
  const float *values = strength.values;
  const float last = (float)(strength.count - 1);
  const int32_t most = strength.count - 2;
  BP_ELEMENTWISE
  for (size_t i = 0; i < count; i++) {
    float a = alpha ? alpha[i] : 1.0f;
    a = a > 0.0f ? a : 0.0f;
    float c = color[i], light = a > 0.0f && a != 1.0f ? c / a : c;
    light = light > 0.0f ? light : 0.0f;
    float t = __builtin_elementwise_sqrt(light) * strength.scale;
    t = t < last ? t : last;
    int32_t k = (int32_t)t;
    k = k < most ? k : most;
    float r = t - (float)k, s = values[k] + r * (values[k + 1] - values[k]);
    out[i] = a > 0.0f ? c + a * s * noise[i] : c;
  }
}
