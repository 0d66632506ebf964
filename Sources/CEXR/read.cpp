// Headers and chunk positions come from OpenEXR's C core; the samples from codecs.c and
// imfcodec.cpp. See cexr.h.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>

#include "reader.h"

using namespace bipack;

namespace {

int64_t core_read(
    exr_const_context_t, void *reader, void *to, uint64_t size, uint64_t offset,
    exr_stream_error_func_ptr_t) {
  return read_at(static_cast<cexr_reader *>(reader)->file, to, size, offset);
}

int64_t core_size(exr_const_context_t, void *reader) {
  return static_cast<cexr_reader *>(reader)->file_size;
}

// Walks over the headers without keeping anything. The core believes what they say and allocates;
// this is what they may say. Broken headers pass: the core has the words for them.
class HeaderJudge {
 public:
  HeaderJudge(const cexr_reader &reader, const cexr_limits &limits)
      : file(reader.file), size(uint64_t(reader.file_size)), limits(limits) {}

  int32_t judge(cexr_error *error) {
    uint8_t version[4];
    at = 4;
    for (uint8_t &byte : version)
      if (!next(byte)) return CEXR_OK;
    const bool many = (version[1] & 0x10) != 0;
    int64_t parts = 0, attributes = 0;
    while (true) {
      std::string name, type;
      if (!word(name)) return CEXR_OK;
      if (name.empty()) {  // the end of a part's header; an empty one ends a list of parts
        uint8_t after = 0;
        parts++;
        if (parts > limits.parts) return over(error, CEXR_LIMIT_PARTS, parts);
        if (!many || !next(after) || after == 0) return CEXR_OK;
        at--;
        continue;
      }
      uint32_t length = 0;
      if (!word(type) || !number(length)) return CEXR_OK;
      attributes++;
      if (attributes > most_attributes) return over(error, CEXR_LIMIT_ATTRIBUTES, attributes);
      if (length > uint64_t(INT32_MAX)) return CEXR_OK;
      // A channel takes at most 255 bytes of name and 17 more. Strings take a block each.
      if (type == "chlist" && int64_t(length) > limits.channels * 273 + 1)
        return over(error, CEXR_LIMIT_CHANNELS, int64_t(length) / 18);
      if (type == "stringvector" && length > 1u << 20)
        return over(error, CEXR_LIMIT_HEADER, int64_t(length));
      at += length;
      if (at > size) return CEXR_OK;
      if (int64_t(at) > limits.header_bytes)
        return over(error, CEXR_LIMIT_HEADER, int64_t(at));
    }
  }

 private:
  static constexpr int64_t most_attributes = 16384;
  int file;
  uint64_t size, at = 0, start = 0;
  cexr_limits limits;
  std::vector<uint8_t> window;

  int32_t over(cexr_error *error, int32_t which, int64_t value) {
    error->limit = which;
    error->value = value;
    if (which == CEXR_LIMIT_ATTRIBUTES)
      return fail(error, CEXR_CORRUPT, "its header has more than %lld attributes",
                  static_cast<long long>(most_attributes));
    return fail(error, CEXR_LIMIT, "its header is too large");
  }

  bool next(uint8_t &byte) {
    if (at < start || at - start >= window.size()) {
      window.resize(4096);
      int64_t got = read_at(file, window.data(), window.size(), at);
      if (got <= 0) return false;
      window.resize(size_t(got));
      start = at;
    }
    byte = window[size_t(at++ - start)];
    return true;
  }

  // Up to its zero; names are at most 255 bytes.
  bool word(std::string &text) {
    uint8_t byte = 0;
    for (int i = 0; i < 256; i++) {
      if (!next(byte)) return false;
      if (byte == 0) return true;
      text.push_back(char(byte));
    }
    return false;
  }

