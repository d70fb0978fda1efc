// Plans: axes of length one dropped, axes ordered as memory is and merged where it allows, work cut
// into pieces by shape alone.
//
// The order of the elements of a reduced sequence is that of the axes as given, whatever their
// strides; only kept axes are reordered. So the bits of a reduction follow from its shape.
#include "../include/tandem_loops.h"

#include <string.h>

static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t magnitude(int64_t a) { return a < 0 ? -a : a; }
static inline int64_t pieces(int64_t count, int64_t size) { return (count + size - 1) / size; }

// The operands in the order in which they decide the order of axes: elementwise outputs, inputs.
typedef struct {
  int32_t count, operands[TANDEM_OPERANDS_MAX];
  const int64_t *strides;
  int32_t rank;
} Deciders;

static int64_t stride_of(const Deciders *d, int32_t operand, int32_t axis) {
  return d->strides[operand * d->rank + axis];
}

// Whether axis a lies inside axis b in memory, as the first operand with an opinion says.
static bool is_inside(const Deciders *d, int32_t a, int32_t b) {
  for (int32_t k = 0; k < d->count; k++) {
    int64_t x = magnitude(stride_of(d, d->operands[k], a));
    int64_t y = magnitude(stride_of(d, d->operands[k], b));
    if (x == 0 || y == 0 || x == y) continue;
    return x < y;
  }
  return a > b;
}

static void sort_axes(const Deciders *d, int32_t *axes, int32_t count) {
  for (int32_t i = 1; i < count; i++)
    for (int32_t j = i; j > 0 && is_inside(d, axes[j - 1], axes[j]); j--) {
      int32_t swapped = axes[j];
      axes[j] = axes[j - 1];
      axes[j - 1] = swapped;
    }
}

// Axes with merged lengths; the stride of a merged axis is that of its innermost part.
typedef struct {
  int32_t count, axes[TANDEM_RANK_MAX];
  int64_t lengths[TANDEM_RANK_MAX];
} AxisList;

static void append_axis(AxisList *list, int32_t axis, int64_t length, const int64_t *strides,
                        int32_t rank, int32_t operands) {
  if (list->count > 0) {
    int32_t last = list->axes[list->count - 1];
    bool merges = true;
    for (int32_t k = 0; k < operands && merges; k++)
      merges = strides[k * rank + last] == strides[k * rank + axis] * length;
    if (merges) {
      list->axes[list->count - 1] = axis;
      list->lengths[list->count - 1] *= length;
      return;
    }
  }
  list->axes[list->count] = axis;
  list->lengths[list->count++] = length;
}

static int64_t product(const AxisList *list) {
  int64_t count = 1;
  for (int32_t i = 0; i < list->count; i++) count *= list->lengths[i];
  return count;
}

static void add_iteration_axis(TandemLoopPlan *plan, const AxisList *list, int32_t at,
                               const int64_t *strides, int32_t rank, int32_t operands) {
  for (int32_t k = 0; k < operands; k++)
    plan->strides[k][plan->rank] = strides[k * rank + list->axes[at]];
  plan->lengths[plan->rank++] = list->lengths[at];
}

// In-place writing is safe if no step reads an input of the same memory after the output's
// producer has written.
static void decide_direct(TandemLoopPlan *plan) {
  const TandemLoopProgram *p = plan->program;
  for (int32_t o = 0; o < p->outputCount; o++) {
    const TandemLoopOutput *output = &p->outputs[o];
    plan->isDirect[o] =
        output->mayBeDirect && plan->strides[o][plan->rank - 1] == output->bytes &&
        !(output->producer < 64 && plan->hoisted >> output->producer & 1);
    for (int32_t i = 0; i < p->inputCount && plan->isDirect[o]; i++)
      if (plan->base[p->outputCount + i] == plan->base[o] &&
          p->inputs[i].lastUse > output->producer)
        plan->isDirect[o] = false;
  }
}

static void decide_linear(TandemLoopPlan *plan, int32_t operands) {
  for (int32_t k = 0; k < operands; k++) {
    plan->isLinear[k] = true;
    for (int32_t axis = 0; axis + 1 < plan->rank; axis++)
      if (plan->strides[k][axis] != plan->strides[k][axis + 1] * plan->lengths[axis + 1])
        plan->isLinear[k] = false;
  }
}

