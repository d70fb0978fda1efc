// What the kernels of Fourier transforms know of a length.
#ifndef TANDEM_FOURIER_PLAN_H
#define TANDEM_FOURIER_PLAN_H

#include "../include/tandem_fourier.h"

enum {
  TANDEM_FOURIER_STAGES_MAX = 40,
  // Lanes that one block of lines has, by width.
  TANDEM_FOURIER_FLOAT_LANES = 16,
  TANDEM_FOURIER_DOUBLE_LANES = 8,
  // Primes up to which a length is made of factors; others are convolutions.
  TANDEM_FOURIER_PRIME_MAX = 13,
  // Lengths of lines that are transformed side by side, one in each lane: where lines lie one after
  // another, and where their numbers do.
  TANDEM_FOURIER_LINES_MAX = 256,
  TANDEM_FOURIER_COLUMNS_MAX = 4096,
  // Lengths from which the steps of one line are worth several threads.
  TANDEM_FOURIER_TEAM_MIN = 1 << 14,
};

// One pass: butterflies of `radix` numbers with roots, and for odd radices cosines and sines.
typedef struct {
  int32_t radix;
  void *roots;    // [length / radix][radix - 1] complex
  void *circle;   // cos and sin of 2 pi j / radix
} tandem_fourier_stage;

// A length is made of factors (stages), or of two lengths (first, second: the numbers are the rows
// of a first x second matrix, whose columns are transformed, turned by `table` and whose rows are
// transformed then), or a prime is a convolution of another length.
struct tandem_fourier {
  int64_t n;        // of the numbers that are transformed
  int64_t length;   // of the complex transform: n, or half of it for even real lines
  int32_t kind;
  bool wide;
  int32_t stageCount;
  tandem_fourier_stage stages[TANDEM_FOURIER_STAGES_MAX];
  struct tandem_fourier *first, *second;
  void *table;      // [first][second, rounded up to lanes] real parts, then imaginary ones
  struct tandem_fourier *convolution;
  void *chirp;      // [length] complex: exp(-i pi k^2 / length)
  void *filter;     // [convolution] complex: the transform of the conjugate chirp, over its length
  void *halves;     // [length / 2 + 1] complex: exp(-2 pi i k / n) for real lines
  int64_t bytes;
};

static inline int64_t tandem_fourier_lanes(bool wide) {
  return wide ? TANDEM_FOURIER_DOUBLE_LANES : TANDEM_FOURIER_FLOAT_LANES;
}

static inline int64_t tandem_fourier_round_up(int64_t n, bool wide) {
  int64_t lanes = tandem_fourier_lanes(wide);
  return (n + lanes - 1) / lanes * lanes;
}

// Whether lines of this plan are transformed side by side.
static inline bool tandem_fourier_in_lanes(const struct tandem_fourier *plan, int64_t inner) {
  if (plan->convolution && plan->convolution->length > TANDEM_FOURIER_COLUMNS_MAX) return false;
  return plan->length <= (inner == 1 ? TANDEM_FOURIER_LINES_MAX : TANDEM_FOURIER_COLUMNS_MAX);
}

// The transform of one line of `length` complex numbers, which lie one after another; `in` and
// `out` may not overlap.
void tandem_fourier_line(const struct tandem_fourier *plan, const void *in, void *out,
                         void *scratch, bool inverse, double scale,
                         const tandem_fourier_team *team);
int64_t tandem_fourier_line_scratch(const struct tandem_fourier *plan);

#endif
