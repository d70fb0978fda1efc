#include "tandem_sparse.h"

#include <string.h>

#include "instruction_levels.h"

#pragma STDC FP_CONTRACT OFF

int64_t tandem_sparse_check(const tandem_sparse_matrix *a, int64_t *place) {
  for (int64_t i = 0; i <= a->rows; i++) {
    int64_t least = i == 0 ? 0 : a->row_start[i - 1], most = i == 0 ? 0 : a->stored;
    if (a->row_start[i] < least || a->row_start[i] > most ||
        (i == a->rows && a->row_start[i] != a->stored)) {
      *place = i;
      return 1;
    }
  }
  for (int64_t k = 0; k < a->stored; k++) {
    if (a->column[k] < 0 || a->column[k] >= a->columns) {
      *place = k;
      return 2;
    }
  }
  return 0;
}

// Widths are taken in blocks that stay in registers while a row is added up: `block` columns from
// `at` on of row i.
#define SPARSE_BLOCK(T, block)                                                                    \
  for (; at + block <= width; at += block) {                                                      \
    T sums[block] = {0};                                                                          \
    for (int64_t k = first; k < last; k++) {                                                      \
      const T value = values[k], *row = b + a->column[k] * width + at;                            \
      for (int c = 0; c < block; c++) sums[c] += value * row[c];                                  \
    }                                                                                             \
    memcpy(out + i * width + at, sums, sizeof sums);                                              \
  }

#define SPARSE_PRODUCT(T, name)                                                                   \
  TANDEM_AT_LEVELS(void, name##_rows, (const tandem_sparse_matrix *a, const T *b, int64_t width,  \
                   T *out, int64_t begin, int64_t end), (a, b, width, out, begin, end)) {         \
    const T *values = a->values;                                                                  \
    for (int64_t i = begin; i < end; i++) {                                                       \
      int64_t first = a->row_start[i], last = a->row_start[i + 1], at = 0;                        \
      SPARSE_BLOCK(T, 32) SPARSE_BLOCK(T, 16) SPARSE_BLOCK(T, 8) SPARSE_BLOCK(T, 4)               \
      SPARSE_BLOCK(T, 1)                                                                          \
    }                                                                                             \
  }                                                                                               \
  TANDEM_AT_LEVELS(void, name##_turned, (const tandem_sparse_matrix *a, const T *b,               \
                   int64_t width, T *out, int64_t begin, int64_t end),                            \
                   (a, b, width, out, begin, end)) {                                              \
    const T *values = a->values;                                                                  \
    size_t bytes = (size_t)(end - begin) * sizeof(T);                                             \
    for (int64_t j = 0; j < a->columns; j++) memset(out + j * width + begin, 0, bytes);           \
    for (int64_t i = 0; i < a->rows; i++) {                                                       \
      const T *row = b + i * width;                                                               \
      for (int64_t k = a->row_start[i]; k < a->row_start[i + 1]; k++) {                           \
        T value = values[k], *sums = out + a->column[k] * width;                                  \
        _Pragma("clang loop vectorize(assume_safety)")                                            \
        for (int64_t c = begin; c < end; c++) sums[c] += value * row[c];                          \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
  TANDEM_AT_LEVELS(void, name##_sampled, (const tandem_sparse_matrix *a, const T *x, const T *y,  \
                   int64_t width, T *out, int64_t begin, int64_t end),                            \
                   (a, x, y, width, out, begin, end)) {                                           \
    for (int64_t i = begin; i < end; i++) {                                                       \
      for (int64_t k = a->row_start[i]; k < a->row_start[i + 1]; k++) {                           \
        const T *left = x + i * width, *right = y + a->column[k] * width;                         \
        T lanes[16] = {0};                                                                        \
        int64_t at = 0;                                                                           \
        for (; at + 16 <= width; at += 16)                                                        \
          for (int c = 0; c < 16; c++) lanes[c] += left[at + c] * right[at + c];                  \
        for (int c = 0; at + c < width; c++) lanes[c] += left[at + c] * right[at + c];            \
        for (int step = 8; step > 0; step /= 2)                                                   \
          for (int c = 0; c < step; c++) lanes[c] += lanes[c + step];                             \
        out[k] = lanes[0];                                                                        \
      }                                                                                           \
    }                                                                                             \
  }

SPARSE_PRODUCT(float, float)
SPARSE_PRODUCT(double, double)

void tandem_sparse_product(const tandem_sparse_matrix *a, const void *b, int64_t width, void *out,
                           int64_t begin, int64_t end) {
  if (a->is_double) double_rows(a, b, width, out, begin, end);
  else float_rows(a, b, width, out, begin, end);
}

void tandem_sparse_transposed(const tandem_sparse_matrix *a, const void *b, int64_t width,
                              void *out, int64_t begin, int64_t end) {
  if (a->is_double) double_turned(a, b, width, out, begin, end);
  else float_turned(a, b, width, out, begin, end);
}

void tandem_sparse_sampled(const tandem_sparse_matrix *a, const void *x, const void *y,
                           int64_t width, void *out, int64_t begin, int64_t end) {
  if (a->is_double) double_sampled(a, x, y, width, out, begin, end);
  else float_sampled(a, x, y, width, out, begin, end);
}
