// Copies images into the padded arrangement from which patches are read, for one instruction set.
// Included by level.h after move_template.h.

// One row: zeros, the part that lies in the image, zeros; phase by phase.
#define ROWS(NAME, TO, FROM, CONVERT, COPY)                                                     \
  static void NAME(const tandem_gemm_arrangement *w, TO *to, const FROM *from, int64_t stride,  \
                   int64_t length) {                                                            \
    const int64_t step = w->step[1], pitch = w->phaseRows * w->phaseLength;                     \
    for (int64_t phase = 0; phase < step; phase++) {                                            \
      TO *out = to + phase * pitch;                                                             \
      const int64_t first = w->low[2] + phase;                                                  \
      int64_t begin = first < 0 ? (step - 1 - first) / step : 0;                                \
      int64_t end = length > first ? (length - first + step - 1) / step : 0;                    \
      if (begin > w->phaseLength) begin = w->phaseLength;                                       \
      if (end > w->phaseLength) end = w->phaseLength;                                           \
      if (end < begin) end = begin;                                                             \
      for (int64_t q = 0; q < begin; q++) out[q] = 0;                                           \
      if (stride * step == 1) {                                                                 \
        COPY(out + begin, from + first + begin, end - begin);                                   \
      } else {                                                                                  \
        const FROM *at = from + first * stride;                                                 \
        for (int64_t q = begin; q < end; q++) out[q] = CONVERT(at[q * step * stride]);          \
      }                                                                                         \
      for (int64_t q = end; q < w->phaseLength; q++) out[q] = 0;                                \
    }                                                                                           \
  }
#define COPY_WIDENED(to, from, count) \
  for (int64_t i = 0; i < (count); i++) (to)[i] = WIDENED((from)[i]);
#define WIDENED(x) (x)
ROWS(LEVEL(row_float32), float, float, KEEP, JOIN(LEVEL_NAME, _float_, copy))
ROWS(LEVEL(row_float64), double, double, KEEP, JOIN(LEVEL_NAME, _double_, copy))
ROWS(LEVEL(row_float16), float, _Float16, KEEP, COPY_WIDENED)
#undef WIDENED
#define WIDENED(x) tandem_from_bfloat16(x)
ROWS(LEVEL(row_bfloat16), float, uint16_t, tandem_from_bfloat16, COPY_WIDENED)

static void LEVEL(arrange_row)(const tandem_gemm_arrangement *w, char *to, int64_t place,
                               int inside) {
  const int64_t stride = w->imageStrides[2], length = inside ? w->imageLengths[2] : INT64_MIN / 2;
  const char *from = w->from;
  switch (w->type) {
    case TANDEM_GEMM_FLOAT64:
      LEVEL(row_float64)(w, (double *)to, (const double *)from + place, stride, length);
      break;
    case TANDEM_GEMM_BFLOAT16:
      LEVEL(row_bfloat16)(w, (float *)to, (const uint16_t *)from + place, stride, length);
      break;
    case TANDEM_GEMM_FLOAT16:
      LEVEL(row_float16)(w, (float *)to, (const _Float16 *)from + place, stride, length);
      break;
    default: LEVEL(row_float32)(w, (float *)to, (const float *)from + place, stride, length); break;
  }
}

static void LEVEL(arrange)(const tandem_gemm_arrangement *w) {
  const int64_t size = w->type == TANDEM_GEMM_FLOAT64 ? 8 : 4;
  const int64_t rowBytes = w->phaseLength * size, phaseBytes = w->phaseRows * rowBytes;
  const int64_t planeBytes = w->step[0] * w->step[1] * phaseBytes;
  char *plane = w->to;
  for (int64_t channel = 0; channel < w->channels; channel++) {
    for (int64_t z = 0; z < w->lengths[0]; z++) {
      const int64_t sourceZ = z + w->low[0];
      for (int64_t y = 0; y < w->lengths[1]; y++) {
        const int64_t sourceY = y + w->low[1];
        const int inside = sourceZ >= 0 && sourceZ < w->imageLengths[0] && sourceY >= 0 &&
                           sourceY < w->imageLengths[1];
        const int64_t place = channel * w->channelStride + sourceZ * w->imageStrides[0] +
                              sourceY * w->imageStrides[1];
        char *to = plane + y % w->step[0] * w->step[1] * phaseBytes + y / w->step[0] * rowBytes;
        LEVEL(arrange_row)(w, to, inside ? place : 0, inside);
      }
      plane += planeBytes;
    }
  }
}
