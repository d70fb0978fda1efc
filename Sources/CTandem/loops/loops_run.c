// The tile interpreter: runs a program over positions of a plan, a tile at a time.
#include "../include/tandem_native.h"
#include "loops_frame.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

uint64_t tandem_scalar_bits(TandemScalar scalar, uint8_t dtype, int64_t *bytes) {
  double value;
  memcpy(&value, &scalar.bits, 8);
  bool isFloat = scalar.dtype >= 9;
  int32_t class = tandem_dtype_class(dtype);
  *bytes = class == TANDEM_CLASS_F32 || class == TANDEM_CLASS_I32 ? 4 : 8;
  uint64_t bits = 0;
  if (class == TANDEM_CLASS_F64 || class == TANDEM_CLASS_F32) {
    double d = isFloat ? value
                       : scalar.dtype == 8 ? (double)scalar.bits : (double)(int64_t)scalar.bits;
    if (class == TANDEM_CLASS_F64) {
      memcpy(&bits, &d, 8);
    } else {
      float f = (float)d;
      memcpy(&bits, &f, 4);
    }
  } else {
    bits = isFloat ? (uint64_t)(int64_t)value : scalar.bits;
  }
  if (tandem_dtype_bytes(dtype) < *bytes || dtype == 0) {
    // Rounded to what the dtype can hold: a bfloat16 scalar is a bfloat16 number.
    const TandemLoopTable *table = tandem_loop_table(TANDEM_ISA_BASELINE);
    table->round[dtype](&bits, &bits, &bits, &bits, 1);
  }
  return bits;
}

static void fill(void *tile, uint64_t bits, int64_t bytes, int64_t n) {
  if (bytes == 4) {
    uint32_t *t = tile;
    for (int64_t i = 0; i < n; i++) t[i] = (uint32_t)bits;
  } else {
    uint64_t *t = tile;
    for (int64_t i = 0; i < n; i++) t[i] = bits;
  }
}

// The tile of a scalar or constant.
static void fill_number(const TandemLoopPlan *plan, int32_t value, void *tile, int64_t n) {
  const TandemLoopProgram *p = plan->program;
  int32_t scalar = value - p->inputCount;
  if (scalar < p->scalarCount) {
    int64_t bytes;
    uint64_t bits = tandem_scalar_bits(plan->scalars[scalar], p->scalars[scalar].dtype, &bytes);
    fill(tile, bits, bytes, n);
  } else {
    const TandemLoopConstant *constant = &p->constants[scalar - p->scalarCount];
    fill(tile, constant->bits, constant->bytes, n);
  }
}

static int64_t slot_bytes(const TandemLoopProgram *program, int64_t n) {
  return (least(n, TANDEM_TILE) + 15) / 16 * 16 * program->tileBytes;
}

// The tiles of hoisted steps come after those that the program asks for.
static int64_t tiles_bytes(const TandemLoopPlan *plan, int64_t n) {
  const TandemLoopProgram *program = plan->program;
  int64_t count = program->slotCount + __builtin_popcountll(plan->hoisted);
  return count * slot_bytes(program, n);
}

int64_t tandem_frame_bytes(const TandemLoopPlan *plan, int64_t n) {
  return tiles_bytes(plan, n) + (plan->program->valueCount * 8 + 63) / 64 * 64;
}

// The tile of an input that is one element everywhere, or the same row again and again.
static void load_constant(const TandemLoopPlan *plan, int32_t operand,
                          const TandemLoopInput *input, int64_t n, char *tile) {
  int64_t inner = plan->strides[operand][plan->rank - 1];
  int64_t row = inner == 0 ? n : least(n, plan->lengths[plan->rank - 1]);
  if (row == 0) return;
  input->load(tile, plan->base[operand], inner, row);
  for (int64_t filled = row; filled < n; filled += row)
    memcpy(tile + filled * input->tileBytes, tile,
           (size_t)(least(row, n - filled) * input->tileBytes));
}

static inline void run_step(const TandemLoopStep *step, void **place, int64_t n) {
  step->run(place[step->d], place[step->a], place[step->b], place[step->c], n);
}