  bool number(uint32_t &value) {
    uint8_t byte = 0;
    for (int i = 0; i < 4; i++) {
      if (!next(byte)) return false;
      value |= uint32_t(byte) << (8 * i);
    }
    return true;
  }
};

int32_t lines_per_chunk(int32_t compression) {
  switch (compression) {
    case CEXR_ZIP:
    case CEXR_PXR24: return 16;
    case CEXR_PIZ:
    case CEXR_B44:
    case CEXR_B44A:
    case CEXR_DWAA: return 32;
    case CEXR_DWAB: return 256;
    default: return 1;
  }
}

int32_t load_part(cexr_reader &reader, int index, cexr_error *error) {
  exr_context_t context = reader.context;
  cexr_part part = {};
  std::vector<ChannelLayout> list;
  exr_result_t code = EXR_ERR_SUCCESS;
  auto check = [&](exr_result_t result) {
    if (code == EXR_ERR_SUCCESS) code = result;
  };

  exr_storage_t storage = EXR_STORAGE_SCANLINE;
  check(exr_get_storage(context, index, &storage));
  part.storage = int32_t(storage);
  const char *name = nullptr;
  if (exr_get_name(context, index, &name) == EXR_ERR_SUCCESS) part.name = name;
  exr_compression_t compression = EXR_COMPRESSION_NONE;
  check(exr_get_compression(context, index, &compression));
  part.compression = int32_t(compression);
  exr_lineorder_t order = EXR_LINEORDER_INCREASING_Y;
  check(exr_get_lineorder(context, index, &order));
  part.line_order = int32_t(order);
  exr_attr_box2i_t data = {}, display = {};
  check(exr_get_data_window(context, index, &data));
  check(exr_get_display_window(context, index, &display));
  const int32_t windows[8] = {data.min.x, data.min.y, data.max.x, data.max.y,
                              display.min.x, display.min.y, display.max.x, display.max.y};
  std::memcpy(part.data_window, windows, 16);
  std::memcpy(part.display_window, windows + 4, 16);
  part.pixel_aspect = 1;
  check(exr_get_pixel_aspect_ratio(context, index, &part.pixel_aspect));
  const exr_attr_chlist_t *channels = nullptr;
  check(exr_get_channels(context, index, &channels));
  check(exr_get_attribute_count(context, index, &part.attribute_count));
  if (code != EXR_ERR_SUCCESS) return fail_core(error, code);
  part.lines_per_chunk = lines_per_chunk(part.compression);

  if (part.storage == CEXR_TILED || part.storage == CEXR_DEEP_TILED) {
    uint32_t width = 0, height = 0;
    exr_tile_level_mode_t levels = EXR_TILE_ONE_LEVEL;
    exr_tile_round_mode_t rounding = EXR_TILE_ROUND_DOWN;
    check(exr_get_tile_descriptor(context, index, &width, &height, &levels, &rounding));
    if (code != EXR_ERR_SUCCESS) return fail_core(error, code);
    if (width == 0 || height == 0 || width > 1u << 20 || height > 1u << 20)
      return fail(error, CEXR_CORRUPT, "impossible tile size %u x %u", width, height);
    part.tile_width = int32_t(width);
    part.tile_height = int32_t(height);
    part.level_mode = int32_t(levels);
  }
  // The table of chunks is allocated as the header says.
  int32_t chunks = 0;
  if (exr_get_chunk_count(context, index, &chunks) == EXR_ERR_SUCCESS && chunks > 1 << 22)
    return fail(error, CEXR_CORRUPT, "it claims %d chunks, more than %d", chunks, 1 << 22);
  part.channel_count = channels ? channels->num_channels : 0;
  for (int32_t i = 0; i < part.channel_count; i++) {
    const exr_attr_chlist_entry_t &entry = channels->entries[i];
    int32_t type = int32_t(entry.pixel_type);
    if (type < CEXR_UINT || type > CEXR_FLOAT)
      return fail(error, CEXR_CORRUPT, "channel %d has unknown data type %d", i, type);
    if (entry.x_sampling < 1 || entry.y_sampling < 1)
      return fail(error, CEXR_CORRUPT, "channel %d has impossible sub-sampling", i);
    if (part.storage != CEXR_SCANLINE && (entry.x_sampling != 1 || entry.y_sampling != 1))
      return fail(error, CEXR_CORRUPT, "channel %d is sub-sampled in a tiled or deep part", i);
    list.push_back({std::string(entry.name.str, size_t(entry.name.length)), type,
                    entry.x_sampling, entry.y_sampling, entry.p_linear != 0, true});
  }
  reader.parts.push_back(part);
  reader.channels.push_back(std::move(list));
  return CEXR_OK;
}

}  // namespace

