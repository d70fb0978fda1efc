#include "tandem_pooling.h"

#include <math.h>
#include <string.h>

#include "instruction_levels.h"
#include "sixteen_bit_floats.h"
#include "tandem_indexing.h"

#pragma STDC FP_CONTRACT OFF

// Whether `b` takes the place of `best`: larger, or the first NaN.
#define TAKES(b, best) (!((b) <= (best)) & ((best) == (best)))

// ---- 2 by 2 windows, stride 2, nothing else: float32 rows that are compact ----

static bool is_two_by_two(const tandem_pool_plan *p) {
  if (p->dtype != TANDEM_FLOAT32 || p->x_strides[2] != 4 || p->y_strides[2] != 4) return false;
  if (p->in[0] != 1 || p->window[0] != 1 || p->out[0] != 1 || p->begin[0] != 0) return false;
  for (int axis = 1; axis < 3; axis++) {
    if (p->window[axis] != 2 || p->stride[axis] != 2 || p->dilation[axis] != 1) return false;
    if (p->begin[axis] != 0 || 2 * p->out[axis] > p->in[axis]) return false;
  }
  return true;
}

static inline float larger(float a, float b) { return TAKES(b, a) ? b : a; }

TANDEM_AT_LEVELS(void, max_row_2x2, (const float *restrict top, const float *restrict low, float
                 *restrict y, int64_t n), (top, low, y, n)) {
  for (int64_t j = 0; j < n; j++)
    y[j] = larger(larger(top[2 * j], top[2 * j + 1]), larger(low[2 * j], low[2 * j + 1]));
}

TANDEM_AT_LEVELS(void, average_row_2x2, (const float *restrict top, const float *restrict low, float
                 *restrict y, int64_t n), (top, low, y, n)) {
  for (int64_t j = 0; j < n; j++)
    y[j] = (((top[2 * j] + top[2 * j + 1]) + low[2 * j]) + low[2 * j + 1]) / 4;
}

// `dtop` may be `top`, and `dlow` `low`: an iteration reads before it writes, and no iteration
// reads what another writes.
TANDEM_AT_LEVELS(void, max_row_2x2_backward, (const float *top, const float *low, const float *dy,
                 float *dtop, float *dlow, int64_t n), (top, low, dy, dtop, dlow, n)) {
#pragma clang loop vectorize(assume_safety)
  for (int64_t j = 0; j < n; j++) {
    float a = top[2 * j], b = top[2 * j + 1], c = low[2 * j], d = low[2 * j + 1], g = dy[j];
    // The bitwise operators keep the loop free of branches.
    int b_wins = TAKES(b, a);
    float ab = b_wins ? b : a;
    int c_wins = TAKES(c, ab);
    float abc = c_wins ? c : ab;
    int d_wins = TAKES(d, abc);
    dtop[2 * j] = (b_wins | c_wins | d_wins) ? 0 : g;
    dtop[2 * j + 1] = (b_wins & !(c_wins | d_wins)) ? g : 0;
    dlow[2 * j] = (c_wins & !d_wins) ? g : 0;
    dlow[2 * j + 1] = d_wins ? g : 0;
  }
}

TANDEM_AT_LEVELS(void, average_row_2x2_backward, (const float *restrict dy, float *restrict dtop,
                 float *restrict dlow, int64_t n), (dy, dtop, dlow, n)) {
  for (int64_t j = 0; j < n; j++) {
    float g = dy[j] / 4;
    dtop[2 * j] = dtop[2 * j + 1] = dlow[2 * j] = dlow[2 * j + 1] = g;
  }
}

// Zeroes what no window covers: the last row and column of odd lengths.
static void clear_rest_2x2(const tandem_pool_plan *p, char *dx) {
  int64_t row = p->d_strides[1], columns = p->in[2];
  for (int64_t i = 0; i < p->in[1]; i++) {
    int64_t first = i < 2 * p->out[1] ? 2 * p->out[2] : 0;
    memset(dx + i * row + first * 4, 0, (size_t)(columns - first) * 4);
  }
}

// ---- Any window ----

