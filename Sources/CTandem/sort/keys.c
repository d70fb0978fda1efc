// Keys: unsigned numbers that rise with the elements. The sign bit of an integer is turned over; a
// negative float has all its bits turned over, a positive one its sign. Descending turns over all
// bits of the key, but NaN stays the largest.
#include "keys.h"

#include "../instruction_levels.h"

#define KEYS(name, type, key, expression)                                                         \
  TANDEM_AT_LEVELS(void, name, (const char *data, int64_t stride, int64_t n, key flip, key *keys),\
                   (data, stride, n, flip, keys)) {                                               \
    if (stride == (int64_t)sizeof(type)) {                                                        \
      const type *values = (const type *)data;                                                    \
      for (int64_t i = 0; i < n; i++) {                                                           \
        type x = values[i];                                                                       \
        keys[i] = (expression);                                                                   \
      }                                                                                           \
    } else {                                                                                      \
      for (int64_t i = 0; i < n; i++) {                                                           \
        type x = *(const type *)(data + i * stride);                                              \
        keys[i] = (expression);                                                                   \
      }                                                                                           \
    }                                                                                             \
  }

KEYS(keys_u8, uint8_t, uint32_t, x ^ flip)
KEYS(keys_i8, uint8_t, uint32_t, (x ^ 0x80u) ^ flip)
KEYS(keys_u16, uint16_t, uint32_t, x ^ flip)
KEYS(keys_i16, uint16_t, uint32_t, (x ^ 0x8000u) ^ flip)
KEYS(keys_u32, uint32_t, uint32_t, x ^ flip)
KEYS(keys_i32, uint32_t, uint32_t, (x ^ 0x80000000u) ^ flip)
KEYS(keys_u64, uint64_t, uint64_t, x ^ flip)
KEYS(keys_i64, uint64_t, uint64_t, (x ^ 0x8000000000000000u) ^ flip)

// `infinity` are the bits of the positive infinity, `sign` is the sign bit; -0.0 becomes 0.0.
#define FLOAT_KEY(bits, sign, infinity, ones)                                                     \
  static inline bits key_##bits##_##infinity(bits x, bits flip) {                                 \
    bits magnitude = x & (bits)~(bits)sign;                                                       \
    bits ordered = x > (bits)sign ? (bits)~x : (bits)(magnitude | (bits)sign);                    \
    return magnitude > (bits)infinity ? (bits)ones : (bits)(ordered ^ flip);                      \
  }
FLOAT_KEY(uint16_t, 0x8000, 0x7c00, 0xffff)
FLOAT_KEY(uint16_t, 0x8000, 0x7f80, 0xffff)
FLOAT_KEY(uint32_t, 0x80000000, 0x7f800000, 0xffffffff)
FLOAT_KEY(uint64_t, 0x8000000000000000, 0x7ff0000000000000, 0xffffffffffffffff)

KEYS(keys_f16, uint16_t, uint32_t, key_uint16_t_0x7c00(x, (uint16_t)flip))
KEYS(keys_bf16, uint16_t, uint32_t, key_uint16_t_0x7f80(x, (uint16_t)flip))
KEYS(keys_f32, uint32_t, uint32_t, key_uint32_t_0x7f800000(x, flip))
KEYS(keys_f64, uint64_t, uint64_t, key_uint64_t_0x7ff0000000000000(x, flip))

void tandem_keys_narrow(const tandem_sort_line *line, int64_t begin, int64_t n, uint32_t *keys) {
  static void (*const of[])(const char *, int64_t, int64_t, uint32_t, uint32_t *) = {
      [TANDEM_BOOL] = keys_u8,     [TANDEM_INT8] = keys_i8,      [TANDEM_UINT8] = keys_u8,
      [TANDEM_INT16] = keys_i16,   [TANDEM_UINT16] = keys_u16,   [TANDEM_INT32] = keys_i32,
      [TANDEM_UINT32] = keys_u32,  [TANDEM_FLOAT16] = keys_f16,  [TANDEM_BFLOAT16] = keys_bf16,
      [TANDEM_FLOAT32] = keys_f32,
  };
  static const uint32_t ones[] = {
      [TANDEM_BOOL] = 0xff,        [TANDEM_INT8] = 0xff,         [TANDEM_UINT8] = 0xff,
      [TANDEM_INT16] = 0xffff,     [TANDEM_UINT16] = 0xffff,     [TANDEM_INT32] = UINT32_MAX,
      [TANDEM_UINT32] = UINT32_MAX, [TANDEM_FLOAT16] = 0xffff,   [TANDEM_BFLOAT16] = 0xffff,
      [TANDEM_FLOAT32] = UINT32_MAX,
  };
  of[line->dtype](line->data + begin * line->stride, line->stride, n,
                  line->descending ? ones[line->dtype] : 0, keys);
}

