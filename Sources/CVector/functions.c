#include "functions.h"

#include <string.h>

BP_INLINE uint64_t bits_of(double x) {
  uint64_t u;
  memcpy(&u, &x, sizeof u);
  return u;
}

BP_INLINE double double_of(uint64_t u) {
  double x;
  memcpy(&x, &u, sizeof x);
  return x;
}

// Adding 1.5 * 2^52 rounds to the nearest integer and leaves it in the low bits.
#define ROUNDER 0x1.8p52

#define INFINITE (double_of(0x7ff0000000000000u))
#define NOT_A_NUMBER (double_of(0x7ff8000000000000u))

BP_INLINE double absolute(double x) { return double_of(bits_of(x) & 0x7fffffffffffffffu); }

typedef struct {
  double s, c;
} sine_cosine;

// Sine and cosine: the angle less the nearest multiple of a quarter turn, Taylor's series, and the
// quarter put back.
BP_INLINE sine_cosine turn(double x) {
  double shifted = x * 0x1.45f306dc9c883p-1 + ROUNDER;
  uint64_t quarter = bits_of(shifted);
  double k = shifted - ROUNDER;
  double r = (x - k * 0x1.921fb544p0) - k * 0x1.0b4611a626331p-34;
  double q = r * r;
  double s = 1.0 - q / 210.0;
  s = 1.0 - q / 156.0 * s;
  s = 1.0 - q / 110.0 * s;
  s = 1.0 - q / 72.0 * s;
  s = 1.0 - q / 42.0 * s;
  s = 1.0 - q / 20.0 * s;
  s = r * (1.0 - q / 6.0 * s);
  double c = 1.0 - q / 182.0;
  c = 1.0 - q / 132.0 * c;
  c = 1.0 - q / 90.0 * c;
  c = 1.0 - q / 56.0 * c;
  c = 1.0 - q / 30.0 * c;
  c = 1.0 - q / 12.0 * c;
  c = 1.0 - q / 2.0 * c;
  int swapped = (quarter & 1) != 0;
  double first = swapped ? c : s;
  double second = swapped ? s : c;
  sine_cosine result;
  result.s = (quarter & 2) != 0 ? -first : first;
  result.c = ((quarter + 1) & 2) != 0 ? -second : second;
  return result;
}

// The angle of (x, y), x and y not both infinite.
BP_INLINE double angle(double y, double x) {
  double ax = absolute(x), ay = absolute(y);
  double high = ax > ay ? ax : ay;
  double low = ax > ay ? ay : ax;
  double t = low / (high == 0.0 ? 1.0 : high);
  int upper = t > 0.41421356237309503;
  double u = upper ? (t - 1.0) / (t + 1.0) : t;
  double q = u * u;
  double p = 1.0 / 29.0;
  p = 1.0 / 27.0 - q * p;
  p = 1.0 / 25.0 - q * p;
  p = 1.0 / 23.0 - q * p;
  p = 1.0 / 21.0 - q * p;
  p = 1.0 / 19.0 - q * p;
  p = 1.0 / 17.0 - q * p;
  p = 1.0 / 15.0 - q * p;
  p = 1.0 / 13.0 - q * p;
  p = 1.0 / 11.0 - q * p;
  p = 1.0 / 9.0 - q * p;
  p = 1.0 / 7.0 - q * p;
  p = 1.0 / 5.0 - q * p;
  p = 1.0 / 3.0 - q * p;
  p = u - u * q * p;
  p = upper ? p + 0.78539816339744828 : p;
  p = ay > ax ? 1.5707963267948966 - p : p;
  p = (bits_of(x) >> 63) != 0 ? 3.1415926535897931 - p : p;
  p = (bits_of(y) >> 63) != 0 ? -p : p;
  return x != x || y != y ? NOT_A_NUMBER : p;
}

BP_INLINE double exponential(double x) {
  double t = x > 800.0 ? 800.0 : x;
  t = t < -800.0 ? -800.0 : t;
  double shifted = t * 0x1.71547652b82fep0 + ROUNDER;
  double k = shifted - ROUNDER;
  double r = (t - k * 0x1.62e42fefap-1) - k * 0x1.cf79abc9e3b3ap-40;
  double p = 1.0 + r / 12.0;
  p = 1.0 + r / 11.0 * p;
  p = 1.0 + r / 10.0 * p;
  p = 1.0 + r / 9.0 * p;
  p = 1.0 + r / 8.0 * p;
  p = 1.0 + r / 7.0 * p;
  p = 1.0 + r / 6.0 * p;
  p = 1.0 + r / 5.0 * p;
  p = 1.0 + r / 4.0 * p;
  p = 1.0 + r / 3.0 * p;
  p = 1.0 + r / 2.0 * p;
  p = 1.0 + r * p;
  // Within 2^-1155...2^1155, floats overflow long before: the scale is put on in two halves.
  int64_t n = (int64_t)(bits_of(shifted) - bits_of(ROUNDER));
  int64_t half = n >> 1;
  double result = p * double_of((uint64_t)(half + 1023) << 52);
  result *= double_of((uint64_t)(n - half + 1023) << 52);
  return x != x ? x : result;
}

