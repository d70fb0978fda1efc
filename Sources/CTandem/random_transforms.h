// Logarithm and sine and cosine of a turn by polynomials of our own (Taylor series in a reduced
// range), for use inside vector loops. No fused multiply-add: include after FP_CONTRACT OFF.
#ifndef TANDEM_RANDOM_TRANSFORMS_H
#define TANDEM_RANDOM_TRANSFORMS_H

#include <stdint.h>
#include <string.h>

#include "sixteen_bit_floats.h"

#define INLINE static inline __attribute__((always_inline))

// log of a positive normal number. x = m 2^e with m in [sqrt(1/2), sqrt(2)); with
// s = (m - 1) / (m + 1), log m = 2 (s + s^3 / 3 + s^5 / 5 + ...), s^2 <= 0.0295.
INLINE double log_of_normal(double x) {
  uint64_t bits;
  memcpy(&bits, &x, 8);
  uint64_t shifted = bits - 0x3fe6a09e667f3bcdu;
  int32_t exponent = (int32_t)(shifted >> 32) >> 20;
  bits -= (uint64_t)(int64_t)exponent << 52;
  double m, e = exponent;
  memcpy(&m, &bits, 8);
  double s = (m - 1) / (m + 1), z = s * s;
  double p = 1.0 / 23;
  p = p * z + 1.0 / 21;
  p = p * z + 1.0 / 19;
  p = p * z + 1.0 / 17;
  p = p * z + 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  double twice = s + s;
  return e * 0x1.62e42fefa38p-1 + (twice + (twice * z * p + e * 0x1.ef35793c7673p-45));
}

// log((word + 0.5) / 2^32), exact near one too, where the distance from one is taken.
INLINE float log_of_word(uint32_t word) {
  float x = ((float)word + 0.5f) * 0x1p-32f;
  float gap = ((float)~word + 0.5f) * 0x1p-32f;  // 1 - x
  uint32_t bits = tandem_bits_of_float(x);
  int32_t exponent = (int32_t)(bits - 0x3f3504f3u) >> 23;
  float m = tandem_float_of_bits(bits - ((uint32_t)exponent << 23)), e = (float)exponent;
  float above = exponent == 0 ? -gap : m - 1;
  float s = above / (above + 2), z = s * s;
  float p = 1.0f / 11;
  p = p * z + 1.0f / 9;
  p = p * z + 1.0f / 7;
  p = p * z + 1.0f / 5;
  p = p * z + 1.0f / 3;
  float twice = s + s;
  return e * 0x1.62e4p-1f + (twice + (twice * z * p + e * 0x1.7f7d1cp-20f));
}

// Sine and cosine of word / 2^32 turns. The quadrant is taken off in integers; the rest is an angle
// in [-pi/4, pi/4).
INLINE void sine_cosine_of_word(uint32_t word, float *sine, float *cosine) {
  uint32_t quadrant = (word + 0x20000000u) >> 30;
  float x = (float)(int32_t)(word - (quadrant << 30)) * 0x1.921fb6p-30f, z = x * x;
  float s = 1.0f / 362880;
  s = s * z - 1.0f / 5040;
  s = s * z + 1.0f / 120;
  s = s * z - 1.0f / 6;
  s = x + x * z * s;
  float c = -1.0f / 3628800;
  c = c * z + 1.0f / 40320;
  c = c * z - 1.0f / 720;
  c = c * z + 1.0f / 24;
  c = c * z - 0.5f;
  c = 1 + z * c;
  float first = quadrant & 1 ? c : s, second = quadrant & 1 ? s : c;
  *sine = quadrant & 2 ? -first : first;
  *cosine = (quadrant + 1) & 2 ? -second : second;
}

INLINE void sine_cosine_of_words(uint64_t word, double *sine, double *cosine) {
  uint64_t quadrant = (word + ((uint64_t)1 << 61)) >> 62;
  double x = (double)(int64_t)(word - (quadrant << 62)) * 0x1.921fb54442d18p-62, z = x * x;
  double s = 1.0 / 355687428096000;
  s = s * z - 1.0 / 1307674368000;
  s = s * z + 1.0 / 6227020800;
  s = s * z - 1.0 / 39916800;
  s = s * z + 1.0 / 362880;
  s = s * z - 1.0 / 5040;
  s = s * z + 1.0 / 120;
  s = s * z - 1.0 / 6;
  s = x + x * z * s;
  double c = 1.0 / 20922789888000;
  c = c * z - 1.0 / 87178291200;
  c = c * z + 1.0 / 479001600;
  c = c * z - 1.0 / 3628800;
  c = c * z + 1.0 / 40320;
  c = c * z - 1.0 / 720;
  c = c * z + 1.0 / 24;
  c = c * z - 0.5;
  c = 1 + z * c;
  double first = quadrant & 1 ? c : s, second = quadrant & 1 ? s : c;
  *sine = quadrant & 2 ? -first : first;
  *cosine = (quadrant + 1) & 2 ? -second : second;
}

#endif
