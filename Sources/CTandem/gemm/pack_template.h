// Packing for one instruction set, arithmetic type and source type. Included by the level files
// after block_template.h; they define:
//   S         the source's element type in memory
//   FROM(x)   the name x made unique for this level, arithmetic and source type
//   WIDEN(p)  a register of T from the LANES elements at p
//   ONE(x)    one element as T

static inline ALWAYS int64_t FROM(across)(const tandem_gemm_pack *w, int64_t i) {
  return w->acrossOffsets ? w->acrossOffsets[i] : i * w->acrossStride;
}

static inline ALWAYS int64_t FROM(along)(const tandem_gemm_pack *w, int64_t p) {
  return w->alongOffsets ? w->alongOffsets[p] : p * w->alongStride;
}

// Part of a panel element by element: any strides. Columns beyond `valid` become zero.
static void FROM(gather)(const tandem_gemm_pack *w, T *to, int64_t first, int64_t valid,
                         int64_t width, int64_t start, int64_t end) {
  to += start * width;
  for (int64_t p = start; p < end; p++) {
    const S *at = (const S *)w->from + FROM(along)(w, p);
    for (int64_t i = 0; i < valid; i++) to[i] = ONE(at[FROM(across)(w, first + i)]);
    for (int64_t i = valid; i < width; i++) to[i] = 0;
    to += width;
  }
}

// One panel whose elements across lie in runs of consecutive places. Where reading past a run is
// allowed, whole registers are moved; what they spill is overwritten by what follows in the panel.
static void FROM(copy_runs)(const tandem_gemm_pack *w, T *to, int64_t first, int64_t valid,
                            int64_t width) {
  int64_t starts[MR + 2 * LANES + 1], places[MR + 2 * LANES];
  int64_t runs = 0;
  for (int64_t i = 0; i < valid; i++) {
    const int64_t place = FROM(across)(w, first + i);
    if (i > 0 && place == FROM(across)(w, first + i - 1) + 1) continue;
    starts[runs] = i;
    places[runs++] = place;
  }
  starts[runs] = valid;
  const int64_t end = first + (valid + LANES - 1) / LANES * LANES;
  const int past = w->readsPast || (!w->acrossOffsets && end <= w->count);
  const int64_t safe = past && width % LANES ? w->k - 1 : past && runs > 1 ? w->k - 1 : w->k;
  T *row = to;
  for (int64_t p = 0; p < safe; p++) {
    const S *at = (const S *)w->from + FROM(along)(w, p);
    for (int64_t r = 0; r < runs; r++) {
      const S *source = at + places[r];
      int64_t i = starts[r];
      const int64_t end = starts[r + 1], limit = past ? end : end - LANES + 1;
      for (; i < limit; i += LANES, source += LANES) NAME(save)(row + i, WIDEN(source));
      for (; i < end; i++) row[i] = ONE(*source++);
    }
    for (int64_t i = valid; i < width; i++) row[i] = 0;
    row += width;
  }
  FROM(gather)(w, to, first, valid, width, safe, w->k);
}

// How many elements from p on along k lie one after another, at most LANES.
static int64_t FROM(run)(const tandem_gemm_pack *w, int64_t p) {
  const int64_t most = w->k - p < LANES ? w->k - p : LANES;
  if (!w->alongOffsets) return most;
  int64_t count = 1;
  while (count < most && w->alongOffsets[p + count] == w->alongOffsets[p] + count) count++;
  return count;
}

// One panel whose elements along k lie in runs of consecutive places: LANES x LANES at a time. The
// last registers across come first, as they spill into the next group of the panel.
static void FROM(transposed)(const tandem_gemm_pack *w, T *to, int64_t first, int64_t valid,
                             int64_t width) {
  const T *end = to + w->k * width;
  int64_t count;
  for (int64_t p = 0; p < w->k; p += count) {
    count = FROM(run)(w, p);
    if (count < LANES && !w->readsPast) {
      FROM(gather)(w, to, first, valid, width, p, p + count);
      continue;
    }
    const S *from = (const S *)w->from + FROM(along)(w, p);
    for (int64_t i = (width - 1) / LANES * LANES; i >= 0; i -= LANES) {
      NAME(vec) x[LANES];
      const int64_t rows = valid - i < LANES ? valid - i : LANES;
      if (rows == LANES) {
        UNROLL for (int q = 0; q < LANES; q++) x[q] = WIDEN(from + FROM(across)(w, first + i + q));
      } else {
        UNROLL for (int q = 0; q < LANES; q++) {
          x[q] = q < rows ? WIDEN(from + FROM(across)(w, first + i + q)) : (NAME(vec)){0};
        }
      }
      NAME(transpose)(x);
      for (int64_t q = 0; q < count; q++) {
        T *row = to + (p + q) * width + i;
        if (row + LANES <= end) {
          NAME(save)(row, x[q]);
        } else {
          for (int64_t j = 0; j < width - i; j++) row[j] = x[q][j];
        }
      }
    }
  }
}

static void FROM(panel)(const tandem_gemm_pack *w, T *to, int64_t first, int64_t valid,
                        int64_t width) {
  const int acrossRuns =
      w->acrossOffsets ? w->readsPast && !w->alongPreferred : w->acrossStride == 1;
  const int alongRuns = w->alongOffsets ? w->readsPast : w->alongStride == 1;
  if (acrossRuns) {
    FROM(copy_runs)(w, to, first, valid, width);
  } else if (alongRuns) {
    FROM(transposed)(w, to, first, valid, width);
  } else {
    FROM(gather)(w, to, first, valid, width, 0, w->k);
  }
}

static void FROM(pack_rows)(const tandem_gemm_pack *w) {
  const int64_t panels = (w->count + MR - 1) / MR;
  int64_t row = 0;
  for (int64_t panel = 0; panel < panels; panel++) {
    const int64_t height = w->count / panels + (panel < w->count % panels);
    FROM(panel)(w, (T *)w->to + row * w->k, row, height, height);
    row += height;
  }
}

static void FROM(pack_columns)(const tandem_gemm_pack *w) {
  for (int64_t j = 0; j < w->count; j += 2 * LANES) {
    const int64_t left = w->count - j;
    FROM(panel)(w, (T *)w->to + j * w->k, j, left < 2 * LANES ? left : 2 * LANES, 2 * LANES);
  }
}
