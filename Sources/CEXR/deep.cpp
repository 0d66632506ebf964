// Deep parts: where their chunks lie, how many samples each pixel has, and the samples. OpenEXR's core finds the
// chunks; nothing else it says of them is believed. See cexr.h.
#include <algorithm>

#include "reader.h"

using namespace bipack;

namespace {

// Bytes of one sample in all channels.
uint64_t sample_size(const cexr_reader &reader, int32_t part) {
  uint64_t bytes = 0;
  for (const ChannelLayout &c : reader.channels[size_t(part)]) bytes += sample_bytes(c.type);
  return bytes;
}

// How many bytes one packed byte can become.
uint64_t most_gain(int32_t compression) {
  switch (compression) {
    case CEXR_RLE: return 64;
    case CEXR_ZIP:
    case CEXR_ZIPS: return 1040;
    default: return 1;
  }
}

// Whether `packed` bytes can have been `raw` ones.
bool fits(int32_t compression, uint64_t packed, uint64_t raw) {
  if (raw == 0) return packed == 0;
  if (packed == 0 || packed > raw) return false;
  return packed == raw || raw / packed <= most_gain(compression);
}

// Reads and unpacks some bytes of the file; nullptr after a failure.
const uint8_t *unpack(
    const cexr_reader &reader, int32_t compression, cexr_decoder &decoder, uint64_t offset,
    size_t packed_size, size_t size, int32_t line, cexr_error *error) {
  decoder.packed.resize(packed_size);
  const int64_t got = read_at(reader.file, decoder.packed.data(), packed_size, offset);
  if (got < 0) {
    error->system = errno;
    fail(error, CEXR_IO, "cannot read the chunk at line %d", line);
    return nullptr;
  }
  if (uint64_t(got) != packed_size) {
    fail(error, CEXR_INCOMPLETE, "the file ends inside the chunk at line %d", line);
    return nullptr;
  }
  if (packed_size == size) return decoder.packed.data();
  decoder.raw.resize(size);
  decoder.scratch.resize(size);
  const uint8_t *packed = decoder.packed.data();
  const int good =
      compression == CEXR_RLE
          ? bipack_rle_decode(packed, packed_size, decoder.raw.data(), size, decoder.scratch.data())
          : bipack_zip_decode(
                decoder.inflater, packed, packed_size, decoder.raw.data(), size,
                decoder.scratch.data());
  if (good) return decoder.raw.data();
  fail(error, CEXR_CORRUPT, "the compressed data of the chunk at line %d is damaged", line);
  return nullptr;
}

}  // namespace

int32_t cexr_find_deep_chunk(
    const cexr_reader *reader, int32_t part, int32_t column, int32_t row, cexr_deep_chunk *out,
    cexr_error *error) {
  return guarded(error, [&]() -> int32_t {
    const cexr_part &p = reader->parts[size_t(part)];
    if (p.compression > CEXR_ZIP)
      return fail(error, CEXR_UNSUPPORTED, "deep data is compressed by none, RLE or ZIP only");
    const bool tiled = p.storage == CEXR_DEEP_TILED;
    const int64_t wide = tiled ? p.tile_width : int64_t(p.data_window[2]) + 1 - p.data_window[0];
    const int64_t high = tiled ? p.tile_height : p.lines_per_chunk;
    const int64_t x = p.data_window[0] + column * wide, y = p.data_window[1] + row * high;
    const int64_t width = std::min<int64_t>(wide, int64_t(p.data_window[2]) + 1 - x);
    const int64_t height = std::min<int64_t>(high, int64_t(p.data_window[3]) + 1 - y);
    exr_chunk_info_t info = {};
    const exr_result_t code =
        tiled ? exr_read_tile_chunk_info(reader->context, part, column, row, 0, 0, &info)
              : exr_read_scanline_chunk_info(reader->context, part, int(y), &info);
    if (code != EXR_ERR_SUCCESS) {
      if (fail_core(error, code) == CEXR_CORRUPT && looks_cut(*reader, error->text))
        error->kind = CEXR_INCOMPLETE;
      return error->kind;
    }
    const uint64_t table = uint64_t(width) * uint64_t(height) * 4;
    const uint64_t bytes = sample_size(*reader, part), size = uint64_t(reader->file_size);
    if (width <= 0 || height <= 0 || table > uint64_t(INT32_MAX) ||
        info.unpacked_size > uint64_t(INT32_MAX) || info.unpacked_size % bytes != 0 ||
        !fits(p.compression, info.sample_count_table_size, table) ||
        !fits(p.compression, info.packed_size, info.unpacked_size))
      return fail(error, CEXR_CORRUPT, "the deep chunk at line %d has an impossible size", int(y));
    if (info.sample_count_data_offset > size ||
        info.sample_count_table_size > size - info.sample_count_data_offset ||
        info.data_offset > size || info.packed_size > size - info.data_offset)
      return fail(error, CEXR_INCOMPLETE, "the file ends inside the chunk at line %d", int(y));
    *out = {int32_t(x), int32_t(y), int32_t(width), int32_t(height),
            info.unpacked_size / bytes,
            info.sample_count_data_offset, info.sample_count_table_size,
            info.data_offset, info.packed_size, info.unpacked_size};
    return CEXR_OK;
  });
}

int32_t cexr_read_deep_counts(
    const cexr_reader *reader, int32_t part, const cexr_deep_chunk *chunk, cexr_decoder *decoder,
    uint32_t *counts, cexr_error *error) {
  return guarded(error, [&]() -> int32_t {
    const size_t width = size_t(chunk->width), height = size_t(chunk->height);
    const uint8_t *raw = unpack(
        *reader, reader->parts[size_t(part)].compression, *decoder, chunk->table_offset,
        size_t(chunk->table_size), width * height * 4, chunk->y, error);
    if (!raw) return error->kind;
    // In the file each is the sum of those of its line up to it.
    uint64_t total = 0;
    for (size_t y = 0; y < height; y++) {
      uint32_t before = 0;
      for (size_t x = 0; x < width; x++) {
        uint32_t sum;
        std::memcpy(&sum, raw + (y * width + x) * 4, 4);
        if (sum < before || sum > chunk->samples)
          return fail(
              error, CEXR_CORRUPT, "the numbers of samples at line %d are damaged",
              int(chunk->y + int32_t(y)));
        counts[y * width + x] = sum - before;
        before = sum;
      }
      total += before;
    }
    if (total != chunk->samples)
      return fail(
          error, CEXR_CORRUPT, "the chunk at line %d has another number of samples than its pixels",
          chunk->y);
    return CEXR_OK;
  });
}

int32_t cexr_read_deep_samples(
    const cexr_reader *reader, int32_t part, const cexr_deep_chunk *chunk, cexr_decoder *decoder,
    const uint8_t **samples, cexr_error *error) {
  return guarded(error, [&]() -> int32_t {
    *samples = unpack(
        *reader, reader->parts[size_t(part)].compression, *decoder, chunk->data_offset,
        size_t(chunk->packed_size), size_t(chunk->unpacked_size), chunk->y, error);
    return *samples ? CEXR_OK : error->kind;
  });
}
