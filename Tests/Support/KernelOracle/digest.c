#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "kernel_oracle.h"
#include "tandem_indexing.h"
#include "tandem_level.h"
#include "tandem_loops.h"
#include "tandem_sort.h"

enum { COUNT = 4096 };

typedef struct {
  uint64_t a[COUNT], b[COUNT], c[COUNT], d[COUNT];
} tiles;

// Makes every NaN the same one.
static void settle(void *values, int32_t class, int64_t n) {
  float *f = values;
  double *d = values;
  const uint32_t one = 0x7fc00000;
  const uint64_t other = 0x7ff8000000000000;
  for (int64_t i = 0; i < n; i++) {
    if (class == TANDEM_CLASS_F32 && f[i] != f[i]) memcpy(f + i, &one, 4);
    if (class == TANDEM_CLASS_F64 && d[i] != d[i]) memcpy(d + i, &other, 8);
  }
}

static void settle_short(uint16_t *values, uint16_t infinity, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if ((values[i] & 0x7fff) > infinity) values[i] = 0x7fff;
}

// Numbers of all kinds: any bits, ordinary sizes, whole numbers, edges.
static void fill(uint64_t *values, int32_t class, uint64_t seed) {
  static const double edges[] = {0, -0.0, 1, -1, 0.5, 2, 1e-40, -1e-40, 1e-310, 1e38, 1e308, -1e308,
                                 __builtin_inf(), -__builtin_inf(), 1048576, 1e9, 3, -7};
  float *f = (float *)values;
  double *d = (double *)values;
  for (int64_t i = 0; i < COUNT; i++) {
    uint64_t bits = oracle_next(&seed);
    double ordinary = ((double)(bits >> 11) * 0x1p-53 - 0.5) * 20;
    double chosen = i % 4 == 1 ? ordinary
                    : i % 4 == 2 ? (double)(int64_t)ordinary
                                 : edges[bits % (sizeof edges / sizeof *edges)];
    bool is_raw = i % 4 == 0;
    switch (class) {
      case TANDEM_CLASS_F32:
        if (is_raw) { memcpy(f + i, &bits, 4); } else { f[i] = (float)chosen; }
        break;
      case TANDEM_CLASS_F64:
        if (is_raw) { memcpy(d + i, &bits, 8); } else { d[i] = chosen; }
        break;
      case TANDEM_CLASS_I32:
        ((int32_t *)values)[i] = is_raw ? (int32_t)bits : (int32_t)ordinary;
        break;
      default: values[i] = is_raw ? bits : (uint64_t)(int64_t)ordinary; break;
    }
  }
}

static int64_t bytes_of(int32_t class) {
  return class == TANDEM_CLASS_F32 || class == TANDEM_CLASS_I32 ? 4 : 8;
}

static void opcodes(const TandemLoopTable *table, tiles *t, uint64_t *digest) {
  for (int32_t class = 0; class < TANDEM_CLASS_COUNT; class++) {
    fill(t->a, class, 11);
    fill(t->b, class, 22);
    fill(t->c, class, 33);
    for (int32_t op = 0; op < TANDEM_OP_COUNT; op++) {
      // Of the operands of select the first is a truth value.
      const void *a = op == TANDEM_OP_select ? (const void *)t->d : t->a;
      if (!table->op[op][class]) continue;
      uint64_t out[COUNT] = {0};
      for (int64_t i = 0; i < COUNT; i++) ((int32_t *)t->d)[i] = (int32_t)(i % 3 == 0);
      table->op[op][class](out, a, t->b, t->c, COUNT);
      settle(out, op == TANDEM_OP_roundToOdd ? TANDEM_CLASS_F32 : class, COUNT);
      oracle_mix(digest, out, sizeof out);
    }
    for (int32_t to = 0; to < TANDEM_CLASS_COUNT; to++) {
      if (!table->cast[class][to]) continue;
      memset(t->d, 0, sizeof t->d);
      table->cast[class][to](t->d, t->a, t->a, t->a, COUNT);
      settle(t->d, to, COUNT);
      oracle_mix(digest, t->d, sizeof t->d);
    }
  }
}

