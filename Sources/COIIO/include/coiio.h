// The contract between Bipack and its optional library BipackOIIO: one table of functions.
//
// OpenImageIO drags in some 260 shared libraries and a third of a second of start-up, so Bipack never
// links it. BipackOIIO is a dynamic library of its own, loaded when the first file that needs it is
// opened; it exports `bipack_oiio_table` and nothing else. Both sides include this header.
#ifndef COIIO_H
#define COIIO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BIPACK_OIIO_VERSION 1

enum {
  BIPACK_OIIO_UINT8 = 0,
  BIPACK_OIIO_UINT16 = 1,
  BIPACK_OIIO_UINT32 = 2,
  BIPACK_OIIO_HALF = 3,
  BIPACK_OIIO_FLOAT = 4,
  BIPACK_OIIO_DOUBLE = 5,
  BIPACK_OIIO_OTHER = 6,
};

typedef struct bipack_oiio_attribute {
  const char *name;
  int32_t kind;        // 0 text, 1 integers, 2 numbers
  const char *text;
  const double *numbers;
  int32_t count;
} bipack_oiio_attribute;

// One sub-image, already turned upright. Pointers live until the next call on the same file.
typedef struct bipack_oiio_info {
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
} bipack_oiio_info;

typedef struct bipack_oiio_output {
  const char *extension;     // chooses the format
  const char *path;          // where to write
  int32_t x, y, width, height;
  int32_t channels;
  const char *const *names;
  int32_t type;              // of the samples given
  int32_t bits;              // bits per sample in the file when fewer, else 0
  int32_t quality;
  const char *compression;   // NULL for the format's own
  int32_t is_unassociated;
  double pixel_aspect;
} bipack_oiio_output;

typedef struct bipack_oiio_api {
  int32_t version;
  // NULL and a message on failure.
  void *(*open)(const char *path, char *message, size_t size);
  void (*close)(void *file);
  // 1 on success, 0 when there is no such sub-image, -1 with a message on failure.
  int32_t (*describe)(
      void *file, int32_t sub_image, bipack_oiio_info *info, char *message, size_t size);
  // All channels interleaved as float, integers as 0...1, upright. 1 on success.
  int32_t (*read)(void *file, int32_t sub_image, float *pixels, char *message, size_t size);
  // 1 when the extension can be written, -1 when only read, 0 when unknown.
  int32_t (*can_write)(const char *extension);
  int32_t (*write)(
      const bipack_oiio_output *output, const void *pixels, char *message, size_t size);
  const char *(*library_version)(void);
} bipack_oiio_api;

typedef const bipack_oiio_api *(*bipack_oiio_table_function)(void);

// Where to look for the library: the folder of the binary that holds this code (a program that
// embeds Bipack may have it in a library of its own), and the folder of the running program.
// 1 when known.
int32_t coiio_own_folder(char *path, size_t size);
int32_t coiio_program_folder(char *path, size_t size);

#ifdef __cplusplus
}
#endif
#endif