cexr_reader *cexr_open(const char *path, const cexr_limits *limits, cexr_error *error) {
  cexr_reader *reader = nullptr;
  int32_t result = guarded(error, [&]() -> int32_t {
    reader = new cexr_reader;
    reader->file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (reader->file < 0 || fstat(reader->file, &about) != 0) {
      error->system = errno;
      return fail(error, CEXR_IO, "cannot open the file");
    }
    reader->file_size = about.st_size;
    int32_t judged = HeaderJudge(*reader, *limits).judge(error);
    if (judged != CEXR_OK) return judged;
    errno = 0;
    exr_context_initializer_t options = EXR_DEFAULT_CONTEXT_INITIALIZER;
    options.error_handler_fn = remember;
    options.user_data = reader;
    options.read_fn = core_read;
    options.size_fn = core_size;
    options.flags = EXR_CONTEXT_FLAG_DISABLE_CHUNK_RECONSTRUCTION;
    exr_result_t code = exr_start_read(&reader->context, path, &options);
    if (code != EXR_ERR_SUCCESS) return fail_core(error, code);
    int count = 0;
    code = exr_get_count(reader->context, &count);
    if (code != EXR_ERR_SUCCESS) return fail_core(error, code);
    for (int i = 0; i < count; i++) {
      int32_t loaded = load_part(*reader, i, error);
      if (loaded != CEXR_OK) return loaded;
    }
    return CEXR_OK;
  });
  if (result != CEXR_OK) {
    cexr_close(reader);
    return nullptr;
  }
  return reader;
}

void cexr_close(cexr_reader *reader) {
  if (!reader) return;
  if (reader->context) exr_finish(&reader->context);
  if (reader->file >= 0) close(reader->file);
  delete reader;
}

int64_t cexr_file_size(const cexr_reader *reader) { return reader->file_size; }

int32_t cexr_descriptor(const cexr_reader *reader) { return reader->file; }

int32_t cexr_part_count(const cexr_reader *reader) { return int32_t(reader->parts.size()); }

int32_t cexr_get_part(
    const cexr_reader *reader, int32_t part, cexr_part *out, cexr_error *error) {
  if (part < 0 || size_t(part) >= reader->parts.size())
    return fail(error, CEXR_CORRUPT, "no part %d", part);
  *out = reader->parts[size_t(part)];
  return CEXR_OK;
}

int32_t cexr_get_channel(
    const cexr_reader *reader, int32_t part, int32_t index, cexr_channel *out) {
  if (part < 0 || size_t(part) >= reader->channels.size()) return CEXR_CORRUPT;
  const auto &list = reader->channels[size_t(part)];
  if (index < 0 || size_t(index) >= list.size()) return CEXR_CORRUPT;
  const ChannelLayout &c = list[size_t(index)];
  *out = {c.name.c_str(), c.type, c.x_sampling, c.y_sampling};
  return CEXR_OK;
}

