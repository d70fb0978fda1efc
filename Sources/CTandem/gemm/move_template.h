// Moving matrices between the types of arithmetic and memory, for one instruction set. Included by
// level.h.

#define KEEP(x) (x)
#define HALF(x) ((_Float16)(x))
#define SAME(F, COPY)                                                    \
  if (w->toColumnStride == 1 && w->fromColumnStride == 1) {              \
    for (int64_t i = 0; i < w->m; i++) {                                 \
      COPY((F *)w->to + i * w->toRowStride,                              \
           (const F *)w->from + i * w->fromRowStride, w->n);             \
    }                                                                    \
    return;                                                              \
  }
#define MOVE(TO, FROM, CONVERT)                                                            \
  for (int64_t i = 0; i < w->m; i++) {                                                     \
    TO *to = (TO *)w->to + i * w->toRowStride;                                             \
    const FROM *from = (const FROM *)w->from + i * w->fromRowStride;                       \
    if (w->toColumnStride == 1 && w->fromColumnStride == 1) {                              \
      for (int64_t j = 0; j < w->n; j++) to[j] = CONVERT(from[j]);                         \
    } else {                                                                               \
      for (int64_t j = 0; j < w->n; j++) {                                                 \
        to[j * w->toColumnStride] = CONVERT(from[j * w->fromColumnStride]);                \
      }                                                                                    \
    }                                                                                      \
  }

static void LEVEL(store)(const tandem_gemm_move *w, int32_t type) {
  if (type == TANDEM_GEMM_FLOAT64) SAME(double, JOIN(LEVEL_NAME, _double_, copy))
  if (type == TANDEM_GEMM_FLOAT32) SAME(float, JOIN(LEVEL_NAME, _float_, copy))
  switch (type) {
    case TANDEM_GEMM_FLOAT64: MOVE(double, double, KEEP) break;
    case TANDEM_GEMM_BFLOAT16: MOVE(uint16_t, float, tandem_to_bfloat16) break;
    case TANDEM_GEMM_FLOAT16: MOVE(_Float16, float, HALF) break;
    default: MOVE(float, float, KEEP) break;
  }
}

static void LEVEL(load)(const tandem_gemm_move *w, int32_t type) {
  if (type == TANDEM_GEMM_FLOAT64) SAME(double, JOIN(LEVEL_NAME, _double_, copy))
  if (type == TANDEM_GEMM_FLOAT32) SAME(float, JOIN(LEVEL_NAME, _float_, copy))
  switch (type) {
    case TANDEM_GEMM_FLOAT64: MOVE(double, double, KEEP) break;
    case TANDEM_GEMM_BFLOAT16: MOVE(float, uint16_t, tandem_from_bfloat16) break;
    case TANDEM_GEMM_FLOAT16: MOVE(float, _Float16, KEEP) break;
    default: MOVE(float, float, KEEP) break;
  }
}
