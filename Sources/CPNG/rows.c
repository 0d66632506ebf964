// Rows of a PNG to compressed pieces and back: filters, and the zlib stream around them.
#include "cpng.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "clones.h"
#include "deflate.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

enum { filter_none = 0, filter_sub = 1, filter_up = 2, filter_average = 3, filter_paeth = 4 };

static inline int distance(int a, int b) { return a > b ? a - b : b - a; }

static inline uint8_t paeth(int left, int above, int corner) {
  int a = distance(above, corner), b = distance(left, corner);
  int c = distance(left + above, 2 * corner);
  return (uint8_t)(a <= b && a <= c ? left : b <= c ? above : corner);
}

// ---- Filtering ------------------------------------------------------------------------------------

// Each filter also tells how much it leaves: the sum of the differences as signed bytes, the
// customary guess of what compresses best.
static inline uint32_t weight(uint8_t byte) { return byte < 128 ? byte : 256u - byte; }

BP_CLONES
static uint64_t apply_sub(const uint8_t *row, size_t size, size_t pixel, uint8_t *restrict to) {
  uint32_t sum = 0;
  for (size_t i = 0; i < pixel && i < size; i++) sum += weight(to[i] = row[i]);
  for (size_t i = pixel; i < size; i++) sum += weight(to[i] = (uint8_t)(row[i] - row[i - pixel]));
  return sum;
}

BP_CLONES
static uint64_t apply_up(
    const uint8_t *row, const uint8_t *above, size_t size, uint8_t *restrict to) {
  uint32_t sum = 0;
  for (size_t i = 0; i < size; i++) sum += weight(to[i] = (uint8_t)(row[i] - above[i]));
  return sum;
}

BP_CLONES
static uint64_t apply_paeth(
    const uint8_t *row, const uint8_t *above, size_t size, size_t pixel, uint8_t *restrict to) {
  uint32_t sum = 0;
  for (size_t i = 0; i < pixel && i < size; i++)
    sum += weight(to[i] = (uint8_t)(row[i] - above[i]));
  for (size_t i = pixel; i < size; i++)
    sum += weight(
        to[i] = (uint8_t)(row[i] - paeth(row[i - pixel], above[i], above[i - pixel])));
  return sum;
}

struct cpng_packer {
  int32_t level;
  bipack_deflater *deflater;  // levels 0-2
  z_stream stream;            // the others
  uint8_t *filtered, *trial;
  size_t filtered_size, trial_size;
};

// Levels to 2 have an encoder of their own, much faster than zlib's at the same size; beyond, zlib
// looks harder for repetitions.
enum { own_levels = 2 };

cpng_packer *cpng_packer_new(int32_t level) {
  cpng_packer *packer = calloc(1, sizeof *packer);
  if (!packer) return NULL;
  packer->level = level;
  if (level <= own_levels) {
    packer->deflater = bipack_deflater_new(level);
    if (packer->deflater) return packer;
  } else if (
      deflateInit2(&packer->stream, level, Z_DEFLATED, -15, 9, Z_FILTERED) == Z_OK) {
    return packer;
  }
  free(packer);
  return NULL;
}

void cpng_packer_free(cpng_packer *packer) {
  if (!packer) return;
  if (packer->deflater) bipack_deflater_free(packer->deflater);
  else deflateEnd(&packer->stream);
  free(packer->filtered);
  free(packer->trial);
  free(packer);
}

static int reserve(uint8_t **bytes, size_t *size, size_t needed) {
  if (*size >= needed) return 1;
  free(*bytes);
  *bytes = malloc(needed);
  *size = *bytes ? needed : 0;
  return *bytes != NULL;
}

// The rows with their filter bytes. The first row does not look at the one above it, which may
// belong to another thread.
static void filter_rows(
    cpng_packer *packer, const uint8_t *rows, size_t row, size_t count, size_t pixel) {
  uint8_t *to = packer->filtered;
  for (size_t y = 0; y < count; y++, rows += row, to += row + 1) {
    if (packer->level == 0) {
      to[0] = filter_none;
      memcpy(to + 1, rows, row);
      continue;
    }
    to[0] = filter_sub;
    uint64_t least = apply_sub(rows, row, pixel, to + 1);
    if (y == 0 || packer->level == 1) continue;
    const uint8_t *above = rows - row;
    uint64_t sum = apply_up(rows, above, row, packer->trial);
    if (sum < least) {
      least = sum;
      to[0] = filter_up;
      memcpy(to + 1, packer->trial, row);
    }
    sum = apply_paeth(rows, above, row, pixel, packer->trial);
    if (sum < least) {
      to[0] = filter_paeth;
      memcpy(to + 1, packer->trial, row);
    }
  }
}

static void put_big(uint8_t *to, uint32_t value) {
  to[0] = (uint8_t)(value >> 24);
  to[1] = (uint8_t)(value >> 16);
  to[2] = (uint8_t)(value >> 8);
  to[3] = (uint8_t)value;
}

