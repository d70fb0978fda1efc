// Matrix kernels for what every processor of the architecture has (SSE2, NEON).
#define LEVEL_NAME tandem_gemm_baseline
#define REGISTER 16
#define MR 6
#define OFFSET_MR 6
#define OFFSET_HEIGHTS(X) X(1) X(2) X(3) X(4) X(5) X(6)
#define HEIGHTS(X) X(1) X(2) X(3) X(4) X(5) X(6)
#define FLOAT_LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define FLOAT_HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define DOUBLE_LOW(a, b) __builtin_shufflevector(a, b, 0, 2)
#define DOUBLE_HIGH(a, b) __builtin_shufflevector(a, b, 1, 3)
#define FLOAT_EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6)
#define FLOAT_ODD(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7)
#include "level.h"
