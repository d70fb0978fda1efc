// Adds patches back to the image, for one instruction set and arithmetic type. Included by the
// level files after block_template.h.

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
