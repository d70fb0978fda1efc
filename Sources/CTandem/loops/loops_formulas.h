// Every opcode in every class as a formula of its operands x and y, and nothing else: the one place
// that says what an opcode computes. loops_ops.h makes loops of them for the tile interpreter,
// loops_source.c keeps their text, of which native kernels are made.
//
// | macro | result |
// | --- | --- |
// | UNARY, BINARY | of the operands' type |
// | SCALAR_UNARY, SCALAR_BINARY | the same, by functions that branch or call the C library |
// | TEST, COMPARE | int32 0 or 1 |
// | NARROW | of another type |
// | SELECT | x where a condition is not zero, else y |
// | PERIODIC | `near` for arguments below `limit`, else `far` |

#define FOR_EACH_CLASS(X) \
  X(F32, float) X(F64, double) X(I32, int32_t) X(I64, int64_t) X(U64, uint64_t)

#define DEFINE_COMMON(C, T)                                                                       \
  COMPARE(equal, C, T, ==) COMPARE(notEqual, C, T, !=) COMPARE(less, C, T, <)                     \
  COMPARE(lessEqual, C, T, <=) COMPARE(greater, C, T, >) COMPARE(greaterEqual, C, T, >=)          \
  SELECT(C, T) UNARY(copy, C, T, x)
FOR_EACH_CLASS(DEFINE_COMMON)

// float64 to float32 such that a second rounding, to 16 bits, gives what one rounding would.
NARROW(roundToOdd, F64, double, float, f32_round_to_odd(x))

