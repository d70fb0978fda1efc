// Says once, at the start of the process, that the kernels were compiled without optimisation:
// `swift build` does so unless told otherwise, and then they are some 45 times slower.

#ifndef __OPTIMIZE__

#include <unistd.h>

__attribute__((constructor)) static void say_unoptimised(void) {
  static const char words[] =
      "tandem: built without optimisation, kernels are some 45 times slower: "
      "build with -c release, or with -Xcc -O2\n";
  if (write(2, words, sizeof words - 1) < 0) return;
}

#else

// The standard asks for at least one declaration.
typedef int tandem_optimised;

#endif
