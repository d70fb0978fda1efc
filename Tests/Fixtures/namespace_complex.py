"""The NumPy-style namespace: complex numbers, as real and imaginary parts beside each other, and what
has complex results: eigenvalues of general matrices, roots."""

import numpy as np
import scipy.linalg

from fixture_file import exact
from namespace import form, numbers
from namespace_values import sized

FLOATS = ["float64", "float32"]
POINTS = [0.5, -1.5 + 2j, 3j, -2 - 1j]


def parts(z, dtype):
    return [(np.real(z), dtype), (np.imag(z), dtype)]


def complexes(random, shape, dtype):
    """Parts that are no whole numbers, away from zero."""
    return numbers(random, shape, dtype) + 1j * numbers(random, shape, dtype)


def elements(fixtures, random):
    for dtype in FLOATS:
        for left, right in [((3, 4), (3, 4)), ((4,), (3, 4)), ((2, 1), (1, 3)), ((), (3,))]:
            a, b = complexes(random, left, dtype), complexes(random, right, dtype)
            pair = parts(a, dtype) + parts(b, dtype)
            for name, y in [("complexAdd", a + b), ("complexSubtract", a - b),
                            ("complexMultiply", a * b), ("complexDivide", a / b)]:
                sized(fixtures, name, pair, parts(y, dtype), "", dtype)
        z = complexes(random, (3, 5), dtype)
        for name, y in [("complexNegate", -z), ("complexReciprocal", 1 / z), ("complexSquare", z * z),
                        ("complexConjugate", np.conj(z)), ("complexSelect", np.where(z.real > 0, z, 1 - z))]:
            sized(fixtures, name, parts(z, dtype), parts(y, dtype), "", dtype)
        sized(fixtures, "complexExp", parts(z / 4, dtype), parts(np.exp(z / 4), dtype), "", dtype)
        for name, y in [("complexMagnitude", np.abs(z)), ("complexReal", z.real), ("complexImaginary", z.imag),
                        ("complexAngle", np.angle(z))]:
            sized(fixtures, name, parts(z, dtype), [(y, dtype)], "", dtype)
        sized(fixtures, "complexAngleDegrees", parts(z, dtype), [(np.angle(z, deg=True), dtype)], "", dtype)
        same = np.where(z.real > 0, z, z + 1j)
        pair = parts(z, dtype) + parts(same, dtype)
        fixtures.add("complexEqual", pair, [(z == same, "bool"), (z != same, "bool")])
        for axis, keep in [(None, False), (0, False), (-1, True)]:
            text = form(axis, keep)
            sized(fixtures, "complexSum", parts(z, dtype), parts(z.sum(axis, keepdims=keep), dtype), text, dtype)
            sized(fixtures, "complexMean", parts(z, dtype), parts(z.mean(axis, keepdims=keep), dtype), text, dtype)
        a, b = complexes(random, (2, 3, 4), dtype), complexes(random, (4, 5), dtype)
        sized(fixtures, "complexMatmul", parts(a, dtype) + parts(b, dtype), parts(a @ b, dtype), "", dtype, 256)


def special(fixtures):
    """Infinities, NaN and zeros, of which NumPy's formulas make what they make."""
    values = [0.0, -0.0, 1.5, -2.0, np.inf, -np.inf, np.nan]
    with np.errstate(all="ignore"):
        for dtype, kind in [("float64", np.complex128), ("float32", np.complex64)]:
            z = np.array([complex(x, y) for x in values for y in values], kind)
            fixtures.add("complexMagnitudeOfEdges", parts(z, dtype), [(np.abs(z), dtype)], ulps=1)
            fixtures.add("complexFinite", parts(z, dtype),
                         [(np.isfinite(z), "bool"), (np.isnan(z), "bool"), (np.isinf(z), "bool")])


