// The block kernel of one instruction set and arithmetic type. Included by the level files, which
// define:
//   T           float or double
//   NAME(x)     the name x made unique for this level and type
//   LANES       elements of one register
//   MR          tallest tile; a tile is MR rows by two registers
//   HEIGHTS(X)  X(1) X(2) ... X(MR)
//   OFFSET_MR, OFFSET_HEIGHTS(X)   the same for tiles that need a pointer for each row
//   MULTIPLY_ADD(sum, x, one)   sum + x * one, where one is an element and the rest are registers
// Sums run over k in order in every element, so a result does not depend on the tile it falls in.

typedef T NAME(vec) __attribute__((vector_size(LANES * sizeof(T))));
typedef T NAME(loose)
    __attribute__((vector_size(LANES * sizeof(T)), aligned(sizeof(T)), may_alias));

typedef T NAME(half)
    __attribute__((vector_size(LANES * sizeof(T) / 2), aligned(sizeof(T)), may_alias));
typedef T NAME(single) __attribute__((vector_size(sizeof(T)), aligned(sizeof(T)), may_alias));

static inline ALWAYS NAME(vec) NAME(load)(const T *p) { return *(const NAME(loose) *)p; }
static inline ALWAYS void NAME(save)(T *p, NAME(vec) v) { *(NAME(loose) *)p = v; }

// Copies few elements; the last register, or half of one, overlaps the one before.
static inline __attribute__((unused)) void NAME(copy)(T *to, const T *from, int64_t count) {
  int64_t i = 0;
  for (; i + LANES <= count; i += LANES) NAME(save)(to + i, NAME(load)(from + i));
  if (i == count) return;
  if (i > 0) {
    NAME(save)(to + count - LANES, NAME(load)(from + count - LANES));
  } else if (count >= LANES / 2) {
    const NAME(half) first = *(const NAME(half) *)from;
    *(NAME(half) *)(to + count - LANES / 2) = *(const NAME(half) *)(from + count - LANES / 2);
    *(NAME(half) *)to = first;
  } else {
    for (; i < count; i++) to[i] = from[i];
  }
}

typedef struct {
  int64_t k;
  const T *a;
  int64_t aRowStride, aStride;
  const int64_t *aOffsets;
  int64_t lineLength, linePitch;
  const T *b;
  int64_t bStride;
  const int64_t *bOffsets;
  T *c;
  int64_t cRowStride;
  int64_t columns;  // valid columns, at most 2 * LANES
  const T *rowBias, *columnBias;
  int accumulates, rectifies;
  T *spill;  // room for one tile
} NAME(tile_args);

// Finishes one register of a row: what c held, then the biases, then the rectifier.
static inline ALWAYS void NAME(finish)(const NAME(tile_args) * t, int row, int part,
                                       NAME(vec) sum) {
  T *c = t->c + row * t->cRowStride + part * LANES;
  if (t->accumulates) sum += NAME(load)(c);
  if (t->rowBias) sum += t->rowBias[row];
  if (t->columnBias) sum += NAME(load)(t->columnBias + part * LANES);
  if (t->rectifies) {
    const __typeof__(sum < sum) negative = sum <= (T)0;
    sum = (NAME(vec))((__typeof__(sum < sum))sum & ~negative);
  }
  NAME(save)(c, sum);
}

// The same for the elements j, j + 1, ... of row i that a V holds, from memory.
#define FINISH(V)                                                                           \
  {                                                                                         \
    V x = *(const V *)(t->spill + i * 2 * LANES + j);                                       \
    if (t->accumulates) x += *(const V *)(c + j);                                           \
    if (t->rowBias) x += t->rowBias[i];                                                     \
    if (t->columnBias) x += *(const V *)(t->columnBias + j);                                \
    if (t->rectifies) x = (V)((__typeof__(x < x))x & ~(x <= (T)0));                         \
    *(V *)(c + j) = x;                                                                      \
  }

