// The LSTM cell: all gates and the state in one pass, forwards and backwards.
#include "../include/tandem_neural.h"

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
#define TANDEM_NEURAL_VECTOR _Pragma("clang loop vectorize(assume_safety) interleave(enable)")

#define T float
#define NAME(x) lstm_float_##x
#define SIGMOID f32_sigmoid
#define TANH f32_tanh
#include "lstm_template.h"
#undef T
#undef NAME
#undef SIGMOID
#undef TANH
#define T double
#define NAME(x) lstm_double_##x
#define SIGMOID f64_sigmoid
#define TANH f64_tanh
#include "lstm_template.h"

void tandem_lstm_cell_forward(const tandem_lstm_cell *w, int64_t begin, int64_t end) {
  (w->type == TANDEM_GEMM_FLOAT64 ? lstm_double_forward : lstm_float_forward)(w, begin, end);
}

void tandem_lstm_cell_backward(const tandem_lstm_cell_back *w, int64_t begin, int64_t end) {
  (w->type == TANDEM_GEMM_FLOAT64 ? lstm_double_backward : lstm_float_backward)(w, begin, end);
}
