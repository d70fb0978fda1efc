// Keys of elements and elements of keys.
#ifndef TANDEM_SORT_INTERNAL_KEYS_H
#define TANDEM_SORT_INTERNAL_KEYS_H

#include "../include/tandem_sort.h"

enum { KEY_TILE = 512 };  // keys made at once, which stay in the first-level cache

// Whether the keys of a dtype need 64 bits.
static inline bool has_wide_keys(int64_t dtype) {
  return dtype == TANDEM_INT64 || dtype == TANDEM_UINT64 || dtype == TANDEM_FLOAT64;
}

// The keys of n elements from number `begin` on, for dtypes of up to 32 bits and of 64.
void tandem_keys_narrow(const tandem_sort_line *line, int64_t begin, int64_t n, uint32_t *keys);
void tandem_keys_wide(const tandem_sort_line *line, int64_t begin, int64_t n, uint64_t *keys);
// Whether n elements have neither -0.0 nor NaN among them.
bool tandem_keys_plain(const tandem_sort_line *line, int64_t begin, int64_t n);
// The elements of n keys, which are neither -0.0 nor NaN.
void tandem_values_narrow(const tandem_sort_line *line, const uint32_t *keys, int64_t n, char *out,
                          int64_t stride);
void tandem_values_wide(const tandem_sort_line *line, const uint64_t *keys, int64_t n, char *out,
                        int64_t stride);

#endif
