// The median of a large window, exact for any values, at a cost that hardly depends on its size.
//
// All values the tile sees are sorted once, so that a value is its rank: unique, and small. The ranks
// are cut into at most 128 bins of equal size. Then the median of a window is found in two steps:
//
// 1. Which bin? Every column of the picture keeps, for the rows of the window, how many of its
//    pixels lie in bin b or below, for each b. A row down, one pixel enters and one leaves. The
//    window keeps the sum of its columns; a pixel to the right, one column enters and one leaves.
//    These are cumulative counts, so the bin is the first one where the count exceeds half.
//    (Histograms sliding in two directions are Perreault and Hebert's, 2007.)
// 2. Which of the bin? A bin is a list, in order of rank, of the places of its pixels in the tile.
//    Comparing all places with the window gives one bit for each: the pixels within. The one wanted
//    is the bit with as many set bits before it as are still missing.
//
// Quantised histograms stop after the first step. Nothing here branches on the values, except to go
// on to the next 256 places of a bin.

#include "order.h"

#include <string.h>

enum { BINS = 128, WORDS = BINS / 32, GROUP = 4 };

typedef uint16_t bp_u32s __attribute__((vector_size(64), aligned(2), may_alias));
typedef _Bool bp_bits32 __attribute__((ext_vector_type(32)));

// One value and where it is: y << 16 | x.
typedef struct {
  uint32_t key, place;
} entry;

// A tile's values by rank, and the ranks' bins by place.
typedef struct {
  ptrdiff_t size;       // ranks in a bin: 64 GROUP or a multiple of it
  int32_t *sorted;      // the value of each rank
  uint16_t *px, *py;    // its place; the last bin is filled up with places in no window
  uint8_t *bins;        // of each pixel, row by row
  uint16_t *columns;    // cumulative counts of each column
  uint64_t *in_rows;    // which of a bin's pixels lie in the rows of the window, a bit each,
  int32_t *in_rows_of;  // as found for this row
} ranking;

#define STORED(p, k) (((const bp_u32s *)(const void *)(p))[k])
#define STORE(p, k) (((bp_u32s *)(void *)(p))[k])

// The comparisons' results, 64 of them, as the bits of one word.
#define BITS(low, high)                                              \
  ({                                                                 \
    const bp_bits32 low_ = __builtin_convertvector(low, bp_bits32);  \
    const bp_bits32 high_ = __builtin_convertvector(high, bp_bits32); \
    uint32_t word_[2];                                               \
    memcpy(word_, &low_, 4);                                         \
    memcpy(word_ + 1, &high_, 4);                                    \
    word_[0] | (uint64_t)word_[1] << 32;                             \
  })

static ptrdiff_t bin_size(ptrdiff_t count) {
  ptrdiff_t size = 64 * GROUP;
  while ((count - 1) / size >= BINS) size *= 2;
  return size;
}

ptrdiff_t bp_median_work(ptrdiff_t width, ptrdiff_t height, ptrdiff_t rx, ptrdiff_t ry) {
  const ptrdiff_t w = width + 2 * rx, count = w * (height + 2 * ry), size = bin_size(count);
  return 2 * count * (ptrdiff_t)sizeof(entry) + BINS * size / 64 * 8 + 4 * (3 * 2048 + BINS + count) +
         2 * (2 * (count + size) + w * BINS) + count;
}

// Sorts by key, equal keys in order of place: a radix sort on 11 bits, three times. The result is in
// `from` or in `to`.
static entry *sort(entry *from, entry *to, uint32_t *histogram, ptrdiff_t count) {
  memset(histogram, 0, 3 * 2048 * sizeof(uint32_t));
  for (ptrdiff_t i = 0; i < count; i++)
    for (int pass = 0; pass < 3; pass++)
      histogram[2048 * pass + ((from[i].key >> 11 * pass) & 2047)]++;
  for (int pass = 0; pass < 3; pass++) {
    uint32_t *next = histogram + 2048 * pass, sum = 0;
    for (int i = 0; i < 2048; i++) {
      const uint32_t n = next[i];
      next[i] = sum;
      sum += n;
    }
    for (ptrdiff_t i = 0; i < count; i++) {
      const entry e = from[i];
      to[next[(e.key >> 11 * pass) & 2047]++] = e;
    }
    entry *other = from;
    from = to;
    to = other;
  }
  return from;
}