// The same for a tile of fewer columns than its registers hold, from memory.
static __attribute__((noinline)) void NAME(finish_narrow)(const NAME(tile_args) * t, int height) {
  for (int i = 0; i < height; i++) {
    T *c = t->c + i * t->cRowStride;
    int64_t j = 0;
    for (; j + LANES <= t->columns; j += LANES) FINISH(NAME(loose))
    for (; j + LANES / 2 <= t->columns; j += LANES / 2) FINISH(NAME(half))
    for (; j < t->columns; j++) FINISH(NAME(single))
  }
}

// Where the operands of a tile lie.
enum { NAME(both_packed), NAME(a_direct), NAME(a_offsets), NAME(b_offsets) };

// The sums of a tile whose rows of `a` begin anywhere: a pointer for each.
static inline ALWAYS void NAME(sum_rows)(const NAME(tile_args) * t, NAME(vec) sum[MR][2],
                                         const int height, const int parts) {
  const T *rows[MR], *b = t->b;
  UNROLL for (int i = 0; i < height; i++) rows[i] = t->a + t->aOffsets[i];
  const int64_t gap = t->linePitch - t->lineLength;
  int64_t p = 0;
  for (int64_t left = t->k; left > 0; left -= t->lineLength) {
    for (const int64_t end = p + t->lineLength; p < end; p++) {
      NAME(vec) wide[2];
      UNROLL for (int v = 0; v < parts; v++) wide[v] = NAME(load)(b + v * LANES);
      UNROLL for (int i = 0; i < height; i++) {
        const T one = rows[i][p];
        UNROLL for (int v = 0; v < parts; v++) sum[i][v] = MULTIPLY_ADD(sum[i][v], wide[v], one);
      }
      b += t->bStride;
    }
    p += gap;
  }
}

// The sums of a tile with a packed `a` and rows of `b` that begin anywhere.
static inline ALWAYS void NAME(sum_columns)(const NAME(tile_args) * t, NAME(vec) sum[MR][2],
                                            const int height, const int parts) {
  const T *a = t->a, *b = t->b;
  const int64_t *offsets = t->bOffsets;
  for (int64_t p = 0; p < t->k; p++) {
    NAME(vec) wide[2];
    const T *row = b + offsets[p];
    UNROLL for (int v = 0; v < parts; v++) wide[v] = NAME(load)(row + v * LANES);
    UNROLL for (int i = 0; i < height; i++) {
      UNROLL for (int v = 0; v < parts; v++) sum[i][v] = MULTIPLY_ADD(sum[i][v], wide[v], a[i]);
    }
    a += height;
  }
}

// The sums of a tile. Rows of an unpacked `a` are addressed from one pointer for each three, as
// there are few registers.
static inline ALWAYS void NAME(sum_tile)(const NAME(tile_args) * t, NAME(vec) sum[MR][2],
                                         const int height, const int parts, const int packed) {
  const T *a = t->a, *b = t->b;
  const int64_t rowStride = t->aRowStride, aStride = packed ? height : t->aStride;
  const int64_t bStride = t->bStride;
  const T *rows[(MR + 2) / 3];
  UNROLL for (int g = 0; g < (height + 2) / 3; g++) rows[g] = a + 3 * g * rowStride;
  for (int64_t p = t->k; p > 0; p--) {
    NAME(vec) wide[2];
    UNROLL for (int v = 0; v < parts; v++) wide[v] = NAME(load)(b + v * LANES);
    // Eight rows of the panel ahead; measured to give 2 % where panels come from the second level.
    if (packed) {
      UNROLL for (int v = 0; v < parts; v++) __builtin_prefetch(b + (16 + v) * LANES, 0, 3);
    }
    UNROLL for (int i = 0; i < height; i++) {
      const T one = packed ? a[i] : rows[i / 3][(i % 3) * rowStride];
      UNROLL for (int v = 0; v < parts; v++) sum[i][v] = MULTIPLY_ADD(sum[i][v], wide[v], one);
    }
    b += bStride;
    if (packed) {
      a += height;
    } else {
      UNROLL for (int g = 0; g < (height + 2) / 3; g++) rows[g] += aStride;
    }
  }
}

