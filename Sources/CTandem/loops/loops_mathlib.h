// Remainders, whose fmod from the C library is exact, so the same on every machine; integers.

// a - floor(a / b) · b with the sign of b, as NumPy.
static inline float f32_remainder(float a, float b) {
  float r = fmodf(a, b);
  if (r == 0.0f) return f32_copysign(r, b);
  return (r < 0.0f) != (b < 0.0f) ? r + b : r;
}

static inline double f64_remainder(double a, double b) {
  double r = fmod(a, b);
  if (r == 0.0) return f64_copysign(r, b);
  return (r < 0.0) != (b < 0.0) ? r + b : r;
}

static inline float f32_floor_divide(float a, float b) {
  if (b == 0.0f) return a / b;
  float r = fmodf(a, b);
  float q = (a - r) / b;
  if (r != 0.0f && (r < 0.0f) != (b < 0.0f)) q -= 1.0f;
  if (q == 0.0f) return f32_copysign(0.0f, a / b);
  float f = f32_floor(q);
  return q - f > 0.5f ? f + 1.0f : f;
}

static inline double f64_floor_divide(double a, double b) {
  if (b == 0.0) return a / b;
  double r = fmod(a, b);
  double q = (a - r) / b;
  if (r != 0.0 && (r < 0.0) != (b < 0.0)) q -= 1.0;
  if (q == 0.0) return f64_copysign(0.0, a / b);
  double f = f64_floor(q);
  return q - f > 0.5 ? f + 1.0 : f;
}

static inline double f64_gelu_tanh(double x) {
  double u = 1.5957691216057308 * (x + 0.044715 * (x * x * x));
  return x == 0.0 ? x : x * f64_sigmoid(u);
}

// Integers: division by zero is zero, overflow wraps, as NumPy.
static inline int32_t i32_floor_divide(int32_t a, int32_t b) {
  if (b == 0) return 0;
  if (b == -1) return (int32_t)(0u - (uint32_t)a);
  int32_t q = a / b;
  return q - ((a % b != 0) & ((a < 0) != (b < 0)));
}

static inline int32_t i32_remainder(int32_t a, int32_t b) {
  if (b == 0 || b == -1) return 0;
  int32_t r = a % b;
  return r + ((r != 0) & ((r < 0) != (b < 0)) ? b : 0);
}

static inline int64_t i64_floor_divide(int64_t a, int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return (int64_t)(0u - (uint64_t)a);
  int64_t q = a / b;
  return q - ((a % b != 0) & ((a < 0) != (b < 0)));
}

static inline int64_t i64_remainder(int64_t a, int64_t b) {
  if (b == 0 || b == -1) return 0;
  int64_t r = a % b;
  return r + ((r != 0) & ((r < 0) != (b < 0)) ? b : 0);
}

// Wraps; a negative exponent gives 1 / base truncated: 0, or ±1 for the bases ±1.
static inline int64_t i64_power(int64_t base, int64_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? ((exponent & 1) ? -1 : 1) : 0;
  uint64_t result = 1, square = (uint64_t)base;
  for (; exponent > 0; exponent >>= 1, square *= square)
    if (exponent & 1) result *= square;
  return (int64_t)result;
}

static inline uint64_t u64_power(uint64_t base, uint64_t exponent) {
  uint64_t result = 1;
  for (; exponent > 0; exponent >>= 1, base *= base)
    if (exponent & 1) result *= base;
  return result;
}

static inline int32_t i32_power(int32_t base, int32_t exponent) {
  return (int32_t)i64_power(base, exponent);
}

// The greatest common divisor of sizes, by Euclid; that of the least number and zero wraps.
static inline uint64_t u64_gcd(uint64_t a, uint64_t b) {
  while (b != 0) {
    uint64_t r = a % b;
    a = b;
    b = r;
  }
  return a;
}

static inline int64_t i64_gcd(int64_t a, int64_t b) {
  uint64_t x = a < 0 ? 0 - (uint64_t)a : (uint64_t)a, y = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
  return (int64_t)u64_gcd(x, y);
}

static inline int32_t i32_gcd(int32_t a, int32_t b) { return (int32_t)i64_gcd(a, b); }
