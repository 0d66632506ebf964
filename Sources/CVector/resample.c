#include "resample.h"
#include "transpose.h"

#include <string.h>

BP_CLONES void bp_weighted_rows(float *dst, const float *src, ptrdiff_t stride, ptrdiff_t n,
                                const float *w, ptrdiff_t width) {
  ptrdiff_t x = 0;
  for (; x + 64 <= width; x += 64) {
    const float *p = src + x;
    bp_f16 a0 = w[0] * BP_AT16(p), a1 = w[0] * BP_AT16(p + 16);
    bp_f16 a2 = w[0] * BP_AT16(p + 32), a3 = w[0] * BP_AT16(p + 48);
    for (ptrdiff_t k = 1; k < n; k++) {
      p += stride;
      a0 += w[k] * BP_AT16(p);
      a1 += w[k] * BP_AT16(p + 16);
      a2 += w[k] * BP_AT16(p + 32);
      a3 += w[k] * BP_AT16(p + 48);
    }
    BP_PUT16(dst + x, a0);
    BP_PUT16(dst + x + 16, a1);
    BP_PUT16(dst + x + 32, a2);
    BP_PUT16(dst + x + 48, a3);
  }
  for (; x + 16 <= width; x += 16) {
    bp_f16 a = w[0] * BP_AT16(src + x);
    for (ptrdiff_t k = 1; k < n; k++) a += w[k] * BP_AT16(src + k * stride + x);
    BP_PUT16(dst + x, a);
  }
  for (; x < width; x++) {
    float a = w[0] * src[x];
    for (ptrdiff_t k = 1; k < n; k++) a += w[k] * src[k * stride + x];
    dst[x] = a;
  }
}

// The sum of n products: in four lanes while there are four, then one by one.
BP_INLINE float dot(const float *a, const float *w, ptrdiff_t n) {
  ptrdiff_t k = 0;
  float sum = 0;
  if (n >= 4) {
    bp_f4 lanes = BP_AT4(a) * BP_AT4(w);
    for (k = 4; k + 4 <= n; k += 4) lanes += BP_AT4(a + k) * BP_AT4(w + k);
    sum = (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
  }
  for (; k < n; k++) sum += a[k] * w[k];
  return sum;
}

// Sixteen rows at a time, turned, so that each output pixel is a vector of them.
BP_CLONES void bp_weighted_pixels(float *dst, ptrdiff_t dst_stride, const float *src,
                                  ptrdiff_t src_stride, ptrdiff_t length, ptrdiff_t width,
                                  ptrdiff_t height, const int32_t *start, const int32_t *n,
                                  const float *w, ptrdiff_t taps, float *work) {
  float *turned = work, *result = work + 16 * length;
  for (ptrdiff_t y = 0; y < height; y += 16) {
    const ptrdiff_t rows = height - y < 16 ? height - y : 16;
    bp_transpose(turned, 16, src + y * src_stride, src_stride, length, rows);
    for (ptrdiff_t x = 0; x < width; x++) {
      const float *s = turned + 16 * (ptrdiff_t)start[x], *a = w + x * taps;
      bp_f16 sum = a[0] * BP_AT16(s);
      for (ptrdiff_t k = 1; k < n[x]; k++) sum += a[k] * BP_AT16(s + 16 * k);
      BP_PUT16(result + 16 * x, sum);
    }
    bp_transpose(dst + y * dst_stride, dst_stride, result, 16, rows, width);
  }
}

BP_CLONES void bp_warp_positions(double *u, double *v, uint8_t *front, const double *m, double x,
                                 double y, ptrdiff_t count) {
  const double py = y + 0.5;
  if (m[6] == 0 && m[7] == 0) {
    const double scale = 1 / m[8];
    for (ptrdiff_t i = 0; i < count; i++) {
      const double px = x + (double)i + 0.5;
      u[i] = (m[0] * px + (m[1] * py + m[2])) * scale - 0.5;
      v[i] = (m[3] * px + (m[4] * py + m[5])) * scale - 0.5;
      front[i] = 1;
    }
    return;
  }
  for (ptrdiff_t i = 0; i < count; i++) {
    const double px = x + (double)i + 0.5;
    const double w = m[6] * px + (m[7] * py + m[8]);
    u[i] = (m[0] * px + (m[1] * py + m[2])) / w - 0.5;
    v[i] = (m[3] * px + (m[4] * py + m[5])) / w - 0.5;
    front[i] = w > 0;
  }
}

BP_CLONES void bp_warp_jacobian(double *ux, double *uy, double *vx, double *vy, const double *m,
                                double x, double y, ptrdiff_t count) {
  const double py = y + 0.5;
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < count; i++) {
    const double px = x + (double)i + 0.5;
    const double w = 1 / (m[6] * px + (m[7] * py + m[8]));
    const double u = (m[0] * px + (m[1] * py + m[2])) * w;
    const double v = (m[3] * px + (m[4] * py + m[5])) * w;
    ux[i] = (m[0] - u * m[6]) * w;
    uy[i] = (m[1] - u * m[7]) * w;
    vx[i] = (m[3] - v * m[6]) * w;
    vy[i] = (m[4] - v * m[7]) * w;
  }
}

