// Layer and batch normalisation. A row or channel stays in the cache between its sums and the
// result; the mean is subtracted before squares are summed.
#include "../include/tandem_neural.h"

#include <string.h>

#include "../include/tandem_gemm.h"
#include "../instruction_levels.h"

#pragma STDC FP_CONTRACT OFF
// Vectors are handed to functions that are always inlined alone.
#pragma clang diagnostic ignored "-Wpsabi"

#define T float
#define NAME(x) normalize_float_##x
#include "normalization_template.h"
#undef T
#undef NAME
#define T double
#define NAME(x) normalize_double_##x
#include "normalization_template.h"
#undef T
#undef NAME

void tandem_normalize_rows_forward(const tandem_normalize_rows *w, int64_t begin, int64_t end) {
  (w->type == TANDEM_GEMM_FLOAT64 ? normalize_double_rows : normalize_float_rows)(w, begin, end);
}

void tandem_normalize_rows_backward(const tandem_normalize_rows_back *w, int64_t begin, int64_t end,
                                    void *dScale, void *dBias) {
  if (w->type == TANDEM_GEMM_FLOAT64)
    normalize_double_rows_back(w, begin, end, dScale, dBias);
  else
    normalize_float_rows_back(w, begin, end, dScale, dBias);
}

void tandem_normalize_channels_forward(const tandem_normalize_channels *w, int64_t begin,
                                       int64_t end) {
  if (w->inner == 1)
    (w->type == TANDEM_GEMM_FLOAT64 ? normalize_double_columns : normalize_float_columns)(
        w, begin, end);
  else
    (w->type == TANDEM_GEMM_FLOAT64 ? normalize_double_channels : normalize_float_channels)(
        w, begin, end);
}

void tandem_normalize_channels_backward(const tandem_normalize_channels_back *w, int64_t begin,
                                        int64_t end) {
  if (w->inner == 1)
    (w->type == TANDEM_GEMM_FLOAT64 ? normalize_double_columns_back
                                    : normalize_float_columns_back)(w, begin, end);
  else
    (w->type == TANDEM_GEMM_FLOAT64 ? normalize_double_channels_back
                                    : normalize_float_channels_back)(w, begin, end);
}
