// Loop kernels for the plain architecture: SSE2 on x86-64, NEON on arm64.
#include "../include/tandem_loops.h"

#include <math.h>
#include <string.h>

#define TANDEM_LEVEL_TABLE tandem_loop_table_baseline
extern const TandemLoopTable TANDEM_LEVEL_TABLE;
#include "loops_level.h"