// Written so that NaN (on a horizon) becomes the limit.
BP_INLINE double widened(double v, double limit) { return v < limit ? (v > 1 ? v : 1) : limit; }

BP_INLINE double size(double v) { return v < 0 ? -v : v; }

BP_CLONES void bp_warp_shapes(float *sx, float *sy, float *tx, float *ty, const double *ux,
                              const double *uy, const double *vx, const double *vy, double limit,
                              ptrdiff_t count) {
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < count; i++) {
    const double a = ux[i] * ux[i] + uy[i] * uy[i], c = vx[i] * vx[i] + vy[i] * vy[i];
    const double b = ux[i] * vx[i] + uy[i] * vy[i];
    const double wide = widened(__builtin_elementwise_sqrt(a), limit);
    const double high = widened(__builtin_elementwise_sqrt(c), limit);
    // The ellipse, its half axes widened: the symmetric matrix that draws a circle out to it.
    const double half = (a - c) * 0.5, middle = (a + c) * 0.5;
    const double h = __builtin_elementwise_sqrt(half * half + b * b), rest = middle - h;
    const double major = widened(__builtin_elementwise_sqrt(middle + h), limit);
    const double minor = widened(__builtin_elementwise_sqrt(rest > 0 ? rest : 0), limit);
    const double mean = (major + minor) * 0.5, part = (major - minor) * 0.5 / (h > 0 ? h : 1);
    const double m00 = mean + part * half, m11 = mean - part * half, m01 = part * b;
    // How far the box is from it: not at all where it lies along the axes.
    const double across = size((m00 * m00 + m01 * m01) / (wide * wide) - 1);
    const double down = size((m11 * m11 + m01 * m01) / (high * high) - 1);
    const double aslant = size(m01 * (m00 + m11)) / (wide * high);
    const double two = across > down ? across : down, off = two > aslant ? two : aslant;
    const double t = off > BP_LEAN ? (off < 2 * BP_LEAN ? off / BP_LEAN - 1 : 1) : 0;
    // How the output's square is turned there, mirrored back and to the nearest quarter.
    const double sign = ux[i] * vy[i] - uy[i] * vx[i] < 0 ? -1 : 1;
    const double p = ux[i] + sign * vy[i], q = vx[i] - sign * uy[i];
    const double far = size(p) < size(q) ? q : p, near = size(p) < size(q) ? -p : q;
    const double turn = far < 0 ? -1 : 1, n = __builtin_elementwise_sqrt(p * p + q * q);
    const double gain = turn / (n > 0 ? n : 1), cosine = far * gain, sine = near * gain;
    // Apart, so that a box that is right keeps its bits.
    const double x = t > 0 ? wide + t * (m00 * cosine + m01 * sine - wide) : wide;
    const double y = t > 0 ? high + t * (m11 * cosine - m01 * sine - high) : high;
    sx[i] = (float)x;
    sy[i] = (float)y;
    tx[i] = t > 0 ? (float)(t * (m01 * cosine - m00 * sine)) : 0;
    ty[i] = t > 0 ? (float)(t * (m01 * cosine + m11 * sine)) : 0;
  }
}

BP_CLONES ptrdiff_t bp_warp_wide_count(const double *ux, const double *uy, const double *vx,
                                       const double *vy, ptrdiff_t count) {
  const double limit = (double)BP_WIDE * (double)BP_WIDE;
  ptrdiff_t wide = 0;
  for (ptrdiff_t i = 0; i < count; i++) {
    const double a = ux[i] * ux[i] + uy[i] * uy[i], c = vx[i] * vx[i] + vy[i] * vy[i];
    const double b = ux[i] * vx[i] + uy[i] * vy[i], half = (a - c) * 0.5;
    wide += (a + c) * 0.5 + __builtin_elementwise_sqrt(half * half + b * b) > limit;
  }
  return wide;
}

