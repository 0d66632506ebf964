#define _GNU_SOURCE
#include "coiio.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void keep_folder(char *path) {
  char *slash = strrchr(path, '/');
  if (slash) *slash = 0; else path[0] = 0;
}

int32_t coiio_own_folder(char *path, size_t size) {
  Dl_info info;
  if (!dladdr((const void *)&coiio_own_folder, &info) || !info.dli_fname) return 0;
  snprintf(path, size, "%s", info.dli_fname);
  keep_folder(path);
  return path[0] != 0;
}

int32_t coiio_program_folder(char *path, size_t size) {
  if (size == 0) return 0;
  ssize_t n = readlink("/proc/self/exe", path, size - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  keep_folder(path);
  return path[0] != 0;
}
