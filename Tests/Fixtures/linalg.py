"""Linear algebra: factorizations without free signs, systems, norms, products of vectors and matrices.

`python3 Tests/Fixtures/linalg.py` writes `linalg.txt` and `linalg.bin` alone. The references are NumPy's and
SciPy's in float64.
"""

import itertools
import os

import numpy as np
import scipy.linalg

from fixture_file import FixtureFile, exact

DTYPES = ["float32", "float64"]


def unit(dtype):
    return 2**-53 if dtype == "float64" else 2**-24


def floats(random, dtype, shape, low=-2, high=2):
    return exact(random.uniform(low, high, shape), dtype)


def batched(function, *arrays):
    """A function of matrices over the axes before them; of results, a list of stacks."""
    lead = arrays[0].shape[:-2]
    results = [function(*[array[place] for array in arrays]) for place in np.ndindex(*lead)]
    return [np.array([r[i] for r in results]).reshape(lead + np.shape(results[0][i])) for i in range(len(results[0]))]


def factorizations(fixtures, random):
    for dtype in DTYPES:
        for shape in [(1, 1), (4, 4), (5, 3), (3, 5), (2, 3, 3), (2, 2, 4, 3), (40, 40), (70, 30)]:
            a = floats(random, dtype, shape)
            bound = 64 * max(shape[-2:])**2 * unit(dtype)

            def factors(a):
                lu, pivots = scipy.linalg.lu_factor(a)
                order = np.arange(a.shape[0])
                for row, other in enumerate(pivots):
                    order[[row, other]] = order[[other, row]]
                return lu, order

            lu, order = batched(factors, a)
            fixtures.add("lu", [(a, dtype)], [(lu, dtype), (order, "int64")], absolute=bound)
            p, l, u = batched(scipy.linalg.lu, a)
            fixtures.add("lu of three", [(a, dtype)], [(p, dtype), (l, dtype), (u, dtype)], absolute=bound)
            s = np.linalg.svd(a, compute_uv=False)
            fixtures.add("singularValues", [(a, dtype)], [(s, dtype)], absolute=bound)
            fixtures.add("matrixRank", [(a, dtype)], [(np.linalg.matrix_rank(a), "int64")])
        for shape in [(1, 1), (4, 4), (2, 3, 3), (40, 40)]:
            a = floats(random, dtype, shape)
            bound = 64 * shape[-1]**2 * unit(dtype)
            fixtures.add("symmetricEigenvalues", [(a, dtype)], [(np.linalg.eigvalsh(a), dtype)], absolute=bound)
        low = floats(random, dtype, (3, 6, 2)) @ floats(random, dtype, (3, 2, 5))
        fixtures.add("matrixRank", [(low, dtype)], [(np.full(3, 2), "int64")])
        fixtures.add("matrixRank", [(np.zeros((2, 3, 3)), dtype)], [(np.zeros(2), "int64")])
        for shape in [(4, 4), (2, 3, 5), (6, 4)]:
            a = floats(random, dtype, shape)
            one = np.eye(min(shape[-2:]))
            rebuilt = [(a, dtype), (np.broadcast_to(one, shape[:-2] + one.shape), dtype)]
            fixtures.add("lq", [(a, dtype)], rebuilt, absolute=400 * unit(dtype))


