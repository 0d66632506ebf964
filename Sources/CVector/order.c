#include "order.h"
#include "stream.h"
#include "strips.h"
#include "transpose.h"

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

// Van Herk's and Gil and Werman's way: columns are cut into blocks as long as the window. A window is
// the end of one block, whose running extremes from the cut upwards are kept, and the beginning of the
// next, from the cut downwards: three comparisons a pixel whatever the size.

// As many columns as V, a vector or a number, has lanes. VALUE is a row of the source as numbers, OUT
// makes a result of one. What lies above the cut is kept in `work`.
#define EXTREME_STRIP(V, none, extreme, VALUE, OUT)                                          \
  for (ptrdiff_t top = 0; top < height; top += window) {                                     \
    const ptrdiff_t end = top + window < height ? top + window : height;                     \
    V above = (V){0} + none;                                                                 \
    for (ptrdiff_t y = top + window - 1; y >= top; y--) {                                    \
      above = extreme(above, VALUE(V, y));                                                   \
      *(V *)(work + (y - top) * STRIP) = above;                                                 \
    }                                                                                        \
    V below = (V){0} + none;                                                                 \
    *(V *)(d + top * stride) = OUT(above);                                                   \
    for (ptrdiff_t y = top + 1; y < end; y++) {                                              \
      below = extreme(below, VALUE(V, y + window - 1));                                      \
      const V both = extreme(below, *(const V *)(work + (y - top) * STRIP));                    \
      *(V *)(d + y * stride) = OUT(both);                                                    \
    }                                                                                        \
  }

#define TO_NUMBER(i) ((i) ^ (((i) >> 31) & 0x7fffffff))

// A float's number, from its bits; `none` for NaN.
#define NUMBER(V, i, none)                                                      \
  ({                                                                            \
    const V bits_ = (i), is_nan_ = (0x7f800000 - (bits_ & 0x7fffffff)) >> 31;   \
    (TO_NUMBER(bits_) & ~is_nan_) | (none & is_nan_);                           \
  })
#define OR_LEAST(V, y) NUMBER(V, *(const V *)(const void *)(rows[y] + column), INT32_MIN)
#define OR_MOST(V, y) NUMBER(V, *(const V *)(const void *)(rows[y] + column), INT32_MAX)
#define TURNED(V, y) (*(const V *)(turned + (y) * STRIP + column))
#define AS_IT_IS(v) (v)

BP_CLONES void bp_extreme_columns(
    int32_t *dst, ptrdiff_t stride, const float *const *rows, ptrdiff_t width, ptrdiff_t height,
    ptrdiff_t window, int maximum, int32_t *work) {
  bp_fetch_rows(rows, width, height + window - 1, work);
  if (maximum)
    BP_STRIPS(i, width, EXTREME_STRIP, INT32_MIN, __builtin_elementwise_max, OR_LEAST, AS_IT_IS)
  else
    BP_STRIPS(i, width, EXTREME_STRIP, INT32_MAX, __builtin_elementwise_min, OR_MOST, AS_IT_IS)
}

BP_CLONES void bp_extreme_rows(
    float *to, ptrdiff_t to_stride, const int32_t *src, ptrdiff_t src_stride, ptrdiff_t width,
    ptrdiff_t row_count, ptrdiff_t window, int maximum, int32_t *work) {
  const ptrdiff_t length = width + window - 1;
  int32_t *turned = work + STRIP * window, *dst = turned + STRIP * length;
  const ptrdiff_t height = width, stride = STRIP;  // of what is turned
  for (ptrdiff_t y = 0; y < row_count; y += STRIP) {
    const ptrdiff_t lines = row_count - y < STRIP ? row_count - y : STRIP;
    bp_transpose((float *)turned, STRIP, (const float *)(src + y * src_stride), src_stride, length, lines);
    if (maximum)
      BP_STRIPS(i, lines, EXTREME_STRIP, INT32_MIN, __builtin_elementwise_max, TURNED, TO_NUMBER)
    else
      BP_STRIPS(i, lines, EXTREME_STRIP, INT32_MAX, __builtin_elementwise_min, TURNED, TO_NUMBER)
    bp_claim(to + y * to_stride, to_stride, width, lines);
    bp_transpose(to + y * to_stride, to_stride, (const float *)dst, STRIP, lines, width);
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
    BP_UNROLL                                                     \
    for (int i_ = 0; i_ < (m) / 2; i_++) SORT2(v[i_], v[(m)-1 - i_]); \
    BP_UNROLL                                                     \
    for (int i_ = 1; i_ < ((m) + 1) / 2; i_++) SORT2(v[0], v[i_]); \
    BP_UNROLL                                                     \
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
    BP_UNROLL                                                                      \
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
