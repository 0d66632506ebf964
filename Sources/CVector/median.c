// The median of a large window, exact for any values, at a cost that hardly depends on its size.
//
// All values the tile sees are sorted once, so that a value is its rank: unique, and small. The ranks
// are cut into at most 256 bins of equal size, and the bins into 16 shelves. Then the median of a
// window is found in three steps:
//
// 1. Which shelf? Every column of the picture keeps, for the rows of the window, how many of its
//    pixels lie on shelf s or below, for each s. A row down, one pixel enters and one leaves. The
//    window keeps the sum of its columns; a pixel to the right, one column enters and one leaves.
//    These are cumulative counts, so the shelf is the first one where the count exceeds half.
// 2. Which bin of the shelf? The same again, with counts of the shelf's own bins. The window keeps
//    sums for a shelf only while medians lie on it: neighbours mostly lie on the same. A shelf that
//    was left is brought up to date when it is needed again.
//    (Histograms sliding in two directions and in two steps are Perreault and Hebert's, 2007.)
// 3. Which of the bin? A bin is a list, in order of rank, of the places of its pixels in the tile.
//    Comparing all places with the window gives one bit for each: the pixels within. The one wanted
//    is the bit with as many set bits before it as are still missing.
//
// Quantised histograms stop after the second step. Little here branches on the values.

#include "order.h"

#include <string.h>

enum { SHELVES = 16, BINS = 16 * SHELVES, RUN = 64, DIGIT = 2048, LINE = 64 };

// Sixteen counts, of a column as bytes or as 16 bits, of the window as 16 bits.
typedef uint16_t bp_u16s __attribute__((vector_size(32), aligned(2), may_alias));
typedef int16_t bp_i16s __attribute__((vector_size(32), aligned(2), may_alias));
typedef uint8_t bp_u16b __attribute__((vector_size(16), aligned(1), may_alias));
typedef int8_t bp_i16b __attribute__((vector_size(16), aligned(1), may_alias));
// Places.
typedef uint8_t bp_u64b __attribute__((vector_size(64), aligned(1), may_alias));
typedef uint16_t bp_u32s __attribute__((vector_size(64), aligned(2), may_alias));
typedef _Bool bp_bits16 __attribute__((ext_vector_type(16)));
typedef _Bool bp_bits32 __attribute__((ext_vector_type(32)));
typedef _Bool bp_bits64 __attribute__((ext_vector_type(64)));

// One value and where it is: y << 16 | x.
typedef struct {
  uint32_t key, place;
} entry;

// A tile's values by rank, and the ranks' bins by place. Places and the counts of columns are bytes
// where that is enough, else 16 bits.
typedef struct {
  ptrdiff_t size;   // ranks in a bin
  int32_t *sorted;  // the value of each rank
  void *px, *py;    // its place; the last bin is filled up with places in no window
  uint8_t *bins;    // of each pixel, row by row
  void *shelves;    // cumulative counts of each column by shelf,
  void *counts;     // and by bin of a shelf, for each column of each shelf
} ranking;

// Whether bytes do: for every place and one beyond, and for differences of a column's counts.
BP_INLINE int is_narrow(ptrdiff_t w, ptrdiff_t h, ptrdiff_t ry) {
  return w <= 255 && h <= 255 && ry <= 63;
}

// The bytes of a place or a count.
BP_INLINE ptrdiff_t bytes_of(int narrow) { return narrow ? 1 : 2; }

// Which of 64 places, from the first one on, lie in the `length` pixels from `start`, a bit each.
BP_INLINE uint64_t places_within(int narrow, const void *places, ptrdiff_t first, ptrdiff_t start,
                                 ptrdiff_t length) {
  uint64_t word;
  if (narrow) {
    const bp_u64b zero = {0}, from = zero + (uint8_t)start, most = zero + (uint8_t)(length - 1);
    const bp_u64b p = *(const bp_u64b *)((const uint8_t *)places + first) - from;
    const bp_bits64 bits = __builtin_convertvector(p <= most, bp_bits64);
    memcpy(&word, &bits, 8);
  } else {
    const bp_u32s zero = {0}, from = zero + (uint16_t)start, most = zero + (uint16_t)(length - 1);
    const bp_u32s *p = (const bp_u32s *)(const void *)((const uint16_t *)places + first);
    const bp_bits32 bits[2] = {__builtin_convertvector(p[0] - from <= most, bp_bits32),
                               __builtin_convertvector(p[1] - from <= most, bp_bits32)};
    memcpy(&word, bits, 8);
  }
  return word;
}

