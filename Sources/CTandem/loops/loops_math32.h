// float32 functions of one element, without branches, so that loops over them become vector code.
// Bounds in units in the last place were measured over evenly spaced floats of all magnitudes and
// are asserted by the fixtures. Functions that go through double are within 0.6 units.

static inline float f32_from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}

static inline uint32_t f32_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return bits;
}

static inline float f32_copysign(float x, float sign) {
  return f32_from_bits((f32_bits(x) & 0x7fffffffu) | (f32_bits(sign) & 0x80000000u));
}

static inline float f32_abs(float x) { return f32_from_bits(f32_bits(x) & 0x7fffffffu); }

// Adding and subtracting 1.5 · 2²³ rounds to an integer and leaves it in the low bits, with no
// rounding instruction, no conversion and no undefined case.
static const float f32_shift = 12582912.0f;

static inline float f32_rint(float x) {
  float magnitude = f32_abs(x);
  float r = (magnitude + 8388608.0f) - 8388608.0f;
  return magnitude < 8388608.0f ? f32_copysign(r, x) : x;
}

static inline float f32_floor(float x) {
  float r = f32_rint(x);
  return f32_copysign(r - (r > x ? 1.0f : 0.0f), x);
}

static inline float f32_ceil(float x) {
  float r = f32_rint(x);
  return f32_copysign(r + (r < x ? 1.0f : 0.0f), x);
}

static inline float f32_trunc(float x) { return f32_copysign(f32_floor(f32_abs(x)), x); }

static inline float f32_sqrt(float x) { return __builtin_elementwise_sqrt(x); }

static inline float f32_sign(float x) {
  float s = x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : 0.0f;
  return x != x ? x : s;
}

// NaN if either is NaN, as NumPy's minimum and maximum.
static inline float f32_maximum(float a, float b) { return a != a ? a : a > b ? a : b; }
static inline float f32_minimum(float a, float b) { return a != a ? a : a < b ? a : b; }

// 2ⁿ for an integer n in -126...127, given as n + f32_shift.
static inline float f32_power_of_two(float shifted) {
  return f32_from_bits((f32_bits(shifted) - f32_bits(f32_shift) + 127u) << 23);
}

// (eʳ - 1 - r) / r² on |r| ≤ ln 2 / 2: Taylor, remainder below 6e-9.
static inline float f32_exp_tail(float r) {
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  return p * r + 0.5f;
}

// ln 2 = high + low; the product of high with an integer below 2⁸ is exact.
static const float f32_ln2_high = 0.693359375f, f32_ln2_low = -2.12194440e-4f;

// p · 2ⁿ, rounded once, for n in -160...160 given as n + f32_shift: in two halves, so that what is
// subnormal is right. The bits of f32_shift itself are shifted out of both. Native kernels have an
// instruction for it where there is one.
static inline float f32_scaled(float p, float shifted) {
  uint32_t half = f32_bits(shifted) >> 1;
  uint32_t rest = f32_bits(shifted) - half;
  p = p * f32_from_bits((half << 23) + 0x3f800000u);
  return p * f32_from_bits((rest << 23) + 0x3f800000u);
}

// eˣ, 1.1 units.
static inline float f32_exp(float x) {
  x = x > 89.0f ? 89.0f : x;
  x = x < -104.0f ? -104.0f : x;
  float shifted = x * 1.44269504f + f32_shift;
  float n = shifted - f32_shift;
  float r = (x - n * f32_ln2_high) - n * f32_ln2_low;
  return f32_scaled((f32_exp_tail(r) * r) * r + r + 1.0f, shifted);
}

// eˣ - 1, 2 units, for x ≤ 88. Where n is zero, q is left as it is.
static inline float f32_expm1_bounded(float x) {
  float shifted = x * 1.44269504f + f32_shift;
  float n = shifted - f32_shift;
  float r = (x - n * f32_ln2_high) - n * f32_ln2_low;
  float q = (f32_exp_tail(r) * r) * r + r;
  float scale = f32_power_of_two(shifted);
  return scale * q + (scale - 1.0f);
}

static inline float f32_expm1(float x) {
  float y = x < -20.0f ? -20.0f : x;
  y = y > 88.0f ? 88.0f : y;
  float e = f32_expm1_bounded(y);
  e = x > 88.0f ? f32_exp(x) : e;
  return x == 0.0f ? x : e;
}

