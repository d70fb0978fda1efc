#include "../include/tandem_variates.h"

#include "../include/tandem_indexing.h"
#include "../instruction_levels.h"

#pragma STDC FP_CONTRACT OFF

#include "draws.h"
#include "functions.h"

enum { TILE = 64, AHEAD = 3 };

// The words of the first attempts of TILE elements, which nearly all elements need.
typedef struct {
  uint64_t first[AHEAD][TILE], second[AHEAD][TILE];
} tile_words;

TANDEM_AT_LEVELS(void, fill_tile_words, (const tandem_variates_plan *p, uint64_t element,
                 int attempts, tile_words *words), (p, element, attempts, words)) {
  uint32_t x0[TILE], x1[TILE], x2[TILE], x3[TILE];
  for (int attempt = 0; attempt < attempts; attempt++) {
    for (int j = 0; j < TILE; j++) {
      x0[j] = (uint32_t)(element + (uint64_t)j);
      x1[j] = (uint32_t)((element + (uint64_t)j) >> 32) | (uint32_t)attempt << 16;
      x2[j] = p->counter_high[0];
      x3[j] = p->counter_high[1];
    }
    uint32_t k0 = p->key[0], k1 = p->key[1];
    for (int r = 0; r < 10; r++) {
      for (int j = 0; j < TILE; j++) {
        uint64_t a = (uint64_t)x0[j] * 0xd2511f53u, b = (uint64_t)x2[j] * 0xcd9e8d57u;
        x0[j] = (uint32_t)(b >> 32) ^ x1[j] ^ k0;
        x2[j] = (uint32_t)(a >> 32) ^ x3[j] ^ k1;
        x1[j] = (uint32_t)b;
        x3[j] = (uint32_t)a;
      }
      k0 += 0x9e3779b9u;
      k1 += 0xbb67ae85u;
    }
    for (int j = 0; j < TILE; j++) {
      words->first[attempt][j] = x0[j] | (uint64_t)x1[j] << 32;
      words->second[attempt][j] = x2[j] | (uint64_t)x3[j] << 32;
    }
  }
}

// Words of one element: attempts count up, so that a rejection moves on to fresh ones. The first
// `ahead` are at `place` of a tile.
typedef struct {
  const tandem_variates_plan *plan;
  uint64_t element;
  uint32_t attempt, ahead;
  const tile_words *tile;
  int place;
} draws;

static void next_words(draws *d, uint64_t words[2]) {
  uint32_t attempt = d->attempt++;
  if (attempt < d->ahead) {
    words[0] = d->tile->first[attempt][d->place];
    words[1] = d->tile->second[attempt][d->place];
  } else {
    retry_words(d->plan->key, d->plan->counter_high, d->element, attempt, words);
  }
}

// Two numbers in (0, 1).
static void next_units(draws *d, double units[2]) {
  uint64_t words[2];
  next_words(d, words);
  units[0] = open_unit(words[0]);
  units[1] = open_unit(words[1]);
}

enum { attempts_max = 65000 };

// The logarithm of a number of shape a, scale one. Marsaglia and Tsang, A Simple Method for
// Generating Gamma Variables, 2000; below one, a number of shape a + 1 times u^(1/a). `product` is
// the number itself unless it comes from there.
static double log_standard_gamma(draws *d, double a, double *product) {
  double shape = a < 1 ? a + 1 : a, s = shape - 1.0 / 3, c = 1 / (3 * f64_sqrt(s));
  double v = 1, log_v = 0;
  for (int accepted = 0; !accepted && d->attempt < attempts_max;) {
    uint64_t words[2];
    double z[2], u[2];
    next_words(d, words);
    box_muller(words[0], words[1], z);
    next_units(d, u);
    for (int i = 0; i < 2 && !accepted; i++) {
      double root = 1 + c * z[i], square = z[i] * z[i];
      if (root <= 0) continue;
      v = root * root * root;
      log_v = log_of_normal(v);
      accepted = log_of_normal(u[i]) < 0.5 * square + s - s * v + s * log_v;
    }
  }
  *product = s * v;
  double result = f64_log(s) + log_v;
  if (a >= 1) return result;
  double u[2];
  next_units(d, u);
  double power = log_of_normal(u[0]) / a;
  *product *= f64_exp(power);
  return result + power;
}

