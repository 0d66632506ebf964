// What the readers of flat and of deep parts share: the open file, a thread's decoder, and how failures are
// said.
#ifndef CEXR_READER_H
#define CEXR_READER_H

#include <OpenEXR/openexr.h>
#include <libdeflate.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <vector>

#include "cexr.h"
#include "codecs.h"
#include "imfcodec.h"

struct cexr_reader {
  exr_context_t context = nullptr;
  int file = -1;
  int64_t file_size = 0;
  std::vector<std::vector<bipack::ChannelLayout>> channels;  // by part
  std::vector<cexr_part> parts;
  std::vector<uint8_t> attribute;
};

struct cexr_decoder {
  libdeflate_decompressor *inflater = nullptr;
  std::vector<uint8_t> packed, raw, scratch, file;
  std::vector<bipack_run> runs;
};

namespace bipack {

// The core reports through a callback; the last message of this thread is the one that matters.
inline thread_local char last_message[200];

inline void remember(exr_const_context_t, exr_result_t, const char *message) {
  std::snprintf(last_message, sizeof last_message, "%s", message ? message : "");
}

__attribute__((format(printf, 3, 4)))
inline int32_t fail(cexr_error *error, int32_t kind, const char *format, ...) {
  error->kind = kind;
  va_list list;
  va_start(list, format);
  std::vsnprintf(error->text, sizeof error->text, format, list);
  va_end(list);
  return kind;
}

inline int32_t fail_core(cexr_error *error, exr_result_t code) {
  int32_t kind = CEXR_CORRUPT;
  if (code == EXR_ERR_OUT_OF_MEMORY) kind = CEXR_MEMORY;
  if (code == EXR_ERR_FEATURE_NOT_IMPLEMENTED) kind = CEXR_UNSUPPORTED;
  if (code == EXR_ERR_FILE_ACCESS) {
    kind = CEXR_IO;
    error->system = errno;
  }
  if (code == EXR_ERR_READ_IO) {
    // Either the file ended or the system refused; errno was cleared before.
    kind = errno == 0 ? CEXR_INCOMPLETE : CEXR_IO;
    error->system = errno;
  }
  const char *text = last_message[0] ? last_message : exr_get_default_error_message(code);
  // The caller adds the name of the file.
  return fail(error, kind, "%s", text);
}

// Whether the core's complaint about a chunk is what an interrupted writer or copy leaves behind: an
// offset that was never filled in, or one just past the end of the file.
inline bool looks_cut(const cexr_reader &reader, const char *text) {
  if (std::strstr(text, "too big for file size")) return true;
  const char *at = std::strstr(text, "recorded at file offset ");
  if (!at) return false;
  uint64_t offset = std::strtoull(at + 24, nullptr, 10);
  uint64_t size = uint64_t(reader.file_size);
  return offset == 0 || (offset >= size && offset / 1024 <= size);
}

template <class Body>
int32_t guarded(cexr_error *error, Body body) {
  error->kind = CEXR_OK;
  error->system = 0;
  error->limit = 0;
  error->value = 0;
  error->text[0] = 0;
  last_message[0] = 0;
  errno = 0;
  try {
    return body();
  } catch (const std::bad_alloc &) {
    return fail(error, CEXR_MEMORY, "out of memory");
  } catch (const std::exception &problem) {
    return fail(error, CEXR_CORRUPT, "%s", problem.what());
  } catch (...) {
    return fail(error, CEXR_CORRUPT, "unknown failure in the decoder");
  }
}

// All bytes of a place in the file, or as many as there are before its end; -1 with errno.
inline int64_t read_at(int file, void *to, uint64_t size, uint64_t offset) {
  uint64_t done = 0;
  while (done < size) {
    ssize_t n = pread(file, static_cast<char *>(to) + done, size - done, off_t(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    if (n == 0) break;
    done += uint64_t(n);
  }
  return int64_t(done);
}

}  // namespace bipack

#endif