// Whether an input repeats the same row for every row of the iteration.
static bool is_row(const TandemLoopPlan *plan, int32_t operand) {
  for (int32_t axis = 0; axis + 1 < plan->rank; axis++)
    if (plan->strides[operand][axis] != 0) return false;
  return plan->rank > 1 && plan->strides[operand][plan->rank - 1] != 0;
}

// The axis along which an input's elements lie one after another, if that is not the innermost.
static int32_t across_axis(const TandemLoopPlan *plan) {
  enum { least_length = 8 };
  const TandemLoopProgram *p = plan->program;
  int32_t inner = plan->rank - 1;
  if (plan->lengths[inner] < least_length) return -1;
  for (int32_t i = 0; i < p->inputCount; i++) {
    const int64_t *strides = plan->strides[p->outputCount + i];
    if (magnitude(strides[inner]) <= p->inputs[i].bytes) continue;
    for (int32_t axis = 0; axis < inner; axis++)
      if (magnitude(strides[axis]) == p->inputs[i].bytes && plan->lengths[axis] >= least_length)
        return axis;
  }
  return -1;
}

static void cut_blocks(TandemLoopPlan *plan) {
  plan->blockCount = 1;
  for (int32_t axis = 0; axis < plan->rank; axis++) {
    bool isCut = axis == plan->across || axis == plan->rank - 1;
    plan->blockCount *= isCut ? pieces(plan->lengths[axis], TANDEM_SIDE) : plan->lengths[axis];
  }
  bool isSmall = plan->count <= 2 * TANDEM_CHUNK;
  plan->blocksPerChunk =
      isSmall ? most(1, plan->blockCount) : TANDEM_CHUNK / (TANDEM_SIDE * TANDEM_SIDE);
  plan->chunkCount = isSmall ? 1 : pieces(plan->blockCount, plan->blocksPerChunk);
  plan->tileLength = TANDEM_SIDE * TANDEM_SIDE;
  plan->chunkLength = plan->blocksPerChunk * plan->tileLength;
}

// The longest part of a row, cut evenly, that a tile has room for; zero if parts would be short.
static int64_t even_part(int64_t row) {
  enum { least_part = 96 };
  for (int64_t count = pieces(row, TANDEM_TILE); count > 0 && row / count >= least_part; count++)
    if (row % count == 0) return row / count;
  return 0;
}

// Whether every operand is one run of memory or repeats an element.
static bool is_linear(const TandemLoopPlan *plan) {
  int32_t operands = plan->program->outputCount + plan->program->inputCount;
  for (int32_t k = 0; k < operands; k++)
    if (!plan->isLinear[k] && !is_row(plan, k)) return false;
  return true;
}

// Cuts elementwise work into chunks and tiles. Where an input repeats a short row, tiles hold whole
// rows, so that the input is loaded once for each chunk. Where rows do not follow each other, tiles
// are parts of rows, which are read and written where they lie.
static void cut_elements(TandemLoopPlan *plan) {
  plan->across = across_axis(plan);
  if (plan->across >= 0) {
    cut_blocks(plan);
    return;
  }
  plan->tileLength = TANDEM_TILE;
  int64_t row = plan->lengths[plan->rank - 1];
  for (int32_t k = plan->program->outputCount; row > 0 && row <= TANDEM_TILE; k++) {
    if (k == plan->program->outputCount + plan->program->inputCount) break;
    if (is_row(plan, k)) plan->tileLength = TANDEM_TILE / row * row;
  }
  if (plan->rank > 1 && !is_linear(plan)) {
    int64_t part = even_part(row);
    if (part > 0) plan->tileLength = part;
  }
  plan->chunkLength = TANDEM_CHUNK / plan->tileLength * plan->tileLength;
  bool isSmall = plan->count <= 2 * TANDEM_CHUNK;
  if (isSmall) plan->chunkLength = plan->count;
  plan->chunkCount = isSmall ? 1 : pieces(plan->count, plan->chunkLength);
}

// Inputs whose tile is the same for all tiles of a chunk: one element everywhere, or whole rows.
static void decide_constant(TandemLoopPlan *plan) {
  const TandemLoopProgram *p = plan->program;
  for (int32_t k = p->outputCount; k < p->outputCount + p->inputCount; k++) {
    int64_t inner = plan->strides[k][plan->rank - 1];
    plan->isConstant[k] =
        (plan->isLinear[k] && inner == 0) ||
        (!p->hasReduction && plan->across < 0 && plan->count > 0 && is_row(plan, k) &&
         plan->tileLength % plan->lengths[plan->rank - 1] == 0);
  }
}

