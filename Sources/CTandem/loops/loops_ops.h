// The tile functions of every opcode and class: one loop each, in place or not.

#define LOOP(body) TANDEM_VECTOR for (int64_t i = 0; i < n; i++) { body }
#define TILE_ARGUMENTS void *d_, const void *a_, const void *b_, const void *c_, int64_t n

#define UNARY(name, C, T, expression)                                                             \
  static void name##_##C(TILE_ARGUMENTS) {                                                        \
    T *d = d_;                                                                                    \
    const T *a = a_;                                                                              \
    LOOP(T x = a[i]; d[i] = (expression);)                                                        \
  }

#define BINARY(name, C, T, expression)                                                            \
  static void name##_##C(TILE_ARGUMENTS) {                                                        \
    T *d = d_;                                                                                    \
    const T *a = a_, *b = b_;                                                                     \
    LOOP(T x = a[i]; T y = b[i]; d[i] = (expression);)                                            \
  }

// The same for functions that branch or call the C library: a plain loop.
#define SCALAR_BINARY(name, C, T, expression)                                                     \
  static void name##_##C(TILE_ARGUMENTS) {                                                        \
    T *d = d_;                                                                                    \
    const T *a = a_, *b = b_;                                                                     \
    for (int64_t i = 0; i < n; i++) {                                                             \
      T x = a[i], y = b[i];                                                                       \
      d[i] = (expression);                                                                        \
    }                                                                                             \
  }

#define SCALAR_UNARY(name, C, T, expression)                                                      \
  static void name##_##C(TILE_ARGUMENTS) {                                                        \
    T *d = d_;                                                                                    \
    const T *a = a_;                                                                              \
    for (int64_t i = 0; i < n; i++) {                                                             \
      T x = a[i];                                                                                 \
      d[i] = (expression);                                                                        \
    }                                                                                             \
  }

// Truth values are int32 0 and 1. Results of another width never share a tile with the operands.
#define TEST(name, C, T, expression)                                                              \
  static void name##_##C(TILE_ARGUMENTS) {                                                        \
    int32_t *d = d_;                                                                              \
    const T *a = a_;                                                                              \
    LOOP(T x = a[i]; d[i] = (expression);)                                                        \
  }

#define COMPARE(name, C, T, operator)                                                             \
  static void name##_##C(TILE_ARGUMENTS) {                                                        \
    int32_t *d = d_;                                                                              \
    const T *a = a_, *b = b_;                                                                     \
    LOOP(d[i] = a[i] operator b[i];)                                                              \
  }

#define SELECT(C, T)                                                                              \
  static void select_##C(TILE_ARGUMENTS) {                                                        \
    T *d = d_;                                                                                    \
    const int32_t *condition = a_;                                                                \
    const T *b = b_, *c = c_;                                                                     \
    LOOP(T x = b[i]; T y = c[i]; d[i] = condition[i] ? x : y;)                                    \
  }

#define NARROW(name, C, T, R, expression)                                                         \
  static void name##_##C(TILE_ARGUMENTS) {                                                        \
    R *restrict d = d_;                                                                           \
    const T *a = a_;                                                                              \
    for (int64_t i = 0; i < n; i++) {                                                             \
      T x = a[i];                                                                                 \
      d[i] = (expression);                                                                        \
    }                                                                                             \
  }

// Pieces of 64 elements: by the polynomial if all arguments are small enough, one by one else.
#define PERIODIC(name, C, T, limit, near, far)                                                    \
  static void name##_##C(TILE_ARGUMENTS) {                                                        \
    T *d = d_;                                                                                    \
    const T *a = a_;                                                                              \
    for (int64_t start = 0; start < n; start += 64) {                                             \
      int64_t end = start + 64 < n ? start + 64 : n;                                              \
      int32_t large = 0;                                                                          \
      TANDEM_VECTOR for (int64_t i = start; i < end; i++) large |= !(fabs((double)a[i]) < limit); \
      if (!large) {                                                                               \
        TANDEM_VECTOR for (int64_t i = start; i < end; i++) {                                     \
          T x = a[i];                                                                             \
          d[i] = (near);                                                                          \
        }                                                                                         \
      } else {                                                                                    \
        for (int64_t i = start; i < end; i++) {                                                   \
          T x = a[i];                                                                             \
          d[i] = fabs((double)x) < limit ? (near) : (T)(far);                                     \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
  }
#include "loops_formulas.h"

// Pairs. The first result is a variable of its own, so it is rounded before the second step.
#define SECOND_add(t, z) (t + z)
#define SECOND_subtract(t, z) (t - z)
#define SECOND_subtractFrom(t, z) (z - t)
#define SECOND_multiply(t, z) (t * z)
#define SECOND_divide(t, z) (t / z)
#define SECOND_divideInto(t, z) (z / t)
#define FIRST_add +
#define FIRST_subtract -
#define FIRST_multiply *
#define FIRST_divide /

#define PAIR_LOOP(T, F, result)                                                                   \
  T *d = d_;                                                                                      \
  const T *a = a_, *b = b_, *c = c_;                                                              \
  LOOP(T t = a[i] FIRST_##F b[i]; T z = c[i]; d[i] = result;)

#define PAIR_OF(F, S)                                                                             \
  static void F##_##S##_F32(TILE_ARGUMENTS) { PAIR_LOOP(float, F, SECOND_##S(t, z)) }             \
  static void F##_##S##_F64(TILE_ARGUMENTS) { PAIR_LOOP(double, F, SECOND_##S(t, z)) }
#define PAIR_EXTREME(F, S)                                                                        \
  static void F##_##S##_F32(TILE_ARGUMENTS) { PAIR_LOOP(float, F, f32_##S(t, z)) }                \
  static void F##_##S##_F64(TILE_ARGUMENTS) { PAIR_LOOP(double, F, f64_##S(t, z)) }
#define PAIRS_OF(F)                                                                               \
  PAIR_OF(F, add) PAIR_OF(F, subtract) PAIR_OF(F, subtractFrom) PAIR_OF(F, multiply)              \
  PAIR_OF(F, divide) PAIR_OF(F, divideInto) PAIR_EXTREME(F, minimum) PAIR_EXTREME(F, maximum)
TANDEM_PAIR_FIRSTS(PAIRS_OF)
