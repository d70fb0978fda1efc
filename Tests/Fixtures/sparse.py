"""Sparse matrices of SciPy: products, transposes, sums, elementwise arithmetic.

    python3 Tests/Fixtures/sparse.py > Tests/Fixtures/sparse.json

Each item: a matrix in CSR form, a second one of the same shape, dense matrices, and what SciPy makes
of them, as dense nested lists.
"""

import json

import numpy as np
from scipy import sparse

rng = np.random.default_rng(5)
items = []
for rows, columns, width, density in ((1, 1, 1, 1.0), (5, 7, 3, 0.3), (20, 15, 37, 0.15),
                                      (6, 4, 2, 0.0), (3, 20, 64, 0.5), (30, 2, 5, 0.4)):
    a = sparse.random_array((rows, columns), density=density, rng=rng).tocsr()
    b = sparse.random_array((rows, columns), density=density, rng=rng).tocsr()
    a.data, b.data = a.data.round(3), b.data.round(3)
    x, y = rng.standard_normal((columns, width)), rng.standard_normal((rows, width))
    x, y = x.round(3), y.round(3)
    items.append(dict(
        shape=[rows, columns], values=a.data.tolist(), columns=a.indices.tolist(),
        rowStarts=a.indptr.tolist(), dense=a.toarray().tolist(), other=b.toarray().tolist(),
        x=x.tolist(), y=y.tolist(), product=(a @ x).tolist(), transposedProduct=(a.T @ y).tolist(),
        vectorProduct=(a @ x[:, 0]).tolist(), sum=(a + b).toarray().tolist(),
        difference=(a - b).toarray().tolist(), elementwise=(a.multiply(b)).toarray().tolist(),
        transposed=a.T.toarray().tolist(), rowSums=a.sum(axis=1).tolist(),
        columnSums=a.sum(axis=0).tolist(), rowSquares=a.power(2).sum(axis=1).tolist(),
        stored=int(a.nnz)))
print(json.dumps(items).replace("}, {", "},\n {"))
