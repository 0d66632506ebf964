// Four lanes of multiply and rotate over 64-bit words, in the manner of xxHash: about as fast as
// memory, and one changed bit changes half of the result.
#include "cpack.h"

#include <string.h>

static const uint64_t odd1 = 0x9e3779b185ebca87ull;
static const uint64_t odd2 = 0xc2b2ae3d27d4eb4full;
static const uint64_t odd3 = 0x165667b19e3779f9ull;

static inline uint64_t rotated(uint64_t x, unsigned n) { return (x << n) | (x >> (64 - n)); }

static inline uint64_t round_of(uint64_t lane, uint64_t word) {
  return rotated(lane + word * odd2, 31) * odd1;
}

void cpack_start(cpack_digest *digest) {
  digest->lanes[0] = odd1 + odd2;
  digest->lanes[1] = odd2;
  digest->lanes[2] = odd3;
  digest->lanes[3] = 0ull - odd1;
}

void cpack_feed(cpack_digest *digest, const void *bytes, size_t count) {
  const uint8_t *at = bytes;
  uint64_t a = digest->lanes[0], b = digest->lanes[1];
  uint64_t c = digest->lanes[2], d = digest->lanes[3];
  size_t left = count;
  for (; left >= 32; left -= 32, at += 32) {
    uint64_t words[4];
    memcpy(words, at, 32);
    a = round_of(a, words[0]);
    b = round_of(b, words[1]);
    c = round_of(c, words[2]);
    d = round_of(d, words[3]);
  }
  if (left > 0) {
    // The rest, padded with zeros, and its length.
    uint64_t words[4] = {0};
    memcpy(words, at, left);
    a = round_of(a, words[0] ^ left);
    b = round_of(b, words[1]);
    c = round_of(c, words[2]);
    d = round_of(d, words[3] + left);
  }
  digest->lanes[0] = a;
  digest->lanes[1] = b;
  digest->lanes[2] = c;
  digest->lanes[3] = d;
}

uint64_t cpack_sum(const void *bytes, size_t count) {
  cpack_digest digest;
  cpack_start(&digest);
  cpack_feed(&digest, bytes, count);
  uint64_t h = count * odd3;
  for (int i = 0; i < 4; i++) {
    h = (h ^ round_of(0, digest.lanes[i])) * odd1 + odd3;
    h ^= h >> 29;
  }
  h ^= h >> 33;
  h *= odd2;
  h ^= h >> 29;
  h *= odd3;
  return h ^ (h >> 32);
}
