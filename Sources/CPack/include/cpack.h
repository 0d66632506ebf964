// How the disk cache stores a block of floats, and how it knows stored bytes again.
//
// Lossless: every bit comes back, signs of zero and payloads of NaN included. No library, no state,
// no allocation; any thread may call anything.
#ifndef CPACK_H
#define CPACK_H

#include <stddef.h>
#include <stdint.h>

// The most bytes cpack_pack writes for `size` x `size` floats (size: 16 to 1024, a power of two).
size_t cpack_bound(size_t size);

// Packs a square block, row-major. Only the pixels x0 <= x < x1, y0 <= y < y1 count; the others are
// stored as 0. Returns the bytes written to `out`, which has room for cpack_bound(size) + 16.
size_t cpack_pack(
  const float *block, size_t size, size_t x0, size_t y0, size_t x1, size_t y1, uint8_t *out);

// Fills a block from `count` packed bytes. Returns 0, or 1 if they are no packed block of this size:
// then the block's contents are undefined. Never reads or writes outside, whatever the bytes are.
int cpack_unpack(const uint8_t *bytes, size_t count, size_t size, float *block);

// A running 256-bit digest of bytes: start with cpack_start, feed any number of runs whose lengths
// are multiples of 32, then perhaps one more of any length. Not for use against people who try.
typedef struct cpack_digest {
  uint64_t lanes[4];
} cpack_digest;

void cpack_start(cpack_digest *digest);
void cpack_feed(cpack_digest *digest, const void *bytes, size_t count);

// The digest of `count` bytes folded into one word.
uint64_t cpack_sum(const void *bytes, size_t count);

#endif
