// Runs plans by native kernels: finds one that fits the plan, then walks rows instead of tiles. The
// chunks, and the order in which a reduction joins blocks, are those of the interpreter.
#include "../include/tandem_native.h"
#include "loops_frame.h"

#include <stdlib.h>
#include <string.h>

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t aligned(int64_t bytes) { return (bytes + 63) / 64 * 64; }

enum {
  least_count = 64,       // elements below which the interpreter is as fast
  least_row = 128,        // elements of a row below which tiles that span rows are faster
  least_sequence = 16,
  use_to_request = 3,
  blocks_at_once = 4096   // accumulators of one reducing output that a call makes about
};

// ---- The kernels of a program ----

typedef struct {
  char form[TANDEM_NATIVE_FORM_MAX];
  TandemNativeRun run;  // null until the kernel is there
  int32_t uses;
} Variant;

struct TandemNativeProgram {
  bool (*request)(void *owner, const char *form);
  void *owner;
  bool waits;     // requests at once: the request comes back when the kernel is there
  int32_t count;  // variants that may be read
  char lock;      // held while one is added
  Variant variants[TANDEM_NATIVE_VARIANTS_MAX];
};

TandemNativeProgram *tandem_native_program(bool (*request)(void *owner, const char *form),
                                           void *owner, bool waits) {
  TandemNativeProgram *native = calloc(1, sizeof *native);
  if (!native) return NULL;
  native->request = request;
  native->owner = owner;
  native->waits = waits;
  return native;
}

void tandem_native_program_free(TandemNativeProgram *native) { free(native); }

void tandem_native_enable(TandemLoopProgram *program, TandemNativeProgram *native) {
  __atomic_store_n(&program->native, native, __ATOMIC_RELEASE);
}

static Variant *find(TandemNativeProgram *native, const char *form) {
  int32_t count = __atomic_load_n(&native->count, __ATOMIC_ACQUIRE);
  for (int32_t i = 0; i < count; i++)
    if (!strcmp(native->variants[i].form, form)) return &native->variants[i];
  return NULL;
}

// The variant of a form, made if there is room.
static Variant *variant(TandemNativeProgram *native, const char *form) {
  Variant *found = find(native, form);
  if (found) return found;
  while (__atomic_test_and_set(&native->lock, __ATOMIC_ACQUIRE)) {}
  found = find(native, form);
  int32_t count = native->count;
  if (!found && count < TANDEM_NATIVE_VARIANTS_MAX) {
    found = &native->variants[count];
    strcpy(found->form, form);
    __atomic_store_n(&native->count, count + 1, __ATOMIC_RELEASE);
  }
  __atomic_clear(&native->lock, __ATOMIC_RELEASE);
  return found;
}

void tandem_native_publish(TandemNativeProgram *native, const char *form, TandemNativeRun run) {
  Variant *found = variant(native, form);
  if (found) __atomic_store_n(&found->run, run, __ATOMIC_RELEASE);
}

// ---- The form of a plan ----

static int64_t element_bytes(const TandemLoopProgram *p, int32_t operand) {
  return operand < p->outputCount ? p->outputs[operand].bytes
                                  : p->inputs[operand - p->outputCount].bytes;
}

static bool is_reducing(const TandemLoopProgram *p, int32_t operand) {
  return operand < p->outputCount && p->outputs[operand].reducer.block;
}

static bool is_all_linear(const TandemLoopPlan *plan) {
  const TandemLoopProgram *p = plan->program;
  for (int32_t k = 0; k < p->outputCount + p->inputCount; k++)
    if (!plan->isLinear[k]) return false;
  return true;
}

// Whether the innermost axis can be walked as rows: every operand lies one element after another
// along it, or is one element for the whole row.
static bool has_rows(const TandemLoopPlan *plan) {
  const TandemLoopProgram *p = plan->program;
  int32_t inner = plan->rank - 1;
  if (plan->across >= 0) return false;
  if (p->hasReduction) {
    if (plan->columnsInner || plan->lengths[inner] != plan->length) return false;
    if (plan->length < least_sequence) return false;
  } else if (plan->lengths[inner] < least_row && !is_all_linear(plan)) {
    return false;
  }
  for (int32_t k = 0; k < p->outputCount + p->inputCount; k++) {
    if (is_reducing(p, k)) {
      if (p->outputs[k].reducer.finish) return false;  // places of extremes have no kernel
      continue;
    }
    int64_t stride = plan->strides[k][inner];
    bool isOne = k >= p->outputCount && stride == 0;
    if (stride != element_bytes(p, k) && !isOne) return false;
  }
  return true;
}

// Whether rows of an output begin at multiples of 64 bytes and make up more than the cache.
static bool may_stream(const TandemLoopPlan *plan, int32_t k, int64_t repeats) {
  int64_t bytes = element_bytes(plan->program, k);
  if (plan->count * repeats * bytes < TANDEM_STREAMING_BYTES) return false;
  if ((uintptr_t)plan->base[k] % 64 || plan->chunkLength * bytes % 64) return false;
  if (plan->isLinear[k] && is_all_linear(plan)) return true;
  for (int32_t axis = 0; axis + 1 < plan->rank; axis++)
    if (plan->strides[k][axis] % 64) return false;
  return plan->lengths[plan->rank - 1] * bytes % 64 == 0;
}

