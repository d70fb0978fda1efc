#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "tandem_gemm.h"

enum { ROOM = 1 << 14, EDGE = 256 };

// Memory of one run, in the widest type, with room for what may be read beyond an operand.
typedef struct {
  double a[ROOM], b[ROOM], c[ROOM], panelsA[ROOM], panelsB[ROOM], edge[ROOM], biases[2][EDGE];
  int64_t offsets[EDGE];
} memory;

static int64_t bytes_of(int32_t type) {
  return type == TANDEM_GEMM_FLOAT64 ? 8 : type == TANDEM_GEMM_FLOAT32 ? 4 : 2;
}

static int32_t arithmetic_of(int32_t type) {
  return type == TANDEM_GEMM_FLOAT64 ? TANDEM_GEMM_FLOAT64 : TANDEM_GEMM_FLOAT32;
}

static void put(void *array, int64_t i, int32_t type, float value) {
  float *f = array;
  double *d = array;
  _Float16 *h = array;
  uint32_t bits;
  memcpy(&bits, &value, 4);
  if (type == TANDEM_GEMM_FLOAT32) f[i] = value;
  if (type == TANDEM_GEMM_FLOAT64) d[i] = value;
  if (type == TANDEM_GEMM_FLOAT16) h[i] = (_Float16)value;
  if (type == TANDEM_GEMM_BFLOAT16) ((uint16_t *)array)[i] = (uint16_t)(bits >> 16);
}

// Whole numbers in -4...4.
static void fill(void *array, int64_t count, int32_t type, uint64_t seed) {
  for (int64_t i = 0; i < count; i++)
    put(array, i, type, (float)((int64_t)(oracle_next(&seed) >> 33) % 9 - 4));
}

