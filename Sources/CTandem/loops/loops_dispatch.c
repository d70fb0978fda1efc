// Which level runs, and the facts about dtypes and opcodes that every level shares.
#include "../include/tandem_loops.h"

#include <stdlib.h>
#include <string.h>

extern const TandemLoopTable tandem_loop_table_baseline;
#if defined(__x86_64__)
extern const TandemLoopTable tandem_loop_table_avx2;
extern const TandemLoopTable tandem_loop_table_avx512;
#endif

const TandemLoopTable *tandem_loop_table(int32_t level) {
  if (level == TANDEM_ISA_BASELINE) return &tandem_loop_table_baseline;
#if defined(__x86_64__)
  if (level == TANDEM_ISA_AVX2)
    return __builtin_cpu_supports("avx2") ? &tandem_loop_table_avx2 : NULL;
  if (level == TANDEM_ISA_AVX512) {
    bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    return has ? &tandem_loop_table_avx512 : NULL;
  }
#endif
  return NULL;
}

int32_t tandem_loop_level(void) {
  int32_t level = TANDEM_ISA_AVX512;
  const char *wish = getenv("TANDEM_ISA");
  if (wish && !strcmp(wish, "baseline")) level = TANDEM_ISA_BASELINE;
  if (wish && !strcmp(wish, "avx2")) level = TANDEM_ISA_AVX2;
  while (!tandem_loop_table(level)) level--;
  return level;
}

const char *tandem_opcode_name(int32_t opcode) {
  static const char *const names[] = {
#define X(name) #name,
      TANDEM_OPCODES(X)
#undef X
  };
  return opcode >= 0 && opcode < TANDEM_OP_COUNT ? names[opcode] : "";
}

int32_t tandem_dtype_class(int32_t dtype) {
  static const int8_t classes[TANDEM_DTYPE_COUNT] = {
      TANDEM_CLASS_I32, TANDEM_CLASS_I32, TANDEM_CLASS_I32, TANDEM_CLASS_I32, TANDEM_CLASS_I32,
      TANDEM_CLASS_I32, TANDEM_CLASS_I64, TANDEM_CLASS_I64, TANDEM_CLASS_U64, TANDEM_CLASS_F32,
      TANDEM_CLASS_F32, TANDEM_CLASS_F32, TANDEM_CLASS_F64};
  return classes[dtype];
}

int64_t tandem_dtype_bytes(int32_t dtype) {
  static const int8_t bytes[TANDEM_DTYPE_COUNT] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 2, 2, 4, 8};
  return bytes[dtype];
}