static ranking rank(const int32_t *src, ptrdiff_t stride, ptrdiff_t w, ptrdiff_t h, void *work) {
  const ptrdiff_t count = w * h;
  ranking r = {.size = bin_size(count)};
  entry *a = work, *b = a + count;
  r.in_rows = (uint64_t *)(b + count);
  uint32_t *histogram = (uint32_t *)(r.in_rows + BINS * r.size / 64);
  r.in_rows_of = (int32_t *)(histogram + 3 * 2048);
  r.sorted = r.in_rows_of + BINS;
  r.px = (uint16_t *)(r.sorted + count);
  r.py = r.px + count + r.size;
  r.columns = r.py + count + r.size;
  r.bins = (uint8_t *)(r.columns + w * BINS);
  for (ptrdiff_t y = 0; y < h; y++)
    for (ptrdiff_t x = 0; x < w; x++) {
      // The sign is flipped so that the keys sort as unsigned numbers.
      const entry e = {(uint32_t)src[y * stride + x] ^ 0x80000000u, (uint32_t)(y << 16 | x)};
      a[y * w + x] = e;
    }
  const entry *order = sort(a, b, histogram, count);
  const int shift = __builtin_ctzll((unsigned long long)r.size);
  for (ptrdiff_t i = 0; i < count; i++) {
    const ptrdiff_t x = order[i].place & 0xffff, y = order[i].place >> 16;
    r.sorted[i] = (int32_t)(order[i].key ^ 0x80000000u);
    r.px[i] = (uint16_t)x;
    r.py[i] = (uint16_t)y;
    r.bins[y * w + x] = (uint8_t)(i >> shift);
  }
  memset(r.px + count, 0xff, (size_t)r.size * sizeof(uint16_t));
  memset(r.py + count, 0xff, (size_t)r.size * sizeof(uint16_t));
  memset(r.columns, 0, (size_t)(w * BINS) * sizeof(uint16_t));
  memset(r.in_rows_of, 0xff, BINS * sizeof(int32_t));
  return r;
}

// The place of the set bit of `bits` that has `n` set bits below it. First its byte, then its place in
// the byte: both times the number of bytes whose running count of bits is at most n.
BP_INLINE int place_of_bit(uint64_t bits, int n) {
  const uint64_t each = 0x0101010101010101u, top = 0x8080808080808080u;
  uint64_t s = bits - ((bits >> 1) & 0x5555555555555555u);
  s = (s & 0x3333333333333333u) + ((s >> 2) & 0x3333333333333333u);
  s = ((s + (s >> 4)) & 0x0f0f0f0f0f0f0f0fu) * each;
  const int byte = 8 * __builtin_popcountll((((uint64_t)n * each | top) - s) & top);
  const uint64_t rest = (uint64_t)n - ((s << 8) >> byte & 0xff);
  const uint64_t spread = ((bits >> byte & 0xff) * each) & 0x8040201008040201u;
  const uint64_t t = (((spread + 0x7f7f7f7f7f7f7f7fu) >> 7) & each) * each;
  return byte + __builtin_popcountll(((rest * each | top) - t) & top);
}

