"""Writes primitives.json: what NumPy and SciPy say of indexing, pooling and factorizations.

Run with `python3 Tests/Fixtures/primitives.py` (numpy 2.4, scipy 1.17). Arrays are strings of numbers
in row-major order; `tolerance` is relative to the largest magnitude of an output, zero means the
same bits.
"""
import itertools
import json
import os

import numpy as np
import scipy.linalg

rng = np.random.default_rng(20240607)
cases = []


def encode(array):
    array = np.asarray(array)
    data = array if array.dtype.kind == "f" else array.astype(np.int64)
    text = " ".join(str(x).removesuffix(".0") for x in data.ravel())  # the shortest that is exact
    return {"shape": list(array.shape), "dtype": str(array.dtype), "data": text}


def case(op, outputs, inputs, tolerance=0.0, **attributes):
    cases.append({"op": op, "attributes": attributes, "tolerance": tolerance,
                  "outputs": [encode(x) for x in outputs], "inputs": [encode(x) for x in inputs]})


def normal(*shape, dtype=np.float32):
    return rng.normal(size=shape).astype(dtype)


# Indexing
x = normal(4, 5, 3)
for axis, length in enumerate(x.shape):
    for index_dtype, index_shape in [(np.int64, (2, 3)), (np.int32, ()), (np.int64, (0,))]:
        index = rng.integers(-length, length, index_shape).astype(index_dtype)
        case("gather_rows", [np.take(x, index, axis)], [x, index], axis=axis)
    index = rng.integers(-length, length, [6 if a == axis else n for a, n in enumerate(x.shape)])
    case("take_along", [np.take_along_axis(x, index, axis)], [x, index], axis=axis)
for dtype in [np.int8, np.int16, np.float64, np.bool_]:
    y = rng.integers(0, 2, (6, 4)).astype(dtype)
    index = rng.integers(-6, 6, 5)
    case("gather_rows", [np.take(y, index, 0)], [y, index], axis=0)
i, j = rng.integers(-4, 4, (2, 3)), rng.integers(-5, 5, (2, 3))
case("gather_nd", [x[i, j]], [x, i, j], count=2)
case("gather_nd", [x[i, j, i % 3]], [x, i, j, i % 3], count=3)

for dtype in [np.float32, np.float64, np.int32, np.uint8, np.float16]:
    base = rng.integers(0, 50, (4, 5, 3)).astype(dtype)
    for axis in range(3):
        index = rng.integers(-base.shape[axis], base.shape[axis], (2, 4))
        shape = base.shape[:axis] + index.shape + base.shape[axis + 1:]
        updates = rng.integers(0, 50, shape).astype(dtype)
        for mode, ufunc in [("add", np.add), ("min", np.minimum), ("max", np.maximum)]:
            out = base.copy()
            ufunc.at(out, (slice(None),) * axis + (index,), updates)
            case("scatter_rows", [out], [base, updates, index], axis=axis, mode=mode)
        out = base.copy()
        for place in np.ndindex(index.shape):
            before = (slice(None),) * axis
            out[before + (index[place],)] = updates[before + place]
        case("scatter_rows", [out], [base, updates, index], axis=axis, mode="set")
    updates = rng.integers(0, 50, (2, 3, 3)).astype(dtype)
    out = base.copy()
    np.add.at(out, (i, j), updates)
    case("scatter_nd", [out], [base, updates, i, j], count=2, mode="add")
    index = rng.integers(-5, 5, (4, 7, 3))
    updates = rng.integers(0, 50, index.shape).astype(dtype)
    out = base.copy()
    for a, b, c in np.ndindex(index.shape):
        out[a, index[a, b, c], c] += updates[a, b, c]
    case("scatter_along", [out], [base, updates, index], axis=1, mode="add")

for dtype in [np.bool_, np.float32, np.int64, np.float64, np.float16]:
    mask = (rng.integers(0, 3, (3, 4, 5)) == 0).astype(dtype)
    if mask.dtype.kind == "f":
        mask[0, 0, :3] = [-0.0, np.nan, -1]
    case("nonzero", [np.stack(np.nonzero(mask))], [mask])
