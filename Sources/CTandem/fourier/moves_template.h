// Lines of an array to registers with one line in each lane, and back. Included by fourier.c.
//
// `first` and `count` say which lines of [outer, axis, inner]; lanes without a line are zero.

typedef T NAME(loose) __attribute__((vector_size(64), aligned(sizeof(T)), may_alias));
#define LOOSE NAME(loose)

ALWAYS int64_t NAME(base)(int64_t line, int64_t axis, int64_t inner) {
  return line / inner * axis * inner + line % inner;
}

// Whether the lines of a block lie in neighbouring places.
ALWAYS bool NAME(neighbours)(int64_t inner, int64_t first, int64_t count) {
  return count == W && first % inner + W <= inner;
}

// Lanes of rows and rows of lanes, exchanged in place.
ALWAYS void NAME(transpose)(V *rows) {
#define SWAP_STEP(s)                                                                            \
  UNROLL for (int i = 0; i < W; i++) {                                                          \
    if (i & s) continue;                                                                        \
    const V a = rows[i], b = rows[i + s];                                                       \
    rows[i] = SWAP_##s##_LOW(a, b);                                                             \
    rows[i + s] = SWAP_##s##_HIGH(a, b);                                                        \
  }
  SWAPS(SWAP_STEP)
#undef SWAP_STEP
}

// Complex lines.
TANDEM_AT_LEVELS(void, NAME(load), (const T *in, int64_t axis, int64_t inner, int64_t first,
                                    int64_t count, V *re, V *im),
                 (in, axis, inner, first, count, re, im)) {
  int64_t done = 0;
  if (NAME(neighbours)(inner, first, count)) {
    const T *x = in + 2 * NAME(base)(first, axis, inner);
    for (; done < axis; done++, x += 2 * inner) {
      const V a = *(const LOOSE *)x, b = *(const LOOSE *)(x + W);
      re[done] = EVEN(a, b);
      im[done] = ODD(a, b);
    }
    return;
  }
  if (count == W && inner == 1) {
    for (; done + W <= axis; done += W) {
      V tr[W], ti[W];
      UNROLL for (int lane = 0; lane < W; lane++) {
        const T *x = in + 2 * ((first + lane) * axis + done);
        const V a = *(const LOOSE *)x, b = *(const LOOSE *)(x + W);
        tr[lane] = EVEN(a, b);
        ti[lane] = ODD(a, b);
      }
      NAME(transpose)(tr);
      NAME(transpose)(ti);
      UNROLL for (int j = 0; j < W; j++) re[done + j] = tr[j], im[done + j] = ti[j];
    }
  }
  for (int64_t j = done; j < axis; j++) re[j] = im[j] = (V){0};
  for (int64_t lane = 0; lane < count; lane++) {
    const T *x = in + 2 * NAME(base)(first + lane, axis, inner);
    for (int64_t j = done; j < axis; j++) {
      ((T *)(re + j))[lane] = x[2 * j * inner];
      ((T *)(im + j))[lane] = x[2 * j * inner + 1];
    }
  }
}

TANDEM_AT_LEVELS(void, NAME(store), (T *out, int64_t axis, int64_t inner, int64_t first,
                                     int64_t count, const V *re, const V *im, T scale),
                 (out, axis, inner, first, count, re, im, scale)) {
  int64_t done = 0;
  if (NAME(neighbours)(inner, first, count)) {
    T *y = out + 2 * NAME(base)(first, axis, inner);
    for (; done < axis; done++, y += 2 * inner) {
      const V a = re[done] * scale, b = im[done] * scale;
      *(LOOSE *)y = ZIP_LOW(a, b);
      *(LOOSE *)(y + W) = ZIP_HIGH(a, b);
    }
    return;
  }
  if (count == W && inner == 1) {
    for (; done + W <= axis; done += W) {
      V tr[W], ti[W];
      UNROLL for (int j = 0; j < W; j++) {
        tr[j] = re[done + j] * scale;
        ti[j] = im[done + j] * scale;
      }
      NAME(transpose)(tr);
      NAME(transpose)(ti);
      UNROLL for (int lane = 0; lane < W; lane++) {
        T *y = out + 2 * ((first + lane) * axis + done);
        *(LOOSE *)y = ZIP_LOW(tr[lane], ti[lane]);
        *(LOOSE *)(y + W) = ZIP_HIGH(tr[lane], ti[lane]);
      }
    }
  }
  for (int64_t lane = 0; lane < count; lane++) {
    T *y = out + 2 * NAME(base)(first + lane, axis, inner);
    for (int64_t j = done; j < axis; j++) {
      y[2 * j * inner] = ((const T *)(re + j))[lane] * scale;
      y[2 * j * inner + 1] = ((const T *)(im + j))[lane] * scale;
    }
  }
}

// Numbers `start`, `start + step` and so on of real lines.
TANDEM_AT_LEVELS(void, NAME(load_real), (const T *in, int64_t axis, int64_t inner, int64_t first,
                                         int64_t count, int64_t start, int64_t step, V *to),
                 (in, axis, inner, first, count, start, step, to)) {
  const int64_t rows = (axis - start + step - 1) / step;
  if (NAME(neighbours)(inner, first, count)) {
    const T *x = in + NAME(base)(first, axis, inner) + start * inner;
    for (int64_t j = 0; j < rows; j++) to[j] = *(const LOOSE *)(x + j * step * inner);
    return;
  }
  for (int64_t j = 0; j < rows; j++) to[j] = (V){0};
  for (int64_t lane = 0; lane < count; lane++) {
    const T *x = in + NAME(base)(first + lane, axis, inner) + start * inner;
    for (int64_t j = 0; j < rows; j++) ((T *)(to + j))[lane] = x[j * step * inner];
  }
}

TANDEM_AT_LEVELS(void, NAME(store_real), (T *out, int64_t axis, int64_t inner, int64_t first,
                                          int64_t count, int64_t start, int64_t step,
                                          const V *from, T scale),
                 (out, axis, inner, first, count, start, step, from, scale)) {
  const int64_t rows = (axis - start + step - 1) / step;
  if (NAME(neighbours)(inner, first, count)) {
    T *y = out + NAME(base)(first, axis, inner) + start * inner;
    for (int64_t j = 0; j < rows; j++) *(LOOSE *)(y + j * step * inner) = from[j] * scale;
    return;
  }
  for (int64_t lane = 0; lane < count; lane++) {
    T *y = out + NAME(base)(first + lane, axis, inner) + start * inner;
    for (int64_t j = 0; j < rows; j++) y[j * step * inner] = ((const T *)(from + j))[lane] * scale;
  }
}
