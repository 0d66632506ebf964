// OpenImageIO behind the table of bipack_oiio.h.
#include "bipack_oiio.h"

#ifndef BIPACK_HAVE_OIIO

// Built without the package trait OIIO: the helper exists, and says so.
const bipack_oiio_api *bipack_oiio_table() { return nullptr; }

#else

#include <OpenImageIO/imageio.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {

struct File {
  std::unique_ptr<OIIO::ImageInput> input;
  std::vector<std::string> strings;
  std::vector<const char *> names;
  std::vector<bipack_oiio_attribute> attributes;
  std::vector<std::vector<double>> numbers;
  std::string format, compression, name;
};

void say(char *message, size_t size, const std::string &text) {
  std::snprintf(message, size, "%s", text.c_str());
}

template <class Result, class Body>
Result guarded(Result failed, char *message, size_t size, Body body) {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    say(message, size, "it asks for more memory than a picture of its size needs");
  } catch (const std::exception &problem) {
    say(message, size, problem.what());
  } catch (...) {
    say(message, size, "unknown failure in OpenImageIO");
  }
  return failed;
}

int32_t type_of(const OIIO::TypeDesc &type) {
  switch (type.basetype) {
    case OIIO::TypeDesc::UINT8: return FORMATS_UINT8;
    case OIIO::TypeDesc::UINT16: return FORMATS_UINT16;
    case OIIO::TypeDesc::UINT32: return FORMATS_UINT32;
    case OIIO::TypeDesc::HALF: return FORMATS_HALF;
    case OIIO::TypeDesc::FLOAT: return FORMATS_FLOAT;
    case OIIO::TypeDesc::DOUBLE: return FORMATS_DOUBLE;
    default: return FORMATS_OTHER;
  }
}

OIIO::TypeDesc desc_of(int32_t type) {
  switch (type) {
    case FORMATS_UINT8: return OIIO::TypeDesc::UINT8;
    case FORMATS_UINT16: return OIIO::TypeDesc::UINT16;
    case FORMATS_HALF: return OIIO::TypeDesc::HALF;
    default: return OIIO::TypeDesc::FLOAT;
  }
}

// EXIF: 1 upright, 2-4 flipped or turned half round, 5-8 with rows and columns exchanged.
int orientation(const OIIO::ImageSpec &spec) {
  int value = spec.get_int_attribute("Orientation", 1);
  bool plain = spec.x == 0 && spec.y == 0 && spec.full_x == 0 && spec.full_y == 0 &&
               spec.full_width == spec.width && spec.full_height == spec.height;
  return value >= 2 && value <= 8 && plain ? value : 1;
}

void *open_file(const char *path, char *message, size_t size) {
  return guarded<void *>(nullptr, message, size, [&]() -> void * {
    auto file = std::make_unique<File>();
    OIIO::ImageSpec config;
    // Leave colour as the file has it: OpenImageIO would multiply by alpha in the file's own bits.
    config.attribute("oiio:UnassociatedAlpha", 1);
    file->input = OIIO::ImageInput::open(path, &config);
    if (!file->input) {
      say(message, size, OIIO::geterror());
      return nullptr;
    }
    if (std::strncmp(file->input->format_name(), "FFmpeg", 6) == 0) {
      say(message, size, FORMATS_MOVIE);
      return nullptr;
    }
    return file.release();
  });
}

void close_file(void *handle) { delete static_cast<File *>(handle); }

