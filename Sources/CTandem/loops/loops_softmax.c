// The softmax family along rows that lie one element after another: everything about a row happens
// while it is in the cache. The sum has the order of every reduction: see TandemReducer.
#include "loops_frame.h"

#include <string.h>

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

// A row in memory of its own class: itself, or converted into `copy`.
static const char *widened(const TandemLoopTable *table, int32_t dtype, const char *row, int64_t n,
                           char *copy) {
  if (dtype >= TANDEM_DTYPE_COUNT - 2) return row;
  table->load[dtype](copy, row, tandem_dtype_bytes(dtype), n);
  return copy;
}

// Sums blocks pairwise, as a binary counter carries.
typedef struct {
  const TandemReducer *reducer;
  char levels[64 * 8];
  int64_t depth, pushed;
} Sum;

static void merge(Sum *sum) {
  int64_t bytes = sum->reducer->accumulatorBytes;
  char *last = sum->levels + (sum->depth - 1) * bytes;
  sum->reducer->combine(last - bytes, last, 1);
  sum->depth--;
}

static void add_blocks(Sum *sum, const char *values, int64_t n, int64_t bytes) {
  for (int64_t at = 0; at < n; at += TANDEM_BLOCK) {
    sum->reducer->block(values + at * bytes, least(TANDEM_BLOCK, n - at), 0,
                        sum->levels + sum->depth++ * bytes);
    for (int64_t carry = ++sum->pushed; (carry & 1) == 0; carry >>= 1) merge(sum);
  }
}

static void *total(Sum *sum) {
  while (sum->depth > 1) merge(sum);
  return sum->levels;
}

typedef struct {
  const TandemLoopTable *table;
  const TandemSoftmax *functions;
  const TandemReducer *sum;
  int32_t kind, dtype;
  bool streams;
  int64_t length, bytes;  // elements of a row; bytes of an element of the class
  char *tile, *rowX, *rowY, *rowOut;
} Rows;

// Asks for a part of the next row while this one is computed.
static void fetch(const char *next, int64_t bytes) {
  for (int64_t line = 0; next && line < bytes; line += 64) __builtin_prefetch(next + line);
}

// Exponentials of one row below its largest element, into `to` or nowhere; and their sum.
static void exponentials(const Rows *rows, const char *x, char *to, void *largest, Sum *sum,
                         const char *next) {
  rows->functions->largest(x, rows->length, largest);
  for (int64_t at = 0; at < rows->length; at += TANDEM_TILE) {
    int64_t n = least(TANDEM_TILE, rows->length - at);
    char *tile = to ? to + at * rows->bytes : rows->tile;
    fetch(next ? next + at * rows->bytes : NULL, n * rows->bytes);
    rows->functions->exp(tile, x + at * rows->bytes, largest, n);
    add_blocks(sum, tile, n, rows->bytes);
  }
}

static void product_sum(const Rows *rows, const char *y, const char *g, Sum *sum) {
  int32_t class = tandem_dtype_class(rows->dtype);
  for (int64_t at = 0; at < rows->length; at += TANDEM_TILE) {
    int64_t n = least(TANDEM_TILE, rows->length - at), byte = at * rows->bytes;
    const char *tile = g + byte;
    if (rows->kind == TANDEM_SOFTMAX_GRADIENT) {
      rows->table->op[TANDEM_OP_multiply][class](rows->tile, y + byte, g + byte, y, n);
      tile = rows->tile;
    }
    add_blocks(sum, tile, n, rows->bytes);
  }
}

static void run_row(const Rows *rows, char *out, char *second, const char *x, const char *g,
                    const char *next) {
  Sum sum = {.reducer = rows->sum};
  double largest;
  const char *row = widened(rows->table, rows->dtype, x, rows->length, rows->rowX);
  bool isNative = row == x;
  if (!isNative) next = NULL;
  char *to = isNative && !rows->streams ? out : rows->rowOut;
  const TandemSoftmax *f = rows->functions;
  switch (rows->kind) {
    case TANDEM_SOFTMAX:
      exponentials(rows, row, to, &largest, &sum, next);
      f->share(to, total(&sum), rows->length);
      break;
    case TANDEM_LOG_SOFTMAX:
      exponentials(rows, row, NULL, &largest, &sum, next);
      f->shift(to, row, &largest, total(&sum), rows->length);
      break;
    case TANDEM_SOFTMAX_SUMS:
      exponentials(rows, row, NULL, &largest, &sum, next);
      memcpy(out, &largest, (size_t)rows->bytes);
      memcpy(second, total(&sum), (size_t)rows->bytes);
      return;
    default: {
      const char *slope = widened(rows->table, rows->dtype, g, rows->length, rows->rowY);
      product_sum(rows, row, slope, &sum);
      bool isLog = rows->kind == TANDEM_LOG_SOFTMAX_GRADIENT;
      (isLog ? f->logGradient : f->gradient)(to, row, slope, total(&sum), rows->length);
    }
  }
  if (rows->streams)
    f->stream(out, to, rows->length);
  else if (!isNative)
    rows->table->store[rows->dtype](out, tandem_dtype_bytes(rows->dtype), to, rows->length);
}

void tandem_softmax_rows(int32_t level, int32_t kind, int32_t dtype, bool streams, int64_t count,
                         int64_t length, char *const *out, char *const *second, char *const *x,
                         char *const *g) {
  const TandemLoopTable *table = tandem_loop_table(level);
  int32_t class = tandem_dtype_class(dtype);
  int64_t bytes = class == TANDEM_CLASS_F64 ? 8 : 4;
  int64_t tileBytes = TANDEM_TILE * bytes, rowBytes = (length * bytes + 63) / 64 * 64;
  bool isNative = dtype >= TANDEM_DTYPE_COUNT - 2;
  char *memory = tandem_loop_scratch(tileBytes + (isNative && !streams ? 0 : 3 * rowBytes));
  char *copies = memory + tileBytes;
  Rows rows = {.table = table, .functions = &table->softmax[class],
               .sum = &table->reduce[TANDEM_REDUCE_SUM][class], .kind = kind, .dtype = dtype,
               .streams = streams,
               .length = length, .bytes = bytes, .tile = memory, .rowX = copies,
               .rowY = copies + rowBytes, .rowOut = copies + 2 * rowBytes};
  for (int64_t i = 0; i < count; i++)
    run_row(&rows, out[i], second ? second[i] : NULL, x[i], g ? g[i] : NULL,
            i + 1 < count ? x[i + 1] : NULL);
  if (streams) __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