void tandem_frame_open(TandemLoopFrame *frame, const TandemLoopPlan *plan, int64_t n,
                       void *memory) {
  const TandemLoopProgram *p = plan->program;
  n = least(n, TANDEM_TILE);
  frame->plan = plan;
  frame->slotBytes = slot_bytes(p, n);
  frame->scratch = memory;
  frame->place = (void **)(frame->scratch + tiles_bytes(plan, n));
  for (int32_t v = 0; v < p->valueCount; v++)
    frame->place[v] = frame->scratch + p->slots[v] * frame->slotBytes;
  for (int32_t i = 0; i < p->inputCount; i++) {
    int32_t operand = p->outputCount + i;
    if (plan->isConstant[operand]) load_constant(plan, operand, &p->inputs[i], n, frame->place[i]);
  }
  int32_t numbers = p->inputCount + p->scalarCount + p->constantCount;
  for (int32_t v = p->inputCount; v < numbers; v++) fill_number(plan, v, frame->place[v], n);
  char *next = frame->scratch + p->slotCount * frame->slotBytes;
  for (uint64_t left = plan->hoisted; left; left &= left - 1) {
    const TandemLoopStep *step = &p->steps[__builtin_ctzll(left)];
    frame->place[step->d] = next;
    next += frame->slotBytes;
    run_step(step, frame->place, n);
  }
}

// Steps to the start of the next row; returns by how many bytes that moves.
static int64_t next_row(int64_t *index, const int64_t *lengths, const int64_t *strides,
                        int32_t rank) {
  int64_t moved = -index[rank - 1] * strides[rank - 1];
  index[rank - 1] = 0;
  for (int32_t axis = rank - 2; axis >= 0; axis--) {
    moved += strides[axis];
    if (++index[axis] < lengths[axis]) return moved;
    moved -= lengths[axis] * strides[axis];
    index[axis] = 0;
  }
  return moved;
}

void tandem_frame_store(TandemTileStore store, int64_t bytes, char *base, const int64_t *strides,
                        const int64_t *lengths, int32_t rank, int64_t begin, int64_t n,
                        const char *tile, int64_t tileBytes) {
  if (rank == 0) {
    store(base, bytes, tile, n);
    return;
  }
  int64_t index[TANDEM_RANK_MAX];
  tandem_unravel(begin, lengths, rank, index);
  char *at = base + tandem_offset(index, strides, rank);
  int64_t inner = strides[rank - 1];
  while (n > 0) {
    int64_t run = least(n, lengths[rank - 1] - index[rank - 1]);
    store(at, inner, tile, run);
    index[rank - 1] += run;
    at += run * inner;
    tile += run * tileBytes;
    n -= run;
    if (n > 0) at += next_row(index, lengths, strides, rank);
  }
}

static void load_rows(const TandemLoopPlan *plan, int32_t operand, const TandemLoopInput *input,
                      const int64_t *start, int64_t n, char *tile) {
  int32_t rank = plan->rank;
  const int64_t *strides = plan->strides[operand];
  int64_t index[TANDEM_RANK_MAX];
  memcpy(index, start, sizeof index);
  const char *at = plan->base[operand] + tandem_offset(index, strides, rank);
  int64_t inner = strides[rank - 1];
  while (n > 0) {
    int64_t run = least(n, plan->lengths[rank - 1] - index[rank - 1]);
    input->load(tile, at, inner, run);
    index[rank - 1] += run;
    at += run * inner;
    tile += run * input->tileBytes;
    n -= run;
    if (n > 0) at += next_row(index, plan->lengths, strides, rank);
  }
}

// Asks for the tile after this one while this one is computed: a tile is a page, at whose end the
// hardware's own prefetching stops. Of use only where there is more than the cache holds.
static inline void prefetch_next(const TandemLoopPlan *plan, const char *at, int64_t bytes,
                                 bool isWritten) {
  if (plan->chunkCount <= 1) return;
  for (int64_t line = bytes; line < 2 * bytes; line += 64) {
    if (isWritten) __builtin_prefetch(at + line, 1); else __builtin_prefetch(at + line, 0);
  }
}

