// Convolutions of channels with one filter each, for one instruction set and arithmetic type.
// Included by the level files after dots_template.h.

// The first `count` lanes of what lies at p; zeros above. All lanes can be read.
static inline ALWAYS NAME(vec) NAME(first)(const T *p, int64_t count) {
  __typeof__(NAME(load)(p) < NAME(load)(p)) kept;
  for (int lane = 0; lane < LANES; lane++) kept[lane] = lane < count ? -1 : 0;
  return (NAME(vec))((__typeof__(kept))NAME(load)(p) & kept);
}

static inline ALWAYS NAME(vec) NAME(filtered)(const tandem_gemm_depthwise *w, const T *image,
                                              const T *weights, T bias, const int64_t taps) {
  NAME(vec) sum = {0};
  for (int64_t tap = 0; tap < taps; tap++) {
    sum = NAME(load)(image + w->offsets[tap]) * weights[tap] + sum;
  }
  return sum + bias;
}

// Filters one channel. What is not a whole register overlaps what is before it. Without a bias -0
// is added, which changes no number.
static inline ALWAYS void NAME(filter_channel)(const tandem_gemm_depthwise *w, int64_t channel,
                                               const int64_t taps) {
  const T *weights = (const T *)w->weights + channel * taps;
  const T bias = w->bias ? ((const T *)w->bias)[channel] : -(T)0;
  for (int64_t line = 0; line < w->lines; line++) {
    const T *image = (const T *)w->image + channel * w->imageChannelPitch + line * w->pitch;
    T *to = (T *)w->to + channel * w->toChannelPitch + line * w->toPitch;
    int64_t x = 0;
    for (; x + LANES <= w->length; x += LANES) {
      NAME(save)(to + x, NAME(filtered)(w, image + x, weights, bias, taps));
    }
    if (x == w->length) continue;
    if (x > 0) {
      x = w->length - LANES;
      NAME(save)(to + x, NAME(filtered)(w, image + x, weights, bias, taps));
    } else {
      const NAME(vec) sum = NAME(filtered)(w, image, weights, bias, taps);
      // What is saved beyond this line is overwritten by the lines that follow it.
      const int isFollowed = w->toPitch == w->length && (w->lines - line) * w->length >= LANES;
      if (isFollowed) {
        NAME(save)(to, sum);
      } else {
        for (int64_t i = 0; i < w->length; i++) to[i] = sum[i];
      }
    }
  }
}

static void NAME(filter)(const tandem_gemm_depthwise *w) {
  for (int64_t channel = 0; channel < w->channels; channel++) {
    if (w->taps == 9) {
      NAME(filter_channel)(w, channel, 9);
    } else {
      NAME(filter_channel)(w, channel, w->taps);
    }
  }
}

// The elements of a line from x on, fewer than a register; zeros above. The whole register can be
// read where lines follow each other.
static inline ALWAYS NAME(vec) NAME(rest_of_line)(const tandem_gemm_depthwise *w, const T *from,
                                                  int64_t x, int64_t line) {
  if (w->toPitch == w->length && (w->lines - line) * w->length >= x + LANES) {
    return NAME(first)(from + x, w->length - x);
  }
  T rest[LANES] = {0};
  for (int64_t i = x; i < w->length; i++) rest[i - x] = from[i];
  return NAME(load)(rest);
}

// Adds the products of lines of `to` (not written) with what `count` taps see to one sum for each.
static inline ALWAYS void NAME(sum_taps)(const tandem_gemm_depthwise *w, int64_t channel,
                                         int64_t tap, const int count) {
  NAME(vec) sum[9];
  UNROLL for (int t = 0; t < count; t++) sum[t] = (NAME(vec)){0};
  for (int64_t line = 0; line < w->lines; line++) {
    const T *image = (const T *)w->image + channel * w->imageChannelPitch + line * w->pitch;
    const T *from = (const T *)w->to + channel * w->toChannelPitch + line * w->toPitch;
    int64_t x = 0;
    for (; x + LANES <= w->length; x += LANES) {
      const NAME(vec) y = NAME(load)(from + x);
      UNROLL for (int t = 0; t < count; t++) {
        sum[t] = NAME(load)(image + w->offsets[tap + t] + x) * y + sum[t];
      }
    }
    if (x == w->length) continue;
    const NAME(vec) y = NAME(rest_of_line)(w, from, x, line);
    UNROLL for (int t = 0; t < count; t++) {
      sum[t] = NAME(first)(image + w->offsets[tap + t] + x, w->length - x) * y + sum[t];
    }
  }
  T *sums = (T *)w->sums + channel * w->taps + tap;
  UNROLL for (int t = 0; t < count; t++) {
    T total = 0;
    for (int lane = 0; lane < LANES; lane++) total += sum[t][lane];
    sums[t] += total;
  }
}

static void NAME(filter_sums)(const tandem_gemm_depthwise *w) {
  for (int64_t channel = 0; channel < w->channels; channel++) {
    int64_t tap = 0;
    for (; tap + 9 <= w->taps; tap += 9) NAME(sum_taps)(w, channel, tap, 9);
    for (; tap + 3 <= w->taps; tap += 3) NAME(sum_taps)(w, channel, tap, 3);
    for (; tap < w->taps; tap++) NAME(sum_taps)(w, channel, tap, 1);
  }
}
