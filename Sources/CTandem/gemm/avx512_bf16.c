// Matrix kernels for pairs of bfloat16, AVX-512 with VDPBF16PS: 14 x 2 sums in float32. The
// instruction adds two products to each sum, rounds to nearest even whatever the mode, and takes
// subnormal numbers for zeros.
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "../sixteen_bit_floats.h"
#include "tandem_gemm.h"

#pragma clang attribute push(                                                                    \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,f16c"))), \
    apply_to = function)
#pragma STDC FP_CONTRACT ON
#define ALWAYS __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define REGISTER 64
#define MR 14
#define OFFSET_MR 12
#define OFFSET_HEIGHTS(X) \
  X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12)
#define HEIGHTS(X) \
  X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
#define LOW(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define T float
#define LANES 16
#define NAME(x) tandem_gemm_avx512_bf16_##x
#define MULTIPLY_ADD(sum, x, one) \
  (NAME(vec)) _mm512_dpbf16_ps((__m512)(sum), (__m512bh)(x), (__m512bh)_mm512_set1_ps(one))
#define E uint16_t
#define STEP 32
#define BITS int16_t
#define WIDE(e) tandem_from_bfloat16(e)
#define NARROW(t) tandem_to_bfloat16(t)
#define DOT_ADD(sum, x, y) \
  (sum) = (NAME(vec))_mm512_dpbf16_ps((__m512)(sum), (__m512bh)(x), (__m512bh)(y))
#include "block_template.h"
#include "dots_template.h"
#include "pairs_template.h"

const tandem_gemm_kernels tandem_gemm_avx512_bf16_kernels = {
    .mr = MR, .nr = 2 * LANES, .lanes = LANES, .grouped = 2, .block = NAME(block),
    .dots = NAME(dots),
    .packRows = {0, NAME(pack_rows), 0},
    .packColumns = {0, NAME(pack_columns), 0},
};
#pragma clang attribute pop
#endif