typedef struct {
  int64_t m, n, k;
} lengths;
static const lengths shapes[] = {{13, 70, 37}, {1, 33, 5}, {61, 16, 40}, {14, 64, 2}, {7, 1, 90}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void pack(memory *w, const tandem_gemm_kernels *kernels, lengths s, int32_t type,
                 int turns) {
  const int source = type == TANDEM_GEMM_BFLOAT16 ? 1 : type == TANDEM_GEMM_FLOAT16 ? 2 : 0;
  const int64_t turned = turns & 1, other = turns >> 1 & 1;
  tandem_gemm_pack rows = {.to = w->panelsA, .from = w->a, .count = s.m, .k = s.k};
  rows.acrossStride = turned ? 1 : s.k, rows.alongStride = turned ? s.m : 1;
  tandem_gemm_pack columns = {.to = w->panelsB, .from = w->b, .count = s.n, .k = s.k};
  columns.acrossStride = other ? s.k : 1, columns.alongStride = other ? 1 : s.n;
  kernels->packRows[source](&rows);
  kernels->packColumns[source](&columns);
}

static void run(memory *w, const tandem_gemm_kernels *kernels, tandem_gemm_block *block,
                int options, int32_t type, uint64_t *digest) {
  const int32_t arithmetic = arithmetic_of(type);
  fill(w->c, ROOM, arithmetic, 5);
  fill(w->biases[0], EDGE, arithmetic, 6);
  fill(w->biases[1], EDGE, arithmetic, 7);
  block->c = w->c, block->cRowStride = block->n + 3, block->edge = w->edge;
  block->accumulates = options & 1, block->rectifies = options >> 1 & 1;
  block->rowBias = options & 4 ? w->biases[0] : NULL;
  block->columnBias = options & 8 ? w->biases[1] : NULL;
  kernels->block(block);
  oracle_mix(digest, w->c, block->m * block->cRowStride * bytes_of(arithmetic));
}

static void packed_blocks(memory *w, int32_t type, uint64_t *digest) {
  const tandem_gemm_kernels *kernels = tandem_gemm_kernels_for(tandem_gemm_level(), type);
  for (int i = 0; i < SHAPES; i++) {
    for (int turns = 0; turns < 4; turns++) {
      fill(w->a, ROOM, type, 3);
      fill(w->b, ROOM, type, 4);
      pack(w, kernels, shapes[i], type, turns);
      tandem_gemm_block block = {.a = w->panelsA, .b = w->panelsB, .aPacked = 1, .bPacked = 1};
      block.m = shapes[i].m, block.n = shapes[i].n;
      block.k = (shapes[i].k + kernels->grouped - 1) / kernels->grouped;
      for (int options = 0; options < 16; options += 5)
        run(w, kernels, &block, options, type, digest);
    }
  }
}

// Operands that are read where they lie: plain rows, and rows that begin anywhere.
static void direct_blocks(memory *w, int32_t type, uint64_t *digest) {
  const tandem_gemm_kernels *kernels = tandem_gemm_kernels_for(tandem_gemm_level(), type);
  for (int i = 0; i < SHAPES; i++) {
    const lengths s = shapes[i];
    fill(w->a, ROOM, type, 3);
    fill(w->b, ROOM, type, 4);
    pack(w, kernels, s, type, 0);
    tandem_gemm_block block = {.m = s.m, .n = s.n, .k = s.k};
    block.a = w->a, block.aRowStride = s.k, block.aStride = 1;
    block.b = w->b, block.bStride = s.n;
    run(w, kernels, &block, 15, type, digest);
    for (int64_t row = 0; row < s.m; row++) w->offsets[row] = (row * 29) % 97;
    block.b = w->panelsB, block.bPacked = 1, block.bStride = kernels->nr;
    block.aOffsets = w->offsets, block.lineLength = s.k, block.linePitch = s.k;
    run(w, kernels, &block, 0, type, digest);
    for (int64_t row = 0; row < s.k; row++) w->offsets[row] = (row * 41) % 301;
    block.aOffsets = NULL, block.a = w->panelsA, block.aPacked = 1;
    block.b = w->b, block.bPacked = 0, block.bOffsets = w->offsets;
    run(w, kernels, &block, 1, type, digest);
  }
}

static void dots(memory *w, int32_t type, uint64_t *digest) {
  const tandem_gemm_kernels *kernels = tandem_gemm_kernels_for(tandem_gemm_level(), type);
  for (int64_t n = 1; n < 8; n++) {
    for (int64_t k = 16; k < 60; k += 21) {
      fill(w->a, ROOM, type, 8);
      fill(w->b, ROOM, type, 9);
      fill(w->c, ROOM, type, 10);
      tandem_gemm_dots work = {.a = w->a, .b = w->b, .c = w->c, .aRowStride = k,
                               .bRowStride = k + 1, .cRowStride = n, .cColumnStride = 1,
                               .m = 19, .n = n, .k = k};
      work.accumulates = (int32_t)(n & 1), work.rectifies = (int32_t)(n >> 1 & 1);
      kernels->dots(&work);
      oracle_mix(digest, w->c, work.m * n * bytes_of(type));
    }
  }
}

// Patches that are added back, one filter for each channel, and transposition.
static void patches(memory *w, int32_t type, uint64_t *digest) {
  const tandem_gemm_kernels *kernels = tandem_gemm_kernels_for(tandem_gemm_level(), type);
  const int64_t bytes = bytes_of(type);
  for (int64_t length = 1; length < 40; length += 7) {
    int64_t taps[9], lines[4 * 40];
    for (int64_t tap = 0; tap < 9; tap++) taps[tap] = tap / 3 * 48 + tap % 3;
    for (int64_t i = 0; i < 4 * length; i++) lines[i] = i / length * 48 + i % length;
    fill(w->a, ROOM, type, 11);
    fill(w->c, ROOM, type, 12);
    const tandem_gemm_scatter scatter = {w->a, w->c, taps, lines, 9, 4, length};
    kernels->scatter(&scatter);
    oracle_mix(digest, w->c, 400 * bytes);
    for (int64_t count = 5; count < 10; count += 4) {
      fill(w->c, ROOM, type, 13);
      fill(w->b, ROOM, type, 14);
      fill(w->biases[0], EDGE, type, 15);
      memset(w->edge, 0, sizeof w->edge);
      tandem_gemm_depthwise filter = {.image = w->a, .pitch = 48, .offsets = taps, .weights = w->b,
                                      .bias = count == 5 ? w->biases[0] : NULL, .taps = count,
                                      .lines = 4, .length = length, .to = w->c, .toPitch = length,
                                      .sums = w->edge, .channels = 3, .imageChannelPitch = 300,
                                      .toChannelPitch = 4 * length};
      kernels->filterSums(&filter);
      oracle_mix(digest, w->edge, 3 * count * bytes);
      kernels->filter(&filter);
      oracle_mix(digest, w->c, 12 * length * bytes);
    }
    const tandem_gemm_move turn = {.from = w->a, .fromRowStride = 50, .to = w->c,
                                   .toRowStride = 17, .m = 17, .n = length};
    kernels->transpose(&turn);
    oracle_mix(digest, w->c, 17 * length * bytes);
  }
}

static void images(memory *w, int32_t type, uint64_t *digest) {
  for (int64_t step = 1; step < 4; step++) {
    for (int64_t stride = 1; stride < 3; stride++) {
      fill(w->a, ROOM, type, 16);
      memset(w->c, 0, sizeof w->c);
      tandem_gemm_arrangement image = {.to = w->c, .from = w->a, .channels = 3,
                                       .channelStride = 900, .low = {0, -1, -2},
                                       .lengths = {1, 13, 37}, .imageLengths = {1, 11, 33},
                                       .imageStrides = {0, 33 * stride, stride},
                                       .step = {step, step}, .phaseRows = (13 + step - 1) / step,
                                       .phaseLength = (37 + step - 1) / step, .type = type};
      tandem_gemm_arrange(&image);
      oracle_mix(digest, w->c, 4000);
    }
  }
}

// Any numbers, rounded to 16 bits and back.
static void moves(memory *w, int32_t type, uint64_t *digest) {
  uint64_t seed = 17;
  const int32_t arithmetic = arithmetic_of(type);
  for (int64_t i = 0; i < 2000; i++)
    put(w->a, i, arithmetic, (float)(int32_t)oracle_next(&seed) * 0x1p-20f);
  for (int64_t stride = 1; stride < 3; stride++) {
    memset(w->b, 0, sizeof w->b);
    memset(w->c, 0, sizeof w->c);
    tandem_gemm_store(w->a, 40, w->b, 90, stride, 30, 37, type);
    oracle_mix(digest, w->b, 3000 * bytes_of(type));
    tandem_gemm_load(w->b, 90, stride, w->c, 37, 30, 37, type);
    tandem_gemm_add(w->c, w->a, 1000, arithmetic);
    tandem_gemm_rectify(w->c, 1000, arithmetic);
    oracle_mix(digest, w->c, 1110 * bytes_of(arithmetic));
  }
}

static void integers(memory *w, uint64_t *digest) {
  uint64_t seed = 18;
  for (int64_t i = 0; i < ROOM; i++) {
    uint64_t bits[2] = {oracle_next(&seed), oracle_next(&seed)};
    memcpy(w->a + i, bits, 8);
    memcpy(w->b + i, bits + 1, 8);
  }
  for (int32_t type = 1; type <= 8; type++) {
    memset(w->c, 1, sizeof w->c);
    tandem_gemm_integers(w->a, 20, 1, w->b, 30, type % 2 + 1, w->c, 30, 1, 11, 30, 20, type,
                         type % 3 == 0);
    oracle_mix(digest, w->c, 11 * 30 * 8);
  }
}

void oracle_products(uint64_t *digest) {
  static const int32_t types[] = {TANDEM_GEMM_FLOAT32, TANDEM_GEMM_FLOAT64, TANDEM_GEMM_BFLOAT16,
                                  TANDEM_GEMM_FLOAT16};
  memory *w = calloc(1, sizeof *w);
  for (int i = 0; i < 4; i++) {
    packed_blocks(w, types[i], digest);
    images(w, types[i], digest);
    moves(w, types[i], digest);
    if (i >= 2) continue;
    direct_blocks(w, types[i], digest);
    dots(w, types[i], digest);
    patches(w, types[i], digest);
  }
  integers(w, digest);
  free(w);
}
