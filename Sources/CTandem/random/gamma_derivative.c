// How a number from the gamma distribution moves with the shape when its rank stays.
//
// With F the distribution function and p its density, dx/da = -(dF/da) / p. Both sides are divided
// by the density before anything is computed, so that nothing underflows.
//
// Reference: Figurnov, Mohamed and Mnih, Implicit Reparameterization Gradients, 2018.
#include "../include/tandem_variates.h"

#include "../instruction_levels.h"

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
// falls on both scales: s = w exp(u - exp(-u)), and the sum over even steps of u. The places and
// weights of the steps do not depend on the numbers.
enum { STEPS = 96 };

typedef struct {
  double place[STEPS], weight[STEPS];
} steps;

static void make_steps(steps *all) {
  for (int i = 0; i < STEPS; i++) {
    double u = -3.9 + i * 0.1, fast = f64_exp(-u);
    all->place[i] = f64_exp(u - fast);
    all->weight[i] = all->place[i] * (1 + fast) * 0.1;
  }
}

TANDEM_AT_LEVELS(void, integrand, (const steps *all, double a, double x, double height, double side,
                 double scale, double terms[STEPS]), (all, a, x, height, side, scale, terms)) {
  for (int i = 0; i < STEPS; i++) {
    double s = scale * all->place[i];
    double exponent = side * a * s - x * f64_expm1(side * s);
    double value = f64_exp(exponent) * (height + side * s) * (scale * all->weight[i]);
    terms[i] = exponent < -745 ? 0 : value;
  }
}

static double by_integral(const steps *all, double a, double log_x) {
  double x = f64_exp(log_x), height = log_x - f64_digamma(a), side = x <= a ? -1 : 1, sum = 0;
  double terms[STEPS], scale = 1 / (f64_abs(a - x) + f64_sqrt(x));
  integrand(all, a, x, height, side, scale, terms);
  for (int i = 0; i < STEPS; i++) sum += terms[i];
  return side * sum;
}

static double log_gamma_derivative(const steps *all, double a, double log_x) {
  if (!(a > 0) || log_x != log_x) return __builtin_nan("");
  return log_x <= 0 ? by_series(a, log_x) : by_integral(all, a, log_x);
}

void tandem_gamma_derivative_run(const double *shapes, const double *samples, int is_log,
                                 double *out, int64_t begin, int64_t end) {
  steps all;
  make_steps(&all);
  for (int64_t i = begin; i < end; i++) {
    double x = samples[i], log_x = is_log ? x : f64_log(x);
    double slope = x == 0 && !is_log ? 0 : log_gamma_derivative(&all, shapes[i], log_x);
    out[i] = is_log ? slope : x * slope;
  }
}
