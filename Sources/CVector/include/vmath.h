// exp2, log2 and pow for single precision, the same bits on every machine.
//
// Branch-free, without tables and without libm, so that a loop over them becomes wide SIMD and a
// lone call gives exactly what the loop gives. Greatest errors: `bp_exp2_1` and `bp_log2_1` 1.2 ulp
// (every float tried); `bp_pow_1` 1.8 ulp for exponents within -4...4, 2.2 at 8, 4 at 16, 40 at 100;
// exact for exponents 0, 1 and 2. Zeros, denormals, infinities and NaN are those of C99 Annex F.

#ifndef BP_VMATH_H
#define BP_VMATH_H

#include "clones.h"

#include <stdint.h>
#include <string.h>

BP_INLINE uint32_t bp_bits(float x) {
  uint32_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}

BP_INLINE float bp_float(uint32_t u) {
  float x;
  memcpy(&x, &u, sizeof x);
  return x;
}

#define BP_INFINITY (bp_float(0x7f800000u))
#define BP_NAN (bp_float(0x7fc00000u))

BP_INLINE float bp_abs(float x) { return bp_float(bp_bits(x) & 0x7fffffffu); }

// Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits of the sum. For
// |x| < 2^22.
#define BP_ROUNDER 0x1.8p23f

// 2^r for |r| <= 0.5.
BP_INLINE float bp_exp2_fraction(float r) {
  // 2^r = 1 + r P(r); P is the minimax polynomial of degree 5, coefficients rounded to float one by
  // one, error 2^-26.7.
  float p = 0x1.44175ep-13f;
  p = p * r + 0x1.5ef5dp-10f;
  p = p * r + 0x1.3b2a54p-7f;
  p = p * r + 0x1.c6af9cp-5f;
  p = p * r + 0x1.ebfbep-3f;
  p = p * r + 0x1.62e43p-1f;
  return p * r + 1.0f;
}

// 2^n * 2^r for an integer n in -252...254 (given as bits of n + BP_ROUNDER) and |r| <= 0.5. The
// scale is applied in two halves, so that results overflow to infinity and underflow through the
// denormals as they should.
BP_INLINE float bp_exp2_parts(uint32_t rounded, float r) {
  float p = bp_exp2_fraction(r);
  int32_t n = (int32_t)(rounded - bp_bits(BP_ROUNDER));
  int32_t half = n >> 1;
  float a = bp_float((uint32_t)(half + 127) << 23);
  float b = bp_float((uint32_t)(n - half + 127) << 23);
  return p * a * b;
}

// 2^x.
BP_INLINE float bp_exp2_1(float x) {
  float t = x > 160.0f ? 160.0f : x;
  t = t < -160.0f ? -160.0f : t;
  float rounded = t + BP_ROUNDER;
  float result = bp_exp2_parts(bp_bits(rounded), t - (rounded - BP_ROUNDER));
  return x != x ? x : result;
}

// log2(x) = e + r + q for x > 0: e an integer, r exact, |r| <= 0.4143, q below 0.085 in size.
typedef struct {
  float e, r, q;
} bp_log2_parts_t;

// Of a normal number.
BP_INLINE bp_log2_parts_t bp_log2_parts_normal(float x) {
  uint32_t u = bp_bits(x);
  // The mantissa is taken from [sqrt(1/2), sqrt(2)), whose lower end has these bits.
  int32_t k = (int32_t)(u - 0x3f3504f3u) >> 23;
  bp_log2_parts_t parts;
  parts.e = (float)k;
  float r = bp_float(u - ((uint32_t)k << 23)) - 1.0f;
  parts.r = r;
  // (log2(1 + r) - r) / r: minimax polynomial of degree 9, error 2^-26.
  float p = -0x1.dce31ep-4f;
  p = p * r + 0x1.856258p-3f;
  p = p * r - 0x1.85639ep-3f;
  p = p * r + 0x1.a15e28p-3f;
  p = p * r - 0x1.eacb76p-3f;
  p = p * r + 0x1.278ce8p-2f;
  p = p * r - 0x1.715a9cp-2f;
  p = p * r + 0x1.ec7034p-2f;
  p = p * r - 0x1.71547p-1f;
  p = p * r + 0x1.c551dap-2f;
  parts.q = p * r;
  return parts;
}

BP_INLINE bp_log2_parts_t bp_log2_parts(float x) {
  const float tiny = x < 0x1p-126f ? 24.0f : 0.0f;
  bp_log2_parts_t parts = bp_log2_parts_normal(x < 0x1p-126f ? x * 0x1p24f : x);
  parts.e -= tiny;
  return parts;
}

// The logarithm to base 2.
BP_INLINE float bp_log2_1(float x) {
  bp_log2_parts_t parts = bp_log2_parts(x);
  float result = parts.e + (parts.r + parts.q);
  result = x == 0.0f ? -BP_INFINITY : result;
  result = x < 0.0f ? BP_NAN : result;
  return x != x || x == BP_INFINITY ? x : result;
}