uint32_t cpng_crc(const uint8_t *bytes, size_t size) { return libdeflate_crc32(0, bytes, size); }

// A chunk around `size` bytes at `to + 8`; returns all of its bytes.
static size_t close_chunk(uint8_t *to, size_t size) {
  put_big(to, (uint32_t)size);
  memcpy(to + 4, "IDAT", 4);
  put_big(to + 8 + size, cpng_crc(to + 4, 4 + size));
  return size + 12;
}

size_t cpng_pack_bound(size_t row_bytes, size_t count) {
  size_t size = (row_bytes + 1) * count;
  // zlib's own bound for streams with any window and memory, and its flush.
  return bipack_deflate_bound(size) + (size >> 3) + (size >> 6) + 64;
}

size_t cpng_pack_rows(
    cpng_packer *packer, const uint8_t *rows, size_t row_bytes, size_t count, int32_t pixel_bytes,
    int32_t is_first, uint8_t *to, uint32_t *adler) {
  size_t size = (row_bytes + 1) * count;
  if (!reserve(&packer->filtered, &packer->filtered_size, size)) return 0;
  if (!reserve(&packer->trial, &packer->trial_size, row_bytes)) return 0;
  filter_rows(packer, rows, row_bytes, count, (size_t)pixel_bytes);
  *adler = libdeflate_adler32(1, packer->filtered, size);
  size_t at = 8;
  if (is_first) {
    to[at++] = 0x78;  // a window of 32 KiB
    to[at++] = 0x01;
  }
  if (packer->deflater) {
    at += bipack_deflate(packer->deflater, packer->filtered, size, to + at);
  } else {
    z_stream *z = &packer->stream;
    size_t room = cpng_pack_bound(row_bytes, count) - 12 - at;
    if (size > UINT32_MAX || room > UINT32_MAX) return 0;
    z->next_in = packer->filtered;
    z->avail_in = (uInt)size;
    z->next_out = to + at;
    z->avail_out = (uInt)room;
    if (deflate(z, Z_SYNC_FLUSH) != Z_OK || z->avail_in > 0 || z->avail_out == 0) return 0;
    at += room - z->avail_out;
    if (deflateReset(z) != Z_OK) return 0;
  }
  return close_chunk(to, at - 8);
}

uint32_t cpng_join_adler(uint32_t first, uint32_t second, size_t second_size) {
  return (uint32_t)adler32_combine(first, second, (z_off_t)second_size);
}

size_t cpng_pack_end(uint32_t adler, uint8_t to[30]) {
  size_t size = bipack_deflate_end(to + 8);
  put_big(to + 8 + size, adler);
  size_t at = close_chunk(to, size + 4);
  static const uint8_t end[12] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};
  memcpy(to + at, end, sizeof end);
  return at + sizeof end;
}

// ---- Unfiltering ----------------------------------------------------------------------------------

static void undo_sub(uint8_t *row, size_t size, size_t pixel) {
  for (size_t i = pixel; i < size; i++) row[i] = (uint8_t)(row[i] + row[i - pixel]);
}

BP_CLONES
static void undo_up(uint8_t *restrict row, const uint8_t *restrict above, size_t size) {
  for (size_t i = 0; i < size; i++) row[i] = (uint8_t)(row[i] + above[i]);
}

static void undo_average(uint8_t *row, const uint8_t *above, size_t size, size_t pixel) {
  for (size_t i = 0; i < pixel && i < size; i++) row[i] = (uint8_t)(row[i] + (above[i] >> 1));
  for (size_t i = pixel; i < size; i++)
    row[i] = (uint8_t)(row[i] + ((row[i - pixel] + above[i]) >> 1));
}

static void undo_paeth(uint8_t *row, const uint8_t *above, size_t size, size_t pixel) {
  for (size_t i = 0; i < pixel && i < size; i++) row[i] = (uint8_t)(row[i] + above[i]);
  for (size_t i = pixel; i < size; i++)
    row[i] = (uint8_t)(row[i] + paeth(row[i - pixel], above[i], above[i - pixel]));
}

#if defined(__x86_64__)
// Pixels of 4, 6 and 8 bytes, all samples at once.
static inline __m128i load_pixel(const uint8_t *p, size_t pixel) {
  uint64_t v = 0;
  memcpy(&v, p, pixel);
  return _mm_cvtsi64_si128((long long)v);
}

static inline void store_pixel(uint8_t *p, __m128i v, size_t pixel) {
  uint64_t bits = (uint64_t)_mm_cvtsi128_si64(v);
  memcpy(p, &bits, pixel);
}

BP_INLINE void undo_sub_pixels(
    uint8_t *row, size_t size, size_t pixel) {
  __m128i left = _mm_setzero_si128();
  for (size_t i = 0; i + pixel <= size; i += pixel) {
    left = _mm_add_epi8(left, load_pixel(row + i, pixel));
    store_pixel(row + i, left, pixel);
  }
}

