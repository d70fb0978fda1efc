// Random numbers whose distribution has a parameter for each element, by rejection or inversion.
//
// Element i depends on the key, on i and on its own parameters alone. All arithmetic is float64
// without fused multiply-add and without the C library's functions, so the bits are the same on
// every machine.
#ifndef TANDEM_VARIATES_H
#define TANDEM_VARIATES_H

#include <stdint.h>

enum {
  TANDEM_STANDARD_GAMMA = 0,         // shape a > 0, scale one
  TANDEM_LOG_STANDARD_GAMMA,         // the logarithm of such a number
  TANDEM_POISSON,                    // mean a >= 0
  TANDEM_BINOMIAL,                   // a >= 0 trials, a whole number; probability b in [0, 1]
  TANDEM_STANDARD_TRUNCATED_NORMAL,  // a < b, in deviations
};

typedef struct {
  uint32_t key[2], counter_high[2];
  int64_t kind, dtype;
  const double *a, *b;        // parameters
  int64_t a_stride, b_stride; // one, or zero where one number serves all elements
} tandem_variates_plan;

// The first of `count` elements whose parameters the distribution does not have, or -1.
int64_t tandem_variates_first_bad(const tandem_variates_plan *plan, int64_t count);

// Writes elements begin..<end to out[begin..<end], rounded to the dtype; integers are saturated.
void tandem_variates_run(const tandem_variates_plan *plan, void *out, int64_t begin, int64_t end);

// The number of trials out of `trials` that succeed with probability p, for one element of a key.
double tandem_binomial(const tandem_variates_plan *plan, uint64_t element, double trials, double p);

// How often each of `categories` came up in `trials` draws: of plan->dtype, for rows begin..<end of
// weights, which need not add up to one. Row i depends on the key, on i and on its own inputs.
void tandem_multinomial_run(const tandem_variates_plan *plan, const double *trials,
                            const double *weights, int64_t categories, void *out, int64_t begin,
                            int64_t end);

// `count` different numbers below `range`, log-uniformly: k with probability in proportion to
// log((k + 2) / (k + 1)) among those not yet drawn; and how many draws that took. For rows
// begin..<end. `scratch` holds a power of two of words, at least twice the count.
void tandem_unique_zipfian_run(const tandem_variates_plan *plan, int64_t range, int64_t count,
                               int64_t *out, int64_t *tries, int64_t begin, int64_t end,
                               int64_t *scratch, int64_t scratch_count);

// How numbers from the standard gamma distribution move with its shape at equal rank: what an
// implicit gradient multiplies. out[i] = dx/da of elements begin..<end; `samples` are x, or log x
// with is_log, where out is d log x / da.
void tandem_gamma_derivative_run(const double *shapes, const double *samples, int is_log,
                                 double *out, int64_t begin, int64_t end);

#endif
