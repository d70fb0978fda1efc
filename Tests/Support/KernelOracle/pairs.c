// Functions of two numbers beside the C library in more bits, and pairs of numbers that are hard.
#include "functions.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// a - floor(a / b) b with the sign of b, and floor(a / b), with the signs of zeros of NumPy.
#define DEFINE_DIVISIONS(T, s)                                            \
  static T remainder_of##s(T a, T b) {                                    \
    T r = fmod##s(a, b);                                                  \
    if (r == 0) return copysign##s(0, b);                                 \
    return (r < 0) != (b < 0) ? r + b : r;                                \
  }                                                                       \
  static T floor_divide##s(T a, T b) {                                    \
    if (b == 0) return a / b;                                             \
    T r = fmod##s(a, b), q = (a - r) / b;                                 \
    if (r != 0 && (r < 0) != (b < 0)) q -= 1;                             \
    return q == 0 ? copysign##s(0, a / b) : rint##s(q);                   \
  }                                                                       \
  static T greater_of##s(T a, T b) { return a > b || isnan(a) ? a : b; }  \
  static T less_of##s(T a, T b) { return a < b || isnan(a) ? a : b; }     \
  static T log_sum##s(T a, T b) {                                         \
    if (a == b) return a + 0.693147180559945309417232121458176568L;       \
    return greater_of##s(a, b) + log1p##s(exp##s(-fabs##s(a - b)));       \
  }                                                                       \
  static T times_power##s(T a, T b) {                                     \
    if (isnan(b)) return a + b;                                           \
    return ldexp##s(a, (int)fmax(fmin(rint((double)b), 5000), -5000));    \
  }
DEFINE_DIVISIONS(double, )
DEFINE_DIVISIONS(long double, l)

// glibc's powl gives infinity for -infinity to the power of -2⁶³.
static long double power_of(long double x, long double y) {
  return isinf(x) ? pow((double)x, (double)y) : powl(x, y);
}

// X(opcode, expression in double, expression in long double)
#define FUNCTIONS(X)                                                                           \
  X(add, x + y, x + y) X(subtract, x - y, x - y) X(multiply, x *y, x *y)                       \
  X(divide, x / y, x / y) X(power, pow(x, y), power_of(x, y)) X(atan2, atan2(x, y), atan2l(x, y))  \
  X(hypot, hypot(x, y), hypotl(x, y)) X(remainder, remainder_of(x, y), remainder_ofl(x, y))    \
  X(floorDivide, floor_divide(x, y), floor_dividel(x, y))                                      \
  X(fmod, fmod(x, y), fmodl(x, y)) X(copySign, copysign(x, y), copysignl(x, y))                \
  X(ldexp, times_power(x, y), times_powerl(x, y))                                              \
  X(logAddExp, log_sum(x, y), log_suml(x, y))                                                  \
  X(minimum, less_of(x, y), less_ofl(x, y)) X(maximum, greater_of(x, y), greater_ofl(x, y))

#define DEFINE(name, wide, widest)                                                     \
  static double double_##name(double x, double y) { return wide; }                     \
  static long double long_##name(long double x, long double y) { return widest; }
FUNCTIONS(DEFINE)

static const struct {
  const char *name;
  double (*wide)(double, double);
  long double (*widest)(long double, long double);
} entries[] = {
#define ENTRY(name, wide, widest) {#name, double_##name, long_##name},
    FUNCTIONS(ENTRY)};

int32_t kernel_oracle_pair_function(const char *name) {
  for (int32_t i = 0; i < (int32_t)(sizeof entries / sizeof *entries); i++)
    if (!strcmp(entries[i].name, name)) return i;
  return -1;
}

// A logarithm of a sum may be zero between two numbers that are not.
static long double measure_of(int32_t function, double x, double y, long double wanted) {
  if (strcmp(entries[function].name, "logAddExp")) return wanted;
  return fmaxl(fabsl(wanted), fmaxl(fabs(x), fabs(y)));
}

static void note_pair(kernel_oracle_pair_result *result, const oracle_case *item, double y) {
  const kernel_oracle_result before = result->first;
  kernel_oracle_note(&result->first, item);
  if (result->first.worst > before.worst) result->second = y;
  if (before.wrong == 0 && result->first.wrong > 0) result->wrong_second = y;
}

void kernel_oracle_float_pairs(int32_t function, const float *x, const float *y, int64_t count,
                               const float *got, kernel_oracle_pair_result *result) {
  for (int64_t i = 0; i < count; i++) {
    double wanted = entries[function].wide(x[i], y[i]);
    oracle_case item = {x[i], got[i], (float)wanted, wanted, 24, -126,
                        measure_of(function, x[i], y[i], wanted)};
    note_pair(result, &item, y[i]);
  }
}

