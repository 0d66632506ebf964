// Chunk compression. The file around the chunks is written in Swift (EXRWriter.swift).
#include <libdeflate.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <vector>

#include "cexr.h"
#include "codecs.h"
#include "imfcodec.h"

struct cexr_encoder {
  bipack::Coding coding = {};
  std::vector<bipack::ChannelLayout> channels;
  libdeflate_compressor *deflater = nullptr;
  std::vector<uint8_t> packed, scratch, file;
  std::vector<bipack_run> runs;
};

namespace {

int32_t fail(cexr_error *error, int32_t kind, const char *text) {
  error->kind = kind;
  error->system = 0;
  std::snprintf(error->text, sizeof error->text, "%s", text);
  return kind;
}

}  // namespace

cexr_encoder *cexr_encoder_new(
    int32_t compression, float level, const cexr_out_channel *channels, int32_t channel_count,
    cexr_error *error) {
  try {
    cexr_encoder *encoder = new cexr_encoder;
    encoder->coding.compression = compression;
    encoder->coding.level = level;
    for (int32_t i = 0; i < channel_count; i++)
      encoder->channels.push_back({channels[i].name, channels[i].type, 1, 1, false, true});
    bool deflates =
        compression == CEXR_ZIP || compression == CEXR_ZIPS || compression == CEXR_PXR24;
    if (deflates) {
      int steps = level >= 0 && level <= 12 ? int(level) : 4;
      encoder->deflater = libdeflate_alloc_compressor(steps);
      if (!encoder->deflater) throw std::bad_alloc();
    }
    error->kind = CEXR_OK;
    return encoder;
  } catch (...) {
    fail(error, CEXR_MEMORY, "out of memory");
    return nullptr;
  }
}

void cexr_encoder_free(cexr_encoder *encoder) {
  if (!encoder) return;
  if (encoder->deflater) libdeflate_free_compressor(encoder->deflater);
  delete encoder;
}

int32_t cexr_encode(
    cexr_encoder *encoder, int32_t x, int32_t y, int32_t width, int32_t height, int32_t tiled,
    const uint8_t *raw, size_t raw_size, const uint8_t **packed, size_t *packed_size,
    cexr_error *error) {
  try {
    error->kind = CEXR_OK;
    *packed = raw;
    *packed_size = raw_size;
    encoder->scratch.resize(raw_size);
    // A chunk that does not shrink is stored as it is; readers know by its size.
    encoder->packed.resize(raw_size);
    size_t size = 0;
    switch (encoder->coding.compression) {
      case CEXR_NONE: return CEXR_OK;
      case CEXR_RLE:
        size = bipack_rle_encode(
            raw, raw_size, encoder->packed.data(), raw_size, encoder->scratch.data());
        break;
      case CEXR_ZIP:
      case CEXR_ZIPS:
        size = bipack_zip_encode(
            encoder->deflater, raw, raw_size, encoder->packed.data(), raw_size,
            encoder->scratch.data());
        break;
      case CEXR_PXR24: {
        encoder->runs.clear();
        for (int32_t line = 0; line < height; line++)
          for (const auto &c : encoder->channels)
            encoder->runs.push_back({c.type, size_t(width)});
        size_t deltas = bipack_pxr24_size(encoder->runs.data(), encoder->runs.size());
        bipack_pxr24_pack(
            raw, encoder->runs.data(), encoder->runs.size(), encoder->scratch.data());
        size = libdeflate_zlib_compress(
            encoder->deflater, encoder->scratch.data(), deltas, encoder->packed.data(),
            raw_size);
        break;
      }
      default: {
        bipack::Coding coding = encoder->coding;
        coding.tiled = tiled != 0;
        coding.tile_width = width;
        coding.tile_height = height;
        size_t offset = 0;
        bipack::imf_encode(
            coding, encoder->channels, {x, y, width, height}, raw, encoder->file, offset, size);
        if (size < raw_size) {
          *packed = encoder->file.data() + offset;
          *packed_size = size;
        }
        return CEXR_OK;
      }
    }
    if (size > 0 && size < raw_size) {
      *packed = encoder->packed.data();
      *packed_size = size;
    }
    return CEXR_OK;
  } catch (const std::bad_alloc &) {
    return fail(error, CEXR_MEMORY, "out of memory");
  } catch (const std::exception &problem) {
    return fail(error, CEXR_UNSUPPORTED, problem.what());
  } catch (...) {
    return fail(error, CEXR_UNSUPPORTED, "unknown failure in the encoder");
  }
}