BP_INLINE double logarithm(double x) {
  uint64_t u = bits_of(x);
  // The mantissa is taken from [sqrt(1/2), sqrt(2)).
  int64_t k = (int64_t)(u - 0x3fe6a09e667f3bcdu) >> 52;
  double m = double_of(u - ((uint64_t)k << 52));
  double s = (m - 1.0) / (m + 1.0);
  double q = s * s;
  double p = 1.0 / 19.0;
  p = 1.0 / 17.0 + q * p;
  p = 1.0 / 15.0 + q * p;
  p = 1.0 / 13.0 + q * p;
  p = 1.0 / 11.0 + q * p;
  p = 1.0 / 9.0 + q * p;
  p = 1.0 / 7.0 + q * p;
  p = 1.0 / 5.0 + q * p;
  p = 1.0 / 3.0 + q * p;
  double result = (double)k * 0x1.62e42fefa39efp-1 + 2.0 * (s + s * q * p);
  result = x == 0.0 ? -INFINITE : result;
  result = x < 0.0 ? NOT_A_NUMBER : result;
  return x != x || x == INFINITE ? x : result;
}

#define LOOP(name, expression)                              \
  BP_CLONES void name(const float *x, float *out, size_t count) { \
    BP_ELEMENTWISE                                          \
    for (size_t i = 0; i < count; i++) {                    \
      double v = (double)x[i];                              \
      out[i] = (float)(expression);                         \
    }                                                       \
  }

LOOP(bp_sin, turn(v).s)
LOOP(bp_cos, turn(v).c)
LOOP(bp_tan, turn(v).s / turn(v).c)
LOOP(bp_exp, exponential(v))
LOOP(bp_sinh, absolute(v) < 1e-3 ? v + v * v * v / 6.0 : (exponential(v) - exponential(-v)) * 0.5)
LOOP(bp_cosh, (exponential(v) + exponential(-v)) * 0.5)

BP_INLINE double hyperbolic_tangent(double v) {
  double t = v > 20.0 ? 20.0 : v;
  t = t < -20.0 ? -20.0 : t;
  double e = exponential(2.0 * t);
  double q = v * v;
  double small = v * (1.0 - q / 3.0 * (1.0 - q * 0.4));
  return absolute(v) < 1e-3 ? small : (e - 1.0) / (e + 1.0);
}
LOOP(bp_tanh, hyperbolic_tangent(v))

// The square root is IEEE 754's, exact everywhere; it keeps these two loops from becoming SIMD.
BP_INLINE double complement(double v) { return __builtin_sqrt((1.0 - v) * (1.0 + v)); }

void bp_asin(const float *x, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    double v = (double)x[i];
    out[i] = (float)(absolute(v) > 1.0 ? NOT_A_NUMBER : angle(v, complement(v)));
  }
}

void bp_acos(const float *x, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    double v = (double)x[i];
    out[i] = (float)(absolute(v) > 1.0 ? NOT_A_NUMBER : angle(complement(v), v));
  }
}

BP_CLONES void bp_log(const float *x, double scale, float *out, size_t count) {
  BP_ELEMENTWISE
  for (size_t i = 0; i < count; i++) out[i] = (float)(logarithm((double)x[i]) * scale);
}

BP_CLONES void bp_atan2(const float *y, const float *x, float *out, size_t count) {
  BP_ELEMENTWISE
  for (size_t i = 0; i < count; i++) {
    // Two infinities make a diagonal.
    float ay = y[i] < 0.0f ? -y[i] : y[i], ax = x[i] < 0.0f ? -x[i] : x[i];
    int both = ay > 3.4028235e38f && ax > 3.4028235e38f;
    double v = both ? (y[i] > 0.0f ? 1.0 : -1.0) : (double)y[i];
    double w = both ? (x[i] > 0.0f ? 1.0 : -1.0) : (double)x[i];
    out[i] = (float)angle(v, w);
  }
}
