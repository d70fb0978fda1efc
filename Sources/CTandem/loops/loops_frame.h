// What one chunk of a plan works with: scratch tiles and the place of every value.
#ifndef TANDEM_LOOPS_FRAME_H
#define TANDEM_LOOPS_FRAME_H

#include "../include/tandem_loops.h"

typedef struct {
  const TandemLoopPlan *plan;
  char *scratch;        // slotCount tiles of `slotBytes`
  int64_t slotBytes;
  void **place;         // where the tile of each value lies at present
} TandemLoopFrame;

// Bytes that a frame for runs of up to `n` elements needs, places included.
int64_t tandem_frame_bytes(const TandemLoopPlan *plan, int64_t n);
// Lays a frame out in memory of that size (aligned to 64) and fills what never changes: scalars,
// constants, and inputs that are one element everywhere.
void tandem_frame_open(TandemLoopFrame *frame, const TandemLoopPlan *plan, int64_t n, void *memory);
// Computes positions begin ..< begin + n (n ≤ TANDEM_TILE) and stores the elementwise outputs; the
// tiles of reducing outputs are left in their places.
void tandem_frame_run(TandemLoopFrame *frame, int64_t begin, int64_t n);
// Runs the steps that are not hoisted over tiles of n elements.
void tandem_frame_steps(TandemLoopFrame *frame, int64_t n);
// Computes blocks begin ..< end of a plan that has an `across` axis; `spare` is a tile of 8 bytes.
void tandem_blocks_run(TandemLoopFrame *frame, int64_t begin, int64_t end, char *spare);
// Stores n elements of a tile at positions begin ..< begin + n of axes `lengths` with `strides`.
void tandem_frame_store(TandemTileStore store, int64_t bytes, char *base, const int64_t *strides,
                        const int64_t *lengths, int32_t rank, int64_t begin, int64_t n,
                        const char *tile, int64_t tileBytes);
// One chunk of a plan with reductions, in a frame that is open.
void tandem_reduce_chunk(TandemLoopFrame *frame, int64_t chunk, void *memory);
// Bytes of memory that tandem_reduce_chunk needs.
int64_t tandem_reduce_bytes(const TandemLoopPlan *plan);

// Writes n ≤ TANDEM_TILE accumulators of output o for kept positions first, first + 1, … to memory,
// or to the partial results of part `split`. `tiles` has 16 bytes for each of TANDEM_TILE elements.
void tandem_reduce_deliver(const TandemLoopPlan *plan, int32_t o, const char *results,
                           int64_t split, int64_t first, int64_t n, char *tiles);
// Bits of a scalar in the representation of its class, and how many bytes that has.
uint64_t tandem_scalar_bits(TandemScalar scalar, uint8_t dtype, int64_t *bytes);

// The place of position `linear` in axes of these lengths.
static inline void tandem_unravel(int64_t linear, const int64_t *lengths, int32_t rank,
                                  int64_t *index) {
  for (int32_t axis = rank - 1; axis > 0; axis--) {
    int64_t outer = linear / lengths[axis];
    index[axis] = linear - outer * lengths[axis];
    linear = outer;
  }
  if (rank > 0) index[0] = linear;
}

static inline int64_t tandem_offset(const int64_t *index, const int64_t *strides, int32_t rank) {
  int64_t offset = 0;
  for (int32_t axis = 0; axis < rank; axis++) offset += index[axis] * strides[axis];
  return offset;
}

// Memory of this thread for one chunk at a time, aligned to 64.
void *tandem_loop_scratch(int64_t bytes);

#endif