// The first of sixteen counts that is above `limit`. One is.
BP_INLINE int first_above(const uint16_t *counts, int limit) {
  const bp_u16s zero = {0};
  const bp_bits16 bits =
      __builtin_convertvector(*(const bp_u16s *)counts > zero + (uint16_t)limit, bp_bits16);
  uint16_t word;
  memcpy(&word, &bits, 2);
  return __builtin_ctz(word | 0x8000u);
}

// Adds a column to the window's counts, and takes another away.
BP_INLINE void slide(int narrow, uint16_t *sums, const void *in, const void *out) {
  bp_u16s *s = (bp_u16s *)sums;
  if (narrow) {
    const bp_i16b d = *(const bp_i16b *)in - *(const bp_i16b *)out;
    *s += (bp_u16s)__builtin_convertvector(d, bp_i16s);
  } else {
    *s += *(const bp_u16s *)in - *(const bp_u16s *)out;
  }
}

// Counts a pixel of bin, or shelf, `in` in a column, and one of `out` no more.
BP_INLINE void count(int narrow, void *column, const uint8_t *in, const uint8_t *out) {
  if (narrow)
    *(bp_u16b *)column += *(const bp_u16b *)in - *(const bp_u16b *)out;
  else
    *(bp_u16s *)column += *(const bp_u16s *)(const void *)in - *(const bp_u16s *)(const void *)out;
}

static ptrdiff_t bin_size(ptrdiff_t count) {
  ptrdiff_t size = 128;
  while ((count - 1) / size >= BINS) size *= 2;
  return size;
}

ptrdiff_t bp_median_work(ptrdiff_t width, ptrdiff_t height, ptrdiff_t rx, ptrdiff_t ry) {
  const ptrdiff_t w = width + 2 * rx, count = w * (height + 2 * ry), size = bin_size(count);
  return 2 * count * (ptrdiff_t)sizeof(entry) + 4 * (3 * DIGIT + count) +
         2 * (2 * (count + size) + w * (SHELVES + BINS)) + count + 3 * LINE;
}

// Vectors that straddle lines of the cache are slow.
BP_INLINE void *next_line(void *p) {
  return (void *)(((uintptr_t)p + LINE - 1) & ~(uintptr_t)(LINE - 1));
}

// Sorts the tile's values, equal ones in order of place: a radix sort on 11 bits, three times, the
// last time straight to where the ranks are wanted.
BP_INLINE ranking rank(int narrow, const int32_t *src, ptrdiff_t stride, ptrdiff_t w, ptrdiff_t h,
                       void *work) {
  const ptrdiff_t count = w * h, bytes = bytes_of(narrow);
  ranking r = {.size = bin_size(count)};
  entry *a = work, *b = a + count;
  uint32_t *low = (uint32_t *)(b + count), *middle = low + DIGIT, *high = middle + DIGIT;
  r.sorted = (int32_t *)(high + DIGIT);
  r.px = next_line(r.sorted + count);
  r.py = next_line((uint8_t *)r.px + bytes * (count + r.size));
  r.shelves = next_line((uint8_t *)r.py + bytes * (count + r.size));
  r.counts = (uint8_t *)r.shelves + bytes * w * SHELVES;
  r.bins = (uint8_t *)r.counts + bytes * w * BINS;

  // The sign is flipped so that the keys sort as unsigned numbers.
#define KEY(x) ((uint32_t)line[x] ^ 0x80000000u)
  memset(low, 0, 3 * DIGIT * sizeof(uint32_t));
  for (ptrdiff_t y = 0; y < h; y++) {
    const int32_t *line = src + y * stride;
    for (ptrdiff_t x = 0; x < w; x++) {
      const uint32_t key = KEY(x);
      low[key & 2047]++;
      middle[key >> 11 & 2047]++;
      high[key >> 22]++;
    }
  }
  uint32_t sums[3] = {0};
  for (int i = 0; i < DIGIT; i++)
    for (int pass = 0; pass < 3; pass++) {
      uint32_t *next = low + pass * DIGIT + i;
      const uint32_t n = *next;
      *next = sums[pass];
      sums[pass] += n;
    }
  for (ptrdiff_t y = 0; y < h; y++) {
    const int32_t *line = src + y * stride;
    for (ptrdiff_t x = 0; x < w; x++) {
      const entry e = {KEY(x), (uint32_t)(y << 16 | x)};
      a[low[e.key & 2047]++] = e;
    }
  }
#undef KEY
  for (ptrdiff_t i = 0; i < count; i++) {
    const entry e = a[i];
    b[middle[e.key >> 11 & 2047]++] = e;
  }
  const int shift = __builtin_ctzll((unsigned long long)r.size);
  for (ptrdiff_t i = 0; i < count; i++) {
    const entry e = b[i];
    const uint32_t rank = high[e.key >> 22]++, x = e.place & 0xffff, y = e.place >> 16;
    r.sorted[rank] = (int32_t)(e.key ^ 0x80000000u);
    if (narrow) {
      ((uint8_t *)r.px)[rank] = (uint8_t)x;
      ((uint8_t *)r.py)[rank] = (uint8_t)y;
    } else {
      ((uint16_t *)r.px)[rank] = (uint16_t)x;
      ((uint16_t *)r.py)[rank] = (uint16_t)y;
    }
    r.bins[y * w + x] = (uint8_t)(rank >> shift);
  }
  memset((uint8_t *)r.px + bytes * count, 0xff, (size_t)(bytes * r.size));
  memset((uint8_t *)r.py + bytes * count, 0xff, (size_t)(bytes * r.size));
  memset(r.shelves, 0, (size_t)(bytes * w * (SHELVES + BINS)));
  return r;
}