// `height` rows by `parts` registers. Inlined with constants; the sums then live in registers.
static inline ALWAYS void NAME(tile)(const NAME(tile_args) * t, const int height, const int parts,
                                     const int kind) {
  NAME(vec) sum[MR][2];
  UNROLL for (int i = 0; i < height; i++) {
    UNROLL for (int v = 0; v < parts; v++) sum[i][v] = (NAME(vec)){0};
  }
  // What the tile will be written to; it arrives while the sums are made.
  UNROLL for (int i = 0; i < height; i++) {
    UNROLL for (int v = 0; v < parts; v++) {
      __builtin_prefetch(t->c + i * t->cRowStride + v * LANES, 1, 3);
    }
  }
  if (kind == NAME(a_offsets)) {
    NAME(sum_rows)(t, sum, height, parts);
  } else if (kind == NAME(b_offsets)) {
    NAME(sum_columns)(t, sum, height, parts);
  } else {
    NAME(sum_tile)(t, sum, height, parts, kind == NAME(both_packed));
  }
  if (t->columns < parts * LANES) {
    UNROLL for (int i = 0; i < height; i++) {
      UNROLL for (int v = 0; v < parts; v++) NAME(save)(t->spill + (2 * i + v) * LANES, sum[i][v]);
    }
    NAME(finish_narrow)(t, height);
  } else if (t->rowBias || t->columnBias || t->rectifies) {
    UNROLL for (int i = 0; i < height; i++) {
      UNROLL for (int v = 0; v < parts; v++) NAME(finish)(t, i, v, sum[i][v]);
    }
  } else if (t->accumulates) {
    UNROLL for (int i = 0; i < height; i++) {
      T *c = t->c + i * t->cRowStride;
      UNROLL for (int v = 0; v < parts; v++) {
        NAME(save)(c + v * LANES, sum[i][v] + NAME(load)(c + v * LANES));
      }
    }
  } else {
    UNROLL for (int i = 0; i < height; i++) {
      T *c = t->c + i * t->cRowStride;
      UNROLL for (int v = 0; v < parts; v++) NAME(save)(c + v * LANES, sum[i][v]);
    }
  }
}

typedef void (*NAME(tile_function))(const NAME(tile_args) *);

#define TILE(H, PARTS, KIND)                                                 \
  static void NAME(tile_##PARTS##_##KIND##_##H)(const NAME(tile_args) * t) { \
    NAME(tile)(t, H, PARTS, NAME(KIND));                                     \
  }
#define TILES(H)                                       \
  TILE(H, 1, both_packed) TILE(H, 2, both_packed)      \
  TILE(H, 1, a_direct) TILE(H, 2, a_direct)            \
  TILE(H, 1, b_offsets) TILE(H, 2, b_offsets)
HEIGHTS(TILES)
#undef TILES
#define TILES(H) TILE(H, 1, a_offsets) TILE(H, 2, a_offsets)
OFFSET_HEIGHTS(TILES)
#undef TILES

// Indexed by kind, then height - 1, then registers - 1.
static const NAME(tile_function) NAME(tiles)[4][MR][2] = {
#define ROW(H) {NAME(tile_1_both_packed_##H), NAME(tile_2_both_packed_##H)},
    [NAME(both_packed)] = {HEIGHTS(ROW)},
#undef ROW
#define ROW(H) {NAME(tile_1_a_direct_##H), NAME(tile_2_a_direct_##H)},
    [NAME(a_direct)] = {HEIGHTS(ROW)},
#undef ROW
#define ROW(H) {NAME(tile_1_a_offsets_##H), NAME(tile_2_a_offsets_##H)},
    [NAME(a_offsets)] = {OFFSET_HEIGHTS(ROW)},
#undef ROW
#define ROW(H) {NAME(tile_1_b_offsets_##H), NAME(tile_2_b_offsets_##H)},
    [NAME(b_offsets)] = {HEIGHTS(ROW)},
#undef ROW
};