int32_t cexr_get_attribute(
    cexr_reader *reader, int32_t part, int32_t index, cexr_attribute *out) {
  cexr_error error;
  return guarded(&error, [&]() -> int32_t {
    const exr_attribute_t *a = nullptr;
    exr_result_t code = exr_get_attribute_by_index(
        reader->context, part, EXR_ATTR_LIST_FILE_ORDER, index, &a);
    if (code != EXR_ERR_SUCCESS || !a) return CEXR_CORRUPT;
    std::vector<uint8_t> &bytes = reader->attribute;
    bytes.clear();
    auto append = [&](const void *data, size_t size) {
      const uint8_t *p = static_cast<const uint8_t *>(data);
      if (p) bytes.insert(bytes.end(), p, p + size);
    };
    // The core keeps fixed-size attributes in memory just as the file has them.
    switch (a->type) {
      case EXR_ATTR_COMPRESSION:
      case EXR_ATTR_ENVMAP:
      case EXR_ATTR_LINEORDER: append(&a->uc, 1); break;
      case EXR_ATTR_FLOAT: append(&a->f, 4); break;
      case EXR_ATTR_INT: append(&a->i, 4); break;
      case EXR_ATTR_DOUBLE: append(&a->d, 8); break;
      case EXR_ATTR_BOX2I:
      case EXR_ATTR_BOX2F: append(a->rawptr, 16); break;
      case EXR_ATTR_CHROMATICITIES: append(a->rawptr, 32); break;
      case EXR_ATTR_KEYCODE: append(a->rawptr, 28); break;
      case EXR_ATTR_M33F: append(a->rawptr, 36); break;
      case EXR_ATTR_M33D: append(a->rawptr, 72); break;
      case EXR_ATTR_M44F: append(a->rawptr, 64); break;
      case EXR_ATTR_M44D: append(a->rawptr, 128); break;
      case EXR_ATTR_RATIONAL:
      case EXR_ATTR_TIMECODE:
      case EXR_ATTR_V2I:
      case EXR_ATTR_V2F: append(a->rawptr, 8); break;
      case EXR_ATTR_V2D: append(a->rawptr, 16); break;
      case EXR_ATTR_V3I:
      case EXR_ATTR_V3F: append(a->rawptr, 12); break;
      case EXR_ATTR_V3D: append(a->rawptr, 24); break;
      case EXR_ATTR_TILEDESC: append(a->rawptr, 9); break;
      case EXR_ATTR_STRING:
        if (a->string->length > 0) append(a->string->str, size_t(a->string->length));
        break;
      case EXR_ATTR_STRING_VECTOR:
        for (int32_t i = 0; i < a->stringvector->n_strings; i++) {
          const exr_attr_string_t &s = a->stringvector->strings[i];
          append(&s.length, 4);
          if (s.length > 0) append(s.str, size_t(s.length));
        }
        break;
      case EXR_ATTR_FLOAT_VECTOR:
        if (a->floatvector->length > 0)
          append(a->floatvector->arr, size_t(a->floatvector->length) * 4);
        break;
      case EXR_ATTR_PREVIEW:
        append(&a->preview->width, 4);
        append(&a->preview->height, 4);
        append(a->preview->rgba, size_t(a->preview->width) * a->preview->height * 4);
        break;
      case EXR_ATTR_OPAQUE:
        if (a->opaque->size > 0) append(a->opaque->packed_data, size_t(a->opaque->size));
        break;
      default: break;  // the channel list: see cexr_get_channel
    }
    *out = {a->name, a->type_name, bytes.data(), int64_t(bytes.size())};
    return CEXR_OK;
  });
}

int32_t cexr_find_chunk(
    const cexr_reader *reader, int32_t part, int32_t column, int32_t row, cexr_chunk *out,
    cexr_error *error) {
  return guarded(error, [&]() -> int32_t {
    const cexr_part &p = reader->parts[size_t(part)];
    exr_chunk_info_t info = {};
    exr_result_t code;
    bool tiled = p.storage == CEXR_TILED;
    int64_t x, y, x_end, y_end;
    if (tiled) {
      x = p.data_window[0] + int64_t(column) * p.tile_width;
      y = p.data_window[1] + int64_t(row) * p.tile_height;
      x_end = std::min<int64_t>(x + p.tile_width, int64_t(p.data_window[2]) + 1);
      y_end = std::min<int64_t>(y + p.tile_height, int64_t(p.data_window[3]) + 1);
      code = exr_read_tile_chunk_info(reader->context, part, column, row, 0, 0, &info);
    } else {
      x = p.data_window[0];
      y = p.data_window[1] + int64_t(row) * p.lines_per_chunk;
      x_end = int64_t(p.data_window[2]) + 1;
      y_end = std::min<int64_t>(y + p.lines_per_chunk, int64_t(p.data_window[3]) + 1);
      code = exr_read_scanline_chunk_info(reader->context, part, int(y), &info);
    }
    if (code != EXR_ERR_SUCCESS) {
      if (fail_core(error, code) == CEXR_CORRUPT && looks_cut(*reader, error->text))
        error->kind = CEXR_INCOMPLETE;
      return error->kind;
    }
    out->x = int32_t(x);
    out->y = int32_t(y);
    out->width = int32_t(x_end - x);
    out->height = int32_t(y_end - y);
    // The size the samples must have, worked out here rather than believed.
    uint64_t expected = 0;
    for (const ChannelLayout &c : reader->channels[size_t(part)]) {
      expected += uint64_t(bipack::sample_count(out->x, out->width, c.x_sampling)) *
                  bipack::sample_count(out->y, out->height, c.y_sampling) *
                  bipack::sample_bytes(c.type);
    }
    if (info.unpacked_size != expected || expected > uint64_t(INT32_MAX))
      return fail(error, CEXR_CORRUPT, "chunk at line %d has an impossible size", out->y);
    if (info.packed_size > expected)
      return fail(error, CEXR_CORRUPT, "chunk at line %d is larger than its pixels", out->y);
    if (info.data_offset > uint64_t(reader->file_size) ||
        info.packed_size > uint64_t(reader->file_size) - info.data_offset)
      return fail(error, CEXR_INCOMPLETE, "the file ends inside the chunk at line %d", out->y);
    if (p.compression == CEXR_NONE && info.packed_size != expected)
      return fail(error, CEXR_CORRUPT, "chunk at line %d has the wrong size", out->y);
    if (info.packed_size == 0 && expected != 0)
      return fail(error, CEXR_CORRUPT, "chunk at line %d is empty", out->y);
    out->packed_size = info.packed_size;
    out->unpacked_size = expected;
    static_assert(sizeof info <= sizeof out->opaque, "room for the core's chunk record");
    std::memcpy(out->opaque, &info, sizeof info);
    return CEXR_OK;
  });
}