// Brings the tile of one input into its place, without a copy if memory holds it as it is.
static void load_input(TandemLoopFrame *frame, int32_t i, const int64_t *index, int64_t begin,
                       int64_t n) {
  const TandemLoopPlan *plan = frame->plan;
  const TandemLoopProgram *p = plan->program;
  const TandemLoopInput *input = &p->inputs[i];
  int32_t operand = p->outputCount + i;
  if (plan->isConstant[operand]) return;
  int32_t rank = plan->rank;
  int64_t inner = plan->strides[operand][rank - 1];
  bool isRun = plan->isLinear[operand] || index[rank - 1] + n <= plan->lengths[rank - 1];
  char *slot = frame->scratch + p->slots[i] * frame->slotBytes;
  if (!isRun) {
    frame->place[i] = slot;
    load_rows(plan, operand, input, index, n, slot);
    return;
  }
  char *at = plan->base[operand];
  at += plan->isLinear[operand] ? begin * inner
                                : tandem_offset(index, plan->strides[operand], rank);
  if (inner == input->bytes) prefetch_next(plan, at, n * inner, false);
  if (input->isNative && inner == input->bytes) {
    frame->place[i] = at;
  } else {
    frame->place[i] = slot;
    input->load(slot, at, inner, n);
  }
}

// Lets the producer of an output write straight into memory where that is allowed.
static bool place_output(TandemLoopFrame *frame, int32_t o, const int64_t *index, int64_t begin,
                         int64_t n) {
  const TandemLoopPlan *plan = frame->plan;
  const TandemLoopOutput *output = &plan->program->outputs[o];
  if (!plan->isDirect[o]) return false;
  int32_t rank = plan->rank;
  const int64_t *strides = plan->strides[o];
  if (plan->isLinear[o]) {
    frame->place[output->value] = plan->base[o] + begin * output->bytes;
    prefetch_next(plan, frame->place[output->value], n * output->bytes, true);
    return true;
  }
  bool isRun = index[rank - 1] + n <= plan->lengths[rank - 1];
  frame->place[output->value] =
      isRun ? plan->base[o] + tandem_offset(index, strides, rank)
            : frame->scratch + plan->program->slots[output->value] * frame->slotBytes;
  return isRun;
}

void tandem_frame_steps(TandemLoopFrame *frame, int64_t n) {
  const TandemLoopPlan *plan = frame->plan;
  const TandemLoopProgram *p = plan->program;
  if (plan->native) {
    tandem_native_steps(plan, frame->place, n);
    return;
  }
  for (int32_t s = 0; s < p->stepCount; s++)
    if (s >= 64 || !(plan->hoisted >> s & 1)) run_step(&p->steps[s], frame->place, n);
}

void tandem_frame_run(TandemLoopFrame *frame, int64_t begin, int64_t n) {
  const TandemLoopPlan *plan = frame->plan;
  const TandemLoopProgram *p = plan->program;
  int64_t index[TANDEM_RANK_MAX];
  tandem_unravel(begin, plan->lengths, plan->rank, index);
  for (int32_t i = 0; i < p->inputCount; i++) load_input(frame, i, index, begin, n);
  uint64_t isPlaced = 0;
  for (int32_t o = 0; o < p->outputCount; o++)
    if (place_output(frame, o, index, begin, n)) isPlaced |= 1ull << o;
  tandem_frame_steps(frame, n);
  for (int32_t o = 0; o < p->outputCount; o++) {
    const TandemLoopOutput *output = &p->outputs[o];
    if (output->reducer.block || (isPlaced >> o & 1)) continue;
    const char *tile = frame->place[output->value];
    if (plan->isLinear[o]) {
      int64_t inner = plan->rank > 0 ? plan->strides[o][plan->rank - 1] : output->bytes;
      output->store(plan->base[o] + begin * inner, inner, tile, n);
    } else {
      tandem_frame_store(output->store, output->bytes, plan->base[o], plan->strides[o],
                         plan->lengths, plan->rank, begin, n, tile, output->tileBytes);
    }
  }
}

