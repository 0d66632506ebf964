// OpenImageIO as the helper uses it. No exception leaves a function.
#ifndef BIPACK_OIIO_H
#define BIPACK_OIIO_H

#include <cstddef>
#include <cstdint>

#include "formats.h"

struct bipack_oiio_attribute {
  const char *name;
  int32_t kind;        // FORMATS_TEXT ...
  const char *text;
  const double *numbers;
  int32_t count;       // of numbers, or of the bytes in `text`
};

// One sub-image, already turned upright. Pointers live until the next call on the same file.
struct bipack_oiio_info {
  int32_t x, y, width, height;
  int32_t full_x, full_y, full_width, full_height;
  int32_t channels;
  const char *const *names;
  int32_t type;
  int32_t bits;              // used bits per sample when the format packs them, else 0
  int32_t is_unassociated;   // alpha exists and colour is not multiplied by it
  double pixel_aspect;
  int32_t tile_width, tile_height;
  const char *format;        // "tiff", "jpeg" ...
  const char *compression;
  const char *name;          // sub-image name or ""
  const bipack_oiio_attribute *attributes;
  int32_t attribute_count;
};

struct bipack_oiio_output {
  const char *extension;     // chooses the format
  const char *path;          // where to write
  int32_t width, height;
  int32_t channels;
  const char *const *names;
  int32_t type;              // of the samples given
  int32_t bits;              // bits per sample in the file when fewer, else 0
  int32_t quality;
  const char *compression;   // nullptr for the format's own
  int32_t is_unassociated;
  double pixel_aspect;
  const bipack_oiio_attribute *attributes;
  int32_t attribute_count;
};

struct bipack_oiio_api {
  // nullptr and a message on failure.
  void *(*open)(const char *path, char *message, size_t size);
  void (*close)(void *file);
  // 1 on success, 0 when there is no such sub-image, -1 with a message on failure.
  int32_t (*describe)(
      void *file, int32_t sub_image, bipack_oiio_info *info, char *message, size_t size);
  // All channels interleaved, upright: UINT8 or UINT16 as they are in a file of that type, or FLOAT,
  // integers as 0...1. `bytes` is the room there is. 1 on success.
  int32_t (*read)(
      void *file, int32_t sub_image, int32_t type, void *pixels, size_t bytes, char *message,
      size_t size);
  // 1 when the extension can be written, -1 when only read, 0 when unknown.
  int32_t (*can_write)(const char *extension);
  // `bytes` is the size of `pixels`.
  int32_t (*write)(
      const bipack_oiio_output *output, const void *pixels, size_t bytes, char *message,
      size_t size);
  const char *(*library_version)();
};

// The functions, or nullptr when built without OpenImageIO.
const bipack_oiio_api *bipack_oiio_table();

#endif