bool kernel_oracle_double_pairs(int32_t function, const double *x, const double *y, int64_t count,
                                const double *got, kernel_oracle_pair_result *result) {
  if (sizeof(long double) <= sizeof(double)) return false;
  for (int64_t i = 0; i < count; i++) {
    long double wanted = entries[function].widest(x[i], y[i]);
    oracle_case item = {x[i], got[i], (double)wanted, wanted, 53, -1022,
                        measure_of(function, x[i], y[i], wanted)};
    note_pair(result, &item, y[i]);
  }
  return true;
}

// Zeros, ends of the ranges, neighbours of one, halves, whole numbers and where they become even.
static const double edges[] = {
    0, 0x1p-149, 0x1p-127, 0x1p-126, 0x1.fffffep-127, 1e-30, 0x1p-24, 0.1, 0.25, 0.5, 0x1.fffffep-1,
    1, 0x1.000002p0, 1.5, 2, 2.5, 3, 0x1.921fb6p1, 7, 10, 127, 128, 149, 150, 1023, 1024, 1074,
    1075,
    0x1.fffffep22, 0x1p23, 0x1.000002p23, 0x1p24, 0x1.000002p24, 0x1p53, 0x1p63, 0x1p64, 1e30,
    0x1p127, 0x1.fffffep127, 0x1p-1074, 0x1p-1022, 0x1p-1023, 0x1.fffffffffffffp-1,
    0x1.0000000000001p0, 0x1p1023, 0x1.fffffffffffffp1023, INFINITY, NAN};
enum { EDGES = sizeof edges / sizeof *edges };

static double edge(int64_t i) { return i < EDGES ? edges[i] : -edges[i - EDGES]; }

int64_t kernel_oracle_edge_pairs(void) { return 4 * EDGES * EDGES; }

static uint64_t next(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

// Uniform in -size...size.
static double within(uint64_t *state, double size) {
  return ((double)(next(state) >> 11) * 0x1p-52 - 1) * size;
}

typedef struct {
  double x, y;
} pair;

// A pair of one of eight kinds. `range` is the exponent where numbers overflow, `unit` what follows
// one, less one.
static pair pair_of_kind(int64_t kind, uint64_t *state, double range, double unit) {
  double x = within(state, 20), y = within(state, 20);
  switch (kind) {
    case 0:  // near one, to a power that brings it anywhere
      x = 1 + ldexp(within(state, 1), -(int)(next(state) % 52));
      y = within(state, range * 1.2) / log2(fabs(x));
      break;
    case 1:  // any size, to a power that brings it anywhere
      x = exp2(within(state, range));
      y = within(state, range * 1.2) / log2(x);
      break;
    case 2:  // nearly equal or opposite
      y = (next(state) & 1 ? x : -x) * (1 + within(state, 64) * unit);
      break;
    case 3:  // nearly a whole multiple
      x = y * (double)(next(state) % 100000) * (1 + (double)(next(state) % 5) * unit - 2 * unit);
      break;
    case 4:  // whole numbers and halves
      x = rint(x * 8) / 2, y = rint(y * 4) / 2;
      break;
    case 5:  // one far smaller than the other
      x = ldexp(x, (int)(next(state) % 60)), y = ldexp(y, -(int)(next(state) % 60));
      break;
    case 6:  // of any size, next to each other
      x = ldexp(x, (int)within(state, range)), y = within(state, 8) * x;
      break;
    default: break;
  }
  return (pair){x, y};
}

static pair pair_at(int64_t i, uint64_t *state, double range, double unit) {
  const int64_t sides = 2 * EDGES;
  if (i < sides * sides) return (pair){edge(i / sides), edge(i % sides)};
  return pair_of_kind(i % 10, state, range, unit);
}

void kernel_oracle_fill_float_pairs(uint64_t seed, int64_t first, int64_t count, float *x,
                                    float *y) {
  for (int64_t i = 0; i < count; i++) {
    pair both = pair_at(first + i, &seed, 128, 0x1p-23);
    x[i] = (float)both.x, y[i] = (float)both.y;
    uint64_t bits = next(&seed);
    if (first + i < kernel_oracle_edge_pairs() || (first + i) % 10 < 8) continue;
    memcpy(x + i, &bits, 4);
    if ((first + i) % 10 == 9) memcpy(y + i, (char *)&bits + 4, 4);
  }
}

void kernel_oracle_fill_double_pairs(uint64_t seed, int64_t first, int64_t count, double *x,
                                     double *y) {
  for (int64_t i = 0; i < count; i++) {
    pair both = pair_at(first + i, &seed, 1024, 0x1p-52);
    x[i] = both.x, y[i] = both.y;
    uint64_t bits = next(&seed), others = next(&seed);
    if (first + i < kernel_oracle_edge_pairs() || (first + i) % 10 < 8) continue;
    memcpy(x + i, &bits, 8);
    if ((first + i) % 10 == 9) memcpy(y + i, &others, 8);
  }
}
