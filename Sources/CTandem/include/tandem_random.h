// Random numbers by Philox4x32-10, and the logarithm that their transformations use.
//
// Element i of a fill depends on the key and on i alone. No library function and no fused
// multiply-add takes part, so the bits are the same on every machine.
#ifndef TANDEM_RANDOM_H
#define TANDEM_RANDOM_H

#include <stdint.h>

enum {
  TANDEM_UNIFORM = 0,      // a <= x < b
  TANDEM_NORMAL,           // mean a, standard deviation b
  TANDEM_INTEGERS,         // first ..< first + range; a range of 0 means 2^64
  TANDEM_BERNOULLI,        // one with probability a
  TANDEM_EXPONENTIAL,      // mean a
  TANDEM_GUMBEL,           // location a, scale b
  TANDEM_TRUNCATED_NORMAL, // mean a, standard deviation b, c <= x <= d
};

typedef struct {
  uint32_t key[2], counter_high[2];
  int64_t distribution, dtype;
  double a, b, c, d;
  int64_t first;
  uint64_t range;
} tandem_random_plan;

// Four random words of a counter and a key.
void tandem_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

// Writes elements begin..<end to out[begin..<end]; `begin` is a multiple of 64.
void tandem_random_run(const tandem_random_plan *plan, void *out, int64_t begin, int64_t end);

// Writes 0..<count in random order (Fisher and Yates), as int64 if `wide`, else int32.
void tandem_random_permutation(const tandem_random_plan *plan, void *out, int64_t count, int wide);

// The natural logarithm within one unit in the last place or so; -infinity of zero, NaN of less.
double tandem_log(double x);

#endif
