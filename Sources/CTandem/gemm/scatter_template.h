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

static void NAME(transpose_matrix)(const tandem_gemm_move *w) {
  const int64_t m = w->m - w->m % LANES, n = w->n - w->n % LANES;
  const T *from = w->from;
  T *to = w->to;
  for (int64_t j = 0; j < n; j += LANES) {
    for (int64_t i = 0; i < m; i += LANES) {
      NAME(vec) x[LANES];
      UNROLL for (int q = 0; q < LANES; q++) {
        x[q] = NAME(load)(from + (i + q) * w->fromRowStride + j);
      }
      NAME(transpose)(x);
      UNROLL for (int q = 0; q < LANES; q++) NAME(save)(to + (j + q) * w->toRowStride + i, x[q]);
    }
    for (int64_t i = m; i < w->m; i++) {
      for (int64_t q = 0; q < LANES; q++) {
        to[(j + q) * w->toRowStride + i] = from[i * w->fromRowStride + j + q];
      }
    }
  }
  for (int64_t j = n; j < w->n; j++) {
    for (int64_t i = 0; i < w->m; i++) to[j * w->toRowStride + i] = from[i * w->fromRowStride + j];
  }
}
