#include "imfcodec.h"

#include <OpenEXR/Iex.h>
#include <OpenEXR/ImfChannelList.h>
#include <OpenEXR/ImfFrameBuffer.h>
#include <OpenEXR/ImfHeader.h>
#include <OpenEXR/ImfIO.h>
#include <OpenEXR/ImfInputFile.h>
#include <OpenEXR/ImfOutputFile.h>
#include <OpenEXR/ImfTileDescription.h>
#include <OpenEXR/ImfTiledInputFile.h>
#include <OpenEXR/ImfTiledOutputFile.h>

#include <cstring>
#include <stdexcept>

namespace bipack {
namespace {

class MemoryIn : public Imf::IStream {
 public:
  explicit MemoryIn(const std::vector<uint8_t> &bytes)
      : Imf::IStream("chunk"), bytes_(bytes) {}

  bool read(char c[], int n) override {
    if (n < 0 || size_t(n) > bytes_.size() - position_)
      throw Iex::InputExc("the compressed data ends too early");
    std::memcpy(c, bytes_.data() + position_, size_t(n));
    position_ += size_t(n);
    return position_ < bytes_.size();
  }

  uint64_t tellg() override { return position_; }

  void seekg(uint64_t position) override {
    if (position > bytes_.size()) throw Iex::InputExc("the compressed data ends too early");
    position_ = size_t(position);
  }

 private:
  const std::vector<uint8_t> &bytes_;
  size_t position_ = 0;
};

class MemoryOut : public Imf::OStream {
 public:
  explicit MemoryOut(std::vector<uint8_t> &bytes) : Imf::OStream("chunk"), bytes_(bytes) {
    bytes_.clear();
  }

  void write(const char c[], int n) override {
    size_t end = position_ + size_t(n);
    if (end > bytes_.size()) bytes_.resize(end);
    std::memcpy(bytes_.data() + position_, c, size_t(n));
    position_ = end;
  }

  uint64_t tellp() override { return position_; }
  void seekp(uint64_t position) override { position_ = size_t(position); }

 private:
  std::vector<uint8_t> &bytes_;
  size_t position_ = 0;
};

// Only the header attributes every file must have.
struct HeaderWriter {
  std::vector<uint8_t> &out;

