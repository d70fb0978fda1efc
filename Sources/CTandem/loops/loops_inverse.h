// Inverse functions of one float64 element, and the float32 ones through them: cube roots, inverse
// hyperbolic functions, the inverse error function. No branches. The polynomials are printed, with
// their errors, by Scripts/polynomials.

static const double f64_ln2 = 0.6931471805599453;

// The cube root of m 2ᵉ, 0.7 units: of m by a polynomial, cut to 23 bits, so that its square is
// exact, and one step of Newton's.
WHOLE double f64_cbrt(double x) {
  double a = f64_abs(x), scale = a < 2.2250738585072014e-308 ? 18014398509481984.0 : 1.0;
  uint64_t bits = f64_bits(a * scale);
  double e = f64_from_bits((bits >> 52) | 0x4330000000000000u) - (4503599627370496.0 + 1023.0);
  double m = f64_from_bits((bits & 0x000fffffffffffffu) | 0x3ff0000000000000u);
  double third = (e * 0.3333333333333333 + f64_shift) - f64_shift, rest = e - 3.0 * third;
  static const double c[] = {
      0.0014999374772160568, -0.01850623587250941, 0.10019650911433674, -0.3133092283040934,
      0.629773233237034, -0.8763453843873725, 1.0494919967917438, 0.4271992078573546};
  HORNER(p, m, c)
  double t = rest > 0.0 ? m + m : rest < 0.0 ? 0.5 * m : m;
  p *= rest > 0.0 ? 1.2599210498948732 : rest < 0.0 ? 0.7937005259840998 : 1.0;
  double y = f64_from_bits((f64_bits(p) + 0x20000000u) & ~(uint64_t)0x3fffffff);
  double d = t / (y * y);
  double root = y + y * ((d - y) / (y + y + d));
  root *= f64_power_of_two((scale == 1.0 ? third : third - 18.0) + f64_shift);
  return (x == 0.0) | (a == __builtin_inf()) | (x != x) ? x + x : f64_copysign(root, x);
}

static inline float f32_cbrt(float x) { return (float)f64_cbrt((double)x); }

// asinh x, 3 units: log(a + √(a² + 1)) as log(1 + a + a² / (1 + √(1 + a²))), far out log a + log 2.
WHOLE double f64_asinh(double x) {
  double a = f64_abs(x), z = a * a;
  bool isFar = a > 268435456.0;
  double near = a + z / (1.0 + f64_sqrt(1.0 + z));
  return f64_copysign(f64_log1p(isFar ? a - 1.0 : near) + (isFar ? f64_ln2 : 0.0), x);
}

static inline float f32_asinh(float x) { return (float)f64_asinh((double)x); }

// acosh x, 3 units: log(1 + t + √(2t + t²)) with t = x - 1, far out log x + log 2.
WHOLE double f64_acosh(double x) {
  double t = x - 1.0;
  bool isFar = x > 268435456.0;
  double near = t + f64_sqrt(t + t + t * t);
  double y = f64_log1p(isFar ? t : near) + (isFar ? f64_ln2 : 0.0);
  return x < 1.0 ? __builtin_nan("") : y;
}

static inline float f32_acosh(float x) { return (float)f64_acosh((double)x); }

// atanh x, 3 units: log(1 + 2a / (1 - a)) / 2.
WHOLE double f64_atanh(double x) {
  double a = f64_abs(x), d = a / (1.0 - a);
  double t = a < 0.5 ? 2.0 * a + 2.0 * a * d : 2.0 * d;
  return f64_copysign(0.5 * f64_log1p(t), x);
}

static inline float f32_atanh(float x) { return (float)f64_atanh((double)x); }

