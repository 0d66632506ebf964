// Rows become columns, so that what runs along a row can run down columns, a vector wide.
#ifndef BP_TRANSPOSE_H
#define BP_TRANSPOSE_H

#include "vectors.h"

// Eight rows of eight, `s`, in three rounds: pairs of neighbouring rows take turns by one number, then
// by two, then by four.
BP_INLINE void bp_transpose8(float *d, ptrdiff_t dst_stride, const float *s, ptrdiff_t src_stride) {
  bp_f8 half[8];
  for (ptrdiff_t y = 0; y < 8; y += 4) {
    const float *p = s + y * src_stride;
    const bp_f8 a = BP_AT8(p), b = BP_AT8(p + src_stride), c = BP_AT8(p + 2 * src_stride),
                e = BP_AT8(p + 3 * src_stride);
    const bp_f8 ab = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
    const bp_f8 AB = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
    const bp_f8 ce = __builtin_shufflevector(c, e, 0, 8, 1, 9, 4, 12, 5, 13);
    const bp_f8 CE = __builtin_shufflevector(c, e, 2, 10, 3, 11, 6, 14, 7, 15);
    half[y] = __builtin_shufflevector(ab, ce, 0, 1, 8, 9, 4, 5, 12, 13);
    half[y + 1] = __builtin_shufflevector(ab, ce, 2, 3, 10, 11, 6, 7, 14, 15);
    half[y + 2] = __builtin_shufflevector(AB, CE, 0, 1, 8, 9, 4, 5, 12, 13);
    half[y + 3] = __builtin_shufflevector(AB, CE, 2, 3, 10, 11, 6, 7, 14, 15);
  }
  for (ptrdiff_t x = 0; x < 4; x++) {
    const bp_f8 a = half[x], b = half[x + 4];
    BP_PUT8(d + x * dst_stride, __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11));
    BP_PUT8(d + (x + 4) * dst_stride, __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15));
  }
}

// dst(y, x) = src(x, y) for a source of `width` x `height`. The last eights do some of those before
// them again.
BP_INLINE void bp_transpose(
    float *dst, ptrdiff_t dst_stride, const float *src, ptrdiff_t src_stride, ptrdiff_t width,
    ptrdiff_t height) {
  if (width < 8 || height < 8) {
    for (ptrdiff_t y = 0; y < height; y++)
      for (ptrdiff_t x = 0; x < width; x++) dst[x * dst_stride + y] = src[y * src_stride + x];
    return;
  }
  for (ptrdiff_t row = 0; row < height; row += 8) {
    const ptrdiff_t y = row + 8 <= height ? row : height - 8;
    for (ptrdiff_t column = 0; column < width; column += 8) {
      const ptrdiff_t x = column + 8 <= width ? column : width - 8;
      bp_transpose8(dst + x * dst_stride + y, dst_stride, src + y * src_stride + x, src_stride);
    }
  }
}

#endif
