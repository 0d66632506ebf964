#include "filter.h"
#include "stream.h"
#include "strips.h"
#include "transpose.h"

#include <string.h>

// BEFORE and AFTER: the pixels k before and after the one at x.
#define FIR_BODY(BEFORE, AFTER)                                                   \
  for (; x + 64 <= width; x += 64) {                                              \
    bp_f16 a0 = w0 * BP_AT16(s + x), a1 = w0 * BP_AT16(s + x + 16);               \
    bp_f16 a2 = w0 * BP_AT16(s + x + 32), a3 = w0 * BP_AT16(s + x + 48);          \
    for (ptrdiff_t k = 1; k <= r; k++) {                                          \
      const float *p = BEFORE(k), *q = AFTER(k);                                  \
      const float wk = w[k];                                                      \
      a0 += wk * (BP_AT16(p) + BP_AT16(q));                                       \
      a1 += wk * (BP_AT16(p + 16) + BP_AT16(q + 16));                             \
      a2 += wk * (BP_AT16(p + 32) + BP_AT16(q + 32));                             \
      a3 += wk * (BP_AT16(p + 48) + BP_AT16(q + 48));                             \
    }                                                                             \
    BP_PUT16(d + x, a0);                                                          \
    BP_PUT16(d + x + 16, a1);                                                     \
    BP_PUT16(d + x + 32, a2);                                                     \
    BP_PUT16(d + x + 48, a3);                                                     \
  }                                                                               \
  for (; x + 16 <= width; x += 16) {                                              \
    bp_f16 a0 = w0 * BP_AT16(s + x);                                              \
    for (ptrdiff_t k = 1; k <= r; k++)                                            \
      a0 += w[k] * (BP_AT16(BEFORE(k)) + BP_AT16(AFTER(k)));                      \
    BP_PUT16(d + x, a0);                                                          \
  }                                                                               \
  for (; x < width; x++) {                                                        \
    float a = w0 * s[x];                                                          \
    for (ptrdiff_t k = 1; k <= r; k++) a += w[k] * (*BEFORE(k) + *AFTER(k));      \
    d[x] = a;                                                                     \
  }

#define LEFT(k) (s + x - (k))
#define RIGHT(k) (s + x + (k))
#define ABOVE(k) (rows[y + r - (k)] + x)
#define BELOW(k) (rows[y + r + (k)] + x)

BP_CLONES void bp_fir_rows(float *dst, ptrdiff_t dst_stride, const float *src,
                           ptrdiff_t src_stride, ptrdiff_t width, ptrdiff_t height, const float *w,
                           ptrdiff_t r) {
  const float w0 = w[0];
  for (ptrdiff_t y = 0; y < height; y++) {
    const float *s = src + y * src_stride + r;
    float *d = dst + y * dst_stride;
    ptrdiff_t x = 0;
    FIR_BODY(LEFT, RIGHT)
  }
}

BP_CLONES void bp_fir_columns(float *dst, ptrdiff_t dst_stride, const float *const *rows,
                              ptrdiff_t width, ptrdiff_t height, const float *w, ptrdiff_t r) {
  const float w0 = w[0];
  for (ptrdiff_t y = 0; y < height; y++) {
    const float *s = rows[y + r];
    float *d = dst + y * dst_stride;
    ptrdiff_t x = 0;
    FIR_BODY(ABOVE, BELOW)
  }
}

// The box. Columns are cut into blocks as long as the box, counted from the picture's own row 0. A box
// then is the end of one block and the beginning of the next: running sums from the cut upwards, kept,
// and from the cut downwards. Three additions a pixel whatever the size, and each pixel's sum has its
// own fixed order, whatever rows are computed with it. (Van Herk's and Gil and Werman's way for
// minima.)

// As many columns as V, a vector or a float, has lanes. LINE is a row of the source; the sums above
// the cut lie in `work`.
#define BOX_STRIP(V, LINE)                                                                  \
  {                                                                                         \
    for (ptrdiff_t cut = first; cut - n < height; cut += n) {                               \
      const ptrdiff_t top = cut - n > 0 ? cut - n : 0, end = cut < height ? cut : height;   \
      V above = {0};                                                                        \
      *(V *)(work + (cut - 1 - top) * STRIP) = above;                                          \
      for (ptrdiff_t y = cut - 1; y > top; y--) {                                           \
        above += *(const V *)(LINE(y));                                                     \
        *(V *)(work + (y - 1 - top) * STRIP) = above;                                          \
      }                                                                                     \
      V below = {0};                                                                        \
      for (ptrdiff_t y = cut; y < top + n; y++) below += *(const V *)(LINE(y));             \
      for (ptrdiff_t y = top; y < end; y++) {                                               \
        below += *(const V *)(LINE(y + n));                                                 \
        V sum = *(const V *)(work + (y - top) * STRIP) + below;                             \
        if (edge != 0)                                                                      \
          sum += edge * (*(const V *)(LINE(y)) + *(const V *)(LINE(y + n + 1)));            \
        *(V *)(d + y * stride) = divisor == 1 ? sum : sum / divisor;                        \
      }                                                                                     \
    }                                                                                       \
  }