case("nonzero", [np.zeros((1, 0), np.int64)], [np.zeros(7, np.bool_)])
index = np.array([[0, 3, 4], [-1, 1, 2]])
case("one_hot", [(index[..., None] == np.arange(4)).astype(np.float32)], [index])


# Order
def with_nans(array):
    if array.dtype.kind == "f":
        array.ravel()[::7] = np.nan
        array.ravel()[1::9] = -0.0
        array.ravel()[2::11] = np.inf
    return array


for dtype in [np.float32, np.float64, np.float16, np.int8, np.int32, np.int64, np.uint16, np.bool_]:
    scale = 2 if dtype == np.bool_ else 20
    y = with_nans(rng.integers(0 if np.dtype(dtype).kind in "bu" else -scale, scale, (5, 23))
                  .astype(dtype))
    for axis in (0, 1):
        order = np.argsort(y, axis=axis, kind="stable")
        case("argsort", [order], [y], axis=axis, descending=0)
        case("sort", [np.take_along_axis(y, order, axis)], [y], axis=axis, descending=0)
    # Falling: equal elements in their order, NaN last.
    rank = np.where(np.isnan(y), np.inf, -y.astype(np.float64))
    order = np.argsort(rank, axis=1, kind="stable")
    key = np.lexsort((np.arange(23) + np.zeros((5, 1)), rank, np.isnan(y)), axis=1)
    case("argsort", [key], [y], axis=1, descending=1)
    for k in (1, 2, 23):
        top = key[:, :k]
        case("top_k", [np.take_along_axis(y, top, 1), top.astype(np.int32)], [y], axis=1, largest=1)
    ordered = np.sort(y[0])
    for right in (0, 1):
        case("search", [np.searchsorted(ordered, y[1:3], "right" if right else "left")],
             [ordered, y[1:3]], right=right)
    if dtype != np.bool_:
        for axis in (0, 1):
            for kind, f in [("max", np.maximum), ("min", np.minimum)]:
                case("scan", [f.accumulate(y, axis)], [y], axis=axis, kind=kind, reversed=0)
wide = normal(3000)
case("argsort", [np.argsort(wide, kind="stable")], [wide], axis=0, descending=0)
for dtype in [np.float32, np.float64, np.int8, np.int64]:
    y = (normal(7, 130) * 3).astype(dtype)
    accumulate = np.float64 if np.dtype(dtype).kind == "f" else dtype
    for axis in (0, 1):
        with np.errstate(over="ignore"):
            total = np.cumsum(y, axis, dtype=accumulate).astype(dtype)
            product = np.cumprod(y, axis, dtype=accumulate).astype(dtype)
            back = np.flip(np.cumsum(np.flip(y, axis), axis, dtype=accumulate), axis).astype(dtype)
        case("scan", [total], [y], axis=axis, kind="sum", reversed=0)
        case("scan", [product], [y], axis=axis, kind="product", reversed=0)
        case("scan", [back], [y], axis=axis, kind="sum", reversed=1)


