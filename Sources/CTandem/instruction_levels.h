// Compiles a function once for each instruction set level; the loader picks. Only for code whose
// bits do not depend on the level.
#ifndef TANDEM_INSTRUCTION_LEVELS_H
#define TANDEM_INSTRUCTION_LEVELS_H

#if defined(__x86_64__)
#define TANDEM_LEVELS \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TANDEM_LEVELS
#endif

#endif