def systems(fixtures, random):
    for dtype in DTYPES:
        small = 4000 * unit(dtype)
        for shape in [(4, 3), (3, 4), (2, 3, 3), (5, 1), (2, 6, 4)]:
            a = floats(random, dtype, shape)
            fixtures.add("pseudoInverse", [(a, dtype)], [(np.linalg.pinv(a), dtype)], "1e-6", absolute=small * 8)
        low = exact(np.round(random.uniform(-3, 3, (5, 2))) @ np.round(random.uniform(-3, 3, (2, 4))), dtype)
        fixtures.add("pseudoInverse", [(low, dtype)], [(np.linalg.pinv(low), dtype)], "1e-5", absolute=small)
        fixtures.add("pseudoInverse", [(np.zeros((2, 3)), dtype)], [(np.zeros((3, 2)), dtype)], "1e-6")
        for m, n, k in [(6, 3, None), (6, 3, 2), (3, 6, 2), (4, 4, 1)]:
            a, b = floats(random, dtype, (m, n)), floats(random, dtype, (m,) if k is None else (m, k))
            x, _, rank, s = np.linalg.lstsq(a, b, rcond=None)
            residuals = ((a @ x - b)**2).sum(axis=0)
            fixtures.add("leastSquares", [(a, dtype), (b, dtype)],
                         [(x, dtype), (residuals, dtype), (rank, "int64"), (s, dtype)], absolute=small * 8)
        a, b = floats(random, dtype, (2, 5, 3)), floats(random, dtype, (2, 5, 2))
        x, s = np.linalg.pinv(a) @ b, np.linalg.svd(a, compute_uv=False)
        fixtures.add("leastSquares", [(a, dtype), (b, dtype)],
                     [(x, dtype), (((a @ x - b)**2).sum(axis=-2), dtype), (np.array([3, 3]), "int64"), (s, dtype)],
                     absolute=small * 8)
        for n, k in [(1, 1), (4, 2), (30, 3)]:
            m = floats(random, dtype, (n, n), -1, 1)
            a = exact(m @ m.T + n * np.eye(n), dtype)
            b, low = floats(random, dtype, (n, k)), exact(np.linalg.cholesky(a), dtype)
            full = low @ low.T
            fixtures.add("choleskyInverse", [(low, dtype)], [(np.linalg.inv(full), dtype)], absolute=small)
            fixtures.add("choleskySolve", [(low, dtype), (b, dtype)], [(np.linalg.solve(full, b), dtype)], absolute=small)
            fixtures.add("sumLogDiagonal", [(low, dtype)], [(np.log(np.diag(low)).sum(), dtype)], absolute=small)
            fixtures.add("solve with factors", [(a, dtype), (b, dtype)], [(np.linalg.solve(a, b), dtype)], absolute=small)
            for lower, transposed, right in itertools.product([0, 1], repeat=3):
                triangle = (np.tril if lower else np.triu)(a)
                left = triangle.T if transposed else triangle
                c = b.T if right else b
                text = f"{lower},{transposed},{right}"
                y = c @ left if right else left @ c
                fixtures.add("triangularProduct", [(a, dtype), (exact(c, dtype), dtype)], [(y, dtype)], text,
                             absolute=small * n)
                x = np.linalg.solve(left.T, c.T).T if right else np.linalg.solve(left, c)
                fixtures.add("solveTriangular", [(a, dtype), (c, dtype)], [(x, dtype)], text, absolute=small)
        a = floats(random, dtype, (4, 6, 8, 3))
        fixtures.add("tensorInverse", [(a, dtype)], [(np.linalg.tensorinv(a, 2), dtype)], "2", absolute=small * 32)
        a = floats(random, dtype, (24, 8, 3))
        fixtures.add("tensorInverse", [(a, dtype)], [(np.linalg.tensorinv(a, 1), dtype)], "1", absolute=small * 32)
        a, b = floats(random, dtype, (2, 3, 6)), floats(random, dtype, (2, 3))
        fixtures.add("tensorSolve", [(a, dtype), (b, dtype)], [(np.linalg.tensorsolve(a, b), dtype)], "", absolute=small * 8)
        a, b = floats(random, dtype, (3, 2, 6)), floats(random, dtype, (6,))
        fixtures.add("tensorSolve", [(a, dtype), (b, dtype)], [(np.linalg.tensorsolve(a, b, (0, 1)), dtype)], "0,1",
                     absolute=small * 8)


