// Products with matrices whose rows list what is not zero (CSR). All dense matrices are row-major.
//
// Sums run in the order in which elements are stored, rounded after each product and sum, so the
// bits depend neither on the instruction set nor on how rows are shared out.
#ifndef TANDEM_SPARSE_H
#define TANDEM_SPARSE_H

#include <stdint.h>

typedef struct {
  int64_t rows, columns, stored;
  const void *values;        // [stored], float or double
  const int64_t *column;     // [stored]
  const int64_t *row_start;  // [rows + 1]
  int64_t is_double;
} tandem_sparse_matrix;

// What is wrong with the indices: 0 if nothing; 1 if row_start[place] is out of order; 2 if
// column[place] is out of range.
int64_t tandem_sparse_check(const tandem_sparse_matrix *a, int64_t *place);

// out[i, :] = sum of a[i, j] b[j, :], for rows begin..<end; b is [columns, width].
void tandem_sparse_product(const tandem_sparse_matrix *a, const void *b, int64_t width, void *out,
                           int64_t begin, int64_t end);

// out[j, :] = sum of a[i, j] b[i, :], for columns begin..<end of b, [rows, width], and out.
void tandem_sparse_transposed(const tandem_sparse_matrix *a, const void *b, int64_t width,
                              void *out, int64_t begin, int64_t end);

// out[k] = the product of row i of x, [rows, width], and row j of y, [columns, width], for each
// element (i, j) that rows begin..<end store. Values are not looked at.
void tandem_sparse_sampled(const tandem_sparse_matrix *a, const void *x, const void *y,
                           int64_t width, void *out, int64_t begin, int64_t end);

#endif