// Copies the last, narrow columns of an unpacked b into a panel of full width.
static const T *NAME(edge)(const tandem_gemm_block *w, const T *b, int64_t columns) {
  T *to = w->edge;
  for (int64_t p = 0; p < w->k; p++) {
    for (int64_t j = 0; j < 2 * LANES; j++) to[j] = j < columns ? b[j] : 0;
    to += 2 * LANES;
    b += w->bStride;
  }
  return w->edge;
}

// Brings the part of what comes next that belongs to tile `index` of `count` to the second level.
static inline ALWAYS void NAME(look_ahead)(const tandem_gemm_block *w, int64_t index,
                                           int64_t count) {
  for (int operand = 0; operand < 3; operand++) {
    if (!w->next[operand]) continue;
    const char *from = w->next[operand];
    const int64_t pieces = w->nextPieces[operand];
    for (int64_t i = pieces * index / count; i < pieces * (index + 1) / count; i++) {
      const char *piece = from + i * w->nextPitch[operand];
      const int64_t bytes = w->nextBytes[operand];
      for (int64_t at = 0; at < bytes; at += 64) __builtin_prefetch(piece + at, 0, 2);
    }
    if (pieces) continue;
    const int64_t lines = (w->nextBytes[operand] + 63) / 64;
    const int64_t end = lines * (index + 1) / count;
    for (int64_t i = lines * index / count; i < end; i++) __builtin_prefetch(from + i * 64, 0, 2);
  }
}

// Where the panel of columns from j on lies, and how far apart its rows are.
static inline ALWAYS void NAME(choose_columns)(const tandem_gemm_block *w, NAME(tile_args) * t,
                                               int64_t j, int64_t columns) {
  t->bStride = 2 * LANES;
  t->columns = columns;
  t->columnBias = w->columnBias ? (const T *)w->columnBias + j : 0;
  if (w->bPacked) {
    t->b = (const T *)w->b + j * w->k;
  } else if (w->bOffsets || columns == 2 * LANES || columns == LANES) {
    t->b = (const T *)w->b + j;
    t->bStride = w->bStride;
  } else {
    t->b = NAME(edge)(w, (const T *)w->b + j, columns);
  }
}

static void NAME(block)(const tandem_gemm_block *w) {
  const int kind = w->bOffsets   ? NAME(b_offsets)
                   : w->aOffsets ? NAME(a_offsets)
                   : w->aPacked  ? NAME(both_packed)
                                 : NAME(a_direct);
  const int64_t tallest = kind == NAME(a_offsets) ? OFFSET_MR : MR;
  const int64_t panels = (w->m + tallest - 1) / tallest;
  const int looksAhead = w->next[0] || w->next[1] || w->next[2];
  const int64_t tiles = panels * ((w->n + 2 * LANES - 1) / (2 * LANES));
  int64_t tile = 0;
  T spill[MR * 2 * LANES];
  NAME(tile_args)
  t = {.k = w->k, .aRowStride = w->aRowStride, .aStride = w->aStride,
       .lineLength = w->lineLength, .linePitch = w->linePitch, .bOffsets = w->bOffsets,
       .cRowStride = w->cRowStride,
       .accumulates = w->accumulates, .rectifies = w->rectifies, .spill = spill};
  for (int64_t j = 0; j < w->n; j += 2 * LANES) {
    const int64_t left = w->n - j, columns = left < 2 * LANES ? left : 2 * LANES;
    NAME(choose_columns)(w, &t, j, columns);
    const int wide = columns > LANES;
    int64_t row = 0;
    for (int64_t panel = 0; panel < panels; panel++) {
      const int64_t height = w->m / panels + (panel < w->m % panels);
      t.a = w->a;
      if (kind == NAME(a_offsets)) {
        t.aOffsets = w->aOffsets + row;
      } else {
        t.a += w->aPacked ? row * w->k : row * w->aRowStride;
      }
      t.c = (T *)w->c + row * w->cRowStride + j;
      t.rowBias = w->rowBias ? (const T *)w->rowBias + row : 0;
      if (looksAhead) NAME(look_ahead)(w, tile++, tiles);
      NAME(tiles)[kind][height - 1][wide](&t);
      row += height;
    }
  }
}
#undef FINISH
