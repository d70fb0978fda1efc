#include <string.h>

#include "sixteen_bit_floats.h"
#include "tandem_indexing.h"
#include "view_walk.h"

#pragma STDC FP_CONTRACT OFF

void tandem_layout_offsets(const tandem_view *view, int64_t begin, int64_t end, bool add,
                           int64_t *table) {
  tandem_walk walk = tandem_walk_from(view, begin);
  int64_t stride = tandem_walk_stride(&walk);
  for (int64_t at = begin; at < end;) {
    int64_t run = tandem_walk_run(&walk, end - at);
    int64_t *to = table + (at - begin);
    for (int64_t i = 0; i < run; i++)
      to[i] = (add ? to[i] : 0) + walk.offset + i * stride;
    tandem_walk_advance(&walk, run);
    at += run;
  }
}

int64_t tandem_index_offsets(const tandem_view *index, bool wide, int64_t length, int64_t stride,
                             int64_t begin, int64_t end, bool add, int64_t *table, int64_t *bad) {
  tandem_walk walk = tandem_walk_from(index, begin);
  int64_t step = tandem_walk_stride(&walk);
  for (int64_t at = begin; at < end;) {
    int64_t run = tandem_walk_run(&walk, end - at);
    const char *from = index->data + walk.offset;
    int64_t *to = table + (at - begin);
    for (int64_t i = 0; i < run; i++) {
      int64_t value = wide ? *(const int64_t *)(from + i * step)
                           : (int64_t) * (const int32_t *)(from + i * step);
      if (__builtin_expect(value < -length || value >= length, 0)) {
        *bad = value;
        return at + i;
      }
      if (value < 0) value += length;
      to[i] = (add ? to[i] : 0) + value * stride;
    }
    tandem_walk_advance(&walk, run);
    at += run;
  }
  return -1;
}

// Combines n elements; a null table of offsets means i * stride.
typedef void (*combine)(char *out, const int64_t *out_offsets, int64_t out_stride, const char *in,
                        const int64_t *in_offsets, int64_t in_stride, int64_t n);

#define COMBINE(name, type, expression)                                                       \
  static void name(char *out, const int64_t *oo, int64_t os, const char *in, const int64_t *io, \
                   int64_t is, int64_t n) {                                                    \
    if (!oo && !io && os == (int64_t)sizeof(type) && is == os) {                               \
      for (int64_t i = 0; i < n; i++) {                                                        \
        type *o = (type *)out + i;                                                             \
        const type *x = (const type *)in + i;                                                  \
        *o = expression;                                                                       \
      }                                                                                        \
      return;                                                                                  \
    }                                                                                          \
    for (int64_t i = 0; i < n; i++) {                                                          \
      type *o = (type *)(out + (oo ? oo[i] : i * os));                                         \
      const type *x = (const type *)(in + (io ? io[i] : i * is));                              \
      *o = expression;                                                                         \
    }                                                                                          \
  }

typedef struct { uint64_t low, high; } wide_element;

COMBINE(set_1, uint8_t, *x)
COMBINE(set_2, uint16_t, *x)
COMBINE(set_4, uint32_t, *x)
COMBINE(set_8, uint64_t, *x)
COMBINE(set_16, wide_element, *x)

typedef struct { float real, imaginary; } complex_64;
typedef struct { double real, imaginary; } complex_128;

COMBINE(add_bool, uint8_t, *o | *x)
COMBINE(add_8, uint8_t, *o + *x)
COMBINE(add_16, uint16_t, *o + *x)
COMBINE(add_32, uint32_t, *o + *x)
COMBINE(add_64, uint64_t, *o + *x)
COMBINE(add_f32, float, *o + *x)
COMBINE(add_f64, double, *o + *x)
COMBINE(add_c64, complex_64, ((complex_64){o->real + x->real, o->imaginary + x->imaginary}))
COMBINE(add_c128, complex_128, ((complex_128){o->real + x->real, o->imaginary + x->imaginary}))

