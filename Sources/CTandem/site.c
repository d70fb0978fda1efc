#include "tandem_site.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((noinline)) const void *tandem_return_address(void) {
  return __builtin_return_address(0);
}

int64_t tandem_symbolize(uintptr_t address, char *buffer, size_t capacity) {
  Dl_info info;
  if (!dladdr((void *)address, &info) || !info.dli_sname) return 0;
  int n = snprintf(buffer, capacity, "%s + %zu", info.dli_sname,
                   (size_t)(address - (uintptr_t)info.dli_saddr));
  return n < (int)capacity ? n : (int64_t)capacity - 1;
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

void tandem_abort(void) { abort(); }
