// SHA-256 (FIPS 180-4), to check downloaded files.
#ifndef TANDEM_SHA256_H
#define TANDEM_SHA256_H

#include <stddef.h>
#include <stdint.h>

// A hash in progress; plain values, copied freely.
typedef struct {
  uint32_t state[8];
  uint64_t byte_count;
  uint8_t block[64];
} tandem_sha256;

void tandem_sha256_start(tandem_sha256 *hash);
void tandem_sha256_add(tandem_sha256 *hash, const void *bytes, size_t count);
// Writes the 32 bytes of the digest; the hash must be started again before another use.
void tandem_sha256_finish(tandem_sha256 *hash, uint8_t digest[32]);

#endif
