// Adam in one pass over memory, in the order of operations of AdamUpdate's formula.
#include "../include/tandem_gemm.h"
#include "../include/tandem_neural.h"
#include "../instruction_levels.h"

#pragma STDC FP_CONTRACT OFF

enum { RATE, B1, B2, REST1, REST2, EPSILON, DECAY, C1, C2, KEPT };

#define ADAM(NAME, T)                                                                             \
  TANDEM_AT_LEVELS(void, NAME, (const tandem_adam *w, int64_t begin, int64_t end), (w, begin,     \
                   end)) {                                                                        \
    const T *p = w->parameter, *g = w->gradient, *m = w->first, *v = w->second;                   \
    const T *n = w->coefficients;                                                                 \
    T *p2 = w->newParameter, *m2 = w->newFirst, *v2 = w->newSecond;                               \
    const T rate = n[RATE], b1 = n[B1], b2 = n[B2], rest1 = n[REST1], rest2 = n[REST2];           \
    const T epsilon = n[EPSILON], c1 = n[C1], c2 = n[C2];                                         \
    const T decay = n[DECAY], kept = w->decoupled ? n[KEPT] : 1;                                  \
    const int decoupled = w->decoupled;                                                           \
    _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = begin; i < end; i++) {        \
      const T slope = decoupled ? g[i] : g[i] + decay * p[i];                                     \
      const T first = b1 * m[i] + rest1 * slope;                                                  \
      const T second = b2 * v[i] + rest2 * (slope * slope);                                       \
      const T root = __builtin_elementwise_sqrt(second / c2);                                     \
      p2[i] = p[i] * kept - rate * (first / c1) / (root + epsilon);                               \
      m2[i] = first;                                                                              \
      v2[i] = second;                                                                             \
    }                                                                                             \
  }
ADAM(adam_float, float)
ADAM(adam_double, double)

void tandem_adam_step(const tandem_adam *w, int64_t begin, int64_t end) {
  (w->type == TANDEM_GEMM_FLOAT64 ? adam_double : adam_float)(w, begin, end);
}
