// OpenEXR for Swift: headers and chunk reading by OpenEXR's C core, codecs by libdeflate, by this
// target, or (PIZ, B44, DWA) by OpenEXR's C++ library fed one chunk at a time.
//
// No function throws, prints or aborts; errors come back in a cexr_error. Nothing here starts a
// thread: callers decode and encode as many chunks at once as they like, one cexr_decoder or
// cexr_encoder per thread, sharing one reader.
#ifndef CEXR_H
#define CEXR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CEXR_OK = 0,
  CEXR_CORRUPT = 1,      // the file contradicts itself
  CEXR_INCOMPLETE = 2,   // the file ends too early or chunks are missing
  CEXR_UNSUPPORTED = 3,  // valid, but not something this reader does
  CEXR_IO = 4,           // the system refused; `system` holds errno
  CEXR_MEMORY = 5,
  CEXR_LIMIT = 6,        // the header passes a limit; `limit` says which, `value` what it has
};

enum {
  CEXR_LIMIT_PARTS = 1,
  CEXR_LIMIT_CHANNELS = 2,
  CEXR_LIMIT_HEADER = 3,
  CEXR_LIMIT_ATTRIBUTES = 4,
};

typedef struct cexr_error {
  int32_t kind;
  int32_t system;
  int32_t limit;
  int64_t value;
  char text[240];
} cexr_error;

enum { CEXR_UINT = 0, CEXR_HALF = 1, CEXR_FLOAT = 2 };

enum {
  CEXR_NONE = 0,
  CEXR_RLE = 1,
  CEXR_ZIPS = 2,
  CEXR_ZIP = 3,
  CEXR_PIZ = 4,
  CEXR_PXR24 = 5,
  CEXR_B44 = 6,
  CEXR_B44A = 7,
  CEXR_DWAA = 8,
  CEXR_DWAB = 9,
};

enum { CEXR_SCANLINE = 0, CEXR_TILED = 1, CEXR_DEEP_SCANLINE = 2, CEXR_DEEP_TILED = 3 };

// ---- Reading -----------------------------------------------------------------------------------

typedef struct cexr_reader cexr_reader;

typedef struct cexr_part {
  const char *name;  // NULL when the part has none
  int32_t storage;
  int32_t compression;
  int32_t line_order;
  int32_t data_window[4];     // min x, min y, max x, max y: inclusive, as in the file
  int32_t display_window[4];
  float pixel_aspect;
  int32_t tile_width, tile_height;  // 0 for scanline parts
  int32_t level_mode;               // 0 one level, 1 mip map, 2 rip map
  int32_t lines_per_chunk;          // scanline parts
  int32_t channel_count;
  int32_t attribute_count;
} cexr_part;

typedef struct cexr_channel {
  const char *name;
  int32_t type;
  int32_t x_sampling, y_sampling;
} cexr_channel;

// An attribute as the file spells it: little-endian bytes. Valid until the next call.
typedef struct cexr_attribute {
  const char *name;
  const char *type;
  const uint8_t *bytes;
  int64_t size;
} cexr_attribute;

// What headers may hold. Looked at before anything they ask for is allocated.
typedef struct cexr_limits {
  int64_t parts, channels, header_bytes;
} cexr_limits;

cexr_reader *cexr_open(const char *path, const cexr_limits *limits, cexr_error *error);
void cexr_close(cexr_reader *reader);
int64_t cexr_file_size(const cexr_reader *reader);
// The open file; the reader's own.
int32_t cexr_descriptor(const cexr_reader *reader);
int32_t cexr_part_count(const cexr_reader *reader);
int32_t cexr_get_part(const cexr_reader *reader, int32_t part, cexr_part *out, cexr_error *error);
// Channels are in the file's order, which is alphabetical.
int32_t cexr_get_channel(
    const cexr_reader *reader, int32_t part, int32_t index, cexr_channel *out);
int32_t cexr_get_attribute(cexr_reader *reader, int32_t part, int32_t index, cexr_attribute *out);

// Where one compressed piece of a part lies: lines of the picture, or a tile of level 0.
typedef struct cexr_chunk {
  int32_t x, y, width, height;  // absolute pixels
  uint64_t packed_size, unpacked_size;
  uint64_t opaque[10];
} cexr_chunk;

// Scanline parts: column 0, row counted in chunks from the top of the data window.
int32_t cexr_find_chunk(
    const cexr_reader *reader, int32_t part, int32_t column, int32_t row, cexr_chunk *out,
    cexr_error *error);

typedef struct cexr_decoder cexr_decoder;
cexr_decoder *cexr_decoder_new(void);
void cexr_decoder_free(cexr_decoder *decoder);

