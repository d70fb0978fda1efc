"""Products of matrices."""

import numpy as np

from fixture_file import exact


def matmul(fixtures, random, dtypes=("float32", "float64", "int64", "int32", "bfloat16")):
    for dtype in dtypes:
        for left, right in [((2, 3), (3, 4)), ((1, 1), (1, 1)), ((5, 2, 3), (3, 4)), ((2, 1, 3, 4), (3, 4, 2)),
                            ((33, 65), (65, 17)), ((0, 3), (3, 2)), ((2, 0), (0, 3))]:
            a, b = random.uniform(-2, 2, left), random.uniform(-2, 2, right)
            if "int" in dtype:
                a, b = np.rint(a * 5), np.rint(b * 5)
            if dtype.startswith("u"):
                a, b = abs(a), abs(b)
            a, b = exact(a, dtype), exact(b, dtype)
            y = a @ b
            y = exact(y, dtype) if "int" in dtype else y
            unit = {"float64": 2**-53}.get(dtype, 0 if "int" in dtype else 2**-24)
            bound = float(np.max(np.abs(a) @ np.abs(b), initial=0)) * unit * left[-1] * 2
            fixtures.add("matmul", [(a, dtype), (b, dtype)], [(y, dtype)], absolute=bound)


def add_all(fixtures, random):
    matmul(fixtures, random)
