// The functions of float32 eight at a time, in double, by glibc's libmvec where the machine has
// AVX-512: all 2³² arguments of a function take seconds. Its results are within four units in the
// last place of double; whatever looks wrong, and the worst of each lane, is looked at again with
// libm.
#include "functions.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)

typedef double v8 __attribute__((vector_size(64)));
typedef int64_t i8 __attribute__((vector_size(64)));
typedef float f8 __attribute__((vector_size(32)));
typedef int32_t s8 __attribute__((vector_size(32)));
typedef v8 (*vector_function)(v8);

#define V4 __attribute__((target("arch=x86-64-v4")))

#define LIBRARY(X)                                                                              \
  X(exp) X(expm1) X(log) X(log1p) X(log2) X(log10) X(sin) X(cos) X(tan) X(asin) X(acos) X(atan) \
  X(sinh) X(cosh) X(tanh) X(erf) X(erfc) X(cbrt) X(asinh) X(acosh) X(atanh)

#define DECLARE(name) static vector_function lib_##name;
LIBRARY(DECLARE)

static bool is_here;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_library(void) {
  void *library = dlopen("libmvec.so.1", RTLD_NOW);
  if (!library || !__builtin_cpu_supports("x86-64-v4")) return;
  is_here = true;
#define FIND(name)                                                              \
  lib_##name = (vector_function)dlsym(library, "_ZGVeN8v_" #name);              \
  if (!lib_##name) is_here = false;
  LIBRARY(FIND)
}

V4 static inline v8 pick(i8 condition, v8 yes, v8 no) {
  return (v8)((condition & (i8)yes) | (~condition & (i8)no));
}

V4 static inline v8 all(double x) { return (v8){x, x, x, x, x, x, x, x}; }
V4 static inline v8 absolute(v8 x) { return __builtin_elementwise_abs(x); }

#define DIRECT(name) V4 static v8 vector_##name(v8 x) { return lib_##name(x); }
#define FORMULA(name, formula) V4 static v8 vector_##name(v8 x) { return formula; }
#define DIRECTS(X)                                                                              \
  X(exp) X(expm1) X(log) X(log1p) X(log2) X(log10) X(sin) X(cos) X(tan) X(asin) X(acos) X(atan) \
  X(sinh) X(cosh) X(tanh) X(erf) X(cbrt) X(asinh) X(acosh) X(atanh)

// eˣ of a number that is not positive; 1 / (1 + that) of |x| and its fellow make the sigmoid.
V4 static v8 vector_sigmoid(v8 x) {
  v8 e = lib_exp(-absolute(x));
  return pick(x < 0, e, all(1)) / (1 + e);
}

V4 static v8 vector_softplus(v8 x) {
  return pick(x > 0, x, all(0)) + lib_log1p(lib_exp(-absolute(x)));
}

#define FORMULAS(X)                                                                              \
  X(reciprocal, 1 / x) X(sqrt, __builtin_elementwise_sqrt(x))                                    \
  X(rsqrt, 1 / __builtin_elementwise_sqrt(x)) X(floor, __builtin_elementwise_floor(x))           \
  X(ceil, __builtin_elementwise_ceil(x)) X(trunc, __builtin_elementwise_trunc(x))                \
  X(rint, __builtin_elementwise_roundeven(x)) X(square, x *x) X(negate, -x)                      \
  X(absolute, absolute(x))                                                                      \
  X(sign, pick(x > 0, all(1), pick(x < 0, all(-1), pick(x == 0, all(0), x))))                    \
  X(relu, pick(x <= 0, all(0), x)) X(isNaN, pick(x != x, all(1), all(0)))                        \
  X(isInf, pick(absolute(x) == INFINITY, all(1), all(0)))                                        \
  X(isFinite, pick(absolute(x) < INFINITY, all(1), all(0)))                                      \
  X(logSigmoid, -vector_softplus(-x)) X(mish, x *lib_tanh(vector_softplus(x)))                   \
  X(gelu, x * 0.5 * lib_erfc(x * -0.70710678118654752))                                          \
  X(geluTanh, x / (1 + lib_exp(-1.5957691216057308 * (x + 0.044715 * x * x * x))))               \
  X(silu, x *vector_sigmoid(x)) X(rcbrt, 1 / lib_cbrt(x)) X(degrees, x * 57.29577951308232)       \
  X(radians, x * 0.017453292519943295)                                                           \
  X(softsign, pick(absolute(x) == INFINITY, pick(x > 0, all(1), all(-1)),                        \
                   x / (1 + absolute(x))))

DIRECTS(DIRECT)
FORMULAS(FORMULA)

static const struct {
  const char *name;
  vector_function run;
} vectors[] = {
#define DIRECT_ENTRY(name) {#name, vector_##name},
#define FORMULA_ENTRY(name, formula) {#name, vector_##name},
    DIRECTS(DIRECT_ENTRY) FORMULAS(FORMULA_ENTRY){"sigmoid", vector_sigmoid},
    {"softplus", vector_softplus}};

static vector_function vector_for(const char *name) {
  pthread_once(&once, open_library);
  if (!is_here) return NULL;
  for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
    if (!strcmp(vectors[i].name, name)) return vectors[i].run;
  return NULL;
}

// 2²³⁻ᵉ, e the exponent of a number, but -126 at least: how many units in the last place of float32
// a difference is.
V4 static inline v8 units_of(v8 x) {
  const i8 field = (i8){} + (0x7ffll << 52), least = (i8){} + ((1023ll - 126) << 52);
  i8 e = (i8)x & field;
  e = __builtin_elementwise_max(e, least);
  return (v8)(((i8){} + ((2046ll + 23) << 52)) - e);
}

V4 static void look_again(const function_entry *entry, float x, float got,
                          kernel_oracle_result *result) {
  double wanted = entry->wide(x);
  oracle_case item = {x, got, (float)wanted, wanted, 24, -126,
                      kernel_oracle_measure(entry->units, x, wanted)};
  kernel_oracle_note(result, &item);
}

V4 bool kernel_oracle_floats_by_vectors(int32_t function, const float *x, int64_t count,
                                        const float *got, kernel_oracle_result *result) {
  const function_entry *entry = kernel_oracle_entry(function);
  const vector_function run = vector_for(entry->name);
  if (!run) return false;
  // The largest error of each lane, and where.
  v8 most = {0};
  i8 place = {0};
  for (int64_t i = 0; i < count; i += 8) {
    f8 argument, value;
    memcpy(&argument, x + i, sizeof argument);
    memcpy(&value, got + i, sizeof value);
    v8 wide = __builtin_convertvector(argument, v8);
    v8 wanted = run(wide);
    f8 rounded = __builtin_convertvector(wanted, f8);
    s8 same = ((s8)value == (s8)rounded) | ((value != value) & (rounded != rounded));
    v8 error = absolute(__builtin_convertvector(value, v8) - wanted) *
               units_of(entry->units == OF_ARGUMENT ? wide : wanted);
    // Equal numbers of other bits are zeros of both signs.
    i8 differs = ~__builtin_convertvector(same, i8);
    i8 zeros = __builtin_convertvector(value == rounded, i8);
    i8 strange = differs & (zeros | ~(error < all(1e9)));
    for (int lane = 0; lane < 8 && __builtin_reduce_or(strange); lane++)
      if (strange[lane]) look_again(entry, x[i + lane], got[i + lane], result);
    i8 more = differs & ~strange & (error > most);
    most = pick(more, error, most);
    place = (more & i) | (~more & place);
  }
  for (int lane = 0; lane < 8; lane++) {
    int64_t i = place[lane] + lane;
    if (most[lane] > result->worst) look_again(entry, x[i], got[i], result);
  }
  return true;
}

V4 double kernel_oracle_vector_error(int32_t function, const float *x, int64_t count) {
  const function_entry *entry = kernel_oracle_entry(function);
  kernel_oracle_result result = {0};
  const vector_function run = vector_for(entry->name);
  if (!run || sizeof(long double) <= sizeof(double)) return -1;
  for (int64_t i = 0; i < count; i++) {
    v8 y = run(all(x[i]));
    long double wanted = entry->widest(x[i]);
    oracle_case item = {x[i], y[0], (double)wanted, wanted, 53, -1022,
                        kernel_oracle_measure(entry->units, x[i], wanted)};
    kernel_oracle_note(&result, &item);
  }
  return result.worst;
}

#else

bool kernel_oracle_floats_by_vectors(int32_t function, const float *x, int64_t count,
                                     const float *got, kernel_oracle_result *result) {
  return false;
}

double kernel_oracle_vector_error(int32_t function, const float *x, int64_t count) { return -1; }

#endif