// Steps over numbers and constant inputs alone are run once for each chunk.
static void decide_hoisted(TandemLoopPlan *plan) {
  const TandemLoopProgram *p = plan->program;
  enum { most_values = 256 };
  plan->hoisted = 0;
  if (p->valueCount > most_values) return;
  bool isConstant[most_values] = {false};
  int32_t numbers = p->inputCount + p->scalarCount + p->constantCount;
  for (int32_t v = 0; v < numbers; v++)
    isConstant[v] = v >= p->inputCount || plan->isConstant[p->outputCount + v];
  for (int32_t s = 0; s < p->stepCount && s < 64; s++) {
    const TandemLoopStep *step = &p->steps[s];
    if (!isConstant[step->a] || !isConstant[step->b] || !isConstant[step->c]) continue;
    isConstant[step->d] = true;
    plan->hoisted |= 1ull << s;
  }
}

static int64_t element_bytes(const TandemLoopProgram *p, int32_t operand) {
  return operand < p->outputCount ? p->outputs[operand].bytes
                                  : p->inputs[operand - p->outputCount].bytes;
}

static void cut_columns(TandemLoopPlan *plan) {
  plan->columns = plan->width <= TANDEM_TILE ? plan->width : TANDEM_TILE / 2;
  plan->columnBlocks = pieces(plan->width, plan->columns);
  int64_t rows = TANDEM_BLOCK;
  while (rows * plan->columns * 2 <= TANDEM_CHUNK) rows *= 2;
  plan->splits = plan->length > 2 * rows ? pieces(plan->length, rows) : 1;
  plan->splitLength = plan->splits > 1 ? rows : plan->length;
  plan->rowsPerTile = 1;
  while (plan->columnBlocks == 1 && plan->rowsPerTile < TANDEM_BLOCK &&
         plan->rowsPerTile * 2 * plan->width <= TANDEM_TILE)
    plan->rowsPerTile *= 2;
  plan->unitCount = plan->kept / plan->width * plan->columnBlocks * plan->splits;
  plan->unitsPerChunk = most(1, TANDEM_CHUNK / (plan->splitLength * plan->columns));
}

static void cut_sequences(TandemLoopPlan *plan) {
  plan->splits = plan->length > 2 * TANDEM_CHUNK ? pieces(plan->length, TANDEM_CHUNK) : 1;
  plan->splitLength = plan->splits > 1 ? TANDEM_CHUNK : plan->length;
  plan->rowsPerTile = most(1, TANDEM_TILE / plan->length);
  plan->unitCount = pieces(plan->kept, plan->rowsPerTile) * plan->splits;
  plan->unitsPerChunk = most(1, TANDEM_CHUNK / (plan->splitLength * plan->rowsPerTile));
}

static void cut_reduction(TandemLoopPlan *plan) {
  plan->partialBytes = 0;
  plan->splits = 1;
  plan->unitCount = plan->unitsPerChunk = plan->chunkCount = 1;
  if (plan->kept == 0 || plan->length == 0) return;
  if (plan->columnsInner) cut_columns(plan); else cut_sequences(plan);
  if (plan->count <= 2 * TANDEM_CHUNK) plan->unitsPerChunk = plan->unitCount;
  plan->chunkCount = pieces(plan->unitCount, plan->unitsPerChunk);
  if (plan->splits == 1) return;
  for (int32_t o = 0; o < plan->program->outputCount; o++)
    if (plan->program->outputs[o].reducer.block)
      plan->partialBytes +=
          (plan->splits * plan->kept * plan->program->outputs[o].reducer.accumulatorBytes + 63) /
          64 * 64;
}

// Whether whole rows of kept elements lie closer in memory than the elements of a sequence.
static bool prefers_columns(const Deciders *d, const AxisList *kept, const AxisList *reduced) {
  if (kept->count == 0 || reduced->count == 0) return false;
  int32_t k = kept->axes[kept->count - 1], r = reduced->axes[reduced->count - 1];
  int32_t votes = 0;
  for (int32_t i = 0; i < d->count; i++) {
    int64_t x = magnitude(stride_of(d, d->operands[i], k));
    int64_t y = magnitude(stride_of(d, d->operands[i], r));
    if (x == y) continue;
    // An operand that is broadcast along one of the axes costs little either way.
    int32_t weight = x == 0 || y == 0 ? 1 : 100;
    votes += (x != 0 && (x < y || y == 0)) ? weight : -weight;
  }
  return votes > 0;
}

