#include "include/align.h"

BP_INLINE void cubic(float t, float *w) {
  const float t2 = t * t, t3 = t2 * t;
  w[0] = -0.5f * t3 + t2 - 0.5f * t;
  w[1] = 1.5f * t3 - 2.5f * t2 + 1;
  w[2] = -1.5f * t3 + 2 * t2 + 0.5f * t;
  w[3] = 0.5f * t3 - 0.5f * t2;
}

BP_CLONES void bp_align_sample(float *out, const float *plane, ptrdiff_t width, ptrdiff_t height,
                               const double *x, const double *y, ptrdiff_t count) {
  const double right = (double)(width - 2), bottom = (double)(height - 2);
  for (ptrdiff_t i = 0; i < count; i++) {
    // False for NaN as well.
    if (!(x[i] >= 1 && y[i] >= 1 && x[i] < right && y[i] < bottom)) {
      out[i] = __builtin_nanf("");
      continue;
    }
    const ptrdiff_t column = (ptrdiff_t)x[i], row = (ptrdiff_t)y[i];
    float wx[4], wy[4];
    cubic((float)(x[i] - (double)column), wx);
    cubic((float)(y[i] - (double)row), wy);
    const float *p = plane + (row - 1) * width + column - 1;
    bp_f4 across = {wx[0], wx[1], wx[2], wx[3]};
    bp_f4 sum = BP_AT4(p) * wy[0] + BP_AT4(p + width) * wy[1] + BP_AT4(p + 2 * width) * wy[2] +
                BP_AT4(p + 3 * width) * wy[3];
    sum *= across;
    out[i] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  }
}

BP_CLONES void bp_align_map(double *px, double *py, const float *x, const float *y, const double *h,
                            ptrdiff_t count) {
  BP_ELEMENTWISE
  for (ptrdiff_t i = 0; i < count; i++) {
    const double a = x[i], b = y[i], w = h[6] * a + (h[7] * b + h[8]);
    const double scale = w > 0 ? 1 / w : __builtin_nan("");
    px[i] = (h[0] * a + (h[1] * b + h[2])) * scale;
    py[i] = (h[3] * a + (h[4] * b + h[5])) * scale;
  }
}

BP_CLONES void bp_align_sums(double *sums, const float *columns, const float *weights,
                             ptrdiff_t unknowns, ptrdiff_t count) {
  // The tail of the last vector counts nothing.
  float weighted[BP_ALIGN_BLOCK], padded[BP_ALIGN_BLOCK] = {0};
  const ptrdiff_t whole = (count + 15) / 16 * 16;
  for (ptrdiff_t i = 0; i < count; i++) padded[i] = weights[i];
  for (ptrdiff_t a = 0; a <= unknowns; a++) {
    const float *first = columns + a * BP_ALIGN_BLOCK;
    for (ptrdiff_t i = 0; i < whole; i += 16)
      BP_PUT16(weighted + i, BP_AT16(padded + i) * BP_AT16(first + i));
    for (ptrdiff_t b = a; b <= unknowns; b++) {
      const float *second = columns + b * BP_ALIGN_BLOCK;
      bp_f16 sum = {0};
      for (ptrdiff_t i = 0; i < whole; i += 16) sum += BP_AT16(weighted + i) * BP_AT16(second + i);
      float all = 0;
      for (int k = 0; k < 16; k++) all += sum[k];
      *sums++ += all;
    }
  }
}

BP_CLONES void bp_align_search(float *out, const float *plane, ptrdiff_t stride, ptrdiff_t columns,
                               ptrdiff_t rows, const float *pattern, ptrdiff_t width,
                               ptrdiff_t height) {
  const float share = 1.0f / (float)(width * height);
  for (ptrdiff_t y = 0; y < rows; y++) {
    for (ptrdiff_t x = 0; x < columns; x += 16) {
      // What lies beyond the last column is computed from pixels of the next row, and dropped.
      const ptrdiff_t n = columns - x < 16 ? columns - x : 16;
      bp_f16 product = {0}, sum = {0}, squares = {0};
      for (ptrdiff_t j = 0; j < height; j++) {
        const float *line = plane + (y + j) * stride + x;
        const float *p = pattern + j * width;
        for (ptrdiff_t i = 0; i < width; i++) {
          const bp_f16 v = BP_AT16(line + i);
          product += v * p[i];
          sum += v;
          squares += v * v;
        }
      }
      const bp_f16 spread = squares - sum * sum * share;
      float *to = out + y * columns + x;
      for (ptrdiff_t k = 0; k < n; k++)
        to[k] = spread[k] > 1e-4f * squares[k] ? product[k] / __builtin_sqrtf(spread[k]) : -1;
    }
  }
}