// Where the samples of one channel go, as floats: either into tiles (square blocks of
// 2^log2_size pixels; `tiles` is row-major over the layout, NULL entries are skipped), or into one
// flat array of the channel's own (sub-sampled) resolution whose first sample is the data window's.
typedef struct cexr_target {
  int32_t channel;
  float *const *tiles;
  float *flat;
  int64_t flat_stride;
} cexr_target;

typedef struct cexr_layout {
  int32_t log2_size;
  int32_t tile_x0, tile_y0;
  int32_t tiles_wide, tiles_high;
  // Whether the picture is too large for the caches: halves are then stored past them.
  int32_t streams;
} cexr_layout;

int32_t cexr_decode(
    const cexr_reader *reader, int32_t part, const cexr_chunk *chunk, cexr_decoder *decoder,
    const cexr_target *targets, int32_t target_count, const cexr_layout *layout,
    cexr_error *error);

// ---- Deep parts --------------------------------------------------------------------------------

// Where one piece of a deep part lies: lines of the picture, or a tile of level 0. All sizes are checked
// against each other and the file.
typedef struct cexr_deep_chunk {
  int32_t x, y, width, height;  // absolute pixels
  uint64_t samples;             // of all its pixels
  uint64_t table_offset, table_size;
  uint64_t data_offset, packed_size, unpacked_size;
} cexr_deep_chunk;

// As cexr_find_chunk, for deep parts.
int32_t cexr_find_deep_chunk(
    const cexr_reader *reader, int32_t part, int32_t column, int32_t row, cexr_deep_chunk *out,
    cexr_error *error);

// How many samples each pixel has, line by line. `counts` has room for `width` x `height` numbers; their
// sum is `samples`.
int32_t cexr_read_deep_counts(
    const cexr_reader *reader, int32_t part, const cexr_deep_chunk *chunk, cexr_decoder *decoder,
    uint32_t *counts, cexr_error *error);

// All samples as the file has them before compression: line by line, in each line channel by channel, in
// each channel pixel by pixel. `unpacked_size` bytes, the decoder's, valid until its next call.
int32_t cexr_read_deep_samples(
    const cexr_reader *reader, int32_t part, const cexr_deep_chunk *chunk, cexr_decoder *decoder,
    const uint8_t **samples, cexr_error *error);

// ---- Writing -----------------------------------------------------------------------------------

typedef struct cexr_encoder cexr_encoder;

typedef struct cexr_out_channel {
  const char *name;
  int32_t type;
} cexr_out_channel;

// `level` is the zip level (0-12) or the DWA level. Channels must be in alphabetical (byte) order.
cexr_encoder *cexr_encoder_new(
    int32_t compression, float level, const cexr_out_channel *channels, int32_t channel_count,
    cexr_error *error);
void cexr_encoder_free(cexr_encoder *encoder);

// Compresses `width` x `height` pixels. `raw` holds them as the file format lays them out before
// compression: for each line, for each channel, `width` little-endian samples. On success `*packed`
// (owned by the encoder, valid until its next call) is what goes in the file.
int32_t cexr_encode(
    cexr_encoder *encoder, int32_t x, int32_t y, int32_t width, int32_t height, int32_t tiled,
    const uint8_t *raw, size_t raw_size, const uint8_t **packed, size_t *packed_size,
    cexr_error *error);

// ---- Numbers -----------------------------------------------------------------------------------

// Exact; keeps infinities and every NaN's payload.
void cexr_half_to_float(const uint16_t *from, float *to, size_t count);

// The same for memory that nobody reads soon. Call cexr_stream_end when done, before others look.
void cexr_half_to_float_streaming(const uint16_t *from, float *to, size_t count);
void cexr_stream_end(void);
// Round to nearest even. `clamp` != 0 turns finite values beyond +-65504 into +-65504 instead of
// infinity. Infinities stay infinite, NaN stays NaN.
void cexr_float_to_half(const float *from, uint16_t *to, size_t count, int32_t clamp);
void cexr_uint_to_float(const uint32_t *from, float *to, size_t count);
// Rounds to nearest, clamps to 0...4294967295; NaN becomes 0.
void cexr_float_to_uint(const float *from, uint32_t *to, size_t count);
// `height` lines of `width` floats, `from_stride` floats apart, to samples of `type` in lines
// `to_stride` bytes apart.
void cexr_pack(
    int32_t type, const float *from, size_t from_stride, uint8_t *to, size_t to_stride,
    size_t width, size_t height, int32_t clamp);

#ifdef __cplusplus
}
#endif
#endif