void tandem_loop_plan(TandemLoopPlan *plan, const TandemLoopProgram *program,
                      const TandemScalar *scalars, int32_t rank, const int64_t *lengths,
                      uint32_t reduced, void *const *bases, const int64_t *strides) {
  int32_t operands = program->outputCount + program->inputCount;
  plan->program = program;
  plan->scalars = scalars;
  plan->across = -1;
  plan->partials = NULL;
  plan->partialBytes = 0;
  plan->splits = 1;
  Deciders deciders = {.strides = strides, .rank = rank};
  for (int32_t k = 0; k < operands; k++) {
    plan->base[k] = bases[k];
    if (k >= program->outputCount || !program->outputs[k].reducer.block)
      deciders.operands[deciders.count++] = k;
  }
  int32_t keptAxes[TANDEM_RANK_MAX], keptCount = 0;
  AxisList keptList = {0}, reducedList = {0};
  for (int32_t axis = 0; axis < rank; axis++) {
    if (lengths[axis] == 1) continue;
    if (reduced >> axis & 1)
      append_axis(&reducedList, axis, lengths[axis], strides, rank, operands);
    else
      keptAxes[keptCount++] = axis;
  }
  sort_axes(&deciders, keptAxes, keptCount);
  for (int32_t i = 0; i < keptCount; i++)
    append_axis(&keptList, keptAxes[i], lengths[keptAxes[i]], strides, rank, operands);

  plan->kept = product(&keptList);
  plan->length = product(&reducedList);
  plan->count = plan->kept * plan->length;
  plan->columnsInner = prefers_columns(&deciders, &keptList, &reducedList);
  plan->rank = 0;
  int32_t outer = keptList.count - (plan->columnsInner ? 1 : 0);
  for (int32_t i = 0; i < outer; i++)
    add_iteration_axis(plan, &keptList, i, strides, rank, operands);
  for (int32_t i = 0; i < reducedList.count; i++)
    add_iteration_axis(plan, &reducedList, i, strides, rank, operands);
  if (plan->columnsInner) add_iteration_axis(plan, &keptList, outer, strides, rank, operands);
  if (plan->rank == 0) {
    plan->rank = 1;
    plan->lengths[0] = 1;
    for (int32_t k = 0; k < operands; k++) plan->strides[k][0] = element_bytes(program, k);
  }
  plan->width = plan->columnsInner ? keptList.lengths[outer] : 1;
  decide_linear(plan, operands);
  if (!program->hasReduction) {
    cut_elements(plan);
    decide_constant(plan);
    decide_hoisted(plan);
    decide_direct(plan);
    return;
  }
  plan->keptRank = keptList.count;
  for (int32_t i = 0; i < keptList.count; i++) {
    plan->keptLengths[i] = keptList.lengths[i];
    for (int32_t o = 0; o < program->outputCount; o++)
      if (program->outputs[o].reducer.block)
        plan->strides[o][i] = strides[o * rank + keptList.axes[i]];
  }
  decide_constant(plan);
  decide_hoisted(plan);
  decide_direct(plan);
  cut_reduction(plan);
  plan->tileLength = TANDEM_TILE;
}

void tandem_loop_plan_dense(TandemLoopPlan *plan, const TandemLoopProgram *program,
                            const TandemScalar *scalars, int64_t count, void *const *bases) {
  int32_t operands = program->outputCount + program->inputCount;
  plan->program = program;
  plan->scalars = scalars;
  plan->across = -1;
  plan->partialBytes = 0;
  plan->splits = 1;
  plan->rank = 1;
  plan->lengths[0] = plan->count = count;
  for (int32_t k = 0; k < operands; k++) {
    plan->base[k] = bases[k];
    plan->isLinear[k] = true;
    plan->strides[k][0] = element_bytes(program, k);
  }
  for (int32_t k = 0; k < operands; k++) plan->isConstant[k] = false;
  decide_hoisted(plan);
  decide_direct(plan);
  plan->tileLength = TANDEM_TILE;
  plan->chunkLength = TANDEM_CHUNK;
  plan->chunkCount = count > 2 * TANDEM_CHUNK ? pieces(count, TANDEM_CHUNK) : 1;
}
