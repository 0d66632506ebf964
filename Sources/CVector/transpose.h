// Rows become columns, so that what runs along a row can run down columns, a vector wide.
#ifndef BP_TRANSPOSE_H
#define BP_TRANSPOSE_H

#include "vectors.h"

// dst(y, x) = src(x, y) for a source of `width` x `height`.
BP_INLINE void bp_transpose(
    float *dst, ptrdiff_t dst_stride, const float *src, ptrdiff_t src_stride, ptrdiff_t width,
    ptrdiff_t height) {
  ptrdiff_t y = 0;
  for (; y + 4 <= height; y += 4) {
    const float *s0 = src + y * src_stride, *s1 = s0 + src_stride, *s2 = s1 + src_stride,
                *s3 = s2 + src_stride;
    float *d = dst + y;
    ptrdiff_t x = 0;
    for (; x + 4 <= width; x += 4) {
      const bp_f4 a = BP_AT4(s0 + x), b = BP_AT4(s1 + x), c = BP_AT4(s2 + x), e = BP_AT4(s3 + x);
      const bp_f4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
      const bp_f4 ce = __builtin_shufflevector(c, e, 0, 4, 1, 5);
      const bp_f4 AB = __builtin_shufflevector(a, b, 2, 6, 3, 7);
      const bp_f4 CE = __builtin_shufflevector(c, e, 2, 6, 3, 7);
      BP_PUT4(d + x * dst_stride, __builtin_shufflevector(ab, ce, 0, 1, 4, 5));
      BP_PUT4(d + (x + 1) * dst_stride, __builtin_shufflevector(ab, ce, 2, 3, 6, 7));
      BP_PUT4(d + (x + 2) * dst_stride, __builtin_shufflevector(AB, CE, 0, 1, 4, 5));
      BP_PUT4(d + (x + 3) * dst_stride, __builtin_shufflevector(AB, CE, 2, 3, 6, 7));
    }
    for (; x < width; x++) {
      const bp_f4 column = {s0[x], s1[x], s2[x], s3[x]};
      BP_PUT4(d + x * dst_stride, column);
    }
  }
  for (; y < height; y++)
    for (ptrdiff_t x = 0; x < width; x++) dst[x * dst_stride + y] = src[y * src_stride + x];
}

#endif
