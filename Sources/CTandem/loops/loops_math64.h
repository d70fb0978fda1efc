// float64 functions of one element, without branches, and the float32 functions that are computed
// through them. No fused multiply-add, no table, no library call.

static inline double f64_from_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, 8);
  return x;
}

static inline uint64_t f64_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, 8);
  return bits;
}

static inline double f64_copysign(double x, double sign) {
  return f64_from_bits((f64_bits(x) & 0x7fffffffffffffffu) |
                       (f64_bits(sign) & 0x8000000000000000u));
}

static inline double f64_abs(double x) { return f64_from_bits(f64_bits(x) & 0x7fffffffffffffffu); }

static const double f64_shift = 6755399441055744.0;  // 1.5 · 2⁵², as f32_shift

static inline double f64_rint(double x) {
  double magnitude = f64_abs(x);
  double r = (magnitude + 4503599627370496.0) - 4503599627370496.0;
  return magnitude < 4503599627370496.0 ? f64_copysign(r, x) : x;
}

static inline double f64_floor(double x) {
  double r = f64_rint(x);
  return f64_copysign(r - (r > x ? 1.0 : 0.0), x);
}

static inline double f64_ceil(double x) {
  double r = f64_rint(x);
  return f64_copysign(r + (r < x ? 1.0 : 0.0), x);
}

static inline double f64_trunc(double x) { return f64_copysign(f64_floor(f64_abs(x)), x); }

static inline double f64_sqrt(double x) { return __builtin_elementwise_sqrt(x); }

static inline double f64_sign(double x) {
  double s = x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0;
  return x != x ? x : s;
}

static inline double f64_maximum(double a, double b) { return a != a ? a : a > b ? a : b; }
static inline double f64_minimum(double a, double b) { return a != a ? a : a < b ? a : b; }

static inline double f64_power_of_two(double shifted) {
  return f64_from_bits((f64_bits(shifted) - f64_bits(f64_shift) + 1023u) << 52);
}

// ln 2 = high + low; the product of high with an integer below 2¹¹ is exact.
static const double f64_ln2_high = 6.93147180369123816490e-01;
static const double f64_ln2_low = 1.90821492927058770002e-10;

// (eʳ - 1 - r) / r² on |r| ≤ ln 2 / 2: Taylor, remainder below 5e-18.
static inline double f64_exp_tail(double r) {
  double p = 1.0 / 6227020800;
  p = p * r + 1.0 / 479001600;
  p = p * r + 1.0 / 39916800;
  p = p * r + 1.0 / 3628800;
  p = p * r + 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  return p * r + 0.5;
}

// eˣ, 1.1 units.
static inline double f64_exp(double x) {
  x = x > 710.0 ? 710.0 : x;
  x = x < -746.0 ? -746.0 : x;
  double n = (x * 1.4426950408889634 + f64_shift) - f64_shift;
  double r = (x - n * f64_ln2_high) - n * f64_ln2_low;
  double p = (f64_exp_tail(r) * r) * r + r + 1.0;
  double half = n * 0.5 + f64_shift;
  double rest = (n - (half - f64_shift)) + f64_shift;
  return p * f64_power_of_two(half) * f64_power_of_two(rest);
}

static inline double f64_expm1_bounded(double x) {
  double n = (x * 1.4426950408889634 + f64_shift) - f64_shift;
  double r = (x - n * f64_ln2_high) - n * f64_ln2_low;
  double q = (f64_exp_tail(r) * r) * r + r;
  double scale = f64_power_of_two(n + f64_shift);
  double wide = scale * q + (scale - 1.0);
  return n == 0.0 ? q : wide;
}

// eˣ - 1, 2 units.
static inline double f64_expm1(double x) {
  double y = x < -50.0 ? -50.0 : x;
  y = y > 709.0 ? 709.0 : y;
  double e = f64_expm1_bounded(y);
  e = x > 709.0 ? f64_exp(x) : e;
  return x == 0.0 ? x : e;
}

static inline double f64_tanh(double x) {
  double a = f64_abs(x);
  a = a > 20.0 ? 20.0 : a;
  double e = f64_expm1_bounded(a + a);
  return f64_copysign(e / (e + 2.0), x);
}

