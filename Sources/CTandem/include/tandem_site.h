// Call sites and the last words of a failing process.
#ifndef TANDEM_SITE_H
#define TANDEM_SITE_H

#include <stddef.h>
#include <stdint.h>

// The address to which the caller's call returns. Never inlined.
const void *tandem_return_address(void);

// Writes "file:line" or "function + offset" of a code address; returns the length, 0 if nothing is
// known. Asks llvm-symbolizer or addr2line where one is found, then dladdr.
int64_t tandem_symbolize(uintptr_t address, char *buffer, size_t capacity);

// Writes bytes to standard error, all of them, retrying interrupted writes.
void tandem_write_error(const void *bytes, size_t count);

__attribute__((noreturn)) void tandem_abort(void);

#endif