void tandem_keys_wide(const tandem_sort_line *line, int64_t begin, int64_t n, uint64_t *keys) {
  const char *data = line->data + begin * line->stride;
  uint64_t flip = line->descending ? UINT64_MAX : 0;
  switch (line->dtype) {
    case TANDEM_INT64: keys_i64(data, line->stride, n, flip, keys); break;
    case TANDEM_UINT64: keys_u64(data, line->stride, n, flip, keys); break;
    default: keys_f64(data, line->stride, n, flip, keys); break;
  }
}

#define PLAIN(name, bits, sign, infinity)                                                         \
  TANDEM_AT_LEVELS(bool, name, (const char *data, int64_t stride, int64_t n), (data, stride, n)) {\
    bits strange = 0;                                                                             \
    for (int64_t i = 0; i < n; i++) {                                                             \
      bits x = *(const bits *)(data + i * stride);                                                \
      strange |= (bits)(x == (bits)sign) | (bits)((x & (bits)~(bits)sign) > (bits)infinity);      \
    }                                                                                             \
    return !strange;                                                                              \
  }
PLAIN(plain_f16, uint16_t, 0x8000, 0x7c00)
PLAIN(plain_bf16, uint16_t, 0x8000, 0x7f80)
PLAIN(plain_f32, uint32_t, 0x80000000, 0x7f800000)
PLAIN(plain_f64, uint64_t, 0x8000000000000000, 0x7ff0000000000000)

bool tandem_keys_plain(const tandem_sort_line *line, int64_t begin, int64_t n) {
  const char *data = line->data + begin * line->stride;
  switch (line->dtype) {
    case TANDEM_FLOAT16: return plain_f16(data, line->stride, n);
    case TANDEM_BFLOAT16: return plain_bf16(data, line->stride, n);
    case TANDEM_FLOAT32: return plain_f32(data, line->stride, n);
    case TANDEM_FLOAT64: return plain_f64(data, line->stride, n);
    default: return true;
  }
}

#define VALUES(name, type, key_type, expression)                                                  \
  TANDEM_AT_LEVELS(void, name, (const key_type *keys, int64_t n, key_type flip, char *out, int64_t\
                   stride), (keys, n, flip, out, stride)) {                                       \
    if (stride == (int64_t)sizeof(type)) {                                                        \
      type *values = (type *)out;                                                                 \
      for (int64_t i = 0; i < n; i++) {                                                           \
        key_type x = keys[i] ^ flip;                                                              \
        values[i] = (type)(expression);                                                           \
      }                                                                                           \
    } else {                                                                                      \
      for (int64_t i = 0; i < n; i++) {                                                           \
        key_type x = keys[i] ^ flip;                                                              \
        *(type *)(out + i * stride) = (type)(expression);                                         \
      }                                                                                           \
    }                                                                                             \
  }
VALUES(values_u8, uint8_t, uint32_t, x)
VALUES(values_i8, uint8_t, uint32_t, x ^ 0x80)
VALUES(values_u16, uint16_t, uint32_t, x)
VALUES(values_i16, uint16_t, uint32_t, x ^ 0x8000)
VALUES(values_f16, uint16_t, uint32_t, x & 0x8000 ? x ^ 0x8000 : ~x)
VALUES(values_u32, uint32_t, uint32_t, x)
VALUES(values_i32, uint32_t, uint32_t, x ^ 0x80000000u)
VALUES(values_f32, uint32_t, uint32_t, x & 0x80000000u ? x ^ 0x80000000u : ~x)
VALUES(values_u64, uint64_t, uint64_t, x)
VALUES(values_i64, uint64_t, uint64_t, x ^ 0x8000000000000000u)
VALUES(values_f64, uint64_t, uint64_t,
       x & 0x8000000000000000u ? x ^ 0x8000000000000000u : ~x)

void tandem_values_narrow(const tandem_sort_line *line, const uint32_t *keys, int64_t n, char *out,
                          int64_t stride) {
  uint32_t flip = line->descending ? UINT32_MAX : 0;
  switch (line->dtype) {
    case TANDEM_BOOL: case TANDEM_UINT8: values_u8(keys, n, flip, out, stride); break;
    case TANDEM_INT8: values_i8(keys, n, flip, out, stride); break;
    case TANDEM_UINT16: values_u16(keys, n, flip, out, stride); break;
    case TANDEM_INT16: values_i16(keys, n, flip, out, stride); break;
    case TANDEM_FLOAT16: case TANDEM_BFLOAT16: values_f16(keys, n, flip, out, stride); break;
    case TANDEM_UINT32: values_u32(keys, n, flip, out, stride); break;
    case TANDEM_INT32: values_i32(keys, n, flip, out, stride); break;
    default: values_f32(keys, n, flip, out, stride); break;
  }
}

void tandem_values_wide(const tandem_sort_line *line, const uint64_t *keys, int64_t n, char *out,
                        int64_t stride) {
  uint64_t flip = line->descending ? UINT64_MAX : 0;
  switch (line->dtype) {
    case TANDEM_UINT64: values_u64(keys, n, flip, out, stride); break;
    case TANDEM_INT64: values_i64(keys, n, flip, out, stride); break;
    default: values_f64(keys, n, flip, out, stride); break;
  }
}
