#include <string.h>

#include "tandem_indexing.h"
#include "view_walk.h"

// What of an element's bits says that it is not zero: all but the sign of a float.
typedef struct { int64_t width; uint64_t low, high; } bits_mask;

static bits_mask mask_of(int64_t dtype) {
  const uint64_t all = UINT64_MAX, no_sign = INT64_MAX;
  switch (dtype) {
    case TANDEM_BOOL: case TANDEM_INT8: case TANDEM_UINT8: return (bits_mask){1, all, 0};
    case TANDEM_INT16: case TANDEM_UINT16: return (bits_mask){2, all, 0};
    case TANDEM_FLOAT16: case TANDEM_BFLOAT16: return (bits_mask){2, 0x7fff, 0};
    case TANDEM_INT32: case TANDEM_UINT32: return (bits_mask){4, all, 0};
    case TANDEM_FLOAT32: return (bits_mask){4, 0x7fffffff, 0};
    case TANDEM_INT64: case TANDEM_UINT64: return (bits_mask){8, all, 0};
    case TANDEM_FLOAT64: return (bits_mask){8, no_sign, 0};
    case TANDEM_COMPLEX64: return (bits_mask){8, 0x7fffffff7fffffffu, 0};
    default: return (bits_mask){16, no_sign, no_sign};
  }
}

static inline bool is_nonzero(const char *x, bits_mask mask) {
  switch (mask.width) {
    case 1: return (*(const uint8_t *)x & mask.low) != 0;
    case 2: return (*(const uint16_t *)x & mask.low) != 0;
    case 4: return (*(const uint32_t *)x & mask.low) != 0;
    case 8: return (*(const uint64_t *)x & mask.low) != 0;
    default:
      return (((const uint64_t *)x)[0] & mask.low) != 0 ||
             (((const uint64_t *)x)[1] & mask.high) != 0;
  }
}

// How many elements are looked at, without branches, before coordinates are written.
#define BLOCK 256

int64_t tandem_nonzero_count(const tandem_view *view, int64_t dtype, int64_t begin, int64_t end) {
  bits_mask mask = mask_of(dtype);
  tandem_walk walk = tandem_walk_from(view, begin);
  int64_t stride = tandem_walk_stride(&walk), count = 0;
  for (int64_t at = begin; at < end;) {
    int64_t run = tandem_walk_run(&walk, end - at);
    const char *from = view->data + walk.offset;
    if (mask.width == 1 && stride == 1) {
      for (int64_t i = 0; i < run; i++) count += from[i] != 0;
    } else {
      for (int64_t i = 0; i < run; i++) count += is_nonzero(from + i * stride, mask);
    }
    tandem_walk_advance(&walk, run);
    at += run;
  }
  return count;
}

int64_t tandem_nonzero_fill(const tandem_view *view, int64_t dtype, int64_t begin, int64_t end,
                            char *out, int64_t axis_stride, int64_t item_stride, int64_t limit) {
  bits_mask mask = mask_of(dtype);
  tandem_walk walk = tandem_walk_from(view, begin);
  int64_t stride = tandem_walk_stride(&walk), last = view->rank - 1, found = 0;
  for (int64_t at = begin; at < end;) {
    int64_t run = tandem_walk_run(&walk, end - at);
    const char *from = view->data + walk.offset;
    for (int64_t first = 0; first < run; first += BLOCK) {
      int64_t end_of_block = run - first < BLOCK ? run : first + BLOCK, count = 0, places[BLOCK];
      for (int64_t i = first; i < end_of_block; i++) {
        places[count] = i;
        count += is_nonzero(from + i * stride, mask);
      }
      if (count > limit - found) count = limit - found;
      for (int64_t axis = 0; axis <= last; axis++) {
        char *to = out + axis * axis_stride;
        int64_t at_axis = walk.at[axis], moves = axis == last ? -1 : 0;
        for (int64_t j = 0; j < count; j++)
          *(int64_t *)(to + j * item_stride) = at_axis + (places[j] & moves);
      }
      out += count * item_stride;
      found += count;
    }
    tandem_walk_advance(&walk, run);
    at += run;
  }
  return found;
}
