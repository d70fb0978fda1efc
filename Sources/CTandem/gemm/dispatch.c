// Which kernels this processor gets, element-wise stores and loads, integers, and OpenBLAS.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tandem_blas.h"
#include "tandem_gemm.h"
#include "tandem_indexing.h"
#include "tandem_level.h"

extern const tandem_gemm_kernels tandem_gemm_baseline_float_kernels;
extern const tandem_gemm_kernels tandem_gemm_baseline_double_kernels;
#if defined(__x86_64__)
extern const tandem_gemm_kernels tandem_gemm_avx2_float_kernels;
extern const tandem_gemm_kernels tandem_gemm_avx2_double_kernels;
extern const tandem_gemm_kernels tandem_gemm_avx512_float_kernels;
extern const tandem_gemm_kernels tandem_gemm_avx512_double_kernels;
extern const tandem_gemm_kernels tandem_gemm_avx512_bf16_kernels;
#endif

_Static_assert(TANDEM_GEMM_AVX2 == TANDEM_ISA_AVX2 && TANDEM_GEMM_AVX512 == TANDEM_ISA_AVX512 &&
                   TANDEM_GEMM_AVX512_BF16 == TANDEM_ISA_AVX512_BF16,
               "levels have one number each");

static int32_t openblas_wanted;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void choose(void) {
  const char *back_end = getenv("TANDEM_GEMM");
  openblas_wanted = back_end && !strcmp(back_end, "openblas");
}

int32_t tandem_gemm_level(void) { return tandem_product_level(); }

int32_t tandem_gemm_wants_openblas(void) {
  pthread_once(&once, choose);
  return openblas_wanted;
}

const tandem_gemm_kernels *tandem_gemm_kernels_for(int32_t level, int32_t type) {
  if (!tandem_level_is_here(level)) return 0;
  const int wide = type == TANDEM_GEMM_FLOAT64;
#if defined(__x86_64__)
  if (level == TANDEM_GEMM_AVX512_BF16 && type == TANDEM_GEMM_BFLOAT16) {
    return &tandem_gemm_avx512_bf16_kernels;
  }
  if (level >= TANDEM_GEMM_AVX512) {
    return wide ? &tandem_gemm_avx512_double_kernels : &tandem_gemm_avx512_float_kernels;
  }
  if (level == TANDEM_GEMM_AVX2) {
    return wide ? &tandem_gemm_avx2_double_kernels : &tandem_gemm_avx2_float_kernels;
  }
#endif
  return wide ? &tandem_gemm_baseline_double_kernels : &tandem_gemm_baseline_float_kernels;
}

// Moving rounds alike at every level, so the best one serves all.
void tandem_gemm_store(const void *from, int64_t fromRowStride, void *to, int64_t toRowStride,
                       int64_t toColumnStride, int64_t m, int64_t n, int32_t type) {
  const tandem_gemm_move move = {from, fromRowStride, 1, to, toRowStride, toColumnStride, m, n,
                                 0, 0};
  tandem_gemm_kernels_for(tandem_gemm_level(), TANDEM_GEMM_FLOAT32)->store(&move, type);
}

void tandem_gemm_load(const void *from, int64_t fromRowStride, int64_t fromColumnStride, void *to,
                      int64_t toRowStride, int64_t m, int64_t n, int32_t type) {
  const tandem_gemm_move move = {from, fromRowStride, fromColumnStride, to, toRowStride, 1, m, n,
                                 0, 0};
  tandem_gemm_kernels_for(tandem_gemm_level(), TANDEM_GEMM_FLOAT32)->load(&move, type);
}

void tandem_gemm_arrange(const tandem_gemm_arrangement *work) {
  tandem_gemm_kernels_for(tandem_gemm_level(), TANDEM_GEMM_FLOAT32)->arrange(work);
}

void tandem_gemm_add(void *to, const void *from, int64_t count, int32_t type) {
  if (type == TANDEM_GEMM_FLOAT64) {
    for (int64_t i = 0; i < count; i++) ((double *)to)[i] += ((const double *)from)[i];
  } else {
    for (int64_t i = 0; i < count; i++) ((float *)to)[i] += ((const float *)from)[i];
  }
}

#define RECTIFY(F) \
  for (int64_t i = 0; i < count; i++) ((F *)to)[i] = ((F *)to)[i] <= 0 ? 0 : ((F *)to)[i];

void tandem_gemm_rectify(void *to, int64_t count, int32_t type) {
  if (type == TANDEM_GEMM_FLOAT64) {
    RECTIFY(double)
  } else {
    RECTIFY(float)
  }
}

// Products wrap around: they are computed unsigned, in W, which does not become a signed int.
#define PRODUCT(I, W)                                                                           \
  for (int64_t i = 0; i < m; i++) {                                                             \
    I *row = (I *)c + i * cRowStride;                                                           \
    if (!accumulates) {                                                                         \
      for (int64_t j = 0; j < n; j++) row[j * cColumnStride] = 0;                               \
    }                                                                                           \
    for (int64_t p = 0; p < k; p++) {                                                           \
      const W x = ((const I *)a)[i * aRowStride + p * aStride];                                 \
      const I *y = (const I *)b + p * bStride;                                                  \
      if (cColumnStride == 1 && bColumnStride == 1) {                                           \
        for (int64_t j = 0; j < n; j++) row[j] += (I)(x * y[j]);                                \
      } else {                                                                                  \
        for (int64_t j = 0; j < n; j++)                                                         \
          row[j * cColumnStride] += (I)(x * y[j * bColumnStride]);                              \
      }                                                                                         \
    }                                                                                           \
  }

void tandem_gemm_integers(const void *a, int64_t aRowStride, int64_t aStride, const void *b,
                          int64_t bStride, int64_t bColumnStride, void *c, int64_t cRowStride,
                          int64_t cColumnStride, int64_t m, int64_t n, int64_t k, int32_t type,
                          int32_t accumulates) {
  switch (type) {
    case TANDEM_INT8: case TANDEM_UINT8: PRODUCT(uint8_t, uint32_t) break;
    case TANDEM_INT16: case TANDEM_UINT16: PRODUCT(uint16_t, uint32_t) break;
    case TANDEM_INT32: case TANDEM_UINT32: PRODUCT(uint32_t, uint32_t) break;
    default: PRODUCT(uint64_t, uint64_t) break;
  }
}

// CBLAS's numbers.
enum { ROW_MAJOR = 101, NOT_TRANSPOSED = 111, TRANSPOSED = 112 };

void tandem_gemm_openblas(const void *a, int64_t lda, int32_t aTransposed, const void *b,
                          int64_t ldb, int32_t bTransposed, void *c, int64_t ldc, int64_t m,
                          int64_t n, int64_t k, int32_t type, int32_t accumulates) {
  const TandemBLAS *blas = tandem_blas();
  const int ta = aTransposed ? TRANSPOSED : NOT_TRANSPOSED;
  const int tb = bTransposed ? TRANSPOSED : NOT_TRANSPOSED;
  const int rows = (int)m, columns = (int)n, depth = (int)k;
  if (type == TANDEM_GEMM_FLOAT64) {
    blas->dgemm(ROW_MAJOR, ta, tb, rows, columns, depth, 1, a, (int)lda, b, (int)ldb,
                accumulates ? 1 : 0, c, (int)ldc);
  } else {
    blas->sgemm(ROW_MAJOR, ta, tb, rows, columns, depth, 1, a, (int)lda, b, (int)ldb,
                accumulates ? 1 : 0, c, (int)ldc);
  }
}
