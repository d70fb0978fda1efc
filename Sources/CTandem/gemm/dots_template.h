// Transposition of registers, and dot products of rows with rows, for one instruction set and
// arithmetic type. Included by the level files after block_template.h; they define:
//   E                      the elements of the rows and of c in memory
//   STEP                   elements of a row in one register
//   WIDE(e), NARROW(t)     an element as T, a T as an element
//   BITS                   the signed integer of that many bits
//   DOT_ADD(sum, x, y)     adds the products of the lanes of two registers of rows to a register

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

typedef T NAME(piece)
    __attribute__((vector_size(LANES * sizeof(T)), aligned(sizeof(E)), may_alias));
typedef BITS NAME(lanes) __attribute__((vector_size(STEP * sizeof(E))));

static inline ALWAYS NAME(vec) NAME(row)(const E *p) { return *(const NAME(piece) *)p; }

// The last elements of a row, fewer than STEP, in the upper lanes; zeros below.
static inline ALWAYS NAME(vec) NAME(rest)(const E *end, int64_t count) {
  NAME(lanes) kept;
  for (int lane = 0; lane < STEP; lane++) kept[lane] = STEP - lane <= count ? -1 : 0;
  return (NAME(vec))((NAME(lanes))NAME(row)(end - STEP) & kept);
}

// What is absent adds -0, which changes no number.
static inline ALWAYS void NAME(finish_dots)(const NAME(dots_tile) * t, const NAME(vec) * sums,
                                            const int width) {
  const tandem_gemm_dots *w = t->work;
  const T *totals = (const T *)sums, none = -(T)0;
  const T *rowBias = w->rowBias ? (const T *)w->rowBias + t->row : &none;
  const T *columnBias = w->columnBias ? (const T *)w->columnBias + t->column : &none;
  const int64_t rowStep = w->rowBias != 0, columnStep = w->columnBias != 0;
  E *to = (E *)w->c + t->row * w->cRowStride + t->column * w->cColumnStride;
  for (int64_t i = 0; i < t->rows; i++) {
    E *c = to + i * w->cRowStride;
    const T bias = rowBias[i * rowStep];
    for (int64_t j = 0; j < t->columns; j++) {
      const T old = w->accumulates ? WIDE(*c) : none;
      const T x = old + totals[i * width + j] + bias + columnBias[j * columnStep];
      *c = NARROW(w->rectifies && x <= 0 ? 0 : x);
      c += w->cColumnStride;
    }
  }
}

// `height` x `width` sums, at most SUMS of them. Lanes of a sum are added in one order whatever the
// tile: the sums are transposed, LANES at a time, and the registers added from first to last.
static inline ALWAYS void NAME(dots_of)(const NAME(dots_tile) * t, const int height,
                                        const int width) {
  const tandem_gemm_dots *w = t->work;
  const E *a[SUMS], *b[SUMS];
  UNROLL for (int i = 0; i < height; i++) {
    a[i] = (const E *)w->a + (t->row + (i < t->rows ? i : 0)) * w->aRowStride;
  }
  UNROLL for (int j = 0; j < width; j++) {
    b[j] = (const E *)w->b + (t->column + (j < t->columns ? j : 0)) * w->bRowStride;
  }
  NAME(vec) sum[SUMS];
  UNROLL for (int s = 0; s < SUMS; s++) sum[s] = (NAME(vec)){0};
  const int64_t whole = w->k - w->k % STEP;
  for (int64_t p = 0; p < whole; p += STEP) {
    NAME(vec) x[SUMS];
    UNROLL for (int j = 0; j < width; j++) x[j] = NAME(row)(b[j] + p);
    UNROLL for (int i = 0; i < height; i++) {
      const NAME(vec) y = NAME(row)(a[i] + p);
      UNROLL for (int j = 0; j < width; j++) DOT_ADD(sum[i * width + j], x[j], y);
    }
  }
  if (whole < w->k) {
    NAME(vec) x[SUMS];
    UNROLL for (int j = 0; j < width; j++) x[j] = NAME(rest)(b[j] + w->k, w->k - whole);
    UNROLL for (int i = 0; i < height; i++) {
      const NAME(vec) y = NAME(rest)(a[i] + w->k, w->k - whole);
      UNROLL for (int j = 0; j < width; j++) DOT_ADD(sum[i * width + j], x[j], y);
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