// The taps of one window along one axis that lie inside the input: first <= tap < last.
typedef struct { int64_t at, first, last, span; } taps;

static taps taps_of(const tandem_pool_plan *p, int axis, int64_t out) {
  int64_t at = out * p->stride[axis] - p->begin[axis], dilation = p->dilation[axis];
  int64_t first = at < 0 ? (-at + dilation - 1) / dilation : 0;
  int64_t left = p->in[axis] - at;
  int64_t last = left <= 0 ? 0 : (left + dilation - 1) / dilation;
  if (last > p->window[axis]) last = p->window[axis];
  int64_t to = at + p->window[axis], limit = p->in[axis] + p->end[axis];
  return (taps){at, first, last < first ? first : last, (to < limit ? to : limit) - at};
}

#define FOR_TAP(t, k, axis, position)                              \
  for (int64_t k = t.first, position = t.at + k * p->dilation[axis]; k < t.last; \
       k++, position += p->dilation[axis])

#define FOR_WINDOWS                                                \
  for (int64_t o0 = 0; o0 < p->out[0]; o0++) {                     \
    taps t0 = taps_of(p, 0, o0);                                   \
    for (int64_t o1 = 0; o1 < p->out[1]; o1++) {                   \
      taps t1 = taps_of(p, 1, o1);                                 \
      for (int64_t o2 = 0; o2 < p->out[2]; o2++) {                 \
        taps t2 = taps_of(p, 2, o2);                               \
        const int64_t y_at =                                       \
            o0 * p->y_strides[0] + o1 * p->y_strides[1] + o2 * p->y_strides[2];
#define END_WINDOWS } } }

#define FOR_TAPS                                                   \
  FOR_TAP(t0, k0, 0, i0) FOR_TAP(t1, k1, 1, i1) FOR_TAP(t2, k2, 2, i2)
#define X_AT (i0 * p->x_strides[0] + i1 * p->x_strides[1] + i2 * p->x_strides[2])
#define PLANE_AT ((i0 * p->in[1] + i1) * p->in[2] + i2)

// How much an average divides by.
static int64_t divisor(const tandem_pool_plan *p, taps t0, taps t1, taps t2) {
  if (p->counts_padding) return t0.span * t1.span * t2.span;
  return (t0.last - t0.first) * (t1.last - t1.first) * (t2.last - t2.first);
}

#define POOL(suffix, type, wide, load, store)                                                 \
  static void max_##suffix(const tandem_pool_plan *p, const char *x, char *y) {               \
    FOR_WINDOWS                                                                               \
    wide best = -(wide)INFINITY;                                                              \
    FOR_TAPS {                                                                                \
      wide value = load(*(const type *)(x + X_AT));                                           \
      best = TAKES(value, best) ? value : best;                                               \
    }                                                                                         \
    *(type *)(y + y_at) = store(best);                                                        \
    END_WINDOWS                                                                               \
  }                                                                                           \
  static void average_##suffix(const tandem_pool_plan *p, const char *x, char *y) {           \
    FOR_WINDOWS                                                                               \
    wide sum = 0;                                                                             \
    FOR_TAPS sum += load(*(const type *)(x + X_AT));                                          \
    int64_t count = divisor(p, t0, t1, t2);                                                   \
    *(type *)(y + y_at) = store(count > 0 ? sum / (wide)count : 0);                           \
    END_WINDOWS                                                                               \
  }                                                                                           \
  static void write_plane_##suffix(const tandem_pool_plan *p, const wide *plane, char *dx) {  \
    for (int64_t i0 = 0; i0 < p->in[0]; i0++)                                                 \
      for (int64_t i1 = 0; i1 < p->in[1]; i1++)                                               \
        for (int64_t i2 = 0; i2 < p->in[2]; i2++)                                             \
          *(type *)(dx + i0 * p->d_strides[0] + i1 * p->d_strides[1] +                        \
                    i2 * p->d_strides[2]) = store(plane[PLANE_AT]);                           \
  }                                                                                           \
  static void max_backward_##suffix(const tandem_pool_plan *p, const char *x, const char *dy, \
                                    char *dx, wide *plane) {                                  \
    memset(plane, 0, (size_t)(p->in[0] * p->in[1] * p->in[2]) * sizeof(wide));                \
    FOR_WINDOWS                                                                               \
    wide best = 0;                                                                            \
    int64_t place = -1;                                                                       \
    FOR_TAPS {                                                                                \
      wide value = load(*(const type *)(x + X_AT));                                           \
      if (place < 0 || TAKES(value, best)) {                                                  \
        best = value;                                                                         \
        place = PLANE_AT;                                                                     \
      }                                                                                       \
    }                                                                                         \
    if (place >= 0) plane[place] += load(*(const type *)(dy + y_at));                         \
    END_WINDOWS                                                                               \
    write_plane_##suffix(p, plane, dx);                                                       \
  }                                                                                           \
  static void average_backward_##suffix(const tandem_pool_plan *p, const char *dy, char *dx,  \
                                        wide *plane) {                                        \
    memset(plane, 0, (size_t)(p->in[0] * p->in[1] * p->in[2]) * sizeof(wide));                \
    FOR_WINDOWS                                                                               \
    int64_t count = divisor(p, t0, t1, t2);                                                   \
    if (count <= 0) continue;                                                                 \
    wide share = load(*(const type *)(dy + y_at)) / (wide)count;                              \
    FOR_TAPS plane[PLANE_AT] += share;                                                        \
    END_WINDOWS                                                                               \
    write_plane_##suffix(p, plane, dx);                                                       \
  }

