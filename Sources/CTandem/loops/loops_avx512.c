// Loop kernels for AVX-512.
#include "../include/tandem_loops.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2"))), apply_to = function)
#define TANDEM_LEVEL_TABLE tandem_loop_table_avx512
extern const TandemLoopTable TANDEM_LEVEL_TABLE;
#include "loops_level.h"
#pragma clang attribute pop
#endif