BP_CLONES void bp_median_large(int32_t *dst, ptrdiff_t dst_stride, const int32_t *src,
                               ptrdiff_t src_stride, ptrdiff_t width, ptrdiff_t height,
                               ptrdiff_t rx, ptrdiff_t ry, void *work) {
  const ptrdiff_t w = width + 2 * rx, nx = 2 * rx + 1, ny = 2 * ry + 1;
  const ranking r = rank(src, src_stride, w, height + 2 * ry, work);
  const ptrdiff_t words = r.size / 64;
  const int half = (int)(nx * ny / 2);
  // steps + BINS - b is 1 for bin b and those above it: what a pixel of bin b adds to its column.
  uint16_t steps[2 * BINS] = {0};
  for (int i = BINS; i < 2 * BINS; i++) steps[i] = 1;
  const bp_u32s zero = {0}, most = zero + (uint16_t)half;
  const bp_u32s across = zero + (uint16_t)(nx - 1), down = zero + (uint16_t)(ny - 1);

  for (ptrdiff_t y = 1 - ny; y < height; y++) {
    const uint8_t *enter = r.bins + (y + ny - 1) * w, *leave = r.bins + (y - 1) * w;
    for (ptrdiff_t x = 0; x < w; x++) {
      uint16_t *column = r.columns + x * BINS;
      const uint16_t *in = steps + BINS - enter[x];
      // Nothing leaves until the window is full: steps itself is all zeros.
      const uint16_t *out = y > 0 ? steps + BINS - leave[x] : steps;
      _Pragma("clang loop unroll(full)")
      for (int k = 0; k < WORDS; k++)
        STORE(column, k) += STORED(in, k) - STORED(out, k);
    }
    if (y < 0) continue;

    // counts[b + 1] of the window's pixels lie in bin b or below. (Modulo 2^16, which a window of
    // 257 x 257 exceeds, but not before half of it is reached.)
    uint16_t counts[BINS + 1] = {0};
    bp_u32s sums[WORDS] = {{0}};
    for (ptrdiff_t x = 0; x < nx - 1; x++)
      for (int k = 0; k < WORDS; k++) sums[k] += STORED(r.columns + x * BINS, k);
    for (ptrdiff_t x = 0; x < width; x++) {
      const uint16_t *in = r.columns + (x + nx - 1) * BINS, *out = r.columns + (x - 1) * BINS;
      _Pragma("clang loop unroll(full)")
      for (int k = 0; k < WORDS; k++) {
        sums[k] += STORED(in, k);
        if (x > 0) sums[k] -= STORED(out, k);
        STORE(counts + 1, k) = sums[k];
      }
      const uint64_t low = BITS(sums[0] <= most, sums[1] <= most);
      const uint64_t high = BITS(sums[2] <= most, sums[3] <= most);
      const int bin = ~low ? __builtin_ctzll(~low) : 64 + __builtin_ctzll(~high);
      int missing = half - counts[bin];

      uint64_t *in_rows = r.in_rows + bin * words;
      if (r.in_rows_of[bin] != y) {
        r.in_rows_of[bin] = (int32_t)y;
        const uint16_t *py = r.py + bin * r.size;
        const bp_u32s above = zero + (uint16_t)y;
        for (ptrdiff_t k = 0; k < words; k++)
          in_rows[k] = BITS(STORED(py, 2 * k) - above <= down, STORED(py, 2 * k + 1) - above <= down);
      }
      const bp_u32s left = zero + (uint16_t)x;
      ptrdiff_t found = bin * r.size;
      for (;; found += 64 * GROUP, in_rows += GROUP) {
        const uint16_t *px = r.px + found;
        uint64_t inside[GROUP];
        _Pragma("clang loop unroll(full)")
        for (int k = 0; k < GROUP; k++)
          inside[k] = in_rows[k] & BITS(STORED(px, 2 * k) - left <= across,
                                        STORED(px, 2 * k + 1) - left <= across);
        const int n0 = __builtin_popcountll(inside[0]), n1 = n0 + __builtin_popcountll(inside[1]);
        const int n2 = n1 + __builtin_popcountll(inside[2]);
        const int n3 = n2 + __builtin_popcountll(inside[3]);
        if (__builtin_expect(missing >= n3, 0)) {
          missing -= n3;
          continue;
        }
        const int word = (missing >= n0) + (missing >= n1) + (missing >= n2);
        const int before = missing < n0 ? 0 : missing < n1 ? n0 : missing < n2 ? n1 : n2;
        const uint64_t bits = missing < n0   ? inside[0]
                              : missing < n1 ? inside[1]
                              : missing < n2 ? inside[2]
                                             : inside[3];
        found += 64 * word + place_of_bit(bits, missing - before);
        break;
      }
      dst[y * dst_stride + x] = r.sorted[found];
    }
  }
}
