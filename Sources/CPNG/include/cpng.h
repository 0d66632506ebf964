// PNG through libpng. libpng reports errors with longjmp; every jump stays inside this target.
#ifndef CPNG_H
#define CPNG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CPNG_OK = 0,
  CPNG_CORRUPT = 1,
  CPNG_IO = 2,
  CPNG_MEMORY = 3,
  CPNG_INCOMPLETE = 4,
  CPNG_LIMIT = 5,  // texts and profiles passed the limit
};

typedef struct cpng_error {
  int32_t kind;
  char text[200];
} cpng_error;

typedef struct cpng_text {
  char *key;    // owned by the reader
  char *value;  // UTF-8 or Latin-1, as the file has it
} cpng_text;

typedef struct cpng_info {
  uint32_t width, height;
  int32_t file_bits;      // bits per sample in the file: 1, 2, 4, 8, 16
  int32_t file_channels;  // of the file's colour type; 1 for palettes
  int32_t is_palette;
  int32_t is_interlaced;
  int32_t bits;           // of what rows deliver: 8 or 16
  int32_t channels;       // grey, grey+alpha, RGB or RGBA, palettes and tRNS expanded
  int32_t has_gamma;
  double gamma;           // the file's gAMA: 0.45455 for 1/2.2
  int32_t srgb_intent;    // -1 when the file does not say it is sRGB
  int32_t has_chromaticities;
  double chromaticities[8];  // red x y, green x y, blue x y, white x y
  double pixel_aspect;       // 1 when not stated
  int32_t has_profile;       // an ICC profile is present (not interpreted)
  int32_t text_count;
} cpng_info;

typedef struct cpng_reader cpng_reader;

// Reads the header; `cpng_info.text_count` counts texts before the pixels. `header_limit` is the
// most bytes that texts and profiles may unpack to.
cpng_reader *cpng_open(
    const char *path, size_t header_limit, cpng_info *info, cpng_error *error);
void cpng_close(cpng_reader *reader);
const cpng_text *cpng_texts(const cpng_reader *reader);

// The open file; the reader's own.
int32_t cpng_descriptor(const cpng_reader *reader);
// Whether the file can only be decoded as a whole: rows are stored in several passes.
int32_t cpng_is_interlaced(const cpng_reader *reader);
// Decodes the next `count` rows; all of them, when interlaced. `pixels` has width * channels samples
// of `bits` bits each, big-endian. After the last row the rest of the file is checked.
int32_t cpng_read_rows(cpng_reader *reader, size_t count, void *pixels, cpng_error *error);

// All rows at once by the shortest way, for files that need no expansion and have no passes. `rows`
// has a filter byte before each row. 0 when the file is not of that kind or anything is wrong with
// it: cpng_read_rows will say what.
int32_t cpng_read_whole(cpng_reader *reader, uint8_t *rows);
int32_t cpng_unpack_rows(
    const uint8_t *packed, size_t packed_size, size_t row_bytes, size_t count,
    int32_t pixel_bytes, uint8_t *rows);

// ---- Writing -----------------------------------------------------------------------------------

// How a file tells its colour.
enum {
  CPNG_NO_COLOR = 0,
  CPNG_SRGB = 1,         // sRGB, gAMA and cHRM
  CPNG_CODE_POINTS = 2,  // cICP
  CPNG_POWER = 3,        // gAMA and cHRM
};

typedef struct cpng_settings {
  uint32_t width, height;
  int32_t channels;  // 1 grey, 2 grey+alpha, 3 RGB, 4 RGBA
  int32_t bits;      // 8 or 16
  int32_t color;     // CPNG_SRGB ...
  uint8_t primaries, transfer;  // of ITU-T H.273
  double gamma;                 // as gAMA has it: 1/2.2
  double chromaticities[8];     // red x y, green x y, blue x y, white x y
  double pixel_aspect;
  const char *const *keys;
  const char *const *values;
  int32_t text_count;
} cpng_settings;

// Everything before the pixels. `*bytes` is malloc'ed; free it with cpng_free.
int32_t cpng_header(
    const cpng_settings *settings, uint8_t **bytes, size_t *size, cpng_error *error);
void cpng_free(void *bytes);

// Rows to IDAT chunks, many at a time on different threads: chunks side by side are one stream.
// Level 0 stores, 9 tries hardest.
typedef struct cpng_packer cpng_packer;
cpng_packer *cpng_packer_new(int32_t level);
void cpng_packer_free(cpng_packer *packer);
// The most bytes of a chunk.
size_t cpng_pack_bound(size_t row_bytes, size_t count);
// `rows` as the file has them (big-endian). Returns the size of the whole chunk, 0 for lack of
// memory; `*adler` is the checksum of what it stands for: (row_bytes + 1) * count bytes.
size_t cpng_pack_rows(
    cpng_packer *packer, const uint8_t *rows, size_t row_bytes, size_t count, int32_t pixel_bytes,
    int32_t is_first, uint8_t *to, uint32_t *adler);
uint32_t cpng_join_adler(uint32_t first, uint32_t second, size_t second_size);
// The check sum of a chunk's type and data.
uint32_t cpng_crc(const uint8_t *bytes, size_t size);
// The end of the stream and of the file.
size_t cpng_pack_end(uint32_t adler, uint8_t to[30]);

// ---- Samples -----------------------------------------------------------------------------------

// One channel of `width` x `height` interleaved samples of `bits` bits, `step` bytes apart, big-endian,
// as code values 0...1. Strides are bytes for samples, floats for values.
void cpng_decode(
    int32_t bits, const uint8_t *from, size_t from_stride, int32_t step, float *to,
    size_t to_stride, size_t width, size_t height);
// And back: clamped to 0...1, rounded half up, NaN becomes 0; big- or little-endian.
void cpng_encode(
    int32_t bits, int32_t is_big, const float *from, size_t from_stride, uint8_t *to,
    size_t to_stride, int32_t step, size_t width, size_t height);

#ifdef __cplusplus
}
#endif
#endif
