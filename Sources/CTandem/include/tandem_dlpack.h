// The structures of DLPack, by which array libraries in one process hand arrays to each other
// without copying. Declared after the specification, version 1.0: names and layout are its ABI.
#ifndef TANDEM_DLPACK_H
#define TANDEM_DLPACK_H

#include <stdint.h>

enum {
  TANDEM_DL_MAJOR = 1,
  TANDEM_DL_MINOR = 0,
  TANDEM_DL_CPU = 1,
  // The memory may not be written.
  TANDEM_DL_READ_ONLY = 1,
  // The memory is a copy that nobody else sees.
  TANDEM_DL_IS_COPIED = 2,
};

enum {
  TANDEM_DL_INT = 0,
  TANDEM_DL_UINT = 1,
  TANDEM_DL_FLOAT = 2,
  TANDEM_DL_BFLOAT = 4,
  TANDEM_DL_COMPLEX = 5,
  TANDEM_DL_BOOL = 6,
};

typedef struct {
  void *data;
  int32_t device_type;
  int32_t device_id;
  int32_t rank;
  // Kind, bits of one number, and how many numbers an element has.
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
  int64_t *shape;
  // In elements; NULL for row-major.
  int64_t *strides;
  uint64_t byte_offset;
} tandem_dl_tensor;

typedef struct tandem_dl_managed {
  tandem_dl_tensor tensor;
  void *context;
  void (*release)(struct tandem_dl_managed *);
} tandem_dl_managed;

typedef struct tandem_dl_managed_versioned {
  uint32_t major;
  uint32_t minor;
  void *context;
  void (*release)(struct tandem_dl_managed_versioned *);
  uint64_t flags;
  tandem_dl_tensor tensor;
} tandem_dl_managed_versioned;

#endif
