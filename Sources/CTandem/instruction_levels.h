// Compiles a function once for each instruction set level; the level of the process picks. Only for
// code whose bits do not depend on the level.
#ifndef TANDEM_INSTRUCTION_LEVELS_H
#define TANDEM_INSTRUCTION_LEVELS_H

#include "tandem_level.h"

// The name is expanded before it is pasted.
#define TANDEM_AT_LEVELS(result, name, parameters, arguments) \
  TANDEM_AT_LEVELS_(result, name, parameters, arguments)

#if defined(__x86_64__)
// What follows the macro is the body, which is written into a function of each level.
#define TANDEM_AT_LEVELS_(result, name, parameters, arguments)                                   \
  static inline __attribute__((always_inline)) result name##_body parameters;                    \
  __attribute__((target("arch=x86-64-v4"))) static result name##_avx512 parameters {             \
    return name##_body arguments;                                                                \
  }                                                                                              \
  __attribute__((target("arch=x86-64-v3"))) static result name##_avx2 parameters {               \
    return name##_body arguments;                                                                \
  }                                                                                              \
  __attribute__((noinline)) static result name##_baseline parameters {                           \
    return name##_body arguments;                                                                \
  }                                                                                              \
  static result name parameters {                                                                \
    int32_t level = tandem_level();                                                              \
    if (level == TANDEM_ISA_AVX512) return name##_avx512 arguments;                              \
    if (level == TANDEM_ISA_AVX2) return name##_avx2 arguments;                                  \
    return name##_baseline arguments;                                                            \
  }                                                                                              \
  static inline result name##_body parameters
#else
#define TANDEM_AT_LEVELS_(result, name, parameters, arguments) static result name parameters
#endif

#endif
