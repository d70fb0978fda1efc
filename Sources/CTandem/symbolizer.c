// Asks a symbolizer program where a code address was written. Runs in a process that is about to
// stop, with other threads alive: the child is made with posix_spawn, never fork, and everything
// has a deadline.
#include "tandem_site.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int64_t now_milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

// The file that holds an address and the address as that file counts it: a position-independent
// object is loaded at a bias that its own tables do not know.
static int locate(uintptr_t address, char *path, size_t capacity, uintptr_t *in_file) {
  Dl_info info;
  struct link_map *map = NULL;
  if (!dladdr1((void *)address, &info, (void **)&map, RTLD_DL_LINKMAP) || !map) return 0;
  *in_file = address - map->l_addr;
  if (map->l_name && map->l_name[0]) {
    return snprintf(path, capacity, "%s", map->l_name) < (int)capacity;
  }
  ssize_t n = readlink("/proc/self/exe", path, capacity - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  return 1;
}

// Reads until the end of the file or the deadline; returns the number of bytes.
static size_t read_until(int descriptor, int64_t deadline, char *buffer, size_t capacity) {
  size_t length = 0;
  while (length < capacity) {
    int64_t left = deadline - now_milliseconds();
    if (left <= 0) break;
    struct pollfd ready = {.fd = descriptor, .events = POLLIN};
    int n = poll(&ready, 1, (int)left);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    ssize_t got = read(descriptor, buffer + length, capacity - length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    length += (size_t)got;
  }
  return length;
}

// Runs a program found in PATH with its output captured; returns the bytes that it wrote.
static size_t capture(char *const arguments[], int64_t deadline, char *buffer, size_t capacity) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return 0;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  // The failing thread may block signals that the child needs.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t child = 0;
  int failed = posix_spawnp(&child, arguments[0], &actions, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(ends[1]);
  size_t length = failed ? 0 : read_until(ends[0], deadline, buffer, capacity);
  close(ends[0]);
  if (failed) return 0;
  // A child that is done or not: its answer is read, and nothing is left behind.
  kill(child, SIGKILL);
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
  }
  return length;
}

// Cuts "file:line" out of a symbolizer's first line, "file:line:column" or "file:line (…)"; 0 if
// it does not know.
static size_t file_and_line(const char *text, size_t length) {
  size_t end = 0;
  while (end < length && text[end] != '\n') end++;
  if (end == 0 || text[0] == '?') return 0;
  size_t first = 0;  // the first colon that a digit follows
  for (size_t i = 0; i + 1 < end; i++) {
    if (text[i] == ':' && text[i + 1] >= '0' && text[i + 1] <= '9') {
      first = i;
      break;
    }
  }
  if (first == 0 || text[first + 1] == '0') return 0;
  size_t stop = first + 1;
  while (stop < end && text[stop] >= '0' && text[stop] <= '9') stop++;
  return stop;
}

int64_t tandem_symbolize_with_tool(uintptr_t address, int deadline_milliseconds, char *buffer,
                                   size_t capacity) {
  char path[4096], number[32], output[4096];
  uintptr_t in_file;
  if (!locate(address, path, sizeof path, &in_file)) return 0;
  snprintf(number, sizeof number, "0x%zx", (size_t)in_file);
  char object[4096 + 8];
  snprintf(object, sizeof object, "--obj=%s", path);
  char *const llvm[] = {"llvm-symbolizer", object, "--functions=none", "--no-inlines", number,
                        NULL};
  char *const gnu[] = {"addr2line", "-e", path, number, NULL};
  char *const *const tools[] = {llvm, gnu};
  int64_t deadline = now_milliseconds() + deadline_milliseconds;
  for (int i = 0; i < 2; i++) {
    size_t length = capture(tools[i], deadline, output, sizeof output);
    size_t end = file_and_line(output, length);
    if (end == 0 || end >= capacity) continue;
    memcpy(buffer, output, end);
    buffer[end] = 0;
    return (int64_t)end;
  }
  return 0;
}