# Pooling, window by window
def pool_cases(lengths, window, stride, begin, end, dilation, ceil, dtype=np.float32, ties=False):
    rank = len(lengths)
    x = normal(2, 3, *lengths, dtype=dtype)
    if ties:
        x = np.round(x)
        x.ravel()[::17] = np.nan
    outs = []
    for n, w, s, b, e, d in zip(lengths, window, stride, begin, end, dilation):
        room = n + b + e - d * (w - 1) - 1
        count = (-(-room // s) if ceil else room // s) + 1
        if ceil and (count - 1) * s >= n + b:
            count -= 1
        outs.append(count)
    y = np.zeros((2, 3, *outs), dtype)
    means = {0: np.zeros((2, 3, *outs)), 1: np.zeros((2, 3, *outs))}
    dy = normal(*y.shape, dtype=dtype)
    dx = np.zeros(x.shape)
    mean_dx = {0: np.zeros(x.shape), 1: np.zeros(x.shape)}
    for n, c in np.ndindex(2, 3):
        for o in np.ndindex(*outs):
            taps = []
            padded = 1
            for a in range(rank):
                first = o[a] * stride[a] - begin[a]
                taps.append([p for p in (first + k * dilation[a] for k in range(window[a]))
                             if 0 <= p < lengths[a]])
                padded *= min(first + window[a], lengths[a] + end[a]) - first
            places = [(n, c, *p) for p in itertools.product(*taps)]
            values = np.array([x[p] for p in places])
            best = np.argmax(values)  # the first one; NumPy lets the first NaN win too
            y[(n, c, *o)] = values[best]
            dx[places[best]] += dy[(n, c, *o)]
            for counts in (0, 1):
                divisor = padded if counts else len(places)
                means[counts][(n, c, *o)] = values.astype(np.float64).sum() / divisor
                for p in places:
                    mean_dx[counts][p] += np.float64(dy[(n, c, *o)]) / divisor
    geometry = dict(window=window, stride=stride, begin=begin, end=end, dilation=dilation,
                    ceil=int(ceil))
    case("max_pool", [y], [x], **geometry)
    case("max_pool_backward", [dx.astype(dtype)], [dy, x], 1e-6, **geometry)
    if all(d == 1 for d in dilation):
        for counts in (0, 1):
            case("average_pool", [means[counts].astype(dtype)], [x], 1e-6, counts=counts,
                 **geometry)
            case("average_pool_backward", [mean_dx[counts].astype(dtype)], [dy], 1e-6,
                 counts=counts, lengths=lengths, **geometry)


for ties in (False, True):
    pool_cases([8, 36], [2, 2], [2, 2], [0, 0], [0, 0], [1, 1], False, ties=ties)
    pool_cases([7, 9], [2, 2], [2, 2], [0, 0], [0, 0], [1, 1], False, ties=ties)
    pool_cases([7, 8], [3, 2], [2, 1], [1, 0], [1, 1], [1, 1], False, ties=ties)
    pool_cases([7, 8], [3, 2], [2, 3], [1, 1], [1, 0], [1, 1], True, np.float64, ties=ties)
    pool_cases([9, 10], [3, 2], [2, 2], [1, 2], [1, 0], [2, 3], False, ties=ties)
pool_cases([11], [3], [2], [1], [1], [1], True)
pool_cases([3, 4, 5], [2, 3, 2], [1, 2, 2], [0, 1, 1], [1, 1, 0], [1, 1, 1], True)

# Factorizations
for dtype, tolerance in [(np.float32, 3e-5), (np.float64, 1e-13)]:
    square = normal(3, 5, 5, dtype=dtype) + 3 * np.eye(5, dtype=dtype)
    positive = square @ square.transpose(0, 2, 1)
    b = normal(3, 5, 2, dtype=dtype)
    case("cholesky", [np.linalg.cholesky(positive)], [positive], tolerance)
    case("inverse", [np.linalg.inv(square)], [square], tolerance)
    case("solve", [np.linalg.solve(square, b)], [square, b], tolerance)
    case("determinant", [np.linalg.det(square)], [square], tolerance)
    case("slogdet", list(np.linalg.slogdet(square)), [square], tolerance)
    case("eigenvalues", [np.linalg.eigvalsh(positive)], [positive], tolerance)
    for lower in (0, 1):
        for transposed in (0, 1):
            for unit in (0, 1):
                solutions = [scipy.linalg.solve_triangular(
                    a, r, trans=transposed, lower=bool(lower), unit_diagonal=bool(unit))
                    for a, r in zip(square, b)]
                case("triangular", [np.stack(solutions)], [square, b], tolerance * 10, lower=lower,
                     transposed=transposed, unit=unit)
    for m, n in [(5, 3), (3, 5), (4, 4), (1, 6)]:
        a = normal(2, m, n, dtype=dtype)
        case("qr", list(np.linalg.qr(a)), [a], tolerance)
        case("singular_values", [np.linalg.svd(a, compute_uv=False)], [a], tolerance)

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "primitives.json")
with open(path, "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(len(cases), "cases")