cexr_decoder *cexr_decoder_new(void) {
  cexr_decoder *decoder = new (std::nothrow) cexr_decoder;
  if (!decoder) return nullptr;
  decoder->inflater = libdeflate_alloc_decompressor();
  if (!decoder->inflater) {
    delete decoder;
    return nullptr;
  }
  return decoder;
}

void cexr_decoder_free(cexr_decoder *decoder) {
  if (!decoder) return;
  libdeflate_free_decompressor(decoder->inflater);
  delete decoder;
}

namespace {

void convert(int32_t type, const uint8_t *from, float *to, size_t count, bool streams = false) {
  // A line of an odd number of halves leaves the next one unaligned for its type; x86 and arm64
  // do not mind, and the loops are compiled for unaligned access.
  switch (type) {
    case CEXR_HALF:
      if (streams)
        cexr_half_to_float_streaming(reinterpret_cast<const uint16_t *>(from), to, count);
      else
        cexr_half_to_float(reinterpret_cast<const uint16_t *>(from), to, count);
      break;
    case CEXR_UINT:
      cexr_uint_to_float(reinterpret_cast<const uint32_t *>(from), to, count);
      break;
    default: std::memcpy(to, from, count * 4); break;
  }
}

/// One line of one channel into its target.
void store(
    const cexr_target &target, const cexr_layout &layout, const ChannelLayout &channel,
    const int32_t origin[2], int32_t x, int32_t y, const uint8_t *from, size_t count) {
  if (target.flat) {
    int64_t column = bipack::ceil_div(x, channel.x_sampling) -
                     int64_t(bipack::ceil_div(origin[0], channel.x_sampling));
    int64_t row = bipack::ceil_div(y, channel.y_sampling) -
                  int64_t(bipack::ceil_div(origin[1], channel.y_sampling));
    convert(channel.type, from, target.flat + row * target.flat_stride + column, count);
    return;
  }
  const int32_t size = 1 << layout.log2_size;
  const int32_t mask = size - 1;
  int32_t tile_y = (y >> layout.log2_size) - layout.tile_y0;
  if (tile_y < 0 || tile_y >= layout.tiles_high) return;
  float *const *tiles = target.tiles + size_t(tile_y) * size_t(layout.tiles_wide);
  size_t line = size_t(y & mask) << layout.log2_size;
  size_t bytes = bipack::sample_bytes(channel.type);
  while (count > 0) {
    int32_t tile_x = (x >> layout.log2_size) - layout.tile_x0;
    size_t n = std::min(count, size_t(size - (x & mask)));
    if (tile_x >= layout.tiles_wide) return;
    if (tile_x >= 0 && tiles[tile_x])
      convert(channel.type, from, tiles[tile_x] + line + (x & mask), n, layout.streams != 0);
    from += n * bytes;
    x += int32_t(n);
    count -= n;
  }
}

}  // namespace

