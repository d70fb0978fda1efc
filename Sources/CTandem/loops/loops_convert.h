// Between storage dtypes and compute classes: loads, stores, rounding and casts, each a loop over a
// tile. Rounding is to nearest, ties to even; integers wrap.

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

// S: storage type, T: class type.
#define TANDEM_CONVERSIONS(X)                                                                     \
  X(bool, uint8_t, int32_t, i32_from_bool, bool_from_i32)                                         \
  X(i8, int8_t, int32_t, i32_from_i8, i8_from_i32)                                                \
  X(u8, uint8_t, int32_t, i32_from_u8, u8_from_i32)                                               \
  X(i16, int16_t, int32_t, i32_from_i16, i16_from_i32)                                            \
  X(u16, uint16_t, int32_t, i32_from_u16, u16_from_i32)                                           \
  X(i32, int32_t, int32_t, i32_same, i32_same)                                                    \
  X(u32, uint32_t, int64_t, i64_from_u32, u32_from_i64)                                           \
  X(i64, int64_t, int64_t, i64_same, i64_same)                                                    \
  X(u64, int64_t, int64_t, i64_same, i64_same)                                                    \
  X(f16, uint16_t, float, f16_widen, f16_narrow)                                                  \
  X(bf16, uint16_t, float, bf16_widen, bf16_narrow)                                               \
  X(f32, float, float, f32_same, f32_same)                                                        \
  X(f64, double, double, f64_same, f64_same)

#define DEFINE_CONVERSION(name, S, T, widen, narrow)                                              \
  static void load_##name(void *tile, const void *source, int64_t stride, int64_t n) {            \
    T *d = tile;                                                                                  \
    const char *s = source;                                                                       \
    if (stride == (int64_t)sizeof(S)) {                                                           \
      const S *from = source;                                                                     \
      TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = widen(from[i]);                        \
    } else if (stride == 0) {                                                                     \
      T same = n > 0 ? widen(*(const S *)source) : 0;                                             \
      TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = same;                                  \
    } else {                                                                                      \
      for (int64_t i = 0; i < n; i++) d[i] = widen(*(const S *)(s + i * stride));                 \
    }                                                                                             \
  }                                                                                               \
  static void store_##name(void *target, int64_t stride, const void *tile, int64_t n) {           \
    const T *s = tile;                                                                            \
    char *d = target;                                                                             \
    if (stride == (int64_t)sizeof(S)) {                                                           \
      S *to = target;                                                                             \
      TANDEM_VECTOR for (int64_t i = 0; i < n; i++) to[i] = narrow(s[i]);                         \
    } else {                                                                                      \
      for (int64_t i = 0; i < n; i++) *(S *)(d + i * stride) = narrow(s[i]);                      \
    }                                                                                             \
  }                                                                                               \
  static void round_##name(void *d_, const void *a_, const void *b_, const void *c_, int64_t n) { \
    T *d = d_;                                                                                    \
    const T *a = a_;                                                                              \
    TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = widen(narrow(a[i]));                     \
  }
TANDEM_CONVERSIONS(DEFINE_CONVERSION)

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

#define TANDEM_CASTS(X)                                                                           \
  X(F32, F64, float, double, f64_from_f32) X(F32, I32, float, int32_t, i32_from_f32)              \
  X(F32, I64, float, int64_t, i64_from_f32) X(F32, U64, float, uint64_t, u64_from_f32)            \
  X(F64, F32, double, float, f32_from_f64) X(F64, I32, double, int32_t, i32_from_f64)             \
  X(F64, I64, double, int64_t, i64_from_f64) X(F64, U64, double, uint64_t, u64_from_f64)          \
  X(I32, F32, int32_t, float, f32_from_i32) X(I32, F64, int32_t, double, f64_from_i32)            \
  X(I32, I64, int32_t, int64_t, i64_from_i32) X(I32, U64, int32_t, int64_t, i64_from_i32)         \
  X(I64, F32, int64_t, float, f32_from_i64) X(I64, F64, int64_t, double, f64_from_i64)            \
  X(I64, I32, int64_t, int32_t, i32_from_i64) X(I64, U64, int64_t, int64_t, i64_same)             \
  X(U64, F32, uint64_t, float, f32_from_u64) X(U64, F64, uint64_t, double, f64_from_u64)          \
  X(U64, I32, int64_t, int32_t, i32_from_i64) X(U64, I64, int64_t, int64_t, i64_same)

#define DEFINE_CAST(from, to, S, T, convert)                                                      \
  static void cast_##from##_##to(void *d_, const void *a_, const void *b_, const void *c_,        \
                                 int64_t n) {                                                     \
    T *d = d_;                                                                                    \
    const S *a = a_;                                                                              \
    if (sizeof(S) == sizeof(T)) {                                                                 \
      TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = convert(a[i]);                         \
    } else {                                                                                      \
      T *restrict e = d_;                                                                         \
      for (int64_t i = 0; i < n; i++) e[i] = convert(a[i]);                                       \
    }                                                                                             \
  }
TANDEM_CASTS(DEFINE_CAST)

// float64 to a 16-bit float in one rounding: to float32 by round-to-odd first.
static inline float f32_round_to_odd(double x) {
  float f = (float)x;
  double back = (double)f;
  uint32_t bits = f32_bits(f);
  bits -= f64_abs(back) > f64_abs(x) ? 1u : 0u;
  bits |= (back != x) & (x == x) ? 1u : 0u;
  return f32_abs(f) == __builtin_inff() ? f : f32_from_bits(bits);
}
