// Loop programs: elementwise formulas and reductions as data, run tile by tile.
//
// A program is a list of steps over values. Values are numbered: first the inputs, then the
// scalars, then the constants, then the result of each step. A value occupies a tile of TANDEM_TILE
// elements of its compute class; steps are whole-tile functions taken from the table of an
// instruction set level. Every level computes the same bits.
#ifndef TANDEM_LOOPS_H
#define TANDEM_LOOPS_H

#include "tandem_level.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  TANDEM_TILE = 1024,     // elements that a step computes at once
  TANDEM_BLOCK = 256,     // elements of a sequence that a reduction takes at once
  TANDEM_LANES = 16,
  TANDEM_CHUNK = 32768,   // elements of an independent piece of work
  TANDEM_SIDE = 32,       // rows and columns of a tile where an operand runs across the rows
  TANDEM_RANK_MAX = 8,
  TANDEM_OPERANDS_MAX = 64
};

// What a value is computed in. Storage dtypes are numbered as the Swift DType's raw values.
enum {
  TANDEM_CLASS_F32, TANDEM_CLASS_F64, TANDEM_CLASS_I32, TANDEM_CLASS_I64, TANDEM_CLASS_U64,
  TANDEM_CLASS_COUNT
};

enum { TANDEM_DTYPE_COUNT = 13 };

// The opcodes. Swift's LoopOpcode has the same names in the same order (a test compares them).
#define TANDEM_OPCODES(X)                                                                         \
  X(add) X(subtract) X(multiply) X(divide) X(floorDivide) X(remainder) X(power) X(minimum)        \
  X(maximum) X(atan2) X(hypot) X(fmod) X(copySign) X(ldexp) X(logAddExp) X(polygamma) X(gcd)      \
  X(equal) X(notEqual) X(less) X(lessEqual) X(greater) X(greaterEqual) X(bitAnd) X(bitOr)         \
  X(bitXor) X(shiftLeft) X(shiftRight) X(select) X(negate)                                        \
  X(absolute) X(sign) X(floor) X(ceil) X(trunc) X(rint) X(reciprocal) X(sqrt) X(rsqrt) X(square)  \
  X(exp) X(expm1) X(log) X(log1p) X(log2) X(log10) X(sin) X(cos) X(tan) X(asin) X(acos) X(atan)   \
  X(sinh) X(cosh) X(tanh) X(sigmoid) X(erf) X(softplus) X(gelu) X(geluTanh) X(cbrt) X(asinh)     \
  X(acosh) X(atanh) X(erfinv) X(gamma) X(logGamma) X(digamma) X(isNaN) X(isInf)                   \
  X(isFinite) X(bitNot) X(logicalNot) X(round) X(cast) X(roundToOdd) X(copy)

enum {
#define X(name) TANDEM_OP_##name,
  TANDEM_OPCODES(X)
#undef X
  TANDEM_OP_COUNT
};

// Pairs: d = second(first(a, b), c) in one pass, rounded twice as two steps would. Swift's LoopStep
// has the same lists in the same order; `From` and `Into` take the operands the other way round.
#define TANDEM_PAIR_FIRSTS(X) X(add) X(subtract) X(multiply) X(divide)
#define TANDEM_PAIR_SECONDS(X, F)                                                                 \
  X(F, add) X(F, subtract) X(F, subtractFrom) X(F, multiply) X(F, divide) X(F, divideInto)        \
  X(F, minimum) X(F, maximum)
enum { TANDEM_PAIR_FIRST_COUNT = 4, TANDEM_PAIR_SECOND_COUNT = 8 };

// The reductions, as Swift's Reduction.
enum {
  TANDEM_REDUCE_SUM, TANDEM_REDUCE_PRODUCT, TANDEM_REDUCE_MAX, TANDEM_REDUCE_MIN,
  TANDEM_REDUCE_ANY, TANDEM_REDUCE_ALL, TANDEM_REDUCE_ARGMAX, TANDEM_REDUCE_ARGMIN,
  TANDEM_REDUCE_COUNT, TANDEM_REDUCE_NONE = 255
};

// Computes a tile: d[i] = op(a[i], b[i], c[i]); d may be a, b or c.
typedef void (*TandemTileOp)(void *d, const void *a, const void *b, const void *c, int64_t n);
// Reads n elements of a storage dtype, `stride` bytes apart, into a tile.
typedef void (*TandemTileLoad)(void *tile, const void *source, int64_t stride, int64_t n);
// Writes n elements of a tile, rounded to a storage dtype, `stride` bytes apart.
typedef void (*TandemTileStore)(void *target, int64_t stride, const void *tile, int64_t n);

