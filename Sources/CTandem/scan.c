#include "sixteen_bit_floats.h"
#include "tandem_indexing.h"

#pragma STDC FP_CONTRACT OFF

#define LARGER(a, b) ((b) > (a) || (b) != (b) ? (b) : (a))
#define SMALLER(a, b) ((b) < (a) || (b) != (b) ? (b) : (a))
#define SUM(a, b) ((a) + (b))
#define PRODUCT(a, b) ((a) * (b))
#define SAME(x) (x)

// One kind of scan: `columns` running values go down the axis side by side; a single one stays in a
// register.
#define STEPS(type, accumulator, load, store, combine)                                     \
  if (columns == 1) {                                                                      \
    accumulator one = running[0];                                                          \
    for (int64_t t = 0; t < length; t++) {                                                 \
      accumulator next = (accumulator)load(*(const type *)(in + t * in_step));             \
      one = (accumulator)combine(one, next);                                               \
      if (out) *(type *)(out + t * out_step) = (type)store(one);                           \
    }                                                                                      \
    running[0] = one;                                                                      \
    return;                                                                                \
  }                                                                                        \
  for (int64_t t = 0; t < length; t++) {                                                   \
    const char *x = in + t * in_step;                                                      \
    for (int64_t c = 0; c < columns; c++) {                                                \
      accumulator next = (accumulator)load(*(const type *)(x + c * in_column));            \
      running[c] = (accumulator)combine(running[c], next);                                 \
      if (out) *(type *)(out + t * out_step + c * out_column) = (type)store(running[c]);   \
    }                                                                                      \
  }

// The first element of a line is copied as it is, so that a NaN keeps its bits.
#define SCAN(name, type, accumulator, load, store)                                         \
  static void name(int64_t kind, char *out, int64_t out_step, int64_t out_column,          \
                   const char *in, int64_t in_step, int64_t in_column, int64_t length,     \
                   int64_t columns, void *values, bool starts) {                           \
    accumulator *running = values;                                                         \
    if (starts) {                                                                          \
      for (int64_t c = 0; c < columns; c++) {                                              \
        running[c] = (accumulator)load(*(const type *)(in + c * in_column));               \
        if (out) *(type *)(out + c * out_column) = *(const type *)(in + c * in_column);    \
      }                                                                                    \
      in += in_step;                                                                       \
      if (out) out += out_step;                                                            \
      length--;                                                                            \
    }                                                                                      \
    switch (kind) {                                                                        \
      case TANDEM_SCAN_SUM: STEPS(type, accumulator, load, store, SUM) break;              \
      case TANDEM_SCAN_PRODUCT: STEPS(type, accumulator, load, store, PRODUCT) break;      \
      case TANDEM_SCAN_MAX: STEPS(type, accumulator, load, store, LARGER) break;           \
      default: STEPS(type, accumulator, load, store, SMALLER) break;                       \
    }                                                                                      \
  }

SCAN(scan_bool, uint8_t, bool, 0 !=, SAME)
SCAN(scan_f16, uint16_t, float, tandem_from_float16, tandem_to_float16)
SCAN(scan_bf16, uint16_t, float, tandem_from_bfloat16, tandem_to_bfloat16)
SCAN(scan_f32, float, double, SAME, SAME)
SCAN(scan_f64, double, double, SAME, SAME)

// Sums and products of signed integers wrap around, so they run unsigned; extremes run signed.
#define BOTH_SIGNS(bits)                                                              \
  SCAN(scan_i##bits, int##bits##_t, int##bits##_t, SAME, SAME)                        \
  SCAN(scan_u##bits, uint##bits##_t, uint##bits##_t, SAME, SAME)

#undef SUM
#undef PRODUCT
#define SUM(a, b) ((uint64_t)(a) + (uint64_t)(b))
#define PRODUCT(a, b) ((uint64_t)(a) * (uint64_t)(b))

BOTH_SIGNS(8)
BOTH_SIGNS(16)
BOTH_SIGNS(32)
BOTH_SIGNS(64)

typedef void (*scan)(int64_t kind, char *out, int64_t out_step, int64_t out_column, const char *in,
                     int64_t in_step, int64_t in_column, int64_t length, int64_t columns,
                     void *values, bool starts);

void tandem_scan_run(int64_t kind, int64_t dtype, char *out, int64_t out_step, int64_t out_column,
                     const char *in, int64_t in_step, int64_t in_column, int64_t length,
                     int64_t columns, void *running, bool starts) {
  static const scan scans[] = {scan_bool, scan_i8,  scan_u8,  scan_i16, scan_u16,
                               scan_i32,  scan_u32, scan_i64, scan_u64, scan_f16,
                               scan_bf16, scan_f32, scan_f64};
  // Complex numbers are refused by the operators' rules.
  if ((uint64_t)dtype >= sizeof scans / sizeof *scans) __builtin_trap();
  scans[dtype](kind, out, out_step, out_column, in, in_step, in_column, length, columns, running,
               starts);
}
