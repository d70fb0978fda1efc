// Factorizations of one dense matrix of float (or of double if `wide`), through LAPACK on the
// calling thread. Arguments are column-major with leading dimension equal to the number of rows,
// unless said otherwise. Results are LAPACK's `info`: zero, or the number of the offending row.
#ifndef TANDEM_FACTORIZATION_H
#define TANDEM_FACTORIZATION_H

#include <stdbool.h>
#include <stdint.h>

enum { TANDEM_NOT_FINITE = -1000, TANDEM_NO_MEMORY = -1010 };

// Row-major a, rows `stride` apart, becomes its lower factor, zero above the diagonal; what is
// above is not read.
int64_t tandem_cholesky(bool wide, int64_t n, void *a, int64_t stride);

// Row-major a (m by n, destroyed) = u diag(s) vt, all row-major, k = min(m, n). Null u: s alone.
int64_t tandem_svd(bool wide, int64_t m, int64_t n, void *a, void *u, void *s, void *vt);

// a (m by n) becomes q (m by k) in its first k columns; r is k by n.
int64_t tandem_qr(bool wide, int64_t m, int64_t n, void *a, void *r);

// Row-major symmetric a, of which the lower triangle is read, becomes its eigenvectors (columns,
// column-major) for the rising eigenvalues w; unless `vectors`, only w is found.
int64_t tandem_eigen_symmetric(bool wide, bool vectors, int64_t n, void *a, void *w);

// Eigenvalues w (complex) of a, which is destroyed, and eigenvectors v (complex) of length one;
// null v: w alone. a is complex if `pairs`. Positive results are the number of eigenvalues that
// were not found.
int64_t tandem_eigen(bool wide, bool pairs, int64_t n, void *a, void *w, void *v);

// b (n by k) becomes the solution of a x = b; a is destroyed; `pivots` holds n.
int64_t tandem_solve(bool wide, int64_t n, int64_t k, void *a, int32_t *pivots, void *b);

// b (n by k) becomes the solution of op(a) x = b for a triangular a.
int64_t tandem_triangular_solve(bool wide, bool lower, bool transposed, bool unit, int64_t n,
                                int64_t k, const void *a, void *b);

// a (m by n) becomes its factors: upper on and above the diagonal, lower under it. `pivots` holds
// min(m, n): row i was exchanged with row pivots[i] - 1, in order. The result is the number of the
// first pivot that is zero, if one is.
int64_t tandem_lu(bool wide, int64_t m, int64_t n, void *a, int32_t *pivots);

// a, in either order, becomes its inverse.
int64_t tandem_inverse(bool wide, int64_t n, void *a, int32_t *pivots);

// The determinant of what has these factors, in either order, rows `stride` apart, is
// sign * exp(log_magnitude). The product itself goes to `determinant`; any of the three may be
// null.
void tandem_determinant(bool wide, int64_t n, const void *a, int64_t stride,
                        const int32_t *pivots, void *determinant, void *sign,
                        void *log_magnitude);

// The parts of a large row-major matrix; strides are those of rows unless said otherwise.

// b (m by n) becomes the solution of op(t) x = b, or of x op(t) = b if `right`.
void tandem_tile_solve(bool wide, bool right, bool lower, bool transposed, bool unit, int64_t m,
                       int64_t n, const void *t, int64_t tStride, void *b, int64_t bStride);

// Column-major a (m by n, at least as many rows) becomes r in its upper triangle and the vectors v
// below it; column-major t (n by n), zero below its diagonal, makes q of them: I - v t v'.
int64_t tandem_tile_qr(bool wide, int64_t m, int64_t n, void *a, void *t);

// Puts ones on the diagonal of the first n rows and columns, and zeros above it.
void tandem_tile_unit_lower(bool wide, int64_t n, void *a, int64_t stride);

// Copies an m by n matrix, or its negative, between any strides.
void tandem_tile_copy(bool wide, int64_t m, int64_t n, const void *from, int64_t fromRow,
                      int64_t fromColumn, void *to, int64_t toRow, int64_t toColumn,
                      bool negated);

// Exchanges rows i and pivots[i] - 1 for i from `first` up to `end`, in order.
void tandem_tile_exchange(bool wide, void *a, int64_t rowStride, int64_t columns,
                          const int32_t *pivots, int64_t first, int64_t end);

// Whether all elements are finite.
bool tandem_all_finite(bool wide, int64_t count, const void *values);

#endif