// One reduction in one class. The elements of a sequence are cut into TANDEM_BLOCKs; in a
// block, element i belongs to lane i % 16; lanes are combined by halving, blocks pairwise. Only the
// length of the sequence decides the order.
typedef struct {
  // Reduces one block whose elements lie one after another; `position` is that of the first.
  void (*block)(const void *values, int64_t n, int64_t position, void *result);
  // Adds `rows` rows of `columns` independent sequences to lanes[16][columns]; `first` is the row's
  // place in its block, `position` its place in the sequence.
  void (*rows)(const void *values, int64_t rows, int64_t columns, int64_t first, int64_t position,
               void *lanes);
  // Combines (and overwrites) the lanes of a block of `rows` rows into one result for each column.
  void (*lanes)(void *lanes, int64_t rows, int64_t columns, void *results);
  // results[i] = results[i] op later[i].
  void (*combine)(void *results, const void *later, int64_t n);
  // Turns results into a tile of class `resultClass`; may be null when they are one already.
  void (*finish)(const void *results, int64_t n, void *tile);
  int64_t accumulatorBytes;
  int32_t resultClass;
} TandemReducer;

// Functions of rows for the softmax family, in one class; see loops_softmax.c.
typedef struct {
  void (*largest)(const void *values, int64_t n, void *result);
  void (*exp)(void *d, const void *a, const void *shift, int64_t n);
  void (*share)(void *d, const void *sum, int64_t n);
  void (*shift)(void *d, const void *a, const void *largest, const void *sum, int64_t n);
  void (*gradient)(void *d, const void *y, const void *g, const void *sum, int64_t n);
  void (*logGradient)(void *d, const void *y, const void *g, const void *sum, int64_t n);
  // Copies whole lines past the caches.
  void (*stream)(void *d, const void *a, int64_t n);
} TandemSoftmax;

// What an instruction set level offers. A null entry is a pair that does not exist.
typedef struct {
  TandemTileOp op[TANDEM_OP_COUNT][TANDEM_CLASS_COUNT];
  TandemTileOp pair[TANDEM_PAIR_FIRST_COUNT][TANDEM_PAIR_SECOND_COUNT][2];  // float32, float64
  TandemTileOp round[TANDEM_DTYPE_COUNT];
  TandemTileOp cast[TANDEM_CLASS_COUNT][TANDEM_CLASS_COUNT];
  TandemTileLoad load[TANDEM_DTYPE_COUNT];
  TandemTileStore store[TANDEM_DTYPE_COUNT];
  TandemReducer reduce[TANDEM_REDUCE_COUNT][TANDEM_CLASS_COUNT];
  TandemSoftmax softmax[2];  // float32, float64
} TandemLoopTable;

// The table of a level, or null if this machine lacks it.
const TandemLoopTable *tandem_loop_table(int32_t level);
// The name of an opcode.
const char *tandem_opcode_name(int32_t opcode);
// The class that elements of a dtype are computed in, and the bytes that one takes.
int32_t tandem_dtype_class(int32_t dtype);
int64_t tandem_dtype_bytes(int32_t dtype);

// A number known only at the call: Swift's ScalarValue (dtype, then 64 bits).
typedef struct {
  uint8_t dtype;
  uint64_t bits;
} TandemScalar;

// d = op(a, b, c), all value numbers; unused operands repeat a.
typedef struct {
  TandemTileOp run;
  int32_t d, a, b, c;
} TandemLoopStep;

typedef struct {
  TandemTileLoad load;
  int64_t bytes, tileBytes;  // of an element in memory and in a tile
  int32_t lastUse;  // the last step that reads it, -1 if none
  bool isNative;    // stored as it is computed: no load needed when dense
} TandemLoopInput;

typedef struct {
  TandemTileStore store;
  TandemReducer reducer;  // block is null for an elementwise output
  TandemTileOp narrow;    // from the reducer's class to the dtype's, null if they agree
  int64_t bytes, tileBytes;  // of an element in memory and in a tile of the dtype's class
  int64_t valueBytes;        // of an element of the value
  int32_t value;
  int32_t producer;  // the step that makes the value, -1 if none does
  bool emptyIsOne;   // what a reduction of nothing gives: one or zero
  bool mayBeDirect;  // the producer may write into the output's memory
} TandemLoopOutput;

typedef struct {
  uint64_t bits;
  int32_t bytes;  // 4 or 8
} TandemLoopConstant;

typedef struct {
  uint8_t dtype;
} TandemLoopScalar;

typedef struct {
  int32_t inputCount, scalarCount, constantCount, stepCount, outputCount, valueCount, slotCount;
  bool isDirect;    // one step over native inputs into a native output: run without tiles
  bool isPlain;     // the same, but some operands are scalars or constants
  bool hasReduction;
  int32_t tileBytes;  // of an element of the widest value
  const TandemLoopInput *inputs;
  const TandemLoopScalar *scalars;
  const TandemLoopConstant *constants;
  const TandemLoopStep *steps;
  const TandemLoopOutput *outputs;
  const int32_t *slots;  // the tile of each value
  void *native;          // kernels by machine code, or null: see tandem_native.h
} TandemLoopProgram;

