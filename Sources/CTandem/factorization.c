#include "tandem_factorization.h"

#include <stdlib.h>
#include <string.h>

#include "tandem_blas.h"
#include "tandem_random.h"

enum { COLUMN_MAJOR = 102 };

static int32_t leading(int64_t rows) { return (int32_t)(rows > 1 ? rows : 1); }

// Calls the single or the double precision function with the same arguments.
#define BY_WIDTH(name, ...) tandem_blas()->name[wide](COLUMN_MAJOR, __VA_ARGS__)

static int64_t checked(int32_t info) {
  bool no_memory = info == TANDEM_LAPACK_WORK_MEMORY || info == TANDEM_LAPACK_TRANSPOSE_MEMORY;
  return no_memory ? TANDEM_NO_MEMORY : info;
}

bool tandem_all_finite(bool wide, int64_t count, const void *values) {
  bool finite = true;
  for (int64_t i = 0; i < count; i++) {
    if (wide) {
      finite &= ((const double *)values)[i] - ((const double *)values)[i] == 0;
    } else {
      finite &= ((const float *)values)[i] - ((const float *)values)[i] == 0;
    }
  }
  return finite;
}

static void clear(bool wide, void *a, int64_t at) {
  if (wide) {
    ((double *)a)[at] = 0;
  } else {
    ((float *)a)[at] = 0;
  }
}

static bool is_nan(bool wide, const void *a, int64_t at) {
  double value = wide ? ((const double *)a)[at] : (double)((const float *)a)[at];
  return value != value;
}

int64_t tandem_cholesky(bool wide, int64_t n, void *a, int64_t stride) {
  // Row-major is column-major transposed, so the lower triangle is the upper one there.
  int32_t info = BY_WIDTH(potrf, 'U', (int32_t)n, a, leading(stride));
  // OpenBLAS takes NaN for positive.
  for (int64_t row = 0; row < n && info == 0; row++)
    if (is_nan(wide, a, row * stride + row)) info = (int32_t)(row + 1);
  for (int64_t row = 0; row < n; row++)
    for (int64_t column = row + 1; column < n; column++) clear(wide, a, row * stride + column);
  return checked(info);
}

int64_t tandem_svd(bool wide, int64_t m, int64_t n, void *a, void *u, void *s, void *vt) {
  if (!tandem_all_finite(wide, m * n, a)) return TANDEM_NOT_FINITE;
  // The transposed matrix has the transposed factors, in the other order.
  int64_t k = m < n ? m : n;
  return checked(BY_WIDTH(gesdd, u ? 'S' : 'N', (int32_t)n, (int32_t)m, a, leading(n), s, vt,
                          leading(n), u, leading(k)));
}

int64_t tandem_qr(bool wide, int64_t m, int64_t n, void *a, void *r) {
  int64_t k = m < n ? m : n, width = wide ? 8 : 4;
  void *tau = malloc((size_t)((k > 0 ? k : 1) * width));
  if (!tau) return TANDEM_NO_MEMORY;
  int32_t info = BY_WIDTH(geqrf, (int32_t)m, (int32_t)n, a, leading(m), tau);
  for (int64_t column = 0; column < n; column++) {
    int64_t rows = column + 1 < k ? column + 1 : k;
    char *to = (char *)r + column * k * width;
    memcpy(to, (char *)a + column * m * width, (size_t)(rows * width));
    memset(to + rows * width, 0, (size_t)((k - rows) * width));
  }
  if (info == 0)
    info = BY_WIDTH(orgqr, (int32_t)m, (int32_t)k, (int32_t)k, a, leading(m), tau);
  free(tau);
  return checked(info);
}

int64_t tandem_eigen_symmetric(bool wide, bool vectors, int64_t n, void *a, void *w) {
  // What lies above the diagonal must not matter, so it is overwritten before it is looked at.
  for (int64_t row = 0; row < n; row++)
    for (int64_t column = row + 1; column < n; column++) clear(wide, a, row * n + column);
  if (!tandem_all_finite(wide, n * n, a)) return TANDEM_NOT_FINITE;
  return checked(BY_WIDTH(syevd, vectors ? 'V' : 'N', 'U', (int32_t)n, a, leading(n), w));
}

