// float16 and bfloat16 as bits: conversion to and from float, to nearest even. Branch-free where a
// vector loop needs it.
#ifndef TANDEM_SIXTEEN_BIT_FLOATS_H
#define TANDEM_SIXTEEN_BIT_FLOATS_H

#include <stdint.h>
#include <string.h>

static inline float tandem_float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static inline uint32_t tandem_bits_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

static inline float tandem_from_bfloat16(uint16_t bits) {
  return tandem_float_of_bits((uint32_t)bits << 16);
}

static inline uint16_t tandem_to_bfloat16(float value) {
  uint32_t bits = tandem_bits_of_float(value);
  uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1)) >> 16;
  uint32_t quiet = (bits >> 16) | 0x40;
  return (uint16_t)(value != value ? quiet : rounded);
}

static inline float tandem_from_float16(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16;
  uint32_t magnitude = half & 0x7fff;
  // The exponent of a half moves into that of a float by a multiplication by 2^112, which is exact
  // and makes subnormals normal; infinity and NaN get the largest exponent.
  float scaled = tandem_float_of_bits(magnitude << 13) * 0x1p112f;
  uint32_t bits = tandem_bits_of_float(scaled) | (magnitude >= 0x7c00 ? 0x7f800000u : 0);
  return tandem_float_of_bits(sign | bits);
}

static inline uint16_t tandem_to_float16(float value) {
  uint32_t bits = tandem_bits_of_float(value);
  uint32_t sign = (bits >> 16) & 0x8000;
  uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00);
  if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7c00);  // 65520 and more
  if (magnitude < 0x38800000) {
    // Below the smallest normal half, adding 0.5 aligns the last bit with 2^-24 and rounds.
    float sum = tandem_float_of_bits(magnitude) + 0.5f;
    return (uint16_t)(sign | (tandem_bits_of_float(sum) - 0x3f000000u));
  }
  uint32_t rounded = magnitude + 0xfff + ((magnitude >> 13) & 1);
  return (uint16_t)(sign | ((rounded - 0x38000000u) >> 13));
}

#endif
