// Elementwise programs with operands whose memory runs across the rows: tiles are blocks of
// TANDEM_SIDE by TANDEM_SIDE elements, so that every cache line of every operand is used whole.
#include "loops_frame.h"

#include <string.h>

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t magnitude(int64_t a) { return a < 0 ? -a : a; }

// One block: where it starts in the iteration, and its sides.
typedef struct {
  int64_t index[TANDEM_RANK_MAX];
  int64_t rows, columns;
} Block;

typedef uint32_t Four __attribute__((vector_size(16), aligned(4)));

// to[row][column] = from[column][row] for elements of 4 bytes, four by four where that fits.
static void transpose4(uint32_t *to, const uint32_t *from, int64_t rows, int64_t columns) {
  int64_t wholeRows = rows / 4 * 4, wholeColumns = columns / 4 * 4;
  for (int64_t r = 0; r < wholeRows; r += 4)
    for (int64_t c = 0; c < wholeColumns; c += 4) {
      const uint32_t *f = from + c * rows + r;
      Four a = *(const Four *)f, b = *(const Four *)(f + rows);
      Four d = *(const Four *)(f + 2 * rows), e = *(const Four *)(f + 3 * rows);
      Four p = __builtin_shufflevector(a, b, 0, 4, 1, 5);
      Four q = __builtin_shufflevector(d, e, 0, 4, 1, 5);
      Four s = __builtin_shufflevector(a, b, 2, 6, 3, 7);
      Four t = __builtin_shufflevector(d, e, 2, 6, 3, 7);
      uint32_t *at = to + r * columns + c;
      *(Four *)at = __builtin_shufflevector(p, q, 0, 1, 4, 5);
      *(Four *)(at + columns) = __builtin_shufflevector(p, q, 2, 3, 6, 7);
      *(Four *)(at + 2 * columns) = __builtin_shufflevector(s, t, 0, 1, 4, 5);
      *(Four *)(at + 3 * columns) = __builtin_shufflevector(s, t, 2, 3, 6, 7);
    }
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = r < wholeRows ? wholeColumns : 0; c < columns; c++)
      to[r * columns + c] = from[c * rows + r];
}

static void transpose8(uint64_t *to, const uint64_t *from, int64_t rows, int64_t columns) {
  for (int64_t r = 0; r < rows; r++)
    for (int64_t c = 0; c < columns; c++) to[r * columns + c] = from[c * rows + r];
}

static const char *start_of(const TandemLoopPlan *plan, int32_t operand, const Block *block) {
  int64_t offset = 0;
  for (int32_t axis = 0; axis < plan->rank; axis++)
    offset += block->index[axis] * plan->strides[operand][axis];
  return plan->base[operand] + offset;
}

static void load_block(TandemLoopFrame *frame, int32_t i, const Block *block, char *spare) {
  const TandemLoopPlan *plan = frame->plan;
  const TandemLoopProgram *p = plan->program;
  const TandemLoopInput *input = &p->inputs[i];
  int32_t operand = p->outputCount + i;
  if (plan->isConstant[operand]) return;
  char *tile = frame->scratch + p->slots[i] * frame->slotBytes;
  frame->place[i] = tile;
  const char *at = start_of(plan, operand, block);
  int64_t inner = plan->strides[operand][plan->rank - 1];
  int64_t across = plan->strides[operand][plan->across];
  if (across == 0 || magnitude(across) >= magnitude(inner)) {
    for (int64_t row = 0; row < block->rows; row++)
      input->load(tile + row * block->columns * input->tileBytes, at + row * across, inner,
                  block->columns);
    return;
  }
  for (int64_t column = 0; column < block->columns; column++)
    input->load(spare + column * block->rows * input->tileBytes, at + column * inner, across,
                block->rows);
  if (input->tileBytes == 4) {
    transpose4((uint32_t *)tile, (const uint32_t *)spare, block->rows, block->columns);
  } else {
    transpose8((uint64_t *)tile, (const uint64_t *)spare, block->rows, block->columns);
  }
}

static void store_block(TandemLoopFrame *frame, int32_t o, const Block *block) {
  const TandemLoopPlan *plan = frame->plan;
  const TandemLoopOutput *output = &plan->program->outputs[o];
  const char *tile = frame->place[output->value];
  char *at = (char *)start_of(plan, o, block);
  for (int64_t row = 0; row < block->rows; row++)
    output->store(at + row * plan->strides[o][plan->across], plan->strides[o][plan->rank - 1],
                  tile + row * block->columns * output->tileBytes, block->columns);
}

static void locate(const TandemLoopPlan *plan, int64_t number, Block *block) {
  int32_t inner = plan->rank - 1;
  for (int32_t axis = inner; axis >= 0; axis--) {
    bool isCut = axis == inner || axis == plan->across;
    int64_t length = plan->lengths[axis];
    int64_t count = isCut ? (length + TANDEM_SIDE - 1) / TANDEM_SIDE : length;
    block->index[axis] = number % count * (isCut ? TANDEM_SIDE : 1);
    number /= count;
  }
  block->columns = least(TANDEM_SIDE, plan->lengths[inner] - block->index[inner]);
  block->rows = least(TANDEM_SIDE, plan->lengths[plan->across] - block->index[plan->across]);
}

void tandem_blocks_run(TandemLoopFrame *frame, int64_t begin, int64_t end, char *spare) {
  const TandemLoopProgram *p = frame->plan->program;
  for (int64_t number = begin; number < end; number++) {
    Block block;
    locate(frame->plan, number, &block);
    for (int32_t i = 0; i < p->inputCount; i++) load_block(frame, i, &block, spare);
    tandem_frame_steps(frame, block.rows * block.columns);
    for (int32_t o = 0; o < p->outputCount; o++) store_block(frame, o, &block);
  }
}