BP_INLINE double hold(double u, double low, double high) {
  return u > low ? (u < high ? u : high) : low;
}

BP_INLINE float look(const float *table, float t) {
  const float a = t < 0 ? -t : t, s = a * BP_TABLE;
  const int32_t i = (int32_t)s;
  return table[i] + (s - (float)i) * (table[i + 1] - table[i]);
}

static const float lane_numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const int32_t lane_places[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// out[k] = the kernel at (k - d) * inverse, for all lanes of a vector type F of n lanes.
#define LANES(F, I, n, out, d, inverse, filter)                                              \
  F out;                                                                                     \
  {                                                                                          \
    F t_ = (*(const F *)lane_numbers - (d)) * (inverse);                                     \
    t_ = (F)((I)t_ & 0x7fffffff);                                                            \
    if ((filter)->cubic) {                                                                   \
      const float *c_ = (filter)->cubic;                                                     \
      F p_ = ((c_[0] * t_ + c_[1]) * t_ + c_[2]) * t_ + c_[3];                               \
      F q_ = ((c_[4] * t_ + c_[5]) * t_ + c_[6]) * t_ + c_[7];                               \
      I near_ = t_ < 1.0f, far_ = t_ < 2.0f;                                                 \
      out = (F)(((I)p_ & near_) | ((I)q_ & ~near_ & far_));                                  \
    } else {                                                                                 \
      float a_[n];                                                                           \
      *(F *)a_ = t_;                                                                         \
      _Pragma("clang loop vectorize(enable)") for (int k_ = 0; k_ < n; k_++)                 \
          a_[k_] = look((filter)->table,                                                     \
                        a_[k_] < (filter)->support ? a_[k_] : (filter)->support);            \
      out = *(F *)a_;                                                                        \
    }                                                                                        \
  }

#define SUM4(v) (((v)[0] + (v)[2]) + ((v)[1] + (v)[3]))
#define SUM8(v) ((((v)[0] + (v)[4]) + ((v)[2] + (v)[6])) + (((v)[1] + (v)[5]) + ((v)[3] + (v)[7])))
#define SUM16(v)                                                                            \
  (((((v)[0] + (v)[8]) + ((v)[4] + (v)[12])) + (((v)[2] + (v)[10]) + ((v)[6] + (v)[14]))) + \
   ((((v)[1] + (v)[9]) + ((v)[5] + (v)[13])) + (((v)[3] + (v)[11]) + ((v)[7] + (v)[15]))))

BP_CLONES void bp_warp_weights(int32_t *first, float *w, const double *u, ptrdiff_t count,
                               double low, double high, ptrdiff_t origin,
                               const bp_warp_filter *filter) {
  const int taps = filter->taps;
  if (taps == 2) {
    const int smooth = filter->smooth;
    for (ptrdiff_t i = 0; i < count; i++) {
      const double p = hold(u[i], low, high), f = __builtin_floor(p);
      float d = (float)(p - f);
      first[i] = (int32_t)((ptrdiff_t)f - origin);
      if (smooth) d = d * d * (3 - 2 * d);
      w[2 * i] = 1 - d;
      w[2 * i + 1] = d;
    }
  } else if (filter->cubic) {
    const float p3 = filter->cubic[0], p2 = filter->cubic[1], p0 = filter->cubic[3];
    const float q3 = filter->cubic[4], q2 = filter->cubic[5], q1 = filter->cubic[6],
                q0 = filter->cubic[7];
    for (ptrdiff_t i = 0; i < count; i++) {
      const double p = hold(u[i], low, high), f = __builtin_floor(p);
      const float d = (float)(p - f), e = 1 - d, a = 1 + d, b = 2 - d;
      first[i] = (int32_t)((ptrdiff_t)f - origin - 1);
      w[4 * i] = ((q3 * a + q2) * a + q1) * a + q0;
      w[4 * i + 1] = (p3 * d + p2) * d * d + p0;
      w[4 * i + 2] = (p3 * e + p2) * e * e + p0;
      w[4 * i + 3] = ((q3 * b + q2) * b + q1) * b + q0;
    }
  } else {
    const int before = taps / 2 - 1;
    for (ptrdiff_t i = 0; i < count; i++) {
      const double p = hold(u[i], low, high), f = __builtin_floor(p);
      const float step = (float)(p - f) * BP_TABLE;
      const int32_t phase = (int32_t)step;
      first[i] = (int32_t)((ptrdiff_t)f - origin - before);
      const float *a = filter->phases + 8 * phase;
      const bp_f8 here = *(const bp_f8 *)a, next = *(const bp_f8 *)(a + 8);
      *(bp_f8 *)(w + taps * i) = here + (step - (float)phase) * (next - here);
    }
  }
}

BP_CLONES void bp_warp_nearest(float *dst, const float *src, ptrdiff_t stride, const double *u,
                               const double *v, const uint8_t *front, ptrdiff_t count,
                               ptrdiff_t x0, ptrdiff_t y0, ptrdiff_t width, ptrdiff_t height) {
  const double x1 = (double)(x0 + width - 1), y1 = (double)(y0 + height - 1);
  for (ptrdiff_t i = 0; i < count; i++) {
    const double x = __builtin_floor(hold(u[i], (double)x0, x1) + 0.5);
    const double y = __builtin_floor(hold(v[i], (double)y0, y1) + 0.5);
    dst[i] = front[i] ? src[((ptrdiff_t)y - y0) * stride + ((ptrdiff_t)x - x0)] : 0;
  }
}

BP_INLINE float between(float v, float a, float b) {
  const float low = a < b ? a : b, high = a < b ? b : a;
  return v < low ? low : v > high ? high : v;
}

BP_INLINE bp_f4 column_sums(const float *s, ptrdiff_t stride, const float *wy) {
  return ((wy[0] * BP_AT4(s) + wy[1] * BP_AT4(s + stride)) + wy[2] * BP_AT4(s + 2 * stride)) +
         wy[3] * BP_AT4(s + 3 * stride);
}

BP_CLONES void bp_warp_row(float *dst, const float *src, ptrdiff_t stride, const int32_t *x0,
                           const int32_t *y0, const float *wx, const float *wy,
                           const uint8_t *front, ptrdiff_t count, int taps, int clamp) {
  ptrdiff_t i = 0;
  if (clamp) {
    const int middle = taps / 2 - 1;
    for (; i < count; i++) {
      const float *s = src + (ptrdiff_t)y0[i] * stride + x0[i], *a = wx + i * taps;
      float column[6], sum = 0;
      for (int j = 0; j < taps; j++, s += stride) {
        float row = 0;
        for (int k = 0; k < taps; k++) row += a[k] * s[k];
        column[j] = between(row, s[middle], s[middle + 1]);
      }
      for (int j = 0; j < taps; j++) sum += wy[i * taps + j] * column[j];
      sum = between(sum, column[middle], column[middle + 1]);
      dst[i] = front[i] ? sum : 0;
    }
    return;
  }
  if (taps == 2) {
    for (; i < count; i++) {
      const float *s = src + (ptrdiff_t)y0[i] * stride + x0[i];
      const float a = wx[2 * i], b = wx[2 * i + 1];
      const float top = a * s[0] + b * s[1], bottom = a * s[stride] + b * s[stride + 1];
      const float sum = wy[2 * i] * top + wy[2 * i + 1] * bottom;
      dst[i] = front[i] ? sum : 0;
    }
  } else if (taps == 4) {
    for (; i + 4 <= count; i += 4) {
      const float *s0 = src + (ptrdiff_t)y0[i] * stride + x0[i];
      const float *s1 = src + (ptrdiff_t)y0[i + 1] * stride + x0[i + 1];
      const float *s2 = src + (ptrdiff_t)y0[i + 2] * stride + x0[i + 2];
      const float *s3 = src + (ptrdiff_t)y0[i + 3] * stride + x0[i + 3];
      bp_f4 p0 = column_sums(s0, stride, wy + 4 * i) * BP_AT4(wx + 4 * i);
      bp_f4 p1 = column_sums(s1, stride, wy + 4 * i + 4) * BP_AT4(wx + 4 * i + 4);
      bp_f4 p2 = column_sums(s2, stride, wy + 4 * i + 8) * BP_AT4(wx + 4 * i + 8);
      bp_f4 p3 = column_sums(s3, stride, wy + 4 * i + 12) * BP_AT4(wx + 4 * i + 12);
      // Lane sums of four vectors at once: (0 + 2) + (1 + 3) of each.
      bp_f4 s = __builtin_shufflevector(p0, p1, 0, 4, 1, 5) +
                __builtin_shufflevector(p0, p1, 2, 6, 3, 7);
      bp_f4 t = __builtin_shufflevector(p2, p3, 0, 4, 1, 5) +
                __builtin_shufflevector(p2, p3, 2, 6, 3, 7);
      bp_f4 r = __builtin_shufflevector(s, t, 0, 1, 4, 5) + __builtin_shufflevector(s, t, 2, 3, 6, 7);
      BP_PUT4(dst + i, r);
    }
    for (; i < count; i++) {
      const float *s = src + (ptrdiff_t)y0[i] * stride + x0[i];
      bp_f4 p = column_sums(s, stride, wy + 4 * i) * BP_AT4(wx + 4 * i);
      dst[i] = (p[0] + p[2]) + (p[1] + p[3]);
    }
    for (i = 0; i < count; i++) dst[i] = front[i] ? dst[i] : 0;
  } else {
    // Six taps: eight lanes, of which two count as nothing whatever they hold.
    const bp_i8 inside = *(const bp_i8 *)lane_places < 6;
    for (; i < count; i++) {
      const float *s = src + (ptrdiff_t)y0[i] * stride + x0[i], *b = wy + 6 * i;
      bp_f8 sum = {0};
      for (int j = 0; j < 6; j++, s += stride)
        sum += b[j] * (bp_f8)(*(const bp_i8 *)s & inside);
      sum *= (bp_f8)(*(const bp_i8 *)(wx + 6 * i) & inside);
      const float v = SUM8(sum);
      dst[i] = front[i] ? v : 0;
    }
  }
}

BP_INLINE void put_turned(float *const *dst, ptrdiff_t i, const bp_f4 *pixels) {
  const bp_f4 ab = __builtin_shufflevector(pixels[0], pixels[1], 0, 4, 1, 5);
  const bp_f4 cd = __builtin_shufflevector(pixels[2], pixels[3], 0, 4, 1, 5);
  const bp_f4 AB = __builtin_shufflevector(pixels[0], pixels[1], 2, 6, 3, 7);
  const bp_f4 CD = __builtin_shufflevector(pixels[2], pixels[3], 2, 6, 3, 7);
  BP_PUT4(dst[0] + i, __builtin_shufflevector(ab, cd, 0, 1, 4, 5));
  BP_PUT4(dst[1] + i, __builtin_shufflevector(ab, cd, 2, 3, 6, 7));
  BP_PUT4(dst[2] + i, __builtin_shufflevector(AB, CD, 0, 1, 4, 5));
  BP_PUT4(dst[3] + i, __builtin_shufflevector(AB, CD, 2, 3, 6, 7));
}

BP_CLONES void bp_interleave(float *dst, const float *const *src, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + 4 <= count; i += 4) {
    const bp_f4 planes[4] = {BP_AT4(src[0] + i), BP_AT4(src[1] + i), BP_AT4(src[2] + i),
                             BP_AT4(src[3] + i)};
    float *to[4] = {dst, dst + 4, dst + 8, dst + 12};
    put_turned(to, 4 * i, planes);
  }
  for (; i < count; i++)
    for (int c = 0; c < 4; c++) dst[4 * i + c] = src[c][i];
}

