// Drives reductions: tiles of values in, accumulators of blocks combined pairwise, results out.
#include "loops_frame.h"

#include <stdlib.h>
#include <string.h>

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t aligned(int64_t bytes) { return (bytes + 63) / 64 * 64; }

// Combines a stream of results pairwise, as a binary counter carries: the tree over blocks is the
// same for any cut of the stream into aligned powers of two.
typedef struct {
  const TandemReducer *reducer;
  char *levels;
  int64_t width;  // results at each level
  int64_t depth, pushed;
} Tree;

static char *tree_top(Tree *tree) {
  return tree->levels + tree->depth * tree->width * tree->reducer->accumulatorBytes;
}

static void tree_merge(Tree *tree) {
  int64_t bytes = tree->width * tree->reducer->accumulatorBytes;
  char *last = tree->levels + (tree->depth - 1) * bytes;
  tree->reducer->combine(last - bytes, last, tree->width);
  tree->depth--;
}

// Takes what was written at tree_top.
static void tree_push(Tree *tree) {
  tree->depth++;
  for (int64_t carry = ++tree->pushed; (carry & 1) == 0; carry >>= 1) tree_merge(tree);
}

static void tree_collapse(Tree *tree) {
  while (tree->depth > 1) tree_merge(tree);
}

static void tree_restart(Tree *tree, int64_t width) {
  tree->width = width;
  tree->depth = tree->pushed = 0;
}

static int64_t tree_levels(int64_t items) {
  int64_t levels = 2;
  while (items > 1) {
    items = (items + 1) / 2;
    levels++;
  }
  return levels;
}

typedef struct {
  Tree tree;
  char *lanes, *results;
} Accumulator;

// Where the memory of a chunk's accumulators ends.
static int64_t lay_out(const TandemLoopPlan *plan, char *memory, Accumulator *accumulators) {
  const TandemLoopProgram *p = plan->program;
  bool columns = plan->columnsInner;
  int64_t width = columns ? plan->columns : 1;
  int64_t levels = tree_levels((plan->splitLength + TANDEM_BLOCK - 1) / TANDEM_BLOCK);
  int64_t at = TANDEM_TILE * 16;  // two tiles for results on their way to memory
  for (int32_t o = 0; o < p->outputCount; o++) {
    const TandemReducer *reducer = &p->outputs[o].reducer;
    if (!reducer->block) continue;
    int64_t bytes = reducer->accumulatorBytes;
    if (accumulators) {
      accumulators[o].tree.reducer = reducer;
      accumulators[o].tree.levels = memory + at;
    }
    at += aligned(levels * width * bytes);
    if (accumulators) accumulators[o].lanes = memory + at;
    at += columns ? aligned(TANDEM_LANES * width * bytes) : 0;
    if (accumulators) accumulators[o].results = memory + at;
    at += columns ? 0 : aligned(plan->rowsPerTile * bytes);
  }
  return at;
}

int64_t tandem_reduce_bytes(const TandemLoopPlan *plan) {
  if (plan->kept == 0 || plan->length == 0) return TANDEM_TILE * 16;
  return lay_out(plan, NULL, NULL);
}

static int64_t class_bytes(int32_t class) {
  return class == TANDEM_CLASS_F32 || class == TANDEM_CLASS_I32 ? 4 : 8;
}

// Writes n final accumulators to kept positions first, first + 1, …; n ≤ TANDEM_TILE.
static void store_results(const TandemLoopPlan *plan, int32_t o, const char *results,
                          int64_t first, int64_t n, char *tiles) {
  const TandemLoopOutput *output = &plan->program->outputs[o];
  const char *tile = results;
  int64_t bytes = class_bytes(output->reducer.resultClass);
  if (output->reducer.finish) {
    output->reducer.finish(results, n, tiles);
    tile = tiles;
  }
  if (output->narrow) {
    output->narrow(tiles + TANDEM_TILE * 8, tile, tile, tile, n);
    tile = tiles + TANDEM_TILE * 8;
    bytes = output->tileBytes;
  }
  tandem_frame_store(output->store, output->bytes, plan->base[o], plan->strides[o],
                     plan->keptLengths, plan->keptRank, first, n, tile, bytes);
}

// The accumulators of output o for part `split`, kept position `first`.
static char *partial_at(const TandemLoopPlan *plan, int32_t o, int64_t split, int64_t first) {
  char *at = plan->partials;
  for (int32_t other = 0; other < o; other++) {
    const TandemReducer *reducer = &plan->program->outputs[other].reducer;
    if (reducer->block) at += aligned(plan->splits * plan->kept * reducer->accumulatorBytes);
  }
  return at + (split * plan->kept + first) * plan->program->outputs[o].reducer.accumulatorBytes;
}