// y log2(x) = n + m + f: two integers and a fraction within -0.5...0.5.
//
// The error of y log2(x) is multiplied by its size in 2 to the power of it, so the large part of the
// product is formed exactly: y1, the upper 12 bits of y, times the integer e, and times the upper 12
// bits of r.
BP_INLINE void bp_power_split(
    bp_log2_parts_t l, float y, float y1, float y0, float *n, float *m, float *f) {
  float r1 = bp_float(bp_bits(l.r) & 0xfffff000u);
  float r0 = l.r - r1;
  float whole = y1 * l.e;
  *n = (whole + BP_ROUNDER) - BP_ROUNDER;
  float rest = whole - *n;
  float small = y0 * (l.e + l.r) + (y1 * r0 + y * l.q);
  float main = y1 * r1 + rest;
  float rounded = (main + small) + BP_ROUNDER;
  *m = rounded - BP_ROUNDER;
  *f = (main - *m) + small;
}

// x^y for x > 0 and finite.
BP_INLINE float bp_pow_positive(float x, float y) {
  bp_log2_parts_t l = bp_log2_parts(x);
  float t = y * (l.e + (l.r + l.q));
  float y1 = bp_float(bp_bits(y) & 0xfffff000u);
  float n, m, f;
  bp_power_split(l, y, y1, y - y1, &n, &m, &f);
  float result = bp_exp2_parts(bp_bits((n + m) + BP_ROUNDER), f);
  result = t > 140.0f ? BP_INFINITY : result;
  return t < -160.0f ? 0.0f : result;
}

// x^y for x >= 0: as C's pow.
BP_INLINE float bp_pow_nonnegative(float x, float y) {
  float result = bp_pow_positive(x, y);
  result = x == 0.0f ? (y < 0.0f ? BP_INFINITY : 0.0f) : result;
  result = x == BP_INFINITY ? (y < 0.0f ? 0.0f : BP_INFINITY) : result;
  result = x != x ? x : result;
  result = y != y ? y : result;
  result = y == 1.0f ? x : result;
  result = y == 2.0f ? x * x : result;
  return x == 1.0f || y == 0.0f ? 1.0f : result;
}

// One exponent for many bases. Most pictures keep within bases whose powers neither overflow nor
// underflow; there `bp_power_1` gives the bits of `bp_pow_nonnegative` at half the cost.
typedef struct {
  float y, y1, y0;   // the exponent, its upper 12 bits, and the rest
  float at_zero;     // 0^y
  uint32_t least;    // the bits of the least base,
  uint32_t span;     // and how many follow; 0 when no base will do
} bp_power;

BP_INLINE bp_power bp_power_of(float y) {
  const float size = bp_abs(y);
  int reach = size >= 0x1p-10f && size <= 60.0f && y != 1.0f && y != 2.0f ? (int)(124.0f / size) : 0;
  reach = reach > 126 ? 126 : reach;
  const float y1 = bp_float(bp_bits(y) & 0xfffff000u);
  const bp_power power = {
      y, y1, y - y1, y < 0.0f ? BP_INFINITY : 0.0f, (uint32_t)(127 - reach) << 23,
      (uint32_t)(2 * reach) << 23};
  return power;
}

// Whether a base is none of those `bp_power_1` is for.
BP_INLINE uint32_t bp_power_misses(bp_power power, float x) {
  const uint32_t u = bp_bits(x);
  return power.span == 0 || (u != 0 && u - power.least >= power.span);
}

// x^y, for 0 and the bases within the span.
BP_INLINE float bp_power_1(bp_power power, float x) {
  const bp_log2_parts_t l = bp_log2_parts_normal(x);
  float n, m, f;
  bp_power_split(l, power.y, power.y1, power.y0, &n, &m, &f);
  const uint32_t whole = bp_bits((n + m) + BP_ROUNDER) << 23;
  const float result = bp_float(bp_bits(bp_exp2_fraction(f)) + whole);
  return x == 0.0f ? power.at_zero : result;
}

// x^y, as C's pow: a negative x gives NaN unless y is an integer.
BP_INLINE float bp_pow_1(float x, float y) {
  float p = bp_pow_nonnegative(bp_abs(x), y);
  // Floats of 2^24 and above are all even integers.
  float c = bp_abs(y) < 0x1p24f ? y : 0.0f;
  int32_t i = (int32_t)c;
  float odd = (i & 1) != 0 && (float)i == c ? -p : p;
  float negative = (float)i == c || x == -BP_INFINITY ? odd : BP_NAN;
  negative = y != y ? y : negative;
  return (bp_bits(x) >> 31) != 0 && x == x ? (x == 0.0f ? odd : negative) : p;
}

#endif
