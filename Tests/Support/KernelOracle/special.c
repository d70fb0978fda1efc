// Functions that the C library does not have, by what defines them, in long double.
#include "functions.h"

#include <math.h>

static const long double pi = 3.141592653589793238462643383279502884L;

static const long double gamma_constant = 0.577215664901532860606512090082402431L;

// The root of ψ, in two parts.
static const long double root = 1.46163214496836234126265954232572133L;
static const long double rest = -1.8257096315963485e-20L;

enum { STEPS = 60 };

// What is left of Stirling's series beyond the logarithm and 1 / 2x, negated.
static long double tail(long double x) {
  long double z = 1 / (x * x);
  return z * (1.0L / 12 - z * (1.0L / 120 - z * (1.0L / 252 - z * (1.0L / 240 - z / 132))));
}

// ψ(x) = ψ(x) - ψ(root), term by term, as every term has the factor x - root.
static long double near_root(long double x) {
  long double d = (x - root) - rest, sum = 0, a = root + STEPS, b = x + STEPS;
  for (int k = STEPS - 1; k >= 0; k--) sum += d / ((root + k) * (x + k));
  return sum + log1pl(d / a) + d / (2 * a * b) - (tail(b) - tail(a));
}

long double oracle_digamma(long double x) {
  if (isnan(x) || x == INFINITY) return x;
  if (fabsl(x) < 1e-7L) return x * pi * pi / 6 - gamma_constant - 1 / x;
  if (x < 0) {
    long double n = rintl(x), angle = pi * (x - n);
    return n == x ? NAN : oracle_digamma(1 - x) - pi * cosl(angle) / sinl(angle);
  }
  if (x > 1 && x < 2) return near_root(x);
  long double sum = 0;
  for (; x < STEPS; x += 1) sum += 1 / x;
  return logl(x) - 0.5L / x - tail(x) - sum;
}

// By Halley's iteration on the error function, near one on what is left of it.
long double oracle_erfinv(long double x) {
  const long double a = fabsl(x), slope = 0.886226925452758013649083741670572591L;
  if (!(a < 1)) return a == 1 ? copysignl(INFINITY, x) : NAN;
  if (a < 1e-5L) return x * slope * (1 + pi / 12 * x * x);
  long double y = a < 0.9L ? a * slope : sqrtl(-logl(1 - a));
  for (int i = 0; i < 60; i++) {
    long double error = a < 0.5L ? erfl(y) - a : (1 - a) - erfcl(y);
    long double d = error * slope * expl(y * y), step = d / (1 + y * d);
    y = y > step ? y - step : y / 2;
    if (fabsl(step) < y * 1e-18L) break;
  }
  return copysignl(y, x);
}