// erfinv x, 3 units: x times a polynomial of w = -log(1 - x²) or, far out, of its root.
WHOLE double f64_erfinv(double x) {
  double a = f64_abs(x), w = -f64_log((1.0 - a) * (1.0 + a)), s = f64_sqrt(w);
  double u = w - 3.0, v = s - 3.25, t = s - 5.0;
  static const double near[] = {
      4.3365108728076584e-21, -1.0208579184069643e-20, -3.916147418354864e-19,
      2.0411289874716924e-18, 1.2874404438465058e-17, -1.62547328079684e-16,
      2.7405937576493665e-16, 6.339002394406591e-15, -5.292972044721015e-14,
      6.190781479406349e-15, 2.6989652309090837e-12, -1.7328538731928835e-11,
      -3.1425551279949383e-11, 1.1107974232037305e-09, -5.4671789842189004e-09,
      -2.368872626492295e-08, 4.4998542545718333e-07, -1.7480020967030342e-06,
      -1.2716422638720585e-05, 0.00019506132441372799, -0.0008361817769093166,
      -0.005738135221005968, 0.24163040416615827, 1.6235420064648298};
  static const double middle[] = {
      -2.2538083581327125e-08, 1.0418360667607223e-09, 1.5184487337465309e-07,
      -2.722872620150707e-07, -5.152941383068721e-08, 1.4998028619753855e-06,
      -3.970259628032232e-06, 2.925039962841086e-06, 1.2459096178917898e-05,
      -4.731872727660532e-05, 6.828849435515692e-05, 2.403120035026842e-05,
      -0.0003550380014484405, 0.0009532893707986262, -0.0016882755216110512,
      0.0024914420965410707, -0.0037512085086875762, 0.0053709145535822626,
      1.00525896769417, 3.0838856104922208};
  static const double far[] = {
      2.752083669120488e-11, -2.2467591693364936e-11, -3.7171553416167447e-10,
      1.4895546197648135e-09, -3.5875995609819957e-09, 7.644335983557396e-09,
      -1.5146221782627176e-08, 2.9124399186491765e-08, -6.761414811460412e-08,
      2.2901554497563463e-07, -9.930119183482954e-07, 4.5260599477720725e-06,
      -1.968177348376382e-05, 7.599527735160192e-05, -0.00021503011962944126,
      -0.00013871931835112341, 1.0103004648645413, 4.849906401408584};
  HORNER(p, u, near)
  HORNER(q, v, middle)
  HORNER(r, t, far)
  double y = x * (w < 6.0 ? p : s < 4.0 ? q : r);
  return a == 1.0 ? f64_copysign(__builtin_inf(), x) : y;
}

static inline float f32_erfinv(float x) { return (float)f64_erfinv((double)x); }

// log(eˣ + eʸ), 3 units of the larger of all three numbers.
WHOLE double f64_logaddexp(double x, double y) {
  double apart = f64_abs(x - y), larger = f64_maximum(x, y);
  double sum = larger + f64_log1p(f64_exp(-apart));
  return x == y ? x + f64_ln2 : sum;
}

static inline float f32_logaddexp(float x, float y) {
  return (float)f64_logaddexp((double)x, (double)y);
}

// x 2ⁿ, rounded once: the last factor is the only one that may leave the range.
static inline double f64_ldexp(double x, double n) {
  double whole = n > 2200.0 ? 2200.0 : n;
  whole = whole < -2200.0 ? -2200.0 : whole;
  whole = (whole + f64_shift) - f64_shift;
  double last = whole > 1000.0 ? 1000.0 : whole < -1000.0 ? -1000.0 : whole;
  double rest = whole - last, half = (rest * 0.5 + f64_shift) - f64_shift;
  double y = x * f64_power_of_two(half + f64_shift) * f64_power_of_two(rest - half + f64_shift);
  y *= f64_power_of_two(last + f64_shift);
  return n != n ? x + n : y;
}

static inline float f32_ldexp(float x, float n) {
  double whole = (double)n > 400.0 ? 400.0 : (double)n;
  whole = whole < -400.0 ? -400.0 : whole;
  float y = (float)((double)x * f64_power_of_two(whole + f64_shift));
  return n != n ? x + n : y;
}