static void row_form(const TandemLoopPlan *plan, int64_t repeats, uint64_t streams, char *form) {
  const TandemLoopProgram *p = plan->program;
  int32_t operands = p->outputCount + p->inputCount;
  for (int32_t k = 0; k < operands; k++) {
    if (is_reducing(p, k)) {
      form[k] = 'r';
    } else if (k < p->outputCount) {
      form[k] = (streams >> k & 1) && !p->hasReduction && may_stream(plan, k, repeats) ? 'n' : 'd';
    } else {
      form[k] = plan->strides[k][plan->rank - 1] == 0 ? 'b' : 'd';
    }
  }
  form[operands] = 0;
}

// Tiles of the class; where memory holds elements as they are computed, that is the dtype.
static void tile_form(const TandemLoopPlan *plan, char *form) {
  const TandemLoopProgram *p = plan->program;
  int32_t firstResult = p->inputCount + p->scalarCount + p->constantCount;
  for (int32_t o = 0; o < p->outputCount; o++) {
    const TandemLoopOutput *output = &p->outputs[o];
    form[o] = output->mayBeDirect ? 'd' : 't';
    if (output->value < firstResult) form[o] = '-';
    for (int32_t other = 0; other < o; other++)
      if (p->outputs[other].value == output->value) form[o] = '-';
  }
  for (int32_t i = 0; i < p->inputCount; i++)
    form[p->outputCount + i] = p->inputs[i].isNative ? 'd' : 't';
  form[p->outputCount + p->inputCount] = 0;
}

void tandem_native_attach(TandemLoopPlan *plan, int64_t repeats, uint64_t streams) {
  TandemNativeProgram *native = __atomic_load_n(&plan->program->native, __ATOMIC_ACQUIRE);
  if (!native || plan->count < least_count) return;
  char form[TANDEM_NATIVE_FORM_MAX];
  bool isTiled = !has_rows(plan);
  if (isTiled) tile_form(plan, form); else row_form(plan, repeats, streams, form);
  Variant *found = variant(native, form);
  if (!found) return;
  TandemNativeRun run = __atomic_load_n(&found->run, __ATOMIC_ACQUIRE);
  int32_t patience = native->waits ? 1 : use_to_request;
  if (!run && __atomic_load_n(&found->uses, __ATOMIC_RELAXED) < patience &&
      __atomic_add_fetch(&found->uses, 1, __ATOMIC_RELAXED) == patience) {
    if (!native->request(native->owner, found->form))
      __atomic_store_n(&found->uses, patience - TANDEM_NATIVE_AGAIN, __ATOMIC_RELAXED);
    run = __atomic_load_n(&found->run, __ATOMIC_ACQUIRE);
  }
  plan->native = (void *)run;
  plan->isNativeTiled = isTiled;
}

// ---- Running ----

static void run_kernel(const TandemLoopPlan *plan, const TandemNativeCall *call) {
  ((TandemNativeRun)plan->native)(call);
}

uint64_t tandem_native_scalar(TandemScalar scalar, uint8_t dtype) {
  int64_t bytes;
  return tandem_scalar_bits(scalar, dtype, &bytes);
}

static void set_scalars(const TandemLoopPlan *plan, TandemNativeCall *call) {
  const TandemLoopProgram *p = plan->program;
  for (int32_t i = 0; i < p->scalarCount; i++)
    call->scalars[i] = tandem_native_scalar(plan->scalars[i], p->scalars[i].dtype);
}

void tandem_native_steps(const TandemLoopPlan *plan, void *const *place, int64_t n) {
  const TandemLoopProgram *p = plan->program;
  TandemNativeCall call;
  call.rows = 1;
  call.length = n;
  set_scalars(plan, &call);
  for (int32_t o = 0; o < p->outputCount; o++) call.base[o] = place[p->outputs[o].value];
  for (int32_t i = 0; i < p->inputCount; i++) call.base[p->outputCount + i] = place[i];
  run_kernel(plan, &call);
}

// Where the operands of the row at `index` lie, `column` elements into it.
static void set_row(const TandemLoopPlan *plan, TandemNativeCall *call, const int64_t *index,
                    int64_t column) {
  const TandemLoopProgram *p = plan->program;
  int32_t outer = plan->rank - 1;
  for (int32_t k = 0; k < p->outputCount + p->inputCount; k++) {
    if (is_reducing(p, k)) continue;
    const int64_t *strides = plan->strides[k];
    call->base[k] = plan->base[k] + tandem_offset(index, strides, outer) + column * strides[outer];
    call->rowStride[k] = outer > 0 ? strides[outer - 1] : 0;
  }
}

// Positions begin ..< end of operands that all lie one element after another.
static void run_flat(const TandemLoopPlan *plan, TandemNativeCall *call, int64_t begin,
                     int64_t end) {
  const TandemLoopProgram *p = plan->program;
  call->rows = 1;
  call->length = end - begin;
  for (int32_t k = 0; k < p->outputCount + p->inputCount; k++)
    call->base[k] = plan->base[k] + begin * plan->strides[k][plan->rank - 1];
  run_kernel(plan, call);
}

