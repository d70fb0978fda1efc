// float64 functions that need longer polynomials or more than 53 bits on the way. The polynomials
// are printed, with their errors, by Scripts/polynomials.

// Unrolled, or the loops around would not become vector code.
#define HORNER(p, z, coefficients)                                             \
  double p = coefficients[0];                                                  \
  _Pragma("clang loop unroll(full)")                                           \
  for (int i = 1; i < (int)(sizeof coefficients / sizeof *coefficients); i++)  \
    p = p * z + coefficients[i];

// Functions that are long and called more than once: a call would keep a loop from becoming vector
// code.
#define WHOLE static inline __attribute__((always_inline))

static const double f64_half_pi_high = 1.5707963267948966, f64_half_pi_low = 6.123233995736766e-17;

// The rounding error of a product: x y = product + error.
static inline double f64_product_error(double x, double y, double product) {
  double a = 134217729.0 * x, b = 134217729.0 * y;
  double xHigh = a - (a - x), yHigh = b - (b - y);
  double xLow = x - xHigh, yLow = y - yHigh;
  return ((xHigh * yHigh - product) + xHigh * yLow + xLow * yHigh) + xLow * yLow;
}

// ---- Inverse trigonometric functions ----

// (asin s - s) / s³ of z = s², s ≤ 1/2.
static inline double f64_asin_tail(double z) {
  static const double c[] = {
      0.028757851367421566, -0.014851887071247204, 0.01740087944269402, 0.005457506718640358,
      0.01032281435018578, 0.011479177415184906, 0.013971212973552933, 0.017352392720869973,
      0.02237217294214989, 0.030381944138531247, 0.04464285714635543, 0.07499999999998433,
      0.16666666666666669};
  HORNER(p, z, c)
  return p;
}

// asin x, 2 units: beyond one half as π/2 - 2 asin √((1 - x) / 2).
static inline double f64_asin(double x) {
  double a = f64_abs(x), z = 0.5 * (1.0 - a);
  bool isFar = a > 0.5;
  double s = isFar ? f64_sqrt(z) : a;
  z = isFar ? z : a * a;
  double tail = s * z * f64_asin_tail(z);
  double far = f64_half_pi_high - (2.0 * s + (2.0 * tail - f64_half_pi_low));
  return f64_copysign(isFar ? far : s + tail, x);
}

// acos x, 2 units.
static inline double f64_acos(double x) {
  double a = f64_abs(x), z = 0.5 * (1.0 - a);
  bool isFar = a > 0.5;
  double s = isFar ? f64_sqrt(z) : x;
  z = isFar ? z : a * a;
  double tail = s * z * f64_asin_tail(z);
  double near = f64_half_pi_high - (s + (tail - f64_half_pi_low));
  double twice = 2.0 * (s + tail);
  double far = x < 0.0 ? 2.0 * f64_half_pi_high - (twice - 2.0 * f64_half_pi_low) : twice;
  return isFar ? far : near;
}

// atan(numerator / denominator) of numbers that are not negative, 1.5 units: t, or π/4 and
// (t - 1) / (t + 1) beyond tan π/8, or π/2 and -1 / t beyond tan 3π/8.
static inline double f64_atan_ratio(double numerator, double denominator) {
  bool isMiddle = numerator > 0.41421356237309503 * denominator;
  bool isFar = numerator > 2.414213562373095 * denominator;
  double upper = isFar ? -denominator : isMiddle ? numerator - denominator : numerator;
  double lower = isFar ? numerator : isMiddle ? numerator + denominator : denominator;
  double t = upper / lower, z = t * t;
  static const double c[] = {
      0.016285183029865667, -0.034570044186095536, 0.04551573086664191, -0.052304498567092406,
      0.05878928398517232, -0.06666424833613552, 0.07692296372129964, -0.09090908753400499,
      0.11111111105153429, -0.14285714285659806, 0.19999999999999804, -0.3333333333333333};
  HORNER(p, z, c)
  double share = isFar ? 1.0 : isMiddle ? 0.5 : 0.0;
  return share * f64_half_pi_high + (t + (t * z * p + share * f64_half_pi_low));
}

static inline double f64_atan(double x) {
  double a = f64_abs(x);
  double y = f64_atan_ratio(a > 1e300 ? 1e300 : a, 1.0);
  return x != x ? x : f64_copysign(y, x);
}

// The angle of (x, y), 2 units, with the special cases of C's atan2.
static inline double f64_atan2(double y, double x) {
  double a = f64_abs(x), b = f64_abs(y);
  bool isSteep = b > a;
  double large = isSteep ? b : a, small = isSteep ? a : b;
  double t = small / large;
  t = small == large ? 1.0 : t;
  t = large == 0.0 ? 0.0 : t;
  double angle = f64_atan_ratio(t, 1.0);
  angle = isSteep ? f64_half_pi_high - (angle - f64_half_pi_low) : angle;
  bool isLeft = f64_bits(x) >> 63;
  angle = isLeft ? 2.0 * f64_half_pi_high - (angle - 2.0 * f64_half_pi_low) : angle;
  return (x != x) | (y != y) ? x + y : f64_copysign(angle, y);
}