// The first cut after source row 0, which is the picture's row `origin`.
BP_INLINE ptrdiff_t first_cut(ptrdiff_t origin, ptrdiff_t n) {
  return n - ((origin % n) + n) % n;
}

#define IN_ROWS(y) (rows[y] + column)
#define IN_TURNED(y) (turned + (y) * STRIP + column)

BP_CLONES void bp_box_columns(float *dst, ptrdiff_t stride, const float *const *rows,
                              ptrdiff_t width, ptrdiff_t height, ptrdiff_t half, float edge,
                              float divisor, ptrdiff_t origin, float *work) {
  const ptrdiff_t n = 2 * half + 1, first = first_cut(origin, n);
  bp_fetch_rows(rows, width, height + n + 1, work);
  BP_STRIPS(f, width, BOX_STRIP, IN_ROWS)
}

BP_CLONES void bp_box_rows(float *to, ptrdiff_t to_stride, const float *src, ptrdiff_t src_stride,
                           ptrdiff_t width, ptrdiff_t row_count, ptrdiff_t half, float edge,
                           float divisor, ptrdiff_t origin, int streams, float *work) {
  const ptrdiff_t n = 2 * half + 1, first = first_cut(origin, n), length = width + n + 1;
  float *turned = work + STRIP * n, *dst = turned + STRIP * length;
  const ptrdiff_t height = width, stride = STRIP;  // of what is turned
  for (ptrdiff_t y = 0; y < row_count; y += STRIP) {
    const ptrdiff_t lines = row_count - y < STRIP ? row_count - y : STRIP;
    bp_transpose(turned, STRIP, src + y * src_stride, src_stride, length, lines);
    BP_STRIPS(f, lines, BOX_STRIP, IN_TURNED)
    float *out = to + y * to_stride;
    if (streams) {
      bp_transpose(turned, width, dst, STRIP, lines, width);
      bp_stream_rows(out, to_stride, turned, width, width, lines);
    } else {
      bp_claim(out, to_stride, width, lines);
      bp_transpose(out, to_stride, dst, STRIP, lines, width);
    }
  }
  if (streams) bp_stream_end();
}

// The pyramid.

BP_INLINE void reduce_columns(float *d, const float *s, ptrdiff_t stride, ptrdiff_t n) {
  const float *a = s, *b = s + stride, *c = s + 2 * stride, *e = s + 3 * stride,
              *f = s + 4 * stride;
  BP_ELEMENTWISE
  for (ptrdiff_t x = 0; x < n; x++)
    d[x] = ((a[x] + f[x]) + 4 * (b[x] + e[x]) + 6 * c[x]) * 0.0625f;
}

#define EVEN(a, b)                                                                             \
  __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
#define ODD(a, b)                                                                              \
  __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31)

// `s` has 2 n + 3 floats.
BP_INLINE void reduce_row(float *d, const float *s, ptrdiff_t n) {
  ptrdiff_t x = 0;
  for (; x + 17 <= n; x += 16) {
    const float *p = s + 2 * x;
    bp_f16 a0 = BP_AT16(p), a1 = BP_AT16(p + 16);
    bp_f16 b0 = BP_AT16(p + 2), b1 = BP_AT16(p + 18);
    bp_f16 c0 = BP_AT16(p + 4), c1 = BP_AT16(p + 20);
    bp_f16 e0 = EVEN(a0, a1), o0 = ODD(a0, a1), e1 = EVEN(b0, b1), o1 = ODD(b0, b1);
    bp_f16 e2 = EVEN(c0, c1);
    bp_f16 r = ((e0 + e2) + 4.0f * (o0 + o1) + 6.0f * e1) * 0.0625f;
    BP_PUT16(d + x, r);
  }
  for (; x < n; x++) {
    const float *p = s + 2 * x;
    d[x] = ((p[0] + p[4]) + 4 * (p[1] + p[3]) + 6 * p[2]) * 0.0625f;
  }
}

