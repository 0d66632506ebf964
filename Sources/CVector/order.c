#include "order.h"

#include <string.h>

BP_CLONES void bp_order_encode(int32_t *dst, const float *src, ptrdiff_t n, int nan_high) {
  const int32_t nan = nan_high ? INT32_MAX : INT32_MIN;
  const int32_t *bits = (const int32_t *)(const void *)src;
  BP_ELEMENTWISE
  for (ptrdiff_t x = 0; x < n; x++) {
    int32_t i = bits[x];
    int32_t k = i ^ ((i >> 31) & 0x7fffffff);
    dst[x] = (i & 0x7fffffff) > 0x7f800000 ? nan : k;
  }
}

BP_CLONES void bp_order_decode(float *dst, const int32_t *src, ptrdiff_t n) {
  int32_t *bits = (int32_t *)(void *)dst;
  BP_ELEMENTWISE
  for (ptrdiff_t x = 0; x < n; x++) {
    int32_t i = src[x];
    bits[x] = i ^ ((i >> 31) & 0x7fffffff);
  }
}

// d[x] = extreme of a[x], b[x]; d may be a, and b may lie ahead of a in the same array.
BP_INLINE void extreme(int32_t *d, const int32_t *a, const int32_t *b, ptrdiff_t n, int maximum) {
  ptrdiff_t x = 0;
  if (maximum) {
    for (; x + 16 <= n; x += 16)
      BP_IPUT16(d + x, __builtin_elementwise_max(BP_IAT16(a + x), BP_IAT16(b + x)));
    for (; x < n; x++) d[x] = a[x] > b[x] ? a[x] : b[x];
  } else {
    for (; x + 16 <= n; x += 16)
      BP_IPUT16(d + x, __builtin_elementwise_min(BP_IAT16(a + x), BP_IAT16(b + x)));
    for (; x < n; x++) d[x] = a[x] < b[x] ? a[x] : b[x];
  }
}

// Windows double until the next doubling would be too wide; two overlapping ones make the rest.

BP_CLONES void bp_extreme_row(int32_t *line, ptrdiff_t length, ptrdiff_t window, int maximum) {
  ptrdiff_t have = 1, valid = length;
  while (2 * have <= window) {
    valid -= have;
    extreme(line, line, line + have, valid, maximum);
    have *= 2;
  }
  if (have < window) extreme(line, line, line + window - have, length - window + 1, maximum);
}

BP_CLONES void bp_extreme_columns(int32_t *image, ptrdiff_t stride, ptrdiff_t width,
                                  ptrdiff_t rows, ptrdiff_t window, int maximum) {
  ptrdiff_t have = 1, valid = rows;
  while (2 * have <= window) {
    valid -= have;
    for (ptrdiff_t y = 0; y < valid; y++) {
      int32_t *a = image + y * stride;
      extreme(a, a, a + have * stride, width, maximum);
    }
    have *= 2;
  }
  if (have < window)
    for (ptrdiff_t y = 0; y < rows - window + 1; y++) {
      int32_t *a = image + y * stride;
      extreme(a, a, a + (window - have) * stride, width, maximum);
    }
}

// The median of a small window by "forgetful selection": of the first half + 2 values the least and
// the greatest cannot be the median; drop them, take in one more, repeat. Branch-free, on 16 pixels
// at once.

#define SORT2(a, b)                                    \
  do {                                                 \
    bp_i16 low_ = __builtin_elementwise_min(a, b);     \
    b = __builtin_elementwise_max(a, b);               \
    a = low_;                                          \
  } while (0)

