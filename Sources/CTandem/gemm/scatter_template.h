// Adds patches back to the image and transposes matrices, for one instruction set and arithmetic
// type. Included by the level files after dots_template.h.

static void NAME(scatter)(const tandem_gemm_scatter *w) {
  const T *from = w->from;
  const int64_t length = w->length;
  for (int64_t tap = 0; tap < w->taps; tap++) {
    T *image = (T *)w->to + w->tapOffsets[tap];
    for (int64_t line = 0; line < w->lines; line++) {
      T *to = image + w->lineOffsets[line * length];
      int64_t i = 0;
      for (; i + LANES <= length; i += LANES) {
        NAME(save)(to + i, NAME(load)(to + i) + NAME(load)(from + i));
      }
      if (i + LANES / 2 <= length) {
        *(NAME(half) *)(to + i) += *(const NAME(half) *)(from + i);
        i += LANES / 2;
      }
      for (; i < length; i++) to[i] += from[i];
      from += length;
    }
  }
}

// One square, whose rows may be divided among lines.
static inline ALWAYS void NAME(turn)(const tandem_gemm_move *w, int64_t i, int64_t j) {
  NAME(vec) x[LANES];
  const T *from = (const T *)w->from + i * w->fromRowStride + j;
  UNROLL for (int q = 0; q < LANES; q++) x[q] = NAME(load)(from + q * w->fromRowStride);
  NAME(transpose)(x);
  const int64_t step = w->toRowStride;
  const int64_t line = w->lineLength ? j / w->lineLength : 0;
  const int64_t gap = w->linePitch - w->lineLength;
  int64_t left = w->lineLength ? (line + 1) * w->lineLength - j : LANES;
  T *to = (T *)w->to + (j + line * gap) * step + i;
  if (left >= LANES) {
    UNROLL for (int q = 0; q < LANES; q++) NAME(save)(to + q * step, x[q]);
    return;
  }
  UNROLL for (int q = 0; q < LANES; q++) {
    NAME(save)(to, x[q]);
    to += step;
    if (--left == 0) {
      left = w->lineLength;
      to += gap * step;
    }
  }
}

// The last squares overlap those before.
static void NAME(transpose_matrix)(const tandem_gemm_move *w) {
  if (w->m >= LANES && w->n >= LANES) {
    for (int64_t i = 0; i < w->m; i += LANES) {
      const int64_t row = i < w->m - LANES ? i : w->m - LANES;
      for (int64_t j = 0; j < w->n; j += LANES) {
        NAME(turn)(w, row, j < w->n - LANES ? j : w->n - LANES);
      }
    }
    return;
  }
  for (int64_t j = 0; j < w->n; j++) {
    const T *from = (const T *)w->from + j;
    const int64_t line = w->lineLength ? j / w->lineLength : 0;
    T *to = (T *)w->to + (j + line * (w->linePitch - w->lineLength)) * w->toRowStride;
    for (int64_t i = 0; i < w->m; i++) to[i] = from[i * w->fromRowStride];
  }
}