// Two weights, each for the four floats of a pixel.
#define TWO(w, a, b) __builtin_shufflevector(w, w, a, a, a, a, b, b, b, b)
#define HALVES(v) __builtin_shufflevector(v, v, 0, 1, 2, 3) + __builtin_shufflevector(v, v, 4, 5, 6, 7)

// One pixel from 4 x 4 around it, two of a row in a vector. The order of the sums is that of bp_warp_row:
// down the columns, then (0 + 2) + (1 + 3).
BP_INLINE bp_f4 pixel4(const float *s, ptrdiff_t stride, const float *wx, const float *wy) {
  bp_f8 p = wy[0] * BP_AT8(s), q = wy[0] * BP_AT8(s + 8);
  for (int j = 1; j < 4; j++) {
    s += stride;
    p += wy[j] * BP_AT8(s);
    q += wy[j] * BP_AT8(s + 8);
  }
  const bp_f4 w = BP_AT4(wx);
  const bp_f8 sum = p * TWO(w, 0, 1) + q * TWO(w, 2, 3);
  return HALVES(sum);
}

// From 6 x 6: taps 4 and 5 are added to 0 and 1 first.
BP_INLINE bp_f4 pixel6(const float *s, ptrdiff_t stride, const float *wx, const float *wy) {
  bp_f8 p = {0}, q = {0}, r = {0};
  for (int j = 0; j < 6; j++, s += stride) {
    p += wy[j] * BP_AT8(s);
    q += wy[j] * BP_AT8(s + 8);
    r += wy[j] * BP_AT8(s + 16);
  }
  const bp_f4 w = BP_AT4(wx), v = BP_AT4(wx + 2);
  // The 0 is that of the empty lanes: it makes -0 a 0.
  const bp_f8 none = {0}, sum = (p * TWO(w, 0, 1) + r * TWO(v, 2, 3)) + (q * TWO(w, 2, 3) + none);
  return HALVES(sum);
}

