#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// oneDNN behind a table of functions. Versions 2 and 3 differ in how primitives are described: 2
// has descriptors as structures of the caller, 3 has opaque ones. What is queried, run and
// reordered is the same in both, and so are all constants that are used here.

typedef void *Handle;

// From the headers of 2.6 and of 3.2.
enum {
  LIBRARY_CPU = 1,
  LIBRARY_FLOAT32 = 3,
  LIBRARY_ANY = 1,
  LIBRARY_FORWARD = 64,
  LIBRARY_DIRECT = 1,
  LIBRARY_USER_SCRATCHPAD = 1,
  QUERY_IMPLEMENTATION = 8,
  QUERY_WEIGHTS = 131,
  QUERY_WEIGHT_GRADIENT = 132,
  QUERY_SCRATCHPAD = 136,
  ARGUMENT_SOURCE = 1,
  ARGUMENT_RESULT = 17,
  ARGUMENT_WEIGHTS = 33,
  ARGUMENT_SCRATCHPAD = 80,
  ARGUMENT_SOURCE_GRADIENT = 129,
  ARGUMENT_RESULT_GRADIENT = 145,
  ARGUMENT_WEIGHT_GRADIENT = 161,
  LIBRARY_AXES = 12,
};

typedef struct {
  int argument;
  Handle memory;
} Argument;

// A version, as the library gives it.
typedef struct {
  int major, minor, patch;
} Version;

// Structures of version 2 take 696 and 5976 bytes in 2.6; there is room for those of its relatives.
typedef union {
  Handle handle;
  uint64_t words[256];
} Description;

typedef union {
  uint64_t words[2048];
} Operation;

typedef int64_t Lengths[LIBRARY_AXES];

typedef struct {
  const Version *(*version)(void);
  int (*createEngine)(Handle *, int, size_t);
  int (*createStream)(Handle *, Handle, unsigned);
  int (*destroyStream)(Handle);
  int (*createAttributes)(Handle *);
  int (*destroyAttributes)(Handle);
  int (*setScratchpad)(Handle, int);
  int (*query)(Handle, int, int, void *);
  const void *(*queryShape)(Handle, int, int);
  size_t (*size)(const void *);
  int (*createMemory)(Handle *, const void *, Handle, void *);
  int (*destroyMemory)(Handle);
  int (*describeReorder)(Handle *, const void *, Handle, const void *, Handle, Handle);
  int (*destroyDescription)(Handle);
  int (*create)(Handle *, Handle);
  int (*destroy)(Handle);
  int (*execute)(Handle, Handle, int, const Argument *);
  // Version 2: strided and free descriptions, and convolutions.
  int (*strided2)(void *, int, const int64_t *, int, const int64_t *);
  int (*tagged2)(void *, int, const int64_t *, int, int);
  int (*part2)(void *, const void *, const int64_t *, const int64_t *);
  int (*forward2)(void *, int, int, const void *, const void *, const void *, const void *,
                  const int64_t *, const int64_t *, const int64_t *, const int64_t *);
  int (*inputGradient2)(void *, int, const void *, const void *, const void *, const int64_t *,
                        const int64_t *, const int64_t *, const int64_t *);
  int (*weightGradient2)(void *, int, const void *, const void *, const void *, const void *,
                         const int64_t *, const int64_t *, const int64_t *, const int64_t *);
  int (*describe2)(Handle *, const void *, Handle, Handle, Handle);
  // Version 3.
  int (*strided3)(Handle *, int, const int64_t *, int, const int64_t *);
  int (*tagged3)(Handle *, int, const int64_t *, int, int);
  int (*part3)(Handle *, const void *, const int64_t *, const int64_t *);
  int (*destroyShape3)(Handle);
  int (*forward3)(Handle *, Handle, int, int, Handle, Handle, Handle, Handle, const int64_t *,
                  const int64_t *, const int64_t *, const int64_t *, Handle);
  int (*inputGradient3)(Handle *, Handle, int, Handle, Handle, Handle, const int64_t *,
                        const int64_t *, const int64_t *, const int64_t *, Handle, Handle);
  int (*weightGradient3)(Handle *, Handle, int, Handle, Handle, Handle, Handle, const int64_t *,
                         const int64_t *, const int64_t *, const int64_t *, Handle, Handle);
  Handle engine;
  bool isThird;
  char number[32];
  // The thread count that a calling thread has in OpenMP.
  int (*threads)(void);
  void (*setThreads)(int);
} TandemOneDNN;

// The library, opened at first use; null where it is missing or of another version.
const TandemOneDNN *tandem_onednn_library(void);

// OpenMP keeps a thread count for each calling thread: it is one from here, and another user of
// OpenMP on this thread finds its own again. What was there goes to the second.
int tandem_onednn_alone(void);
void tandem_onednn_together(int before);