#define SAME(x) (x)

POOL(f32, float, float, SAME, SAME)
POOL(f64, double, double, SAME, SAME)
POOL(bf16, uint16_t, float, tandem_from_bfloat16, tandem_to_bfloat16)
POOL(f16, uint16_t, float, tandem_from_float16, tandem_to_float16)

// ---- Rows of float32 that are compact: a whole row of windows at a time ----

#define ROW_MAX 256

static bool has_compact_rows(const tandem_pool_plan *p) {
  return p->dtype == TANDEM_FLOAT32 && p->x_strides[2] == 4;
}

// The windows of first..<first + n (along the last axis) whose tap k lies inside the input.
static void windows_of_tap(const tandem_pool_plan *p, int64_t k, int64_t first, int64_t n,
                           int64_t *from, int64_t *to, int64_t *offset) {
  int64_t stride = p->stride[2], shift = k * p->dilation[2] - p->begin[2];
  int64_t low = shift < 0 ? (-shift + stride - 1) / stride : 0, left = p->in[2] - shift;
  int64_t high = left <= 0 ? 0 : (left + stride - 1) / stride;
  low = (low > first ? low : first) - first;
  high = (high < first + n ? high : first + n) - first;
  *from = low < high ? low : high > 0 ? high : 0;
  *to = high > 0 ? high : 0;
  *offset = first * stride + shift;
}

// Common strides are constants, so that loads become shuffles.
#define BY_STRIDE(loop)                                  \
  switch (stride) {                                      \
    case 1: { enum { step = 1 }; loop } break;           \
    case 2: { enum { step = 2 }; loop } break;           \
    default: { const int64_t step = stride; loop } break; \
  }

TANDEM_AT_LEVELS(void, max_tap, (const float *restrict x, int64_t stride, float *restrict best,
                 int64_t from, int64_t to), (x, stride, best, from, to)) {
  BY_STRIDE(for (int64_t j = from; j < to; j++) {
    float value = x[j * step];
    best[j] = TAKES(value, best[j]) ? value : best[j];
  })
}

TANDEM_AT_LEVELS(void, sum_tap, (const float *restrict x, int64_t stride, float *restrict sum,
                 int64_t from, int64_t to), (x, stride, sum, from, to)) {
  BY_STRIDE(for (int64_t j = from; j < to; j++) sum[j] += x[j * step];)
}

