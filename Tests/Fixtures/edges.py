"""Every operator over every dtype at its edges: overflow of integers, shifts by too much, division by
zero and of the least number, infinities, NaN, -0 and denormals in reductions, scans and orders, and
axes of length zero. NumPy's results, computed in the dtype itself where NumPy has it."""

import numpy as np

import elementwise
import linear
import methods
import movement
import structured
from elementwise import LARGEST, SUBNORMAL
from fixture_file import FLOATS, INTEGERS, NUMPY, SIGNED, exact

ALL = ["bool"] + INTEGERS + FLOATS


def native(values, dtype):
    """The array that NumPy computes with: the dtype itself, bfloat16 as float32."""
    return np.asarray(values).astype(np.float32 if dtype == "bfloat16" else NUMPY[dtype])


def extremes(dtype):
    if dtype == "bool":
        return [0, 1, 1, 0]
    if dtype in FLOATS:
        return [1.5, -0.0, 0.0, np.inf, -2.0, SUBNORMAL[dtype], -np.inf, -SUBNORMAL[dtype], 3.0,
                LARGEST[dtype], -LARGEST[dtype], 1.5]
    info = np.iinfo(NUMPY[dtype])
    few = [0, 1, 2, 3, 7, 100, info.max, info.max - 1, info.max // 2, info.max // 2 + 1]
    return few + ([-1, -2, -7, info.min, info.min + 1, info.min // 2] if dtype in SIGNED else [])


def of(values, dtype):
    kind = np.uint64 if dtype == "uint64" else np.float64 if dtype in FLOATS else np.int64
    return exact(np.array(values, kind), dtype)


def repeated(values, count):
    return [values[i % len(values)] for i in range(count)]


def all_pairs(first, second, dtype):
    return of([a for a in first for _ in second], dtype), of(list(second) * len(first), dtype)


def integers(fixtures):
    pairs = [("add", np.add), ("subtract", np.subtract), ("multiply", np.multiply),
             ("maximum", np.maximum), ("minimum", np.minimum), ("floorDivide", np.floor_divide),
             ("remainder", np.remainder), ("bitwiseAnd", np.bitwise_and),
             ("bitwiseOr", np.bitwise_or), ("bitwiseXor", np.bitwise_xor)]
    tests = [("equal", np.equal), ("notEqual", np.not_equal), ("less", np.less),
             ("lessEqual", np.less_equal), ("greater", np.greater),
             ("greaterEqual", np.greater_equal), ("logicalAnd", np.logical_and),
             ("logicalOr", np.logical_or), ("logicalXor", np.logical_xor)]
    for dtype in INTEGERS:
        a, b = all_pairs(extremes(dtype), extremes(dtype), dtype)
        x, y = native(a, dtype), native(b, dtype)
        with np.errstate(all="ignore"):
            for name, function in pairs:
                fixtures.add(name, [(a, dtype), (b, dtype)], [(function(x, y), dtype)])
            for name, function in tests:
                fixtures.add(name, [(a, dtype), (b, dtype)], [(function(x, y), "bool")])
            bits = x.dtype.itemsize * 8
            counts = [0, 1, bits - 1, bits, bits + 1, 100] + ([-1, -100] if dtype in SIGNED else [])
            a, b = all_pairs(extremes(dtype), counts, dtype)
            x, y = native(a, dtype), native(b, dtype)
            fixtures.add("leftShift", [(a, dtype), (b, dtype)], [(np.left_shift(x, y), dtype)])
            fixtures.add("rightShift", [(a, dtype), (b, dtype)], [(np.right_shift(x, y), dtype)])
            a, b = all_pairs(extremes(dtype), [0, 1, 2, 3, 5, 64, 65, 127], dtype)
            fixtures.add("power", [(a, dtype), (b, dtype)],
                         [(np.power(native(a, dtype), native(b, dtype)), dtype)])
            one = of(extremes(dtype), dtype)
            x = native(one, dtype)
            for name, function in [("abs", np.abs), ("sign", np.sign), ("squared", np.square),
                                   ("negate", np.negative), ("bitwiseNot", np.invert)]:
                fixtures.add(name, [(one, dtype)], [(function(x), dtype)])
            for target in INTEGERS + ["bool"]:
                fixtures.add("cast", [(one, dtype)], [(x.astype(NUMPY[target]), target)], target)
            for target in ["float32", "float64"]:
                fixtures.add("cast", [(one, dtype)], [(x.astype(target).astype(np.float64), target)],
                             target)
            single = x.astype(np.float32).astype(np.float64)
            fixtures.add("divide", [(one, dtype), (one[::-1], dtype)],
                         [(single / single[::-1], "float32")])


def accumulated(dtype):
    if dtype in FLOATS:
        return dtype
    return "uint64" if dtype.startswith("u") else "int64"


def reductions(fixtures):
    for dtype in ALL:
        line = of(extremes(dtype), dtype)
        x = native(line, dtype)
        wide = x.astype(np.float64) if dtype in FLOATS else x
        out = accumulated(dtype)
        kind = NUMPY[out] if dtype not in FLOATS else np.float64
        with np.errstate(all="ignore"):
            if dtype not in FLOATS:
                fixtures.add("sum", [(line, dtype)], [(x.sum(dtype=kind), out)], "axes=0")
                fixtures.add("product", [(line, dtype)], [(x.prod(dtype=kind), out)], "axes=0")
                fixtures.add("cumulativeSum", [(line, dtype)], [(x.cumsum(dtype=kind), out)], "axes=0")
                fixtures.add("cumulativeProduct", [(line, dtype)], [(x.cumprod(dtype=kind), out)], "axes=0")
            else:
                small = of([SUBNORMAL[dtype]] * 5 + [-SUBNORMAL[dtype]], dtype)
                fixtures.add("sum", [(small, dtype)], [(small.sum(), dtype)], "axes=0")
                for bad in [[1, np.inf, 2], [np.inf, -np.inf, 1], [1, np.nan, 2], [-0.0, -0.0]]:
                    v = of(bad, dtype)
                    # Of zeros alone NumPy's sum has a sign of its own.
                    fixtures.add("sum", [(v, dtype)], [(v.sum(), dtype)], "axes=0",
                                 absolute=0.0 if v.any() else 1e-300)
                    fixtures.add("product", [(v, dtype)], [(v.prod(), dtype)], "axes=0")
                    fixtures.add("mean", [(v, dtype)], [(v.mean(), dtype)], "axes=0", ulps=1)
                    fixtures.add("norm", [(v, dtype)], [(np.sqrt((v * v).sum()), dtype)], "axes=0", ulps=2)
                    fixtures.add("cumulativeSum", [(v, dtype)], [(v.cumsum(), dtype)], "axes=0")
                    fixtures.add("cumulativeProduct", [(v, dtype)], [(v.cumprod(), dtype)], "axes=0")
            fixtures.add("any", [(line, dtype)], [(wide.any(), "bool")], "axes=0")
            fixtures.add("all", [(line, dtype)], [(wide.all(), "bool")], "axes=0")
        order(fixtures, dtype)


def order(fixtures, dtype):
    """What compares elements: extremes, their places, scans, sorts."""
    line = of(extremes(dtype), dtype)
    block = of([*extremes(dtype)[:4], *extremes(dtype)[:4][::-1], *extremes(dtype)[-4:]], dtype)
    block = block.reshape(3, 4)
    lines = [(line, 0), (block, 0), (block, 1), (line[:0], 0), (block[:, :0], 0)]
    if dtype in FLOATS:
        lines += [(of([1, np.nan, -np.inf, 0.0, np.nan, -0.0, 5], dtype), 0),
                  (of([np.nan, 1, 2], dtype), 0)]
    for values, axis in lines:
        x = native(values, dtype)
        text = f"axes={axis}"
        for name, function in [("cumulativeMax", np.maximum), ("cumulativeMin", np.minimum)]:
            forth = function.accumulate(x, axis=axis)
            fixtures.add(name, [(values, dtype)], [(zero(forth, dtype), dtype)], text, absolute=0.0 if
                         dtype not in FLOATS else 1e-300)
            back = np.flip(function.accumulate(np.flip(x, axis), axis=axis), axis)
            fixtures.add(name, [(values, dtype)], [(zero(back, dtype), dtype)], text + ";reversed",
                         absolute=0.0 if dtype not in FLOATS else 1e-300)
        for down in [0, 1]:
            keys = descending(x) if down else x
            places = np.argsort(keys, axis=axis, kind="stable")
            sorted_ = np.take_along_axis(values, places, axis)
            fixtures.add("sorted", [(values, dtype)], [(sorted_, dtype)], f"{axis},{down}")
            fixtures.add("argSort", [(values, dtype)], [(places, "int64")], f"{axis},{down}")
            k = min(3, values.shape[axis])
            cut = (slice(None),) * axis + (slice(0, k),)
            fixtures.add("topK", [(values, dtype)],
                         [(sorted_[cut], dtype), (places[cut], "int64")], f"{k},{axis},{down}")
        if values.shape[axis] == 0:
            continue
        for name, function in [("argMax", np.argmax), ("argMin", np.argmin)]:
            fixtures.add(name, [(values, dtype)], [(function(x, axis=axis), "int64")], text)
        for name, function in [("max", np.max), ("min", np.min)]:
            fixtures.add(name, [(values, dtype)], [(zero(function(x, axis=axis), dtype), dtype)], text,
                         absolute=0.0 if dtype not in FLOATS else 1e-300)
    line = np.sort(native(of(extremes(dtype), dtype), dtype))
    sought = native(of(extremes(dtype)[::-1], dtype), dtype)
    for right in [0, 1]:
        y = np.searchsorted(line, sought, side="right" if right else "left")
        fixtures.add("searchSorted", [(line.astype(np.float64) if dtype in FLOATS else line, dtype),
                                      (sought.astype(np.float64) if dtype in FLOATS else sought, dtype)],
                     [(y, "int64")], str(right))


def zero(values, dtype):
    """Which zero is chosen of several is not said."""
    return np.asarray(values).astype(np.float64) if dtype in FLOATS else values


def descending(x):
    """Keys whose stable order is x's from the largest on, NaN last."""
    if x.dtype == bool:
        return ~x
    if x.dtype.kind == "f":
        return -x
    return np.iinfo(x.dtype).max - x if x.dtype.kind == "u" else -1 - x


def moves(fixtures, random):
    """Operators that move elements, over every dtype."""
    for dtype in ALL:
        values = repeated(extremes(dtype), 24)
        x = of(values, dtype).reshape(2, 3, 4)
        empty = x[:, :0]
        fixtures.add("transposed", [(x, dtype)], [(x.transpose(2, 0, 1), dtype)], "2,0,1")
        fixtures.add("transposed", [(empty, dtype)], [(empty.transpose(2, 0, 1), dtype)], "2,0,1")
        fixtures.add("reshaped", [(x, dtype)], [(x.reshape(6, 4), dtype)], "6,4")
        fixtures.add("flipped", [(x, dtype)], [(np.flip(x, (0, 2)), dtype)], "0,2")
        fixtures.add("concatenated", [(x, dtype), (x, dtype)], [(np.concatenate([x, x], 1), dtype)], "1")
        fixtures.add("broadcast", [(x[:1], dtype)], [(np.broadcast_to(x[:1], (2, 3, 4)), dtype)], "2,3,4")
        fixtures.add("triangularUpper", [(x, dtype)], [(np.triu(x, 1), dtype)], "1")
        fixtures.add("triangularLower", [(x, dtype)], [(np.tril(x, -1), dtype)], "-1")
        flags = np.array([[1, 0, 1, 0]], bool)
        fixtures.add("where", [(flags, "bool"), (x, dtype), (x[::-1], dtype)],
                     [(np.where(flags, x, x[::-1]), dtype)])
        for kind in ["int64", "int32"]:
            rows = np.array([[2, 0], [-1, 1]])
            fixtures.add("take", [(x, dtype), (rows, kind)], [(np.take(x, rows, 1), dtype)], "1")
            flat = x.reshape(-1)
            many = np.array([23, 0, -1, -24, 5, 5])
            fixtures.add("take", [(flat, dtype), (many, kind)], [(flat[many], dtype)], "0")
            fixtures.add("gather", [(flat, dtype), (many, kind)], [(flat[many], dtype)], "1")
            fixtures.add("takeAlongAxis", [(flat, dtype), (many, kind)], [(flat[many], dtype)], "0")
            along = random.integers(-4, 4, (2, 3, 2))
            fixtures.add("takeAlongAxis", [(x, dtype), (along, kind)],
                         [(np.take_along_axis(x, along, 2), dtype)], "2")
            i, j = np.array([0, -1, 1]), np.array([2, 0, -1])
            fixtures.add("gather", [(x, dtype), (i, kind), (j, kind)], [(x[i, j], dtype)], "2")
            scatters(fixtures, dtype, kind, x)
        hot = np.array([0, 3, 1])
        fixtures.add("oneHot", [(hot, "int64")], [(np.eye(4)[hot], dtype)], f"4,{dtype}")


def scatters(fixtures, dtype, kind, x):
    rows, target = np.array([1, 0, 1]), native(x.reshape(4, 6)[:2], dtype)
    updates = native(of(repeated(extremes(dtype)[::-1], 18), dtype).reshape(3, 6), dtype)
    for mode, function in [("set", None), ("add", np.add), ("min", np.minimum), ("max", np.maximum)]:
        # Sums of 16-bit floats are made in float32 and rounded once.
        y = target.astype(np.float32) if mode == "add" and dtype == "float16" else target.copy()
        with np.errstate(all="ignore"):
            for row, update in zip(rows, updates):
                y[row] = update if function is None else function(y[row], update)
        fixtures.add("scatter", [(exact(target, dtype), dtype), (exact(updates, dtype), dtype), (rows, kind)],
                     [(exact(y, dtype), dtype)], mode, absolute=1e-300 if dtype in FLOATS else 0.0)
    if dtype in FLOATS:
        # Each update alone would be rounded away in 16 bits.
        large, ones = of([2**12, 1], dtype), np.ones(20)
        fixtures.add("scatter", [(large, dtype), (ones, dtype), (np.arange(20) % 2, kind)],
                     [(large + 10, dtype)], "add")


def windows(fixtures, random):
    """Pooling of small integers, which every dtype holds, as are their sums."""
    for dtype in FLOATS:
        x = exact(random.integers(-9, 9, (2, 2, 5, 6)), dtype)
        for window, stride in [((2, 2), (2, 2)), ((3, 2), (1, 2))]:
            out = [(n - w) // s + 1 for n, w, s in zip(x.shape[2:], window, stride)]
            taps = np.stack([x[:, :, i:i + stride[0] * out[0]:stride[0], j:j + stride[1] * out[1]:stride[1]]
                             [:, :, :out[0], :out[1]] for i in range(window[0]) for j in range(window[1])])
            text = f"{window[0]},{window[1]}/{stride[0]},{stride[1]}/0,0/0,0/1,1"
            fixtures.add("maxPool", [(x, dtype)], [(taps.max(0), dtype)], text)
            fixtures.add("averagePool", [(x, dtype)], [(taps.mean(0), dtype)], text + "/1", ulps=1)
            dy = exact(random.integers(-4, 4, taps.shape[1:]), dtype)
            dx = np.zeros_like(x)
            for place in np.ndindex(*dy.shape):
                n, c, i, j = place
                i0, j0 = i * stride[0], j * stride[1]
                best = np.unravel_index(np.argmax(x[n, c, i0:i0 + window[0], j0:j0 + window[1]]), window)
                dx[n, c, i0 + best[0], j0 + best[1]] += dy[place]
            fixtures.add("maxPoolGradient", [(dy, dtype), (x, dtype)], [(dx, dtype)], text)


def functions(fixtures, random):
    """Functions of integers, which give float32."""
    for dtype in INTEGERS + ["bool"]:
        few = [0, 1] if dtype == "bool" else [0, 1, 2, 3, 5] + ([-1, -2] if dtype in SIGNED else [])
        x = of(few, dtype)
        wide = x.astype(np.float64)
        with np.errstate(all="ignore"):
            for name, function, _, _, ulps in elementwise.FUNCTIONS:
                y = function(wide if name == "erf" else wide.astype(np.longdouble))
                fixtures.add(name, [(x, dtype)], [(y.astype(np.float64), "float32")], ulps=ulps)
            for name, form, function in elementwise.SELF_GATED:
                y = function(wide.astype(np.longdouble)).astype(np.float64)
                fixtures.add(name, [(x, dtype)], [(y, "float32")], form=form, ulps=6, absolute=2**-23)
            for name, function in elementwise.TESTS:
                fixtures.add(name, [(x, dtype)], [(function(wide), "bool")])
            for name, function, ulps in elementwise.REAL:
                y = function(wide.astype(np.longdouble), wide[::-1].astype(np.longdouble))
                fixtures.add(name, [(x, dtype), (x[::-1], dtype)],
                             [(y.astype(np.float64), "float32")], ulps=ulps)
            fixtures.add("mean", [(x, dtype)], [(wide.mean(), "float32")], "axes=0", ulps=1)
            norm = np.sqrt((wide * wide).sum())
            fixtures.add("norm", [(x, dtype)], [(norm, "float32")], "axes=0", ulps=2)
            log = np.log(np.exp(wide).sum())
            fixtures.add("logSumExp", [(x, dtype)], [(log, "float32")], "axes=0", ulps=4)
        if dtype != "bool":
            y = np.where(wide > 1, wide, 0)
            fixtures.add("reluGradient", [(x, dtype), (of(np.maximum(wide - 1, 0), dtype), dtype)],
                         [(y, dtype)])


def others(fixtures, random):
    """The dtypes that the other files leave out."""
    rest = ["int8", "int16", "uint16", "uint32", "uint64", "float16"]
    for dtype in rest:
        movement.shaped(fixtures, random, dtype)
        movement.matrices(fixtures, random, dtype)
    methods.indexed(fixtures, random, rest + ["float64", "int32", "uint8"])
    methods.updates(fixtures, random, ["float16"])
    linear.matmul(fixtures, random, rest + ["uint8"])
    structured.linears(fixtures, random, ["float16"])
    structured.convolutions(fixtures, random, ["float16", "bfloat16"])
    structured.pools(fixtures, random, ["float16"])
    hot = np.array([0, 3, 1])
    fixtures.add("oneHot", [(hot, "int32")], [(np.eye(4)[hot], "float32")], "4,float32")


def add_all(fixtures, random):
    integers(fixtures)
    reductions(fixtures)
    moves(fixtures, random)
    windows(fixtures, random)
    functions(fixtures, random)
    others(fixtures, random)
