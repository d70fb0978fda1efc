// The gamma function and its family, in float64. They branch, so native kernels call them. The
// polynomials are printed, with their errors, by Scripts/polynomials.

static const double f64_pi = 3.141592653589793;

// sin(π a), 2 units.
static inline double f64_sin_pi(double a) {
  double r = a - 2.0 * f64_rint(0.5 * a), m = f64_abs(r);
  m = m > 0.5 ? 1.0 - m : m;
  double s = m > 0.25 ? f64_cos_near(f64_pi * (0.5 - m)) : f64_sin_near(f64_pi * m);
  return f64_copysign(s, r);
}

// π cot(π r) for |r| ≤ 1/2.
static inline double f64_cot_pi(double r) {
  double m = f64_abs(r), a = f64_pi * (m > 0.25 ? 0.5 - m : m);
  double s = f64_sin_near(a), c = f64_cos_near(a);
  return f64_copysign(f64_pi * (m > 0.25 ? s / c : c / s), r);
}

// (1 / Γ(1 + t) - 1) / t on |t| ≤ 1/2.
static inline double f64_gamma_tail(double t) {
  static const double c[] = {
      1.0016902343725366e-10, -1.1721449739554431e-09, 5.003966281435393e-09,
      6.111757978367613e-09, -2.0563433707160423e-07, 1.133028335412651e-06,
      -1.2504934091403612e-06, -2.0134854943949705e-05, 0.00012805028238179744,
      -0.00021524167410079872, -0.001165167591858758, 0.00721894324666241,
      -0.009621971527876982, -0.04219773455554432, 0.16653861138229148,
      -0.04200263503409524, -0.6558780715202539, 0.5772156649015329};
  HORNER(p, t, c)
  return p;
}

// 1 / Γ(x) for x ≤ 1.5 and Γ(x) for larger ones, |x| < 12: 1 / Γ at the fraction that is left of x,
// and the product of the steps between, which are exact, in two parts.
static inline double f64_gamma_steps(double x) {
  double n = f64_rint(x), t = x - n, high = 1.0, low = 0.0;
  bool isUp = n > 1.0;
  for (double i = isUp ? 1.0 : n; isUp ? i < n : i <= 0.0; i += 1.0) {
    double factor = x - i, product = high * factor;
    low = low * factor + f64_product_error(high, factor, product);
    high = product;
  }
  double rest = 1.0 + t * f64_gamma_tail(t);
  return isUp ? (high + low) / rest : (high + low) * rest;
}

// log Γ(x) in two parts for x ≥ 12, by Stirling's series.
static inline double f64_log_gamma_parts(double x, double *low) {
  double f, k = f64_log_split(x, &f), fLow, l = f64_log_parts(f, &fLow);
  double whole = k * f64_ln2_high, sum = whole + l;
  double rest = (((whole - sum) + l) + k * f64_ln2_low) + fLow;
  double high = sum + rest, logLow = (sum - high) + rest;
  double h = x - 0.5, product = h * high, error = f64_product_error(h, high, product) + h * logLow;
  double d = product - x, back = d - product;
  error += (product - (d - back)) - (x + back);
  const double half = 0.9189385332046728, halfLow = -3.8782941580672414e-17;
  double y = d + half, other = y - d, z = 1.0 / (x * x);
  error += ((d - (y - other)) + (half - other)) + halfLow;
  static const double c[] = {1.0 / 156,  -691.0 / 360360, 1.0 / 1188, -1.0 / 1680,
                             1.0 / 1260, -1.0 / 360,      1.0 / 12};
  HORNER(p, z, c)
  error += p / x;
  double r = y + error;
  *low = (y - r) + error;
  return r;
}

// Γ(x), 7 units, with the special cases of C's tgamma.
static inline double f64_gamma(double x) {
  double n = f64_rint(x), a = f64_abs(x), low;
  if (x == 0.0) return 1.0 / x;
  if ((x != x) | (x == __builtin_inf())) return x;
  if (x < 0.0 && n == x) return __builtin_nan("");
  if (a < 12.0) return n > 1.0 ? f64_gamma_steps(x) : 1.0 / f64_gamma_steps(x);
  if (x > 172.0) return __builtin_inf();
  if (x > 0.0) {
    double high = f64_log_gamma_parts(x, &low);
    return f64_exp_parts(high, low);
  }
  // Γ(-a) = -π / (a sin(π a) Γ(a)); the root of Γ twice, so that what is subnormal is right.
  double factor = -f64_pi / (a * f64_sin_pi(a));
  if (a > 200.0) return f64_copysign(0.0, factor);
  double high = f64_log_gamma_parts(a, &low), root = f64_exp_parts(-0.5 * high, -0.5 * low);
  return (root * factor) * root;
}