// Four pixels at a time, the last one repeated where there are fewer.
#define WARP_FOUR(PIXEL, taps)                                                          \
  for (ptrdiff_t i = 0; i < count; i += 4) {                                            \
    bp_f4 pixels[4] = {{0}};                                                            \
    BP_UNROLL                                                                           \
    for (ptrdiff_t k = 0; k < 4; k++) {                                                 \
      const ptrdiff_t x = i + k < count ? i + k : count - 1;                            \
      const float *s = src + (ptrdiff_t)y0[x] * row + 4 * (ptrdiff_t)x0[x];             \
      const bp_f4 sum = PIXEL(s, row, wx + (taps) * x, wy + (taps) * x);                \
      pixels[k] = front[x] ? sum : none;                                                \
    }                                                                                   \
    if (i + 4 <= count)                                                                 \
      put_turned(dst, i, pixels);                                                       \
    else                                                                                \
      for (ptrdiff_t k = 0; i + k < count; k++)                                         \
        for (int c = 0; c < 4; c++) dst[c][i + k] = pixels[k][c];                       \
  }

BP_CLONES void bp_warp_row4(float *const *dst, const float *src, ptrdiff_t stride,
                            const int32_t *x0, const int32_t *y0, const float *wx,
                            const float *wy, const uint8_t *front, ptrdiff_t count, int taps) {
  const bp_f4 none = {0};
  const ptrdiff_t row = 4 * stride;
  if (taps == 4)
    WARP_FOUR(pixel4, 4)
  else
    WARP_FOUR(pixel6, 6)
}

