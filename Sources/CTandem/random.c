#include "tandem_random.h"

#include <math.h>

#include "instruction_levels.h"
#include "tandem_indexing.h"

#pragma STDC FP_CONTRACT OFF

#include "random/draws.h"
#include "random_transforms.h"

#define TILE 64

INLINE void philox_round(uint32_t x[4], uint32_t k0, uint32_t k1) {
  uint64_t first = (uint64_t)x[0] * 0xd2511f53u, second = (uint64_t)x[2] * 0xcd9e8d57u;
  uint32_t y0 = (uint32_t)(second >> 32) ^ x[1] ^ k0, y2 = (uint32_t)(first >> 32) ^ x[3] ^ k1;
  x[0] = y0;
  x[1] = (uint32_t)second;
  x[2] = y2;
  x[3] = (uint32_t)first;
}

void tandem_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  for (int i = 0; i < 4; i++) out[i] = counter[i];
  for (uint32_t r = 0; r < 10; r++)
    philox_round(out, key[0] + r * 0x9e3779b9u, key[1] + r * 0xbb67ae85u);
}

// The words of the blocks first..<first + TILE / 4, in order.
TANDEM_AT_LEVELS(void, fill_words, (const tandem_random_plan *p, uint64_t first, uint32_t
                 words[TILE]), (p, first, words)) {
  enum { blocks = TILE / 4 };
  uint32_t x0[blocks], x1[blocks], x2[blocks], x3[blocks];
  for (int j = 0; j < blocks; j++) {
    x0[j] = (uint32_t)(first + (uint64_t)j);
    x1[j] = (uint32_t)((first + (uint64_t)j) >> 32);
    x2[j] = p->counter_high[0];
    x3[j] = p->counter_high[1];
  }
  uint32_t k0 = p->key[0], k1 = p->key[1];
  for (int r = 0; r < 10; r++) {
    for (int j = 0; j < blocks; j++) {
      uint64_t a = (uint64_t)x0[j] * 0xd2511f53u, b = (uint64_t)x2[j] * 0xcd9e8d57u;
      x0[j] = (uint32_t)(b >> 32) ^ x1[j] ^ k0;
      x2[j] = (uint32_t)(a >> 32) ^ x3[j] ^ k1;
      x1[j] = (uint32_t)b;
      x3[j] = (uint32_t)a;
    }
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  for (int j = 0; j < blocks; j++) {
    words[4 * j] = x0[j];
    words[4 * j + 1] = x1[j];
    words[4 * j + 2] = x2[j];
    words[4 * j + 3] = x3[j];
  }
}

// 64 bits for each of TILE elements from `first` on: two elements a block.
static void fill_wide_words(const tandem_random_plan *p, uint64_t first, uint64_t words[TILE]) {
  for (int half = 0; half < 2; half++) {
    uint32_t narrow[TILE];
    fill_words(p, first / 2 + (uint64_t)half * (TILE / 4), narrow);
    for (int i = 0; i < TILE / 2; i++)
      words[half * (TILE / 2) + i] = narrow[2 * i] | (uint64_t)narrow[2 * i + 1] << 32;
  }
}

// Keeps the top `bits` bits, which all float dtypes with so many hold exactly.
TANDEM_AT_LEVELS(void, uniform_floats, (const uint32_t words[TILE], int bits, float low, float
                 width, float out[TILE]), (words, bits, low, width, out)) {
  float unit = tandem_float_of_bits((uint32_t)(127 - bits) << 23);
  for (int i = 0; i < TILE; i++)
    out[i] = low + width * ((float)(words[i] >> (32 - bits)) * unit);
}

TANDEM_AT_LEVELS(void, uniform_doubles, (const uint64_t words[TILE], double low, double width,
                 double out[TILE]), (words, low, width, out)) {
  for (int i = 0; i < TILE; i++) out[i] = low + width * ((double)(words[i] >> 11) * 0x1p-53);
}

// Box and Muller: a pair of words gives a pair of numbers. The builtin square root sets no errno,
// so that the loop can run in vectors.
TANDEM_AT_LEVELS(void, normal_floats, (const uint32_t words[TILE], float mean, float deviation,
                 float out[TILE]), (words, mean, deviation, out)) {
  for (int i = 0; i < TILE / 2; i++) {
    float radius = __builtin_elementwise_sqrt(-2 * log_of_word(words[2 * i])), sine, cosine;
    sine_cosine_of_word(words[2 * i + 1], &sine, &cosine);
    out[2 * i] = mean + deviation * (radius * cosine);
    out[2 * i + 1] = mean + deviation * (radius * sine);
  }
}

TANDEM_AT_LEVELS(void, normal_doubles, (const uint64_t words[TILE], double mean, double deviation,
                 double out[TILE]), (words, mean, deviation, out)) {
  for (int i = 0; i < TILE / 2; i++) {
    double z[2];
    box_muller(words[2 * i], words[2 * i + 1], z);
    out[2 * i] = mean + deviation * z[0];
    out[2 * i + 1] = mean + deviation * z[1];
  }
}

TANDEM_AT_LEVELS(void, exponential_doubles, (const uint64_t words[TILE], double mean, double
                 out[TILE]), (words, mean, out)) {
  for (int i = 0; i < TILE; i++) out[i] = mean * -log_of_normal(open_unit(words[i]));
}

TANDEM_AT_LEVELS(void, gumbel_doubles, (const uint64_t words[TILE], double location, double scale,
                 double out[TILE]), (words, location, scale, out)) {
  for (int i = 0; i < TILE; i++)
    out[i] = location - scale * log_of_normal(-log_of_normal(open_unit(words[i])));
}

static void truncated_normal_doubles(const tandem_random_plan *p, uint64_t first,
                                     double out[TILE]) {
  double c = (p->c - p->a) / p->b, d = (p->d - p->a) / p->b;
  for (int i = 0; i < TILE; i++) {
    double z = truncated_normal(p->key, p->counter_high, first + (uint64_t)i, c, d);
    double x = p->a + p->b * z;
    out[i] = x < p->c ? p->c : x > p->d ? p->d : x;
  }
}

// Lemire's method: the upper half of word * range, unless the lower half says that this would make
// some results more likely.
static uint64_t below(const tandem_random_plan *p, uint64_t range, uint64_t word,
                      uint64_t element) {
  if (range == 0) return word;
  unsigned __int128 product = (unsigned __int128)word * range;
  if ((uint64_t)product < range) {
    uint64_t least = -range % range;
    for (uint32_t attempt = 1; (uint64_t)product < least && attempt < 65536; attempt++) {
      uint64_t words[2];
      retry_words(p->key, p->counter_high, element, attempt, words);
      product = (unsigned __int128)words[0] * range;
    }
  }
  return (uint64_t)(product >> 64);
}

void tandem_random_permutation(const tandem_random_plan *p, void *out, int64_t count, int wide) {
  int64_t *long_out = out;
  int32_t *short_out = out;
  uint64_t words[TILE];
  for (int64_t i = 0; i < count; i++) {
    if (i % TILE == 0) fill_wide_words(p, (uint64_t)i, words);
    int64_t other = (int64_t)below(p, (uint64_t)i + 1, words[i % TILE], (uint64_t)i);
    if (wide) {
      long_out[i] = long_out[other];
      long_out[other] = i;
    } else {
      short_out[i] = short_out[other];
      short_out[other] = (int32_t)i;
    }
  }
}

// Stores `n` numbers as elements of the dtype.
static void store_floats(int64_t dtype, const float *from, void *out, int64_t at, int64_t n) {
  uint16_t *halves = (uint16_t *)out + at;
  float *floats = (float *)out + at;
  for (int64_t i = 0; i < n; i++) {
    if (dtype == TANDEM_FLOAT32) {
      floats[i] = from[i];
    } else {
      int is_half = dtype == TANDEM_FLOAT16;
      halves[i] = is_half ? tandem_to_float16(from[i]) : tandem_to_bfloat16(from[i]);
    }
  }
}

static void store_doubles(int64_t dtype, const double *from, void *out, int64_t at, int64_t n) {
  if (dtype == TANDEM_FLOAT64) {
    memcpy((double *)out + at, from, (size_t)n * sizeof(double));
    return;
  }
  float narrow[TILE];
  for (int64_t i = 0; i < n; i++) narrow[i] = (float)from[i];
  store_floats(dtype, narrow, out, at, n);
}

static void store_integers(int64_t dtype, const uint64_t *from, void *out, int64_t at, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    switch (dtype) {
      case TANDEM_BOOL: ((uint8_t *)out)[at + i] = from[i] != 0; break;
      case TANDEM_INT8: case TANDEM_UINT8: ((uint8_t *)out)[at + i] = (uint8_t)from[i]; break;
      case TANDEM_INT16: case TANDEM_UINT16: ((uint16_t *)out)[at + i] = (uint16_t)from[i]; break;
      case TANDEM_INT32: case TANDEM_UINT32: ((uint32_t *)out)[at + i] = (uint32_t)from[i]; break;
      default: ((uint64_t *)out)[at + i] = from[i]; break;
    }
  }
}