def norms(fixtures, random):
    orders = [0, 1, 2, 3, 0.5, -1, -2.5, np.inf, -np.inf]
    for dtype in ["float32", "float64", "int32", "bfloat16"]:
        for order in orders:
            for axes, keep in [(None, 0), (0, 0), ((0, 2), 1), (-1, 1)]:
                x = exact(random.integers(1, 9, (2, 3, 4)) * random.choice([-1, 1], (2, 3, 4)), dtype)
                if order == 0:
                    x = x * (random.uniform(size=x.shape) > 0.3)
                x = exact(x, dtype)
                y = vector_norm(x, order, axes, bool(keep))
                names = [] if axes is None else list(np.atleast_1d(axes))
                result = "float32" if dtype == "int32" else dtype
                bound = 32 * unit(result) * float(np.max(np.abs(y)))
                text = f"{order};{'all' if axes is None else ','.join(map(str, names))};{keep}"
                fixtures.add("vectorNorm", [(x, dtype)], [(y, result)], text, ulps=1, absolute=bound)
    for dtype in DTYPES:
        for kind in ["fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf]:
            for shape, axes, keep in [((4, 3), (-2, -1), 0), ((2, 3, 4), (-2, -1), 1), ((3, 2, 4), (2, 0), 0),
                                      ((3, 2, 4), (0, 2), 1)]:
                x = floats(random, dtype, shape)
                y = np.linalg.norm(x, ord=kind, axis=axes, keepdims=bool(keep))
                fixtures.add("matrixNorm", [(x, dtype)], [(y, dtype)], f"{kind};{axes[0]},{axes[1]};{keep}",
                             absolute=400 * unit(dtype))
            for shape in [(3, 3), (2, 3, 3)] + ([(4, 3)] if kind in [2, -2] else []):
                x = exact(floats(random, dtype, shape) + 3 * np.eye(*shape[-2:]), dtype)
                y = np.linalg.cond(x, kind)
                fixtures.add("conditionNumber", [(x, dtype)], [(y, dtype)], str(kind),
                             absolute=4000 * unit(dtype) * float(np.max(y))**2)


def vector_norm(x, order, axes, keep):
    """`numpy.linalg.vector_norm`, which came with NumPy 2."""
    axes = tuple(range(x.ndim)) if axes is None else tuple(np.atleast_1d(axes))
    size = np.abs(x.astype(np.float64))
    if order == np.inf:
        return size.max(axis=axes, keepdims=keep)
    if order == -np.inf:
        return size.min(axis=axes, keepdims=keep)
    if order == 0:
        return (size != 0).sum(axis=axes, keepdims=keep).astype(np.float64)
    return (size**order).sum(axis=axes, keepdims=keep)**(1 / order)


def products(fixtures, random):
    for dtype in DTYPES + ["int64"]:
        def numbers(*shape):
            return exact(random.integers(-9, 10, shape), dtype) if dtype == "int64" else floats(random, dtype, shape)

        def add(name, arrays, y, form=""):
            bound = 0 if dtype == "int64" else 200 * unit(dtype) * max(1, float(np.max(np.abs(y), initial=0)))
            fixtures.add(name, [(a, dtype) for a in arrays], [(y, dtype)], form, absolute=bound)

        a, b = numbers(2, 3, 4), numbers(3, 4)
        add("vecdot", [a, b], (a * b).sum(-1), "-1")
        add("vecdot", [a, b], (a * b).sum(-2), "-2")
        a, b = numbers(2, 6), numbers(3, 4)
        add("vdot", [a, b], np.vdot(a, b))
        for a, b, axis in [(numbers(3), numbers(3), -1), (numbers(2, 3), numbers(3), -1), (numbers(4, 1, 3), numbers(5, 3), -1),
                           (numbers(3, 4), numbers(3, 4), 0), (numbers(2, 3, 4), numbers(2, 3, 4), 1)]:
            add("cross", [a, b], np.cross(a, b, axis=axis), str(axis))
        for left, right in [((2, 3), (4, 2)), ((3,), (2,)), ((3,), (2, 4)), ((2, 1, 3), (2, 2)), ((), (2,)), ((2, 2, 1, 2), (1, 2, 3, 2))]:
            a, b = numbers(*left), numbers(*right)
            add("kron", [a, b], np.kron(a, b))
        a, b = numbers(3, 2), numbers(4, 2)
        add("khatriRao", [a, b], scipy.linalg.khatri_rao(a, b))
        a, b = numbers(2, 3, 2), numbers(2, 4, 2)
        add("khatriRao", [a, b], np.stack([scipy.linalg.khatri_rao(x, y) for x, y in zip(a, b)]))
        for shapes in [[(3, 4), (4, 5)], [(10, 2), (2, 20), (20, 3)], [(5,), (5, 2), (2, 6), (6,)], [(2, 3), (3,)], [(3,), (3,)],
                       [(4, 7), (7, 1), (1, 8), (8, 3), (3, 2)]]:
            arrays = [numbers(*shape) for shape in shapes]
            add("multiDot", arrays, np.linalg.multi_dot(arrays))
        arrays = [numbers(2, 3, 4), numbers(4, 2), numbers(2, 2, 5)]
        add("multiDot", arrays, arrays[0] @ arrays[1] @ arrays[2])
        a = numbers(2, 3, 4)
        add("gram", [a], a @ np.swapaxes(a, -1, -2), "0")
        add("gram", [a], np.swapaxes(a, -1, -2) @ a, "1")
        for text, *shapes in [("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)), ("ab,bc,cd,de->ae", (3, 2), (2, 5), (5, 2), (2, 4)),
                              ("bi,ij,bj->b", (4, 3), (3, 2), (4, 2)), ("i,i,i->i", (3,), (3,), (3,)),
                              ("ijk,il,jm,kn->lmn", (2, 3, 4), (2, 2), (3, 2), (4, 2)), ("ii,jj,ij", (3, 3), (2, 2), (3, 2)),
                              ("ea,fb,abcd,gc,hd->efgh", (2, 3), (2, 3), (3, 3, 2, 2), (3, 2), (3, 2))]:
            arrays = [numbers(*shape) for shape in shapes]
            for order in ["optimal", "greedy", "leftToRight"]:
                add("einsum", arrays, np.einsum(text, *arrays), f"{text};{order}")


def triangles(fixtures, random):
    """The order of `mx.nd.linalg.extracttrian` is that of NumPy's triangle indices."""
    for dtype in ["float32", "float64", "int32"]:
        for n in [1, 2, 5]:
            a = exact(random.integers(-9, 10, (2, n, n)), dtype)
            for offset in [o for o in [0, 1, -1, 3, -4] if abs(o) < n]:
                for lower in [0, 1] if offset == 0 else [1]:
                    is_lower = lower if offset == 0 else offset < 0
                    rows, columns = np.tril_indices(n, offset) if is_lower else np.triu_indices(n, offset)
                    packed = a[:, rows, columns]
                    text = f"{offset},{lower}"
                    fixtures.add("packedTriangle", [(a, dtype)], [(packed, dtype)], text)
                    full = (np.tril if is_lower else np.triu)(a, offset)
                    fixtures.add("unpackedTriangle", [(packed, dtype)], [(full, dtype)], text)


def add_all(fixtures, random):
    factorizations(fixtures, random)
    systems(fixtures, random)
    norms(fixtures, random)
    products(fixtures, random)
    triangles(fixtures, random)


if __name__ == "__main__":
    fixtures = FixtureFile()
    add_all(fixtures, np.random.default_rng(20240601))
    fixtures.write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "linalg"))
