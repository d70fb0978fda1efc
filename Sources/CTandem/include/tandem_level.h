// Instruction set levels: which the machine has, and which one this process uses.
#ifndef TANDEM_LEVEL_H
#define TANDEM_LEVEL_H

#include <stdbool.h>
#include <stdint.h>

// x86-64 without extensions (all there is on other processors), x86-64-v3, x86-64-v4.
enum { TANDEM_ISA_BASELINE, TANDEM_ISA_AVX2, TANDEM_ISA_AVX512, TANDEM_ISA_COUNT };

// Whether this machine has a level.
bool tandem_level_is_here(int32_t level);
// The highest level of this machine, or what TANDEM_ISA (baseline, avx2, avx512) lowers it to, read
// at the first call.
int32_t tandem_level(void);
// For tests: the level from now on, which the machine must have; -1 is the process's own again.
void tandem_force_level(int32_t level);

#endif
