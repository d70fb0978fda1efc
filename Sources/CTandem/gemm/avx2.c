// Matrix kernels for AVX2 with fused multiply-add: 6 x 2 sums, 2 registers of b, 1 of a.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define LEVEL_NAME tandem_gemm_avx2
#define REGISTER 32
#define MR 6
#define OFFSET_MR 6
#define OFFSET_HEIGHTS(X) X(1) X(2) X(3) X(4) X(5) X(6)
#define HEIGHTS(X) X(1) X(2) X(3) X(4) X(5) X(6)
#define FLOAT_LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define FLOAT_HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define DOUBLE_LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define DOUBLE_HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define FLOAT_EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define FLOAT_ODD(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#include "level.h"
#pragma clang attribute pop
#endif
