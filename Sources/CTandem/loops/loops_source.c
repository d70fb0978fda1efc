// The formulas of the tile functions as text, from the very headers that the functions are compiled
// from: native kernels are made of it, so neither tier can change without the other.
#include "../include/tandem_native.h"

#include <stddef.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

#define FORMULA(name, C, T, R, text) [TANDEM_OP_##name][TANDEM_CLASS_##C] = {#T, #R, text},
#define UNARY(name, C, T, expression) FORMULA(name, C, T, T, #expression)
#define BINARY(name, C, T, expression) FORMULA(name, C, T, T, #expression)
#define SCALAR_BINARY(name, C, T, expression) FORMULA(name, C, T, T, NULL)
#define SCALAR_UNARY(name, C, T, expression) FORMULA(name, C, T, T, NULL)
#define TEST(name, C, T, expression) FORMULA(name, C, T, int32_t, #expression)
#define COMPARE(name, C, T, operator) FORMULA(name, C, T, int32_t, "x " #operator " y")
#define SELECT(C, T) FORMULA(select, C, T, T, "condition ? x : y")
#define NARROW(name, C, T, R, expression) FORMULA(name, C, T, R, #expression)
#define PERIODIC(name, C, T, limit, near, far) FORMULA(name, C, T, T, NULL)

static const TandemFormula formulas[TANDEM_OP_COUNT][TANDEM_CLASS_COUNT] = {
#include "loops_formulas.h"
};

TandemFormula tandem_formula(int32_t opcode, int32_t operands) {
  return formulas[opcode][operands];
}

#define CAST_ENTRY(from, to, S, T, convert) \
  [TANDEM_CLASS_##from][TANDEM_CLASS_##to] = {#S, #T, #convert},
#define CONVERSION_ENTRY(name, S, T, widen, narrow) {#S, #T, #widen, #narrow},

#include "loops_conversion_list.h"

static const TandemFormula casts[TANDEM_CLASS_COUNT][TANDEM_CLASS_COUNT] = {
    TANDEM_CASTS(CAST_ENTRY)};
static const TandemConversion conversions[TANDEM_DTYPE_COUNT] = {
    TANDEM_CONVERSIONS(CONVERSION_ENTRY)};

TandemFormula tandem_cast_formula(int32_t from, int32_t to) { return casts[from][to]; }

TandemConversion tandem_conversion(int32_t dtype) { return conversions[dtype]; }

enum {
  REDUCE_sum = TANDEM_REDUCE_SUM, REDUCE_product = TANDEM_REDUCE_PRODUCT,
  REDUCE_max = TANDEM_REDUCE_MAX, REDUCE_min = TANDEM_REDUCE_MIN, REDUCE_any = TANDEM_REDUCE_ANY,
  REDUCE_all = TANDEM_REDUCE_ALL
};

#define REDUCER(F, C, T, A, step) [REDUCE_##F][TANDEM_CLASS_##C] = {#T, #A, #step},

static const TandemStepFormula steps[TANDEM_REDUCE_COUNT][TANDEM_CLASS_COUNT] = {
#include "loops_steps.h"
};

TandemStepFormula tandem_step_formula(int32_t reduction, int32_t values) {
  // Sums and products of uint64 are those of int64.
  bool isSum = reduction == TANDEM_REDUCE_SUM || reduction == TANDEM_REDUCE_PRODUCT;
  if (isSum && values == TANDEM_CLASS_U64) values = TANDEM_CLASS_I64;
  return steps[reduction][values];
}

static const char math32_text[] = {
#embed "loops_math32.h"
};
static const char math64_text[] = {
#embed "loops_math64.h"
};
static const char wide_text[] = {
#embed "loops_math64_wide.h"
};
static const char inverse_text[] = {
#embed "loops_inverse.h"
};
static const char library_text[] = {
#embed "loops_mathlib.h"
};
static const char conversion_text[] = {
#embed "loops_conversions.h"
};

const char *tandem_formula_header(int32_t index, int64_t *bytes) {
  static const struct {
    const char *text;
    int64_t bytes;
  } headers[] = {{math32_text, sizeof math32_text}, {math64_text, sizeof math64_text},
                 {wide_text, sizeof wide_text}, {inverse_text, sizeof inverse_text},
                 {library_text, sizeof library_text},
                 {conversion_text, sizeof conversion_text}};
  if (index >= (int32_t)(sizeof headers / sizeof *headers)) return NULL;
  *bytes = headers[index].bytes;
  return headers[index].text;
}
