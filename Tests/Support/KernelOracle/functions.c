#include <math.h>
#include <string.h>

#include "kernel_oracle.h"

#define SIGMOID(s, x) ((x) < 0 ? exp##s(x) / (1 + exp##s(x)) : 1 / (1 + exp##s(-(x))))
#define SOFTPLUS(s, x) (((x) > 0 ? (x) : 0) + log1p##s(exp##s(-fabs##s(x))))

// X(opcode, expression in double, expression in long double)
#define FUNCTIONS(X)                                                                        \
  X(reciprocal, 1 / x, 1 / x) X(sqrt, sqrt(x), sqrtl(x)) X(rsqrt, 1 / sqrt(x), 1 / sqrtl(x)) \
  X(exp, exp(x), expl(x)) X(expm1, expm1(x), expm1l(x)) X(log, log(x), logl(x))              \
  X(log1p, log1p(x), log1pl(x)) X(log2, log2(x), log2l(x)) X(log10, log10(x), log10l(x))     \
  X(sin, sin(x), sinl(x)) X(cos, cos(x), cosl(x)) X(tan, tan(x), tanl(x))                    \
  X(asin, asin(x), asinl(x)) X(acos, acos(x), acosl(x)) X(atan, atan(x), atanl(x))           \
  X(sinh, sinh(x), sinhl(x)) X(cosh, cosh(x), coshl(x)) X(tanh, tanh(x), tanhl(x))           \
  X(sigmoid, SIGMOID(, x), SIGMOID(l, x)) X(erf, erf(x), erfl(x))                            \
  X(softplus, SOFTPLUS(, x), SOFTPLUS(l, x)) X(floor, floor(x), floorl(x))                   \
  X(ceil, ceil(x), ceill(x)) X(trunc, trunc(x), truncl(x)) X(rint, rint(x), rintl(x))        \
  X(square, x *x, x *x)

#define DEFINE(name, wide, widest)                                        \
  static double double_##name(double x) { return wide; }                  \
  static long double long_##name(long double x) { return widest; }
FUNCTIONS(DEFINE)

typedef struct {
  const char *name;
  double (*wide)(double);
  long double (*widest)(long double);
} function_entry;

#define ENTRY(name, wide, widest) {#name, double_##name, long_##name},
static const function_entry entries[] = {FUNCTIONS(ENTRY)};

int32_t kernel_oracle_function(const char *name) {
  for (int32_t i = 0; i < (int32_t)(sizeof entries / sizeof *entries); i++)
    if (!strcmp(entries[i].name, name)) return i;
  return -1;
}

static void note_wrong(kernel_oracle_result *result, double x) {
  if (result->wrong++ == 0) result->wrong_at = x;
}

// Notes a result of `digits` bits; `rounded` is the number nearest to what is wanted.
static void note(kernel_oracle_result *result, double x, double got, double rounded,
                 long double wanted, int digits, int least) {
  if (got == rounded) {
    if (got == 0 && signbit(got) != signbit(rounded)) note_wrong(result, x);
    return;
  }
  if (isnan(got) || isnan(rounded)) {
    if (isnan(got) != isnan(rounded)) note_wrong(result, x);
    return;
  }
  if (isinf(got) || isinf(rounded)) {
    // The largest number and infinity are neighbours.
    double finite = isinf(got) ? rounded : got;
    if (!isfinite(finite) || ilogb(finite) < (digits == 24 ? 127 : 1023)) note_wrong(result, x);
    return;
  }
  int exponent = wanted == 0 ? least : ilogbl(wanted);
  if (exponent < least) exponent = least;
  double error = (double)(fabsl((long double)got - wanted) * ldexpl(1, digits - 1 - exponent));
  if (error > result->worst) {
    result->worst = error;
    result->at = x;
  }
}

static float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

void kernel_oracle_fill_floats(uint32_t first, uint32_t step, int64_t count, float *x) {
  for (int64_t i = 0; i < count; i++) x[i] = float_of(first + (uint32_t)i * step);
}

void kernel_oracle_floats(int32_t function, const float *x, int64_t count, const float *got,
                          kernel_oracle_result *result) {
  for (int64_t i = 0; i < count; i++) {
    double wanted = entries[function].wide(x[i]);
    note(result, x[i], got[i], (float)wanted, wanted, 24, -126);
  }
}

int64_t kernel_oracle_differences(const float *a, const float *b, int64_t count) {
  int64_t differences = 0;
  for (int64_t i = 0; i < count; i++) {
    bool are_same = !memcmp(a + i, b + i, 4) || (a[i] != a[i] && b[i] != b[i]);
    differences += !are_same;
  }
  return differences;
}

void kernel_oracle_fill_doubles(uint64_t seed, int64_t count, double *x) {
  for (int64_t i = 0; i < count; i++) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    double unit = (double)(seed >> 11) * 0x1p-53;
    switch (i % 4) {
      case 0: memcpy(x + i, &seed, 8); break;
      case 1: x[i] = unit * 2 - 1; break;
      case 2: x[i] = (unit * 2 - 1) * 40; break;
      default: x[i] = ldexp(unit * 2 - 1, (int)(seed % 40) - 20); break;
    }
  }
}

bool kernel_oracle_doubles(int32_t function, const double *x, int64_t count, const double *got,
                           kernel_oracle_result *result) {
  if (sizeof(long double) <= sizeof(double)) return false;
  for (int64_t i = 0; i < count; i++) {
    long double wanted = entries[function].widest(x[i]);
    note(result, x[i], got[i], (double)wanted, wanted, 53, -1022);
  }
  return true;
}
