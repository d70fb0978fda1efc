// Native kernels: what their text is made of, the library that compiles it, and how plans of loop
// programs run them.
#ifndef TANDEM_NATIVE_H
#define TANDEM_NATIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "tandem_loops.h"

// ---- The source of the tile functions (loops_source.c) ----

// An opcode in a class: operands are called x and y. `formula` is null where only the tile function
// knows (it branches, or calls the C library); `type` is null where there is no such opcode.
typedef struct {
  const char *type, *result, *formula;
} TandemFormula;

// A storage dtype: its C type, that of its class, and the functions between the two.
typedef struct {
  const char *storage, *type, *widen, *narrow;
} TandemConversion;

// A reduction in a class: `step` joins `a`, gathered so far, and `x`, both of the accumulator's
// type. `step` is null where only the reducer knows.
typedef struct {
  const char *type, *accumulator, *step;
} TandemStepFormula;

TandemFormula tandem_formula(int32_t opcode, int32_t operands);
TandemFormula tandem_cast_formula(int32_t from, int32_t to);
TandemConversion tandem_conversion(int32_t dtype);
TandemStepFormula tandem_step_formula(int32_t reduction, int32_t values);
// The text of the headers that define the functions which formulas call, by number; null after the
// last one.
const char *tandem_formula_header(int32_t index, int64_t *bytes);

// ---- libLLVM (llvm.c) ----

// A compiler: one instruction set level, one thread at a time.
typedef struct TandemLLVM TandemLLVM;

// What became of an attempt to open the library.
typedef enum {
  TANDEM_LLVM_FOUND, TANDEM_LLVM_MISSING, TANDEM_LLVM_TOO_OLD, TANDEM_LLVM_NOT_EXECUTABLE,
  TANDEM_LLVM_BROKEN, TANDEM_LLVM_TAKEN
} TandemLLVMStatus;

// Opens the library at its first use; `path` overrules the search. Says in `words` what was found,
// or what is wrong. Later calls repeat the first answer.
TandemLLVMStatus tandem_llvm_open(const char *path, char *words, int64_t capacity);

// A compiler for a level; null with words if there is none.
TandemLLVM *tandem_llvm_create(int32_t level, char *words, int64_t capacity);

// One compiled text: where its function starts, and what frees it.
typedef struct {
  void *function;
  void *tracker;
  int64_t objectBytes;
  char *assembly;  // malloc'ed; null unless wanted
} TandemMachineCode;

// Compiles textual IR and finds a function in it; false with words if that fails. Where libLLVM
// would end the process, it is not called again.
bool tandem_llvm_compile(TandemLLVM *llvm, const char *text, const char *function,
                         bool wantsAssembly, TandemMachineCode *code, char *words,
                         int64_t capacity);
// Frees machine code that nobody runs any more.
void tandem_llvm_free(void *tracker);

// ---- Kernels of plans (loops_native.c) ----

enum {
  TANDEM_NATIVE_FORM_MAX = TANDEM_OPERANDS_MAX + 2,
  TANDEM_NATIVE_VARIANTS_MAX = 8,
  TANDEM_NATIVE_AGAIN = 256
};

// Some rows of `length` elements each. Operands are numbered as in plans, outputs first.
typedef struct {
  int64_t rows, length;
  uint64_t scalars[TANDEM_OPERANDS_MAX];   // bits in their classes
  char *base[TANDEM_OPERANDS_MAX];         // where the first row lies
  int64_t rowStride[TANDEM_OPERANDS_MAX];  // bytes
  char *results[TANDEM_OPERANDS_MAX];      // of reducing outputs: accumulators, [block][row]
} TandemNativeCall;

typedef void (*TandemNativeRun)(const TandemNativeCall *);

// Rows of RowBlocks, each of which goes through all stages before the next one.
typedef struct {
  int64_t rows;
  const uint64_t *scalars;  // of the stages, one after another: bits in their classes
  char *scratch;            // what the stages of a row hand to each other
  char *base[TANDEM_OPERANDS_MAX];         // of the primitive: where the first row lies
  int64_t rowStride[TANDEM_OPERANDS_MAX];  // bytes
} TandemNativeRows;

typedef void (*TandemNativeRowsRun)(const TandemNativeRows *);

// The bits of a scalar in the class of the dtype that a program declares.
uint64_t tandem_native_scalar(TandemScalar scalar, uint8_t dtype);

// The kernels of one program. A kernel is for one form, which has a letter for each operand:
//
// | letter | output | input |
// | --- | --- | --- |
// | d | elements of the dtype, one after another | the same |
// | s | | the same for every row (of stages of rows) |
// | n | as d, past the caches, aligned to 64 bytes | |
// | t | elements of the class, one after another | the same |
// | b | one element for each row (of stages of rows) | one element of the dtype for each row |
// | r | accumulators of blocks | |
// | - | nothing is stored | |
typedef struct TandemNativeProgram TandemNativeProgram;

// `request` is called, on the thread that plans, when a form without a kernel is planned for the
// third time (the first, if it `waits`); once for each form, unless it says false: not now. Then it
// is called again after TANDEM_NATIVE_AGAIN more plans of the form.
TandemNativeProgram *tandem_native_program(bool (*request)(void *owner, const char *form),
                                           void *owner, bool waits);
void tandem_native_program_free(TandemNativeProgram *native);
// From now on plans of the program look for kernels; null: no more.
void tandem_native_enable(TandemLoopProgram *program, TandemNativeProgram *native);
// Publishes the kernel of a form that was requested, or that nobody asked for yet.
void tandem_native_publish(TandemNativeProgram *native, const char *form, TandemNativeRun run);

// Looks for a kernel that fits a plan; called when the plan is complete and before it runs. The
// plan is one of `repeats` alike, of which outputs with a bit in `streams` go to memory and are not
// read soon: where they are larger than the cache they are written past it.
void tandem_native_attach(TandemLoopPlan *plan, int64_t repeats, uint64_t streams);
// One chunk by the plan's kernel, where that does more than the steps on tiles.
void tandem_native_chunk(const TandemLoopPlan *plan, int64_t chunk, void *memory);
// Bytes of memory that tandem_native_chunk needs.
int64_t tandem_native_bytes(const TandemLoopPlan *plan);
// The steps on tiles of n elements.
void tandem_native_steps(const TandemLoopPlan *plan, void *const *place, int64_t n);

#endif
