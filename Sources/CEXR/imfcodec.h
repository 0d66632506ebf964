// PIZ, B44, B44A, DWAA and DWAB by OpenEXR's C++ library, one chunk at a time.
//
// The library's compressors are private; its files are not. So each chunk is wrapped into (or cut
// out of) a file in memory that holds this one chunk. That costs some microseconds of header per
// chunk and buys one pipeline, one scheduler and one kind of error for every codec.
#ifndef CEXR_IMFCODEC_H
#define CEXR_IMFCODEC_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bipack {

struct ChannelLayout {
  std::string name;
  int32_t type;
  int32_t x_sampling;
  int32_t y_sampling;
  bool linear;
  bool wanted;
};

inline int32_t floor_div(int32_t a, int32_t b) {
  int32_t q = a / b;
  return q - ((a % b != 0) && ((a < 0) != (b < 0)) ? 1 : 0);
}

inline int32_t ceil_div(int32_t a, int32_t b) { return -floor_div(-a, b); }

/// Samples in [low, low + count) that lie on multiples of `step`.
inline size_t sample_count(int32_t low, int32_t count, int32_t step) {
  if (count <= 0) return 0;
  return size_t(int64_t(floor_div(low + count - 1, step)) - ceil_div(low, step) + 1);
}

inline size_t sample_bytes(int32_t type) { return type == 1 ? 2 : 4; }

struct Rectangle {
  int32_t x, y, width, height;
};

struct Coding {
  int32_t compression;
  bool tiled;
  int32_t tile_width, tile_height;
  float level;
};

/// Decodes into planes: all lines of the first wanted channel, then of the next. Throws
/// std::exception.
void imf_decode(
    const Coding &coding, const std::vector<ChannelLayout> &channels, Rectangle area,
    const uint8_t *packed, size_t packed_size, std::vector<uint8_t> &file, uint8_t *planes);

/// `raw` is line by line, channel by channel. Returns the packed bytes inside `file`.
void imf_encode(
    const Coding &coding, const std::vector<ChannelLayout> &channels, Rectangle area,
    const uint8_t *raw, std::vector<uint8_t> &file, size_t &offset, size_t &size);

}  // namespace bipack

#endif
