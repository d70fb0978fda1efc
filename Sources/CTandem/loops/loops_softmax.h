// What softmax rows need beside the opcodes: a value of the whole row enters as a number, not as a
// tile. The largest element is looked for in 64 lanes, whose order no level changes.

#define SOFTMAX(C, T, p)                                                                          \
  static void softmax_largest_##C(const void *values, int64_t n, void *result) {                  \
    const T *v = values;                                                                          \
    T lane[64], largest = v[0];                                                                   \
    int64_t i = 0;                                                                                \
    if (n >= 64) {                                                                                \
      memcpy(lane, v, sizeof lane);                                                               \
      for (i = 64; i + 64 <= n; i += 64)                                                          \
        TANDEM_VECTOR for (int l = 0; l < 64; l++) lane[l] = p##_maximum(lane[l], v[i + l]);      \
      for (int l = 0; l < 64; l++) largest = p##_maximum(largest, lane[l]);                       \
    }                                                                                             \
    for (; i < n; i++) largest = p##_maximum(largest, v[i]);                                      \
    *(T *)result = largest;                                                                       \
  }                                                                                               \
  static void softmax_exp_##C(void *d_, const void *a_, const void *shift, int64_t n) {           \
    T *d = d_;                                                                                    \
    const T *a = a_, s = *(const T *)shift;                                                       \
    TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = p##_exp(a[i] - s);                       \
  }                                                                                               \
  static void softmax_share_##C(void *d_, const void *sum, int64_t n) {                           \
    T *d = d_;                                                                                    \
    const T s = (T)1 / *(const T *)sum;                                                           \
    TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = d[i] * s;                                \
  }                                                                                               \
  static void softmax_shift_##C(void *d_, const void *a_, const void *largest, const void *sum,   \
                                int64_t n) {                                                      \
    T *d = d_;                                                                                    \
    const T *a = a_, m = *(const T *)largest, s = p##_log(*(const T *)sum);                       \
    TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = (a[i] - m) - s;                          \
  }                                                                                               \
  static void softmax_gradient_##C(void *d_, const void *y_, const void *g_, const void *sum,     \
                                   int64_t n) {                                                   \
    T *d = d_;                                                                                    \
    const T *y = y_, *g = g_, s = *(const T *)sum;                                                \
    TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = y[i] * (g[i] - s);                       \
  }                                                                                               \
  static void log_softmax_gradient_##C(void *d_, const void *y_, const void *g_, const void *sum, \
                                       int64_t n) {                                               \
    T *d = d_;                                                                                    \
    const T *y = y_, *g = g_, s = *(const T *)sum;                                                \
    TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = g[i] - p##_exp(y[i]) * s;                \
  }

static void softmax_stream_F32(void *d, const void *a, int64_t n) {
  typedef float Line __attribute__((vector_size(64)));
  const Line *from = a;
  Line *to = d;
  for (int64_t i = 0; i < n / 16; i++) __builtin_nontemporal_store(from[i], &to[i]);
}
static void softmax_stream_F64(void *d, const void *a, int64_t n) {
  softmax_stream_F32(d, a, 2 * n);
}

SOFTMAX(F32, float, f32)
SOFTMAX(F64, double, f64)

#define SOFTMAX_ENTRY(C)                                                                          \
  {softmax_largest_##C, softmax_exp_##C, softmax_share_##C, softmax_shift_##C,                   \
   softmax_gradient_##C, log_softmax_gradient_##C, softmax_stream_##C}