#define DEFINE_FLOAT(C, T, t)                                                                     \
  BINARY(add, C, T, x + y) BINARY(subtract, C, T, x - y) BINARY(multiply, C, T, x * y)            \
  BINARY(divide, C, T, x / y) BINARY(minimum, C, T, t##_minimum(x, y))                            \
  BINARY(maximum, C, T, t##_maximum(x, y))                                                        \
  SCALAR_BINARY(floorDivide, C, T, t##_floor_divide(x, y))                                        \
  SCALAR_BINARY(remainder, C, T, t##_remainder(x, y))                                             \
  UNARY(negate, C, T, -x) UNARY(absolute, C, T, t##_abs(x)) UNARY(sign, C, T, t##_sign(x))        \
  UNARY(floor, C, T, t##_floor(x)) UNARY(ceil, C, T, t##_ceil(x))                                 \
  UNARY(trunc, C, T, t##_trunc(x)) UNARY(rint, C, T, t##_rint(x))                                 \
  UNARY(reciprocal, C, T, (T)1 / x) UNARY(sqrt, C, T, t##_sqrt(x))                                \
  UNARY(rsqrt, C, T, (T)1 / t##_sqrt(x)) UNARY(square, C, T, x *x)                                \
  UNARY(exp, C, T, t##_exp(x)) UNARY(expm1, C, T, t##_expm1(x)) UNARY(log, C, T, t##_log(x))      \
  UNARY(log1p, C, T, t##_log1p(x)) UNARY(tanh, C, T, t##_tanh(x))                                 \
  UNARY(sigmoid, C, T, t##_sigmoid(x)) UNARY(softplus, C, T, t##_softplus(x))                     \
  UNARY(geluTanh, C, T, t##_gelu_tanh(x))                          \
  TEST(isNaN, C, T, x != x) TEST(isInf, C, T, t##_abs(x) == (T)__builtin_inf())                   \
  TEST(isFinite, C, T, t##_abs(x) < (T)__builtin_inf())
DEFINE_FLOAT(F32, float, f32)
DEFINE_FLOAT(F64, double, f64)

#define DEFINE_SHORT(name, function) UNARY(name, F32, float, function(x))
DEFINE_SHORT(log2, f32_log2) DEFINE_SHORT(log10, f32_log10) DEFINE_SHORT(asin, f32_asin)
DEFINE_SHORT(acos, f32_acos) DEFINE_SHORT(atan, f32_atan) DEFINE_SHORT(sinh, f32_sinh)
DEFINE_SHORT(cosh, f32_cosh) DEFINE_SHORT(erf, f32_erf)
UNARY(gelu, F32, float, f32_gelu(x))
BINARY(power, F32, float, f32_power(x, y))
BINARY(atan2, F32, float, f32_atan2(x, y))
BINARY(hypot, F32, float, f32_hypot(x, y))

#define DEFINE_LONG(name, function) UNARY(name, F64, double, function(x))
DEFINE_LONG(log2, f64_log2) DEFINE_LONG(log10, f64_log10) DEFINE_LONG(asin, f64_asin)
DEFINE_LONG(acos, f64_acos) DEFINE_LONG(atan, f64_atan) DEFINE_LONG(sinh, f64_sinh)
DEFINE_LONG(cosh, f64_cosh) DEFINE_LONG(erf, f64_erf) DEFINE_LONG(gelu, f64_gelu)
BINARY(power, F64, double, f64_power(x, y))
BINARY(atan2, F64, double, f64_atan2(x, y))
BINARY(hypot, F64, double, f64_hypot(x, y))

// Inverse functions, the gamma function's family, and functions of two numbers.
#define DEFINE_FURTHER(C, T, t)                                                                   \
  UNARY(cbrt, C, T, t##_cbrt(x)) UNARY(asinh, C, T, t##_asinh(x)) UNARY(acosh, C, T, t##_acosh(x)) \
  UNARY(atanh, C, T, t##_atanh(x)) UNARY(erfinv, C, T, t##_erfinv(x))                             \
  SCALAR_UNARY(gamma, C, T, t##_gamma(x)) SCALAR_UNARY(logGamma, C, T, t##_log_gamma(x))          \
  SCALAR_UNARY(digamma, C, T, t##_digamma(x))                                                     \
  SCALAR_BINARY(polygamma, C, T, t##_polygamma(x, y))                                             \
  BINARY(copySign, C, T, t##_copysign(x, y)) BINARY(ldexp, C, T, t##_ldexp(x, y))                 \
  BINARY(logAddExp, C, T, t##_logaddexp(x, y))
DEFINE_FURTHER(F32, float, f32)
DEFINE_FURTHER(F64, double, f64)
SCALAR_BINARY(fmod, F32, float, fmodf(x, y))
SCALAR_BINARY(fmod, F64, double, fmod(x, y))

// Small arguments by the polynomial, others one by one.
PERIODIC(sin, F32, float, f64_trig_limit, f32_sin_shifted(x, 0),
         f64_sin_far((double)x, 0))
PERIODIC(cos, F32, float, f64_trig_limit, f32_sin_shifted(x, 1),
         f64_sin_far((double)x, 1))
PERIODIC(tan, F32, float, f64_trig_limit, f32_tan_near(x), f64_tan_far((double)x))
PERIODIC(sin, F64, double, f64_trig_limit, x == 0.0 ? x : f64_sin_shifted(x, 0),
         f64_sin_far(x, 0))
PERIODIC(cos, F64, double, f64_trig_limit, f64_sin_shifted(x, 1), f64_sin_far(x, 1))
PERIODIC(tan, F64, double, f64_trig_limit, x == 0.0 ? x : f64_tan_near(x), f64_tan_far(x))

#define DEFINE_INTEGER(C, T, U, bits)                                                             \
  BINARY(add, C, T, (T)((U)x + (U)y)) BINARY(subtract, C, T, (T)((U)x - (U)y))                    \
  BINARY(multiply, C, T, (T)((U)x * (U)y)) BINARY(minimum, C, T, x < y ? x : y)                   \
  BINARY(maximum, C, T, x > y ? x : y) BINARY(bitAnd, C, T, x &y) BINARY(bitOr, C, T, x | y)      \
  BINARY(bitXor, C, T, x ^ y)                                                                     \
  BINARY(shiftLeft, C, T, (U)y < bits ? (T)((U)x << ((U)y & (bits - 1))) : 0)                     \
  BINARY(shiftRight, C, T, x >> ((U)y < bits ? (U)y : bits - 1) >> ((U)y < bits ? 0 : 1))         \
  UNARY(negate, C, T, (T)(0 - (U)x)) UNARY(absolute, C, T, x < 0 ? (T)(0 - (U)x) : x)             \
  UNARY(sign, C, T, (T)((x > 0) - (x < 0))) UNARY(square, C, T, (T)((U)x * (U)x))                 \
  UNARY(bitNot, C, T, ~x) TEST(logicalNot, C, T, x == 0)
DEFINE_INTEGER(I32, int32_t, uint32_t, 32)
DEFINE_INTEGER(I64, int64_t, uint64_t, 64)
DEFINE_INTEGER(U64, uint64_t, uint64_t, 64)

SCALAR_BINARY(floorDivide, I32, int32_t, i32_floor_divide(x, y))
SCALAR_BINARY(remainder, I32, int32_t, i32_remainder(x, y))
SCALAR_BINARY(power, I32, int32_t, i32_power(x, y))
SCALAR_BINARY(floorDivide, I64, int64_t, i64_floor_divide(x, y))
SCALAR_BINARY(remainder, I64, int64_t, i64_remainder(x, y))
SCALAR_BINARY(power, I64, int64_t, i64_power(x, y))
SCALAR_BINARY(floorDivide, U64, uint64_t, y == 0 ? 0 : x / y)
SCALAR_BINARY(remainder, U64, uint64_t, y == 0 ? 0 : x % y)
SCALAR_BINARY(power, U64, uint64_t, u64_power(x, y))
SCALAR_BINARY(fmod, I32, int32_t, (y == 0) | (y == -1) ? 0 : x % y)
SCALAR_BINARY(fmod, I64, int64_t, (y == 0) | (y == -1) ? 0 : x % y)
SCALAR_BINARY(fmod, U64, uint64_t, y == 0 ? 0 : x % y)
SCALAR_BINARY(gcd, I32, int32_t, i32_gcd(x, y))
SCALAR_BINARY(gcd, I64, int64_t, i64_gcd(x, y))
SCALAR_BINARY(gcd, U64, uint64_t, u64_gcd(x, y))
