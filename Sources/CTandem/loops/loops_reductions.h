// Reductions in sixteen virtual lanes; see TandemReducer for the order, which no level changes.
//
// `F` names the reduction, `T` is the class, `A` the accumulator. A step is `a = step(a, v)` with a
// and v both of the accumulator's type.

#define REDUCER(F, C, T, A, step)                                                                 \
  static void F##_block_##C(const void *values, int64_t n, int64_t position, void *result) {      \
    const T *v = values;                                                                          \
    A lane[TANDEM_LANES];                                                                         \
    int64_t width = n < TANDEM_LANES ? n : TANDEM_LANES;                                          \
    for (int64_t l = 0; l < width; l++) lane[l] = (A)v[l];                                        \
    int64_t i = TANDEM_LANES;                                                                     \
    for (; i + TANDEM_LANES <= n; i += TANDEM_LANES) {                                            \
      TANDEM_VECTOR for (int l = 0; l < TANDEM_LANES; l++) {                                      \
        A a = lane[l], x = (A)v[i + l];                                                           \
        lane[l] = (step);                                                                         \
      }                                                                                           \
    }                                                                                             \
    for (int64_t l = 0; i + l < n; l++) {                                                         \
      A a = lane[l], x = (A)v[i + l];                                                             \
      lane[l] = (step);                                                                           \
    }                                                                                             \
    for (int64_t half = TANDEM_LANES / 2; half > 0; half /= 2)                                    \
      for (int64_t l = 0; l < half && l + half < width; l++) {                                    \
        A a = lane[l], x = lane[l + half];                                                        \
        lane[l] = (step);                                                                         \
      }                                                                                           \
    *(A *)result = lane[0];                                                                       \
  }                                                                                               \
  static void F##_rows_##C(const void *values, int64_t rows, int64_t columns, int64_t first,      \
                           int64_t position, void *lanes) {                                       \
    const T *v = values;                                                                          \
    A *all = lanes;                                                                               \
    while (rows > 0) {                                                                            \
      /* Rows that go to following lanes are one run of memory on both sides. */                  \
      int64_t lane = first % TANDEM_LANES, count = TANDEM_LANES - lane;                           \
      count = count < rows ? count : rows;                                                        \
      A *to = all + lane * columns;                                                               \
      if (first < TANDEM_LANES) {                                                                 \
        TANDEM_VECTOR for (int64_t i = 0; i < count * columns; i++) to[i] = (A)v[i];              \
      } else {                                                                                    \
        TANDEM_VECTOR for (int64_t i = 0; i < count * columns; i++) {                             \
          A a = to[i], x = (A)v[i];                                                               \
          to[i] = (step);                                                                         \
        }                                                                                         \
      }                                                                                           \
      v += count * columns;                                                                       \
      first += count;                                                                             \
      rows -= count;                                                                              \
    }                                                                                             \
  }                                                                                               \
  static void F##_combine_##C(void *results, const void *later, int64_t n) {                      \
    A *r = results;                                                                               \
    const A *l = later;                                                                           \
    TANDEM_VECTOR for (int64_t i = 0; i < n; i++) {                                               \
      A a = r[i], x = l[i];                                                                       \
      r[i] = (step);                                                                              \
    }                                                                                             \
  }                                                                                               \
  static void F##_lanes_##C(void *lanes, int64_t rows, int64_t columns, void *results) {          \
    A *all = lanes;                                                                               \
    int64_t width = rows < TANDEM_LANES ? rows : TANDEM_LANES;                                    \
    for (int64_t half = TANDEM_LANES / 2; half > 0; half /= 2) {                                  \
      int64_t count = width - half < half ? width - half : half;                                  \
      if (count > 0) F##_combine_##C(all, all + half * columns, count * columns);                 \
      width = width < half ? width : half;                                                        \
    }                                                                                             \
    memcpy(results, all, (size_t)columns * sizeof(A));                                            \
  }

#include "loops_steps.h"

// The place of the greatest or least element: the first of equals, the first NaN if there is one.
// One lane is enough, because the result does not depend on the order. `best` is the extreme value
// of a block, so the search for its place stops early.
#define ARG_REDUCER(F, C, T, extreme, better)                                                     \
  typedef struct {                                                                                \
    T value;                                                                                      \
    int64_t index;                                                                                \
  } F##_##C;                                                                                      \
  static void F##_block_##C(const void *values, int64_t n, int64_t position, void *result) {      \
    const T *v = values;                                                                          \
    F##_##C *r = result;                                                                          \
    T best;                                                                                       \
    extreme##_block_##C(values, n, 0, &best);                                                     \
    int64_t i = 0;                                                                                \
    while (i < n - 1 && !(v[i] == best || v[i] != v[i])) i++;                                     \
    r->value = v[i];                                                                              \
    r->index = position + i;                                                                      \
  }                                                                                               \
  static void F##_rows_##C(const void *values, int64_t rows, int64_t columns, int64_t first,      \
                           int64_t position, void *lanes) {                                       \
    const T *v = values;                                                                          \
    F##_##C *r = lanes;                                                                           \
    for (int64_t row = 0; row < rows; row++)                                                      \
      for (int64_t c = 0; c < columns; c++) {                                                     \
        T x = v[row * columns + c], a = r[c].value;                                               \
        bool wins = (first + row == 0) || (!(a != a) && (x better a || x != x));                  \
        r[c].value = wins ? x : a;                                                                \
        r[c].index = wins ? position + row : r[c].index;                                          \
      }                                                                                           \
  }                                                                                               \
  static void F##_lanes_##C(void *lanes, int64_t rows, int64_t columns, void *results) {          \
    memcpy(results, lanes, (size_t)columns * sizeof(F##_##C));                                    \
  }                                                                                               \
  static void F##_combine_##C(void *results, const void *later, int64_t n) {                      \
    F##_##C *r = results;                                                                         \
    const F##_##C *l = later;                                                                     \
    for (int64_t i = 0; i < n; i++) {                                                             \
      T x = l[i].value, a = r[i].value;                                                           \
      if (!(a != a) && (x better a || x != x)) r[i] = l[i];                                       \
    }                                                                                             \
  }                                                                                               \
  static void F##_finish_##C(const void *results, int64_t n, void *tile) {                        \
    const F##_##C *r = results;                                                                   \
    int64_t *to = tile;                                                                           \
    for (int64_t i = 0; i < n; i++) to[i] = r[i].index;                                           \
  }

ARG_REDUCER(argmax, F32, float, max, >)
ARG_REDUCER(argmax, F64, double, max, >)
ARG_REDUCER(argmax, I32, int32_t, max, >)
ARG_REDUCER(argmax, I64, int64_t, max, >)
ARG_REDUCER(argmax, U64, uint64_t, max, >)
ARG_REDUCER(argmin, F32, float, min, <)
ARG_REDUCER(argmin, F64, double, min, <)
ARG_REDUCER(argmin, I32, int32_t, min, <)
ARG_REDUCER(argmin, I64, int64_t, min, <)
ARG_REDUCER(argmin, U64, uint64_t, min, <)

#define REDUCER_ENTRY(F, C, A, resultClass)                                                       \
  { F##_block_##C, F##_rows_##C, F##_lanes_##C, F##_combine_##C, 0, sizeof(A), resultClass }
#define ARG_ENTRY(F, C)                                                                           \
  { F##_block_##C, F##_rows_##C, F##_lanes_##C, F##_combine_##C, F##_finish_##C,                  \
    sizeof(F##_##C), TANDEM_CLASS_I64 }
