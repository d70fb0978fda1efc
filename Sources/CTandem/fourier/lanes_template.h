// Blocks of lines that are transformed side by side. Included by fourier.c.

// The rows of a block and others of the same size beside them.
typedef struct {
  V *re, *im, *otherRe, *otherIm;
} NAME(rows);
#define ROWSET NAME(rows)

ALWAYS void NAME(exchange)(ROWSET *rows) {
  *rows = (ROWSET){rows->otherRe, rows->otherIm, rows->re, rows->im};
}

// Rows times complex numbers.
TANDEM_AT_LEVELS(void, NAME(turn), (V *re, V *im, const T *factors, int64_t count),
                 (re, im, factors, count)) {
  for (int64_t k = 0; k < count; k++) {
    const V a = re[k], b = im[k];
    const T c = factors[2 * k], d = factors[2 * k + 1];
    re[k] = a * c - b * d;
    im[k] = a * d + b * c;
  }
}

static void NAME(transform)(const tandem_fourier *plan, ROWSET *rows) {
  const tandem_fourier *inner = plan->convolution;
  if (!inner) {
    if (NAME(passes)(plan, rows->re, rows->im, rows->otherRe, rows->otherIm))
      NAME(exchange)(rows);
    return;
  }
  // Bluestein: the transform as a convolution with a chirp.
  NAME(turn)(rows->re, rows->im, plan->chirp, plan->length);
  size_t rest = (size_t)(inner->length - plan->length) * sizeof(V);
  memset(rows->re + plan->length, 0, rest);
  memset(rows->im + plan->length, 0, rest);
  NAME(transform)(inner, rows);
  NAME(turn)(rows->re, rows->im, plan->filter, inner->length);
  // The inverse: with real and imaginary parts exchanged, before and after.
  ROWSET turned = {rows->im, rows->re, rows->otherIm, rows->otherRe};
  NAME(transform)(inner, &turned);
  *rows = (ROWSET){turned.im, turned.re, turned.otherIm, turned.otherRe};
  NAME(turn)(rows->re, rows->im, plan->chirp, plan->length);
}

static void NAME(transform_inverse)(const tandem_fourier *plan, ROWSET *rows) {
  ROWSET turned = {rows->im, rows->re, rows->otherIm, rows->otherRe};
  NAME(transform)(plan, &turned);
  *rows = (ROWSET){turned.im, turned.re, turned.otherIm, turned.otherRe};
}

// The half spectrum of even lines, from the transform of their pairs; into the other rows.
TANDEM_AT_LEVELS(void, NAME(unpack), (const ROWSET *rows, const T *roots, int64_t h, T middle),
                 (rows, roots, h, middle)) {
  const V *zr = rows->re, *zi = rows->im;
  V *xr = rows->otherRe, *xi = rows->otherIm;
  const T half = (T)0.5;
  for (int64_t k = 0; 2 * k <= h; k++) {
    const int64_t a = k, b = k == 0 ? 0 : h - k;
    const V pr = (zr[a] + zr[b]) * half, pi = (zi[a] - zi[b]) * half;
    const V mr = (zr[a] - zr[b]) * half, mi = (zi[a] + zi[b]) * half;
    const T wr = roots[2 * k], wi = roots[2 * k + 1], m = k == 0 ? (T)1 : middle;
    const V tr = mi * wr + mr * wi, ti = mi * wi - mr * wr;
    xr[h - k] = (pr - tr) * m;
    xi[h - k] = (ti - pi) * m;
    xr[k] = (pr + tr) * m;
    xi[k] = (pi + ti) * m;
  }
}

// The pairs of even lines before their inverse transform, from the half spectrum.
TANDEM_AT_LEVELS(void, NAME(pack), (const ROWSET *rows, const T *roots, int64_t h, T middle),
                 (rows, roots, h, middle)) {
  V *xr = rows->re, *xi = rows->im;
  V *zr = rows->otherRe, *zi = rows->otherIm;
  xi[0] = xi[h] = (V){0};
  for (int64_t k = 0; 2 * k <= h; k++) {
    const T wr = roots[2 * k], wi = roots[2 * k + 1], m = k == 0 ? (T)1 : middle;
    const V ar = xr[k] * m, ai = xi[k] * m, br = xr[h - k] * m, bi = xi[h - k] * m;
    const V sr = ar + br, si = ai - bi, dr = ar - br, di = ai + bi;
    const V tr = dr * wr + di * wi, ti = di * wr - dr * wi;
    if (k > 0) zr[h - k] = sr + ti, zi[h - k] = tr - si;
    zr[k] = sr - ti;
    zi[k] = si + tr;
  }
}

