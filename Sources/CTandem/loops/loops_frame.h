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

// Memory of this thread for one chunk at a time, aligned to 64.
void *tandem_loop_scratch(int64_t bytes);

#endif
