#include "tandem_level.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

bool tandem_level_is_here(int32_t level) {
#if defined(__x86_64__)
  if (level == TANDEM_ISA_AVX2) return __builtin_cpu_supports("x86-64-v3");
  if (level == TANDEM_ISA_AVX512) return __builtin_cpu_supports("x86-64-v4");
  if (level == TANDEM_ISA_AVX512_BF16) {
    return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512bf16");
  }
#endif
  return level == TANDEM_ISA_BASELINE;
}

static int32_t own_level(void) {
  int32_t level = TANDEM_ISA_AVX512_BF16;
  const char *wish = getenv("TANDEM_ISA");
  if (wish && !strcmp(wish, "baseline")) level = TANDEM_ISA_BASELINE;
  if (wish && !strcmp(wish, "avx2")) level = TANDEM_ISA_AVX2;
  if (wish && !strcmp(wish, "avx512")) level = TANDEM_ISA_AVX512;
  while (!tandem_level_is_here(level)) level--;
  return level;
}

static _Atomic int32_t own = -1;
static _Thread_local int32_t forced = -1;

int32_t tandem_process_level(void) {
  int32_t level = atomic_load_explicit(&own, memory_order_relaxed);
  if (level >= 0) return level;
  level = own_level();
  atomic_store_explicit(&own, level, memory_order_relaxed);
  return level;
}

int32_t tandem_product_level(void) { return forced >= 0 ? forced : tandem_process_level(); }

int32_t tandem_level(void) {
  int32_t level = tandem_product_level();
  return level < TANDEM_ISA_AVX512 ? level : TANDEM_ISA_AVX512;
}

void tandem_force_level(int32_t level) { forced = level; }
