// What samplers by rejection share: words for one element and attempt, and transformations of them.
// Include after FP_CONTRACT OFF.
#ifndef TANDEM_RANDOM_DRAWS_H
#define TANDEM_RANDOM_DRAWS_H

#include <math.h>

#include "../include/tandem_random.h"
#include "../random_transforms.h"

// Two numbers of 64 bits for one of 2^48 elements and one of 2^16 attempts. Attempt 0 shares its
// words with the fills, which take them in order.
static inline void retry_words(const uint32_t key[2], const uint32_t counter_high[2],
                               uint64_t element, uint32_t attempt, uint64_t words[2]) {
  uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32) | attempt << 16,
                         counter_high[0], counter_high[1]};
  uint32_t out[4];
  tandem_philox(counter, key, out);
  words[0] = out[0] | (uint64_t)out[1] << 32;
  words[1] = out[2] | (uint64_t)out[3] << 32;
}

// In (0, 1), never an end.
INLINE double open_unit(uint64_t word) { return ((double)(word >> 12) + 0.5) * 0x1p-52; }

INLINE void box_muller(uint64_t first, uint64_t second, double z[2]) {
  double radius = __builtin_elementwise_sqrt(-2 * log_of_normal(open_unit(first))), sine, cosine;
  sine_cosine_of_words(second, &sine, &cosine);
  z[0] = radius * cosine;
  z[1] = radius * sine;
}

// One candidate from the normal distribution between c and d (in deviations, 0 <= c or c < 0 < d),
// by rejection; true if it was accepted.
static inline int truncated_candidate(double c, double d, const uint64_t words[2], double *out) {
  double u = open_unit(words[0]), v = log_of_normal(open_unit(words[1])), z[2];
  if (c <= 0 && d - c > 2.5) {
    box_muller(words[0], words[1], z);
    *out = z[0] >= c && z[0] <= d ? z[0] : z[1];
    return *out >= c && *out <= d;
  }
  if (c > 0 && c * (d - c) > 2) {  // far out, an exponential covers the tail: Robert 1995
    double rate = (c + sqrt(c * c + 4)) / 2;
    *out = c - log_of_normal(u) / rate;
    return *out <= d && v <= -(*out - rate) * (*out - rate) / 2;
  }
  *out = c + u * (d - c);
  double peak = c > 0 ? c : 0;
  return v <= (peak * peak - *out * *out) / 2;
}

// From the normal distribution between c and d, in deviations.
static inline double truncated_normal(const uint32_t key[2], const uint32_t counter_high[2],
                                      uint64_t element, double c, double d) {
  int mirrored = d < 0 || (c <= 0 && -c > d);
  double low = mirrored ? -d : c, high = mirrored ? -c : d, z = 0;
  for (uint32_t attempt = 0; attempt < 65536; attempt++) {
    uint64_t words[2];
    retry_words(key, counter_high, element, attempt, words);
    if (truncated_candidate(low, high, words, &z)) break;
  }
  return mirrored ? -z : z;
}

#endif
