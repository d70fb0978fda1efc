"""Products of matrices."""

import numpy as np

from fixture_file import exact


def matmul(fixtures, random):
    for dtype in ["float32", "float64", "int64", "int32", "bfloat16"]:
        for left, right in [((2, 3), (3, 4)), ((1, 1), (1, 1)), ((5, 2, 3), (3, 4)), ((2, 1, 3, 4), (3, 4, 2)),
                            ((33, 65), (65, 17)), ((0, 3), (3, 2)), ((2, 0), (0, 3))]:
            a, b = random.uniform(-2, 2, left), random.uniform(-2, 2, right)
            if dtype.startswith("int"):
                a, b = np.rint(a * 5), np.rint(b * 5)
            a, b = exact(a, dtype), exact(b, dtype)
            y = a @ b
            unit = {"float32": 2**-24, "float64": 2**-53, "bfloat16": 2**-24}.get(dtype, 0)
            bound = float(np.max(np.abs(a) @ np.abs(b), initial=0)) * unit * left[-1] * 2
            fixtures.add("matmul", [(a, dtype), (b, dtype)], [(y, dtype)], absolute=bound)


def add_all(fixtures, random):
    matmul(fixtures, random)