// Whether the result of one step over dense operands goes past the caches: it is more than they
// hold, and no operand is overwritten by it.
static bool streams(const TandemLoopPlan *plan, int64_t begin) {
  const TandemLoopProgram *p = plan->program;
  int64_t bytes = p->outputs[0].bytes;
  if (plan->count * bytes < TANDEM_STREAMING_BYTES) return false;
  for (int32_t k = 1; k <= p->inputCount; k++)
    if (plan->base[k] == plan->base[0]) return false;
  return (uintptr_t)(plan->base[0] + begin * bytes) % 64 == 0;
}

// Writes a tile past the caches, and asks for the operands of the next one: a tile is a page, at
// whose end the hardware's own prefetching stops.
static void stream_tile(const char *tile, char *const *at, const int64_t *moves, int64_t n) {
  int64_t bytes = n * moves[0], lines = bytes / 64 * 64;
  tandem_loop_table(tandem_level())->softmax[TANDEM_CLASS_F32].stream(at[0], tile, lines / 4);
  memcpy(at[0] + lines, tile + lines, (size_t)(bytes - lines));
  for (int32_t k = 1; k < 4; k++)
    for (int64_t line = n * moves[k]; at[k] != at[k - 1] && line < 2 * n * moves[k]; line += 64)
      __builtin_prefetch(at[k] + line);
}

// One native step over dense operands needs no tiles, but for those of scalars.
static void run_direct(const TandemLoopPlan *plan, int64_t begin, int64_t end, bool isStreamed) {
  const TandemLoopProgram *p = plan->program;
  const TandemLoopStep *step = &p->steps[0];
  const int32_t values[3] = {step->a, step->b, step->c};
  int64_t numbers[2 * TANDEM_TILE];  // at most two operands of an opcode are not inputs
  int64_t *next = numbers;
  _Alignas(64) char tile[TANDEM_TILE * 8];
  char *at[4] = {plan->base[0] + begin * p->outputs[0].bytes};
  int64_t moves[4] = {p->outputs[0].bytes};
  int64_t n = p->isPlain || isStreamed ? least(TANDEM_TILE, end - begin) : end - begin;
  for (int32_t k = 0; k < 3; k++) {
    if (values[k] < p->inputCount) {
      moves[k + 1] = p->inputs[values[k]].bytes;
      at[k + 1] = plan->base[1 + values[k]] + begin * moves[k + 1];
    } else if (k > 0 && values[k] == values[k - 1]) {
      moves[k + 1] = 0;
      at[k + 1] = at[k];
    } else {
      moves[k + 1] = 0;
      at[k + 1] = (char *)next;
      fill_number(plan, values[k], next, n);
      next += n;
    }
  }
  for (int64_t done = begin; done < end; done += n) {
    int64_t count = least(n, end - done);
    step->run(isStreamed ? tile : at[0], at[1], at[2], at[3], count);
    if (isStreamed) stream_tile(tile, at, moves, count);
    for (int32_t k = 0; k < 4; k++) at[k] += n * moves[k];
  }
  if (isStreamed) __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

// Kept, because fresh pages for each chunk cost about as much as the chunk (AdamW of 18 steps, a
// million parameters: 1.7 against 1.1 ms).
static pthread_key_t scratch_key;

static void make_scratch_key(void) { pthread_key_create(&scratch_key, free); }

void *tandem_loop_scratch(int64_t bytes) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  static _Thread_local void *memory;
  static _Thread_local int64_t capacity;
  if (bytes <= capacity) return memory;
  pthread_once(&once, make_scratch_key);
  free(memory);
  capacity = (bytes + 0xffff) / 0x10000 * 0x10000;
  memory = aligned_alloc(64, (size_t)capacity);
  pthread_setspecific(scratch_key, memory);
  return memory;
}