void tandem_reduce_deliver(const TandemLoopPlan *plan, int32_t o, const char *results,
                           int64_t split, int64_t first, int64_t n, char *tiles) {
  if (plan->splits == 1) {
    store_results(plan, o, results, first, n, tiles);
  } else {
    memcpy(partial_at(plan, o, split, first), results,
           (size_t)(n * plan->program->outputs[o].reducer.accumulatorBytes));
  }
}

static void push_blocks(Tree *tree, const char *values, int64_t valueBytes, int64_t n,
                        int64_t position) {
  for (int64_t at = 0; at < n; at += TANDEM_BLOCK) {
    tree->reducer->block(values + at * valueBytes, least(TANDEM_BLOCK, n - at), position + at,
                         tree_top(tree));
    tree_push(tree);
  }
}

// Whole short sequences, several in one tile.
static void reduce_short(TandemLoopFrame *frame, Accumulator *all, int64_t unit, char *tiles) {
  const TandemLoopPlan *plan = frame->plan;
  const TandemLoopProgram *p = plan->program;
  int64_t first = unit * plan->rowsPerTile, length = plan->length;
  int64_t rows = least(plan->rowsPerTile, plan->kept - first);
  tandem_frame_run(frame, first * length, rows * length);
  for (int32_t o = 0; o < p->outputCount; o++) {
    const TandemLoopOutput *output = &p->outputs[o];
    const TandemReducer *reducer = &output->reducer;
    if (!reducer->block) continue;
    const char *values = frame->place[output->value];
    int64_t valueBytes = output->valueBytes;
    char *result = all[o].results;
    for (int64_t row = 0; row < rows; row++, result += reducer->accumulatorBytes) {
      if (length <= TANDEM_BLOCK) {
        reducer->block(values + row * length * valueBytes, length, 0, result);
      } else {
        tree_restart(&all[o].tree, 1);
        push_blocks(&all[o].tree, values + row * length * valueBytes, valueBytes, length, 0);
        tree_collapse(&all[o].tree);
        memcpy(result, all[o].tree.levels, (size_t)reducer->accumulatorBytes);
      }
    }
    store_results(plan, o, all[o].results, first, rows, tiles);
  }
}

// One part of one long sequence.
static void reduce_long(TandemLoopFrame *frame, Accumulator *all, int64_t unit, char *tiles) {
  const TandemLoopPlan *plan = frame->plan;
  const TandemLoopProgram *p = plan->program;
  int64_t row = unit / plan->splits, split = unit % plan->splits;
  int64_t begin = split * plan->splitLength;
  int64_t end = least(plan->length, begin + plan->splitLength);
  for (int32_t o = 0; o < p->outputCount; o++) tree_restart(&all[o].tree, 1);
  for (int64_t at = begin; at < end; at += TANDEM_TILE) {
    int64_t n = least(TANDEM_TILE, end - at);
    tandem_frame_run(frame, row * plan->length + at, n);
    for (int32_t o = 0; o < p->outputCount; o++) {
      const TandemLoopOutput *output = &p->outputs[o];
      if (output->reducer.block)
        push_blocks(&all[o].tree, frame->place[output->value], output->valueBytes, n, at);
    }
  }
  for (int32_t o = 0; o < p->outputCount; o++) {
    if (!p->outputs[o].reducer.block) continue;
    tree_collapse(&all[o].tree);
    tandem_reduce_deliver(plan, o, all[o].tree.levels, split, row, 1, tiles);
  }
}

