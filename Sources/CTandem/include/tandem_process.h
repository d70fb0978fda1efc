// Starting another program and reading what it prints.
#ifndef TANDEM_PROCESS_H
#define TANDEM_PROCESS_H

#include <stdint.h>

// Starts the program `arguments[0]`, found through PATH, with this process's environment, nothing
// on standard input, and both outputs on the pipe whose reading end `*output` becomes. Returns the
// process id, or minus the error number. The caller reads, closes `*output` and waits for the
// child.
int64_t tandem_process_start(const char *const *arguments, int32_t *output);

// Seconds of a clock that never goes back.
double tandem_process_seconds(void);

// The first SIGINT calls `body` on a thread of its own and then ends the process, as it would have
// without this; a second one ends it at once. Does nothing where the program handles or ignores
// SIGINT, or if no thread can be had; only the first call counts.
void tandem_watch_interrupt(void (*body)(void));

// From now on the first SIGINT is only noted, with a line on standard error, and a second one ends
// the process as if this had not been called. Does nothing where the program ignores SIGINT.
void tandem_stop_watch(void);

// Whether a SIGINT has come since the watch began.
int32_t tandem_stop_requested(void);

#endif
