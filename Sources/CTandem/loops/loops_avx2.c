// Loop kernels for AVX2.
#include "../include/tandem_loops.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define TANDEM_LEVEL_TABLE tandem_loop_table_avx2
extern const TandemLoopTable TANDEM_LEVEL_TABLE;
#include "loops_level.h"
#pragma clang attribute pop
#endif
