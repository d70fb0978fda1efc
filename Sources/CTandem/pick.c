// Single elements picked from one axis by one array of indices: no table of offsets, so that memory
// is read and written once.
#include "instruction_levels.h"
#include "tandem_indexing.h"

typedef struct {
  uint64_t low, high;
} sixteen_bytes;

#define CHECK(name, type)                                                                      \
  TANDEM_AT_LEVELS(bool, name, (const char *index, int64_t stride, int64_t length, int64_t n), \
                   (index, stride, length, n)) {                                               \
    uint64_t outside = 0;                                                                      \
    for (int64_t i = 0; i < n; i++) {                                                          \
      int64_t at = *(const type *)(index + i * stride);                                        \
      outside |= (uint64_t)((at >= length) | (at < -length));                                  \
    }                                                                                          \
    return outside != 0;                                                                       \
  }
CHECK(has_outside_wide, int64_t)
CHECK(has_outside_narrow, int32_t)

int64_t tandem_index_check(const char *index, int64_t stride, bool wide, int64_t length,
                           int64_t begin, int64_t end, int64_t *bad) {
  index += begin * stride;
  int64_t n = end - begin;
  // With the stride in sight the loop over dense indices becomes vector code.
  bool is_outside = wide ? (stride == 8 ? has_outside_wide(index, 8, length, n)
                                        : has_outside_wide(index, stride, length, n))
                         : (stride == 4 ? has_outside_narrow(index, 4, length, n)
                                        : has_outside_narrow(index, stride, length, n));
  for (int64_t i = 0; is_outside && i < n; i++) {
    const char *at = index + i * stride;
    *bad = wide ? *(const int64_t *)at : *(const int32_t *)at;
    if (*bad < -length || *bad >= length) return begin + i;
  }
  return -1;
}

#define PICK(type, index_type)                                                                 \
  for (int64_t i = begin; i < end; i++) {                                                      \
    int64_t at = *(const index_type *)(p->index + i * p->index_stride);                        \
    at += at < 0 ? p->length : 0;                                                              \
    *(type *)(p->out + i * p->out_stride) = *(const type *)(p->table + at * p->table_stride);  \
  }

#define PICK_ANY(type)            \
  if (p->wide) {                  \
    PICK(type, int64_t)           \
  } else {                        \
    PICK(type, int32_t)           \
  }

void tandem_pick_run(const tandem_pick_plan *p, int64_t begin, int64_t end) {
  switch (p->width) {
    case 1: PICK_ANY(uint8_t) break;
    case 2: PICK_ANY(uint16_t) break;
    case 4: PICK_ANY(uint32_t) break;
    case 8: PICK_ANY(uint64_t) break;
    default: PICK_ANY(sixteen_bytes) break;
  }
}
