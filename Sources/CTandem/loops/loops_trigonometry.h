// Sines, cosines and tangents of arguments of any size. Large ones are reduced with as many bits of
// 2/π as matter (Payne and Hanek, Radian Reduction for Trigonometric Functions, 1983).

// 64 bits of a number in words, lowest first, from bit `position` on.
static inline uint64_t bits_from(const uint64_t *words, int position) {
  int word = position / 64, shift = position % 64;
  return shift == 0 ? words[word] : words[word] >> shift | words[word + 1] << (64 - shift);
}

// x - n π/2 for f64_trig_limit ≤ |x|; returns n, of which two bits are right.
static inline uint64_t f64_trig_reduce_far(double x, double *reduced) {
  static const uint64_t twoOverPi[] = {
      0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
      0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
      0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f,
      0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d, 0x7527bac7ebe5f17b,
      0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d};
  uint64_t bits = f64_bits(x) & 0x7fffffffffffffffu;
  if (bits >= 0x7ff0000000000000u) {
    *reduced = x - x;
    return 0;
  }
  // |x| = m 2^e. Words whose product is a multiple of four are left out; four words follow.
  uint64_t m = (bits & 0x000fffffffffffffu) | 0x0010000000000000u;
  int e = (int)(bits >> 52) - 1075, first = e > 2 ? (e - 2) / 64 : 0;
  uint64_t words[7] = {0};
  unsigned __int128 carry = 0;
  for (int i = 0; i < 4; i++) {
    carry += (unsigned __int128)m * twoOverPi[first + 3 - i];
    words[i] = (uint64_t)carry;
    carry >>= 64;
  }
  words[4] = (uint64_t)carry;
  int point = 256 - (e - 64 * first);
  uint64_t n = bits_from(words, point);
  uint64_t high = bits_from(words, point - 64), low = bits_from(words, point - 128);
  bool isAbove = high >> 63;
  // The nearest integer: what is above one half is negative.
  n += isAbove;
  high = isAbove ? ~high : high;
  low = isAbove ? ~low : low;
  int zeros = high ? __builtin_clzll(high) : 63;
  uint64_t fraction = zeros == 0 ? high : high << zeros | low >> (64 - zeros);
  double scale = f64_from_bits((uint64_t)(1023 - 64 - zeros) << 52);
  double r = (double)fraction * scale * 1.5707963267948966;
  bool isNegative = f64_bits(x) >> 63;
  *reduced = isAbove != isNegative ? -r : r;
  return isNegative ? 0 - n : n;
}

// sin(x + quarters π/2), 2 units.
static inline double f64_sin_far(double x, uint64_t quarters) {
  double r;
  uint64_t n = f64_trig_reduce_far(x, &r) + quarters;
  double y = (n & 1) ? f64_cos_near(r) : f64_sin_near(r);
  return f64_from_bits(f64_bits(y) ^ ((n & 2) << 62));
}

static inline double f64_tan_of(double r, uint64_t n) {
  double s = f64_sin_near(r), c = f64_cos_near(r);
  return ((n & 1) ? -c : s) / ((n & 1) ? s : c);
}

// tan x for |x| < f64_trig_limit, 3 units.
static inline double f64_tan_near(double x) {
  double r;
  uint64_t n = f64_bits(f64_trig_reduce(x, &r));
  return f64_tan_of(r, n);
}

static inline double f64_tan_far(double x) {
  double r;
  uint64_t n = f64_trig_reduce_far(x, &r);
  return f64_tan_of(r, n);
}
