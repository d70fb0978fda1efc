// Factorizations of one dense matrix of float (or of double if `wide`), through LAPACK on the
// calling thread. Arguments are column-major with leading dimension equal to the number of rows,
// unless said otherwise. Results are LAPACK's `info`: zero, or the number of the offending row.
#ifndef TANDEM_FACTORIZATION_H
#define TANDEM_FACTORIZATION_H

#include <stdbool.h>
#include <stdint.h>

enum { TANDEM_NOT_FINITE = -1000, TANDEM_NO_MEMORY = -1010 };

// Row-major a becomes its lower factor, zero above the diagonal; what is above is not read.
int64_t tandem_cholesky(bool wide, int64_t n, void *a);

// Row-major a (m by n, destroyed) = u diag(s) vt, all row-major, k = min(m, n). Null u: s alone.
int64_t tandem_svd(bool wide, int64_t m, int64_t n, void *a, void *u, void *s, void *vt);

// a (m by n) becomes q (m by k) in its first k columns; r is k by n.
int64_t tandem_qr(bool wide, int64_t m, int64_t n, void *a, void *r);

// Row-major symmetric a, of which the lower triangle is read, becomes its eigenvectors (columns,
// column-major) for the rising eigenvalues w; unless `vectors`, only w is found.
int64_t tandem_eigen_symmetric(bool wide, bool vectors, int64_t n, void *a, void *w);

// b (n by k) becomes the solution of a x = b; a is destroyed; `pivots` holds n.
int64_t tandem_solve(bool wide, int64_t n, int64_t k, void *a, int32_t *pivots, void *b);

// b (n by k) becomes the solution of op(a) x = b for a triangular a.
int64_t tandem_triangular_solve(bool wide, bool lower, bool transposed, bool unit, int64_t n,
                                int64_t k, const void *a, void *b);

// a, in either order, becomes its inverse.
int64_t tandem_inverse(bool wide, int64_t n, void *a, int32_t *pivots);

// The determinant of a, in either order, is sign * exp(log_magnitude); a is destroyed. The product
// itself goes to `determinant`; any of the three may be null.
void tandem_determinant(bool wide, int64_t n, void *a, int32_t *pivots, void *determinant,
                        void *sign, void *log_magnitude);

// Whether all elements are finite.
bool tandem_all_finite(bool wide, int64_t count, const void *values);

#endif