// A program over memory: axes collapsed and ordered, work cut into units and chunks by shape alone.
// Operands are numbered outputs first. Filled by tandem_loop_plan and read by everything below.
typedef struct {
  const TandemLoopProgram *program;
  const TandemScalar *scalars;
  int32_t rank;                           // axes of the iteration, outermost first
  int64_t lengths[TANDEM_RANK_MAX];
  int64_t count;                          // the product of lengths
  int64_t tileLength;                     // elements of a tile, at most TANDEM_TILE
  int64_t chunkLength, chunkCount;        // independent pieces of work
  // Reductions: `kept` sequences of `length` elements each.
  bool columnsInner;                      // the innermost axis is kept: whole rows are added
  int32_t keptRank;
  int64_t keptLengths[TANDEM_RANK_MAX];
  int64_t kept, length;
  int64_t width, columns, columnBlocks;   // columnsInner: the innermost axis and how it is cut
  int64_t splitLength, splits;            // how a sequence is cut into parts
  int64_t rowsPerTile;
  int64_t unitCount, unitsPerChunk;
  char *partials;                         // splits × kept accumulators for each reducing output
  int64_t partialBytes;                   // how much the caller must provide; zero if splits is 1
  char *base[TANDEM_OPERANDS_MAX];
  bool isLinear[TANDEM_OPERANDS_MAX];     // position i lies i innermost strides from the base
  bool isDirect[TANDEM_OPERANDS_MAX];     // outputs only
  bool isConstant[TANDEM_OPERANDS_MAX];   // inputs only: the same tile throughout
  int32_t across;                         // elementwise: the axis that tiles span beside the
                                          // innermost one, -1 if tiles are runs of elements
  int64_t blockCount, blocksPerChunk;     // tiles of such a plan
  uint64_t hoisted;                       // of the first 64 steps, those that make one tile
  void *native;                           // the kernel that runs the plan, null: the interpreter
  bool isNativeTiled;                     // the kernel takes the place of the steps on tiles
  int64_t strides[TANDEM_OPERANDS_MAX][TANDEM_RANK_MAX];  // bytes; reduced outputs: of kept axes
} TandemLoopPlan;

// Plans a program over operands given by base addresses and byte strides (operand-major, `rank` for
// each). Axes whose bit is set in `reduced` are reduced; reducing outputs have stride zero there.
void tandem_loop_plan(TandemLoopPlan *plan, const TandemLoopProgram *program,
                      const TandemScalar *scalars, int32_t rank, const int64_t *lengths,
                      uint32_t reduced, void *const *bases, const int64_t *strides);
// Plans a program without reductions over dense operands of one memory order.
void tandem_loop_plan_dense(TandemLoopPlan *plan, const TandemLoopProgram *program,
                            const TandemScalar *scalars, int64_t count, void *const *bases);
// Runs one chunk of a plan; chunks may run at once, on any threads.
void tandem_loop_chunk(const TandemLoopPlan *plan, int64_t chunk);
// Combines the parts of split sequences; call once, after the last chunk, if splits > 1.
void tandem_loop_finish(const TandemLoopPlan *plan);

// Runs all of a plan over other memory than it was planned for, on this thread. Operands that
// share memory must be those that did; `partials` has the plan's partialBytes.
void tandem_loop_run_at(const TandemLoopPlan *plan, void *const *bases, void *partials);

// The same, planned and run at once on the calling thread, for work of one chunk; false if there is
// more of it.
bool tandem_loop_run_dense(const TandemLoopProgram *program, const TandemScalar *scalars,
                           int64_t count, void *const *bases);
bool tandem_loop_run_small(const TandemLoopProgram *program, const TandemScalar *scalars,
                           int32_t rank, const int64_t *lengths, uint32_t reduced,
                           void *const *bases, const int64_t *strides);

// What is computed of each row, as Swift's SoftmaxRows.Kind.
enum {
  TANDEM_SOFTMAX, TANDEM_LOG_SOFTMAX, TANDEM_SOFTMAX_SUMS, TANDEM_SOFTMAX_GRADIENT,
  TANDEM_LOG_SOFTMAX_GRADIENT
};

// Computes `count` rows of `length` elements, which lie one after another, given by where each row
// starts; see SoftmaxRows for the operands. `second` and `g` may be null where a kind has none.
// Where it `streams`, rows of `out` are of the class, consist of lines of 64 bytes and are written
// past the caches.
void tandem_softmax_rows(int32_t level, int32_t kind, int32_t dtype, bool streams, int64_t count,
                         int64_t length, char *const *out, char *const *second, char *const *x,
                         char *const *g);

// Bytes of an output that push all else out of the cache before somebody reads them. (What the
// system says about caches counts those of all processors.)
enum { TANDEM_STREAMING_BYTES = 32 << 20 };

#endif
