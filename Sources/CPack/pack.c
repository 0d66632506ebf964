// Neighbouring pixels are near each other. As integers of the same order, floats that are near differ
// in their low bits only; so each is stored as the difference from the pixel above, in as many bits as
// the widest of its group of 32 needs.
//
//   byte 0        how many low bits are 0 in every float: 13 for pixels that came from halves
//   then          one byte for each group: the width of its numbers in bits, 0 to 32
//   then          the groups, 4 * width bytes each
//
// Against DEFLATE level 1 over shuffled bytes this is smaller and many times faster (Docs/cache.md).
#include "cpack.h"
#include "clones.h"

#include <string.h>

enum { GROUP = 32, MOST = 1024 };

size_t cpack_bound(size_t size) { return 1 + size * size / GROUP + size * size * 4; }

// ---- Bits of 32 numbers, `width` each; unrolled for every width ---------------------------------

BP_INLINE void put(const uint32_t *in, uint8_t *out, const unsigned width) {
  uint64_t bits = 0;
  unsigned held = 0;
  BP_UNROLL
  for (unsigned i = 0; i < GROUP; i++) {
    bits |= (uint64_t)in[i] << held;
    held += width;
    if (held >= 32) {
      uint32_t word = (uint32_t)bits;
      memcpy(out, &word, 4);
      out += 4;
      bits >>= 32;
      held -= 32;
    }
  }
}

BP_INLINE void get(const uint8_t *in, uint32_t *out, const unsigned width) {
  const uint64_t mask = (1ull << width) - 1;
  uint64_t bits = 0;
  unsigned held = 0;
  BP_UNROLL
  for (unsigned i = 0; i < GROUP; i++) {
    if (held < width) {
      uint32_t word;
      memcpy(&word, in, 4);
      in += 4;
      bits |= (uint64_t)word << held;
      held += 32;
    }
    out[i] = (uint32_t)(bits & mask);
    bits >>= width;
    held -= width;
  }
}

#define EACH_WIDTH(F)                                                                            \
  F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11) F(12) F(13) F(14) F(15) F(16) F(17)   \
  F(18) F(19) F(20) F(21) F(22) F(23) F(24) F(25) F(26) F(27) F(28) F(29) F(30) F(31)

static void put_group(const uint32_t *in, uint8_t *out, unsigned width) {
  switch (width) {
#define CASE(W) case W: put(in, out, W); break;
    EACH_WIDTH(CASE)
#undef CASE
    case 32: memcpy(out, in, 4 * GROUP); break;
    default: break;
  }
}

static void get_group(const uint8_t *in, uint32_t *out, unsigned width) {
  switch (width) {
#define CASE(W) case W: get(in, out, W); break;
    EACH_WIDTH(CASE)
#undef CASE
    case 32: memcpy(out, in, 4 * GROUP); break;
    default: memset(out, 0, 4 * GROUP); break;
  }
}

// ---- Floats as integers of the same order -------------------------------------------------------

// The flip is its own inverse. `low` zero bits are shifted away, the sign stays.
static inline uint32_t ordered(uint32_t bits, unsigned low) {
  int32_t number = (int32_t)bits >> low;
  return (uint32_t)(number ^ ((number >> 31) & 0x7fffffff));
}

static inline uint32_t unordered(uint32_t number, unsigned low) {
  uint32_t flipped = number ^ ((uint32_t)((int32_t)number >> 31) & 0x7fffffffu);
  return flipped << low;
}

// Differences of either sign as small positive numbers: 0, -1, 1, -2 ...
static inline uint32_t folded(uint32_t difference) {
  return (difference << 1) ^ (uint32_t)((int32_t)difference >> 31);
}

static inline uint32_t unfolded(uint32_t number) { return (number >> 1) ^ (0u - (number & 1)); }

// ---- Blocks -------------------------------------------------------------------------------------

size_t cpack_pack(
  const float *block, size_t size, size_t x0, size_t y0, size_t x1, size_t y1, uint8_t *out) {
  const size_t groups = size * size / GROUP;
  uint32_t row[MOST], above[MOST] = {0}, number[MOST];

  uint32_t all = 0;
  for (size_t y = y0; y < y1; y++) {
    memcpy(row, block + y * size + x0, 4 * (x1 - x0));
    for (size_t x = 0; x < x1 - x0; x++) all |= row[x];
  }
  // The sign bit itself must stay where it is.
  const unsigned low = all & 0x7fffffffu ? (unsigned)__builtin_ctz(all & 0x7fffffffu) : 31;
  out[0] = (uint8_t)low;

  uint8_t *width = out + 1;
  uint8_t *at = width + groups;
  // Groups are runs of 32 numbers; in blocks of 16 a group has two rows.
  size_t pending = 0;
  int first = 1;
  for (size_t y = 0; y < size; y++) {
    memset(row, 0, sizeof(uint32_t) * size);
    if (y >= y0 && y < y1) memcpy(row + x0, block + y * size + x0, 4 * (x1 - x0));
    uint32_t *to = number + pending;
    uint32_t some = 0;
    for (size_t x = 0; x < size; x++) {
      uint32_t value = ordered(row[x], low);
      to[x] = folded(value - above[x]);
      above[x] = value;
      some |= value;
    }
    if (first && some) {
      // The first row that is not 0 everywhere has nothing above: it goes from left to right.
      first = 0;
      for (size_t x = size - 1; x > 0; x--) to[x] = folded(above[x] - above[x - 1]);
    }
    pending += size;
    if (pending < GROUP) continue;
    for (size_t i = 0; i < pending; i += GROUP) {
      uint32_t any = 0;
      for (size_t k = 0; k < GROUP; k++) any |= number[i + k];
      unsigned bits = any ? 32 - (unsigned)__builtin_clz(any) : 0;
      *width++ = (uint8_t)bits;
      put_group(number + i, at, bits);
      at += 4 * bits;
    }
    pending = 0;
  }
  return (size_t)(at - out);
}

int cpack_unpack(const uint8_t *bytes, size_t count, size_t size, float *block) {
  const size_t groups = size * size / GROUP;
  if (size < 16 || size > MOST || count < 1 + groups || bytes[0] > 31) return 1;
  const unsigned low = bytes[0];
  const uint8_t *width = bytes + 1;
  size_t total = 0;
  for (size_t i = 0; i < groups; i++) {
    if (width[i] > 32) return 1;
    total += 4u * width[i];
  }
  if (total != count - 1 - groups) return 1;

  const uint8_t *at = width + groups;
  uint32_t above[MOST] = {0}, number[MOST], row[MOST];
  int first = 1;
  size_t ready = 0, used = 0;
  for (size_t y = 0; y < size; y++) {
    if (used == ready) {
      ready = size < GROUP ? GROUP : size;
      used = 0;
      for (size_t i = 0; i < ready; i += GROUP) {
        get_group(at, number + i, *width);
        at += 4 * *width++;
      }
    }
    const uint32_t *from = number + used;
    used += size;
    uint32_t any = 0;
    if (first) {
      for (size_t x = 0; x < size; x++) any |= from[x];
    }
    if (first && any) {
      first = 0;
      uint32_t left = 0;
      for (size_t x = 0; x < size; x++) {
        left += unfolded(from[x]);
        above[x] = left;
        row[x] = unordered(left, low);
      }
    } else {
      for (size_t x = 0; x < size; x++) {
        above[x] += unfolded(from[x]);
        row[x] = unordered(above[x], low);
      }
    }
    memcpy(block + y * size, row, 4 * size);
  }
  return 0;
}