// Column j of v and the value j of w, from LAPACK's way to write pairs: the real parts of two
// conjugate vectors, then their imaginary ones.
#define SPREAD(T)                                                                               \
  for (int64_t j = 0; j < n; j++) {                                                             \
    T turn = ((const T *)wi)[j] < 0 ? -1 : 1;                                                   \
    ((T *)w)[2 * j] = ((const T *)wr)[j];                                                       \
    ((T *)w)[2 * j + 1] = ((const T *)wi)[j];                                                   \
    const T *re = (const T *)vr + (turn < 0 ? j - 1 : j) * n, *im = re + n;                     \
    for (int64_t i = 0; v && i < n; i++) {                                                      \
      ((T *)v)[2 * (j * n + i)] = re[i];                                                        \
      ((T *)v)[2 * (j * n + i) + 1] = ((const T *)wi)[j] == 0 ? 0 : turn * im[i];               \
    }                                                                                           \
  }

int64_t tandem_eigen(bool wide, bool pairs, int64_t n, void *a, void *w, void *v) {
  if (n == 0) return 0;
  if (!tandem_all_finite(wide, n * n * (pairs ? 2 : 1), a)) return TANDEM_NOT_FINITE;
  char job = v ? 'V' : 'N';
  if (pairs) {
    return checked(tandem_blas()->complexGeev[wide](COLUMN_MAJOR, 'N', job, (int32_t)n, a,
                                                    leading(n), w, NULL, 1, v, leading(n)));
  }
  size_t width = wide ? 8 : 4;
  char *wr = malloc((size_t)(2 * n + (v ? n * n : 0)) * width);
  if (!wr) return TANDEM_NO_MEMORY;
  char *wi = wr + (size_t)n * width, *vr = wi + (size_t)n * width;
  int32_t info = BY_WIDTH(geev, 'N', job, (int32_t)n, a, leading(n), wr, wi, NULL, 1,
                          v ? vr : NULL, leading(n));
  if (info == 0 && wide) {
    SPREAD(double)
  } else if (info == 0) {
    SPREAD(float)
  }
  free(wr);
  return checked(info);
}

int64_t tandem_solve(bool wide, int64_t n, int64_t k, void *a, int32_t *pivots, void *b) {
  return checked(
      BY_WIDTH(gesv, (int32_t)n, (int32_t)k, a, leading(n), pivots, b, leading(n)));
}

int64_t tandem_triangular_solve(bool wide, bool lower, bool transposed, bool unit, int64_t n,
                                int64_t k, const void *a, void *b) {
  return checked(BY_WIDTH(trtrs, lower ? 'L' : 'U', transposed ? 'T' : 'N', unit ? 'U' : 'N',
                          (int32_t)n, (int32_t)k, a, leading(n), b, leading(n)));
}

int64_t tandem_lu(bool wide, int64_t m, int64_t n, void *a, int32_t *pivots) {
  if (m == 0 || n == 0) return 0;
  return checked(BY_WIDTH(getrf, (int32_t)m, (int32_t)n, a, leading(m), pivots));
}

int64_t tandem_inverse(bool wide, int64_t n, void *a, int32_t *pivots) {
  if (n == 0) return 0;  // getri refuses its own answer about scratch space then
  int32_t info = BY_WIDTH(getrf, (int32_t)n, (int32_t)n, a, leading(n), pivots);
  if (info == 0) info = BY_WIDTH(getri, (int32_t)n, a, leading(n), pivots);
  return checked(info);
}

void tandem_determinant(bool wide, int64_t n, const void *a, int64_t stride,
                        const int32_t *pivots, void *determinant, void *sign,
                        void *log_magnitude) {
  double product = 1, direction = 1, logarithm = 0;
  for (int64_t i = 0; i < n; i++) {
    int64_t at = i * stride + i;
    double pivot = wide ? ((const double *)a)[at] : (double)((const float *)a)[at];
    if (pivots[i] != i + 1) product = -product, direction = -direction;
    product *= pivot;
    direction *= pivot > 0 ? 1 : pivot < 0 ? -1 : pivot;  // zero and NaN stay
    logarithm += tandem_log(pivot < 0 ? -pivot : pivot);
  }
  void *targets[3] = {determinant, sign, log_magnitude};
  double values[3] = {product, direction, logarithm};
  for (int i = 0; i < 3; i++) {
    if (!targets[i]) continue;
    if (wide) {
      *(double *)targets[i] = values[i];
    } else {
      *(float *)targets[i] = (float)values[i];
    }
  }
}

