#define _GNU_SOURCE
#include "cfiles.h"

#include <fcntl.h>
#include <sys/mman.h>

int bipack_memory_file(void) { return memfd_create("bipack", MFD_CLOEXEC); }

void bipack_start_writeback(int file, int64_t from, int64_t count) {
  (void)!sync_file_range(file, from, count, SYNC_FILE_RANGE_WRITE);
}