int32_t cexr_decode(
    const cexr_reader *reader, int32_t part, const cexr_chunk *chunk, cexr_decoder *decoder,
    const cexr_target *targets, int32_t target_count, const cexr_layout *layout,
    cexr_error *error) {
  return guarded(error, [&]() -> int32_t {
    const cexr_part &p = reader->parts[size_t(part)];
    const std::vector<ChannelLayout> &channels = reader->channels[size_t(part)];
    exr_chunk_info_t info;
    std::memcpy(&info, chunk->opaque, sizeof info);
    const size_t packed_size = size_t(chunk->packed_size);
    const size_t size = size_t(chunk->unpacked_size);
    if (size == 0) return CEXR_OK;
    decoder->packed.resize(packed_size);
    // Not by the core, which takes zeros for what lies behind the end of a file.
    const int64_t got =
        read_at(reader->file, decoder->packed.data(), packed_size, info.data_offset);
    if (got < 0) {
      error->system = errno;
      return fail(error, CEXR_IO, "cannot read the chunk at line %d", chunk->y);
    }
    if (uint64_t(got) != packed_size)
      return fail(error, CEXR_INCOMPLETE, "the file ends inside the chunk at line %d", chunk->y);

    std::vector<const cexr_target *> wanted(channels.size(), nullptr);
    for (int32_t i = 0; i < target_count; i++)
      wanted[size_t(targets[i].channel)] = &targets[i];

    const uint8_t *raw = decoder->packed.data();
    bool planar = false;
    if (packed_size != size) {
      decoder->raw.resize(size);
      decoder->scratch.resize(size);
      bool good = true;
      switch (p.compression) {
        case CEXR_RLE:
          good = bipack_rle_decode(
              raw, packed_size, decoder->raw.data(), size, decoder->scratch.data());
          break;
        case CEXR_ZIP:
        case CEXR_ZIPS:
          good = bipack_zip_decode(
              decoder->inflater, raw, packed_size, decoder->raw.data(), size,
              decoder->scratch.data());
          break;
        case CEXR_PXR24: {
          decoder->runs.clear();
          for (int32_t y = chunk->y; y < chunk->y + chunk->height; y++) {
            for (const ChannelLayout &c : channels) {
              if (bipack::ceil_div(y, c.y_sampling) * c.y_sampling != y) continue;
              decoder->runs.push_back(
                  {c.type, bipack::sample_count(chunk->x, chunk->width, c.x_sampling)});
            }
          }
          size_t deltas = bipack_pxr24_size(decoder->runs.data(), decoder->runs.size());
          size_t actual = 0;
          good = libdeflate_zlib_decompress(
                     decoder->inflater, raw, packed_size, decoder->scratch.data(), deltas,
                     &actual) == LIBDEFLATE_SUCCESS &&
                 actual == deltas;
          if (good)
            bipack_pxr24_unpack(
                decoder->scratch.data(), decoder->runs.data(), decoder->runs.size(),
                decoder->raw.data());
          break;
        }
        case CEXR_PIZ:
        case CEXR_B44:
        case CEXR_B44A:
        case CEXR_DWAA:
        case CEXR_DWAB: {
          std::vector<ChannelLayout> list = channels;
          for (size_t i = 0; i < list.size(); i++) list[i].wanted = wanted[i] != nullptr;
          bipack::Coding coding = {
              p.compression, p.storage == CEXR_TILED, p.tile_width, p.tile_height, 45};
          bipack::imf_decode(
              coding, list, {chunk->x, chunk->y, chunk->width, chunk->height}, raw, packed_size,
              decoder->file, decoder->raw.data());
          planar = true;
          break;
        }
        default:
          return fail(error, CEXR_UNSUPPORTED, "unknown compression %d", p.compression);
      }
      if (!good)
        return fail(
            error, CEXR_CORRUPT, "the compressed data of the chunk at line %d, column %d is damaged",
            chunk->y, chunk->x);
      raw = decoder->raw.data();
    }

    const uint8_t *from = raw;
    auto line = [&](size_t i, int32_t y) {
      const ChannelLayout &c = channels[i];
      if (bipack::ceil_div(y, c.y_sampling) * c.y_sampling != y) return;
      if (planar && !wanted[i]) return;
      size_t count = bipack::sample_count(chunk->x, chunk->width, c.x_sampling);
      if (wanted[i])
        store(*wanted[i], *layout, c, p.data_window, chunk->x, y, from, count);
      from += count * bipack::sample_bytes(c.type);
    };
    if (planar) {
      for (size_t i = 0; i < channels.size(); i++)
        for (int32_t y = chunk->y; y < chunk->y + chunk->height; y++) line(i, y);
    } else {
      for (int32_t y = chunk->y; y < chunk->y + chunk->height; y++)
        for (size_t i = 0; i < channels.size(); i++) line(i, y);
    }
    if (layout->streams) cexr_stream_end();
    return CEXR_OK;
  });
}
