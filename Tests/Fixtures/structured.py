"""Classes, pictures, matrices and indices."""

import itertools

import numpy as np
import scipy.linalg
import scipy.special

from fixture_file import FLOATS, exact

WIDE = {"float64": 2**-53}


def unit(dtype):
    """Half a unit in the last place of what sums are taken in."""
    return WIDE.get(dtype, 2**-24)


def floats(random, dtype, shape, low=-2, high=2):
    return exact(random.uniform(low, high, shape), dtype)


def softmaxes(fixtures, random):
    for dtype in FLOATS:
        for shape, axis in [((5,), 0), ((3, 4), 0), ((3, 4), 1), ((2, 3, 5), 1), ((2, 200), 1), ((0, 3), 1)]:
            x = floats(random, dtype, shape, -9, 9)
            wide = x.astype(np.longdouble)
            log = wide - np.log(np.exp(wide).sum(axis=axis, keepdims=True))
            dy = floats(random, dtype, shape)
            text = str(axis)
            fixtures.add("softmax", [(x, dtype)], [(np.exp(log), dtype)], text, ulps=24)
            fixtures.add("logSoftmax", [(x, dtype)], [(log, dtype)], text, ulps=4, absolute=20 * unit(dtype))
            y = exact(np.exp(log).astype(np.float64), dtype)
            gradient = y * (dy - (dy * y).sum(axis=axis, keepdims=True))
            fixtures.add("softmaxGradient", [(y, dtype), (dy, dtype)], [(gradient, dtype)], text,
                         ulps=4, absolute=40 * unit(dtype))
            y = exact(log.astype(np.float64), dtype)
            total = dy.sum(axis=axis, keepdims=True)
            bound = float(np.abs(dy).sum()) * unit(dtype) * 4
            fixtures.add("logSoftmaxGradient", [(y, dtype), (dy, dtype)],
                         [(dy - np.exp(y) * total, dtype)], text, ulps=4, absolute=bound)
    extreme = np.array([[1000.0, 1000, -1000], [-1000, -999, -1001]])
    y = scipy.special.softmax(extreme, axis=1)
    fixtures.add("softmax", [(extreme, "float32")], [(y, "float32")], "1", ulps=24)


def losses(fixtures, random):
    for dtype in FLOATS:
        for shape in [(4,), (5, 3), (2, 3, 10)]:
            x = floats(random, dtype, shape, -9, 9)
            labels = random.integers(0, shape[-1], shape[:-1])
            wide = x.astype(np.longdouble)
            total = np.log(np.exp(wide).sum(axis=-1))
            loss = total - np.take_along_axis(wide, np.asarray(labels)[..., None], -1)[..., 0]
            kept = dtype if dtype == "float64" else "float32"
            fixtures.add("softmaxCrossEntropy", [(x, dtype), (labels, "int64")],
                         [(loss, dtype), (total, kept)], ulps=4, absolute=24 * unit(dtype))
            hot = np.eye(shape[-1])[labels]
            dy = floats(random, dtype, shape[:-1])
            sums = exact(total.astype(np.float64), kept)
            dx = (np.exp(x - sums[..., None]) - hot) * dy[..., None]
            step = {"float16": 2**-10, "bfloat16": 2**-7}.get(dtype, 0)
            fixtures.add("softmaxCrossEntropyGradient",
                         [(x, dtype), (labels, "int64"), (sums, kept), (dy, dtype)],
                         [(dx, dtype)], ulps=4, absolute=24 * unit(dtype) + 2 * step)


def linears(fixtures, random, dtypes=("float32", "float64", "bfloat16")):
    for dtype in dtypes:
        for lead in [(1,), (5,), (2, 3)]:
            x, w = floats(random, dtype, lead + (7,)), floats(random, dtype, (4, 7))
            b = floats(random, dtype, (4,))
            bound = 64 * 7 * unit(dtype)
            fixtures.add("linear", [(x, dtype), (w, dtype), (b, dtype)], [(x @ w.T + b, dtype)],
                         ulps=1, absolute=bound)
            fixtures.add("linear", [(x, dtype), (w, dtype)], [(x @ w.T, dtype)], ulps=1, absolute=bound)


