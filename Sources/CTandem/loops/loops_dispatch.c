// The table of each level, and the facts about dtypes and opcodes that every level shares.
#include "../include/tandem_loops.h"

#include <stddef.h>

extern const TandemLoopTable tandem_loop_table_baseline;
#if defined(__x86_64__)
extern const TandemLoopTable tandem_loop_table_avx2;
extern const TandemLoopTable tandem_loop_table_avx512;
#endif

const TandemLoopTable *tandem_loop_table(int32_t level) {
  if (!tandem_level_is_here(level)) return NULL;
#if defined(__x86_64__)
  if (level == TANDEM_ISA_AVX512) return &tandem_loop_table_avx512;
  if (level == TANDEM_ISA_AVX2) return &tandem_loop_table_avx2;
#endif
  return &tandem_loop_table_baseline;
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
