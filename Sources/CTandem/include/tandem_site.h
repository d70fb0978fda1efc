// Call sites and the last words of a failing process.
#ifndef TANDEM_SITE_H
#define TANDEM_SITE_H

#include <stddef.h>
#include <stdint.h>

// The address to which the caller's call returns. Never inlined.
const void *tandem_return_address(void);

// Writes "file:line" of a code address as llvm-symbolizer or addr2line, the first found in PATH,
// knows it; returns the length, 0 if nothing was found out before the deadline.
int64_t tandem_symbolize_with_tool(uintptr_t address, int deadline_milliseconds, char *buffer,
                                   size_t capacity);

// Writes the (mangled) name of the function that holds a code address and stores the distance from
// its start; returns the length, 0 if the function has no exported name.
int64_t tandem_symbol_name(uintptr_t address, size_t *offset, char *buffer, size_t capacity);

// Writes bytes to standard error, all of them, retrying interrupted writes.
void tandem_write_error(const void *bytes, size_t count);

__attribute__((noreturn)) void tandem_abort(void);

#endif
