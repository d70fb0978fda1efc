// One long line: a matrix of first x second numbers, whose columns are transformed, turned, and
// whose rows are transformed then. Included by fourier.c.

// Columns block * W and so on of the line into `middle`, [first][row] real parts and then as many
// imaginary ones. Real and imaginary parts are exchanged if `turned`, which makes the inverse.
TANDEM_AT_LEVELS(void, NAME(load_columns), (const tandem_fourier *plan, const T *in, int64_t block,
                                            V *re, V *im),
                 (plan, in, block, re, im)) {
  const int64_t n1 = plan->first->length, n2 = plan->second->length, j = block * W;
  if (j + W <= n2) {
    for (int64_t i = 0; i < n1; i++) {
      const T *x = in + 2 * (i * n2 + j);
      const V a = *(const LOOSE *)x, b = *(const LOOSE *)(x + W);
      re[i] = EVEN(a, b);
      im[i] = ODD(a, b);
    }
    return;
  }
  for (int64_t i = 0; i < n1; i++) {
    const T *x = in + 2 * (i * n2 + j);
    re[i] = im[i] = (V){0};
    for (int64_t lane = 0; j + lane < n2; lane++) {
      ((T *)(re + i))[lane] = x[2 * lane];
      ((T *)(im + i))[lane] = x[2 * lane + 1];
    }
  }
}

TANDEM_AT_LEVELS(void, NAME(turn_columns), (const tandem_fourier *plan, int64_t block, const V *re,
                                            const V *im, T *middle),
                 (plan, block, re, im, middle)) {
  const int64_t n1 = plan->first->length;
  const int64_t row = tandem_fourier_round_up(plan->second->length, plan->wide);
  const T *cosines = plan->table, *sines = cosines + n1 * row;
  for (int64_t k = 0; k < n1; k++) {
    const int64_t at = k * row + block * W;
    const V c = *(const V *)(cosines + at), d = *(const V *)(sines + at);
    *(V *)(middle + at) = re[k] * c - im[k] * d;
    *(V *)(middle + n1 * row + at) = re[k] * d + im[k] * c;
  }
}

// Rows block * W and so on of `middle`, one in each lane.
TANDEM_AT_LEVELS(void, NAME(load_rows), (const tandem_fourier *plan, const T *middle, int64_t block,
                                         V *to),
                 (plan, middle, block, to)) {
  const int64_t n1 = plan->first->length, n2 = plan->second->length;
  const int64_t row = tandem_fourier_round_up(n2, plan->wide);
  for (int64_t j = 0; j < n2; j += W) {
    V tile[W];
    UNROLL for (int lane = 0; lane < W; lane++) {
      // Lanes without a row show the last one.
      const int64_t k = block * W + lane;
      tile[lane] = *(const V *)(middle + (k < n1 ? k : n1 - 1) * row + j);
    }
    NAME(transpose)(tile);
    for (int i = 0; i < W && j + i < n2; i++) to[j + i] = tile[i];
  }
}

TANDEM_AT_LEVELS(void, NAME(store_rows), (const tandem_fourier *plan, int64_t block, const V *re,
                                          const V *im, T *out, T scale),
                 (plan, block, re, im, out, scale)) {
  const int64_t n1 = plan->first->length, n2 = plan->second->length, k = block * W;
  for (int64_t i = 0; i < n2; i++) {
    T *y = out + 2 * (i * n1 + k);
    const V a = re[i] * scale, b = im[i] * scale;
    if (k + W <= n1) {
      *(LOOSE *)y = ZIP_LOW(a, b);
      *(LOOSE *)(y + W) = ZIP_HIGH(a, b);
    } else {
      for (int64_t lane = 0; k + lane < n1; lane++)
        y[2 * lane] = a[lane], y[2 * lane + 1] = b[lane];
    }
  }
}

// A transform of one line in the works.
typedef struct {
  const tandem_fourier *plan;
  const T *in;
  T *out, *middle;
  bool turned;
  T scale;
} NAME(line_work);

static void NAME(columns)(void *argument, int64_t block) {
  const NAME(line_work) *work = argument;
  const tandem_fourier *first = work->plan->first;
  const int64_t count = first->length;
  ROWSET rows = NAME(row_set)(tandem_loop_scratch(4 * count * (int64_t)sizeof(V)), count);
  NAME(load_columns)(work->plan, work->in, block, work->turned ? rows.im : rows.re,
                     work->turned ? rows.re : rows.im);
  NAME(transform)(first, &rows);
  NAME(turn_columns)(work->plan, block, rows.re, rows.im, work->middle);
}

