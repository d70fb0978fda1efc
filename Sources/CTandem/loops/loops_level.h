// Everything that a level computes, compiled for the instruction set that the including file has
// pushed, and its table, named by TANDEM_LEVEL_TABLE. The same source makes every level and nothing
// in it may be contracted or reassociated, so the levels agree bit for bit.

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wunused-function"
// Truth values are combined by bit operations so that no branch appears.
#pragma clang diagnostic ignored "-Wbitwise-conditional-parentheses"
#pragma clang diagnostic ignored "-Wbitwise-instead-of-logical"

// Loops whose operands are either the same memory or disjoint: the pragma keeps the compiler from
// testing for overlap, which would send `d == a` down a scalar path (measured: 8 times slower).
#define TANDEM_VECTOR _Pragma("clang loop vectorize(assume_safety) interleave(enable)")

#include "loops_math32.h"
#include "loops_math64.h"
#include "loops_math64_wide.h"
#include "loops_inverse.h"
#include "loops_trigonometry.h"
#include "loops_mathlib.h"
#include "loops_gamma.h"
#include "loops_convert.h"
#include "loops_ops.h"
#include "loops_reductions.h"
#include "loops_softmax.h"

#define OP(name, C) [TANDEM_OP_##name][TANDEM_CLASS_##C] = name##_##C,
#define OP_FLOAT(name) OP(name, F32) OP(name, F64)
#define OP_INTEGER(name) OP(name, I32) OP(name, I64) OP(name, U64)
#define OP_ALL(name) OP_FLOAT(name) OP_INTEGER(name)

const TandemLoopTable TANDEM_LEVEL_TABLE = {
    .op =
        {OP_ALL(add) OP_ALL(subtract) OP_ALL(multiply) OP_FLOAT(divide) OP_ALL(floorDivide)
         OP_ALL(remainder) OP_ALL(power) OP_ALL(minimum) OP_ALL(maximum) OP_FLOAT(atan2)
         OP_FLOAT(hypot) OP_ALL(fmod) OP_FLOAT(copySign) OP_FLOAT(ldexp) OP_FLOAT(logAddExp)
         OP_FLOAT(polygamma) OP_INTEGER(gcd) OP_ALL(equal) OP_ALL(notEqual) OP_ALL(less)
         OP_ALL(lessEqual) OP_ALL(greater) OP_ALL(greaterEqual) OP_INTEGER(bitAnd) OP_INTEGER(bitOr)
         OP_INTEGER(bitXor) OP_INTEGER(shiftLeft) OP_INTEGER(shiftRight) OP_ALL(select)
         OP_ALL(negate) OP_ALL(absolute) OP_ALL(sign) OP_FLOAT(floor) OP_FLOAT(ceil)
         OP_FLOAT(trunc) OP_FLOAT(rint) OP_FLOAT(reciprocal) OP_FLOAT(sqrt) OP_FLOAT(rsqrt)
         OP_ALL(square) OP_FLOAT(exp) OP_FLOAT(expm1) OP_FLOAT(log) OP_FLOAT(log1p)
         OP_FLOAT(log2) OP_FLOAT(log10) OP_FLOAT(sin) OP_FLOAT(cos) OP_FLOAT(tan) OP_FLOAT(asin)
         OP_FLOAT(acos) OP_FLOAT(atan) OP_FLOAT(sinh) OP_FLOAT(cosh) OP_FLOAT(tanh)
         OP_FLOAT(sigmoid) OP_FLOAT(erf) OP_FLOAT(softplus) OP_FLOAT(gelu) OP_FLOAT(geluTanh)
         OP_FLOAT(cbrt) OP_FLOAT(asinh) OP_FLOAT(acosh) OP_FLOAT(atanh) OP_FLOAT(erfinv)
         OP_FLOAT(gamma) OP_FLOAT(logGamma) OP_FLOAT(digamma)
         OP_FLOAT(isNaN) OP_FLOAT(isInf) OP_FLOAT(isFinite) OP_INTEGER(bitNot)
         OP_INTEGER(logicalNot) OP(roundToOdd, F64) OP_ALL(copy)},
#define PAIR_ENTRY(F, S) {F##_##S##_F32, F##_##S##_F64},
#define PAIR_ENTRIES(F) {TANDEM_PAIR_SECONDS(PAIR_ENTRY, F)},
    .pair = {TANDEM_PAIR_FIRSTS(PAIR_ENTRIES)},
    .round = {round_bool, round_i8, round_u8, round_i16, round_u16, round_i32, round_u32,
              round_i64, round_u64, round_f16, round_bf16, round_f32, round_f64},
#define CAST_ENTRY(from, to, S, T, convert) \
  [TANDEM_CLASS_##from][TANDEM_CLASS_##to] = cast_##from##_##to,
    .cast = {TANDEM_CASTS(CAST_ENTRY)},
    .load = {load_bool, load_i8, load_u8, load_i16, load_u16, load_i32, load_u32, load_i64,
             load_u64, load_f16, load_bf16, load_f32, load_f64},
    .store = {store_bool, store_i8, store_u8, store_i16, store_u16, store_i32, store_u32,
              store_i64, store_u64, store_f16, store_bf16, store_f32, store_f64},
#define REDUCE_SUM_LIKE(F)                                                                        \
  {REDUCER_ENTRY(F, F32, float, TANDEM_CLASS_F32),                                                \
   REDUCER_ENTRY(F, F64, double, TANDEM_CLASS_F64),                                               \
   REDUCER_ENTRY(F, I32, int64_t, TANDEM_CLASS_I64),                                              \
   REDUCER_ENTRY(F, I64, int64_t, TANDEM_CLASS_I64),                                              \
   REDUCER_ENTRY(F, I64, int64_t, TANDEM_CLASS_U64)}
#define REDUCE_MAX_LIKE(F)                                                                        \
  {REDUCER_ENTRY(F, F32, float, TANDEM_CLASS_F32),                                                \
   REDUCER_ENTRY(F, F64, double, TANDEM_CLASS_F64),                                               \
   REDUCER_ENTRY(F, I32, int32_t, TANDEM_CLASS_I32),                                              \
   REDUCER_ENTRY(F, I64, int64_t, TANDEM_CLASS_I64),                                              \
   REDUCER_ENTRY(F, U64, uint64_t, TANDEM_CLASS_U64)}
#define REDUCE_ARG(F) {ARG_ENTRY(F, F32), ARG_ENTRY(F, F64), ARG_ENTRY(F, I32), ARG_ENTRY(F, I64), \
                       ARG_ENTRY(F, U64)}
    .reduce =
        {
            [TANDEM_REDUCE_SUM] = REDUCE_SUM_LIKE(sum),
            [TANDEM_REDUCE_PRODUCT] = REDUCE_SUM_LIKE(product),
            [TANDEM_REDUCE_MAX] = REDUCE_MAX_LIKE(max),
            [TANDEM_REDUCE_MIN] = REDUCE_MAX_LIKE(min),
            [TANDEM_REDUCE_ANY] = {[TANDEM_CLASS_I32] =
                                       REDUCER_ENTRY(any, I32, int32_t, TANDEM_CLASS_I32)},
            [TANDEM_REDUCE_ALL] = {[TANDEM_CLASS_I32] =
                                       REDUCER_ENTRY(all, I32, int32_t, TANDEM_CLASS_I32)},
            [TANDEM_REDUCE_ARGMAX] = REDUCE_ARG(argmax),
            [TANDEM_REDUCE_ARGMIN] = REDUCE_ARG(argmin),
        },
    .softmax = {SOFTMAX_ENTRY(F32), SOFTMAX_ENTRY(F64)},
};