// Behind the last pixel whose kernel ends at `end`.
BP_INLINE ptrdiff_t behind(double end, const bp_warp_filter *filter) {
  return (ptrdiff_t)(filter->box ? __builtin_floor(end) + 1 : __builtin_ceil(end));
}

// Weights of the pixels within `reach` of `p`, summing to 1; returns the first, counts them in `n`.
BP_INLINE int32_t wide_weights(float *w, ptrdiff_t *n, double p, float scale,
                               const bp_warp_filter *filter) {
  const double reach = (double)filter->support * (double)scale;
  const int32_t first = (int32_t)(__builtin_floor(p - reach) + 1);
  const int32_t last = (int32_t)behind(p + reach, filter) - 1;
  const float inverse = 1 / scale;
  float sum = 0;
  for (int32_t k = first; k <= last; k++) {
    const float a = look(filter->table, (float)((double)k - p) * inverse);
    w[k - first] = a;
    sum += a;
  }
  const float gain = 1 / sum;
  for (int32_t k = first; k <= last; k++) w[k - first] *= gain;
  *n = last - first + 1;
  return first;
}

// One pixel of four planes from nx x ny around it, two of a row in a vector, in the order of the sums
// of `lanes` lanes.
BP_INLINE bp_f4 wide4(
    const float *s, ptrdiff_t row, const float *gx, const float *gy, ptrdiff_t nx, ptrdiff_t ny,
    int lanes) {
  bp_f8 q[8] = {{0}};
  const bp_f4 none = {0};
  for (ptrdiff_t p = 0; 2 * p < nx; p++, s += 8) {
    bp_f8 sum = {0};
    if (2 * p + 1 < nx) {
      for (ptrdiff_t j = 0; j < ny; j++) sum += gy[j] * BP_AT8(s + j * row);
    } else {
      bp_f4 last = {0};
      for (ptrdiff_t j = 0; j < ny; j++) last += gy[j] * BP_AT4(s + j * row);
      sum = __builtin_shufflevector(last, none, 0, 1, 2, 3, 4, 5, 6, 7);
    }
    const float a = gx[2 * p], b = gx[2 * p + 1];
    const bp_f8 w = {a, a, a, a, b, b, b, b};
    q[p] = sum * w;
  }
  const bp_f8 sum = lanes == 4   ? q[0] + q[1]
                    : lanes == 8 ? (q[0] + q[2]) + (q[1] + q[3])
                                 : ((q[0] + q[4]) + (q[2] + q[6])) + ((q[1] + q[5]) + (q[3] + q[7]));
  return HALVES(sum);
}

