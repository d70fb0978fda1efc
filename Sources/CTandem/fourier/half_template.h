// Long lines of any kind, from and to where they lie. Included by fourier.c.

// The complex line that is transformed, one number after another.
TANDEM_AT_LEVELS(void, NAME(gather_pairs), (const T *in, int64_t count, int64_t step, int64_t next,
                                            bool isReal, T *line),
                 (in, count, step, next, isReal, line)) {
  for (int64_t k = 0; k < count; k++) {
    line[2 * k] = in[k * step];
    line[2 * k + 1] = isReal ? 0 : in[k * step + next];
  }
}

TANDEM_AT_LEVELS(void, NAME(scatter_pairs), (T *out, int64_t count, int64_t step, int64_t next,
                                             bool isReal, const T *line),
                 (out, count, step, next, isReal, line)) {
  for (int64_t k = 0; k < count; k++) {
    out[k * step] = line[2 * k];
    if (!isReal) out[k * step + next] = line[2 * k + 1];
  }
}

// Real and imaginary parts of W complex numbers, and back.
#define GET_PAIRS(from, re, im)                                                                 \
  const V re##_low = *(const LOOSE *)(from), re##_high = *(const LOOSE *)((from) + W);          \
  const V re = EVEN(re##_low, re##_high), im = ODD(re##_low, re##_high);
#define PUT_PAIRS(to, re, im)                                                                   \
  {                                                                                             \
    const V re_ = (re), im_ = (im);                                                             \
    *(LOOSE *)(to) = ZIP_LOW(re_, im_);                                                         \
    *(LOOSE *)((to) + W) = ZIP_HIGH(re_, im_);                                                  \
  }

// The half spectrum of an even line, from the transform of its pairs, `step` complex numbers apart.
TANDEM_AT_LEVELS(void, NAME(unpack_line), (const T *z, const T *roots, int64_t h, int64_t step,
                                           T scale, T middle, T *out),
                 (z, roots, h, step, scale, middle, out)) {
  const T half = (T)0.5;
  int64_t k = 0;
  for (; 2 * k <= h; k++) {
    // Numbers from either end, as long as they do not meet.
    for (; k > 0 && step == 1 && 2 * (k + W) <= h; k += W) {
      GET_PAIRS(z + 2 * k, ar, ai)
      GET_PAIRS(z + 2 * (h - k - W + 1), reversedR, reversedI)
      GET_PAIRS(roots + 2 * k, wr, wi)
      const V br = REVERSE(reversedR), bi = REVERSE(reversedI);
      const V pr = (ar + br) * half, pi = (ai - bi) * half;
      const V mr = (ar - br) * half, mi = (ai + bi) * half;
      const V tr = mi * wr + mr * wi, ti = mi * wi - mr * wr;
      const T m = scale * middle;
      const V yr = (pr - tr) * m, yi = (ti - pi) * m;
      PUT_PAIRS(out + 2 * (h - k - W + 1), REVERSE(yr), REVERSE(yi))
      PUT_PAIRS(out + 2 * k, (pr + tr) * m, (pi + ti) * m)
    }
    const int64_t a = k, b = k == 0 ? 0 : h - k;
    const T pr = (z[2 * a] + z[2 * b]) * half, pi = (z[2 * a + 1] - z[2 * b + 1]) * half;
    const T mr = (z[2 * a] - z[2 * b]) * half, mi = (z[2 * a + 1] + z[2 * b + 1]) * half;
    const T wr = roots[2 * k], wi = roots[2 * k + 1], m = k == 0 ? scale : scale * middle;
    const T tr = mi * wr + mr * wi, ti = mi * wi - mr * wr;
    T *x = out + 2 * k * step, *y = out + 2 * (h - k) * step;
    y[0] = (pr - tr) * m;
    y[1] = (ti - pi) * m;
    x[0] = (pr + tr) * m;
    x[1] = (pi + ti) * m;
  }
}

TANDEM_AT_LEVELS(void, NAME(pack_line), (const T *in, const T *roots, int64_t h, int64_t step,
                                         T middle, T *z),
                 (in, roots, h, step, middle, z)) {
  int64_t k = 0;
  for (; 2 * k <= h; k++) {
    for (; k > 0 && step == 1 && 2 * (k + W) <= h; k += W) {
      GET_PAIRS(in + 2 * k, xr, xi)
      GET_PAIRS(in + 2 * (h - k - W + 1), reversedR, reversedI)
      GET_PAIRS(roots + 2 * k, wr, wi)
      const V ar = xr * middle, ai = xi * middle;
      const V br = REVERSE(reversedR) * middle, bi = REVERSE(reversedI) * middle;
      const V sr = ar + br, si = ai - bi, dr = ar - br, di = ai + bi;
      const V tr = dr * wr + di * wi, ti = di * wr - dr * wi;
      const V yr = sr + ti, yi = tr - si;
      PUT_PAIRS(z + 2 * (h - k - W + 1), REVERSE(yr), REVERSE(yi))
      PUT_PAIRS(z + 2 * k, sr - ti, si + tr)
    }
    const T wr = roots[2 * k], wi = roots[2 * k + 1], m = k == 0 ? (T)1 : middle;
    const T *x = in + 2 * k * step, *y = in + 2 * (h - k) * step;
    const T ar = x[0] * m, ai = k == 0 ? 0 : x[1] * m;
    const T br = y[0] * m, bi = k == 0 ? 0 : y[1] * m;
    const T sr = ar + br, si = ai - bi, dr = ar - br, di = ai + bi;
    const T tr = dr * wr + di * wi, ti = di * wr - dr * wi;
    if (k > 0) z[2 * (h - k)] = sr + ti, z[2 * (h - k) + 1] = tr - si;
    z[2 * k] = sr - ti;
    z[2 * k + 1] = si + tr;
  }
}

// The whole spectrum of an odd line, from its half.
static void NAME(mirror_line)(const T *in, int64_t n, int64_t step, T middle, T *line) {
  line[0] = in[0];
  line[1] = 0;
  for (int64_t k = 1; k <= n / 2; k++) {
    const T re = in[2 * k * step] * middle, im = in[2 * k * step + 1] * middle;
    line[2 * k] = line[2 * (n - k)] = re;
    line[2 * k + 1] = im;
    line[2 * (n - k) + 1] = -im;
  }
}

// The complex line of a kind that begins at `in`; the array itself if that is it.
static const T *NAME(gathered)(const tandem_fourier_work *work, const T *in, T *line) {
  const tandem_fourier *plan = work->plan;
  const int64_t n = plan->n, inner = work->inner;
  if (plan->kind == TANDEM_FOURIER_INVERSE_REAL) {
    if (plan->halves) {
      NAME(pack_line)(in, plan->halves, n / 2, inner, (T)work->middle, line);
    } else {
      NAME(mirror_line)(in, n, inner, (T)work->middle, line);
    }
    return line;
  }
  if (plan->kind == TANDEM_FOURIER_REAL && !plan->halves) {
    NAME(gather_pairs)(in, n, inner, 0, true, line);
    return line;
  }
  if (inner == 1) return in;
  const bool isReal = plan->kind == TANDEM_FOURIER_REAL;
  NAME(gather_pairs)(in, plan->length, 2 * inner, isReal ? inner : 1, false, line);
  return line;
}

// The result of a kind from its complex line, which has been scaled unless it is half a spectrum.
static void NAME(scattered)(const tandem_fourier_work *work, const T *line, T *out) {
  const tandem_fourier *plan = work->plan;
  const int64_t n = plan->n, inner = work->inner;
  const T middle = (T)work->middle, scale = (T)work->scale;
  if (plan->kind == TANDEM_FOURIER_REAL && plan->halves) {
    NAME(unpack_line)(line, plan->halves, n / 2, inner, scale, middle, out);
  } else if (plan->kind == TANDEM_FOURIER_REAL) {
    for (int64_t k = 0; k <= n / 2; k++) {
      const T factor = k == 0 ? scale : scale * middle;
      out[2 * k * inner] = line[2 * k] * factor;
      out[2 * k * inner + 1] = line[2 * k + 1] * factor;
    }
  } else if (plan->kind == TANDEM_FOURIER_INVERSE_REAL && !plan->halves) {
    NAME(scatter_pairs)(out, n, inner, 0, true, line);
  } else {
    const bool isReal = plan->kind == TANDEM_FOURIER_INVERSE_REAL;
    NAME(scatter_pairs)(out, plan->length, 2 * inner, isReal ? inner : 1, false, line);
  }
}

static int64_t NAME(long_scratch)(const tandem_fourier *plan) {
  return 2 * tandem_fourier_round_up(2 * plan->length, plan->wide) + NAME(line_scratch)(plan);
}

static void NAME(run_line)(const tandem_fourier_work *work, int64_t number, T *scratch,
                           const tandem_fourier_team *team) {
  const tandem_fourier *plan = work->plan;
  const int64_t half = plan->n / 2 + 1, inner = work->inner;
  const bool fromHalf = plan->kind == TANDEM_FOURIER_INVERSE_REAL;
  const bool toHalf = plan->kind == TANDEM_FOURIER_REAL;
  const int64_t from = NAME(base)(number, fromHalf ? half : plan->n, inner) * (toHalf ? 1 : 2);
  const int64_t to = NAME(base)(number, toHalf ? half : plan->n, inner) * (fromHalf ? 1 : 2);
  T *out = (T *)work->out + to;
  T *source = scratch, *target = source + tandem_fourier_round_up(2 * plan->length, plan->wide);
  T *rest = target + tandem_fourier_round_up(2 * plan->length, plan->wide);
  const T *line = NAME(gathered)(work, (const T *)work->in + from, source);
  const bool isDirect = inner == 1 && !toHalf && !(fromHalf && !plan->halves);
  NAME(line)(plan, line, isDirect ? out : target, rest, fromHalf || work->inverse,
             toHalf ? (T)1 : (T)work->scale, team);
  if (!isDirect) NAME(scattered)(work, target, out);
}