BP_INLINE void undo_average_pixels(
    uint8_t *row, const uint8_t *above, size_t size, size_t pixel) {
  const __m128i one = _mm_set1_epi8(1);
  __m128i left = _mm_setzero_si128();
  for (size_t i = 0; i + pixel <= size; i += pixel) {
    __m128i up = load_pixel(above + i, pixel);
    // The instruction rounds up; take the odd bit off.
    __m128i mean = _mm_avg_epu8(left, up);
    mean = _mm_sub_epi8(mean, _mm_and_si128(_mm_xor_si128(left, up), one));
    left = _mm_add_epi8(load_pixel(row + i, pixel), mean);
    store_pixel(row + i, left, pixel);
  }
}

BP_INLINE __m128i absolute16(__m128i v) {
  return _mm_max_epi16(v, _mm_sub_epi16(_mm_setzero_si128(), v));
}

BP_INLINE void undo_paeth_pixels(
    uint8_t *row, const uint8_t *above, size_t size, size_t pixel) {
  const __m128i zero = _mm_setzero_si128();
  __m128i left = zero, corner = zero;  // in 16 bits
  for (size_t i = 0; i + pixel <= size; i += pixel) {
    __m128i up = _mm_unpacklo_epi8(load_pixel(above + i, pixel), zero);
    __m128i a = _mm_sub_epi16(up, corner);
    __m128i b = _mm_sub_epi16(left, corner);
    __m128i c = absolute16(_mm_add_epi16(a, b));
    a = absolute16(a);
    b = absolute16(b);
    __m128i least = _mm_min_epi16(c, _mm_min_epi16(a, b));
    __m128i is_left = _mm_cmpeq_epi16(least, a);
    __m128i is_up = _mm_cmpeq_epi16(least, b);
    __m128i guess = _mm_or_si128(_mm_and_si128(is_up, up), _mm_andnot_si128(is_up, corner));
    guess = _mm_or_si128(_mm_and_si128(is_left, left), _mm_andnot_si128(is_left, guess));
    __m128i sum =
        _mm_add_epi8(load_pixel(row + i, pixel), _mm_packus_epi16(guess, guess));
    store_pixel(row + i, sum, pixel);
    left = _mm_unpacklo_epi8(sum, zero);
    corner = up;
  }
}

#define BY_PIXEL(call)                 \
  switch (pixel) {                     \
    case 4: call(4); return 1;         \
    case 6: call(6); return 1;         \
    case 8: call(8); return 1;         \
    default: break;                    \
  }
#define SUB(n) undo_sub_pixels(row, size, n)
#define AVERAGE(n) undo_average_pixels(row, above, size, n)
#define PAETH(n) undo_paeth_pixels(row, above, size, n)
static int undo_pixels(int filter, uint8_t *row, const uint8_t *above, size_t size, size_t pixel) {
  if (filter == filter_sub) BY_PIXEL(SUB)
  if (filter == filter_average) BY_PIXEL(AVERAGE)
  if (filter == filter_paeth) BY_PIXEL(PAETH)
  return 0;
}
#else
static int undo_pixels(int filter, uint8_t *row, const uint8_t *above, size_t size, size_t pixel) {
  return 0;
}
#endif

// One row in place; 0 when there is no such filter.
static int undo_filter(int filter, uint8_t *row, const uint8_t *above, size_t size, size_t pixel) {
  if (undo_pixels(filter, row, above, size, pixel)) return 1;
  switch (filter) {
    case filter_none: return 1;
    case filter_sub: undo_sub(row, size, pixel); return 1;
    case filter_up: undo_up(row, above, size); return 1;
    case filter_average: undo_average(row, above, size, pixel); return 1;
    case filter_paeth: undo_paeth(row, above, size, pixel); return 1;
    default: return 0;
  }
}

int32_t cpng_unpack_rows(
    const uint8_t *packed, size_t packed_size, size_t row_bytes, size_t count,
    int32_t pixel_bytes, uint8_t *rows) {
  struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
  if (!inflater) return 0;
  size_t actual = 0, size = (row_bytes + 1) * count;
  enum libdeflate_result result =
      libdeflate_zlib_decompress(inflater, packed, packed_size, rows, size, &actual);
  libdeflate_free_decompressor(inflater);
  if (result != LIBDEFLATE_SUCCESS || actual != size) return 0;
  uint8_t *black = calloc(row_bytes, 1);
  if (!black) return 0;
  int good = 1;
  const uint8_t *above = black;
  for (size_t y = 0; y < count && good; y++) {
    uint8_t *row = rows + y * (row_bytes + 1);
    good = undo_filter(row[0], row + 1, above, row_bytes, (size_t)pixel_bytes);
    above = row + 1;
  }
  free(black);
  return good;
}