// Moves the least of v[0..<m] to v[0] and the greatest to v[m-1].
#define MINMAX(v, m)                                              \
  do {                                                            \
    _Pragma("clang loop unroll(full)")                            \
    for (int i_ = 0; i_ < (m) / 2; i_++) SORT2(v[i_], v[(m)-1 - i_]); \
    _Pragma("clang loop unroll(full)")                            \
    for (int i_ = 1; i_ < ((m) + 1) / 2; i_++) SORT2(v[0], v[i_]); \
    _Pragma("clang loop unroll(full)")                            \
    for (int i_ = (m) / 2; i_ < (m)-1; i_++) SORT2(v[i_], v[(m)-1]); \
  } while (0)

#define PIXEL(k) BP_IAT16(s + ((k) / nx) * stride + (k) % nx)
#define STEP(m)                                                               \
  MINMAX(v, m);                                                               \
  /* v[0] and v[m-1] are out; the next value takes the place of v[0]. */      \
  v[0] = PIXEL(count - ((m)-3));
#define FROM3 MINMAX(v, 3);
#define FROM4 STEP(4) FROM3
#define FROM6 STEP(6) STEP(5) FROM4
#define FROM9 STEP(9) STEP(8) STEP(7) FROM6
#define FROM14 STEP(14) STEP(13) STEP(12) STEP(11) STEP(10) FROM9

#define MEDIAN(NX, NY, HOLD)                                                       \
  BP_INLINE void median_##NX##_##NY(int32_t *d, const int32_t *s, ptrdiff_t stride) { \
    enum { nx = NX, count = (NX) * (NY) };                                         \
    bp_i16 v[HOLD];                                                                \
    _Pragma("clang loop unroll(full)")                                             \
    for (int k = 0; k < HOLD; k++) v[k] = PIXEL(k);                                \
    FROM##HOLD                                                                     \
    BP_IPUT16(d, v[1]);                                                            \
  }

MEDIAN(1, 3, 3)
MEDIAN(1, 5, 4)
MEDIAN(3, 1, 3)
MEDIAN(3, 3, 6)
MEDIAN(3, 5, 9)
MEDIAN(5, 1, 4)
MEDIAN(5, 3, 9)
MEDIAN(5, 5, 14)

#define MEDIAN_ROWS(NX, NY)                                                            \
  for (ptrdiff_t y = 0; y < height; y++) {                                             \
    const int32_t *s = src + y * src_stride;                                           \
    int32_t *d = dst + y * dst_stride;                                                 \
    ptrdiff_t x = 0;                                                                   \
    for (; x + 16 <= width; x += 16) median_##NX##_##NY(d + x, s + x, src_stride); \
    if (x < width) {                                                                   \
      int32_t part[5 * 32];                                                            \
      memset(part, 0, sizeof part);                                                    \
      for (int j = 0; j < (NY); j++)                                                   \
        memcpy(part + 32 * j, s + j * src_stride + x,                                  \
               (size_t)(width - x + (NX)-1) * sizeof(int32_t));                        \
      int32_t m[16];                                                                   \
      median_##NX##_##NY(m, part, 32);                                                 \
      memcpy(d + x, m, (size_t)(width - x) * sizeof(int32_t));                        \
    }                                                                                  \
  }

BP_CLONES void bp_median_small(int32_t *dst, ptrdiff_t dst_stride, const int32_t *src,
                               ptrdiff_t src_stride, ptrdiff_t width, ptrdiff_t height, int rx,
                               int ry) {
  switch (3 * rx + ry) {
    case 1: MEDIAN_ROWS(1, 3) break;
    case 2: MEDIAN_ROWS(1, 5) break;
    case 3: MEDIAN_ROWS(3, 1) break;
    case 4: MEDIAN_ROWS(3, 3) break;
    case 5: MEDIAN_ROWS(3, 5) break;
    case 6: MEDIAN_ROWS(5, 1) break;
    case 7: MEDIAN_ROWS(5, 3) break;
    case 8: MEDIAN_ROWS(5, 5) break;
    default:
      for (ptrdiff_t y = 0; y < height; y++)
        memcpy(dst + y * dst_stride, src + y * src_stride, (size_t)width * sizeof(int32_t));
  }
}
