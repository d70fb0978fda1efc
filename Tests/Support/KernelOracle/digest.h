// How digests are made, shared by the files that make them.
#ifndef KERNEL_ORACLE_DIGEST_H
#define KERNEL_ORACLE_DIGEST_H

#include <stdint.h>

static inline uint64_t oracle_next(uint64_t *state) {
  uint64_t x = *state;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  return *state = x;
}

static inline void oracle_mix(uint64_t *digest, const void *bytes, int64_t count) {
  const uint8_t *b = bytes;
  for (int64_t i = 0; i < count; i++) *digest = (*digest ^ b[i]) * 0x100000001b3u;
}

// The kernels of matrix products and convolutions of the forced level, over whole numbers so small
// that every sum is exact, with fused multiply-adds or without.
void oracle_products(uint64_t *digest);
// Pooling, random numbers, normalisation, recurrent cells, optimizer steps and attention. What
// attention computes is held against its definition, as its products may be fused.
void oracle_primitives(uint64_t *digest);

#endif