// The place of the set bit of `bits` that has `n` set bits below it. First its byte, then its place in
// the byte: both times the number of bytes whose running count of bits is at most n.
BP_INLINE uint64_t place_of_bit(uint64_t bits, uint64_t n) {
  const uint64_t each = 0x0101010101010101u, top = 0x8080808080808080u;
  uint64_t s = bits - ((bits >> 1) & 0x5555555555555555u);
  s = (s & 0x3333333333333333u) + ((s >> 2) & 0x3333333333333333u);
  s = ((s + (s >> 4)) & 0x0f0f0f0f0f0f0f0fu) * each;
  const uint64_t byte = ((((n * each | top) - s) & top) >> 7) * each >> 56 << 3;
  const uint64_t rest = n - ((s << 8) >> byte & 0xff);
  const uint64_t spread = ((bits >> byte & 0xff) * each) & 0x8040201008040201u;
  const uint64_t t = (((spread + 0x7f7f7f7f7f7f7f7fu) >> 7) & each) * each;
  return byte + (((((rest * each | top) - t) & top) >> 7) * each >> 56);
}

// `group`: how many times 64 places of a bin are looked at before it is known whether the wanted one
// is among them.
BP_INLINE void medians(int narrow, int group, int32_t *dst, ptrdiff_t dst_stride, const int32_t *src,
                       ptrdiff_t src_stride, ptrdiff_t width, ptrdiff_t height, ptrdiff_t rx,
                       ptrdiff_t ry, void *work, bp_stop stop) {
  const ptrdiff_t w = width + 2 * rx, nx = 2 * rx + 1, ny = 2 * ry + 1;
  const ptrdiff_t column = SHELVES * bytes_of(narrow);  // its counts' bytes
  const ranking r = rank(narrow, src, src_stride, w, height + 2 * ry, work);
  const int half = (int)(nx * ny / 2);
  // What a pixel of bin b adds to the counts: 1 for bin b and those above it. The last is nothing.
  uint8_t steps[17 * 32] __attribute__((aligned(64))) = {0};
  for (int b = 0; b < 16; b++)
    for (int i = b; i < 16; i++)
      if (narrow)
        steps[16 * b + i] = 1;
      else
        ((uint16_t *)(void *)steps)[16 * b + i] = 1;
#define STEP(b) (steps + column * (b))

  for (ptrdiff_t y = 1 - ny; y < height; y++) {
    if ((y & 7) == 0 && stop.asked(stop.who)) return;
    const uint8_t *enter = r.bins + (y + ny - 1) * w, *leave = r.bins + (y - 1) * w;
    // Nothing leaves until the window is full.
    for (ptrdiff_t x = 0; x < w; x++) {
      uint8_t *shelf = (uint8_t *)r.shelves + x * column, *counts = (uint8_t *)r.counts + x * column;
      const int in = enter[x];
      count(narrow, counts + (in >> 4) * w * column, STEP(in & 15), STEP(16));
      if (y > 0) {
        const int out = leave[x];
        count(narrow, counts + (out >> 4) * w * column, STEP(16), STEP(out & 15));
        count(narrow, shelf, STEP(in >> 4), STEP(out >> 4));
      } else {
        count(narrow, shelf, STEP(in >> 4), STEP(16));
      }
    }
    if (y < 0) continue;

    // The steps are taken one after the other for some pixels: what one waits for, others need not.
    // Sums have a zero before them. (Modulo 2^16, which a window of 257 x 257 exceeds, but not before
    // half of it is reached.)
    uint16_t sums[SHELVES + 1][32] __attribute__((aligned(LINE))) = {{0}};
    uint16_t *shelf_sums = sums[SHELVES] + 16;
    ptrdiff_t sums_of[SHELVES];  // the pixel they were last made for
    for (int i = 0; i < SHELVES; i++) sums_of[i] = -nx;
    for (ptrdiff_t x = 0; x < nx - 1; x++)
      slide(narrow, shelf_sums, (uint8_t *)r.shelves + x * column, STEP(16));
    for (ptrdiff_t left = 0; left < width; left += RUN) {
      const int run = width - left < RUN ? (int)(width - left) : RUN;
      int32_t found[RUN];    // the shelf, then the bin, then the rank
      int32_t missing[RUN];  // how many of them lie below the median
      uint64_t chosen[RUN] = {0}, nth[RUN] = {0};

      for (int i = 0; i < run; i++) {
        const uint8_t *in = (uint8_t *)r.shelves + (left + i + nx - 1) * column;
        slide(narrow, shelf_sums, in, left + i > 0 ? in - nx * column : STEP(16));
        found[i] = first_above(shelf_sums, half);
        missing[i] = half - shelf_sums[found[i] - 1];
      }

      for (int i = 0; i < run; i++) {
        const ptrdiff_t x = left + i, shelf = found[i];
        const uint8_t *counts = (uint8_t *)r.counts + shelf * w * column;
        uint16_t *bin_sums = sums[shelf] + 16;
        ptrdiff_t next = sums_of[shelf] + 1;
        sums_of[shelf] = x;
        if (x - next < nx / 2) {
          for (; next <= x; next++)
            slide(narrow, bin_sums, counts + (next + nx - 1) * column, counts + (next - 1) * column);
        } else {
          memset(bin_sums, 0, 16 * sizeof(uint16_t));
          for (next = x; next < x + nx; next++)
            slide(narrow, bin_sums, counts + next * column, STEP(16));
        }
        const int bin = first_above(bin_sums, missing[i]);
        missing[i] -= bin_sums[bin - 1];
        found[i] = (int32_t)(16 * shelf + bin);
      }

      for (int i = 0; i < run; i++) {
        const ptrdiff_t end = (found[i] + 1) * r.size;
        int32_t rest = missing[i];
        for (ptrdiff_t first = end - r.size; first < end; first += 64 * group) {
          uint64_t inside[4] = {0};
          int n[4] = {0};
          BP_UNROLL
          for (int k = 0; k < group; k++) {
            inside[k] = places_within(narrow, r.px, first + 64 * k, left + i, nx) &
                        places_within(narrow, r.py, first + 64 * k, y, ny);
            n[k] = (k > 0 ? n[k - 1] : 0) + __builtin_popcountll(inside[k]);
          }
          if (rest >= n[group - 1]) {
            rest -= n[group - 1];
            continue;
          }
          int word = 0, before = 0;
          uint64_t bits = inside[0];
          BP_UNROLL
          for (int k = 1; k < group; k++) {
            const int further = rest >= n[k - 1];
            word += further;
            before = further ? n[k - 1] : before;
            bits = further ? inside[k] : bits;
          }
          chosen[i] = bits;
          nth[i] = (uint64_t)(rest - before);
          found[i] = (int32_t)(first + 64 * word);
          break;
        }
      }

      BP_ELEMENTWISE
      for (int i = 0; i < RUN; i++) chosen[i] = place_of_bit(chosen[i], nth[i]);
      for (int i = 0; i < run; i++)
        dst[y * dst_stride + left + i] = r.sorted[found[i] + (ptrdiff_t)chosen[i]];
    }
  }
}

BP_CLONES void bp_median_large(int32_t *dst, ptrdiff_t dst_stride, const int32_t *src,
                               ptrdiff_t src_stride, ptrdiff_t width, ptrdiff_t height,
                               ptrdiff_t rx, ptrdiff_t ry, void *work, bp_stop stop) {
  const ptrdiff_t w = width + 2 * rx, h = height + 2 * ry;
  if (!is_narrow(w, h, ry))
    medians(0, 2, dst, dst_stride, src, src_stride, width, height, rx, ry, work, stop);
  else if (bin_size(w * h) == 128)
    medians(1, 2, dst, dst_stride, src, src_stride, width, height, rx, ry, work, stop);
  else
    medians(1, 4, dst, dst_stride, src, src_stride, width, height, rx, ry, work, stop);
}
