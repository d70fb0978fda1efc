// What the neural kernels share: sums in 16 lanes, for float and double. Included by each after it
// has defined T and NAME.
#ifndef TANDEM_NEURAL_VECTOR
#define TANDEM_NEURAL_VECTOR _Pragma("clang loop vectorize(assume_safety) interleave(enable)")
enum { TANDEM_NEURAL_BLOCK = 256, TANDEM_NEURAL_LANES = 16 };
#endif

// The sums of the lanes, by halving.
static inline __attribute__((always_inline)) double NAME(halve)(T *lane) {
  for (int half = TANDEM_NEURAL_LANES / 2; half > 0; half /= 2)
    for (int l = 0; l < half; l++) lane[l] = lane[l] + lane[l + half];
  return (double)lane[0];
}

// sum over i in 0..<n of `term`, which may name i; added to `total`.
#define LANE_SUM(total, n, term)                                                                  \
  for (int64_t at_ = 0; at_ < (n); at_ += TANDEM_NEURAL_BLOCK) {                                  \
    T lane_[TANDEM_NEURAL_LANES] = {0};                                                           \
    int64_t end_ = at_ + TANDEM_NEURAL_BLOCK < (n) ? at_ + TANDEM_NEURAL_BLOCK : (n), i_ = at_;   \
    for (; i_ + TANDEM_NEURAL_LANES <= end_; i_ += TANDEM_NEURAL_LANES)                           \
      for (int l_ = 0; l_ < TANDEM_NEURAL_LANES; l_++) {                                          \
        const int64_t i = i_ + l_;                                                                \
        lane_[l_] = lane_[l_] + (term);                                                           \
      }                                                                                           \
    for (int l_ = 0; i_ + l_ < end_; l_++) {                                                      \
      const int64_t i = i_ + l_;                                                                  \
      lane_[l_] = lane_[l_] + (term);                                                             \
    }                                                                                             \
    (total) += NAME(halve)(lane_);                                                                \
  }
