#define _GNU_SOURCE
#include "formats.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <unistd.h>

extern char **environ;

// MARK: The process

static int start(const char *program, int end, pid_t *process) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  int error = posix_spawnattr_init(&attributes);
  if (error) return error;
  error = posix_spawn_file_actions_init(&actions);
  if (error) {
    posix_spawnattr_destroy(&attributes);
    return error;
  }
  // A group of its own: Ctrl-C at the terminal is for the caller, who then ends it.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  // What libraries have to complain goes nowhere: their errors come as answers.
  if (!error) error = posix_spawn_file_actions_adddup2(&actions, end, FORMATS_SOCKET);
  if (!error) error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  if (!error) error = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  if (!error) error = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(&actions, FORMATS_SOCKET + 1);
#endif
  if (!error) {
    char *const arguments[] = {(char *)program, (char *)FORMATS_ARGUMENT, NULL};
    error = posix_spawn(process, program, &actions, &attributes, arguments, environ);
  }
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return error;
}

int32_t formats_start(const char *program, int32_t *process, int32_t *socket) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno;
  // The helper's end must not have the number it is to get, or it would be closed on exec.
  int far = fcntl(ends[1], F_DUPFD_CLOEXEC, FORMATS_SOCKET + 1);
  int error = far < 0 ? errno : 0;
  close(ends[1]);
  pid_t started = 0;
  if (!error) error = start(program, far, &started);
  if (far >= 0) close(far);
  if (!error && fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) error = errno;
  if (error) {
    close(ends[0]);
    return error;
  }
  *process = (int32_t)started;
  *socket = ends[0];
  return 0;
}

// MARK: Messages

int64_t formats_send(int32_t socket, const void *bytes, size_t count, int32_t file) {
  struct iovec part = {(void *)bytes, count};
  struct msghdr message = {0};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr alignment;
  } control = {{0}};
  if (file >= 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    int number = file;
    memcpy(CMSG_DATA(header), &number, sizeof number);
  }
  ssize_t n;
  do n = sendmsg(socket, &message, MSG_NOSIGNAL); while (n < 0 && errno == EINTR);
  return n;
}

int64_t formats_receive(int32_t socket, void *bytes, size_t count, int32_t *file) {
  struct iovec part = {bytes, count};
  struct msghdr message = {0};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr alignment;
  } control;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  ssize_t n;
  do n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC); while (n < 0 && errno == EINTR);
  if (n < 0) return n;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
      header->cmsg_len == CMSG_LEN(sizeof(int))) {
    int number;
    memcpy(&number, CMSG_DATA(header), sizeof number);
    if (file && *file < 0) *file = number; else close(number);
  }
  return n;
}

int32_t formats_wait(int32_t socket, int32_t sends, int32_t milliseconds) {
  struct pollfd entry = {socket, sends ? POLLOUT : POLLIN, 0};
  return poll(&entry, 1, milliseconds) > 0;
}

// MARK: Memory

int32_t formats_share(size_t bytes, void **address) {
  int number = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
  if (number < 0) return -1;
  void *memory = shmat(number, NULL, 0);
  int error = errno;
  // From here on it lives as long as somebody has it; Linux still lets others attach.
  shmctl(number, IPC_RMID, NULL);
  if (memory == (void *)-1) {
    errno = error;
    return -1;
  }
  *address = memory;
  return number;
}

void *formats_attach(int32_t number, size_t bytes, int32_t writes) {
  void *memory = shmat(number, NULL, writes ? 0 : SHM_RDONLY);
  if (memory == (void *)-1) return NULL;
  struct shmid_ds info;
  if (shmctl(number, IPC_STAT, &info) != 0 || info.shm_segsz < bytes) {
    shmdt(memory);
    errno = EINVAL;
    return NULL;
  }
  return memory;
}

void formats_detach(void *address) { shmdt(address); }

// MARK: Folders

static void keep_folder(char *path) {
  char *slash = strrchr(path, '/');
  if (slash) *slash = 0; else path[0] = 0;
}

int32_t formats_own_folder(char *path, size_t size) {
  Dl_info info;
  if (!dladdr((const void *)&formats_own_folder, &info) || !info.dli_fname) return 0;
  snprintf(path, size, "%s", info.dli_fname);
  keep_folder(path);
  return path[0] != 0;
}

int32_t formats_program_folder(char *path, size_t size) {
  if (size == 0) return 0;
  ssize_t n = readlink("/proc/self/exe", path, size - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  keep_folder(path);
  return path[0] != 0;
}
