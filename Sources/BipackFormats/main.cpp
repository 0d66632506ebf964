// bipack-formats: decodes and encodes for Bipack what its own codecs do not, one question at a time.
// See formats.h for the conversation.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "bipack_oiio.h"
#include "formats.h"
#include "means.h"
#include "message.h"

namespace {

// A socket whose other end is gone ends the helper: nobody is left to tell.
void receive_all(void *bytes, size_t count, int32_t *file) {
  size_t done = 0;
  while (done < count) {
    int64_t n = formats_receive(FORMATS_SOCKET, static_cast<char *>(bytes) + done, count - done, file);
    if (n <= 0) _exit(0);
    done += size_t(n);
  }
}

void send_all(const void *bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    int64_t n = formats_send(FORMATS_SOCKET, static_cast<const char *>(bytes) + done, count - done, -1);
    if (n < 0) _exit(0);
    done += size_t(n);
  }
}

void answer(uint32_t kind, const std::string &body = {}) {
  const uint32_t header[2] = {kind, uint32_t(body.size())};
  send_all(header, sizeof header);
  send_all(body.data(), body.size());
}

void fail(const std::string &message) {
  Answer body;
  body.put_text(message.c_str());
  answer(FORMATS_FAILED, body.bytes());
}

// Memory of the caller's, as long as it is needed.
class Shared {
 public:
  Shared(int32_t number, size_t bytes, bool writes)
      : address(formats_attach(number, bytes, writes)) {
    if (!address) throw std::runtime_error(std::string("no shared memory: ") + std::strerror(errno));
  }
  ~Shared() { formats_detach(address); }
  Shared(const Shared &) = delete;
  Shared &operator=(const Shared &) = delete;

  void *const address;
};

void put_description(Answer &body, const bipack_oiio_info &info) {
  for (int32_t number :
       {info.x, info.y, info.width, info.height, info.full_x, info.full_y, info.full_width,
        info.full_height, info.type, info.bits, info.is_unassociated, info.tile_width,
        info.tile_height})
    body.put(number);
  body.put(info.pixel_aspect);
  for (const char *text : {info.format, info.compression, info.name}) body.put_text(text);
  body.put(info.channels);
  for (int32_t c = 0; c < info.channels; c++) body.put_text(info.names[c]);
  body.put(info.attribute_count);
  for (int32_t i = 0; i < info.attribute_count; i++) {
    const bipack_oiio_attribute &a = info.attributes[i];
    body.put_text(a.name);
    body.put(a.kind);
    if (a.kind == FORMATS_TEXT) {
      body.put_text(a.text);
    } else {
      body.put(a.count);
      for (int32_t k = 0; k < a.count; k++) body.put(a.numbers[k]);
    }
  }
}

// An output and what its pointers point to.
struct Output {
  bipack_oiio_output output = {};
  std::string extension, compression, path;
  std::vector<std::string> names, keys, texts;
  std::vector<std::vector<double>> numbers;
  std::vector<const char *> name_pointers;
  std::vector<bipack_oiio_attribute> attributes;
  int32_t memory;
  uint64_t bytes;

  Output(Question &question, int32_t file) {
    memory = question.take<int32_t>();
    bytes = question.take<uint64_t>();
    extension = question.take_text();
    output.width = question.take<int32_t>();
    output.height = question.take<int32_t>();
    output.type = question.take<int32_t>();
    output.bits = question.take<int32_t>();
    output.quality = question.take<int32_t>();
    output.is_unassociated = question.take<int32_t>();
    output.pixel_aspect = question.take<double>();
    compression = question.take_text();
    output.channels = question.take<int32_t>();
    for (int32_t c = 0; c < output.channels; c++) names.push_back(question.take_text());
    output.attribute_count = question.take<int32_t>();
    for (int32_t i = 0; i < output.attribute_count; i++) {
      keys.push_back(question.take_text());
      bipack_oiio_attribute a = {};
      a.kind = question.take<int32_t>();
      texts.emplace_back();
      numbers.emplace_back();
      if (a.kind == FORMATS_TEXT || a.kind == FORMATS_BYTES) {
        texts.back() = question.take_text();
        a.count = int32_t(texts.back().size());
      } else {
        a.count = question.take<int32_t>();
        for (int32_t k = 0; k < a.count; k++) numbers.back().push_back(question.take<double>());
      }
      attributes.push_back(a);
    }
    path = "/proc/self/fd/" + std::to_string(file);
    for (const std::string &name : names) name_pointers.push_back(name.c_str());
    for (size_t i = 0; i < attributes.size(); i++) {
      attributes[i].name = keys[i].c_str();
      attributes[i].text = texts[i].c_str();
      attributes[i].numbers = numbers[i].data();
    }
    output.extension = extension.c_str();
    output.path = path.c_str();
    output.names = name_pointers.data();
    output.compression = compression.empty() ? nullptr : compression.c_str();
    output.attributes = attributes.data();
  }
};

