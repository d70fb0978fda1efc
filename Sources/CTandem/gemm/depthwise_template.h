// Convolutions of one channel with one filter, for one instruction set and arithmetic type.
// Included by the level files after dots_template.h.

// The first `count` lanes of what lies at p; zeros above. All lanes can be read.
static inline ALWAYS NAME(vec) NAME(first)(const T *p, int64_t count) {
  __typeof__(NAME(load)(p) < NAME(load)(p)) kept;
  for (int lane = 0; lane < LANES; lane++) kept[lane] = lane < count ? -1 : 0;
  return (NAME(vec))((__typeof__(kept))NAME(load)(p) & kept);
}

static inline ALWAYS NAME(vec) NAME(filtered)(const tandem_gemm_depthwise *w, const T *image) {
  const T *weights = w->weights;
  NAME(vec) sum = {0};
  for (int64_t tap = 0; tap < w->taps; tap++) {
    sum = NAME(load)(image + w->offsets[tap]) * weights[tap] + sum;
  }
  return w->bias ? sum + *(const T *)w->bias : sum;
}

static void NAME(filter)(const tandem_gemm_depthwise *w) {
  for (int64_t line = 0; line < w->lines; line++) {
    const T *image = (const T *)w->image + line * w->pitch;
    T *to = (T *)w->to + line * w->toPitch;
    int64_t x = 0;
    for (; x + LANES <= w->length; x += LANES) NAME(save)(to + x, NAME(filtered)(w, image + x));
    if (x == w->length) continue;
    if (x > 0) {
      x = w->length - LANES;
      NAME(save)(to + x, NAME(filtered)(w, image + x));
    } else {
      const NAME(vec) sum = NAME(filtered)(w, image);
      for (int64_t i = 0; i < w->length; i++) to[i] = sum[i];
    }
  }
}

// Adds the products of lines of `to` (not written) with what `count` taps see to one sum for each.
static inline ALWAYS void NAME(sum_taps)(const tandem_gemm_depthwise *w, int64_t tap,
                                         const int count) {
  NAME(vec) sum[9];
  UNROLL for (int t = 0; t < count; t++) sum[t] = (NAME(vec)){0};
  for (int64_t line = 0; line < w->lines; line++) {
    const T *image = (const T *)w->image + line * w->pitch;
    const T *from = (const T *)w->to + line * w->toPitch;
    int64_t x = 0;
    for (; x + LANES <= w->length; x += LANES) {
      const NAME(vec) y = NAME(load)(from + x);
      UNROLL for (int t = 0; t < count; t++) {
        sum[t] = NAME(load)(image + w->offsets[tap + t] + x) * y + sum[t];
      }
    }
    if (x == w->length) continue;
    T rest[LANES] = {0};
    for (int64_t i = x; i < w->length; i++) rest[i - x] = from[i];
    const NAME(vec) y = NAME(load)(rest);
    UNROLL for (int t = 0; t < count; t++) {
      sum[t] = NAME(first)(image + w->offsets[tap + t] + x, w->length - x) * y + sum[t];
    }
  }
  T *sums = (T *)w->sums + tap;
  UNROLL for (int t = 0; t < count; t++) {
    T total = 0;
    for (int lane = 0; lane < LANES; lane++) total += sum[t][lane];
    sums[t] += total;
  }
}

static void NAME(filter_sums)(const tandem_gemm_depthwise *w) {
  int64_t tap = 0;
  for (; tap + 9 <= w->taps; tap += 9) NAME(sum_taps)(w, tap, 9);
  for (; tap + 3 <= w->taps; tap += 3) NAME(sum_taps)(w, tap, 3);
  for (; tap < w->taps; tap++) NAME(sum_taps)(w, tap, 1);
}