static bool is_all_dense(const TandemLoopPlan *plan) {
  const TandemLoopProgram *p = plan->program;
  for (int32_t k = 0; k < p->outputCount + p->inputCount; k++) {
    int64_t bytes = k < p->outputCount ? p->outputs[k].bytes : p->inputs[k - p->outputCount].bytes;
    if (!plan->isLinear[k] || plan->rank == 0 || plan->strides[k][plan->rank - 1] != bytes)
      return false;
  }
  return true;
}

void tandem_loop_chunk(const TandemLoopPlan *plan, int64_t chunk) {
  const TandemLoopProgram *p = plan->program;
  int64_t begin = 0, end = plan->count;
  if (end == 0 && !p->hasReduction) return;
  if (!p->hasReduction && plan->across < 0 && plan->chunkCount > 1) {
    begin = chunk * plan->chunkLength;
    end = least(plan->count, begin + plan->chunkLength);
  }
  if ((p->isDirect || p->isPlain) && is_all_dense(plan)) {
    run_direct(plan, begin, end, streams(plan, begin));
    return;
  }
  if (plan->native && !plan->isNativeTiled) {
    tandem_native_chunk(plan, chunk, tandem_loop_scratch(tandem_native_bytes(plan)));
    return;
  }
  int64_t frameBytes = tandem_frame_bytes(plan, end - begin);
  int64_t bytes = frameBytes;
  if (p->hasReduction) bytes += tandem_reduce_bytes(plan);
  if (plan->across >= 0) bytes += TANDEM_TILE * 8;
  char *memory = tandem_loop_scratch(bytes);
  TandemLoopFrame frame;
  tandem_frame_open(&frame, plan, end - begin, memory);
  if (p->hasReduction) {
    tandem_reduce_chunk(&frame, chunk, memory + frameBytes);
  } else if (plan->across >= 0) {
    int64_t first = chunk * plan->blocksPerChunk;
    tandem_blocks_run(&frame, first, least(first + plan->blocksPerChunk, plan->blockCount),
                      memory + frameBytes);
  } else {
    for (int64_t at = begin; at < end; at += plan->tileLength)
      tandem_frame_run(&frame, at, least(plan->tileLength, end - at));
  }
}

bool tandem_loop_run_dense(const TandemLoopProgram *program, const TandemScalar *scalars,
                           int64_t count, void *const *bases) {
  if (count > 2 * TANDEM_CHUNK) return false;
  TandemLoopPlan plan;
  if (program->isDirect || program->isPlain) {
    plan.program = program;
    plan.scalars = scalars;
    for (int32_t k = 0; k <= program->inputCount; k++) plan.base[k] = bases[k];
    run_direct(&plan, 0, count, false);
    return true;
  }
  tandem_loop_plan_dense(&plan, program, scalars, count, bases);
  tandem_native_attach(&plan, 1, 0);
  tandem_loop_chunk(&plan, 0);
  return true;
}

bool tandem_loop_run_small(const TandemLoopProgram *program, const TandemScalar *scalars,
                           int32_t rank, const int64_t *lengths, uint32_t reduced,
                           void *const *bases, const int64_t *strides) {
  int64_t count = 1;
  for (int32_t axis = 0; axis < rank; axis++) count *= lengths[axis];
  if (count > 2 * TANDEM_CHUNK) return false;
  TandemLoopPlan plan;
  tandem_loop_plan(&plan, program, scalars, rank, lengths, reduced, bases, strides);
  if (plan.chunkCount > 1 || plan.splits > 1) return false;
  tandem_native_attach(&plan, 1, 0);
  tandem_loop_chunk(&plan, 0);
  return true;
}

void tandem_loop_run_at(const TandemLoopPlan *plan, void *const *bases, void *partials) {
  TandemLoopPlan moved = *plan;
  int32_t operands = plan->program->outputCount + plan->program->inputCount;
  for (int32_t k = 0; k < operands; k++) moved.base[k] = bases[k];
  moved.partials = partials;
  for (int64_t chunk = 0; chunk < moved.chunkCount; chunk++) tandem_loop_chunk(&moved, chunk);
  tandem_loop_finish(&moved);
}
