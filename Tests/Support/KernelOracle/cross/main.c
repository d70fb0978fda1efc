// Prints the digest of the kernels of the machine that this is compiled for, to be compared
// with what another machine prints; see Scripts/cross.
#include <inttypes.h>
#include <stdio.h>

#include "kernel_oracle.h"
#include "tandem_level.h"

int main(void) {
  for (int32_t level = 0; level <= TANDEM_ISA_AVX512_BF16; level++) {
    uint64_t digest = kernel_digest(level);
    if (digest) printf("%016" PRIx64 "\n", digest);
  }
  return 0;
}