void write(const bipack_oiio_api &api, Question &question, int32_t file) {
  if (file < 0) return fail("no file came with the picture");
  Output output(question, file);
  Shared pixels(output.memory, output.bytes, false);
  char message[512] = "";
  (void)met_size_limit();
  const bool good = api.write(&output.output, pixels.address, output.bytes, message, sizeof message);
  if (met_size_limit()) return fail(FORMATS_TOO_LARGE);
  good ? answer(FORMATS_DONE) : fail(message);
}

class Conversation {
 public:
  explicit Conversation(const bipack_oiio_api &api) : api_(api) {}

  void take(uint32_t kind, const std::string &body, int32_t file) {
    Question question(body);
    const uint64_t bytes = question.take<uint64_t>();
    allow(bytes, question.take<uint32_t>());
    char message[512] = "";
    switch (kind) {
      case FORMATS_OPEN: {
        close();
        const std::string path = question.take_text();
        open_ = api_.open(path.c_str(), message, sizeof message);
        return open_ ? answer(FORMATS_DONE) : fail(message);
      }
      case FORMATS_DESCRIBE: {
        if (!open_) return fail("no file is open");
        bipack_oiio_info info;
        const int32_t found =
            api_.describe(open_, question.take<int32_t>(), &info, message, sizeof message);
        if (found == 0) return answer(FORMATS_NONE);
        if (found < 0) return fail(message);
        Answer body;
        put_description(body, info);
        if (body.bytes().size() > FORMATS_MOST_BYTES) return fail("its header is too large");
        return answer(FORMATS_DONE, body.bytes());
      }
      case FORMATS_READ: {
        if (!open_) return fail("no file is open");
        const int32_t index = question.take<int32_t>();
        const int32_t type = question.take<int32_t>();
        const int32_t number = question.take<int32_t>();
        const uint64_t size = question.take<uint64_t>();
        Shared pixels(number, size, true);
        if (api_.read(open_, index, type, pixels.address, size, message, sizeof message) != 1)
          return fail(message);
        return answer(FORMATS_DONE);
      }
      case FORMATS_CLOSE:
        close();
        tidy();
        return answer(FORMATS_DONE);
      case FORMATS_CAN_WRITE: {
        Answer body;
        body.put(api_.can_write(question.take_text().c_str()));
        return answer(FORMATS_DONE, body.bytes());
      }
      case FORMATS_WRITE:
        write(api_, question, file);
        return tidy();
      default: return fail("a question it does not know");
    }
  }

 private:
  void close() {
    if (open_) api_.close(open_);
    open_ = nullptr;
  }

  const bipack_oiio_api &api_;
  void *open_ = nullptr;
};

int serve() {
  // Nothing of the caller's but the socket.
  (void)close_range(FORMATS_SOCKET + 1, ~0u, 0);
  prepare_process();
  leave_with_caller(FORMATS_SOCKET);
  const bipack_oiio_api *api = bipack_oiio_table();
  Answer hello;
  hello.put(uint32_t(FORMATS_VERSION));
  hello.put_text(api ? api->library_version() : "");
  answer(FORMATS_HELLO, hello.bytes());
  if (!api) return 0;
  tidy();
  Conversation conversation(*api);
  for (;;) {
    uint32_t header[2];
    int32_t file = -1;
    receive_all(header, sizeof header, &file);
    if (header[1] > FORMATS_MOST_BYTES) return 1;
    std::string body(header[1], 0);
    receive_all(&body[0], body.size(), &file);
    try {
      conversation.take(header[0], body, file);
    } catch (const std::exception &problem) {
      fail(problem.what());
    }
    if (file >= 0) ::close(file);
  }
}

}  // namespace

int main(int count, char **arguments) {
  if (count == 2 && std::strcmp(arguments[1], FORMATS_ARGUMENT) == 0 &&
      fcntl(FORMATS_SOCKET, F_GETFD) >= 0)
    return serve();
  const bipack_oiio_api *api = bipack_oiio_table();
  std::printf(
      "bipack-formats reads and writes image files for bipack, which starts it when it needs it.\n%s%s\n",
      api ? "OpenImageIO " : "Built without OpenImageIO", api ? api->library_version() : "");
  return 2;
}
