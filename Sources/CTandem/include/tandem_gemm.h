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
enum {
  TANDEM_GEMM_BASELINE = 0,
  TANDEM_GEMM_AVX2 = 1,
  TANDEM_GEMM_AVX512 = 2,
  TANDEM_GEMM_AVX512_BF16 = 3,  // pairs of bfloat16 are multiplied without being widened first
};

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
  // Where rows of a begin, if not null; they consist of runs of lineLength elements that begin
  // linePitch apart, and k is a multiple of lineLength.
  const int64_t *aOffsets;
  int64_t lineLength, linePitch;
  const void *b;
  int64_t bStride;  // used if b is not packed; its columns lie one after another
  const int64_t *bOffsets;  // where rows of b begin, if not null; then a is packed, and so many
                            // columns can be read as fill panels
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
  // Where not zero, next[i] is so many pieces of nextBytes[i], nextPitch[i] bytes apart.
  int64_t nextPieces[3], nextPitch[3];
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

// Channels with one filter each, the given pitches apart; their weights, biases and sums follow
// each other. Line i of `length` output positions looks, for each tap, at the elements from image +
// offsets[tap] + i * pitch on; a register more can be read. Either the filtered lines are written
// to `to`, or the sums over all lines of their products with those of `to` are
// added to `sums`, one for each tap.
typedef struct {
  const void *image;
  int64_t pitch;
  const int64_t *offsets;
  const void *weights;  // one for each tap
  const void *bias;     // null, or one number for each channel
  int64_t taps, lines, length;
  void *to;
  int64_t toPitch;
  void *sums;
  int64_t channels, imageChannelPitch, toChannelPitch;
} tandem_gemm_depthwise;

// An image copied so that the patches of a convolution lie in runs: padded with zeros or cropped,
// in float32 (float64 for float64), the two inner axes split by their steps, so that a plane is
// step[0] * step[1] phases of phaseRows rows of phaseLength elements. Position (y, x) of a plane
// lies in phase (y % step[0]) * step[1] + x % step[1], row y / step[0], at x / step[1].
typedef struct {
  void *to;
  const void *from;
  int64_t channels, channelStride;
  int64_t low[3];      // where the copy begins in the image; may be negative
  int64_t lengths[3];  // of the copy
  int64_t imageLengths[3], imageStrides[3];
  int64_t step[2], phaseRows, phaseLength;
  int32_t type;
} tandem_gemm_arrangement;

// Elements of a [m, n] matrix that are moved to another place and type. Where lineLength is not
// zero, a transposition leaves gaps: its rows come in lines of so many, linePitch rows apart.
typedef struct {
  const void *from;
  int64_t fromRowStride, fromColumnStride;
  void *to;
  int64_t toRowStride, toColumnStride;
  int64_t m, n;
  int64_t lineLength, linePitch;
} tandem_gemm_move;

// The kernels of one instruction set and one arithmetic type (float32 or float64). Where `grouped`
// is two, panels hold pairs of neighbours along k, both bfloat16: `k` of a block counts pairs, the
// packing functions complete the last pair with a zero, and `dots` reads and writes bfloat16.
typedef struct {
  int64_t mr, nr;   // tallest panel of a; width of the panels of b
  int64_t lanes;    // elements of one register
  int64_t grouped;  // elements along k that lie together in a panel: one or two
  void (*block)(const tandem_gemm_block *);
  void (*dots)(const tandem_gemm_dots *);
  void (*scatter)(const tandem_gemm_scatter *);
  void (*filter)(const tandem_gemm_depthwise *);
  void (*filterSums)(const tandem_gemm_depthwise *);
  // Transposes [m, n] in the type of the arithmetic; column strides are not looked at.
  void (*transpose)(const tandem_gemm_move *);
  // To and from a type, as tandem_gemm_store and tandem_gemm_load, and arranging images; only the
  // kernels of float32 have these.
  void (*store)(const tandem_gemm_move *, int32_t type);
  void (*load)(const tandem_gemm_move *, int32_t type);
  void (*arrange)(const tandem_gemm_arrangement *);
  // By source type: same as arithmetic, bfloat16, float16 (the last two null for float64).
  void (*packRows[3])(const tandem_gemm_pack *);
  void (*packColumns[3])(const tandem_gemm_pack *);
} tandem_gemm_kernels;

// The best level that this processor has, or what TANDEM_ISA (baseline, avx2, avx512, avx512bf16)
// or a test (tandem_force_level) lowers it to.
int32_t tandem_gemm_level(void);

// The kernels of a level for operands of a type: those of bfloat16 and float16 sum in float32. Null
// if the processor lacks the level.
const tandem_gemm_kernels *tandem_gemm_kernels_for(int32_t level, int32_t type);

// Copies a [m, n] matrix of arithmetic type (float32, or float64 if type is float64) to or from a
// strided matrix of `type`, rounding once to nearest even.
void tandem_gemm_store(const void *from, int64_t fromRowStride, void *to, int64_t toRowStride,
                       int64_t toColumnStride, int64_t m, int64_t n, int32_t type);
void tandem_gemm_load(const void *from, int64_t fromRowStride, int64_t fromColumnStride, void *to,
                      int64_t toRowStride, int64_t m, int64_t n, int32_t type);

// to += from, element by element, for float32 or float64.
void tandem_gemm_add(void *to, const void *from, int64_t count, int32_t type);

// Copies an image.
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