// The same for TILE elements whose first candidate is accepted, which `accepted` says; by the same
// steps, so with the same bits.
TANDEM_AT_LEVELS(void, gamma_tile, (const tile_words *w, const double shapes[TILE], double
                 products[TILE], double logarithms[TILE], int32_t accepted[TILE]),
                 (w, shapes, products, logarithms, accepted)) {
  for (int i = 0; i < TILE; i++) {
    double a = shapes[i], shape = a < 1 ? a + 1 : a, s = shape - 1.0 / 3;
    double c = 1 / (3 * f64_sqrt(s)), z[2];
    box_muller(w->first[0][i], w->second[0][i], z);
    double root = 1 + c * z[0], square = z[0] * z[0], v = root * root * root;
    double log_v = log_of_normal(root > 0 ? v : 1), u = open_unit(w->first[1][i]);
    double least = log_of_normal(u), most = 0.5 * square + s - s * v + s * log_v;
    accepted[i] = (root > 0) & (least < most);
    double power = log_of_normal(open_unit(w->first[2][i])) / a, all = f64_log(s) + log_v;
    logarithms[i] = a < 1 ? all + power : all;
    double product = s * v;
    products[i] = a < 1 ? product * f64_exp(power) : product;
  }
}

// log k! - ((k + 1/2) log k - k + log(2π) / 2) for k >= 1.
static double stirling_rest(double k) {
  if (k < 16) return f64_log_gamma(k + 1) - ((k + 0.5) * f64_log(k) - k + 0.9189385332046728);
  double z = 1 / (k * k);
  return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - z / 1188) * z) * z) * z) / k;
}

// x log(x / m) + m - x, without cancellation near m; Loader, Fast and Accurate Computation of
// Binomial Probabilities, 2000.
static double deviance(double x, double m) {
  double gap = x - m, v = gap / (x + m);
  if (f64_abs(v) >= 0.1) return x * f64_log(x / m) + m - x;
  double sum = gap * v, term = 2 * x * v, square = v * v;
  for (int j = 1; j < 16; j++) {
    term *= square;
    sum += term / (2 * j + 1);
  }
  return sum;
}

static double log_poisson(double k, double mean) {
  if (k == 0) return -mean;
  return -stirling_rest(k) - deviance(k, mean) - 0.5 * f64_log(6.283185307179586 * k);
}

// Below a mean of ten by adding up probabilities; else Hörmann, The Transformed Rejection Method
// for Generating Poisson Random Variables (PTRS), 1993.
static double poisson(draws *d, double mean) {
  double u[2];
  if (mean < 10) {
    next_units(d, u);
    double p = f64_exp(-mean), k = 0, rest = u[0];
    while (rest > p && k < 200) {
      rest -= p;
      p *= mean / ++k;
    }
    return k;
  }
  double root = f64_sqrt(mean), b = 0.931 + 2.53 * root, a = -0.059 + 0.02483 * b;
  double inverse = 1.1239 + 1.1328 / (b - 3.4), sure = 0.9277 - 3.6224 / (b - 2);
  while (d->attempt < attempts_max) {
    next_units(d, u);
    double x = u[0] - 0.5, us = 0.5 - f64_abs(x);
    double k = f64_floor((2 * a / us + b) * x + mean + 0.43);
    if (us >= 0.07 && u[1] <= sure) return k;
    if (k < 0 || (us < 0.013 && u[1] > us)) continue;
    if (f64_log(u[1] * inverse / (a / (us * us) + b)) <= log_poisson(k, mean)) return k;
  }
  return f64_floor(mean);
}

// The logarithm of a probability, but for a term that all numbers of successes share.
static double log_binomial(double k, double n, double p) {
  if (k == 0) return n * f64_log1p(-p) - stirling_rest(n) - 0.5 * f64_log(n);
  if (k == n) return n * f64_log(p) - stirling_rest(n) - 0.5 * f64_log(n);
  double product = 6.283185307179586 * k * ((n - k) / n);
  return -stirling_rest(k) - stirling_rest(n - k) - deviance(k, n * p) -
         deviance(n - k, n * (1 - p)) - 0.5 * f64_log(product) - 0.5 * f64_log(n);
}