static void run_rows(const TandemLoopPlan *plan, TandemNativeCall *call, int64_t begin,
                     int64_t end) {
  int32_t outer = plan->rank - 1;
  int64_t length = plan->lengths[outer], index[TANDEM_RANK_MAX];
  while (begin < end) {
    int64_t row = begin / length, column = begin - row * length;
    tandem_unravel(row, plan->lengths, outer, index);
    set_row(plan, call, index, column);
    call->rows = 1;
    call->length = least(length - column, end - begin);
    if (call->length == length && outer > 0)
      call->rows = least(plan->lengths[outer - 1] - index[outer - 1], (end - begin) / length);
    run_kernel(plan, call);
    begin += call->rows * call->length;
  }
}

static int64_t blocks_of(const TandemLoopPlan *plan) {
  return (plan->splitLength + TANDEM_BLOCK - 1) / TANDEM_BLOCK;
}

static int64_t rows_at_once(const TandemLoopPlan *plan) {
  return most(1, least(TANDEM_BLOCK, blocks_at_once / blocks_of(plan)));
}

int64_t tandem_native_bytes(const TandemLoopPlan *plan) {
  if (!plan->program->hasReduction) return 64;
  int64_t bytes = TANDEM_TILE * 16;
  for (int32_t o = 0; o < plan->program->outputCount; o++)
    if (is_reducing(plan->program, o))
      bytes += aligned(blocks_of(plan) * rows_at_once(plan) *
                       plan->program->outputs[o].reducer.accumulatorBytes);
  return bytes;
}

// Joins the accumulators of blocks pairwise, as the interpreter's tree does: neighbours first.
static void join_blocks(const TandemReducer *reducer, char *results, int64_t blocks,
                        int64_t rows) {
  int64_t bytes = rows * reducer->accumulatorBytes;
  for (int64_t step = 1; step < blocks; step *= 2)
    for (int64_t at = 0; at + step < blocks; at += 2 * step)
      reducer->combine(results + at * bytes, results + (at + step) * bytes, rows);
}

// Elements begin ..< end of the sequences first ..< last.
static void reduce_rows(const TandemLoopPlan *plan, TandemNativeCall *call, int64_t first,
                        int64_t last, int64_t split, char *tiles) {
  const TandemLoopProgram *p = plan->program;
  int32_t outer = plan->rank - 1;
  int64_t begin = split * plan->splitLength, index[TANDEM_RANK_MAX];
  call->length = least(plan->length, begin + plan->splitLength) - begin;
  int64_t blocks = (call->length + TANDEM_BLOCK - 1) / TANDEM_BLOCK;
  while (first < last) {
    tandem_unravel(first, plan->lengths, outer, index);
    set_row(plan, call, index, begin);
    call->rows = least(rows_at_once(plan), last - first);
    call->rows = outer > 0 ? least(call->rows, plan->lengths[outer - 1] - index[outer - 1]) : 1;
    run_kernel(plan, call);
    for (int32_t o = 0; o < p->outputCount; o++) {
      if (!is_reducing(p, o)) continue;
      join_blocks(&p->outputs[o].reducer, call->results[o], blocks, call->rows);
      tandem_reduce_deliver(plan, o, call->results[o], split, first, call->rows, tiles);
    }
    first += call->rows;
  }
}

static void reduce_chunk(const TandemLoopPlan *plan, TandemNativeCall *call, int64_t chunk,
                         char *memory) {
  const TandemLoopProgram *p = plan->program;
  char *next = memory + TANDEM_TILE * 16;
  for (int32_t o = 0; o < p->outputCount; o++) {
    if (!is_reducing(p, o)) continue;
    call->results[o] = next;
    next += aligned(blocks_of(plan) * rows_at_once(plan) * p->outputs[o].reducer.accumulatorBytes);
  }
  int64_t begin = chunk * plan->unitsPerChunk;
  int64_t end = least(plan->unitCount, begin + plan->unitsPerChunk);
  if (plan->splits == 1) {
    int64_t rows = plan->rowsPerTile;
    reduce_rows(plan, call, begin * rows, least(plan->kept, end * rows), 0, memory);
    return;
  }
  for (int64_t unit = begin; unit < end; unit++)
    reduce_rows(plan, call, unit / plan->splits, unit / plan->splits + 1, unit % plan->splits,
                memory);
}

void tandem_native_chunk(const TandemLoopPlan *plan, int64_t chunk, void *memory) {
  TandemNativeCall call;
  set_scalars(plan, &call);
  if (plan->program->hasReduction) {
    reduce_chunk(plan, &call, chunk, memory);
    return;
  }
  int64_t begin = plan->chunkCount > 1 ? chunk * plan->chunkLength : 0;
  int64_t end = plan->chunkCount > 1 ? least(plan->count, begin + plan->chunkLength) : plan->count;
  (is_all_linear(plan) ? run_flat : run_rows)(plan, &call, begin, end);
}
