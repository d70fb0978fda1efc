// Attention block by block, after Dao: the products of all queries with all keys are never in
// memory at once, and the gradient computes them anew from the saved log-sums.
#include "../include/tandem_neural.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "../include/tandem_gemm.h"
#include "../instruction_levels.h"

#pragma STDC FP_CONTRACT OFF
#pragma clang diagnostic ignored "-Wunused-function"
#pragma clang diagnostic ignored "-Wbitwise-conditional-parentheses"
#pragma clang diagnostic ignored "-Wbitwise-instead-of-logical"
#include "../loops/loops_math32.h"
#include "../loops/loops_math64.h"

#define T float
#define NAME(x) attention_float_##x
#define EXP f32_exp
#define LOG f32_log
#define LOWEST FLT_MAX
#include "levels.h"
#include "attention_template.h"
#undef T
#undef NAME
#undef EXP
#undef LOG
#undef LOWEST
#define T double
#define NAME(x) attention_double_##x
#define EXP f64_exp
#define LOG f64_log
#define LOWEST DBL_MAX
#include "levels.h"
#include "attention_template.h"

int64_t tandem_attention_scratch(int64_t features) {
  const int64_t turned = 2 * features * TANDEM_ATTENTION_QUERIES;
  const int64_t tiles = 2 * TANDEM_ATTENTION_KEYS * TANDEM_ATTENTION_QUERIES;
  // The last columns of an operand that are no full panel: up to 32 of each of its rows.
  const int64_t rows = features > TANDEM_ATTENTION_KEYS ? features : TANDEM_ATTENTION_KEYS;
  return turned + tiles + 32 * rows;
}

void tandem_attention_forward(const tandem_attention *w, int64_t first, void *scratch) {
  if (w->type == TANDEM_GEMM_FLOAT64)
    attention_double_forward(w, first, scratch);
  else
    attention_float_forward(w, first, scratch);
}

void tandem_attention_backward(const tandem_attention *w, void *scratch) {
  if (w->type == TANDEM_GEMM_FLOAT64)
    attention_double_backward(w, scratch);
  else
    attention_float_backward(w, scratch);
}