// For p <= 1/2. Below ten successes expected by adding up probabilities; else Hörmann, The
// Generation of Binomial Random Variates (BTRS), 1993.
static double binomial(draws *d, double n, double p) {
  double u[2], odds = p / (1 - p);
  if (n * p < 10) {
    next_units(d, u);
    double share = f64_exp(n * f64_log1p(-p)), k = 0, rest = u[0];
    while (rest > share && k < n && k < 400) {
      rest -= share;
      share *= (n - k) / (k + 1) * odds;
      k++;
    }
    return k;
  }
  double deviation = f64_sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * deviation;
  double a = -0.0873 + 0.0248 * b + 0.01 * p, alpha = (2.83 + 5.1 / b) * deviation;
  double sure = 0.92 - 4.2 / b, mode = f64_floor((n + 1) * p), highest = log_binomial(mode, n, p);
  while (d->attempt < attempts_max) {
    next_units(d, u);
    double x = u[0] - 0.5, us = 0.5 - f64_abs(x);
    double k = f64_floor((2 * a / us + b) * x + n * p + 0.5);
    if (us >= 0.07 && u[1] <= sure) return k;
    if (k < 0 || k > n) continue;
    double height = f64_log(u[1] * alpha / (a / (us * us) + b));
    if (height <= log_binomial(k, n, p) - highest) return k;
  }
  return mode;
}

static double binomial_of(draws *d, double n, double p) {
  if (n <= 0 || p <= 0) return 0;
  if (p >= 1) return n;
  return p <= 0.5 ? binomial(d, n, p) : n - binomial(d, n, 1 - p);
}

double tandem_binomial(const tandem_variates_plan *plan, uint64_t element, double n, double p) {
  draws d = {plan, element, 0, 0, 0, 0};
  return binomial_of(&d, n, p);
}

static double variate(draws *d, double a, double b) {
  const tandem_variates_plan *p = d->plan;
  double product, result;
  switch (p->kind) {
    case TANDEM_STANDARD_GAMMA: log_standard_gamma(d, a, &product); return product;
    case TANDEM_LOG_STANDARD_GAMMA:
      result = log_standard_gamma(d, a, &product);
      return a >= 1 ? f64_log(product) : result;
    case TANDEM_POISSON: return poisson(d, a);
    case TANDEM_BINOMIAL: return binomial_of(d, a, b);
    default: return truncated_normal(p->key, p->counter_high, d->element, a, b);
  }
}

// Elements first..<first + n, n at most TILE.
static void run_tile(const tandem_variates_plan *p, int64_t first, int64_t n, double out[TILE]) {
  int is_gamma = p->kind == TANDEM_STANDARD_GAMMA || p->kind == TANDEM_LOG_STANDARD_GAMMA;
  int is_log = p->kind == TANDEM_LOG_STANDARD_GAMMA;
  uint32_t ahead = p->kind == TANDEM_STANDARD_TRUNCATED_NORMAL ? 0 : is_gamma ? AHEAD : 1;
  double a[TILE], b[TILE], products[TILE], logarithms[TILE];
  int32_t accepted[TILE] = {0};
  tile_words words;
  for (int64_t i = 0; i < TILE; i++) {
    int64_t at = first + (i < n ? i : 0);
    a[i] = p->a[at * p->a_stride];
    b[i] = p->b[at * p->b_stride];
  }
  if (ahead > 0) fill_tile_words(p, (uint64_t)first, (int)ahead, &words);
  if (is_gamma) gamma_tile(&words, a, products, logarithms, accepted);
  for (int i = 0; i < n; i++) {
    draws d = {p, (uint64_t)(first + i), 0, ahead, &words, i};
    if (!accepted[i]) out[i] = variate(&d, a[i], b[i]);
    else if (is_log) out[i] = a[i] >= 1 ? f64_log(products[i]) : logarithms[i];
    else out[i] = products[i];
  }
}

static int is_bad(int64_t kind, double a, double b) {
  double infinity = __builtin_inf();
  switch (kind) {
    case TANDEM_STANDARD_GAMMA: case TANDEM_LOG_STANDARD_GAMMA: return !(a > 0 && a < infinity);
    case TANDEM_POISSON: return !(a >= 0 && a <= 9e15);
    case TANDEM_BINOMIAL:
      return !(a >= 0 && a <= 9e15 && f64_floor(a) == a) || !(b >= 0 && b <= 1);
    default: return !(a < b);
  }
}