# strides, padding before, padding after, dilation, groups, picture, filters
CONVOLUTIONS = [
    ((1, 1), (0, 0), (0, 0), (1, 1), 1, (2, 3, 6, 5), (4, 3, 3, 2)),
    ((2, 1), (1, 0), (0, 2), (1, 2), 2, (1, 4, 7, 6), (6, 2, 3, 2)),
    ((2, 2), (2, 2), (2, 2), (1, 1), 1, (1, 1, 8, 8), (3, 1, 5, 5)),
    ((1,), (1,), (1,), (1,), 3, (2, 3, 9), (3, 1, 3)),
    ((1, 2, 1), (0, 1, 0), (0, 0, 1), (1, 1, 1), 1, (1, 2, 3, 4, 3), (2, 2, 2, 2, 2)),
]


def windows(shape, window, strides, before, after, dilation):
    """Where each window starts, and the places that it covers, in the padded picture."""
    counts = [(n + b + a - d * (k - 1) - 1) // s + 1
              for n, k, s, b, a, d in zip(shape, window, strides, before, after, dilation)]
    for place in itertools.product(*map(range, counts)):
        yield place, tuple(slice(p * s, p * s + d * (k - 1) + 1, d)
                           for p, s, d, k in zip(place, strides, dilation, window))


def convolve(x, w, case):
    """The convolution, and as a linear map its two transposes."""
    strides, before, after, dilation, groups = case[:5]
    space, window = x.shape[2:], w.shape[2:]
    padded = np.pad(x, [(0, 0), (0, 0)] + list(zip(before, after)))
    places = list(windows(space, window, strides, before, after, dilation))
    counts = tuple(n + 1 for n in places[-1][0])
    y = np.zeros((x.shape[0], w.shape[0]) + counts)
    per_in, per_out = w.shape[1], w.shape[0] // groups

    def pieces():
        for place, cut in places:
            for group in range(groups):
                source = (slice(None), slice(group * per_in, (group + 1) * per_in)) + cut
                target = slice(group * per_out, (group + 1) * per_out)
                yield place, source, target

    axes = list(range(1, 2 + len(window)))
    for place, source, target in pieces():
        y[(slice(None), target) + place] = np.tensordot(padded[source], w[target], (axes, axes))

    def transposes(dy):
        dx, dw = np.zeros(padded.shape), np.zeros(w.shape)
        for place, source, target in pieces():
            part = dy[(slice(None), target) + place]
            dx[source] += np.tensordot(part, w[target], 1)
            dw[target] += np.tensordot(part, padded[source], ((0,), (0,)))
        inner = tuple(slice(b, b + n) for b, n in zip(before, space))
        return dx[(slice(None), slice(None)) + inner], dw

    return y, transposes


def convolutions(fixtures, random, dtypes=("float32", "float64")):
    for dtype in dtypes:
        for case in CONVOLUTIONS:
            x, w = floats(random, dtype, case[5]), floats(random, dtype, case[6])
            y, transposes = convolve(x, w, case)
            dy = floats(random, dtype, y.shape)
            dx, dw = transposes(dy)
            text = "/".join(",".join(map(str, part)) for part in case[:4]) + f"/{case[4]}"
            bound = 4 * 200 * unit(dtype) * 4
            a, b, c = (x, dtype), (w, dtype), (dy, dtype)
            sizes = ["/" + ",".join(map(str, shape)) for shape in [x.shape, w.shape]]
            fixtures.add("convolution", [a, b], [(y, dtype)], text, absolute=bound)
            fixtures.add("convolutionInputGradient", [c, b], [(dx, dtype)], text + sizes[0], absolute=bound)
            fixtures.add("convolutionWeightGradient", [a, c], [(dw, dtype)], text + sizes[1], absolute=bound)


# window, strides, padding before and after, dilation, picture
POOLS = [((2, 2), (2, 2), (0, 0), (0, 0), (1, 1), (2, 3, 6, 4)), ((3, 2), (1, 2), (1, 0), (1, 1), (1, 1), (1, 2, 5, 7)),
         ((2,), (1,), (0,), (0,), (2,), (2, 2, 9)), ((2, 1, 2), (1, 1, 2), (0, 0, 0), (0, 0, 0), (1, 1, 1), (1, 1, 3, 2, 4))]


