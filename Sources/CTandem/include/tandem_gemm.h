// Packed matrix products: packing, the block kernel and its tables, one per instruction set.
//
// A block computes c = a b with `a` [m, k] and `b` [k, n] in panels: rows of `a` are grouped into
// panels of nearly equal height (at most `mr`), columns of `b` into panels of `nr`. Packed panels
// hold `k` groups of so many elements. The Swift side cuts the work, owns all memory and packs.
#ifndef TANDEM_GEMM_H
#define TANDEM_GEMM_H

#include <stdint.h>

// Element types, numbered as Tandem's DType.
enum {
  TANDEM_GEMM_INT32 = 5,
  TANDEM_GEMM_INT64 = 7,
  TANDEM_GEMM_FLOAT16 = 9,
  TANDEM_GEMM_BFLOAT16 = 10,
  TANDEM_GEMM_FLOAT32 = 11,
  TANDEM_GEMM_FLOAT64 = 12,
};

// Instruction sets, each containing those before it.
enum { TANDEM_GEMM_BASELINE = 0, TANDEM_GEMM_AVX2 = 1, TANDEM_GEMM_AVX512 = 2 };

// A matrix to be copied into panels. Element (i, p), i across a panel and p along k, lies at
// from[across(i) + along(p)], where across(i) is acrossOffsets[i] if there is such a table and
// i * acrossStride if not, and along(p) likewise.
typedef struct {
  void *to;
  const void *from;
  int64_t count;  // elements across: rows of a, columns of b
  int64_t k;
  int64_t acrossStride, alongStride;
  const int64_t *acrossOffsets, *alongOffsets;
  int32_t readsPast;  // nr elements after each run of consecutive offsets may be read (and ignored)
  int32_t alongPreferred;  // the runs are those of alongOffsets, not of acrossOffsets
} tandem_gemm_pack;

// One block product. Strides count elements; the columns of c lie one after another.
typedef struct {
  const void *a;
  int64_t aRowStride, aStride;  // used if a is not packed
  const void *b;
  int64_t bStride;  // used if b is not packed; its columns lie one after another
  void *edge;  // room for k * nr elements if b is not packed and n is no multiple of nr
  void *c;
  int64_t cRowStride;
  int64_t m, n, k;
  const void *rowBias, *columnBias;  // null, or [m] and [n], added to the result
  int32_t aPacked, bPacked;
  int32_t accumulates;  // c += a b
  int32_t rectifies;    // negative results and -0 become zero; NaN stays
  // What the next product will use, brought to the cache meanwhile; null for nothing.
  const void *next[3];
  int64_t nextBytes[3];
} tandem_gemm_block;

// Dot products of rows with rows: c[i, j] (+)= sum over p of a[i, p] * b[j, p], each row
// contiguous, k at least tandem_gemm_kernels.lanes. Best if n is small and b stays in cache.
typedef struct {
  const void *a, *b;
  void *c;
  int64_t aRowStride, bRowStride, cRowStride, cColumnStride;
  int64_t m, n, k;
  const void *rowBias, *columnBias;  // null, or [m] and [n]
  int32_t accumulates, rectifies;
} tandem_gemm_dots;

// Patches added back to where they were taken from. Row r of `from` holds, for each of `lines`
// lines of `length` neighbouring output positions, what belongs to tap r: it is added to the
// elements at to + tapOffsets[r] + lineOffsets[line * length].
typedef struct {
  const void *from;
  void *to;
  const int64_t *tapOffsets, *lineOffsets;
  int64_t taps, lines, length;
} tandem_gemm_scatter;

// The kernels of one instruction set and one arithmetic type (float32 or float64).
typedef struct {
  int64_t mr, nr;  // tallest panel of a; width of the panels of b
  int64_t lanes;   // elements of one register
  void (*block)(const tandem_gemm_block *);
  void (*dots)(const tandem_gemm_dots *);
  void (*scatter)(const tandem_gemm_scatter *);
  // By source type: same as arithmetic, bfloat16, float16 (the last two null for float64).
  void (*packRows[3])(const tandem_gemm_pack *);
  void (*packColumns[3])(const tandem_gemm_pack *);
} tandem_gemm_kernels;

// The best level that this processor has, or what TANDEM_ISA (baseline, avx2, avx512) asks for if
// the processor has that.
int32_t tandem_gemm_level(void);

// The kernels of a level for float32 or float64 arithmetic; null if the processor lacks the level.
const tandem_gemm_kernels *tandem_gemm_kernels_for(int32_t level, int32_t type);

// Copies a [m, n] matrix of arithmetic type (float32, or float64 if type is float64) to or from a
// strided matrix of `type`, rounding once to nearest even.
void tandem_gemm_store(const void *from, int64_t fromRowStride, void *to, int64_t toRowStride,
                       int64_t toColumnStride, int64_t m, int64_t n, int32_t type);
void tandem_gemm_load(const void *from, int64_t fromRowStride, int64_t fromColumnStride, void *to,
                      int64_t toRowStride, int64_t m, int64_t n, int32_t type);

// to += from, element by element, for float32 or float64.
void tandem_gemm_add(void *to, const void *from, int64_t count, int32_t type);

// An image copied so that the patches of a convolution lie in runs: padded with zeros or cropped,
// in float32 (float64 for float64), the innermost axis split by its step. Position x of the
// innermost axis lies at (x % step) * phaseLength + x / step of its row.
typedef struct {
  void *to;
  const void *from;
  int64_t channels, channelStride;
  int64_t low[3];      // where the copy begins in the image; may be negative
  int64_t lengths[3];  // of the copy
  int64_t imageLengths[3], imageStrides[3];
  int64_t step, phaseLength;
  int32_t type;
} tandem_gemm_arrangement;
void tandem_gemm_arrange(const tandem_gemm_arrangement *);

// Negative elements become zero; NaN stays.
void tandem_gemm_rectify(void *to, int64_t count, int32_t type);

// Exact integer product with wrap-around, any strides; `type` is int32 or int64.
void tandem_gemm_integers(const void *a, int64_t aRowStride, int64_t aStride, const void *b,
                          int64_t bStride, int64_t bColumnStride, void *c, int64_t cRowStride,
                          int64_t cColumnStride, int64_t m, int64_t n, int64_t k, int32_t type,
                          int32_t accumulates);

// OpenBLAS with one thread, row-major c: c = a b (or c += a b). `type` is float32 or float64.
void tandem_gemm_openblas(const void *a, int64_t lda, int32_t aTransposed, const void *b,
                          int64_t ldb, int32_t bTransposed, void *c, int64_t ldc, int64_t m,
                          int64_t n, int64_t k, int32_t type, int32_t accumulates);

// Whether TANDEM_GEMM=openblas was set when the process first asked.
int32_t tandem_gemm_wants_openblas(void);

#endif