int64_t tandem_variates_first_bad(const tandem_variates_plan *p, int64_t count) {
  int64_t different = p->a_stride || p->b_stride ? count : count > 0;
  for (int64_t i = 0; i < different; i++)
    if (is_bad(p->kind, p->a[i * p->a_stride], p->b[i * p->b_stride])) return i;
  return -1;
}

// The whole number nearest to zero that an integer dtype can be given for x.
static int64_t saturated(int64_t dtype, double x) {
  static const double largest[] = {1, 127, 255, 32767, 65535, 2147483647, 4294967295};
  double limit = dtype <= TANDEM_UINT32 ? largest[dtype] : 9e18;
  return (int64_t)(x > limit ? limit : x);
}

static const int64_t widths[] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 2, 2, 4, 8};

void tandem_variates_run(const tandem_variates_plan *p, void *out, int64_t begin, int64_t end) {
  int is_whole = p->dtype < TANDEM_FLOAT16;
  for (int64_t at = begin; at < end; at += TILE) {
    int64_t n = end - at < TILE ? end - at : TILE;
    double tile[TILE];
    run_tile(p, at, n, tile);
    if (p->dtype == TANDEM_FLOAT64) {
      memcpy((double *)out + at, tile, (size_t)n * sizeof(double));
    } else if (p->dtype == TANDEM_FLOAT32) {
      for (int64_t i = 0; i < n; i++) ((float *)out)[at + i] = (float)tile[i];
    } else {
      for (int64_t i = 0; i < n; i++)
        tandem_store_scalar(p->dtype, tile[i], is_whole ? saturated(p->dtype, tile[i]) : 0,
                            (char *)out + (at + i) * widths[p->dtype]);
    }
  }
}

void tandem_multinomial_run(const tandem_variates_plan *p, const double *trials,
                            const double *weights, int64_t categories, void *out, int64_t begin,
                            int64_t end) {
  int64_t width = widths[p->dtype];
  for (int64_t row = begin; row < end; row++) {
    const double *w = weights + row * categories;
    double left = trials[row], total = 0;
    for (int64_t j = 0; j < categories; j++) total += w[j];
    for (int64_t j = 0; j < categories; j++) {
      uint64_t place = (uint64_t)(row * categories + j);
      double share = w[j] < total ? w[j] / total : 1;
      double count = w[j] > 0 ? tandem_binomial(p, place, left, share) : 0;
      tandem_store_scalar(p->dtype, count, p->dtype < TANDEM_FLOAT16 ? saturated(p->dtype, count)
                                                                      : 0,
                          (char *)out + (int64_t)place * width);
      left -= count;
      total -= w[j];
    }
  }
}

void tandem_unique_zipfian_run(const tandem_variates_plan *p, int64_t range, int64_t count,
                               int64_t *out, int64_t *tries, int64_t begin, int64_t end,
                               int64_t *scratch, int64_t scratch_count) {
  double width = f64_log((double)range + 1);
  uint64_t mask = (uint64_t)scratch_count - 1;
  for (int64_t row = begin; row < end; row++) {
    int64_t found = 0, drawn = 0;
    uint64_t words[2];
    memset(scratch, 0xff, (size_t)scratch_count * sizeof(int64_t));
    while (found < count) {
      // Rows and pairs of draws of a row share the element number: 20 bits and 28 bits, and 16
      // more.
      uint64_t pair = (uint64_t)drawn / 2;
      if (drawn % 2 == 0)
        retry_words(p->key, p->counter_high, (uint64_t)row << 28 | (pair & 0xfffffff),
                    (uint32_t)(pair >> 28) & 0xffff, words);
      int64_t k = (int64_t)f64_exp(open_unit(words[drawn++ % 2]) * width) - 1;
      k = k < 0 ? 0 : k < range ? k : range - 1;
      uint64_t place = (uint64_t)k * 0x9e3779b97f4a7c15u >> 20 & mask;
      while (scratch[place] != -1 && scratch[place] != k) place = (place + 1) & mask;
      if (scratch[place] == k) continue;
      scratch[place] = k;
      out[row * count + found++] = k;
    }
    tries[row] = drawn;
  }
}