static void NAME(row_blocks)(void *argument, int64_t block) {
  const NAME(line_work) *work = argument;
  const tandem_fourier *plan = work->plan, *second = plan->second;
  const int64_t count = second->length;
  ROWSET rows = NAME(row_set)(tandem_loop_scratch(4 * count * (int64_t)sizeof(V)), count);
  const int64_t plane = plan->first->length * tandem_fourier_round_up(count, plan->wide);
  NAME(load_rows)(plan, work->middle, block, rows.re);
  NAME(load_rows)(plan, work->middle + plane, block, rows.im);
  NAME(transform)(second, &rows);
  NAME(store_rows)(plan, block, work->turned ? rows.im : rows.re,
                   work->turned ? rows.re : rows.im, work->out, work->scale);
}

static void NAME(each)(const tandem_fourier_team *team, int64_t count,
                       void (*body)(void *argument, int64_t index), void *argument) {
  if (team) return team->each(team->context, count, body, argument);
  for (int64_t i = 0; i < count; i++) body(argument, i);
}

// Complex numbers times others; with the scale, and their parts exchanged, if so.
TANDEM_AT_LEVELS(void, NAME(multiply), (const T *x, const T *factors, T *y, int64_t count, T scale),
                 (x, factors, y, count, scale)) {
  for (int64_t k = 0; k < count; k++) {
    const T a = x[2 * k], b = x[2 * k + 1], c = factors[2 * k], d = factors[2 * k + 1];
    y[2 * k] = (a * c - b * d) * scale;
    y[2 * k + 1] = (a * d + b * c) * scale;
  }
}

// Complex numbers times conjugates of others: the conjugate of the conjugate's product.
TANDEM_AT_LEVELS(void, NAME(multiply_back), (const T *x, const T *factors, T *y, int64_t count,
                                             T scale),
                 (x, factors, y, count, scale)) {
  for (int64_t k = 0; k < count; k++) {
    const T a = x[2 * k], b = x[2 * k + 1], c = factors[2 * k], d = factors[2 * k + 1];
    y[2 * k] = (a * c + b * d) * scale;
    y[2 * k + 1] = (b * c - a * d) * scale;
  }
}

static void NAME(line)(const tandem_fourier *plan, const T *in, T *out, T *scratch, bool inverse,
                       T scale, const tandem_fourier_team *team);

// Bluestein's convolution; the inverse transform has the conjugate chirp and filter, of which the
// filter is its own mirror image.
static void NAME(chirp_line)(const tandem_fourier *plan, const T *in, T *out, T *scratch,
                             bool inverse, T scale, const tandem_fourier_team *team) {
  const int64_t n = plan->length, m = plan->convolution->length;
  T *a = scratch, *b = a + tandem_fourier_round_up(2 * m, plan->wide);
  T *rest = b + tandem_fourier_round_up(2 * m, plan->wide);
  (inverse ? NAME(multiply_back) : NAME(multiply))(in, plan->chirp, a, n, 1);
  memset(a + 2 * n, 0, (size_t)(2 * (m - n)) * sizeof(T));
  NAME(line)(plan->convolution, a, b, rest, inverse, 1, team);
  (inverse ? NAME(multiply_back) : NAME(multiply))(b, plan->filter, b, m, 1);
  NAME(line)(plan->convolution, b, a, rest, !inverse, 1, team);
  (inverse ? NAME(multiply_back) : NAME(multiply))(a, plan->chirp, out, n, scale);
}

// One of few numbers: alone in the lanes of a block.
static void NAME(short_line)(const tandem_fourier *plan, const T *in, T *out, bool inverse,
                             T scale) {
  const int64_t count = NAME(row_count)(plan);
  ROWSET rows = NAME(row_set)(tandem_loop_scratch(4 * count * (int64_t)sizeof(V)), count);
  NAME(load)(in, plan->length, 1, 0, 1, rows.re, rows.im);
  if (inverse) {
    NAME(transform_inverse)(plan, &rows);
  } else {
    NAME(transform)(plan, &rows);
  }
  NAME(store)(out, plan->length, 1, 0, 1, rows.re, rows.im, scale);
}

static void NAME(line)(const tandem_fourier *plan, const T *in, T *out, T *scratch, bool inverse,
                       T scale, const tandem_fourier_team *team) {
  if (plan->convolution)
    return NAME(chirp_line)(plan, in, out, scratch, inverse, scale, team);
  if (!plan->first) return NAME(short_line)(plan, in, out, inverse, scale);
  NAME(line_work) work = {plan, in, out, scratch, inverse, scale};
  NAME(each)(team, (plan->second->length + W - 1) / W, NAME(columns), &work);
  NAME(each)(team, (plan->first->length + W - 1) / W, NAME(row_blocks), &work);
}

static int64_t NAME(line_scratch)(const tandem_fourier *plan) {
  if (plan->convolution)
    return 2 * tandem_fourier_round_up(2 * plan->convolution->length, plan->wide) +
           NAME(line_scratch)(plan->convolution);
  if (!plan->first) return W;
  return 2 * plan->first->length * tandem_fourier_round_up(plan->second->length, plan->wide);
}
