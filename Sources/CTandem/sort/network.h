// Sorting of 32-bit keys in vectors: blocks of 256 by a network, then merging of runs, sixteen keys
// at a time (Batcher, Sorting networks and their applications, 1968; Inoue and others, AA-Sort,
// 2007). Keys that are equal are the same bits, so this gives what any sort gives.
#ifndef TANDEM_SORT_NETWORK_H
#define TANDEM_SORT_NETWORK_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "../instruction_levels.h"

typedef uint32_t Keys __attribute__((vector_size(64), aligned(4)));
enum { KEYS = 16, BLOCK = KEYS * KEYS };

#define INLINE static inline __attribute__((always_inline))

// Puts the smaller of each pair into a, the larger into b.
#define EXCHANGE(a, b)                          \
  do {                                          \
    Keys least_ = __builtin_elementwise_min(a, b); \
    b = __builtin_elementwise_max(a, b);        \
    a = least_;                                 \
  } while (0)

// Vectors are handed over by address, as levels differ in how they hand over values.
INLINE void reverse(Keys *v) {
  *v = __builtin_shufflevector(*v, *v, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

// Puts one vector in order whose keys rise and then fall, or the other way round.
INLINE void settle(Keys *place) {
  Keys v = *place;
  Keys w = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  Keys a = __builtin_elementwise_min(v, w), b = __builtin_elementwise_max(v, w);
  v = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 24, 25, 26, 27, 28, 29, 30, 31);
  w = __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  a = __builtin_elementwise_min(v, w), b = __builtin_elementwise_max(v, w);
  v = __builtin_shufflevector(a, b, 0, 1, 2, 3, 20, 21, 22, 23, 8, 9, 10, 11, 28, 29, 30, 31);
  w = __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  a = __builtin_elementwise_min(v, w), b = __builtin_elementwise_max(v, w);
  v = __builtin_shufflevector(a, b, 0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 26, 27, 12, 13, 30, 31);
  w = __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  a = __builtin_elementwise_min(v, w), b = __builtin_elementwise_max(v, w);
  *place = __builtin_shufflevector(a, b, 0, 17, 2, 19, 4, 21, 6, 23, 8, 25, 10, 27, 12, 29, 14, 31);
}

// Merges the runs v[0..<half] and v[half..<2 half].
INLINE void merge_runs(Keys *v, int half) {
  for (int i = 0; i < half; i++) {
    Keys a = v[i], b = v[2 * half - 1 - i];
    reverse(&b);
    v[i] = __builtin_elementwise_min(a, b);
    v[2 * half - 1 - i] = __builtin_elementwise_max(a, b);
  }
  for (int step = half / 2; step > 0; step /= 2)
    for (int i = 0; i < 2 * half; i++)
      if (!(i & step)) EXCHANGE(v[i], v[i + step]);
  for (int i = 0; i < 2 * half; i++) settle(v + i);
}

// The transposed square of 16 by 16 keys.
INLINE void transpose(Keys *v) {
  for (int step = 1; step < KEYS; step *= 2)
    for (int i = 0; i < KEYS; i++) {
      if (i & step) continue;
      Keys a = v[i], b = v[i + step];
      switch (step) {
        case 1:
          v[i] = __builtin_shufflevector(
              a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
          v[i + step] = __builtin_shufflevector(
              a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
          break;
        case 2:
          v[i] = __builtin_shufflevector(
              a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
          v[i + step] = __builtin_shufflevector(
              a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
          break;
        case 4:
          v[i] = __builtin_shufflevector(
              a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
          v[i + step] = __builtin_shufflevector(
              a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
          break;
        default:
          v[i] = __builtin_shufflevector(
              a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
          v[i + step] = __builtin_shufflevector(
              a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
      }
    }
}

// A block of 256 keys: columns by a network of odd and even merges, then rows merged.
INLINE void sort_block(uint32_t *keys) {
  Keys v[KEYS];
  for (int i = 0; i < KEYS; i++) v[i] = ((const Keys *)keys)[i];
  for (int p = 1; p < KEYS; p *= 2)
    for (int k = p; k > 0; k /= 2)
      for (int j = k % p; j + k < KEYS; j += 2 * k)
        for (int i = 0; i < k; i++)
          if (i + j + k < KEYS && (i + j) / (2 * p) == (i + j + k) / (2 * p))
            EXCHANGE(v[i + j], v[i + j + k]);
  transpose(v);
  for (int half = 1; half < KEYS; half *= 2)
    for (int i = 0; i < KEYS; i += 2 * half) merge_runs(v + i, half);
  for (int i = 0; i < KEYS; i++) ((Keys *)keys)[i] = v[i];
}

// Merges two runs of whole vectors.
INLINE void merge_into(const uint32_t *a, int64_t na, const uint32_t *b, int64_t nb,
                       uint32_t *out) {
  const uint32_t *ea = a + na, *eb = b + nb;
  Keys low = *(const Keys *)a, high = *(const Keys *)b;
  a += KEYS;
  b += KEYS;
  for (;;) {
    reverse(&high);
    EXCHANGE(low, high);
    settle(&low);
    settle(&high);
    *(Keys *)out = low;
    out += KEYS;
    if (a == ea && b == eb) break;
    // The run whose next key is smaller goes on.
    bool takesA = b == eb || (a != ea && *a <= *b);
    const uint32_t *from = takesA ? a : b;
    low = *(const Keys *)from;
    a += takesA ? KEYS : 0;
    b += takesA ? 0 : KEYS;
  }
  *(Keys *)out = high;
}

// Whether vectors of unsigned keys have a minimum here; without one, digits are faster.
static inline bool has_key_vectors(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2");
#else
  return true;
#endif
}

// Sorts keys; both hold room for the next multiple of 256.
TANDEM_AT_LEVELS(void, sort_in_vectors, (uint32_t *keys, uint32_t *spare, int64_t count), (keys,
                 spare, count)) {
  int64_t padded = (count + BLOCK - 1) / BLOCK * BLOCK;
  for (int64_t i = count; i < padded; i++) keys[i] = UINT32_MAX;
  for (int64_t i = 0; i < padded; i += BLOCK) sort_block(keys + i);
  uint32_t *from = keys, *to = spare;
  for (int64_t width = BLOCK; width < padded; width *= 2) {
    for (int64_t i = 0; i < padded; i += 2 * width) {
      int64_t first = i + width < padded ? width : padded - i;
      int64_t second = padded - i - first < width ? padded - i - first : width;
      if (second > 0) {
        merge_into(from + i, first, from + i + first, second, to + i);
      } else {
        memcpy(to + i, from + i, (size_t)first * sizeof *to);
      }
    }
    uint32_t *other = from;
    from = to;
    to = other;
  }
  if (from != keys) memcpy(keys, from, (size_t)count * sizeof *keys);
}

enum { NETWORK_MAX = 8192 };

// The same for at most NETWORK_MAX keys without room behind them.
static void sort_in_place(uint32_t *keys, int64_t count) {
  uint32_t padded[NETWORK_MAX + BLOCK], spare[NETWORK_MAX + BLOCK];
  memcpy(padded, keys, (size_t)count * sizeof *keys);
  sort_in_vectors(padded, spare, count);
  memcpy(keys, padded, (size_t)count * sizeof *keys);
}

#endif