// Also keeps where the best is; a window without a place takes the first tap that it meets.
TANDEM_AT_LEVELS(void, max_place_tap, (const float *restrict x, int64_t stride, int32_t place, float
                 *restrict best, int32_t *restrict places, int64_t from, int64_t to), (x, stride,
                 place, best, places, from, to)) {
  BY_STRIDE(for (int64_t j = from; j < to; j++) {
    float value = x[j * step];
    int takes = TAKES(value, best[j]) | (places[j] < 0);
    best[j] = takes ? value : best[j];
    places[j] = takes ? place + (int32_t)(j * step) : places[j];
  })
}

// Calls `tap` for each tap of the windows o0, o1, first..<first + n.
#define FOR_ROW_TAPS(tap)                                                              \
  for (int64_t k0 = t0.first; k0 < t0.last; k0++) {                                    \
    for (int64_t k1 = t1.first; k1 < t1.last; k1++) {                                  \
      int64_t i0 = t0.at + k0 * p->dilation[0], i1 = t1.at + k1 * p->dilation[1];      \
      const char *row = x + i0 * p->x_strides[0] + i1 * p->x_strides[1];               \
      for (int64_t k2 = 0; k2 < p->window[2]; k2++) {                                  \
        int64_t from, to, offset;                                                      \
        windows_of_tap(p, k2, first, n, &from, &to, &offset);                          \
        tap                                                                            \
      }                                                                                \
    }                                                                                  \
  }

#define FOR_ROWS                                                                       \
  for (int64_t o0 = 0; o0 < p->out[0]; o0++)                                           \
    for (int64_t o1 = 0; o1 < p->out[1]; o1++)                                         \
      for (int64_t first = 0; first < p->out[2]; first += ROW_MAX) {                   \
        taps t0 = taps_of(p, 0, o0), t1 = taps_of(p, 1, o1);                           \
        int64_t n = p->out[2] - first < ROW_MAX ? p->out[2] - first : ROW_MAX;         \
        const int64_t y_at =                                                           \
            o0 * p->y_strides[0] + o1 * p->y_strides[1] + first * p->y_strides[2];

static void max_rows(const tandem_pool_plan *p, const char *x, char *y) {
  FOR_ROWS
    float best[ROW_MAX];
    for (int64_t j = 0; j < n; j++) best[j] = -INFINITY;
    FOR_ROW_TAPS(max_tap((const float *)row + offset, p->stride[2], best, from, to);)
    for (int64_t j = 0; j < n; j++) *(float *)(y + y_at + j * p->y_strides[2]) = best[j];
  }
}

static void average_rows(const tandem_pool_plan *p, const char *x, char *y) {
  FOR_ROWS
    float sum[ROW_MAX];
    for (int64_t j = 0; j < n; j++) sum[j] = 0;
    FOR_ROW_TAPS(sum_tap((const float *)row + offset, p->stride[2], sum, from, to);)
    for (int64_t j = 0; j < n; j++) {
      int64_t count = divisor(p, t0, t1, taps_of(p, 2, first + j));
      *(float *)(y + y_at + j * p->y_strides[2]) = count > 0 ? sum[j] / (float)count : 0;
    }
  }
}

static void max_rows_backward(const tandem_pool_plan *p, const char *x, const char *dy, char *dx,
                              float *plane) {
  memset(plane, 0, (size_t)(p->in[0] * p->in[1] * p->in[2]) * sizeof(float));
  FOR_ROWS
    float best[ROW_MAX];
    int32_t places[ROW_MAX];
    for (int64_t j = 0; j < n; j++) best[j] = 0, places[j] = -1;
    FOR_ROW_TAPS(max_place_tap((const float *)row + offset, p->stride[2],
                               (int32_t)((i0 * p->in[1] + i1) * p->in[2] + offset), best, places,
                               from, to);)
    for (int64_t j = 0; j < n; j++)
      if (places[j] >= 0) plane[places[j]] += *(const float *)(dy + y_at + j * p->y_strides[2]);
  }
  write_plane_f32(p, plane, dx);
}

#define BY_DTYPE(name, ...)                                          \
  switch (p->dtype) {                                                \
    case TANDEM_FLOAT64: name##_f64(__VA_ARGS__); break;             \
    case TANDEM_BFLOAT16: name##_bf16(__VA_ARGS__); break;           \
    case TANDEM_FLOAT16: name##_f16(__VA_ARGS__); break;             \
    default: name##_f32(__VA_ARGS__); break;                         \
  }

