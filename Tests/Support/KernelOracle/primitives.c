#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "tandem_gemm.h"
#include "tandem_neural.h"
#include "tandem_pooling.h"
#include "tandem_random.h"

#pragma STDC FP_CONTRACT OFF

enum { ROOM = 1 << 13, ARRAYS = 12 };

typedef struct {
  double arrays[ARRAYS][ROOM];
} memory;

static int64_t bytes_of(int32_t type) {
  return type == TANDEM_GEMM_FLOAT64 ? 8 : type == TANDEM_GEMM_FLOAT32 ? 4 : 2;
}

// Numbers between 0.01 and 1.01, so that they may stand for variances too.
static void fill(memory *w, int32_t type) {
  uint64_t seed = 21;
  for (int array = 0; array < ARRAYS; array++) {
    for (int64_t i = 0; i < ROOM; i++) {
      double value = (double)(oracle_next(&seed) >> 40) * 0x1p-24 + 0.01;
      float narrow = (float)value;
      uint32_t bits;
      memcpy(&bits, &narrow, 4);
      if (type == TANDEM_GEMM_FLOAT64) w->arrays[array][i] = value;
      if (type == TANDEM_GEMM_FLOAT32) ((float *)w->arrays[array])[i] = narrow;
      if (type == TANDEM_GEMM_BFLOAT16)
        ((uint16_t *)w->arrays[array])[i] = (uint16_t)(bits >> 16);
      if (type == TANDEM_GEMM_FLOAT16) ((_Float16 *)w->arrays[array])[i] = (_Float16)narrow;
    }
  }
}

static void mix_arrays(uint64_t *digest, const memory *w, int first, int end) {
  for (int array = first; array < end; array++)
    oracle_mix(digest, w->arrays[array], sizeof w->arrays[array]);
}

static void normalization(memory *w, int32_t type, uint64_t *digest) {
  double(*a)[ROOM] = w->arrays;
  for (int32_t centers = 0; centers < 2; centers++) {
    fill(w, type);
    const tandem_normalize_rows rows = {type, centers, 301, 1e-5, a[0],
                                        a[1], a[2], a[3], a[4], a[5]};
    tandem_normalize_rows_forward(&rows, 1, 20);
    const tandem_normalize_rows_back back = {type, centers, 301, a[0], a[1],
                                             a[4], a[5], a[6], a[7]};
    tandem_normalize_rows_backward(&back, 1, 20, a[8], a[9]);
    mix_arrays(digest, w, 3, 10);
  }
  for (int64_t inner = 1; inner < 60; inner += 47) {
    fill(w, type);
    const tandem_normalize_channels channels = {type, 9, 17, inner, 1e-5, a[0], a[1], a[2], a[3],
                                                a[4], a[5], 17 * inner};
    tandem_normalize_channels_forward(&channels, 0, 17);
    const tandem_normalize_channels_back back = {type, 9, 17, inner, 1e-5, a[0], a[1], a[4],
                                                 a[5], a[6], a[7], a[8], a[9]};
    tandem_normalize_channels_backward(&back, 0, 17);
    mix_arrays(digest, w, 3, 10);
  }
}

static void recurrence(memory *w, int32_t type, uint64_t *digest) {
  double(*a)[ROOM] = w->arrays;
  fill(w, type);
  const int64_t hidden = 23, batch = 33, cells = hidden * batch;
  const tandem_lstm_cell cell = {type, hidden, batch, a[0], a[1], a[2], a[3], a[4], hidden, 1};
  tandem_lstm_cell_forward(&cell, 0, cells);
  const tandem_lstm_cell_back back = {type, hidden, batch, a[0], a[1], a[2], a[5], hidden, 1, a[6],
                                      a[7], a[8]};
  tandem_lstm_cell_backward(&back, 0, cells);
  const tandem_adam adam = {type, 1, a[0], a[1], a[2], a[3], a[4], a[9], a[10], a[11]};
  tandem_adam_step(&adam, 3, 900);
  const tandem_adam plain = {type, 0, a[0], a[1], a[2], a[3], a[4], a[9], a[10], a[11]};
  tandem_adam_step(&plain, 900, 1000);
  mix_arrays(digest, w, 0, ARRAYS);
}

static void pooling(memory *w, int32_t type, uint64_t *digest) {
  double(*a)[ROOM] = w->arrays;
  for (int64_t step = 1; step < 4; step++) {
    fill(w, type);
    const int64_t bytes = bytes_of(type);
    const int64_t rows = (20 + 2 - 3) / step + 1, columns = (31 + 2 - 3) / step + 1;
    const tandem_pool_plan plan = {
        .in = {1, 20, 31}, .out = {1, rows, columns}, .window = {1, 3, 3},
        .stride = {1, step, step}, .dilation = {1, 1, 1}, .begin = {0, 1, 1}, .end = {0, 1, 1},
        .x_strides = {0, 31 * bytes, bytes}, .y_strides = {0, columns * bytes, bytes},
        .d_strides = {0, 31 * bytes, bytes}, .dtype = type, .counts_padding = step == 2};
    tandem_pool_max(&plan, a[0], a[1]);
    tandem_pool_average(&plan, a[0], a[2]);
    tandem_pool_max_backward(&plan, a[0], a[3], a[4], a[5]);
    tandem_pool_average_backward(&plan, a[3], a[6], a[5]);
    tandem_pool_max_pick(&plan, a[0], a[7], a[8]);
    for (int array = 1; array < 9; array++)
      if (array != 3 && array != 5 && array != 7)
        oracle_mix(digest, a[array], (array > 2 && array < 7 ? 620 : rows * columns) * bytes);
  }
}