int32_t describe(
    void *handle, int32_t index, bipack_oiio_info *info, char *message, size_t size) {
  return guarded<int32_t>(-1, message, size, [&]() -> int32_t {
    File &file = *static_cast<File *>(handle);
    if (!file.input->seek_subimage(index, 0)) {
      (void)file.input->geterror();
      return 0;
    }
    const OIIO::ImageSpec &spec = file.input->spec();
    *info = bipack_oiio_info{};
    bool turned = orientation(spec) >= 5;
    info->x = spec.x;
    info->y = spec.y;
    info->width = turned ? spec.height : spec.width;
    info->height = turned ? spec.width : spec.height;
    info->full_x = spec.full_x;
    info->full_y = spec.full_y;
    info->full_width = turned ? spec.full_height : spec.full_width;
    info->full_height = turned ? spec.full_width : spec.full_height;
    info->channels = spec.nchannels;
    info->type = type_of(spec.format);
    info->bits = spec.get_int_attribute("oiio:BitsPerSample", 0);
    info->is_unassociated =
        spec.alpha_channel >= 0 && spec.get_int_attribute("oiio:UnassociatedAlpha", 0) != 0;
    double aspect = spec.get_float_attribute("PixelAspectRatio", 1.0f);
    info->pixel_aspect = turned && aspect > 0 ? 1 / aspect : aspect;
    info->tile_width = spec.tile_width;
    info->tile_height = spec.tile_height;

    file.strings.clear();
    file.strings.reserve(size_t(spec.nchannels) + 2 * spec.extra_attribs.size());
    auto keep = [&](std::string text) {
      file.strings.push_back(std::move(text));
      return file.strings.back().c_str();
    };
    file.names.clear();
    for (int c = 0; c < spec.nchannels; c++) file.names.push_back(keep(spec.channel_name(c)));
    info->names = file.names.data();
    file.attributes.clear();
    file.numbers.clear();
    file.numbers.reserve(spec.extra_attribs.size());
    for (const auto &a : spec.extra_attribs) {
      OIIO::TypeDesc type = a.type();
      bipack_oiio_attribute out = {};
      int count = int(type.basevalues()) * a.nvalues();
      if (type == OIIO::TypeDesc::STRING) {
        out.kind = 0;
        out.text = keep(std::string(a.get_string()));
      } else if (count >= 1 && count <= 64 &&
                 (type.basetype == OIIO::TypeDesc::INT || type.basetype == OIIO::TypeDesc::UINT ||
                  type.basetype == OIIO::TypeDesc::FLOAT ||
                  type.basetype == OIIO::TypeDesc::UINT16)) {
        bool real = type.basetype == OIIO::TypeDesc::FLOAT;
        out.kind = real ? 2 : 1;
        std::vector<double> values;
        for (int i = 0; i < count; i++)
          values.push_back(real ? double(a.get_float_indexed(i)) : double(a.get_int_indexed(i)));
        file.numbers.push_back(std::move(values));
        out.numbers = file.numbers.back().data();
        out.count = count;
      } else {
        continue;
      }
      out.name = keep(std::string(a.name().c_str()));
      file.attributes.push_back(out);
    }
    info->attributes = file.attributes.data();
    info->attribute_count = int32_t(file.attributes.size());
    file.format = file.input->format_name();
    file.compression = std::string(spec.get_string_attribute("compression", "none"));
    file.name = std::string(spec.get_string_attribute("oiio:subimagename", ""));
    info->format = file.format.c_str();
    info->compression = file.compression.c_str();
    info->name = file.name.c_str();
    return 1;
  });
}

int32_t read_pixels(
    void *handle, int32_t index, int32_t type, void *pixels, size_t bytes, char *message,
    size_t size) {
  return guarded<int32_t>(0, message, size, [&]() -> int32_t {
    File &file = *static_cast<File *>(handle);
    if (!file.input->seek_subimage(index, 0)) {
      say(message, size, file.input->geterror());
      return 0;
    }
    OIIO::ImageSpec spec = file.input->spec();
    int turn = orientation(spec);
    size_t w = size_t(spec.width), h = size_t(spec.height);
    OIIO::TypeDesc desc = desc_of(type);
    size_t pixel = size_t(spec.nchannels) * desc.size();
    size_t row, all;
    if (__builtin_mul_overflow(w, pixel, &row) || __builtin_mul_overflow(row, h, &all) ||
        all > bytes) {
      say(message, size, "it changed while it was being read");
      return 0;
    }
    std::vector<char> buffer;
    char *target = static_cast<char *>(pixels);
    if (turn != 1) {
      buffer.resize(all);
      target = buffer.data();
    }
    // Some readers meet the end of the file, say so, and return true all the same.
    if (!file.input->read_image(index, 0, 0, spec.nchannels, desc, target) ||
        file.input->has_error()) {
      say(message, size, file.input->geterror());
      return 0;
    }
    if (turn != 1) {
      // Where the file's pixel (x, y) belongs in the upright picture.
      size_t out_w = turn >= 5 ? h : w;
      for (size_t y = 0; y < h; y++) {
        for (size_t x = 0; x < w; x++) {
          size_t ox = x, oy = y;
          switch (turn) {
            case 2: ox = w - 1 - x; break;
            case 3: ox = w - 1 - x; oy = h - 1 - y; break;
            case 4: oy = h - 1 - y; break;
            case 5: ox = y; oy = x; break;
            case 6: ox = h - 1 - y; oy = x; break;
            case 7: ox = h - 1 - y; oy = w - 1 - x; break;
            case 8: ox = y; oy = w - 1 - x; break;
            default: break;
          }
          std::memcpy(
              static_cast<char *>(pixels) + (oy * out_w + ox) * pixel,
              target + (y * w + x) * pixel, pixel);
        }
      }
    }
    return 1;
  });
}

