// Transposition of registers, and dot products of rows with rows, for one instruction set and
// arithmetic type. Included by the level files after block_template.h.

// Transposes LANES x LANES: every pass interleaves the first half with the second.
static inline ALWAYS void NAME(transpose)(NAME(vec) x[LANES]) {
  for (int pass = 1; pass < LANES; pass *= 2) {
    NAME(vec) y[LANES];
    UNROLL for (int i = 0; i < LANES / 2; i++) {
      y[2 * i] = LOW(x[i], x[i + LANES / 2]);
      y[2 * i + 1] = HIGH(x[i], x[i + LANES / 2]);
    }
    UNROLL for (int i = 0; i < LANES; i++) x[i] = y[i];
  }
}

// Sums of one tile: this many registers.
#define SUMS (REGISTER == 64 ? 16 : 8)

typedef struct {
  const tandem_gemm_dots *work;
  int64_t row, column, rows, columns;  // those beyond `rows` or `columns` are computed in vain
} NAME(dots_tile);

// The last elements of a row, fewer than LANES, in the upper lanes; zeros below.
static inline ALWAYS NAME(vec) NAME(rest)(const T *end, int64_t count) {
  NAME(vec) x = NAME(load)(end - LANES);
  __typeof__(x < x) kept;
  UNROLL for (int lane = 0; lane < LANES; lane++) kept[lane] = LANES - lane <= count ? -1 : 0;
  return (NAME(vec))((__typeof__(x < x))x & kept);
}

// What is absent adds -0, which changes no number.
static inline ALWAYS void NAME(finish_dots)(const NAME(dots_tile) * t, const NAME(vec) * sums,
                                            const int width) {
  const tandem_gemm_dots *w = t->work;
  const T *totals = (const T *)sums, none = -(T)0;
  const T *rowBias = w->rowBias ? (const T *)w->rowBias + t->row : &none;
  const T *columnBias = w->columnBias ? (const T *)w->columnBias + t->column : &none;
  const int64_t rowStep = w->rowBias != 0, columnStep = w->columnBias != 0;
  T *to = (T *)w->c + t->row * w->cRowStride + t->column * w->cColumnStride;
  for (int64_t i = 0; i < t->rows; i++) {
    T *c = to + i * w->cRowStride;
    const T bias = rowBias[i * rowStep];
    for (int64_t j = 0; j < t->columns; j++) {
      const T old = w->accumulates ? *c : none;
      const T x = old + totals[i * width + j] + bias + columnBias[j * columnStep];
      *c = w->rectifies && x <= 0 ? 0 : x;
      c += w->cColumnStride;
    }
  }
}

// `height` x `width` sums, at most SUMS of them. Lanes of a sum are added in one order whatever the
// tile: the sums are transposed, LANES at a time, and the registers added from first to last.
static inline ALWAYS void NAME(dots_of)(const NAME(dots_tile) * t, const int height,
                                        const int width) {
  const tandem_gemm_dots *w = t->work;
  const T *a[SUMS], *b[SUMS];
  UNROLL for (int i = 0; i < height; i++) {
    a[i] = (const T *)w->a + (t->row + (i < t->rows ? i : 0)) * w->aRowStride;
  }
  UNROLL for (int j = 0; j < width; j++) {
    b[j] = (const T *)w->b + (t->column + (j < t->columns ? j : 0)) * w->bRowStride;
  }
  NAME(vec) sum[SUMS];
  UNROLL for (int s = 0; s < SUMS; s++) sum[s] = (NAME(vec)){0};
  const int64_t whole = w->k - w->k % LANES;
  for (int64_t p = 0; p < whole; p += LANES) {
    NAME(vec) x[SUMS];
    UNROLL for (int j = 0; j < width; j++) x[j] = NAME(load)(b[j] + p);
    UNROLL for (int i = 0; i < height; i++) {
      const NAME(vec) y = NAME(load)(a[i] + p);
      UNROLL for (int j = 0; j < width; j++) sum[i * width + j] = x[j] * y + sum[i * width + j];
    }
  }
  if (whole < w->k) {
    NAME(vec) x[SUMS];
    UNROLL for (int j = 0; j < width; j++) x[j] = NAME(rest)(b[j] + w->k, w->k - whole);
    UNROLL for (int i = 0; i < height; i++) {
      const NAME(vec) y = NAME(rest)(a[i] + w->k, w->k - whole);
      UNROLL for (int j = 0; j < width; j++) sum[i * width + j] = x[j] * y + sum[i * width + j];
    }
  }
  NAME(vec) totals[SUMS / LANES];
  UNROLL for (int group = 0; group < SUMS / LANES; group++) {
    NAME(vec) some[LANES];
    UNROLL for (int q = 0; q < LANES; q++) some[q] = sum[group * LANES + q];
    NAME(transpose)(some);
    totals[group] = some[0];
    UNROLL for (int q = 1; q < LANES; q++) totals[group] += some[q];
  }
  NAME(finish_dots)(t, totals, width);
}

static void NAME(dots_one)(const NAME(dots_tile) * t) { NAME(dots_of)(t, 8, 1); }
static void NAME(dots_two)(const NAME(dots_tile) * t) { NAME(dots_of)(t, SUMS / 2, 2); }
static void NAME(dots_three)(const NAME(dots_tile) * t) { NAME(dots_of)(t, SUMS / 3, 3); }
static void NAME(dots_four)(const NAME(dots_tile) * t) { NAME(dots_of)(t, SUMS / 4, 4); }
static void NAME(dots_five)(const NAME(dots_tile) * t) { NAME(dots_of)(t, SUMS / 5, 5); }

static void NAME(dots)(const tandem_gemm_dots *w) {
  static void (*const tiles[])(const NAME(dots_tile) *) = {
      NAME(dots_one), NAME(dots_two), NAME(dots_three), NAME(dots_four), NAME(dots_five)};
  static const int64_t heights[] = {8, SUMS / 2, SUMS / 3, SUMS / 4, SUMS / 5};
  const int64_t widest = REGISTER == 64 ? 5 : 4, parts = (w->n + widest - 1) / widest;
  const int64_t width = (w->n + parts - 1) / parts, height = heights[width - 1];
  for (int64_t i = 0; i < w->m; i += height) {
    for (int64_t j = 0; j < w->n; j += width) {
      const NAME(dots_tile) t = {.work = w, .row = i, .column = j,
                                 .rows = w->m - i < height ? w->m - i : height,
                                 .columns = w->n - j < width ? w->n - j : width};
      tiles[width - 1](&t);
    }
  }
}
#undef SUMS