// Part of the rows of one block of columns.
static void reduce_columns(TandemLoopFrame *frame, Accumulator *all, int64_t unit, char *tiles) {
  const TandemLoopPlan *plan = frame->plan;
  const TandemLoopProgram *p = plan->program;
  int64_t split = unit % plan->splits, rest = unit / plan->splits;
  int64_t column = rest % plan->columnBlocks * plan->columns, outer = rest / plan->columnBlocks;
  int64_t width = least(plan->columns, plan->width - column);
  int64_t begin = split * plan->splitLength;
  int64_t end = least(plan->length, begin + plan->splitLength);
  for (int32_t o = 0; o < p->outputCount; o++) tree_restart(&all[o].tree, width);
  for (int64_t row = begin; row < end; row += plan->rowsPerTile) {
    int64_t rows = least(plan->rowsPerTile, end - row), first = row % TANDEM_BLOCK;
    tandem_frame_run(frame, (outer * plan->length + row) * plan->width + column, rows * width);
    bool isLast = first + rows == TANDEM_BLOCK || row + rows == end;
    for (int32_t o = 0; o < p->outputCount; o++) {
      const TandemReducer *reducer = &p->outputs[o].reducer;
      if (!reducer->block) continue;
      const void *values = frame->place[p->outputs[o].value];
      reducer->rows(values, rows, width, first, row, all[o].lanes);
      if (!isLast) continue;
      reducer->lanes(all[o].lanes, first + rows, width, tree_top(&all[o].tree));
      tree_push(&all[o].tree);
    }
  }
  for (int32_t o = 0; o < p->outputCount; o++) {
    if (!p->outputs[o].reducer.block) continue;
    tree_collapse(&all[o].tree);
    tandem_reduce_deliver(plan, o, all[o].tree.levels, split, outer * plan->width + column, width,
                          tiles);
  }
}

// Sequences without elements: zero, one, false or true (extremes of nothing are refused above).
static void store_empty(const TandemLoopPlan *plan, char *tiles) {
  const TandemLoopProgram *p = plan->program;
  for (int32_t o = 0; o < p->outputCount; o++) {
    const TandemLoopOutput *output = &p->outputs[o];
    if (!output->reducer.block) continue;
    memset(tiles, 0, TANDEM_TILE * 16);
    int32_t class = output->reducer.resultClass;
    for (int64_t i = 0; i < TANDEM_TILE && output->emptyIsOne; i++) {
      if (class == TANDEM_CLASS_F32) ((float *)tiles)[i] = 1.0f;
      if (class == TANDEM_CLASS_F64) ((double *)tiles)[i] = 1.0;
      if (class == TANDEM_CLASS_I32) ((int32_t *)tiles)[i] = 1;
      if (class_bytes(class) == 8 && class != TANDEM_CLASS_F64) ((int64_t *)tiles)[i] = 1;
    }
    for (int64_t at = 0; at < plan->kept; at += TANDEM_TILE) {
      int64_t n = least(TANDEM_TILE, plan->kept - at);
      const char *tile = tiles;
      if (output->narrow) {
        output->narrow(tiles + TANDEM_TILE * 8, tiles, tiles, tiles, n);
        tile = tiles + TANDEM_TILE * 8;
      }
      tandem_frame_store(output->store, output->bytes, plan->base[o], plan->strides[o],
                         plan->keptLengths, plan->keptRank, at, n, tile, output->tileBytes);
    }
  }
}

void tandem_reduce_chunk(TandemLoopFrame *frame, int64_t chunk, void *memory) {
  const TandemLoopPlan *plan = frame->plan;
  if (plan->kept == 0) return;
  if (plan->length == 0) {
    store_empty(plan, memory);
    return;
  }
  Accumulator all[TANDEM_OPERANDS_MAX];
  lay_out(plan, memory, all);
  int64_t begin = chunk * plan->unitsPerChunk;
  int64_t end = least(plan->unitCount, begin + plan->unitsPerChunk);
  for (int64_t unit = begin; unit < end; unit++) {
    if (plan->columnsInner) {
      reduce_columns(frame, all, unit, memory);
    } else if (plan->length < TANDEM_TILE) {
      reduce_short(frame, all, unit, memory);
    } else {
      reduce_long(frame, all, unit, memory);
    }
  }
}

void tandem_loop_finish(const TandemLoopPlan *plan) {
  const TandemLoopProgram *p = plan->program;
  if (plan->splits <= 1 || plan->kept == 0) return;
  int64_t levels = tree_levels(plan->splits);
  char *tiles = aligned_alloc(64, (size_t)(TANDEM_TILE * 16 + levels * TANDEM_TILE * 16));
  for (int32_t o = 0; o < p->outputCount; o++) {
    const TandemReducer *reducer = &p->outputs[o].reducer;
    if (!reducer->block) continue;
    Tree tree = {.reducer = reducer, .levels = tiles + TANDEM_TILE * 16};
    for (int64_t first = 0; first < plan->kept; first += TANDEM_TILE) {
      int64_t n = least(TANDEM_TILE, plan->kept - first);
      tree_restart(&tree, n);
      for (int64_t split = 0; split < plan->splits; split++) {
        memcpy(tree_top(&tree), partial_at(plan, o, split, first),
               (size_t)(n * reducer->accumulatorBytes));
        tree_push(&tree);
      }
      tree_collapse(&tree);
      store_results(plan, o, tree.levels, first, n, tiles);
    }
  }
  free(tiles);
}