// √(x² + y²), 1.5 units, scaled where squares would leave the range.
static inline double f64_hypot(double x, double y) {
  double a = f64_abs(x), b = f64_abs(y), largest = a > b ? a : b;
  double scale = largest > 0x1p500 ? 0x1p-600 : largest < 0x1p-500 ? 0x1p600 : 1.0;
  double back = largest > 0x1p500 ? 0x1p600 : largest < 0x1p-500 ? 0x1p-600 : 1.0;
  a *= scale;
  b *= scale;
  double r = f64_sqrt(a * a + b * b) * back;
  return (a == __builtin_inf()) | (b == __builtin_inf()) ? __builtin_inf() : r;
}

// ---- Hyperbolic functions ----

// eˣ / 2 for x ≥ 0, infinite only beyond 710.48.
static inline double f64_half_exp(double x) {
  x = x > 711.0 ? 711.0 : x;
  double n = (x * 1.4426950408889634 + f64_shift) - f64_shift;
  double r = (x - n * f64_ln2_high) - n * f64_ln2_low;
  double p = (f64_exp_tail(r) * r) * r + r + 1.0;
  double half = (n - 1.0) * 0.5 + f64_shift;
  double rest = ((n - 1.0) - (half - f64_shift)) + f64_shift;
  return p * f64_power_of_two(half) * f64_power_of_two(rest);
}

// sinh x, 2 units: Taylor below one.
static inline double f64_sinh(double x) {
  double a = f64_abs(x), z = a * a;
  static const double c[] = {
      1.0 / 121645100408832000, 1.0 / 355687428096000, 1.0 / 1307674368000, 1.0 / 6227020800,
      1.0 / 39916800, 1.0 / 362880, 1.0 / 5040, 1.0 / 120, 1.0 / 6};
  HORNER(p, z, c)
  double e = f64_half_exp(a);
  double far = e - 0.25 / e;
  return x != x ? x : f64_copysign(a < 1.0 ? a + a * z * p : far, x);
}

// cosh x, 2 units.
static inline double f64_cosh(double x) {
  double e = f64_half_exp(f64_abs(x));
  return x != x ? x : e + 0.25 / e;
}

// ---- The error function ----

// erf x for |x| < 0.84.
static inline double f64_erf_near(double x) {
  static const double c[] = {
      -8.847223918560384e-10, 1.41933794487106e-08, -1.6301115555811785e-07,
      1.6457733512818286e-06, -1.4925453340176486e-05, 0.000120553270506432,
      -0.0008548326905656577, 0.005223977623956974, -0.026866170645020646, 0.112837916709547,
      -0.3761263890318375, 0.1283791670955126};
  double z = x * x;
  HORNER(p, z, c)
  return x + x * p;
}

// 1 - erf(a + low) for a ≥ 0.83, 5 units: e^(-a²) / (1 + 2a) times a polynomial; a² in two parts.
WHOLE double f64_erfc_far(double a, double low) {
  low = a > 28.0 ? 0.0 : low;
  a = a > 28.0 ? 28.0 : a;
  double t = (a - 4.0) / (a + 4.0);
  static const double c[] = {
      -7.135157951900406e-09, -1.4657354770321684e-08, 9.763045234564656e-08,
      7.262784926533821e-08, -8.141445121719957e-07, 2.9405125107294314e-07,
      5.703650768292643e-06, -1.122172400614977e-05, -2.4397140763620283e-05,
      0.000150621498201916, -0.00019925714989998405, -0.0007577732434817975,
      0.005031970041434946, -0.016197734064056554, 0.03716751553212788, -0.06633036581174066,
      0.09373283499859889, -0.10103906603632246, 0.06809705425468736, 0.015379652102620009,
      -0.13962111684056247, 1.2329951186255526};
  HORNER(p, t, c)
  double high = f64_from_bits(f64_bits(a) & ~(uint64_t)0x7ffffff);
  double d = (a - high) * (a + high) + 2.0 * a * low;
  double e = f64_exp(-high * high) * (1.0 - d * (1.0 - d * (0.5 - d * (1.0 / 6))));
  return e * (p / (1.0 + 2.0 * a));
}

// erf x, 1 unit.
static inline double f64_erf(double x) {
  double a = f64_abs(x);
  double far = 1.0 - f64_erfc_far(a < 0.84 ? 0.84 : a, 0.0);
  double near = f64_erf_near(x);
  return x != x ? x : a < 0.84 ? near : f64_copysign(far, x);
}

// x Φ(x) = x (1 - erf(-x / √2)) / 2, 6 units.
static inline double f64_gelu(double x) {
  const double factor = -0.70710678118654752, factorLow = 4.833646656726457e-17;
  double y = x * factor, a = f64_abs(y);
  double rest = f64_product_error(x, factor, y) + x * factorLow;
  double far = f64_erfc_far(a < 0.84 ? 0.84 : a, y < 0.0 ? -rest : rest);
  double near = 1.0 - f64_erf_near(y);
  double c = a < 0.84 ? near : y < 0.0 ? 2.0 - far : far;
  return 0.5 * x * (y != y ? y : c);
}