// Whether any format, read or written, has this extension. Asking for a reader instead has all readers
// open the file.
bool knows(const std::string &extension) {
  // "tiff:tif,tiff;jpeg:jpg,jpe,..."
  std::string list = OIIO::get_string_attribute("extension_list");
  for (size_t at = list.find(extension); at != std::string::npos;
       at = list.find(extension, at + 1)) {
    const size_t end = at + extension.size();
    const bool begins = at > 0 && (list[at - 1] == ':' || list[at - 1] == ',');
    if (begins && (end == list.size() || list[end] == ',' || list[end] == ';')) return true;
  }
  return false;
}

int32_t can_write(const char *extension) {
  char message[8];
  return guarded<int32_t>(0, message, sizeof message, [&]() -> int32_t {
    std::string name = std::string("x.") + extension;
    if (OIIO::ImageOutput::create(name)) return 1;
    (void)OIIO::geterror();
    return knows(extension) ? -1 : 0;
  });
}

void set_attribute(OIIO::ImageSpec &spec, const bipack_oiio_attribute &a) {
  if (a.kind == FORMATS_TEXT) {
    spec.attribute(a.name, a.text);
  } else if (a.kind == FORMATS_BYTES) {
    spec.attribute(a.name, OIIO::TypeDesc(OIIO::TypeDesc::UINT8, a.count), a.text);
  } else if (a.kind == FORMATS_INTEGERS) {
    std::vector<int> values(a.numbers, a.numbers + a.count);
    OIIO::TypeDesc type = OIIO::TypeDesc::INT;
    if (a.count != 1) type.arraylen = a.count;
    spec.attribute(a.name, type, values.data());
  } else {
    std::vector<float> values(a.numbers, a.numbers + a.count);
    OIIO::TypeDesc type = OIIO::TypeDesc::FLOAT;
    if (a.count != 1) type.arraylen = a.count;
    spec.attribute(a.name, type, values.data());
  }
}

int32_t write_file(
    const bipack_oiio_output *o, const void *pixels, size_t bytes, char *message, size_t size) {
  return guarded<int32_t>(0, message, size, [&]() -> int32_t {
    const size_t samples = size_t(o->width) * size_t(o->height) * size_t(o->channels);
    if (o->width <= 0 || o->height <= 0 || o->channels <= 0 ||
        samples > bytes / desc_of(o->type).size()) {
      say(message, size, "fewer samples than the picture has");
      return 0;
    }
    auto output = OIIO::ImageOutput::create(std::string("x.") + o->extension);
    if (!output) {
      say(message, size, OIIO::geterror());
      return 0;
    }
    OIIO::ImageSpec spec(o->width, o->height, o->channels, desc_of(o->type));
    spec.channelnames.clear();
    spec.alpha_channel = -1;
    for (int c = 0; c < o->channels; c++) {
      spec.channelnames.push_back(o->names[c]);
      if (std::strcmp(o->names[c], "A") == 0) spec.alpha_channel = c;
    }
    if (o->bits > 0) spec.attribute("oiio:BitsPerSample", o->bits);
    if (o->compression) spec.attribute("compression", o->compression);
    spec.attribute("CompressionQuality", o->quality);
    if (o->is_unassociated) spec.attribute("oiio:UnassociatedAlpha", 1);
    if (o->pixel_aspect > 0 && o->pixel_aspect != 1)
      spec.attribute("PixelAspectRatio", float(o->pixel_aspect));
    for (int32_t i = 0; i < o->attribute_count; i++) set_attribute(spec, o->attributes[i]);
    if (!output->open(o->path, spec)) {
      say(message, size, output->geterror());
      return 0;
    }
    bool good = output->write_image(desc_of(o->type), pixels);
    std::string problem = good ? "" : output->geterror();
    if (!output->close() && good) {
      good = false;
      problem = output->geterror();
    }
    if (!good) say(message, size, problem.empty() ? "the encoder failed" : problem);
    return good ? 1 : 0;
  });
}

const char *library_version() { return OIIO_VERSION_STRING; }

const bipack_oiio_api table = {
    open_file, close_file, describe, read_pixels, can_write, write_file,
    library_version};

}  // namespace

const bipack_oiio_api *bipack_oiio_table() {
  // Bipack has its own threads.
  static const bool once = [] {
    OIIO::attribute("threads", 1);
    OIIO::attribute("exr_threads", 1);
    return true;
  }();
  (void)once;
  return &table;
}

#endif