// tanh x = (e²ˣ - 1) / (e²ˣ + 1) on |x|, 2.5 units.
static inline float f32_tanh(float x) {
  float a = f32_abs(x);
  a = a > 9.5f ? 9.5f : a;
  float e = f32_expm1_bounded(a + a);
  return f32_copysign(e / (e + 2.0f), x);
}

// 1 / (1 + e⁻ˣ), 2.5 units also where the result is subnormal.
static inline float f32_sigmoid(float x) {
  float e = f32_exp(-f32_abs(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

// The parts of log x: x = 2ᵏ · (1 + f) with 1 + f in [√½, √2).
static inline float f32_log_split(float x, float *f) {
  float tiny = x < 1.17549435e-38f ? 8388608.0f : 1.0f;
  uint32_t bits = f32_bits(x * tiny) + (0x3f800000u - 0x3f3504f3u);
  float k = (float)((int32_t)(bits >> 23) - 127) - (tiny == 1.0f ? 0.0f : 23.0f);
  *f = f32_from_bits((bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  return k;
}

// log x for what is not an ordinary positive number.
static inline float f32_log_special(float x, float ordinary) {
  float y = x < 0.0f ? __builtin_nanf("") : ordinary;
  y = x == 0.0f ? -__builtin_inff() : y;
  return x == __builtin_inff() || x != x ? x + x : y;
}

// log x, 0.9 units: log(1 + f) = 2 artanh(f / (2 + f)), series to s⁹.
static inline float f32_log(float x) {
  float f, k = f32_log_split(x, &f);
  float s = f / (2.0f + f);
  float z = s * s;
  float p = 2.0f / 11;
  p = p * z + 2.0f / 9;
  p = p * z + 2.0f / 7;
  p = p * z + 2.0f / 5;
  p = p * z + 2.0f / 3;
  float halfSquare = 0.5f * f * f;
  float r = s * (halfSquare + p * z) + k * f32_ln2_low;
  return f32_log_special(x, k * f32_ln2_high - ((halfSquare - r) - f));
}

// max(x, 0) + log(1 + e⁻ˡˣˡ), 2 units.
static inline float f32_softplus(float x) {
  float e = f32_exp(-f32_abs(x));
  float u = 1.0f + e;
  float l = f32_log(u) + (e - (u - 1.0f)) / u;
  return (x > 0.0f ? x : 0.0f) + l;
}

// erf x on |x|, 2 units: an odd polynomial below 0.9, above it 1 - exp(polynomial) up to 4.
static inline float f32_erf(float x) {
  float a = f32_abs(x);
  float z = a * a;
  float p = 8.513102511642501e-05f;
  p = p * z - 0.0008175639086402953f;
  p = p * z + 0.005203858949244022f;
  p = p * z - 0.02686050906777382f;
  p = p * z + 0.11283715069293976f;
  p = p * z - 0.37612634897232056f;
  p = p * z + 0.128379225730896f;
  float b = a > 4.0f ? 4.0f : a;
  float q = -2.0828618289669976e-05f;
  q = q * b + 0.0004313935642130673f;
  q = q * b - 0.004156254697591066f;
  q = q * b + 0.025080615654587746f;
  q = q * b - 0.10822038352489471f;
  q = q * b - 0.6334008574485779f;
  q = q * b - 1.1294883489608765f;
  q = q * b + 0.0001692051300778985f;
  float near = p * a + a;
  float far = 1.0f - f32_exp(q);
  return f32_copysign(a < 0.9f ? near : far, x);
}

// x Φ(x) = x (1 + erf(x / √2)) / 2, within 2e-7 · |x|.
static inline float f32_gelu(float x) {
  return 0.5f * x * (1.0f + f32_erf(x * 0.70710678f));
}

// x (1 + tanh u) / 2 = x / (1 + e⁻²ᵘ), u = √(2/π) (x + 0.044715 x³), within 3e-7 · |x|. The
// exponential needs no second scale: beyond 2¹²⁸ it is infinite, below 2⁻¹²⁶ it does not count.
static inline float f32_gelu_tanh(float x) {
  float u = -1.59576912f * (x + 0.044715f * (x * x * x));
  u = u > 88.5f ? 88.5f : u;
  u = u < -87.0f ? -87.0f : u;
  float shifted = u * 1.44269504f + f32_shift;
  float n = shifted - f32_shift;
  float r = (u - n * f32_ln2_high) - n * f32_ln2_low;
  float p = (f32_exp_tail(r) * r) * r + r + 1.0f;
  return x / (1.0f + p * f32_power_of_two(shifted));
}
