#include "functions.h"

#include <math.h>
#include <string.h>

#define SIGMOID(s, x) ((x) < 0 ? exp##s(x) / (1 + exp##s(x)) : 1 / (1 + exp##s(-(x))))
#define SOFTPLUS(s, x) (((x) > 0 ? (x) : 0) + log1p##s(exp##s(-fabs##s(x))))
#define GELU(s, x) (x / 2 * erfc##s(x * -0.707106781186547524400844362104849039L))
#define GELU_TANH(s, x) \
  (x / (1 + exp##s(-1.59576912160573071175978423973752747L * (x + 0.044715L * x * x * x))))
#define DEGREES 57.29577951308232087679815481410517033L
#define RADIANS 0.01745329251994329576923690768488612713L
// NumPy's sign of -0 is 0.
#define SIGN(x) (x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x)
#define SOFTSIGN(s, x) (isinf(x) ? copysign##s(1, x) : x / (1 + fabs##s(x)))
#define LOG_SIGMOID(s, x) (-SOFTPLUS(s, -(x)))
#define MISH(s, x) (x * tanh##s(SOFTPLUS(s, x)))
#define SILU(s, x) (x < 0 ? x * exp##s(x) / (1 + exp##s(x)) : x / (1 + exp##s(-x)))

// X(opcode or operator, expression in double, expression in long double)
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
  X(square, x *x, x *x) X(negate, -x, -x) X(absolute, fabs(x), fabsl(x))                     \
  X(sign, SIGN(x), SIGN(x))                                                                  \
  X(relu, x <= 0 ? 0 : x, x <= 0 ? 0 : x) X(isNaN, isnan(x), isnan(x))                       \
  X(isInf, isinf(x) != 0, isinf(x) != 0) X(isFinite, isfinite(x), isfinite(x)) \
  X(degrees, x * DEGREES, x * DEGREES) X(radians, x * RADIANS, x * RADIANS)                  \
  X(softsign, SOFTSIGN(, x), SOFTSIGN(l, x))                                                 \
  X(logSigmoid, LOG_SIGMOID(, x), LOG_SIGMOID(l, x)) X(cbrt, cbrt(x), cbrtl(x))              \
  X(rcbrt, 1 / cbrt(x), 1 / cbrtl(x)) X(asinh, asinh(x), asinhl(x))                          \
  X(acosh, acosh(x), acoshl(x)) X(atanh, atanh(x), atanhl(x)) X(gamma, tgamma(x), tgammal(x)) \
  X(erfinv, (double)oracle_erfinv(x), oracle_erfinv(x))

// Errors of these are in units of x.
#define FUNCTIONS_OF_ARGUMENT(X)                                                \
  X(gelu, GELU(, x), GELU(l, x)) X(geluTanh, GELU_TANH(, x), GELU_TANH(l, x)) \
  X(silu, SILU(, x), SILU(l, x)) X(mish, MISH(, x), MISH(l, x))

#define DEFINE(name, wide, widest)                                                    \
  static double double_##name(double x) { return (double)(wide); }                    \
  static long double long_##name(long double x) { return widest; }
FUNCTIONS(DEFINE)
FUNCTIONS_OF_ARGUMENT(DEFINE)

static double double_logGamma(double x) { return lgamma(x); }
static long double long_logGamma(long double x) { return lgammal(x); }
static double double_digamma(double x) { return (double)oracle_digamma(x); }

#define ENTRY(name, wide, widest) {#name, double_##name, long_##name, OF_RESULT},
#define ENTRY_OF_ARGUMENT(name, wide, widest) {#name, double_##name, long_##name, OF_ARGUMENT},
static const function_entry entries[] = {
    FUNCTIONS(ENTRY) FUNCTIONS_OF_ARGUMENT(ENTRY_OF_ARGUMENT)
    {"logGamma", double_logGamma, long_logGamma, OF_LARGER},
    {"digamma", double_digamma, oracle_digamma, OF_LOGARITHM}};

int32_t kernel_oracle_function(const char *name) {
  for (int32_t i = 0; i < (int32_t)(sizeof entries / sizeof *entries); i++)
    if (!strcmp(entries[i].name, name)) return i;
  return -1;
}

const function_entry *kernel_oracle_entry(int32_t function) { return entries + function; }

long double kernel_oracle_measure(oracle_units units, long double x, long double wanted) {
  if (units == OF_ARGUMENT) return x;
  if (units == OF_RESULT || !(x < 0)) return wanted;
  long double other = units == OF_LARGER ? -x : fmaxl(1, logl(-x));
  return fmaxl(fabsl(wanted), other);
}

static void note_wrong(kernel_oracle_result *result, double x) {
  if (result->wrong++ == 0) result->wrong_at = x;
}

void kernel_oracle_note(kernel_oracle_result *result, const oracle_case *item) {
  const double x = item->x, got = item->got, rounded = item->rounded;
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
    if (!isfinite(finite) || ilogb(finite) < (item->digits == 24 ? 127 : 1023))
      note_wrong(result, x);
    return;
  }
  int exponent = item->measure == 0 ? item->least : ilogbl(item->measure);
  if (exponent < item->least) exponent = item->least;
  double error = (double)(fabsl((long double)got - item->wanted) *
                          ldexpl(1, item->digits - 1 - exponent));
  if (error > result->worst) {
    result->worst = error;
    result->at = x;
  }
}

void kernel_oracle_fill_floats(uint32_t first, uint32_t step, int64_t count, float *x) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits = first + (uint32_t)i * step;
    memcpy(x + i, &bits, 4);
  }
}

void kernel_oracle_floats(int32_t function, const float *x, int64_t count, const float *got,
                          kernel_oracle_result *result) {
  const function_entry *entry = entries + function;
  int64_t done = count / 8 * 8;
  if (!kernel_oracle_floats_by_vectors(function, x, done, got, result)) done = 0;
  for (int64_t i = done; i < count; i++) {
    double wanted = entry->wide(x[i]);
    oracle_case item = {x[i], got[i], (float)wanted, wanted, 24, -126,
                        kernel_oracle_measure(entry->units, x[i], wanted)};
    kernel_oracle_note(result, &item);
  }
}

int64_t kernel_oracle_differences(const float *a, const float *b, int64_t count) {
  int64_t differences = 0;
  for (int64_t i = 0; i < count; i++) {
    uint32_t first, second;
    memcpy(&first, a + i, 4);
    memcpy(&second, b + i, 4);
    differences += (first != second) & !((a[i] != a[i]) & (b[i] != b[i]));
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
  const function_entry *entry = entries + function;
  for (int64_t i = 0; i < count; i++) {
    long double wanted = entry->widest(x[i]);
    oracle_case item = {x[i], got[i], (double)wanted, wanted, 53, -1022,
                        kernel_oracle_measure(entry->units, x[i], wanted)};
    kernel_oracle_note(result, &item);
  }
  return true;
}
