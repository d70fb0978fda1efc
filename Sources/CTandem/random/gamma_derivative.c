// How a number from the gamma distribution moves with the shape when its rank stays.
//
// With F the distribution function and p its density, dx/da = -(dF/da) / p. Both sides are divided
// by the density before anything is computed, so that nothing underflows.
//
// Reference: Figurnov, Mohamed and Mnih, Implicit Reparameterization Gradients, 2018.
#include "../include/tandem_variates.h"

#pragma STDC FP_CONTRACT OFF

#include "functions.h"

// From the power series of F: the sum over n of x^n / (a (a + 1) ... (a + n)) times
// (ψ(a + n + 1) - log x). For x up to one.
static double by_series(double a, double log_x) {
  double x = f64_exp(log_x), term = 1 / a, psi = f64_digamma(a + 1), sum = 0;
  for (int n = 0; n < 60; n++) {
    double part = term * (psi - log_x);
    sum += part;
    if (f64_abs(part) < 1e-18 * f64_abs(sum)) break;
    psi += 1 / (a + n + 1);
    term *= x / (a + n + 1);
  }
  return sum;
}

// From F (below) or 1 - F (above) as an integral over s = |log(t / x)|, of a smooth function that
// falls on both scales: s = w exp(u - exp(-u)), and the sum over even steps of u.
static double by_integral(double a, double log_x, int is_below) {
  double x = f64_exp(log_x), level = log_x - f64_digamma(a);
  double side = is_below ? -1 : 1, slope = f64_abs(a - x);
  double scale = 1 / (slope + f64_sqrt(x)), sum = 0;
  const double step = 0.0625;
  for (int i = -64; i <= 88; i++) {
    double u = i * step, fast = f64_exp(-u), s = scale * f64_exp(u - fast);
    double exponent = side * a * s - x * f64_expm1(side * s);
    if (exponent < -745) break;
    sum += f64_exp(exponent) * (level + side * s) * s * (1 + fast);
  }
  return side * sum * step;
}

double tandem_log_gamma_derivative(double a, double log_x) {
  if (!(a > 0) || log_x != log_x) return __builtin_nan("");
  if (log_x <= 0) return by_series(a, log_x);
  return by_integral(a, log_x, f64_exp(log_x) <= a);
}

void tandem_gamma_derivative_run(const double *shapes, const double *samples, int is_log,
                                 double *out, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; i++) {
    double x = samples[i], log_x = is_log ? x : f64_log(x);
    double slope = x == 0 && !is_log ? 0 : tandem_log_gamma_derivative(shapes[i], log_x);
    out[i] = is_log ? slope : x == 0 ? 0 : x * slope;
  }
}