// log Γ(1 + t) / t on |t| ≤ 1/2.
static inline double f64_log_gamma_one(double t) {
  static const double c[] = {
      -0.24180563401438954, 0.24887978656777288, 0.2121143276249345, -0.21784522721159488,
      -0.1860437432140865, 0.19164667247429906, 0.01651198209887316, -0.016423321859004927,
      -0.058065603982138676, 0.0604480395430051, -0.04495588106711661, 0.047262865873375186,
      -0.05298133871594109, 0.055915126213946904, -0.05879089238051795,
      0.062466952204530614, -0.06667093978988506, 0.07143524203437863, -0.07693241121304217,
      0.08335373243821222, -0.0909540204690803, 0.1000994609278955, -0.11133426580344366,
      0.12550966945679506, -0.14404989676959207, 0.16955717699817474, -0.20738555102867004,
      0.2705808084277805, -0.40068563438653143, 0.8224670334241132, -0.5772156649015329};
  HORNER(p, t, c)
  return p;
}

// log Γ(2 + t) / t on |t| ≤ 1/2.
static inline double f64_log_gamma_two(double t) {
  static const double c[] = {
      6.379047507619774e-08, -1.3412819758517287e-07, 2.0304806751615227e-07,
      -4.303558760359961e-07, 9.578663334114758e-07, -2.0449201467015115e-06,
      4.374374916915131e-06, -9.438458716242811e-06, 2.050726741605779e-05,
      -4.4926351103833334e-05, 9.945750909889392e-05, -0.00022315475074520367,
      0.0005096695248853096, -0.0011927539120010226, 0.002890510330738737,
      -0.0073855510286681535, 0.02058080842778457, -0.06735230105319814, 0.3224670334241132,
      0.42278433509846713};
  HORNER(p, t, c)
  return p;
}

static inline double f64_log_gamma_above(double x) {
  double low, product = 1.0;
  if (x < 0.5) return x * f64_log_gamma_one(x) - f64_log(x);
  if (x < 1.5) return (x - 1.0) * f64_log_gamma_one(x - 1.0) + 0.0;  // no negative zero at one
  if (x < 2.5) return (x - 2.0) * f64_log_gamma_two(x - 2.0);
  if (x > 1e290) return x * (f64_log(x) - 1.0);
  if (x >= 12.0) return f64_log_gamma_parts(x, &low);
  while (x >= 2.5) product *= x -= 1.0;
  return f64_log(product) + (x - 2.0) * f64_log_gamma_two(x - 2.0);
}

// log |Γ(x)|, 3 units; of negative numbers in units of the larger of x and the result.
static inline double f64_log_gamma(double x) {
  double a = f64_abs(x), low;
  if (x != x) return x;
  if (a == __builtin_inf()) return a;
  if (x > 0.0) return f64_log_gamma_above(x);
  if (f64_rint(x) == x) return __builtin_inf();
  if (a < 12.0) return -f64_log(f64_abs(f64_gamma_steps(x)));
  double high = f64_log_gamma_parts(a, &low);
  return (f64_log(f64_pi / (a * f64_abs(f64_sin_pi(a)))) - high) - low;
}

// ψ(1 + t) for 0 ≤ t ≤ 1, t less its root times a polynomial of t - 1/2.
static inline double f64_digamma_near(double t) {
  static const double c[] = {
      0.00011881232908510335, -0.0001782188548855923, 9.653646261410062e-05,
      -0.00014480643368061614, 0.00032395945401345196, -0.00048595039220036254,
      0.0006909255761282986, -0.0010364584817312839, 0.0015633696313653504,
      -0.0023454947397380833, 0.003518106563802472, -0.005279937255532708,
      0.007927021796868154, -0.011908220105959716, 0.017907248317313294,
      -0.026975796659787055, 0.040760833940846085, -0.06192213327548831,
      0.09498872445289039, -0.14840492305388092, 0.24054248424078697, -0.4236274212814606,
      0.9510558760318328};
  double u = t - 0.5;
  HORNER(p, u, c)
  return ((t - 0.46163214496836236) + 1.5522348162858677e-17) * p;
}

