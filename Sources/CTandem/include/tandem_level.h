// Instruction set levels: which the machine has, and which one this process uses.
#ifndef TANDEM_LEVEL_H
#define TANDEM_LEVEL_H

#include <stdbool.h>
#include <stdint.h>

// x86-64 without extensions (all there is on other processors), x86-64-v3, x86-64-v4.
enum { TANDEM_ISA_BASELINE, TANDEM_ISA_AVX2, TANDEM_ISA_AVX512, TANDEM_ISA_COUNT };
// x86-64-v4 with products of bfloat16, for matrix products alone; all else runs as on v4.
enum { TANDEM_ISA_AVX512_BF16 = TANDEM_ISA_COUNT };

// Whether this machine has a level.
bool tandem_level_is_here(int32_t level);
// The highest level of this machine, or what TANDEM_ISA (baseline, avx2, avx512, avx512bf16) lowers
// it to, read at the first call.
int32_t tandem_process_level(void);
// The level of what runs on this thread: that of the process unless a test forces another.
int32_t tandem_product_level(void);
// The same for all but products, which know no TANDEM_ISA_AVX512_BF16.
int32_t tandem_level(void);
// For tests: the level of this thread from now on, which the machine must have; -1 is the process's
// own again. Work that is handed to other threads does not see it.
void tandem_force_level(int32_t level);

#endif