def pools(fixtures, random, dtypes=("float32", "float64", "bfloat16")):
    for dtype in dtypes:
        for case in POOLS:
            window, strides, before, after, dilation, shape = case
            x = exact(random.permutation(int(np.prod(shape))).reshape(shape) / 2, dtype)
            widths = [(0, 0), (0, 0)] + list(zip(before, after))
            low, zero = np.pad(x, widths, constant_values=-np.inf), np.pad(x, widths)
            present = np.pad(np.ones(shape), widths)
            places = list(windows(shape[2:], window, strides, before, after, dilation))
            counts = shape[:2] + tuple(n + 1 for n in places[-1][0])
            largest, mean, inner = np.zeros(counts), np.zeros(counts), np.zeros(counts)
            dy = floats(random, dtype, counts)
            dmax, dmean = np.zeros(low.shape), np.zeros(low.shape)
            for place, cut in places:
                cut, at = (slice(None), slice(None)) + cut, (slice(None), slice(None)) + place
                flat = low[cut].reshape(shape[0], shape[1], -1)
                largest[at] = flat.max(axis=2)
                total = zero[cut].reshape(flat.shape).sum(axis=2)
                mean[at], inner[at] = total / flat.shape[2], total / present[cut].reshape(flat.shape).sum(axis=2)
                first = np.eye(flat.shape[2])[flat.argmax(axis=2)].reshape(low[cut].shape)
                spread = dy[at].reshape(dy[at].shape + (1,) * len(window))
                dmax[cut] += first * spread
                dmean[cut] += spread / flat.shape[2]
            crop = (slice(None), slice(None)) + tuple(slice(b, b + n) for b, n in zip(before, shape[2:]))
            text = "/".join(",".join(map(str, part)) for part in case[:5])
            size = "/" + ",".join(map(str, shape))
            fixtures.add("maxPool", [(x, dtype)], [(largest, dtype)], text)
            fixtures.add("averagePool", [(x, dtype)], [(mean, dtype)], text + "/1", ulps=2, absolute=8 * unit(dtype) * 120)
            fixtures.add("averagePool", [(x, dtype)], [(inner, dtype)], text + "/0", ulps=2, absolute=8 * unit(dtype) * 120)
            step = 2**-6 if dtype == "bfloat16" else 8 * unit(dtype)
            fixtures.add("maxPoolGradient", [(dy, dtype), (x, dtype)], [(dmax[crop], dtype)], text, absolute=step * 4)
            fixtures.add("averagePoolGradient", [(dy, dtype)], [(dmean[crop], dtype)], text + size, absolute=step * 4)
            z = floats(random, dtype, shape)
            chosen, padded = np.zeros(counts), np.pad(z, widths)
            for place, cut in places:
                cut, at = (slice(None), slice(None)) + cut, (slice(None), slice(None)) + place
                flat = low[cut].reshape(shape[0], shape[1], -1)
                values = padded[cut].reshape(flat.shape)
                chosen[at] = np.take_along_axis(values, flat.argmax(axis=2)[..., None], 2)[..., 0]
            fixtures.add("maxPoolSelection", [(z, dtype), (x, dtype)], [(chosen, dtype)], text)


