// Plans of Fourier transforms: factors, and roots of unity computed in long double.
#include "plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// exp(-2 pi i x / n) for many x: products of two of about 2 sqrt(n) roots.
typedef struct {
  int64_t n, mask;
  int32_t shift;
  long double *low, *high;
} unit_roots;

// exp(2 pi i x / n), by the nearest eighth of the circle, for 0 <= x < n.
static void exact_root(int64_t x, int64_t n, long double *re, long double *im) {
  const long double pi = 3.14159265358979323846264338327950288L;
  int64_t eighth = 8 * x / n, rest = 8 * x - eighth * n;  // x = (eighth + rest / n) * n / 8
  if (eighth & 1) rest = n - rest;
  long double angle = pi / 4 * (long double)rest / (long double)n;
  long double c = cosl(angle), s = sinl(angle);
  if ((eighth + 1) & 2) {
    long double t = c;
    c = s;
    s = t;
  }
  *re = (eighth + 2) & 4 ? -c : c;
  *im = eighth & 4 ? -s : s;
}

static bool roots_open(unit_roots *roots, int64_t n) {
  roots->n = n;
  roots->shift = 1;
  while (((int64_t)1 << 2 * roots->shift) < n) roots->shift++;
  roots->mask = ((int64_t)1 << roots->shift) - 1;
  int64_t lows = roots->mask + 1, highs = (n >> roots->shift) + 1;
  roots->low = malloc((size_t)(lows + highs) * 2 * sizeof(long double));
  if (!roots->low) return false;
  roots->high = roots->low + 2 * lows;
  for (int64_t i = 0; i < lows; i++)
    exact_root(i < n ? i : 0, n, roots->low + 2 * i, roots->low + 2 * i + 1);
  for (int64_t i = 0; i < highs; i++) {
    int64_t x = i << roots->shift;
    exact_root(x < n ? x : 0, n, roots->high + 2 * i, roots->high + 2 * i + 1);
  }
  return true;
}

// exp(-2 pi i x / n), 0 <= x < n, to place `at` of an array of complex numbers, or of parts that
// lie `apart` from each other.
static void store_root(const unit_roots *roots, int64_t x, bool wide, void *to, int64_t at,
                       int64_t apart) {
  bool mirrored = 2 * x > roots->n;
  if (mirrored) x = roots->n - x;
  const long double *a = roots->low + 2 * (x & roots->mask);
  const long double *b = roots->high + 2 * (x >> roots->shift);
  long double re = a[0] * b[0] - a[1] * b[1], im = a[0] * b[1] + a[1] * b[0];
  if (!mirrored) im = -im;
  if (wide) {
    ((double *)to)[at] = (double)re;
    ((double *)to)[at + apart] = (double)im;
  } else {
    ((float *)to)[at] = (float)re;
    ((float *)to)[at + apart] = (float)im;
  }
}

static void *allocate(tandem_fourier *plan, int64_t count) {
  size_t bytes = ((size_t)count * (plan->wide ? 8 : 4) + 63) / 64 * 64;
  plan->bytes += (int64_t)bytes;
  return aligned_alloc(64, bytes ? bytes : 64);
}

static bool is_smooth(int64_t n) {
  for (int64_t p = 2; p <= TANDEM_FOURIER_PRIME_MAX; p++)
    while (n % p == 0) n /= p;
  return n == 1;
}

// Factors in the order of the passes: eights and fours, then odd ones.
static int32_t factorize(int64_t n, int32_t *factors) {
  int32_t count = 0, twos = 0;
  while (n % 2 == 0) n /= 2, twos++;
  while (twos > 4 || twos == 3) factors[count++] = 8, twos -= 3;
  if (twos >= 2) factors[count++] = 4, twos -= 2;
  if (twos == 2) factors[count++] = 4, twos = 0;
  if (twos == 1) factors[count++] = 2;
  for (int64_t p = 3; p <= TANDEM_FOURIER_PRIME_MAX; p += 2)
    while (n % p == 0) factors[count++] = (int32_t)p, n /= p;
  return count;
}

static bool make_stages(tandem_fourier *plan, const unit_roots *roots) {
  int32_t factors[TANDEM_FOURIER_STAGES_MAX];
  plan->stageCount = factorize(plan->length, factors);
  int64_t length = plan->length;
  for (int32_t i = 0; i < plan->stageCount; i++) {
    tandem_fourier_stage *stage = &plan->stages[i];
    int64_t r = factors[i], m = length / r, step = plan->length / length;
    stage->radix = (int32_t)r;
    stage->roots = allocate(plan, 2 * m * (r - 1));
    stage->circle = allocate(plan, 2 * r);
    if (!stage->roots || !stage->circle) return false;
    for (int64_t p = 0; p < m; p++)
      for (int64_t k = 1; k < r; k++)
        store_root(roots, p * k * step, plan->wide, stage->roots, 2 * (p * (r - 1) + k - 1), 1);
    // Sines are wanted with the sign of the exponent turned.
    for (int64_t j = 0; j < r; j++)
      store_root(roots, (r - j) % r * (plan->length / r), plan->wide, stage->circle, j, r);
    length = m;
  }
  return true;
}

// The divisor nearest to the square root, from below.
static int64_t middle_divisor(int64_t n) {
  int64_t first = (int64_t)sqrt((double)n);
  while (first > 1 && n % first) first--;
  return first;
}

static tandem_fourier *make_complex(int64_t n, bool wide, bool isPart);