def movement(fixtures, random):
    for dtype in FLOATS:
        z = complexes(random, (3, 4), dtype)
        for name, y in [("reshaped", z.reshape(2, 6)), ("transposed", z.T), ("rolled", np.roll(z, 1, 1)),
                        ("flipped", np.flip(z, 0)), ("sliced", z[1:, ::2]), ("taken", z[:, [2, 0, 0]]),
                        ("lower", np.tril(z)), ("upper", np.triu(z)), ("diagonalMatrix", np.diag(z[0])),
                        ("padded", np.pad(z, ((1, 0), (0, 2)), constant_values=3)), ("repeated", np.repeat(z, 2, 0)),
                        ("broadcast", np.broadcast_to(z, (2, 3, 4))), ("diagonal", np.diagonal(z)),
                        ("along", np.take_along_axis(z, np.array([[1, 0, 3, 2]] * 3), 1))]:
            fixtures.add("complexMoved", parts(z, dtype), parts(y, dtype), name)
        joined = np.concatenate([z, z.real], 1)
        fixtures.add("complexMoved", parts(z, dtype), parts(joined, dtype), "joined")
        written = z.copy()
        written[1:, 0] = 2 - 1j
        fixtures.add("complexMoved", parts(z, dtype), parts(written, dtype), "written")


def eigenvalues(fixtures, random):
    """In no order: sums over all of distances to points, of vectors weighted by their elements."""
    def add(name, inputs, values, vectors, dtype):
        distances = np.abs(values[..., None, :] - np.array(POINTS)[:, None])
        y = distances.sum(-1) if vectors is None else distances @ np.abs(vectors).swapaxes(-1, -2)
        sized(fixtures, name, inputs, [(y, dtype)], "", dtype, 8192)

    for dtype in FLOATS:
        for shape in [(1, 1), (4, 4), (2, 3, 3), (0, 0)]:
            a = exact(random.normal(size=shape), dtype)
            z = exact(random.normal(size=shape), dtype) + 1j * exact(random.normal(size=shape), dtype)
            add("eigenvalues", [(a, dtype)], np.linalg.eigvals(a), None, dtype)
            add("eigenvalues", parts(z, dtype), np.linalg.eigvals(z), None, dtype)
            add("eigen", [(a, dtype)], *np.linalg.eig(a), dtype)
            add("eigen", parts(z, dtype), *np.linalg.eig(z), dtype)
        for p in [[3.0, -1, 2, 5], [0.0, 0, 2, 0, -8], [1.0, 0, 1, 0, 0], [4.0], [0.0, 0], [2.0, 3]]:
            roots = np.roots(p)
            distances = np.abs(roots - np.array(POINTS)[:, None]).sum(-1)
            sized(fixtures, "polynomialRoots", [(np.array(p), dtype)],
                  [(np.array(len(roots)), "int64"), (distances, dtype)], "", dtype, 8192)
        p = np.array([1, 2 - 1j, -3j])
        distances = np.abs(np.roots(p) - np.array(POINTS)[:, None]).sum(-1)
        sized(fixtures, "polynomialRoots", parts(p, dtype),
              [(np.array(2), "int64"), (distances, dtype)], "", dtype, 8192)


def blocks(fixtures, random):
    for dtype in FLOATS:
        for n in [1, 2, 8, 16, 64, 128]:
            x = exact(random.normal(size=(2, n)), dtype)
            matrix = scipy.linalg.hadamard(n)
            sized(fixtures, "hadamardTransform", [(x, dtype)], [(x @ matrix / np.sqrt(n), dtype)], "", dtype, 64)
            sized(fixtures, "hadamardTransform", [(x, dtype)], [(x @ matrix * 0.25, dtype)], "0.25", dtype, 64)
        a, b = exact(random.normal(size=(2, 5, 6)), dtype), exact(random.normal(size=(6, 7)), dtype)
        left, right, out = (exact(random.uniform(0.5, 2, s), dtype) for s in [(2, 3, 3), (3, 4), (3, 4)])

        def spread(mask, shape):
            return mask.repeat(2, -1).repeat(2, -2)[..., :shape[-2], :shape[-1]]

        y = (a * spread(left, a.shape)) @ (b * spread(right, b.shape)) * spread(out, (5, 7))
        sized(fixtures, "blockMaskedMatmul", [(x, dtype) for x in (a, b, left, right, out)], [(y, dtype)],
              "2", dtype, 256)
        keep = random.uniform(size=out.shape) > 0.5
        y = (a @ b) * spread(keep, (5, 7))
        sized(fixtures, "blockMaskedMatmul", [(a, dtype), (b, dtype), (keep, "bool")], [(y, dtype)], "2", dtype, 256)


def add_all(fixtures, random):
    for group in [elements, movement, eigenvalues, blocks]:
        group(fixtures, random)
    special(fixtures)