static void NAME(scale_rows)(V *re, V *im, int64_t from, int64_t to, T factor) {
  if (factor == 1) return;
  for (int64_t k = from; k < to; k++) re[k] = re[k] * factor, im[k] = im[k] * factor;
}

static void NAME(block_real)(const tandem_fourier_work *work, int64_t first, int64_t count,
                             ROWSET *rows) {
  const tandem_fourier *plan = work->plan;
  const int64_t n = plan->n, h = n / 2, inner = work->inner;
  if (plan->halves) {
    if (inner == 1) {
      NAME(load)(work->in, h, 1, first, count, rows->re, rows->im);
    } else {
      NAME(load_real)(work->in, n, inner, first, count, 0, 2, rows->re);
      NAME(load_real)(work->in, n, inner, first, count, 1, 2, rows->im);
    }
    NAME(transform)(plan, rows);
    NAME(unpack)(rows, plan->halves, h, (T)work->middle);
    NAME(exchange)(rows);
  } else {
    NAME(load_real)(work->in, n, inner, first, count, 0, 1, rows->re);
    memset(rows->im, 0, (size_t)n * sizeof(V));
    NAME(transform)(plan, rows);
    NAME(scale_rows)(rows->re, rows->im, 1, h + 1, (T)work->middle);
  }
  NAME(store)(work->out, h + 1, inner, first, count, rows->re, rows->im, (T)work->scale);
}

static void NAME(block_inverse_real)(const tandem_fourier_work *work, int64_t first, int64_t count,
                                     ROWSET *rows) {
  const tandem_fourier *plan = work->plan;
  const int64_t n = plan->n, h = n / 2, inner = work->inner;
  NAME(load)(work->in, h + 1, inner, first, count, rows->re, rows->im);
  if (plan->halves) {
    NAME(pack)(rows, plan->halves, h, (T)work->middle);
    NAME(exchange)(rows);
    NAME(transform_inverse)(plan, rows);
    if (inner == 1) {
      NAME(store)(work->out, h, 1, first, count, rows->re, rows->im, (T)work->scale);
    } else {
      NAME(store_real)(work->out, n, inner, first, count, 0, 2, rows->re, (T)work->scale);
      NAME(store_real)(work->out, n, inner, first, count, 1, 2, rows->im, (T)work->scale);
    }
    return;
  }
  rows->im[0] = (V){0};
  NAME(scale_rows)(rows->re, rows->im, 1, h + 1, (T)work->middle);
  for (int64_t k = 1; k <= h; k++) rows->re[n - k] = rows->re[k], rows->im[n - k] = -rows->im[k];
  NAME(transform_inverse)(plan, rows);
  NAME(store_real)(work->out, n, inner, first, count, 0, 1, rows->re, (T)work->scale);
}

static int64_t NAME(row_count)(const tandem_fourier *plan) {
  return plan->convolution ? plan->convolution->length : plan->length + 1;
}

static ROWSET NAME(row_set)(void *memory, int64_t count) {
  V *rows = memory;
  return (ROWSET){rows, rows + count, rows + 2 * count, rows + 3 * count};
}

static void NAME(run_block)(const tandem_fourier_work *work, int64_t block) {
  const tandem_fourier *plan = work->plan;
  const int64_t lines = work->outer * work->inner, first = block * W;
  const int64_t count = lines - first < W ? lines - first : W, rowCount = NAME(row_count)(plan);
  void *memory = tandem_loop_scratch(4 * rowCount * (int64_t)sizeof(V));
  ROWSET rows = NAME(row_set)(memory, rowCount);
  if (plan->kind == TANDEM_FOURIER_REAL) return NAME(block_real)(work, first, count, &rows);
  if (plan->kind == TANDEM_FOURIER_INVERSE_REAL)
    return NAME(block_inverse_real)(work, first, count, &rows);
  const int64_t n = plan->n;
  NAME(load)(work->in, n, work->inner, first, count, rows.re, rows.im);
  if (work->inverse) {
    NAME(transform_inverse)(plan, &rows);
  } else {
    NAME(transform)(plan, &rows);
  }
  NAME(store)(work->out, n, work->inner, first, count, rows.re, rows.im, (T)work->scale);
}
