// Which function of loops_conversions.h stands between which types.

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