def matrices(fixtures, random):
    for dtype in ["float32", "float64"]:
        for lead, n in [((), 1), ((), 4), ((3,), 3), ((), 40), ((0,), 2)]:
            m = floats(random, dtype, lead + (n, n), -1, 1)
            a = exact(m @ np.swapaxes(m, -1, -2) + n * np.eye(n), dtype)
            b = floats(random, dtype, lead + (n, 2))
            bound = 200 * n * n * unit(dtype)
            fixtures.add("cholesky", [(a, dtype)], [(np.linalg.cholesky(a), dtype)], absolute=bound)
            fixtures.add("inverse", [(a, dtype)], [(np.linalg.inv(a), dtype)], absolute=bound)
            fixtures.add("solve", [(a, dtype), (b, dtype)], [(np.linalg.solve(a, b), dtype)], absolute=bound)
            sign, log = np.linalg.slogdet(a)
            fixtures.add("logDeterminant", [(a, dtype)], [(sign, dtype), (log, dtype)], absolute=bound)
            if n < 10:
                det = np.linalg.det(a)
                size = float(np.max(np.abs(det), initial=1))
                fixtures.add("determinant", [(a, dtype)], [(det, dtype)], absolute=bound * size)
            for lower, transposed, ones in itertools.product([0, 1], repeat=3):
                triangle = (np.tril if lower else np.triu)(a)
                if ones:
                    k = np.arange(n)
                    triangle = triangle / (4.0 * n)
                    triangle[..., k, k] = 1
                given = exact(a / (4.0 * n) if ones else a, dtype)
                triangle = (np.tril if lower else np.triu)(given)
                if ones:
                    triangle[..., np.arange(n), np.arange(n)] = 1
                left = np.swapaxes(triangle, -1, -2) if transposed else triangle
                fixtures.add("solvingTriangular", [(given, dtype), (b, dtype)],
                             [(np.linalg.solve(left, b), dtype)], f"{lower},{transposed},{ones}", absolute=bound)


def indices(fixtures, random):
    for dtype in ["float32", "float64", "int64", "int32", "bool", "bfloat16", "uint8"]:
        x = exact(random.integers(0, 2 if dtype == "bool" else 100, (4, 3, 5)), dtype)
        for kind in ["int64", "int32"]:
            for axis in range(3):
                rows = random.integers(-x.shape[axis], x.shape[axis], (2, 3))
                fixtures.add("take", [(x, dtype), (rows, kind)], [(np.take(x, rows, axis, mode="wrap"), dtype)], str(axis))
                shape = list(x.shape)
                shape[axis] = 2
                along = random.integers(-x.shape[axis], x.shape[axis], shape)
                y = np.take_along_axis(x, along, axis)
                fixtures.add("takeAlongAxis", [(x, dtype), (along, kind)], [(y, dtype)], str(axis))
            i, j = random.integers(-4, 4, (2, 3)), random.integers(0, 3, (2, 3))
            fixtures.add("gather", [(x, dtype), (i, kind), (j, kind)], [(x[i, j], dtype)], "2")
            rows = np.array([1, 3, 1, 0])
            updates = exact(random.integers(0, 2 if dtype == "bool" else 20, (4, 3, 5)), dtype)
            for mode, ufunc in [("add", np.add), ("min", np.minimum), ("max", np.maximum), ("set", None)]:
                y = x.copy()
                if ufunc is None:
                    y[rows] = updates
                else:
                    ufunc.at(y, rows, updates)
                fixtures.add("scatter", [(x, dtype), (updates, dtype), (rows, kind)], [(exact(y, dtype), dtype)], mode)
        labels = random.integers(0, 4, (2, 3))
        fixtures.add("oneHot", [(labels, "int64")], [(np.eye(4)[labels], dtype)], f"4,{dtype}")
        for axis in range(3):
            for down in [0, 1]:
                order = np.argsort(x if not down else -x.astype(np.float64), axis=axis, kind="stable")
                y = np.take_along_axis(x, order, axis)
                fixtures.add("sorted", [(x, dtype)], [(y, dtype)], f"{axis},{down}")
                fixtures.add("argSort", [(x, dtype)], [(order, "int64")], f"{axis},{down}")
                cut = (slice(None),) * axis + (slice(0, 2),)
                fixtures.add("topK", [(x, dtype)], [(y[cut], dtype), (order[cut], "int64")], f"2,{axis},{down}")
        line, values = np.sort(x.ravel()), x[0]
        for right in [0, 1]:
            y = np.searchsorted(line, values, side="right" if right else "left")
            fixtures.add("searchSorted", [(line, dtype), (values, dtype)], [(y, "int64")], str(right))


def add_all(fixtures, random):
    softmaxes(fixtures, random)
    losses(fixtures, random)
    linears(fixtures, random)
    convolutions(fixtures, random)
    pools(fixtures, random)
    matrices(fixtures, random)
    indices(fixtures, random)
