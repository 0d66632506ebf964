#define _GNU_SOURCE
#include "cfiles.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int bipack_memory_file(void) { return memfd_create("bipack", MFD_CLOEXEC); }

void bipack_start_writeback(int file, int64_t from, int64_t count) {
  (void)!sync_file_range(file, from, count, SYNC_FILE_RANGE_WRITE);
}

static void leave(int status, void *unused) {
  (void)unused;
  fflush(NULL);
  _exit(status);
}

void bipack_exit_at_once(void) {
  static atomic_flag is_set = ATOMIC_FLAG_INIT;
  // What is registered last is called first.
  if (!atomic_flag_test_and_set(&is_set)) on_exit(leave, NULL);
}