void tandem_tile_solve(bool wide, bool right, bool lower, bool transposed, bool unit, int64_t m,
                       int64_t n, const void *t, int64_t tStride, void *b, int64_t bStride) {
  enum { ROW_MAJOR = 101, PLAIN = 111, UPPER = 121, NON_UNIT = 131, LEFT = 141 };
  const TandemBLAS *blas = tandem_blas();
  // The other choice is the next number.
  int side = LEFT + right, triangle = UPPER + lower, turned = PLAIN + transposed;
  int diagonal = NON_UNIT + unit;
  if (wide) {
    blas->dtrsm(ROW_MAJOR, side, triangle, turned, diagonal, (int)m, (int)n, 1, t, (int)tStride, b,
                (int)bStride);
  } else {
    blas->strsm(ROW_MAJOR, side, triangle, turned, diagonal, (int)m, (int)n, 1, t, (int)tStride, b,
                (int)bStride);
  }
}

int64_t tandem_tile_qr(bool wide, int64_t m, int64_t n, void *a, void *t) {
  size_t width = wide ? 8 : 4;
  void *tau = malloc((size_t)n * width);
  if (!tau) return TANDEM_NO_MEMORY;
  memset(t, 0, (size_t)(n * n) * width);
  int32_t info = BY_WIDTH(geqrf, (int32_t)m, (int32_t)n, a, leading(m), tau);
  if (info == 0)
    info = BY_WIDTH(larft, 'F', 'C', (int32_t)m, (int32_t)n, a, leading(m), tau, t, leading(n));
  free(tau);
  return checked(info);
}

void tandem_tile_unit_lower(bool wide, int64_t n, void *a, int64_t stride) {
  for (int64_t row = 0; row < n; row++) {
    for (int64_t column = row; column < n; column++) clear(wide, a, row * stride + column);
    if (wide) {
      ((double *)a)[row * stride + row] = 1;
    } else {
      ((float *)a)[row * stride + row] = 1;
    }
  }
}

#define COPY(T, SIGN)                                                                           \
  for (int64_t i = 0; i < m; i += 8) {                                                          \
    int64_t end = i + 8 < m ? i + 8 : m;                                                        \
    for (int64_t j = 0; j < n; j++)                                                             \
      for (int64_t r = i; r < end; r++)                                                         \
        ((T *)to)[r * toRow + j * toColumn] = SIGN((const T *)from)[r * fromRow + j * fromColumn]; \
  }

void tandem_tile_copy(bool wide, int64_t m, int64_t n, const void *from, int64_t fromRow,
                      int64_t fromColumn, void *to, int64_t toRow, int64_t toColumn,
                      bool negated) {
  if (wide && negated) {
    COPY(double, -)
  } else if (wide) {
    COPY(double, +)
  } else if (negated) {
    COPY(float, -)
  } else {
    COPY(float, +)
  }
}

void tandem_tile_exchange(bool wide, void *a, int64_t rowStride, int64_t columns,
                          const int32_t *pivots, int64_t first, int64_t end) {
  size_t width = wide ? 8 : 4, bytes = (size_t)columns * width;
  char held[4096];
  for (int64_t row = first; row < end; row++) {
    int64_t other = pivots[row] - 1;
    if (other == row) continue;
    char *x = (char *)a + (size_t)(row * rowStride) * width;
    char *y = (char *)a + (size_t)(other * rowStride) * width;
    for (size_t at = 0; at < bytes; at += sizeof held) {
      size_t part = bytes - at < sizeof held ? bytes - at : sizeof held;
      memcpy(held, x + at, part);
      memcpy(x + at, y + at, part);
      memcpy(y + at, held, part);
    }
  }
}
