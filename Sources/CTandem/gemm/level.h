// Makes the kernels of one instruction set. Included by the level files, each of which defines:
//   LEVEL_NAME            what begins the names of the level
//   REGISTER              bytes of a register
//   MR, HEIGHTS(X)        the tallest tile, X(1) ... X(MR)
//   FLOAT_LOW, FLOAT_HIGH, DOUBLE_LOW, DOUBLE_HIGH   interleave halves of two registers
//   FLOAT_EVEN, FLOAT_ODD                            every other element of two registers
#include <string.h>

#include "../sixteen_bit_floats.h"
#include "tandem_gemm.h"

#pragma STDC FP_CONTRACT ON
#define ALWAYS __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define JOIN_(a, b, c) a##b##c
#define JOIN(a, b, c) JOIN_(a, b, c)
#define LEVEL(x) JOIN(LEVEL_NAME, _, x)

#define MULTIPLY_ADD(sum, x, one) ((x) * (one) + (sum))
#define DOT_ADD(sum, x, y) (sum) = (x) * (y) + (sum)
#define WIDE(e) (e)
#define NARROW(t) (t)

// float32 arithmetic.
#define T float
#define LANES (REGISTER / 4)
#define NAME(x) JOIN(LEVEL_NAME, _float_, x)
#define LOW FLOAT_LOW
#define HIGH FLOAT_HIGH
#define E float
#define STEP LANES
#define BITS int32_t
#include "block_template.h"
#include "dots_template.h"
#include "scatter_template.h"
#include "depthwise_template.h"

#define S float
#define FROM(x) JOIN(LEVEL_NAME, _float_same_, x)
#define WIDEN(p) NAME(load)(p)
#define ONE(x) (x)
#include "pack_template.h"
#undef S
#undef FROM
#undef WIDEN
#undef ONE

typedef uint16_t LEVEL(halves) __attribute__((vector_size(LANES * 2), aligned(2), may_alias));
typedef uint32_t LEVEL(words) __attribute__((vector_size(LANES * 4)));
typedef _Float16 LEVEL(float16s) __attribute__((vector_size(LANES * 2), aligned(2), may_alias));

static inline ALWAYS NAME(vec) LEVEL(widen_bfloat16)(const uint16_t *p) {
  const LEVEL(words) bits = __builtin_convertvector(*(const LEVEL(halves) *)p, LEVEL(words)) << 16;
  return (NAME(vec))bits;
}

#define S uint16_t
#define FROM(x) JOIN(LEVEL_NAME, _float_bfloat16_, x)
#define WIDEN(p) LEVEL(widen_bfloat16)(p)
#define ONE(x) tandem_from_bfloat16(x)
#include "pack_template.h"
#undef S
#undef FROM
#undef WIDEN
#undef ONE

#define S _Float16
#define FROM(x) JOIN(LEVEL_NAME, _float_float16_, x)
#define WIDEN(p) __builtin_convertvector(*(const LEVEL(float16s) *)(p), NAME(vec))
#define ONE(x) ((float)(x))
#include "pack_template.h"
#undef S
#undef FROM
#undef WIDEN
#undef ONE


#undef T
#undef LANES
#undef NAME
#undef LOW
#undef HIGH
#undef E
#undef BITS

// float64 arithmetic.
#define T double
#define LANES (REGISTER / 8)
#define NAME(x) JOIN(LEVEL_NAME, _double_, x)
#define LOW DOUBLE_LOW
#define HIGH DOUBLE_HIGH
#define E double
#define BITS int64_t
#include "block_template.h"
#include "dots_template.h"
#include "scatter_template.h"
#include "depthwise_template.h"

#define S double
#define FROM(x) JOIN(LEVEL_NAME, _double_same_, x)
#define WIDEN(p) NAME(load)(p)
#define ONE(x) (x)
#include "pack_template.h"

#include "move_template.h"
#include "arrange_template.h"

const tandem_gemm_kernels LEVEL(float_kernels) = {
    .mr = MR, .nr = 2 * (REGISTER / 4), .lanes = REGISTER / 4, .grouped = 1, .block = FLOAT(block),
    .dots = FLOAT(dots), .scatter = FLOAT(scatter), .transpose = FLOAT(transpose_matrix),
    .filter = FLOAT(filter), .filterSums = FLOAT(filter_sums),
    .store = LEVEL(store), .load = LEVEL(load),
    .arrange = LEVEL(arrange),
    .packRows = {FLOAT(same_pack_rows), FLOAT(bfloat16_pack_rows), FLOAT(float16_pack_rows)},
    .packColumns = {FLOAT(same_pack_columns), FLOAT(bfloat16_pack_columns),
                    FLOAT(float16_pack_columns)},
};

const tandem_gemm_kernels LEVEL(double_kernels) = {
    .mr = MR, .nr = 2 * LANES, .lanes = LANES, .grouped = 1, .block = NAME(block),
    .dots = NAME(dots), .scatter = NAME(scatter), .transpose = NAME(transpose_matrix),
    .filter = NAME(filter), .filterSums = NAME(filter_sums),
    .packRows = {NAME(same_pack_rows)},
    .packColumns = {NAME(same_pack_columns)},
};