// The kernel at eight places, in their stead.
BP_INLINE void kernel8(bp_f8 *places, const bp_warp_filter *filter) {
  const bp_f8 t = (bp_f8)((bp_i8)*places & 0x7fffffff);
  if (filter->cubic) {
    const float *c = filter->cubic;
    const bp_f8 p = ((c[0] * t + c[1]) * t + c[2]) * t + c[3];
    const bp_f8 q = ((c[4] * t + c[5]) * t + c[6]) * t + c[7];
    const bp_i8 near = t < 1.0f, far = t < 2.0f;
    *places = (bp_f8)(((bp_i8)p & near) | ((bp_i8)q & ~near & far));
  } else {
    float a[8];
    *(bp_f8 *)a = t;
    _Pragma("clang loop vectorize(enable)") for (int k = 0; k < 8; k++)
        a[k] = look(filter->table, a[k] < filter->support ? a[k] : filter->support);
    *places = *(bp_f8 *)a;
  }
}

// A number to divide by.
BP_INLINE double apart(double v) { return size(v) < 1e-12 ? 1e-12 : v; }

// One pixel whose kernel leans: the square of the filter, drawn out to a parallelogram. At a distance d it
// is k(a) k(b), with (a, b) = S^-1 d and S = (sx, tx; ty, sy). Row by row, only the pixels inside.
BP_INLINE void leaning_pixel(float *const *dst, ptrdiff_t i, const float *const *src,
                             ptrdiff_t planes, ptrdiff_t stride, double p, double q, double sx,
                             double sy, double tx, double ty, const ptrdiff_t *origin,
                             const bp_warp_filter *filter) {
  const double support = (double)filter->support;
  const double inverse = 1 / (sx * sy - tx * ty);
  const double n00 = sy * inverse, n01 = -tx * inverse, n10 = -ty * inverse, n11 = sx * inverse;
  // |a| and |b| are less than the support as far as these from the middle of a row.
  const double a_slope = -n01 / apart(n00), a_half = support / size(apart(n00));
  const double b_slope = -n11 / apart(n10), b_half = support / size(apart(n10));
  const float across = (float)n00, along = (float)n10;
  const double reach = support * (size(ty) + size(sy));
  const ptrdiff_t top = (ptrdiff_t)__builtin_floor(q - reach) + 1, bottom = behind(q + reach, filter);
  bp_f8 total = {0}, sums[BP_PLANES];
  for (ptrdiff_t c = 0; c < planes; c++) sums[c] = (bp_f8){0};
  for (ptrdiff_t y = top; y < bottom; y++) {
    const double d = (double)y - q;
    const double a_low = a_slope * d - a_half, a_high = a_slope * d + a_half;
    const double b_low = b_slope * d - b_half, b_high = b_slope * d + b_half;
    const double low = b_low > a_low ? b_low : a_low, high = b_high < a_high ? b_high : a_high;
    if (!(low < high)) continue;
    const ptrdiff_t x = (ptrdiff_t)__builtin_floor(p + low) + 1, n = behind(p + high, filter) - x;
    const double first = (double)x - p;
    const float a = (float)(n00 * first + n01 * d), b = (float)(n10 * first + n11 * d);
    const ptrdiff_t place = (y - origin[1]) * stride + (x - origin[0]);
    for (ptrdiff_t k = 0; k < n; k += 8) {
      const bp_f8 lane = *(const bp_f8 *)lane_numbers + (float)k;
      const bp_i8 inside = *(const bp_i8 *)lane_places < (int32_t)(n - k);
      bp_f8 s = a + lane * across, t = b + lane * along;
      kernel8(&s, filter);
      kernel8(&t, filter);
      const bp_f8 w = (bp_f8)((bp_i8)(s * t) & inside);
      total += w;
      for (ptrdiff_t c = 0; c < planes; c++)
        sums[c] += w * (bp_f8)(*(const bp_i8 *)(src[c] + place + k) & inside);
    }
  }
  const float weight = SUM8(total);
  // A box may fall between the pixels.
  if (weight > 1e-6f || weight < -1e-6f) {
    const float gain = 1 / weight;
    for (ptrdiff_t c = 0; c < planes; c++) dst[c][i] = SUM8(sums[c]) * gain;
  } else {
    const ptrdiff_t x = (ptrdiff_t)__builtin_floor(p + 0.5), y = (ptrdiff_t)__builtin_floor(q + 0.5);
    const ptrdiff_t place = (y - origin[1]) * stride + (x - origin[0]);
    for (ptrdiff_t c = 0; c < planes; c++) dst[c][i] = src[c][place];
  }
}