#define ROW(pointer, stride, i) (void *)((uintptr_t)(pointer) + (uintptr_t)((i) * (stride)))

void tandem_pool_max(const tandem_pool_plan *p, const void *x, void *y) {
  if (is_two_by_two(p)) {
    for (int64_t i = 0; i < p->out[1]; i++)
      max_row_2x2(ROW(x, p->x_strides[1], 2 * i), ROW(x, p->x_strides[1], 2 * i + 1),
                  ROW(y, p->y_strides[1], i), p->out[2]);
    return;
  }
  if (has_compact_rows(p)) {
    max_rows(p, x, y);
    return;
  }
  BY_DTYPE(max, p, x, y)
}

void tandem_pool_average(const tandem_pool_plan *p, const void *x, void *y) {
  if (is_two_by_two(p)) {
    for (int64_t i = 0; i < p->out[1]; i++)
      average_row_2x2(ROW(x, p->x_strides[1], 2 * i), ROW(x, p->x_strides[1], 2 * i + 1),
                      ROW(y, p->y_strides[1], i), p->out[2]);
    return;
  }
  if (has_compact_rows(p)) {
    average_rows(p, x, y);
    return;
  }
  BY_DTYPE(average, p, x, y)
}

void tandem_pool_max_backward(const tandem_pool_plan *p, const void *x, const void *dy, void *dx,
                              void *scratch) {
  if (is_two_by_two(p) && p->d_strides[2] == 4) {
    clear_rest_2x2(p, dx);
    for (int64_t i = 0; i < p->out[1]; i++)
      max_row_2x2_backward(ROW(x, p->x_strides[1], 2 * i), ROW(x, p->x_strides[1], 2 * i + 1),
                           ROW(dy, p->y_strides[1], i), ROW(dx, p->d_strides[1], 2 * i),
                           ROW(dx, p->d_strides[1], 2 * i + 1), p->out[2]);
    return;
  }
  if (has_compact_rows(p) && p->in[0] * p->in[1] * p->in[2] < INT32_MAX) {
    max_rows_backward(p, x, dy, dx, scratch);
    return;
  }
  BY_DTYPE(max_backward, p, x, dy, dx, scratch)
}

void tandem_pool_average_backward(const tandem_pool_plan *p, const void *dy, void *dx,
                                  void *scratch) {
  if (is_two_by_two(p) && p->d_strides[2] == 4) {
    clear_rest_2x2(p, dx);
    for (int64_t i = 0; i < p->out[1]; i++)
      average_row_2x2_backward(ROW(dy, p->y_strides[1], i), ROW(dx, p->d_strides[1], 2 * i),
                               ROW(dx, p->d_strides[1], 2 * i + 1), p->out[2]);
    return;
  }
  BY_DTYPE(average_backward, p, dy, dx, scratch)
}

// ---- What another array holds where the largest elements are ----

#define PICK(suffix, type, load)                                                              \
  static void max_pick_##suffix(const tandem_pool_plan *p, const char *x, const char *c,      \
                                char *y) {                                                    \
    FOR_WINDOWS                                                                               \
    double best = 0;                                                                          \
    const char *place = NULL;                                                                 \
    FOR_TAPS {                                                                                \
      double value = load(*(const type *)(x + X_AT));                                         \
      if (!place || TAKES(value, best)) {                                                     \
        best = value;                                                                         \
        place = c + i0 * p->d_strides[0] + i1 * p->d_strides[1] + i2 * p->d_strides[2];       \
      }                                                                                       \
    }                                                                                         \
    *(type *)(y + y_at) = place ? *(const type *)place : 0;                                   \
    END_WINDOWS                                                                               \
  }

PICK(f32, float, SAME)
PICK(f64, double, SAME)
PICK(bf16, uint16_t, tandem_from_bfloat16)
PICK(f16, uint16_t, tandem_from_float16)

void tandem_pool_max_pick(const tandem_pool_plan *p, const void *x, const void *c, void *y) {
  BY_DTYPE(max_pick, p, x, c, y)
}
