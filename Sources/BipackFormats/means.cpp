#include "means.h"

#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace {

volatile std::sig_atomic_t was_cut = 0;

void note_cut(int) { was_cut = 1; }

void set_soft(__rlimit_resource kind, rlim_t value) {
  struct rlimit limit;
  if (getrlimit(kind, &limit) != 0) return;
  limit.rlim_cur = std::min(value, limit.rlim_max);
  setrlimit(kind, &limit);
}

// Private writable memory, which is what RLIMIT_DATA counts (and stacks).
uint64_t data_bytes() {
  unsigned long total, resident, shared, text, library, data = 0;
  if (FILE *file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(
            file, "%lu %lu %lu %lu %lu %lu", &total, &resident, &shared, &text, &library,
            &data) != 6)
      data = 0;
    std::fclose(file);
  }
  return uint64_t(data) * uint64_t(sysconf(_SC_PAGESIZE));
}

void *watch(void *argument) {
  struct pollfd entry = {int(reinterpret_cast<intptr_t>(argument)), POLLRDHUP, 0};
  while (poll(&entry, 1, -1) <= 0) {
  }
  _exit(0);
}

}  // namespace

void prepare_process() {
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  set_soft(RLIMIT_FSIZE, RLIM_INFINITY);
  if (FILE *file = std::fopen("/proc/self/oom_score_adj", "w")) {
    std::fputs("500", file);
    std::fclose(file);
  }
  struct sigaction action = {};
  action.sa_handler = note_cut;
  action.sa_flags = SA_RESTART;
  sigaction(SIGXFSZ, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

void allow(uint64_t bytes, uint32_t seconds) {
  const uint64_t used = data_bytes();
  set_soft(RLIMIT_DATA, bytes > UINT64_MAX - used ? RLIM_INFINITY : rlim_t(used + bytes));
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) == 0)
    set_soft(
        RLIMIT_CPU,
        rlim_t(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + 1) + rlim_t(seconds));
}

void tidy() {
  static const uint64_t plain = data_bytes();
  if (data_bytes() > plain + (16u << 20)) malloc_trim(0);
}

bool met_size_limit() {
  const bool cut = was_cut != 0;
  was_cut = 0;
  return cut;
}

void leave_with_caller(int socket) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 << 10);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  pthread_create(&thread, &attributes, watch, reinterpret_cast<void *>(intptr_t(socket)));
  pthread_attr_destroy(&attributes);
}
