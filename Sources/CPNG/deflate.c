#include "deflate.h"

#include <stdlib.h>
#include <string.h>

// RFC 1951. A block is a run of tokens (a byte, or a length and a distance to repeat from) and the
// Huffman codes made for them.
enum {
  literals = 286,
  distances = 30,
  end_of_block = 256,
  most_tokens = 1 << 15,
  most_match = 258,
  window = 32768,
  hash_bits = 14,
};

// A token: a literal's byte, or length << 16 | distance.
struct bipack_deflater {
  int effort;
  uint32_t token_count;
  uint32_t tokens[most_tokens];
  uint32_t literal_count[literals];
  uint32_t distance_count[distances];
  uint32_t places[1 << hash_bits];
};

// ---- Lengths and distances as symbols -------------------------------------------------------------

static const uint16_t length_base[29] = {
    3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
    31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                         2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t distance_base[30] = {
    1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
    193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};

static unsigned highest_bit(uint32_t v) { return 31u - (unsigned)__builtin_clz(v); }

// Lengths come in groups of four per power of two, distances in groups of two.
static unsigned length_symbol(unsigned length) {
  if (length == most_match) return 28;
  unsigned v = length - 3;
  if (v < 8) return v;
  unsigned bits = highest_bit(v) - 2;
  return (bits << 2) + (v >> bits);
}

static unsigned distance_symbol(unsigned distance) {
  unsigned v = distance - 1;
  if (v < 4) return v;
  unsigned bits = highest_bit(v) - 1;
  return (bits << 1) + (v >> bits);
}

static unsigned distance_extra(unsigned symbol) { return symbol < 4 ? 0 : (symbol >> 1) - 1; }

// ---- Bits, the lowest first -----------------------------------------------------------------------

struct bits {
  uint8_t *to;
  uint64_t pending;
  unsigned count;
};

// At most 48 bits since the last flush, and 7 may be left from before it.
static inline void put(struct bits *b, uint64_t value, unsigned count) {
  b->pending |= value << b->count;
  b->count += count;
}

static inline void flush(struct bits *b) {
  memcpy(b->to, &b->pending, 8);  // little-endian machines only, as all of Bipack
  b->to += b->count >> 3;
  b->pending >>= b->count & ~7u;
  b->count &= 7;
}

// To the next byte.
static void align(struct bits *b) {
  b->count = (b->count + 7) & ~7u;
  flush(b);
}

// ---- Codes ----------------------------------------------------------------------------------------

struct code {
  uint16_t bits[literals];  // as they are sent: the first bit lowest
  uint8_t lengths[literals];
};

static int by_weight(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

// Huffman lengths of at most `most` bits for `count` symbols. Symbols that never occur have none,
// except that a code has at least two symbols: some readers insist.
static void make_lengths(const uint32_t *counts, int count, int most, uint8_t *lengths) {
  uint64_t leaves[literals];  // weight << 16 | symbol: sorting is stable by symbol
  int n = 0;
  memset(lengths, 0, (size_t)count);
  for (int i = 0; i < count; i++)
    if (counts[i]) leaves[n++] = (uint64_t)counts[i] << 16 | (uint64_t)i;
  for (int i = 0; n < 2; i++)
    if (!counts[i]) leaves[n++] = 1 << 16 | (uint64_t)i;
  qsort(leaves, (size_t)n, sizeof *leaves, by_weight);

  // Merge the two lightest until one is left; nodes are made in order of weight.
  uint64_t weights[literals];
  int leaf_parent[literals], node_parent[literals];
  int leaf = 0, node = 0;
  for (int made = 0; made < n - 1; made++) {
    weights[made] = 0;
    for (int k = 0; k < 2; k++) {
      if (leaf < n && (node == made || leaves[leaf] >> 16 <= weights[node])) {
        weights[made] += leaves[leaf] >> 16;
        leaf_parent[leaf++] = made;
      } else {
        weights[made] += weights[node];
        node_parent[node++] = made;
      }
    }
  }
  // Depths from the root down, counted by length; what is too deep is cut to `most`.
  int depth[literals];
  int at_length[64] = {0};
  depth[n - 2] = 0;
  for (int i = n - 3; i >= 0; i--) depth[i] = depth[node_parent[i]] + 1;
  for (int i = 0; i < n; i++) {
    int d = depth[leaf_parent[i]] + 1;
    at_length[d > most ? most : d]++;
  }
  // Cutting spends more than there is: lengthen the deepest codes that can still grow, one by one,
  // until the sum of 2^-length is 1 again.
  int64_t spent = 0;
  for (int d = 1; d <= most; d++) spent += (int64_t)at_length[d] << (most - d);
  while (spent > (int64_t)1 << most) {
    int d = most - 1;
    while (at_length[d] == 0) d--;
    at_length[d]--;
    at_length[d + 1]++;
    spent -= (int64_t)1 << (most - d - 1);
  }
  // And give back what that overshot: shorten where it fits.
  for (int d = most; d > 1; d--) {
    while (at_length[d] > 0 && spent + ((int64_t)1 << (most - d)) <= (int64_t)1 << most) {
      at_length[d]--;
      at_length[d - 1]++;
      spent += (int64_t)1 << (most - d);
    }
  }
  // The rarest get the longest.
  int i = 0;
  for (int d = most; d > 0; d--)
    for (int k = 0; k < at_length[d]; k++) lengths[leaves[i++] & 0xffff] = (uint8_t)d;
}

// Canonical codes for lengths.
static void make_code(struct code *code, int count) {
  int at_length[16] = {0};
  uint16_t next[16] = {0};
  for (int i = 0; i < count; i++) at_length[code->lengths[i]]++;
  at_length[0] = 0;
  for (int d = 1; d < 16; d++) next[d] = (uint16_t)((next[d - 1] + at_length[d - 1]) << 1);
  for (int i = 0; i < count; i++) {
    unsigned length = code->lengths[i], value = length ? next[length]++ : 0, reversed = 0;
    for (unsigned k = 0; k < length; k++) reversed |= (value >> k & 1) << (length - 1 - k);
    code->bits[i] = (uint16_t)reversed;
  }
}

// ---- Blocks ---------------------------------------------------------------------------------------

// The code lengths as symbols of their own: 16 repeats the last length 3-6 times, 17 and 18 are runs
// of zeros.
struct length_token {
  uint8_t symbol, extra;
};

static int pack_lengths(const uint8_t *lengths, int count, struct length_token *tokens) {
  int n = 0;
  for (int i = 0; i < count;) {
    uint8_t value = lengths[i];
    int run = 1;
    while (i + run < count && lengths[i + run] == value) run++;
    i += run;
    if (value != 0) {
      tokens[n++] = (struct length_token){value, 0};
      run--;
    }
    while (run >= 3) {
      int most = value ? 6 : 138;
      int take = run < most ? run : most;
      if (value) tokens[n++] = (struct length_token){16, (uint8_t)(take - 3)};
      else if (take <= 10) tokens[n++] = (struct length_token){17, (uint8_t)(take - 3)};
      else tokens[n++] = (struct length_token){18, (uint8_t)(take - 11)};
      run -= take;
    }
    while (run-- > 0) tokens[n++] = (struct length_token){value, 0};
  }
  return n;
}

static void put_stored(struct bits *b, const uint8_t *from, size_t size) {
  do {
    size_t n = size < 65535 ? size : 65535;
    put(b, 0, 3);
    align(b);
    put(b, n | (uint64_t)(~n & 0xffff) << 16, 32);
    flush(b);
    memcpy(b->to, from, n);
    b->to += n;
    from += n;
    size -= n;
  } while (size > 0);
}

/// The block of the tokens collected, which stand for `size` bytes at `from`.
static void put_block(
    bipack_deflater *d, struct bits *b, const uint8_t *from, size_t size) {
  struct code literal, distance, meta;
  d->literal_count[end_of_block] = 1;
  make_lengths(d->literal_count, literals, 15, literal.lengths);
  make_lengths(d->distance_count, distances, 15, distance.lengths);
  int literal_end = literals, distance_end = distances;
  while (literal_end > 257 && literal.lengths[literal_end - 1] == 0) literal_end--;
  while (distance_end > 1 && distance.lengths[distance_end - 1] == 0) distance_end--;

  uint8_t lengths[literals + distances];
  memcpy(lengths, literal.lengths, (size_t)literal_end);
  memcpy(lengths + literal_end, distance.lengths, (size_t)distance_end);
  struct length_token packed[literals + distances];
  int packed_count = pack_lengths(lengths, literal_end + distance_end, packed);
  uint32_t meta_count[19] = {0};
  for (int i = 0; i < packed_count; i++) meta_count[packed[i].symbol]++;
  make_lengths(meta_count, 19, 7, meta.lengths);
  static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                    11, 4,  12, 3, 13, 2, 14, 1, 15};
  int meta_end = 19;
  while (meta_end > 4 && meta.lengths[order[meta_end - 1]] == 0) meta_end--;

  uint64_t cost = 17 + 3 * (uint64_t)meta_end;
  for (int i = 0; i < 19; i++) cost += (uint64_t)meta_count[i] * (meta.lengths[i] + 3u);
  for (int i = 0; i < literal_end; i++) {
    unsigned extra = i > end_of_block ? length_extra[i - end_of_block - 1] : 0;
    cost += (uint64_t)d->literal_count[i] * (literal.lengths[i] + extra);
  }
  for (int i = 0; i < distance_end; i++)
    cost += (uint64_t)d->distance_count[i] * (distance.lengths[i] + distance_extra((unsigned)i));
  if (cost / 8 >= size) {
    put_stored(b, from, size);
    return;
  }

  make_code(&literal, literals);
  make_code(&distance, distances);
  make_code(&meta, 19);
  put(b, 2u << 1, 3);
  put(b, (uint64_t)(literal_end - 257), 5);
  put(b, (uint64_t)(distance_end - 1), 5);
  put(b, (uint64_t)(meta_end - 4), 4);
  for (int i = 0; i < meta_end; i++) {
    put(b, meta.lengths[order[i]], 3);
    flush(b);
  }
  for (int i = 0; i < packed_count; i++) {
    unsigned symbol = packed[i].symbol;
    put(b, meta.bits[symbol], meta.lengths[symbol]);
    put(b, packed[i].extra, symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7);
    flush(b);
  }
  for (uint32_t i = 0; i < d->token_count; i++) {
    uint32_t token = d->tokens[i];
    if (token < 65536) {
      put(b, literal.bits[token], literal.lengths[token]);
      // Three literals have 45 bits at most.
      if (i + 2 < d->token_count && d->tokens[i + 1] < 65536 && d->tokens[i + 2] < 65536) {
        uint32_t second = d->tokens[i + 1], third = d->tokens[i + 2];
        put(b, literal.bits[second], literal.lengths[second]);
        put(b, literal.bits[third], literal.lengths[third]);
        i += 2;
      }
    } else {
      unsigned length = token >> 16, away = token & 0xffff;
      if (away == 0) away = window;
      unsigned symbol = length_symbol(length);
      put(b, literal.bits[257 + symbol], literal.lengths[257 + symbol]);
      put(b, length - length_base[symbol], length_extra[symbol]);
      symbol = distance_symbol(away);
      put(b, distance.bits[symbol], distance.lengths[symbol]);
      put(b, away - distance_base[symbol], distance_extra(symbol));
    }
    flush(b);
  }
  put(b, literal.bits[end_of_block], literal.lengths[end_of_block]);
  flush(b);
}

static void start_block(bipack_deflater *d) {
  d->token_count = 0;
  memset(d->literal_count, 0, sizeof d->literal_count);
  memset(d->distance_count, 0, sizeof d->distance_count);
}

// ---- Repetitions ----------------------------------------------------------------------------------

static inline uint32_t four(const uint8_t *p) {
  uint32_t v;
  memcpy(&v, p, 4);
  return v;
}

static inline uint32_t hash(uint32_t v) { return v * 2654435761u >> (32 - hash_bits); }

static size_t match_length(const uint8_t *a, const uint8_t *b, size_t most) {
  size_t n = 0;
  while (n + 8 <= most) {
    uint64_t x, y;
    memcpy(&x, a + n, 8);
    memcpy(&y, b + n, 8);
    if (x != y) return n + (size_t)(__builtin_ctzll(x ^ y) >> 3);
    n += 8;
  }
  while (n < most && a[n] == b[n]) n++;
  return n;
}

static inline void add_literal(bipack_deflater *d, uint8_t byte) {
  d->tokens[d->token_count++] = byte;
  d->literal_count[byte]++;
}

static inline void add_match(bipack_deflater *d, size_t length, size_t away) {
  // A distance of 32768 does not fit 16 bits; 0 stands for it.
  d->tokens[d->token_count++] = (uint32_t)length << 16 | (uint32_t)(away & 0xffff & (window - 1));
  d->literal_count[257 + length_symbol((unsigned)length)]++;
  d->distance_count[distance_symbol((unsigned)away)]++;
}

// The length from which a repetition costs less than its bytes one by one: distances have up to 13
// bits of their own, and filtered bytes few.
static inline size_t worth_while(size_t away) { return away < 16 ? 4 : away < 1024 ? 6 : 8; }

bipack_deflater *bipack_deflater_new(int effort) {
  bipack_deflater *d = malloc(sizeof *d);
  if (d) d->effort = effort;
  return d;
}

void bipack_deflater_free(bipack_deflater *deflater) { free(deflater); }

// A block that does not shrink is stored: 5 bytes more for each 65535 of it, and of each block;
// then the end of the piece, and the eight bytes `flush` writes at once.
size_t bipack_deflate_bound(size_t size) {
  return size + 5 * (size / 65535 + size / most_tokens + 2) + 16;
}

size_t bipack_deflate(bipack_deflater *d, const uint8_t *from, size_t size, uint8_t *to) {
  struct bits b = {to, 0, 0};
  if (d->effort <= 0) {
    if (size > 0) put_stored(&b, from, size);
    return (size_t)(b.to - to);
  }
  // Places are counted from 1; 0 is none.
  memset(d->places, 0, sizeof d->places);
  start_block(d);
  size_t block = 0, at = 0, misses = 0;
  while (at < size) {
    if (d->token_count >= most_tokens - 64) {
      put_block(d, &b, from + block, at - block);
      start_block(d);
      block = at;
    }
    if (d->effort >= 2 && at + 8 <= size) {
      uint32_t v = four(from + at);
      uint32_t *place = &d->places[hash(v)];
      size_t away = at + 1 - *place;
      int is_near = *place > 0 && away <= window;
      *place = (uint32_t)at + 1;
      if (is_near && four(from + at - away) == v) {
        size_t most = size - at < most_match ? size - at : most_match;
        size_t length = 4 + match_length(from + at - away + 4, from + at + 4, most - 4);
        if (length >= worth_while(away)) {
          add_match(d, length, away);
          // The place one before the end, so that repetitions that go on are found again.
          size_t last = at + length - 1;
          if (last + 4 <= size) d->places[hash(four(from + last))] = (uint32_t)last + 1;
          at += length;
          misses = 0;
          continue;
        }
      }
      // Where nothing repeats, look less often.
      size_t skip = 1 + (misses++ >> 5);
      if (skip > 32) skip = 32;
      if (skip > size - at) skip = size - at;
      for (size_t i = 0; i < skip; i++) add_literal(d, from[at + i]);
      at += skip;
    } else {
      add_literal(d, from[at++]);
    }
  }
  if (at > block) put_block(d, &b, from + block, at - block);
  // An empty stored block ends at a byte.
  put(&b, 0, 3);
  align(&b);
  put(&b, 0xffff0000u, 32);
  flush(&b);
  return (size_t)(b.to - to);
}

size_t bipack_deflate_end(uint8_t *to) {
  // Final, fixed codes, end of block.
  to[0] = 3;
  to[1] = 0;
  return 2;
}