static void storage(const TandemLoopTable *table, tiles *t, uint64_t *digest) {
  for (int32_t dtype = 0; dtype < TANDEM_DTYPE_COUNT; dtype++) {
    int32_t class = tandem_dtype_class(dtype);
    int64_t width = tandem_dtype_bytes(dtype);
    fill(t->a, class, 44);
    settle(t->a, class, COUNT);
    for (int64_t stride = width; stride <= 2 * width && stride <= 8; stride += width) {
      memset(t->d, 0, sizeof t->d);
      table->store[dtype](t->d, stride, t->a, COUNT);
      oracle_mix(digest, t->d, COUNT * stride);
      memset(t->b, 0, sizeof t->b);
      table->load[dtype](t->b, t->d, stride, COUNT);
      settle(t->b, class, COUNT);
      oracle_mix(digest, t->b, COUNT * bytes_of(class));
    }
  }
}

static void reductions(const TandemLoopTable *table, tiles *t, uint64_t *digest) {
  for (int32_t kind = 0; kind < TANDEM_REDUCE_COUNT; kind++)
    for (int32_t class = 0; class < TANDEM_CLASS_COUNT; class++) {
      const TandemReducer *reducer = &table->reduce[kind][class];
      if (!reducer->block) continue;
      fill(t->a, class, 55);
      for (int64_t n = 1; n <= TANDEM_BLOCK; n += 51) {
        uint64_t out[4] = {0};
        reducer->block((const char *)t->a + n * bytes_of(class), n, n, out);
        settle(out, class, 1);
        oracle_mix(digest, out, reducer->accumulatorBytes);
      }
    }
}

static void orders(tiles *t, uint64_t *digest) {
  void *memory = malloc((size_t)tandem_sort_memory(COUNT));
  for (int32_t dtype = 0; dtype < TANDEM_DTYPE_COUNT; dtype++) {
    int64_t width = tandem_dtype_bytes(dtype);
    uint64_t seed = 66;
    for (int64_t i = 0; i < COUNT; i++) t->a[i] = oracle_next(&seed);
    for (int32_t descending = 0; descending < 2; descending++) {
      tandem_sort_line line = {(char *)t->a, width, COUNT, dtype, descending != 0};
      tandem_sort_output output = {(char *)t->b, width, (char *)t->c, 8, true};
      tandem_sort_run(&line, COUNT, &output, memory);
      oracle_mix(digest, t->b, COUNT * width);
      oracle_mix(digest, t->c, COUNT * 8);
      output.indices = NULL;
      tandem_sort_run(&line, COUNT / 16, &output, memory);
      oracle_mix(digest, t->b, COUNT / 16 * width);
    }
    fill(t->a, dtype == 12 ? TANDEM_CLASS_F64 : TANDEM_CLASS_I32, 77);
    for (int64_t i = 0; i < COUNT && dtype == 11; i++) ((float *)t->a)[i] = (float)(i % 97) / 7;
    for (int32_t kind = 0; kind < 4; kind++) {
      tandem_scan_run(kind, dtype, (char *)t->b, 8 * width, width, (const char *)t->a, 8 * width,
                      width, 64, 8, t->c, true);
      settle(t->b, tandem_dtype_class(dtype), dtype == 11 || dtype == 12 ? 512 : 0);
      if (dtype == 9) settle_short((uint16_t *)t->b, 0x7c00, 512);
      if (dtype == 10) settle_short((uint16_t *)t->b, 0x7f80, 512);
      oracle_mix(digest, t->b, 512 * width);
    }
  }
  free(memory);
}

uint64_t kernel_digest(int32_t level) {
  if (!tandem_level_is_here(level)) return 0;
  tandem_force_level(level);
  const TandemLoopTable *table = tandem_loop_table(tandem_level());
  uint64_t digest = 0xcbf29ce484222325u;
  tiles *t = calloc(1, sizeof *t);
  opcodes(table, t, &digest);
  storage(table, t, &digest);
  reductions(table, t, &digest);
  orders(t, &digest);
  free(t);
  oracle_products(&digest);
  oracle_primitives(&digest);
  tandem_force_level(-1);
  return digest;
}