// The largest number of the dtype that is below `end`, or `end` itself where that is the lower end
// of the range: what rounding up to `end` is replaced by.
static double largest_below(int64_t dtype, double end, double start) {
  if (!(end > start)) return end;
  if (dtype == TANDEM_FLOAT64) return nextafter(end, start);
  float value = (float)end;
  if (dtype == TANDEM_FLOAT32) return (double)value < end ? value : nextafterf(value, -INFINITY);
  int is_half = dtype == TANDEM_FLOAT16;
  uint16_t bits = is_half ? tandem_to_float16(value) : tandem_to_bfloat16(value);
  float rounded = is_half ? tandem_from_float16(bits) : tandem_from_bfloat16(bits);
  if ((double)rounded < end) return rounded;
  if ((bits & 0x7fff) == 0) bits = 0x8001;
  else bits += bits & 0x8000 ? 1 : -1;
  return is_half ? tandem_from_float16(bits) : tandem_from_bfloat16(bits);
}

static float rounded_to(int64_t dtype, float value) {
  if (dtype == TANDEM_FLOAT16) return tandem_from_float16(tandem_to_float16(value));
  if (dtype == TANDEM_BFLOAT16) return tandem_from_bfloat16(tandem_to_bfloat16(value));
  return value;
}

static void run_uniform(const tandem_random_plan *p, void *out, int64_t begin, int64_t n) {
  double largest = largest_below(p->dtype, p->b, p->a);
  if (p->dtype == TANDEM_FLOAT64) {
    uint64_t words[TILE];
    double tile[TILE];
    fill_wide_words(p, (uint64_t)begin, words);
    uniform_doubles(words, p->a, p->b - p->a, tile);
    for (int64_t i = 0; i < n; i++) tile[i] = tile[i] > largest ? largest : tile[i];
    store_doubles(p->dtype, tile, out, begin, n);
    return;
  }
  uint32_t words[TILE];
  float tile[TILE], low = (float)p->a, last = (float)largest;
  int bits = p->dtype == TANDEM_FLOAT32 ? 24 : p->dtype == TANDEM_FLOAT16 ? 11 : 8;
  fill_words(p, (uint64_t)begin / 4, words);
  uniform_floats(words, bits, low, (float)p->b - low, tile);
  if (p->dtype != TANDEM_FLOAT32)
    for (int64_t i = 0; i < n; i++) tile[i] = rounded_to(p->dtype, tile[i]);
  for (int64_t i = 0; i < n; i++) tile[i] = tile[i] > last ? last : tile[i];
  store_floats(p->dtype, tile, out, begin, n);
}

