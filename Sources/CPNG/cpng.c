#define _POSIX_C_SOURCE 200809L

#include "cpng.h"

#include <libdeflate.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clones.h"

static int32_t fail(cpng_error *error, int32_t kind, const char *text) {
  error->kind = kind;
  snprintf(error->text, sizeof error->text, "%s", text);
  return kind;
}

static void on_error(png_structp png, png_const_charp message) {
  cpng_error *error = png_get_error_ptr(png);
  int32_t kind = CPNG_CORRUPT;
  if (strstr(message, "Read Error") || strstr(message, "end of file") ||
      strstr(message, "EOF"))
    kind = CPNG_INCOMPLETE;
  if (strstr(message, "Out of memory") || strstr(message, "out of memory")) kind = CPNG_MEMORY;
  if (error) fail(error, kind, message);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

struct cpng_reader {
  FILE *file;
  size_t used, budget;  // bytes libpng holds, and may hold while the header is read
  png_structp png;
  png_infop info;
  cpng_info about;
  cpng_text *texts;
  uint32_t rows_read;
  int is_plain;  // the file's rows are the rows to deliver
};

// libpng's memory. While the header is read it is counted: texts and profiles unpack to a thousand
// times their size in the file. Each block has its size before it.
enum { BLOCK_HEAD = 16 };

static png_voidp on_malloc(png_structp png, png_alloc_size_t size) {
  cpng_reader *reader = png_get_mem_ptr(png);
  if (size > reader->budget || reader->used > reader->budget - size) {
    cpng_error *error = png_get_error_ptr(png);
    if (error) fail(error, CPNG_LIMIT, "its texts and profiles are too large");
    png_longjmp(png, 1);
  }
  if (size > SIZE_MAX - BLOCK_HEAD) return NULL;
  char *block = malloc(size + BLOCK_HEAD);
  if (!block) return NULL;
  memcpy(block, &size, sizeof size);
  reader->used += size;
  return block + BLOCK_HEAD;
}

static void on_free(png_structp png, png_voidp memory) {
  cpng_reader *reader = png_get_mem_ptr(png);
  if (!memory) return;
  char *block = (char *)memory - BLOCK_HEAD;
  png_alloc_size_t size;
  memcpy(&size, block, sizeof size);
  reader->used -= size;
  free(block);
}

static void read_description(cpng_reader *reader) {
  png_structp png = reader->png;
  png_infop info = reader->info;
  cpng_info *about = &reader->about;
  memset(about, 0, sizeof *about);
  about->width = png_get_image_width(png, info);
  about->height = png_get_image_height(png, info);
  about->file_bits = png_get_bit_depth(png, info);
  int color = png_get_color_type(png, info);
  about->is_palette = color == PNG_COLOR_TYPE_PALETTE;
  about->file_channels = about->is_palette ? 1 : png_get_channels(png, info);
  about->is_interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
  about->has_gamma = png_get_gAMA(png, info, &about->gamma) != 0;
  int intent = 0;
  about->srgb_intent = png_get_sRGB(png, info, &intent) ? intent : -1;
  double *c = about->chromaticities;
  about->has_chromaticities = png_get_cHRM(
      png, info, &c[6], &c[7], &c[0], &c[1], &c[2], &c[3], &c[4], &c[5]) != 0;
  png_uint_32 x = 0, y = 0;
  int unit = 0;
  about->pixel_aspect = 1;
  // Pixels per unit: more of them across than down means narrower pixels.
  if (png_get_pHYs(png, info, &x, &y, &unit) && x > 0 && y > 0)
    about->pixel_aspect = (double)y / (double)x;
  about->has_profile = png_get_valid(png, info, PNG_INFO_iCCP) != 0;

  // Everything becomes grey, grey+alpha, RGB or RGBA of 8 or 16 bits.
  if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (color == PNG_COLOR_TYPE_GRAY && about->file_bits < 8) png_set_expand_gray_1_2_4_to_8(png);
  if (png_get_valid(png, info, PNG_INFO_tRNS)) png_set_tRNS_to_alpha(png);
  reader->is_plain = !about->is_palette && about->file_bits >= 8 && !about->is_interlaced &&
                     !png_get_valid(png, info, PNG_INFO_tRNS);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  about->bits = png_get_bit_depth(png, info) == 16 ? 16 : 8;
  about->channels = png_get_channels(png, info);

  png_textp list = NULL;
  int count = 0;
  png_get_text(png, info, &list, &count);
  if (count > 0) reader->texts = calloc((size_t)count, sizeof *reader->texts);
  if (reader->texts) {
    for (int i = 0; i < count; i++) {
      if (!list[i].key || !list[i].text) continue;
      cpng_text *t = &reader->texts[about->text_count];
      t->key = strdup(list[i].key);
      t->value = strdup(list[i].text);
      if (t->key && t->value) {
        about->text_count++;
      } else {
        free(t->key);
        free(t->value);
      }
    }
  }
}

cpng_reader *cpng_open(
    const char *path, size_t header_limit, cpng_info *info, cpng_error *error) {
  fail(error, CPNG_OK, "");
  cpng_reader *reader = calloc(1, sizeof *reader);
  if (!reader) {
    fail(error, CPNG_MEMORY, "out of memory");
    return NULL;
  }
  reader->file = fopen(path, "rbe");
  if (!reader->file) {
    fail(error, CPNG_IO, "cannot open the file");
    cpng_close(reader);
    return NULL;
  }
  reader->budget = SIZE_MAX;
  reader->png = png_create_read_struct_2(
      PNG_LIBPNG_VER_STRING, error, on_error, on_warning, reader, on_malloc, on_free);
  reader->info = reader->png ? png_create_info_struct(reader->png) : NULL;
  if (!reader->info) {
    fail(error, CPNG_MEMORY, "out of memory");
    cpng_close(reader);
    return NULL;
  }
  if (setjmp(png_jmpbuf(reader->png))) {
    cpng_close(reader);
    return NULL;
  }
  // Bipack has its own limits, checked by the caller before the pixels are read.
  png_set_user_limits(reader->png, 0x7fffffff, 0x7fffffff);
  png_set_chunk_malloc_max(reader->png, 8000000);
  png_set_chunk_cache_max(reader->png, 1000);
  png_init_io(reader->png, reader->file);
  reader->budget = header_limit < SIZE_MAX - (1 << 20) ? header_limit + (1 << 20) : SIZE_MAX;
  png_read_info(reader->png, reader->info);
  reader->budget = SIZE_MAX;
  // Texts after the pixels are not looked at: to unpack them would only take time.
  png_set_chunk_cache_max(reader->png, 1);
  read_description(reader);
  *info = reader->about;
  png_set_error_fn(reader->png, NULL, on_error, on_warning);
  return reader;
}

void cpng_close(cpng_reader *reader) {
  if (!reader) return;
  if (reader->png) png_destroy_read_struct(&reader->png, &reader->info, NULL);
  if (reader->file) fclose(reader->file);
  for (int32_t i = 0; i < reader->about.text_count; i++) {
    free(reader->texts[i].key);
    free(reader->texts[i].value);
  }
  free(reader->texts);
  free(reader);
}

const cpng_text *cpng_texts(const cpng_reader *reader) { return reader->texts; }

int32_t cpng_descriptor(const cpng_reader *reader) { return fileno(reader->file); }

int32_t cpng_is_interlaced(const cpng_reader *reader) { return reader->about.is_interlaced; }

int32_t cpng_read_rows(cpng_reader *reader, size_t count, void *pixels, cpng_error *error) {
  fail(error, CPNG_OK, "");
  png_set_error_fn(reader->png, error, on_error, on_warning);
  const size_t row = (size_t)reader->about.width * (size_t)reader->about.channels *
                     (size_t)(reader->about.bits / 8);
  if (png_get_rowbytes(reader->png, reader->info) != row ||
      count > reader->about.height - reader->rows_read)
    return fail(error, CPNG_CORRUPT, "the rows have an unexpected size");
  if (setjmp(png_jmpbuf(reader->png))) return error->kind;
  // An interlaced picture is gone over seven times.
  const int passes = reader->about.is_interlaced ? 7 : 1;
  for (int pass = 0; pass < passes; pass++)
    for (size_t y = 0; y < count; y++)
      png_read_row(reader->png, (png_bytep)pixels + y * row, NULL);
  reader->rows_read += (uint32_t)count;
  if (reader->rows_read == reader->about.height) png_read_end(reader->png, NULL);
  return CPNG_OK;
}

// ---- The short way ------------------------------------------------------------------------------

static uint32_t big(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int read_at(int file, uint8_t *to, size_t size, int64_t at) {
  while (size > 0) {
    ssize_t n = pread(file, to, size, at);
    if (n <= 0) return 0;
    to += n;
    at += n;
    size -= (size_t)n;
  }
  return 1;
}

// The chunks of a file one after the other, without moving libpng's place in it.
struct chunks {
  int file;
  int64_t at, size;
  uint32_t length;
  uint8_t type[4];
};

static int next_chunk(struct chunks *c) {
  uint8_t head[8];
  if (c->size - c->at < 12 || !read_at(c->file, head, 8, c->at)) return 0;
  c->length = big(head);
  memcpy(c->type, head + 4, 4);
  return c->length <= c->size - c->at - 12;
}

static void skip_chunk(struct chunks *c) { c->at += 12 + (int64_t)c->length; }

static int is_chunk(const struct chunks *c, const char *type) {
  return memcmp(c->type, type, 4) == 0;
}

// Whether the data (and its checksum) now at `data` belong to the chunk.
static int is_sound(const struct chunks *c, const uint8_t *data) {
  uint32_t sum = libdeflate_crc32(libdeflate_crc32(0, c->type, 4), data, c->length);
  return sum == big(data + c->length);
}

// The data of all IDAT chunks, which must follow each other and be followed by nothing that matters.
static uint8_t *packed_data(int file, int64_t file_size, size_t *size) {
  struct chunks c = {file, 8, file_size, 0, {0}};
  *size = 0;
  do {
    if (!next_chunk(&c)) return NULL;
    if (!is_chunk(&c, "IDAT")) skip_chunk(&c);
  } while (!is_chunk(&c, "IDAT"));
  const struct chunks first = c;
  while (is_chunk(&c, "IDAT")) {
    *size += c.length;
    skip_chunk(&c);
    if (!next_chunk(&c)) return NULL;
  }
  while (!is_chunk(&c, "IEND")) {
    const int is_critical = (c.type[0] & 0x20) == 0;
    if (is_critical) return NULL;
    skip_chunk(&c);
    if (!next_chunk(&c)) return NULL;
  }
  uint8_t end[4];
  if (c.length != 0 || !read_at(file, end, 4, c.at + 8) || !is_sound(&c, end)) return NULL;

  uint8_t *bytes = malloc(*size + 4);
  if (!bytes) return NULL;
  size_t done = 0;
  c = first;
  do {
    if (!read_at(file, bytes + done, (size_t)c.length + 4, c.at + 8) ||
        !is_sound(&c, bytes + done)) {
      free(bytes);
      return NULL;
    }
    done += c.length;
    skip_chunk(&c);
    if (!next_chunk(&c)) break;
  } while (is_chunk(&c, "IDAT"));
  return bytes;
}

int32_t cpng_read_whole(cpng_reader *reader, uint8_t *rows) {
  struct stat about;
  if (!reader->is_plain || reader->rows_read > 0) return 0;
  if (fstat(fileno(reader->file), &about) != 0) return 0;
  size_t size = 0;
  uint8_t *packed = packed_data(fileno(reader->file), about.st_size, &size);
  if (!packed) return 0;
  const size_t pixel = (size_t)reader->about.channels * (size_t)(reader->about.bits / 8);
  const int32_t good = cpng_unpack_rows(
      packed, size, reader->about.width * pixel, reader->about.height, (int32_t)pixel, rows);
  free(packed);
  return good;
}

// ---- Writing -----------------------------------------------------------------------------------

struct sink {
  uint8_t *bytes;
  size_t size, capacity;
};

static void on_write(png_structp png, png_bytep data, size_t length) {
  struct sink *sink = png_get_io_ptr(png);
  if (sink->capacity - sink->size < length) {
    size_t capacity = sink->capacity ? sink->capacity : 1 << 16;
    while (capacity - sink->size < length) capacity *= 2;
    uint8_t *bytes = realloc(sink->bytes, capacity);
    if (!bytes) png_error(png, "out of memory");
    sink->bytes = bytes;
    sink->capacity = capacity;
  }
  memcpy(sink->bytes + sink->size, data, length);
  sink->size += length;
}

static void on_flush(png_structp png) { (void)png; }

static int color_type(int channels) {
  switch (channels) {
    case 1: return PNG_COLOR_TYPE_GRAY;
    case 2: return PNG_COLOR_TYPE_GRAY_ALPHA;
    case 3: return PNG_COLOR_TYPE_RGB;
    default: return PNG_COLOR_TYPE_RGB_ALPHA;
  }
}

static void write_header(
    png_structp png, png_infop info, const cpng_settings *s, png_text *texts) {
  png_set_IHDR(
      png, info, s->width, s->height, s->bits, color_type(s->channels), PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (s->color == CPNG_SRGB)
    png_set_sRGB_gAMA_and_cHRM(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  if (s->color == CPNG_POWER) {
    const double *c = s->chromaticities;
    png_set_gAMA(png, info, s->gamma);
    png_set_cHRM(png, info, c[6], c[7], c[0], c[1], c[2], c[3], c[4], c[5]);
  }
  if (s->pixel_aspect > 0 && s->pixel_aspect != 1)
    png_set_pHYs(
        png, info, 1000000, (png_uint_32)(1000000 * s->pixel_aspect + 0.5),
        PNG_RESOLUTION_UNKNOWN);
  for (int32_t i = 0; i < s->text_count; i++) {
    texts[i].compression = PNG_ITXT_COMPRESSION_NONE;
    texts[i].key = (png_charp)s->keys[i];
    texts[i].text = (png_charp)s->values[i];
    texts[i].lang = (png_charp) "";
    texts[i].lang_key = (png_charp) "";
  }
  if (s->text_count > 0) png_set_text(png, info, texts, s->text_count);
  png_write_info(png, info);
  if (s->color == CPNG_CODE_POINTS) {
    // Of younger libpng only; a matrix of 0 means RGB, then full range.
    const png_byte codes[4] = {s->primaries, s->transfer, 0, 1};
    png_write_chunk(png, (png_const_bytep) "cICP", codes, sizeof codes);
  }
}

int32_t cpng_header(
    const cpng_settings *settings, uint8_t **bytes, size_t *size, cpng_error *error) {
  fail(error, CPNG_OK, "");
  struct sink *sink = calloc(1, sizeof *sink);
  png_text *texts = calloc((size_t)settings->text_count + 1, sizeof *texts);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, error, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  int32_t result = CPNG_OK;
  if (!sink || !texts || !info) {
    result = fail(error, CPNG_MEMORY, "out of memory");
  } else if (setjmp(png_jmpbuf(png))) {
    result = error->kind;
  } else {
    png_set_write_fn(png, sink, on_write, on_flush);
    png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
    write_header(png, info, settings, texts);
    *bytes = sink->bytes;
    *size = sink->size;
    sink->bytes = NULL;
  }
  if (png) png_destroy_write_struct(&png, &info);
  if (sink) free(sink->bytes);
  free(sink);
  free(texts);
  return result;
}

void cpng_free(void *bytes) { free(bytes); }

// ---- Samples -----------------------------------------------------------------------------------

BP_CLONES
static void decode8(const uint8_t *from, size_t step, float *restrict to, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] = (float)from[i * step] / 255.0f;
}

BP_CLONES
static void decode16(const uint8_t *from, size_t step, float *restrict to, size_t count) {
  for (size_t i = 0; i < count; i++)
    to[i] = (float)(from[i * step] << 8 | from[i * step + 1]) / 65535.0f;
}

// In double: 65535 * v + 0.5 must not be rounded up to the next integer before it is cut.
BP_INLINE int32_t scaled(float value, double most) {
  double v = (double)value;
  v = v > 0 ? v : 0;  // NaN becomes 0
  v = v < 1 ? v : 1;
  return (int32_t)(v * most + 0.5);
}

BP_CLONES
static void encode8(const float *restrict from, uint8_t *to, size_t step, size_t count) {
  for (size_t i = 0; i < count; i++) to[i * step] = (uint8_t)scaled(from[i], 255.0);
}

// `high` is where the more significant byte goes: 0 or 1.
BP_CLONES
static void encode16(
    const float *restrict from, uint8_t *to, size_t step, size_t high, size_t count) {
  for (size_t i = 0; i < count; i++) {
    int32_t v = scaled(from[i], 65535.0);
    to[i * step + high] = (uint8_t)(v >> 8);
    to[i * step + 1 - high] = (uint8_t)v;
  }
}

void cpng_decode(
    int32_t bits, const uint8_t *from, size_t from_stride, int32_t step, float *to,
    size_t to_stride, size_t width, size_t height) {
  for (size_t y = 0; y < height; y++, from += from_stride, to += to_stride) {
    if (bits == 16) decode16(from, (size_t)step, to, width);
    else decode8(from, (size_t)step, to, width);
  }
}

void cpng_encode(
    int32_t bits, int32_t is_big, const float *from, size_t from_stride, uint8_t *to,
    size_t to_stride, int32_t step, size_t width, size_t height) {
  for (size_t y = 0; y < height; y++, from += from_stride, to += to_stride) {
    if (bits == 16) encode16(from, to, (size_t)step, is_big ? 0 : 1, width);
    else encode8(from, to, (size_t)step, width);
  }
}
