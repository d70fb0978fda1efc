"""The NumPy-style namespace: products of arrays under NumPy's names, powers, factorizations.

Of singular vectors, eigenvectors and the columns of Q absolute values are compared, as their signs
are nobody's.
"""

import numpy as np

from namespace import form, numbers
from namespace_values import sized

FLOATS = ["float64", "float32"]


def products(fixtures, random):
    pairs = {
        "dot": [((3, 4), (4,)), ((4,), (4,)), ((2, 3, 4), (5, 4, 2)), ((), (2, 3))],
        "inner": [((3, 4), (2, 4)), ((4,), (4,)), ((2, 3, 4), (4,))],
        "outer": [((3,), (4,)), ((2, 2), (3,))],
    }
    for dtype in FLOATS:
        for name, shapes in pairs.items():
            for first, second in shapes:
                a, b = numbers(random, first, dtype), numbers(random, second, dtype)
                y = getattr(np, name)(a, b)
                sized(fixtures, name, [(a, dtype), (b, dtype)], [(y, dtype)], "", dtype, 64)
        a, b = numbers(random, (2, 3, 4), dtype), numbers(random, (4, 3, 5), dtype)
        for left, right in [((1, 2), (1, 0)), ((-1,), (0,)), ((), ())]:
            y = np.tensordot(a, b, (left, right))
            sized(fixtures, "tensordot", [(a, dtype), (b, dtype)], [(y, dtype)],
                  form(",".join(map(str, left)), ",".join(map(str, right))), dtype, 256)
        a, b, c = (numbers(random, s, dtype) for s in [(2, 3, 4), (4, 5), (3, 5)])
        sized(fixtures, "gemm", [(a, dtype), (b, dtype), (c, dtype)],
              [(1.5 * np.matmul(a, b) - 0.5 * c, dtype)], form(1.5, -0.5), dtype, 256)


def factorizations(fixtures, random):
    for dtype in FLOATS:
        a = numbers(random, (2, 4, 4), dtype) / 8 + 4 * np.eye(4)
        a = a.astype(dtype).astype(np.float64)
        for exponent in [-2, 0, 1, 5]:
            y = np.linalg.matrix_power(a, exponent)
            sized(fixtures, "matrixPower", [(a, dtype)], [(y, dtype)], form(exponent), dtype, 4096)
        symmetric = (a + a.swapaxes(-1, -2)) / 2
        values, vectors = np.linalg.eigh(symmetric)
        sized(fixtures, "eigh", [(a, dtype)], [(values, dtype), (np.abs(vectors), dtype)], "",
              dtype, 4096)
        sized(fixtures, "eigvalsh", [(a, dtype)], [(values, dtype)], "", dtype, 4096)
        for shape in [(4, 4), (5, 3)]:
            a = numbers(random, shape, dtype)
            u, s, v = (np.abs(x) for x in np.linalg.svd(a, full_matrices=False))
            sized(fixtures, "svd", [(a, dtype)], [(x, dtype) for x in (u, s, v)], "", dtype, 4096)
            q, r = (np.abs(x) for x in np.linalg.qr(a))
            sized(fixtures, "qr", [(a, dtype)], [(q, dtype), (r, dtype)], "", dtype, 4096)


def add_all(fixtures, random):
    for group in [products, factorizations]:
        group(fixtures, random)