  void bytes(const void *data, size_t size) {
    const uint8_t *p = static_cast<const uint8_t *>(data);
    out.insert(out.end(), p, p + size);
  }
  template <class T>
  void number(T value) {
    bytes(&value, sizeof value);
  }
  void text(const char *s) { bytes(s, std::strlen(s) + 1); }
  void attribute(const char *name, const char *type, int32_t size) {
    text(name);
    text(type);
    number(size);
  }
};

size_t longest_name(const std::vector<ChannelLayout> &channels) {
  size_t longest = 0;
  for (const auto &c : channels) longest = std::max(longest, c.name.size());
  return longest;
}

void write_header(
    std::vector<uint8_t> &out, const Coding &coding, const std::vector<ChannelLayout> &channels,
    Rectangle area) {
  out.clear();
  HeaderWriter w{out};
  w.number<uint32_t>(20000630);
  w.number<uint32_t>(
      2u | (coding.tiled ? 0x200u : 0u) | (longest_name(channels) > 31 ? 0x400u : 0u));
  int32_t list_size = 1;
  for (const auto &c : channels) list_size += int32_t(c.name.size()) + 1 + 16;
  w.attribute("channels", "chlist", list_size);
  for (const auto &c : channels) {
    w.text(c.name.c_str());
    w.number<int32_t>(c.type);
    w.number<uint32_t>(c.linear ? 1 : 0);
    w.number<int32_t>(c.x_sampling);
    w.number<int32_t>(c.y_sampling);
  }
  w.number<uint8_t>(0);
  w.attribute("compression", "compression", 1);
  w.number<uint8_t>(uint8_t(coding.compression));
  for (const char *name : {"dataWindow", "displayWindow"}) {
    w.attribute(name, "box2i", 16);
    w.number<int32_t>(area.x);
    w.number<int32_t>(area.y);
    w.number<int32_t>(area.x + area.width - 1);
    w.number<int32_t>(area.y + area.height - 1);
  }
  w.attribute("lineOrder", "lineOrder", 1);
  w.number<uint8_t>(0);
  w.attribute("pixelAspectRatio", "float", 4);
  w.number<float>(1);
  w.attribute("screenWindowCenter", "v2f", 8);
  w.number<float>(0);
  w.number<float>(0);
  w.attribute("screenWindowWidth", "float", 4);
  w.number<float>(1);
  if (coding.tiled) {
    w.attribute("tiles", "tiledesc", 9);
    w.number<uint32_t>(uint32_t(coding.tile_width));
    w.number<uint32_t>(uint32_t(coding.tile_height));
    w.number<uint8_t>(0);
  }
  w.number<uint8_t>(0);
}

Imf::PixelType pixel_type(int32_t type) {
  return type == 0 ? Imf::UINT : type == 1 ? Imf::HALF : Imf::FLOAT;
}

// A slice whose sample (x / xs, y / ys) of `area` starts at `first`.
Imf::Slice slice(
    const ChannelLayout &c, Rectangle area, char *first, size_t pixel_stride, size_t line_stride) {
  intptr_t base = reinterpret_cast<intptr_t>(first);
  base -= intptr_t(ceil_div(area.x, c.x_sampling)) * intptr_t(pixel_stride);
  base -= intptr_t(ceil_div(area.y, c.y_sampling)) * intptr_t(line_stride);
  return Imf::Slice(
      pixel_type(c.type), reinterpret_cast<char *>(base), pixel_stride, line_stride,
      c.x_sampling, c.y_sampling);
}

}  // namespace

void imf_decode(
    const Coding &coding, const std::vector<ChannelLayout> &channels, Rectangle area,
    const uint8_t *packed, size_t packed_size, std::vector<uint8_t> &file, uint8_t *planes) {
  // A tile's file holds that tile alone, at its origin.
  Rectangle place = coding.tiled ? Rectangle{0, 0, area.width, area.height} : area;
  write_header(file, coding, channels, place);
  HeaderWriter w{file};
  w.number<uint64_t>(file.size() + 8);
  if (coding.tiled) {
    for (int i = 0; i < 4; i++) w.number<int32_t>(0);
  } else {
    w.number<int32_t>(place.y);
  }
  w.number<int32_t>(int32_t(packed_size));
  w.bytes(packed, packed_size);

  Imf::FrameBuffer buffer;
  char *plane = reinterpret_cast<char *>(planes);
  for (const auto &c : channels) {
    if (!c.wanted) continue;
    size_t bytes = sample_bytes(c.type);
    size_t width = sample_count(place.x, place.width, c.x_sampling);
    size_t height = sample_count(place.y, place.height, c.y_sampling);
    buffer.insert(c.name, slice(c, place, plane, bytes, width * bytes));
    plane += width * height * bytes;
  }
  MemoryIn stream(file);
  if (coding.tiled) {
    Imf::TiledInputFile input(stream, 0);
    input.setFrameBuffer(buffer);
    input.readTile(0, 0);
  } else {
    Imf::InputFile input(stream, 0);
    input.setFrameBuffer(buffer);
    input.readPixels(place.y, place.y + place.height - 1);
  }
}

void imf_encode(
    const Coding &coding, const std::vector<ChannelLayout> &channels, Rectangle area,
    const uint8_t *raw, std::vector<uint8_t> &file, size_t &offset, size_t &size) {
  Rectangle place = coding.tiled ? Rectangle{0, 0, area.width, area.height} : area;
  Imath::Box2i window(
      Imath::V2i(place.x, place.y),
      Imath::V2i(place.x + place.width - 1, place.y + place.height - 1));
  Imf::Header header(
      window, window, 1, Imath::V2f(0, 0), 1, Imf::INCREASING_Y,
      Imf::Compression(coding.compression));
  header.dwaCompressionLevel() = coding.level;
  size_t line = 0;
  for (const auto &c : channels) {
    header.channels().insert(c.name, Imf::Channel(pixel_type(c.type)));
    line += size_t(place.width) * sample_bytes(c.type);
  }
  if (coding.tiled) {
    header.setTileDescription(
        Imf::TileDescription(
            unsigned(coding.tile_width), unsigned(coding.tile_height), Imf::ONE_LEVEL));
  }
  Imf::FrameBuffer buffer;
  char *first = const_cast<char *>(reinterpret_cast<const char *>(raw));
  for (const auto &c : channels) {
    buffer.insert(c.name, slice(c, place, first, sample_bytes(c.type), line));
    first += size_t(place.width) * sample_bytes(c.type);
  }
  {
    MemoryOut stream(file);
    if (coding.tiled) {
      Imf::TiledOutputFile output(stream, header, 0);
      output.setFrameBuffer(buffer);
      output.writeTile(0, 0);
    } else {
      Imf::OutputFile output(stream, header, 0);
      output.setFrameBuffer(buffer);
      output.writePixels(place.height);
    }
  }
  // Skip the header: attributes up to an empty name, then the table of one offset.
  size_t at = 8;
  auto skip_text = [&] {
    while (at < file.size() && file[at] != 0) at++;
    at++;
  };
  while (at < file.size() && file[at] != 0) {
    skip_text();
    skip_text();
    int32_t length = 0;
    if (at + 4 > file.size()) throw std::runtime_error("the encoder wrote no header");
    std::memcpy(&length, &file[at], 4);
    at += 4 + size_t(length);
  }
  at++;
  uint64_t chunk = 0;
  if (at + 8 > file.size()) throw std::runtime_error("the encoder wrote no chunk");
  std::memcpy(&chunk, &file[at], 8);
  size_t leader = coding.tiled ? 16 : 4;
  int32_t length = 0;
  if (chunk == 0 || chunk + leader + 4 > file.size())
    throw std::runtime_error("the encoder wrote no chunk");
  std::memcpy(&length, &file[chunk + leader], 4);
  offset = size_t(chunk) + leader + 4;
  size = size_t(length);
  if (length < 0 || offset + size > file.size())
    throw std::runtime_error("the encoder wrote half a chunk");
}

}  // namespace bipack
