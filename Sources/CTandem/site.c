#include "tandem_site.h"

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((noinline)) const void *tandem_return_address(void) {
  return __builtin_return_address(0);
}

int64_t tandem_symbol_name(uintptr_t address, size_t *offset, char *buffer, size_t capacity) {
  Dl_info info;
  if (!dladdr((void *)address, &info) || !info.dli_sname || capacity == 0) return 0;
  *offset = address - (uintptr_t)info.dli_saddr;
  size_t length = strlen(info.dli_sname);
  if (length >= capacity) length = capacity - 1;
  memcpy(buffer, info.dli_sname, length);
  buffer[length] = 0;
  return (int64_t)length;
}

void tandem_write_error(const void *bytes, size_t count) {
  const char *next = bytes;
  while (count > 0) {
    ssize_t n = write(STDERR_FILENO, next, count);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    next += n;
    count -= (size_t)n;
  }
}

void tandem_abort(void) {
  // The message has said what happened; a handler of the signal (the Swift runtime's prints pages
  // of registers) would bury it.
  signal(SIGABRT, SIG_DFL);
  abort();
}
