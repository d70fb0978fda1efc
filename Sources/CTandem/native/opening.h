// Opening a library of which nothing runs at the process's end, and which cannot end it: see
// opening.c.
#ifndef TANDEM_OPENING_H
#define TANDEM_OPENING_H

#include <setjmp.h>

typedef enum {
  TANDEM_OPENING_DONE,
  TANDEM_OPENING_FAILED,  // there is no such library, or it cannot be loaded
  TANDEM_OPENING_TAKEN,   // the program has it already, or its clean-up cannot be kept away
} TandemOpening;

// Opens a library by a path or a name that is searched. One thread at a time.
TandemOpening tandem_open_for_good(const char *name, void **library);

// Where a thread goes on when the library that it calls would end the process; null: it ends.
extern _Thread_local jmp_buf *tandem_recovery;

#endif
