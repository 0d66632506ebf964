#include "noise.h"
#include "vmath.h"

// Mixes a lattice point to 32 random bits; multipliers by C. Wellons' search ("hash prospector").
BP_INLINE uint32_t mix(uint32_t h) {
  h ^= h >> 16;
  h *= 0x21f0aaadu;
  h ^= h >> 15;
  h *= 0x735a2d97u;
  return h ^ (h >> 15);
}

// The slope towards one of twelve edges of a cube (four of them twice), times the offset.
BP_INLINE float slope(uint32_t h, float x, float y, float z) {
  uint32_t k = h & 15u;
  float u = k < 8u ? x : y;
  float v = k < 4u ? y : ((k & 13u) == 12u ? x : z);
  u = (h & 1u) != 0 ? -u : u;
  v = (h & 2u) != 0 ? -v : v;
  return u + v;
}

BP_INLINE float fade(float t) { return t * t * t * (t * (t * 6.0f - 15.0f) + 10.0f); }

BP_INLINE float between(float t, float a, float b) { return a + t * (b - a); }

// Noise at an offset from a lattice point, all of it within 0...1.
BP_INLINE float noise_in(
    uint32_t ix, uint32_t iy, uint32_t iz, float x, float y, float z, uint32_t seed) {
  const uint32_t px = 0x9e3779b1u, py = 0x85ebca77u, pz = 0xc2b2ae3du;
  uint32_t hx = ix * px, hy = iy * py, hz = iz * pz;
  uint32_t hx1 = hx + px, hy1 = hy + py, hz1 = (hz + pz) ^ seed;
  hz ^= seed;
  float u = fade(x), v = fade(y), w = fade(z);
  float x1 = x - 1.0f, y1 = y - 1.0f, z1 = z - 1.0f;
  float a = between(u, slope(mix(hx ^ hy ^ hz), x, y, z), slope(mix(hx1 ^ hy ^ hz), x1, y, z));
  float b = between(u, slope(mix(hx ^ hy1 ^ hz), x, y1, z), slope(mix(hx1 ^ hy1 ^ hz), x1, y1, z));
  float c = between(u, slope(mix(hx ^ hy ^ hz1), x, y, z1), slope(mix(hx1 ^ hy ^ hz1), x1, y, z1));
  float d =
      between(u, slope(mix(hx ^ hy1 ^ hz1), x, y1, z1), slope(mix(hx1 ^ hy1 ^ hz1), x1, y1, z1));
  return between(w, between(v, a, b), between(v, c, d));
}

// The lattice point below a number, and the rest. Beyond 2^30 there is nothing to see.
BP_INLINE int32_t cell(double x) {
  double t = x < 0x1p30 && x > -0x1p30 ? x : 0.0;
  int32_t i = (int32_t)t;
  return i - (t < (double)i ? 1 : 0);
}

BP_INLINE float rest(double x, int32_t i) {
  double t = x < 0x1p30 && x > -0x1p30 ? x : 0.0;
  return (float)(t - (double)i);
}

BP_CLONES
void bp_noise_octave(
    float *out, size_t count, const bp_noise_line *line, int32_t first, float amplitude,
    uint32_t seed, int absolute) {
  const double x0 = line->origin[0], y0 = line->origin[1], z0 = line->origin[2];
  const double dx = line->step[0], dy = line->step[1], dz = line->step[2];
  const uint32_t clear = absolute ? 0x7fffffffu : 0xffffffffu;
  BP_ELEMENTWISE
  for (size_t i = 0; i < count; i++) {
    double n = (double)(first + (int32_t)i);
    double x = x0 + dx * n, y = y0 + dy * n, z = z0 + dz * n;
    int32_t ix = cell(x), iy = cell(y), iz = cell(z);
    float value = noise_in(
        (uint32_t)ix, (uint32_t)iy, (uint32_t)iz, rest(x, ix), rest(y, iy), rest(z, iz), seed);
    out[i] += amplitude * bp_float(bp_bits(value) & clear);
  }
}

BP_CLONES
void bp_noise_points(
    const float *x, const float *y, const float *z, float frequency, float amplitude,
    uint32_t seed, int absolute, float *out, size_t count) {
  const uint32_t clear = absolute ? 0x7fffffffu : 0xffffffffu;
  BP_ELEMENTWISE
  for (size_t i = 0; i < count; i++) {
    double u = (double)x[i] * frequency, v = (double)y[i] * frequency, w = (double)z[i] * frequency;
    int32_t iu = cell(u), iv = cell(v), iw = cell(w);
    float value = noise_in(
        (uint32_t)iu, (uint32_t)iv, (uint32_t)iw, rest(u, iu), rest(v, iv), rest(w, iw), seed);
    out[i] += amplitude * bp_float(bp_bits(value) & clear);
  }
}

BP_CLONES
void bp_random(const float *x, const float *y, const float *z, float *out, size_t count) {
  BP_ELEMENTWISE
  for (size_t i = 0; i < count; i++) {
    // Adding 0 makes one zero of the two.
    uint32_t h = mix(bp_bits(x[i] + 0.0f) + 0x9e3779b9u);
    h = mix(bp_bits(y[i] + 0.0f) + h);
    h = mix(bp_bits(z[i] + 0.0f) + h);
    out[i] = (float)(int32_t)(h >> 8) * 0x1p-24f;
  }
}

BP_CLONES
void bp_noise_finish(float *out, size_t count, float scale, float offset, float exponent) {
  BP_ELEMENTWISE
  for (size_t i = 0; i < count; i++) {
    float value = out[i] * scale + offset;
    float powered = bp_pow_nonnegative(value > 0.0f ? value : 1.0f, exponent);
    out[i] = value > 0.0f ? powered : value;
  }
}