static inline double f64_digamma_above(double x) {
  if (x >= 12.0) {
    double z = 1.0 / (x * x);
    static const double c[] = {1.0 / 12,   -691.0 / 32760, 1.0 / 132, -1.0 / 240,
                               1.0 / 252, -1.0 / 120,     1.0 / 12};
    HORNER(p, z, c)
    return f64_log(x) - (0.5 / x + z * p);
  }
  if (x < 1.0) return f64_digamma_near(x) - 1.0 / x;
  double sum = 0.0;
  while (x > 2.0) sum += 1.0 / (x -= 1.0);
  return f64_digamma_near(x - 1.0) + sum;
}

// ψ(x) = Γ'(x) / Γ(x), 7 units; of negative numbers in units of the largest of the result, log |x|
// and one.
static inline double f64_digamma(double x) {
  if (x == 0.0) return -1.0 / x;
  if ((x != x) | (x == __builtin_inf())) return x;
  if (x > 0.0) return f64_digamma_above(x);
  double n = f64_rint(x);
  if (n == x) return __builtin_nan("");
  return f64_digamma_above(1.0 - x) - f64_cot_pi(x - n);
}

// x⁻ˢ for a whole s.
static inline double f64_inverse_power(double x, int s) {
  double result = 1.0, square = 1.0 / x;
  for (; s > 0; s >>= 1, square *= square)
    if (s & 1) result *= square;
  return result;
}

// Hurwitz's zeta function, the sum of (q + k)⁻ˢ over k ≥ 0, by Euler and Maclaurin: times unitˢ.
static inline double f64_zeta(int s, double q, double unit) {
  double sum = 0.0;
  if (q == __builtin_inf()) return 0.0;
  for (; q < 12.0 + s || q < 2.0 * s; q += 1.0) sum += f64_inverse_power(q / unit, s);
  static const double c[] = {1.0 / 12,       -1.0 / 720,              1.0 / 30240,
                             -1.0 / 1209600, 1.0 / 47900160,          -691.0 / 1307674368000,
                             1.0 / 74724249600};
  double power = f64_inverse_power(q / unit, s), term = s * power / q;
  double rest = q * power / (s - 1) + 0.5 * power;
  for (int j = 0; j < 7; j++) {
    rest += c[j] * term;
    term *= (s + 2.0 * j + 1.0) * (s + 2.0 * j + 2.0) / (q * q);
  }
  return sum + rest;
}

// (s - 1)! times Hurwitz's zeta function, for q > 0 and s ≤ 172.
static inline double f64_factorial_zeta(int s, double q, double factorial) {
  if (f64_inverse_power(q, s) > 1e-280 && s < 172) return factorial * f64_zeta(s, q, 1.0);
  if (q == __builtin_inf()) return 0.0;
  // A factor leaves the range where the product does not: this falls while k < q, then rises.
  double product = f64_zeta(s, q, q) / q;
  for (int k = 1; k < s; k++) product *= k / q;
  return product;
}

// The derivative of that order of ψ: ψ itself for order zero.
static inline double f64_polygamma(double order, double x) {
  if (order == 0.0) return f64_digamma(x);
  if (!((order > 0.0) & (order <= 171.0) & (f64_rint(order) == order)) | (x != x) |
      (x == -__builtin_inf()))
    return __builtin_nan("");
  int s = (int)order + 1;
  double sign = (s & 1) ? -1.0 : 1.0, factorial = 1.0, n = f64_rint(x), r = x - n;
  for (int k = 2; k < s; k++) factorial *= k;
  if (x > 0.0) return sign * f64_factorial_zeta(s, x, factorial);
  if (x == 0.0) return sign * f64_inverse_power(x, s);
  if (n == x) return (s & 1) ? __builtin_nan("") : __builtin_inf();
  // The sum over all whole numbers, less that of those below x.
  double above = r > 0.0 ? r : 1.0 + r, below = r > 0.0 ? 1.0 - r : -r;
  double others = f64_zeta(s, below, 1.0) - f64_zeta(s, 1.0 - x, 1.0);
  return sign * factorial * (f64_zeta(s, above, 1.0) + ((s & 1) ? -others : others));
}

static inline float f32_gamma(float x) { return (float)f64_gamma((double)x); }
static inline float f32_log_gamma(float x) { return (float)f64_log_gamma((double)x); }
static inline float f32_digamma(float x) { return (float)f64_digamma((double)x); }
static inline float f32_polygamma(float order, float x) {
  return (float)f64_polygamma((double)order, (double)x);
}
