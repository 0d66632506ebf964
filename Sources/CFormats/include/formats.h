// The conversation between Bipack and its helper program bipack-formats, and the few system calls that
// carry it. Both sides include this header.
//
// Formats that are neither EXR nor PNG are decoded and encoded by OpenImageIO, which damaged files can
// crash, keep busy for ever, or make ask for gigabytes. So it lives in a process of its own. The two
// speak over a socket, one question and one answer at a time; samples go through shared memory and
// encoded files through a file in memory, never through the socket.
//
// A message is a header of two 32-bit numbers, its kind and the size of its body, and the body: numbers
// as they are in memory, texts as a 32-bit length and their bytes. Whoever reads one checks every length.
#ifndef FORMATS_H
#define FORMATS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Counted up when a message changes: both sides must be built from one source.
#define FORMATS_VERSION 2

// The helper finds its end of the socket here; what starts it says so by this argument.
#define FORMATS_SOCKET 3
#define FORMATS_ARGUMENT "--serve"

// No body is longer.
#define FORMATS_MOST_BYTES (64u << 20)

// Questions. The body of each begins with the means it may use: u64 bytes of memory beyond what the
// helper has, u32 seconds of processor time.
enum {
  FORMATS_OPEN = 1,       // text path. DONE
  FORMATS_DESCRIBE = 2,   // i32 sub-image. DONE with a description, or NONE
  FORMATS_READ = 3,       // i32 sub-image, i32 sample type, i32 shared memory, u64 its bytes. DONE
  FORMATS_CLOSE = 4,      // DONE
  FORMATS_CAN_WRITE = 5,  // text extension. DONE with i32: 1 yes, -1 only read, 0 unknown
  FORMATS_WRITE = 6,      // an output; the file comes with the message. DONE
};

// Answers. The first comes unasked: HELLO with u32 version, text OpenImageIO's version or nothing.
enum {
  FORMATS_HELLO = 100,
  FORMATS_DONE = 101,
  FORMATS_NONE = 102,
  FORMATS_FAILED = 103,   // text
};

// What FAILED says of a file that met a file-size limit while it was encoded.
#define FORMATS_TOO_LARGE "file-size limit"
// What FAILED says of a file that is a movie.
#define FORMATS_MOVIE "movie"

// Sample types.
enum {
  FORMATS_UINT8 = 0,
  FORMATS_UINT16 = 1,
  FORMATS_UINT32 = 2,
  FORMATS_HALF = 3,
  FORMATS_FLOAT = 4,
  FORMATS_DOUBLE = 5,
  FORMATS_OTHER = 6,
};

// Attributes: i32 kind, then a text (or bytes, as a text), or an i32 count and that many f64.
enum {
  FORMATS_TEXT = 0,
  FORMATS_INTEGERS = 1,
  FORMATS_NUMBERS = 2,
  FORMATS_BYTES = 3,  // written only
};

// Starts the helper with nothing of the caller's but one end of a socket; the caller's end does not
// block. 0, or errno.
int32_t formats_start(const char *program, int32_t *process, int32_t *socket);

// Sends as much as goes without waiting; with the first byte goes `file` unless it is -1. The number of
// bytes, or -1 with errno set (EAGAIN: not now).
int64_t formats_send(int32_t socket, const void *bytes, size_t count, int32_t file);

// Receives what is there, waiting if the socket blocks; a file that came along goes to `file` (else it
// is left alone). The number of bytes, 0 at the end, or -1 with errno set.
int64_t formats_receive(int32_t socket, void *bytes, size_t count, int32_t *file);

// Waits until the socket can be read (or, with `sends`, written), at most this long. 1 when it can or
// has ended, 0 when not yet.
int32_t formats_wait(int32_t socket, int32_t sends, int32_t milliseconds);

// Memory that two processes can share. It is nobody's file: no file-size limit holds for it, nobody can
// cut it under the other's hands, and it is gone with the last process that has it. Zeroes at first.
// Its number, or -1 with errno set.
int32_t formats_share(size_t bytes, void **address);
// The same memory in the other process; NULL with errno set. At least `bytes` are there.
void *formats_attach(int32_t number, size_t bytes, int32_t writes);
void formats_detach(void *address);

// Where to look for the helper: the folder of the binary that holds this code (a program that embeds
// Bipack may have it in a library of its own), and the folder of the running program. 1 when known.
int32_t formats_own_folder(char *path, size_t size);
int32_t formats_program_folder(char *path, size_t size);

#ifdef __cplusplus
}
#endif
#endif
