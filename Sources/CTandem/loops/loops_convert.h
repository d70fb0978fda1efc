// Between storage dtypes and compute classes: loads, stores, rounding and casts, each a loop over a
// tile.

#include "loops_conversions.h"
#include "loops_conversion_list.h"

#define DEFINE_CONVERSION(name, S, T, widen, narrow)                                              \
  static void load_##name(void *tile, const void *source, int64_t stride, int64_t n) {            \
    T *d = tile;                                                                                  \
    const char *s = source;                                                                       \
    if (stride == (int64_t)sizeof(S)) {                                                           \
      const S *from = source;                                                                     \
      TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = widen(from[i]);                        \
    } else if (stride == 0) {                                                                     \
      T same = n > 0 ? widen(*(const S *)source) : 0;                                             \
      TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = same;                                  \
    } else {                                                                                      \
      for (int64_t i = 0; i < n; i++) d[i] = widen(*(const S *)(s + i * stride));                 \
    }                                                                                             \
  }                                                                                               \
  static void store_##name(void *target, int64_t stride, const void *tile, int64_t n) {           \
    const T *s = tile;                                                                            \
    char *d = target;                                                                             \
    if (stride == (int64_t)sizeof(S)) {                                                           \
      S *to = target;                                                                             \
      TANDEM_VECTOR for (int64_t i = 0; i < n; i++) to[i] = narrow(s[i]);                         \
    } else {                                                                                      \
      for (int64_t i = 0; i < n; i++) *(S *)(d + i * stride) = narrow(s[i]);                      \
    }                                                                                             \
  }                                                                                               \
  static void round_##name(void *d_, const void *a_, const void *b_, const void *c_, int64_t n) { \
    T *d = d_;                                                                                    \
    const T *a = a_;                                                                              \
    TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = widen(narrow(a[i]));                     \
  }
TANDEM_CONVERSIONS(DEFINE_CONVERSION)

#define DEFINE_CAST(from, to, S, T, convert)                                                      \
  static void cast_##from##_##to(void *d_, const void *a_, const void *b_, const void *c_,        \
                                 int64_t n) {                                                     \
    T *d = d_;                                                                                    \
    const S *a = a_;                                                                              \
    if (sizeof(S) == sizeof(T)) {                                                                 \
      TANDEM_VECTOR for (int64_t i = 0; i < n; i++) d[i] = convert(a[i]);                         \
    } else {                                                                                      \
      T *restrict e = d_;                                                                         \
      for (int64_t i = 0; i < n; i++) e[i] = convert(a[i]);                                       \
    }                                                                                             \
  }
TANDEM_CASTS(DEFINE_CAST)