// The larger or smaller; a NaN on either side wins.
#define SMALLER(a, b) ((b) < (a) || (b) != (b) ? (b) : (a))
#define LARGER(a, b) ((b) > (a) || (b) != (b) ? (b) : (a))
#define EXTREMES(suffix, type)                                                                \
  COMBINE(min_##suffix, type, SMALLER(*o, *x))                                                \
  COMBINE(max_##suffix, type, LARGER(*o, *x))

EXTREMES(i8, int8_t)
EXTREMES(u8, uint8_t)
EXTREMES(i16, int16_t)
EXTREMES(u16, uint16_t)
EXTREMES(i32, int32_t)
EXTREMES(u32, uint32_t)
EXTREMES(i64, int64_t)
EXTREMES(u64, uint64_t)
EXTREMES(f32, float)
EXTREMES(f64, double)

#define HALVES(suffix, load, store)                                                           \
  COMBINE(add_##suffix, uint16_t, store(load(*o) + load(*x)))                                 \
  COMBINE(min_##suffix, uint16_t, store(SMALLER(load(*o), load(*x))))                         \
  COMBINE(max_##suffix, uint16_t, store(LARGER(load(*o), load(*x))))

HALVES(f16, tandem_from_float16, tandem_to_float16)
HALVES(bf16, tandem_from_bfloat16, tandem_to_bfloat16)

static combine combine_for(const tandem_move_plan *p) {
  static const combine add[] = {add_bool, add_8,   add_8,    add_16,  add_16,
                                add_32,   add_32,  add_64,   add_64,  add_f16,
                                add_bf16, add_f32, add_f64,  add_c64, add_c128};
  static const combine min[] = {min_u8,   min_i8,  min_u8,  min_i16, min_u16, min_i32, min_u32,
                                min_i64,  min_u64, min_f16, min_bf16, min_f32, min_f64};
  static const combine max[] = {max_u8,   max_i8,  max_u8,  max_i16, max_u16, max_i32, max_u32,
                                max_i64,  max_u64, max_f16, max_bf16, max_f32, max_f64};
  // Complex numbers have no order: the operators' rules refuse them for extremes.
  uint64_t count = p->mode == TANDEM_ADD ? sizeof add / sizeof *add : sizeof min / sizeof *min;
  if (p->mode != TANDEM_SET && (uint64_t)p->dtype >= count) __builtin_trap();
  switch (p->mode) {
    case TANDEM_ADD: return add[p->dtype];
    case TANDEM_MIN: return min[p->dtype];
    case TANDEM_MAX: return max[p->dtype];
    default: break;
  }
  switch (p->width) {
    case 1: return set_1;
    case 2: return set_2;
    case 4: return set_4;
    case 8: return set_8;
    default: return set_16;
  }
}

void tandem_move_before(tandem_move_plan *p, int64_t length, int64_t out, int64_t in) {
  if (length == 1) return;
  p->before[p->before_rank] = length;
  p->before_out[p->before_rank] = out;
  p->before_in[p->before_rank] = in;
  p->before_rank++;
}

void tandem_move_after(tandem_move_plan *p, int64_t length, int64_t out, int64_t in) {
  if (length == 1) return;
  int64_t at = p->after_rank;
  if (at > 0 && p->after_out[at - 1] == length * out && p->after_in[at - 1] == length * in) {
    at--;
    length *= p->after[at];
  }
  p->after[at] = length;
  p->after_out[at] = out;
  p->after_in[at] = in;
  p->after_rank = at + 1;
}

static void move_block(const tandem_move_plan *p, combine f, int64_t axis, char *out,
                       const char *in) {
  int64_t length = p->after[axis], so = p->after_out[axis], si = p->after_in[axis];
  if (axis + 1 < p->after_rank) {
    for (int64_t i = 0; i < length; i++) move_block(p, f, axis + 1, out + i * so, in + i * si);
  } else if (p->mode == TANDEM_SET && so == p->width && si == p->width) {
    memcpy(out, in, (size_t)(length * p->width));
  } else {
    f(out, NULL, so, in, NULL, si, length);
  }
}

static int64_t part_of(int64_t offset, int64_t parts) {
  uint64_t mixed = (uint64_t)offset * 0x9e3779b97f4a7c15u;
  return (int64_t)((mixed >> 32) % (uint64_t)parts);
}

// Positions begin..<end of one `before` index.
static void move_positions(const tandem_move_plan *p, combine f, char *out, const char *in,
                           int64_t begin, int64_t end, int64_t part, int64_t parts) {
  if (p->after_rank == 0 && parts <= 1) {
    f(p->out_offsets ? out : out + begin * p->out_stride,
      p->out_offsets ? p->out_offsets + begin : NULL, p->out_stride,
      p->in_offsets ? in : in + begin * p->in_stride,
      p->in_offsets ? p->in_offsets + begin : NULL, p->in_stride, end - begin);
    return;
  }
  for (int64_t i = begin; i < end; i++) {
    int64_t to = p->out_offsets ? p->out_offsets[i] : i * p->out_stride;
    if (parts > 1 && part_of(to, parts) != part) continue;
    const char *from = in + (p->in_offsets ? p->in_offsets[i] : i * p->in_stride);
    if (p->after_rank == 0) {
      f(out + to, NULL, 0, from, NULL, 0, 1);
    } else {
      move_block(p, f, 0, out + to, from);
    }
  }
}

void tandem_move_run(const tandem_move_plan *p, int64_t begin, int64_t end, int64_t part,
                     int64_t parts) {
  combine f = combine_for(p);
  for (int64_t at = begin; at < end;) {
    int64_t before = at / p->count, first = at % p->count;
    int64_t run = p->count - first < end - at ? p->count - first : end - at;
    char *out = p->out;
    const char *in = p->in;
    for (int64_t axis = p->before_rank - 1; axis >= 0; axis--) {
      int64_t index = before % p->before[axis];
      before /= p->before[axis];
      out += index * p->before_out[axis];
      in += index * p->before_in[axis];
    }
    move_positions(p, f, out, in, first, first + run, part, parts);
    at += run;
  }
}

void tandem_one_hot_run(const tandem_view *out, const tandem_view *index, bool wide, int64_t width,
                        const void *on, const void *off, int64_t begin, int64_t end) {
  tandem_view rows = *out;
  rows.rank--;
  int64_t depth = out->lengths[rows.rank], stride = out->strides[rows.rank];
  tandem_walk to = tandem_walk_from(&rows, begin), from = tandem_walk_from(index, begin);
  for (int64_t at = begin; at < end; at++) {
    const char *x = index->data + from.offset;
    int64_t hot = wide ? *(const int64_t *)x : (int64_t) * (const int32_t *)x;
    char *row = out->data + to.offset;
    for (int64_t d = 0; d < depth; d++)
      memcpy(row + d * stride, d == hot ? on : off, (size_t)width);
    tandem_walk_advance(&to, 1);
    tandem_walk_advance(&from, 1);
  }
}

int64_t tandem_store_scalar(int64_t dtype, double real, int64_t integer, void *out) {
  float single = (float)real;
  uint16_t half = dtype == TANDEM_FLOAT16 ? tandem_to_float16(single) : tandem_to_bfloat16(single);
  double pair[2] = {real, 0};
  float short_pair[2] = {single, 0};
  static const int64_t widths[] = {1, 1, 1, 2, 2, 4, 4, 8, 8, 2, 2, 4, 8, 8, 16};
  const void *from = &integer;
  switch (dtype) {
    case TANDEM_FLOAT16: case TANDEM_BFLOAT16: from = &half; break;
    case TANDEM_FLOAT32: case TANDEM_COMPLEX64: from = short_pair; break;
    case TANDEM_FLOAT64: case TANDEM_COMPLEX128: from = pair; break;
    default: break;
  }
  memcpy(out, from, (size_t)widths[dtype]);
  return widths[dtype];
}
