// Compiles a function once for each instruction set level; the loader picks. Only for code whose
// bits do not depend on the level.
#ifndef TANDEM_INSTRUCTION_LEVELS_H
#define TANDEM_INSTRUCTION_LEVELS_H

// The loader picks before the sanitizers' runtime is there, which their instrumentation of the
// picking code does not survive.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define TANDEM_SANITIZED 1
#endif
#endif

#if defined(__x86_64__) && !defined(TANDEM_SANITIZED)
#define TANDEM_LEVELS \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TANDEM_LEVELS
#endif

#endif
