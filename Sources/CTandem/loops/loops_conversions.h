// How elements of storage dtypes become values of compute classes and back, and values of one class
// those of another. Rounding is to nearest, ties to even; integers wrap.


static inline float f16_widen(uint16_t h) {
  // The exponent moves by a multiplication, which also normalises subnormals.
  float magnitude = f32_from_bits((uint32_t)(h & 0x7fffu) << 13) * 0x1p112f;
  uint32_t special = (h & 0x7c00u) == 0x7c00u ? 0x7f800000u : 0u;
  return f32_from_bits(f32_bits(magnitude) | special | ((uint32_t)(h & 0x8000u) << 16));
}

static inline uint16_t f16_narrow(float x) {
  uint32_t u = f32_bits(x), sign = (u >> 16) & 0x8000u;
  u &= 0x7fffffffu;
  uint32_t subnormal = f32_bits(f32_from_bits(u) + 0.5f) - 0x3f000000u;
  uint32_t normal = (u - 0x38000000u + 0xfffu + ((u >> 13) & 1u)) >> 13;
  uint32_t r = u < 0x38800000u ? subnormal : normal;
  r = u >= 0x477ff000u ? 0x7c00u : r;
  r = u > 0x7f800000u ? 0x7e00u : r;
  return (uint16_t)(r | sign);
}

static inline float bf16_widen(uint16_t b) { return f32_from_bits((uint32_t)b << 16); }

static inline uint16_t bf16_narrow(float x) {
  uint32_t u = f32_bits(x);
  uint32_t r = (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
  return (uint16_t)(x != x ? ((u >> 16) | 0x40u) : r);
}

static inline float f32_same(float x) { return x; }
static inline double f64_same(double x) { return x; }
static inline int32_t i32_same(int32_t x) { return x; }
static inline int64_t i64_same(int64_t x) { return x; }
static inline int32_t i32_from_bool(uint8_t x) { return x != 0; }
static inline uint8_t bool_from_i32(int32_t x) { return x != 0; }
static inline int32_t i32_from_i8(int8_t x) { return x; }
static inline int8_t i8_from_i32(int32_t x) { return (int8_t)x; }
static inline int32_t i32_from_u8(uint8_t x) { return x; }
static inline uint8_t u8_from_i32(int32_t x) { return (uint8_t)x; }
static inline int32_t i32_from_i16(int16_t x) { return x; }
static inline int16_t i16_from_i32(int32_t x) { return (int16_t)x; }
static inline int32_t i32_from_u16(uint16_t x) { return x; }
static inline uint16_t u16_from_i32(int32_t x) { return (uint16_t)x; }
static inline int64_t i64_from_u32(uint32_t x) { return x; }
static inline uint32_t u32_from_i64(int64_t x) { return (uint32_t)x; }

// Floats to integers: towards zero, NaN is zero, what does not fit is the nearest that does.
static inline int32_t i32_from_f32(float x) {
  float y = x >= -2147483648.0f ? x : -2147483648.0f;
  y = x != x ? 0.0f : y;
  int32_t r = (int32_t)(y < 2147483520.0f ? y : 2147483520.0f);
  return x >= 2147483648.0f ? INT32_MAX : r;
}
static inline int32_t i32_from_f64(double x) {
  double y = x > -2147483648.0 ? x : -2147483648.0;
  y = x != x ? 0.0 : y;
  return (int32_t)(y < 2147483647.0 ? y : 2147483647.0);
}
static inline int64_t i64_from_f64(double x) {
  double y = x >= -9223372036854775808.0 ? x : -9223372036854775808.0;
  y = x != x ? 0.0 : y;
  int64_t r = (int64_t)(y < 9223372036854774784.0 ? y : 9223372036854774784.0);
  return x >= 9223372036854775808.0 ? INT64_MAX : r;
}
static inline int64_t i64_from_f32(float x) { return i64_from_f64((double)x); }
static inline uint64_t u64_from_f64(double x) {
  double y = x > 0.0 ? x : 0.0;
  uint64_t r = (uint64_t)(y < 18446744073709549568.0 ? y : 18446744073709549568.0);
  return x >= 18446744073709551616.0 ? UINT64_MAX : r;
}
static inline uint64_t u64_from_f32(float x) { return u64_from_f64((double)x); }
static inline float f32_from_f64(double x) { return (float)x; }
static inline double f64_from_f32(float x) { return (double)x; }
static inline float f32_from_i32(int32_t x) { return (float)x; }
static inline double f64_from_i32(int32_t x) { return (double)x; }
static inline float f32_from_i64(int64_t x) { return (float)x; }
static inline double f64_from_i64(int64_t x) { return (double)x; }
static inline float f32_from_u64(uint64_t x) { return (float)x; }
static inline double f64_from_u64(uint64_t x) { return (double)x; }
static inline int64_t i64_from_i32(int32_t x) { return x; }
static inline int32_t i32_from_i64(int64_t x) { return (int32_t)x; }

// float64 to a 16-bit float in one rounding: to float32 by round-to-odd first.
static inline float f32_round_to_odd(double x) {
  float f = (float)x;
  double back = (double)f;
  uint32_t bits = f32_bits(f);
  bits -= f64_abs(back) > f64_abs(x) ? 1u : 0u;
  bits |= (back != x) & (x == x) ? 1u : 0u;
  return f32_abs(f) == __builtin_inff() ? f : f32_from_bits(bits);
}