static bool make_split(tandem_fourier *plan, const unit_roots *roots) {
  int64_t n1 = middle_divisor(plan->length), n2 = plan->length / n1;
  int64_t row = tandem_fourier_round_up(n2, plan->wide);
  plan->first = make_complex(n1, plan->wide, true);
  plan->second = make_complex(n2, plan->wide, true);
  plan->table = allocate(plan, 2 * n1 * row);
  if (!plan->first || !plan->second || !plan->table) return false;
  memset(plan->table, 0, (size_t)(2 * n1 * row) * (plan->wide ? 8 : 4));
  for (int64_t k = 0; k < n1; k++)
    for (int64_t j = 0; j < n2; j++)
      store_root(roots, k * j, plan->wide, plan->table, k * row + j, n1 * row);
  plan->bytes += plan->first->bytes + plan->second->bytes;
  return true;
}

// The least length of at least `n` made of twos, threes and fives.
static int64_t good_length(int64_t n) {
  int64_t best = 1;
  while (best < n) best *= 2;
  for (int64_t five = 1; five < best; five *= 5)
    for (int64_t three = five; three < best; three *= 3) {
      int64_t length = three;
      while (length < n) length *= 2;
      if (length < best) best = length;
    }
  return best;
}

static void conjugate_into(bool wide, const void *chirp, int64_t k, void *to, int64_t at) {
  if (wide) {
    ((double *)to)[2 * at] = ((const double *)chirp)[2 * k];
    ((double *)to)[2 * at + 1] = -((const double *)chirp)[2 * k + 1];
  } else {
    ((float *)to)[2 * at] = ((const float *)chirp)[2 * k];
    ((float *)to)[2 * at + 1] = -((const float *)chirp)[2 * k + 1];
  }
}

static bool make_convolution(tandem_fourier *plan) {
  int64_t n = plan->length, m = good_length(2 * n - 1);
  unit_roots roots;
  if (!roots_open(&roots, 2 * n)) return false;
  plan->chirp = allocate(plan, 2 * n);
  plan->filter = allocate(plan, 2 * m);
  plan->convolution = make_complex(m, plan->wide, false);
  bool made = plan->chirp && plan->filter && plan->convolution;
  int64_t square = 0;  // k^2 modulo 2 n
  for (int64_t k = 0; made && k < n; k++) {
    store_root(&roots, square, plan->wide, plan->chirp, 2 * k, 1);
    square = (square + 2 * k + 1) % (2 * n);
  }
  free(roots.low);
  if (!made) return false;
  plan->bytes += plan->convolution->bytes;
  size_t bytes = (size_t)(2 * m) * (plan->wide ? 8 : 4);
  void *line = aligned_alloc(64, (bytes + 63) / 64 * 64);
  void *scratch = aligned_alloc(64, (size_t)tandem_fourier_line_scratch(plan->convolution));
  if (line && scratch) {
    memset(line, 0, bytes);
    for (int64_t k = 0; k < n; k++) {
      conjugate_into(plan->wide, plan->chirp, k, line, k);
      if (k > 0) conjugate_into(plan->wide, plan->chirp, k, line, m - k);
    }
    tandem_fourier_line(plan->convolution, line, plan->filter, scratch, false, 1 / (double)m, NULL);
  }
  made = line && scratch;
  free(line);
  free(scratch);
  return made;
}

// A part of a split length has stages only; others have what the lines of their length may need.
static tandem_fourier *make_complex(int64_t n, bool wide, bool isPart) {
  tandem_fourier *plan = calloc(1, sizeof *plan);
  if (!plan) return NULL;
  plan->n = plan->length = n;
  plan->wide = wide;
  bool made;
  if (is_smooth(n)) {
    unit_roots roots;
    made = roots_open(&roots, n);
    if (made && (isPart || n <= TANDEM_FOURIER_COLUMNS_MAX)) made = make_stages(plan, &roots);
    if (made && !isPart && n > TANDEM_FOURIER_LINES_MAX) made = make_split(plan, &roots);
    free(roots.low);
  } else {
    made = make_convolution(plan);
  }
  if (made) return plan;
  tandem_fourier_free(plan);
  return NULL;
}

tandem_fourier *tandem_fourier_make(int64_t n, int32_t kind, bool wide) {
  bool halves = kind != TANDEM_FOURIER_COMPLEX && n % 2 == 0;
  int64_t length = halves ? n / 2 : n;
  tandem_fourier *plan = make_complex(length, wide, false);
  if (!plan) return NULL;
  plan->n = n;
  plan->kind = kind;
  if (!halves) return plan;
  unit_roots roots = {.low = NULL};
  plan->halves = allocate(plan, length + 2 + length % 2);
  if (plan->halves && roots_open(&roots, n)) {
    for (int64_t k = 0; k <= length / 2; k++)
      store_root(&roots, k, wide, plan->halves, 2 * k, 1);
    free(roots.low);
    return plan;
  }
  tandem_fourier_free(plan);
  return NULL;
}

void tandem_fourier_free(tandem_fourier *plan) {
  if (!plan) return;
  for (int32_t i = 0; i < plan->stageCount; i++) {
    free(plan->stages[i].roots);
    free(plan->stages[i].circle);
  }
  tandem_fourier_free(plan->first);
  tandem_fourier_free(plan->second);
  tandem_fourier_free(plan->convolution);
  free(plan->table);
  free(plan->chirp);
  free(plan->filter);
  free(plan->halves);
  free(plan);
}

int64_t tandem_fourier_bytes(const tandem_fourier *plan) { return plan->bytes; }
