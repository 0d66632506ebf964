// PNG through libpng. libpng reports errors with longjmp; every jump stays inside this target.
#ifndef CPNG_H
#define CPNG_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { CPNG_OK = 0, CPNG_CORRUPT = 1, CPNG_IO = 2, CPNG_MEMORY = 3, CPNG_INCOMPLETE = 4 };

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

// Reads the header; `cpng_info.text_count` counts texts before the pixels.
cpng_reader *cpng_open(const char *path, cpng_info *info, cpng_error *error);
void cpng_close(cpng_reader *reader);
const cpng_text *cpng_texts(const cpng_reader *reader);

// Decodes everything. `pixels` has height * width * channels samples of `bits` bits, host order.
int32_t cpng_read(cpng_reader *reader, void *pixels, cpng_error *error);

// ---- Writing -----------------------------------------------------------------------------------

typedef struct cpng_settings {
  uint32_t width, height;
  int32_t channels;  // 1 grey, 2 grey+alpha, 3 RGB, 4 RGBA
  int32_t bits;      // 8 or 16
  int32_t level;     // zlib 0-9
  int32_t srgb;      // write sRGB, gAMA and cHRM
  double pixel_aspect;
  const char *const *keys;
  const char *const *values;
  int32_t text_count;
} cpng_settings;

// `pixels` in host order. `*bytes` is malloc'ed; free it with cpng_free.
int32_t cpng_write(
    const cpng_settings *settings, const void *pixels, uint8_t **bytes, size_t *size,
    cpng_error *error);
void cpng_free(void *bytes);

// ---- Samples -----------------------------------------------------------------------------------

// One channel of `count` interleaved pixels as code values 0...1.
void cpng_unpack8(const uint8_t *from, int32_t step, float *to, size_t count);
void cpng_unpack16(const uint16_t *from, int32_t step, float *to, size_t count);
// Clamped to 0...1, rounded half up; NaN becomes 0.
void cpng_pack8(const float *from, uint8_t *to, int32_t step, size_t count);
void cpng_pack16(const float *from, uint16_t *to, int32_t step, size_t count);

#ifdef __cplusplus
}
#endif
#endif
