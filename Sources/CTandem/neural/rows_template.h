// Sums of rows in the order of loop programs (TandemReducer in tandem_loops.h): sixteen lanes in
// each block, joined by halving, and blocks pairwise. Four blocks go side by side, so that no
// addition waits for the one before it. Included with T and NAME.

typedef T NAME(lanes) __attribute__((vector_size(TANDEM_NEURAL_LANES * sizeof(T))));
typedef T NAME(loose) __attribute__((vector_size(TANDEM_NEURAL_LANES * sizeof(T)),
                                     aligned(sizeof(T))));

// Blocks summed so far, joined as a binary counter carries.
typedef struct {
  T levels[64];
  int64_t depth, pushed;
} NAME(tree);

// Sixteen elements, or those that are left and zeros.
static inline __attribute__((always_inline)) NAME(lanes) NAME(lanes_at)(const T *at, int64_t left) {
  if (left >= TANDEM_NEURAL_LANES) return (NAME(lanes)) * (const NAME(loose) *)at;
  NAME(lanes) result = {0};
  for (int64_t l = 0; l < left; l++) result[l] = at[l];
  return result;
}

// The first `left` lanes with another element each.
static inline __attribute__((always_inline)) NAME(lanes) NAME(taken)(NAME(lanes) sum,
                                                                     NAME(lanes) element,
                                                                     int64_t left) {
  NAME(lanes) all = sum + element;
  for (int64_t l = left; l < TANDEM_NEURAL_LANES; l++) all[l] = sum[l];
  return all;
}

static inline __attribute__((always_inline)) T NAME(joined)(NAME(lanes) v) {
  v = v + __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0);
  v = v + __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  v = v + __builtin_shufflevector(v, v, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  return v[0] + v[1];
}

// Adds the sum of `blocks` blocks, a power of two of which a multiple came before.
static inline __attribute__((always_inline)) void NAME(push)(NAME(tree) *tree, T sum,
                                                             int64_t blocks) {
  tree->levels[tree->depth++] = sum;
  tree->pushed += blocks;
  for (int64_t carry = tree->pushed / blocks; (carry & 1) == 0; carry >>= 1) {
    tree->depth--;
    tree->levels[tree->depth - 1] = tree->levels[tree->depth - 1] + tree->levels[tree->depth];
  }
}

static inline __attribute__((always_inline)) T NAME(total)(NAME(tree) *tree) {
  for (; tree->depth > 1; tree->depth--)
    tree->levels[tree->depth - 2] = tree->levels[tree->depth - 2] + tree->levels[tree->depth - 1];
  return tree->levels[0];
}

#define AT(p) NAME(lanes_at)((p) + i_, left_)

// total = sum over 0..<n of `term`, sixteen elements at once: AT(x) stands for those of x. Lanes
// start at -0, to which adding is taking.
#define ROW_SUM(result, n, term)                                                                  \
  do {                                                                                            \
    NAME(tree) tree_;                                                                             \
    tree_.depth = tree_.pushed = 0;                                                               \
    int64_t at_ = 0;                                                                              \
    const int64_t block_ = TANDEM_NEURAL_BLOCK;                                                   \
    for (; at_ + 4 * block_ <= (n); at_ += 4 * block_) {                                          \
      NAME(lanes) lane_[4];                                                                       \
      for (int k_ = 0; k_ < 4; k_++) lane_[k_] = -(NAME(lanes)){0};                               \
      for (int64_t j_ = at_; j_ < at_ + block_; j_ += TANDEM_NEURAL_LANES)                        \
        for (int k_ = 0; k_ < 4; k_++) {                                                          \
          const int64_t i_ = j_ + k_ * block_, left_ = TANDEM_NEURAL_LANES;                       \
          lane_[k_] = lane_[k_] + (term);                                                         \
        }                                                                                         \
      NAME(push)(&tree_, (NAME(joined)(lane_[0]) + NAME(joined)(lane_[1])) +                      \
                             (NAME(joined)(lane_[2]) + NAME(joined)(lane_[3])), 4);               \
    }                                                                                             \
    for (; at_ < (n); at_ += block_) {                                                            \
      const int64_t end_ = at_ + block_ < (n) ? at_ + block_ : (n);                               \
      NAME(lanes) lane_ = -(NAME(lanes)){0};                                                      \
      int64_t i_ = at_;                                                                           \
      for (; i_ + TANDEM_NEURAL_LANES <= end_; i_ += TANDEM_NEURAL_LANES) {                       \
        const int64_t left_ = TANDEM_NEURAL_LANES;                                                \
        lane_ = lane_ + (term);                                                                   \
      }                                                                                           \
      const int64_t left_ = end_ - i_;                                                            \
      if (left_ > 0) lane_ = NAME(taken)(lane_, (term), left_);                                   \
      NAME(push)(&tree_, NAME(joined)(lane_), 1);                                                 \
    }                                                                                             \
    (result) = NAME(total)(&tree_);                                                               \
  } while (0)
