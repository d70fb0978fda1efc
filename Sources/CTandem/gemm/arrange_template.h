// Copies images into the padded arrangement from which patches are read, for one instruction set.
// Included by level.h after move_template.h.

// The quotient of what is not negative; most steps are one or two.
static inline ALWAYS int64_t LEVEL(quotient)(int64_t x, int64_t step) {
  return step == 1 ? x : step == 2 ? x >> 1 : x / step;
}

// Every other element of a row of `length`, the first at place `first` + 2 `begin`, as long as
// whole registers can be read: the even ones of two, or the odd ones where the even ones would end
// beyond the row. Returns where it stopped.
#define FLOAT(x) JOIN(LEVEL_NAME, _float_, x)
static inline ALWAYS int64_t LEVEL(pick)(float *to, const float *from, int64_t first, int64_t begin,
                                         int64_t end, int64_t length) {
  const int64_t lanes = REGISTER / sizeof(float);
  const int odd = first + 2 * end - 1 >= length;
  if (end - begin < lanes || (odd && first + 2 * begin < 1)) return begin;
  for (int64_t q = begin; q < end; q += lanes) {
    if (q > end - lanes) q = end - lanes;
    const float *at = from + first + 2 * q - odd;
    const FLOAT(vec) a = FLOAT(load)(at), b = FLOAT(load)(at + lanes);
    FLOAT(save)(to + q, odd ? FLOAT_ODD(a, b) : FLOAT_EVEN(a, b));
  }
  return end;
}
#define PICK_NONE(to, from, first, begin, end, length) (begin)

// One row: zeros, the part that lies in the image, zeros; phase by phase.
#define ROWS(NAME, TO, FROM, CONVERT, COPY, PICK)                                               \
  static void NAME(const tandem_gemm_arrangement *w, TO *to, const FROM *from, int64_t stride,  \
                   int64_t length) {                                                            \
    const int64_t step = w->step[1], pitch = w->phaseRows * w->phaseLength;                     \
    for (int64_t phase = 0; phase < step; phase++) {                                            \
      TO *out = to + phase * pitch;                                                             \
      const int64_t first = w->low[2] + phase;                                                  \
      int64_t begin = first < 0 ? LEVEL(quotient)(step - 1 - first, step) : 0;                  \
      int64_t end = length > first ? LEVEL(quotient)(length - first + step - 1, step) : 0;      \
      if (begin > w->phaseLength) begin = w->phaseLength;                                       \
      if (end > w->phaseLength) end = w->phaseLength;                                           \
      if (end < begin) end = begin;                                                             \
      for (int64_t q = 0; q < begin; q++) out[q] = 0;                                           \
      if (stride * step == 1) {                                                                 \
        COPY(out + begin, from + first + begin, end - begin);                                   \
      } else {                                                                                  \
        const FROM *at = from + first * stride;                                                 \
        if (stride == 1 && step == 2) begin = PICK(out, from, first, begin, end, length);       \
        for (int64_t q = begin; q < end; q++) out[q] = CONVERT(at[q * step * stride]);          \
      }                                                                                         \
      for (int64_t q = end; q < w->phaseLength; q++) out[q] = 0;                                \
    }                                                                                           \
  }
#define COPY_WIDENED(to, from, count) \
  for (int64_t i = 0; i < (count); i++) (to)[i] = WIDENED((from)[i]);
#define WIDENED(x) (x)
ROWS(LEVEL(row_float32), float, float, KEEP, JOIN(LEVEL_NAME, _float_, copy), LEVEL(pick))
ROWS(LEVEL(row_float64), double, double, KEEP, JOIN(LEVEL_NAME, _double_, copy), PICK_NONE)
ROWS(LEVEL(row_float16), float, _Float16, KEEP, COPY_WIDENED, PICK_NONE)
#undef WIDENED
#define WIDENED(x) tandem_from_bfloat16(x)
ROWS(LEVEL(row_bfloat16), float, uint16_t, tandem_from_bfloat16, COPY_WIDENED, PICK_NONE)

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
        const int64_t row = LEVEL(quotient)(y, w->step[0]), phase = y - row * w->step[0];
        char *to = plane + phase * w->step[1] * phaseBytes + row * rowBytes;
        LEVEL(arrange_row)(w, to, inside ? place : 0, inside);
      }
      plane += planeBytes;
    }
  }
}