static inline double f64_sigmoid(double x) {
  double e = f64_exp(-f64_abs(x));
  return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

static inline double f64_log_special(double x, double ordinary) {
  double y = x < 0.0 ? __builtin_nan("") : ordinary;
  y = x == 0.0 ? -__builtin_inf() : y;
  return x == __builtin_inf() || x != x ? x + x : y;
}

// The exponent and fraction of x, as f32_log_split.
static inline double f64_log_split(double x, double *f) {
  double scale = x < 2.2250738585072014e-308 ? 18014398509481984.0 : 1.0;
  uint64_t bits = f64_bits(x * scale) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  double k = f64_from_bits((bits >> 52) | 0x4330000000000000u) - (4503599627370496.0 + 1023.0);
  *f = f64_from_bits((bits & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0;
  return k - (scale == 1.0 ? 0.0 : 54.0);
}

// (log(1 + f) - 2s) / s³ with s = f / (2 + f), z = s² ≤ 0.0295: series to z¹⁰.
static inline double f64_log_tail(double z) {
  double p = 2.0 / 23;
  p = p * z + 2.0 / 21;
  p = p * z + 2.0 / 19;
  p = p * z + 2.0 / 17;
  p = p * z + 2.0 / 15;
  p = p * z + 2.0 / 13;
  p = p * z + 2.0 / 11;
  p = p * z + 2.0 / 9;
  p = p * z + 2.0 / 7;
  p = p * z + 2.0 / 5;
  return p * z + 2.0 / 3;
}

// log x, 0.9 units.
static inline double f64_log(double x) {
  double f, k = f64_log_split(x, &f);
  double s = f / (2.0 + f);
  double z = s * s;
  double halfSquare = 0.5 * f * f;
  double r = s * (halfSquare + f64_log_tail(z) * z) + k * f64_ln2_low;
  return f64_log_special(x, k * f64_ln2_high - ((halfSquare - r) - f));
}

// log(1 + x), 2 units: the rounding of 1 + x is added back.
static inline double f64_log1p(double x) {
  double u = 1.0 + x;
  double l = f64_log(u) + (x - (u - 1.0)) / u;
  l = f64_abs(x) < 1e-17 ? x : l;
  return u == __builtin_inf() || u <= 0.0 ? f64_log(u) : l;
}

static inline double f64_softplus(double x) {
  return (x > 0.0 ? x : 0.0) + f64_log1p(f64_exp(-f64_abs(x)));
}

// x - n π/2 for |x| < 2²⁰, π/2 in three parts of 33 bits; returns n + f64_shift.
static const double f64_trig_limit = 1048576.0;

static inline double f64_trig_reduce(double x, double *reduced) {
  double shifted = x * 0.6366197723675814 + f64_shift;
  double n = shifted - f64_shift;
  double t = x - n * 1.57079632673412561417e+00;
  double w = n * 6.07710050630396597660e-11;
  double r = t - w;
  *reduced = r - (n * 2.02226624879595063154e-21 - ((t - r) - w));
  return shifted;
}

static inline double f64_sin_near(double r) {
  double z = r * r;
  double p = 1.0 / 355687428096000;
  p = p * z - 1.0 / 1307674368000;
  p = p * z + 1.0 / 6227020800;
  p = p * z - 1.0 / 39916800;
  p = p * z + 1.0 / 362880;
  p = p * z - 1.0 / 5040;
  p = p * z + 1.0 / 120;
  p = p * z - 1.0 / 6;
  return r + (r * z) * p;
}

static inline double f64_cos_near(double r) {
  double z = r * r;
  double p = 1.0 / 20922789888000;
  p = p * z - 1.0 / 87178291200;
  p = p * z + 1.0 / 479001600;
  p = p * z - 1.0 / 3628800;
  p = p * z + 1.0 / 40320;
  p = p * z - 1.0 / 720;
  p = p * z + 1.0 / 24;
  double h = 0.5 * z;
  double w = 1.0 - h;
  return w + (((1.0 - w) - h) + z * z * p);
}

// sin(x + quarters π/2) for |x| < f64_trig_limit, 1.5 units.
static inline double f64_sin_shifted(double x, uint64_t quarters) {
  double r;
  uint64_t n = f64_bits(f64_trig_reduce(x, &r)) + quarters;
  double s = f64_sin_near(r), c = f64_cos_near(r);
  double y = (n & 1) ? c : s;
  return f64_from_bits(f64_bits(y) ^ ((n & 2) << 62));
}

// The same with fewer terms, for results that are rounded to float32.
static inline void f64_sincos_short(double r, double *sine, double *cosine) {
  double z = r * r;
  double p = -1.0 / 39916800;
  p = p * z + 1.0 / 362880;
  p = p * z - 1.0 / 5040;
  p = p * z + 1.0 / 120;
  p = p * z - 1.0 / 6;
  *sine = r + (r * z) * p;
  double q = 1.0 / 479001600;
  q = q * z - 1.0 / 3628800;
  q = q * z + 1.0 / 40320;
  q = q * z - 1.0 / 720;
  q = q * z + 1.0 / 24;
  *cosine = 1.0 - 0.5 * z + z * z * q;
}

static inline float f32_sin_shifted(float x, uint64_t quarters) {
  double r, s, c;
  uint64_t n = f64_bits(f64_trig_reduce((double)x, &r)) + quarters;
  f64_sincos_short(r, &s, &c);
  double y = (n & 1) ? c : s;
  float f = (float)f64_from_bits(f64_bits(y) ^ ((n & 2) << 62));
  return x == 0.0f && quarters == 0 ? x : f;
}

static inline float f32_tan_near(float x) {
  double r, s, c;
  uint64_t n = f64_bits(f64_trig_reduce((double)x, &r));
  f64_sincos_short(r, &s, &c);
  double y = (n & 1) ? -c / s : s / c;
  return x == 0.0f ? x : (float)y;
}

// atan x for results that are rounded to float32: 2e-11 relative.
static inline double f64_atan_short(double x) {
  double a = f64_abs(x);
  double inverted = a > 1.0 ? 1.0 / a : a;
  double t = inverted > 0.41421356237309503 ? (inverted - 1.0) / (inverted + 1.0) : inverted;
  double z = t * t;
  double p = 0.047143324172249854;
  p = p * z - 0.08459797336211937;
  p = p * z + 0.11041187214346689;
  p = p * z - 0.14281651121317046;
  p = p * z + 0.1999988637696786;
  p = p * z - 0.3333333213493853;
  double y = t + (t * z) * p;
  y = inverted > 0.41421356237309503 ? y + 0.78539816339744831 : y;
  y = a > 1.0 ? 1.5707963267948966 - y : y;
  return f64_copysign(y, x);
}

static inline float f32_atan(float x) { return x == 0.0f ? x : (float)f64_atan_short((double)x); }

static inline float f32_asin(float x) {
  double a = (double)x;
  double y = f64_atan_short(a / f64_sqrt((1.0 - a) * (1.0 + a)));
  return x == 0.0f ? x : (float)y;
}

static inline float f32_acos(float x) {
  double a = (double)x;
  return (float)(2.0 * f64_atan_short(f64_sqrt((1.0 - a) / (1.0 + a))));
}

static inline float f32_atan2(float y, float x) {
  double a = f64_abs((double)y), b = f64_abs((double)x);
  double ratio = a / b;
  ratio = a == b ? 1.0 : ratio;
  ratio = a == 0.0 && b == b ? 0.0 : ratio;
  double angle = f64_atan_short(ratio);
  angle = (f32_bits(x) >> 31) ? 3.141592653589793 - angle : angle;
  float r = f32_copysign((float)angle, y);
  return x != x || y != y ? x + y : r;
}

static inline float f32_hypot(float x, float y) {
  double a = (double)x, b = (double)y;
  float r = (float)f64_sqrt(a * a + b * b);
  float inf = __builtin_inff();
  return f32_abs(x) == inf || f32_abs(y) == inf ? inf : r;
}

static inline float f32_sinh(float x) {
  double a = (double)x, z = a * a;
  double e = f64_exp(a);
  double wide = 0.5 * (e - 1.0 / e);
  double near = a + a * z * (1.0 / 6 + z * (1.0 / 120 + z * (1.0 / 5040)));
  return (float)(f64_abs(a) < 0.1 ? near : wide);
}

static inline float f32_cosh(float x) {
  double e = f64_exp((double)x);
  return (float)(0.5 * (e + 1.0 / e));
}

static inline float f32_log1p(float x) {
  double a = (double)x;
  double near = a - a * a * (0.5 - a * (1.0 / 3));
  return (float)(f64_abs(a) < 1e-4 ? near : f64_log(1.0 + a));
}

static inline float f32_log2(float x) {
  double f, k = f64_log_split((double)x, &f);
  double s = f / (2.0 + f);
  double l = 2.0 * s + s * (s * s) * f64_log_tail(s * s);
  return (float)f64_log_special((double)x, k + l * 1.4426950408889634);
}

static inline float f32_log10(float x) {
  return (float)(f64_log((double)x) * 0.43429448190325182);
}

// xʸ with the special cases of C's pow, 0.6 units.
static inline float f32_power(float x, float y) {
  double l = f64_log(f64_abs((double)x));
  float r = (float)f64_exp((double)y * l);
  bool isInteger = f32_trunc(y) == y;
  bool isOdd = isInteger & (f32_trunc(y * 0.5f) != y * 0.5f);
  bool isNegative = f32_bits(x) >> 31;
  r = (isNegative & isOdd) ? -r : r;
  r = (x < 0.0f) & !isInteger & (x != -__builtin_inff()) ? __builtin_nanf("") : r;
  r = (f32_abs(x) == 1.0f) & (f32_abs(y) == __builtin_inff()) ? 1.0f : r;
  return (y == 0.0f) | (x == 1.0f) ? 1.0f : r;
}