// One pixel whose taps fit the lanes of F in x and in y.
#define WIDE_PIXEL(F, I, n, SUM)                                                \
  {                                                                             \
    LANES(F, I, n, ax, (float)(p - (double)x), 1 / sx[i], filter)               \
    LANES(F, I, n, ay, (float)(q - (double)y), 1 / sy[i], filter)               \
    const I inside = *(const I *)lane_places < (int32_t)nx;                     \
    const F across = (F)((I)ax & inside), down = (F)((I)ay & (*(const I *)lane_places < (int32_t)ny)); \
    const F gx = across * (1 / SUM(across)), gy = down * (1 / SUM(down));       \
    const ptrdiff_t place = (y - origin[1]) * stride + (x - origin[0]);         \
    if (pixels) {                                                               \
      float wx[n], wy[n];                                                       \
      *(F *)wx = gx;                                                            \
      *(F *)wy = gy;                                                            \
      const bp_f4 sum = wide4(pixels + 4 * place, 4 * stride, wx, wy, nx, ny, n); \
      for (int c = 0; c < 4; c++) dst[c][i] = sum[c];                           \
      continue;                                                                 \
    }                                                                           \
    for (ptrdiff_t c = 0; c < planes; c++) {                                    \
      const float *s = src[c] + place;                                          \
      F sum = {0};                                                              \
      for (ptrdiff_t j = 0; j < ny; j++, s += stride)                           \
        sum += gy[j] * (F)(*(const I *)s & inside);                             \
      sum *= gx;                                                                \
      dst[c][i] = SUM(sum);                                                     \
    }                                                                           \
  }

BP_CLONES void bp_warp_wide(float *const *dst, const float *const *src, ptrdiff_t planes,
                            ptrdiff_t stride, const double *u, const double *v, const float *sx,
                            const float *sy, const float *tx, const float *ty,
                            const uint8_t *front, ptrdiff_t count, const double *low,
                            const double *high, const ptrdiff_t *origin,
                            const bp_warp_filter *filter, float *work, int all,
                            const float *pixels) {
  const double support = (double)filter->support;
  for (ptrdiff_t i = 0; i < count; i++) {
    if (!front[i] || !(all || sx[i] > BP_WIDE || sy[i] > BP_WIDE || tx[i] != 0 || ty[i] != 0)) continue;
    const double p = hold(u[i], low[0], high[0]), q = hold(v[i], low[1], high[1]);
    if (tx[i] != 0 || ty[i] != 0) {
      const double x = (double)sx[i], y = (double)sy[i], s = (double)tx[i], t = (double)ty[i];
      if (planes == 4)
        leaning_pixel(dst, i, src, 4, stride, p, q, x, y, s, t, origin, filter);
      else
        leaning_pixel(dst, i, src, planes, stride, p, q, x, y, s, t, origin, filter);
      continue;
    }
    const double rx = support * (double)sx[i], ry = support * (double)sy[i];
    const ptrdiff_t x = (ptrdiff_t)__builtin_floor(p - rx) + 1, y = (ptrdiff_t)__builtin_floor(q - ry) + 1;
    const ptrdiff_t nx = behind(p + rx, filter) - x, ny = behind(q + ry, filter) - y;
    const ptrdiff_t most = nx > ny ? nx : ny;
    if (most <= 4)
      WIDE_PIXEL(bp_f4, bp_i4, 4, SUM4)
    else if (most <= 8)
      WIDE_PIXEL(bp_f8, bp_i8, 8, SUM8)
    else if (most <= 16)
      WIDE_PIXEL(bp_f16, bp_i16, 16, SUM16)
    else {
      float *wx = work, *wy = work + 1024;
      ptrdiff_t n;
      wide_weights(wx, &n, p, sx[i], filter);
      wide_weights(wy, &n, q, sy[i], filter);
      for (ptrdiff_t c = 0; c < planes; c++) {
        const float *s = src[c] + (y - origin[1]) * stride + (x - origin[0]);
        float sum = 0;
        for (ptrdiff_t j = 0; j < ny; j++, s += stride) sum += wy[j] * dot(s, wx, nx);
        dst[c][i] = sum;
      }
    }
  }
}