BP_CLONES void bp_halve(float *dst, ptrdiff_t dst_stride, const float *src, ptrdiff_t src_stride,
                        ptrdiff_t width, ptrdiff_t height, int in_x, int in_y, float *work) {
  const ptrdiff_t across = in_x ? 2 * width + 3 : width;
  for (ptrdiff_t y = 0; y < height; y++) {
    const float *s = src + (in_y ? 2 * y : y) * src_stride;
    float *d = dst + y * dst_stride;
    if (in_y) {
      float *line = in_x ? work : d;
      reduce_columns(line, s, src_stride, across);
      s = line;
    }
    if (in_x)
      reduce_row(d, s, width);
    else if (!in_y)
      memcpy(d, s, (size_t)width * sizeof(float));
  }
}

#define LOW(a, b)                                                                              \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b)                                                                             \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

// `pairs` pairs of output pixels; `s` starts one pixel before the first and has pairs + 2.
BP_INLINE void expand_row(float *d, const float *s, ptrdiff_t pairs) {
  ptrdiff_t i = 0;
  for (; i + 16 <= pairs; i += 16) {
    bp_f16 a = BP_AT16(s + i), b = BP_AT16(s + i + 1), c = BP_AT16(s + i + 2);
    bp_f16 even = ((a + c) + 6.0f * b) * 0.125f, odd = (b + c) * 0.5f;
    BP_PUT16(d + 2 * i, LOW(even, odd));
    BP_PUT16(d + 2 * i + 16, HIGH(even, odd));
  }
  for (; i < pairs; i++) {
    d[2 * i] = ((s[i] + s[i + 2]) + 6 * s[i + 1]) * 0.125f;
    d[2 * i + 1] = (s[i + 1] + s[i + 2]) * 0.5f;
  }
}

BP_CLONES void bp_double(float *dst, ptrdiff_t dst_stride, const float *src, ptrdiff_t src_stride,
                         ptrdiff_t width, ptrdiff_t height, int in_x, int in_y, float *work) {
  const ptrdiff_t pairs = (width + 1) / 2, across = in_x ? pairs + 2 : width;
  float *wide = work + pairs + 2;
  for (ptrdiff_t y = 0; y < height; y++) {
    float *d = dst + y * dst_stride;
    const float *s = src + (in_y ? y / 2 : y) * src_stride;
    if (in_y) {
      float *line = in_x ? work : d;
      const float *a = s, *b = s + src_stride, *c = s + 2 * src_stride;
      if (y & 1) {
        BP_ELEMENTWISE
        for (ptrdiff_t x = 0; x < across; x++) line[x] = (b[x] + c[x]) * 0.5f;
      } else {
        BP_ELEMENTWISE
        for (ptrdiff_t x = 0; x < across; x++)
          line[x] = ((a[x] + c[x]) + 6 * b[x]) * 0.125f;
      }
      s = line;
    }
    if (in_x) {
      if (width & 1) {
        expand_row(wide, s, pairs);
        memcpy(d, wide, (size_t)width * sizeof(float));
      } else {
        expand_row(d, s, pairs);
      }
    } else if (!in_y) {
      memcpy(d, s, (size_t)width * sizeof(float));
    }
  }
}

BP_CLONES void bp_correlate(float *dst, ptrdiff_t dst_stride, const float *src,
                            ptrdiff_t src_stride, ptrdiff_t width, ptrdiff_t height,
                            const float *kernel, ptrdiff_t kw, ptrdiff_t kh) {
  for (ptrdiff_t y = 0; y < height; y++) {
    float *d = dst + y * dst_stride;
    const float *s = src + y * src_stride;
    ptrdiff_t x = 0;
    for (; x + 64 <= width; x += 64) {
      bp_f16 a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0};
      for (ptrdiff_t j = 0; j < kh; j++)
        for (ptrdiff_t i = 0; i < kw; i++) {
          const float w = kernel[j * kw + i], *p = s + j * src_stride + x + i;
          a0 += w * BP_AT16(p);
          a1 += w * BP_AT16(p + 16);
          a2 += w * BP_AT16(p + 32);
          a3 += w * BP_AT16(p + 48);
        }
      BP_PUT16(d + x, a0);
      BP_PUT16(d + x + 16, a1);
      BP_PUT16(d + x + 32, a2);
      BP_PUT16(d + x + 48, a3);
    }
    for (; x < width; x++) {
      float a = 0;
      for (ptrdiff_t j = 0; j < kh; j++)
        for (ptrdiff_t i = 0; i < kw; i++) a += kernel[j * kw + i] * s[j * src_stride + x + i];
      d[x] = a;
    }
  }
}