// ---- Logarithms and powers, with the logarithm in two parts ----

// log(1 + f) in two parts, of which the sum has 63 bits or more; √½ - 1 ≤ f < √2 - 1.
WHOLE double f64_log_parts(double f, double *low) {
  // s = f / (2 + f) and z = s², then 2 s (1 + z / 3 + z² tail).
  double d = 2.0 + f, dLow = f - (d - 2.0);
  double s = f / d, product = s * d;
  double sLow = ((f - product) - f64_product_error(s, d, product) - s * dLow) / d;
  double z = s * s, zLow = f64_product_error(s, s, z) + 2.0 * s * sLow;
  static const double c[] = {1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15,
                             1.0 / 13, 1.0 / 11, 1.0 / 9,  1.0 / 7,  1.0 / 5};
  HORNER(p, z, c)
  const double third = 1.0 / 3, thirdLow = 1.850371707708594e-17;
  double t = z * third, tail = z * z * p;
  double tLow = f64_product_error(z, third, t) + (z * thirdLow + zLow * third);
  double u = t + tail, uLow = ((t - u) + tail) + tLow;
  double w = s * u, wLow = f64_product_error(s, u, w) + (s * uLow + sLow * u);
  double high = s + w;
  *low = 2.0 * (((s - high) + w) + (wLow + sLow));
  return 2.0 * high;
}

// log x times a factor in two parts, for log₂ and log₁₀; `units` is added for each factor of two.
WHOLE double f64_log_times(double x, double factor, double factorLow, double unit,
                                   double unitLow) {
  double f, k = f64_log_split(x, &f), low, high = f64_log_parts(f, &low);
  double product = high * factor;
  double rest = f64_product_error(high, factor, product) + (high * factorLow + low * factor);
  double whole = k * unit, sum = whole + product;
  rest += ((whole - sum) + product) + k * unitLow;
  return f64_log_special(x, sum + rest);
}

// log₂ x, 1 unit, exact for powers of two.
static inline double f64_log2(double x) {
  return f64_log_times(x, 1.4426950408889634, 2.0355273740931033e-17, 1.0, 0.0);
}

// log₁₀ x, 1 unit; a unit is log₁₀ 2, of which the first part has 32 bits.
static inline double f64_log10(double x) {
  return f64_log_times(x, 0.4342944819032518, 1.098319650216765e-17, 0.301029995549470186233521,
                       1.1451100899021838e-10);
}

// e^(high + low), 1.1 units.
static inline double f64_exp_parts(double high, double low) {
  low = (high > 710.0) | (high < -746.0) ? 0.0 : low;
  double x = high > 710.0 ? 710.0 : high;
  x = x < -746.0 ? -746.0 : x;
  double n = (x * 1.4426950408889634 + f64_shift) - f64_shift;
  double r = ((x - n * f64_ln2_high) - n * f64_ln2_low) + low;
  double p = (f64_exp_tail(r) * r) * r + r + 1.0;
  double half = n * 0.5 + f64_shift;
  double rest = (n - (half - f64_shift)) + f64_shift;
  return p * f64_power_of_two(half) * f64_power_of_two(rest);
}

// xʸ, 1.5 units, with the special cases of C's pow.
static inline double f64_power(double x, double y) {
  double a = f64_abs(x), f, k = f64_log_split(a, &f), lLow, l = f64_log_parts(f, &lLow);
  double whole = k * f64_ln2_high, sum = whole + l;
  double rest = (((whole - sum) + l) + k * f64_ln2_low) + lLow;
  double high = sum + rest, low = (sum - high) + rest;
  // Beyond 2⁶⁴ the exponent makes every power zero, one or infinite.
  double e = y > 0x1p64 ? 0x1p64 : y;
  e = e < -0x1p64 ? -0x1p64 : e;
  double product = high * e;
  double r = f64_exp_parts(product, f64_product_error(high, e, product) + low * e);
  r = a == 0.0 ? (y < 0.0 ? __builtin_inf() : 0.0) : r;
  r = a == __builtin_inf() ? (y < 0.0 ? 0.0 : __builtin_inf()) : r;
  bool isInteger = f64_trunc(y) == y, isOdd = isInteger & (f64_trunc(y * 0.5) != y * 0.5);
  bool isNegative = f64_bits(x) >> 63;
  r = isNegative & isOdd ? -r : r;
  r = (x < 0.0) & !isInteger & (a != __builtin_inf()) ? __builtin_nan("") : r;
  r = (x != x) | (y != y) ? x + y : r;
  r = (a == 1.0) & (f64_abs(y) == __builtin_inf()) ? 1.0 : r;
  return (y == 0.0) | (x == 1.0) ? 1.0 : r;
}