static void run_normal(const tandem_random_plan *p, void *out, int64_t begin, int64_t n) {
  if (p->dtype == TANDEM_FLOAT64) {
    uint64_t words[TILE];
    double tile[TILE];
    fill_wide_words(p, (uint64_t)begin, words);
    normal_doubles(words, p->a, p->b, tile);
    store_doubles(p->dtype, tile, out, begin, n);
    return;
  }
  uint32_t words[TILE];
  float tile[TILE];
  fill_words(p, (uint64_t)begin / 4, words);
  normal_floats(words, (float)p->a, (float)p->b, tile);
  store_floats(p->dtype, tile, out, begin, n);
}

static void run_whole_numbers(const tandem_random_plan *p, void *out, int64_t begin, int64_t n) {
  uint64_t tile[TILE];
  if (p->distribution == TANDEM_INTEGERS) {
    fill_wide_words(p, (uint64_t)begin, tile);
    for (int64_t i = 0; i < n; i++)
      tile[i] = (uint64_t)p->first + below(p, p->range, tile[i], (uint64_t)(begin + i));
    store_integers(p->dtype, tile, out, begin, n);
    return;
  }
  uint32_t words[TILE];
  fill_words(p, (uint64_t)begin / 4, words);
  uint64_t threshold = (uint64_t)(p->a * 0x1p32 + 0.5);
  for (int64_t i = 0; i < n; i++) tile[i] = words[i] < threshold;
  if (p->dtype >= TANDEM_FLOAT16) {
    double numbers[TILE];
    for (int64_t i = 0; i < n; i++) numbers[i] = (double)tile[i];
    store_doubles(p->dtype, numbers, out, begin, n);
  } else {
    store_integers(p->dtype, tile, out, begin, n);
  }
}

static void run_by_doubles(const tandem_random_plan *p, void *out, int64_t begin, int64_t n) {
  uint64_t words[TILE];
  double tile[TILE];
  if (p->distribution != TANDEM_TRUNCATED_NORMAL) fill_wide_words(p, (uint64_t)begin, words);
  switch (p->distribution) {
    case TANDEM_EXPONENTIAL: exponential_doubles(words, p->a, tile); break;
    case TANDEM_GUMBEL: gumbel_doubles(words, p->a, p->b, tile); break;
    default: truncated_normal_doubles(p, (uint64_t)begin, tile); break;
  }
  store_doubles(p->dtype, tile, out, begin, n);
}

void tandem_random_run(const tandem_random_plan *p, void *out, int64_t begin, int64_t end) {
  for (int64_t at = begin; at < end; at += TILE) {
    int64_t n = end - at < TILE ? end - at : TILE;
    switch (p->distribution) {
      case TANDEM_UNIFORM: run_uniform(p, out, at, n); break;
      case TANDEM_NORMAL: run_normal(p, out, at, n); break;
      case TANDEM_INTEGERS: case TANDEM_BERNOULLI: run_whole_numbers(p, out, at, n); break;
      default: run_by_doubles(p, out, at, n); break;
    }
  }
}

double tandem_log(double x) {
  if (x == 0) return -INFINITY;
  if (!(x > 0) || x == INFINITY) return x > 0 ? x : NAN;
  if (x >= 0x1p-1022) return log_of_normal(x);
  return log_of_normal(x * 0x1p54) - 54 * 0.693147180559945309417;
}