static void randomness(memory *w, uint64_t *digest) {
  for (int64_t dtype = 0; dtype <= TANDEM_GEMM_FLOAT64; dtype++) {
    for (int64_t kind = TANDEM_UNIFORM; kind <= TANDEM_TRUNCATED_NORMAL; kind++) {
      const int isFloat = dtype >= TANDEM_GEMM_FLOAT16;
      if (kind != TANDEM_BERNOULLI && (kind == TANDEM_INTEGERS) == isFloat) continue;
      if (kind == TANDEM_INTEGERS && dtype == 0) continue;
      memset(w->arrays[0], 0, sizeof w->arrays);
      tandem_random_plan plan = {.key = {7, 8}, .counter_high = {9, 10}, .distribution = kind,
                                 .dtype = dtype, .a = 0.25, .b = 1.5, .c = -1, .d = 2,
                                 .first = 3, .range = 100};
      tandem_random_run(&plan, w->arrays[0], 64, 1100);
      oracle_mix(digest, w->arrays[0], ROOM * 8);
    }
  }
  tandem_random_plan plan = {.key = {7, 8}, .counter_high = {9, 10}};
  tandem_random_permutation(&plan, w->arrays[0], 3000, 1);
  tandem_random_permutation(&plan, w->arrays[1], 3000, 0);
  oracle_mix(digest, w->arrays[0], ROOM * 16);
}

enum { QUERIES = 70, FEATURES = 24 };

static double at(const void *array, int32_t type, int64_t i) {
  return type == TANDEM_GEMM_FLOAT64 ? ((const double *)array)[i] : ((const float *)array)[i];
}

// The largest difference of what attention gives from its definition.
static double attention_error(const tandem_attention *w) {
  double worst = 0;
  for (int64_t q = 0; q < w->queries; q++) {
    double weights[QUERIES], sum = 0;
    const int64_t keys = w->causal ? q + 1 : w->keys;
    for (int64_t key = 0; key < keys; key++) {
      double s = 0;
      for (int64_t f = 0; f < w->features; f++)
        s += at(w->q, w->type, q * w->qStride + f) * at(w->k, w->type, key * w->kStride + f);
      sum += weights[key] = exp(w->scale * s);
    }
    for (int64_t f = 0; f < w->features; f++) {
      double out = 0;
      for (int64_t key = 0; key < keys; key++)
        out += weights[key] / sum * at(w->v, w->type, key * w->vStride + f);
      worst = fmax(worst, fabs(out - at(w->out, w->type, q * w->outStride + f)));
    }
  }
  return worst;
}

static void attention(memory *w, int32_t type, uint64_t *digest) {
  double(*a)[ROOM] = w->arrays;
  const int64_t f = FEATURES;
  void *scratch = aligned_alloc(64, (size_t)(tandem_attention_scratch(f) * 8 + 63) / 64 * 64);
  for (int32_t causal = 0; causal < 2; causal++) {
    fill(w, type);
    tandem_attention work = {type, causal, QUERIES, QUERIES, f, 0.2, a[0], a[1], a[2], f, f, f,
                             a[3], f, a[4], a[5], f, a[6], a[7], a[8], f, f, f};
    for (int64_t first = 0; first < QUERIES; first += TANDEM_ATTENTION_QUERIES)
      tandem_attention_forward(&work, first, scratch);
    tandem_attention_backward(&work, scratch);
    const double bound = type == TANDEM_GEMM_FLOAT64 ? 1e-14 : 1e-5;
    // Of dv, one weight for each query, the sum over the keys is that of dOut.
    double difference = 0;
    for (int64_t i = 0; i < QUERIES * f; i++)
      difference += at(a[8], type, i) - at(a[5], type, i);
    const uint8_t isRight = attention_error(&work) < bound && fabs(difference) < 1e4 * bound;
    oracle_mix(digest, &isRight, 1);
    if (!isRight) oracle_mix(digest, a[3], ROOM);
  }
  free(scratch);
}

void oracle_primitives(uint64_t *digest) {
  static const int32_t types[] = {TANDEM_GEMM_FLOAT32, TANDEM_GEMM_FLOAT64, TANDEM_GEMM_BFLOAT16,
                                  TANDEM_GEMM_FLOAT16};
  memory *w = calloc(1, sizeof *w);
  for (int i = 0; i < 4; i++) {
    pooling(w, types[i], digest);
    if (i >= 2) continue;
    normalization(w, types[i], digest);
    recurrence(w, types[i], digest);
    attention(w, types[i], digest);
  }
  randomness(w, digest);
  free(w);
}
