"""Elementwise operators: each over dtypes, with the values at which functions go wrong."""

import numpy as np
import scipy.special

from fixture_file import FLOATS, INTEGERS, SIGNED, exact

INFINITY, NAN = np.inf, np.nan
LARGEST = {"float16": 65504.0, "bfloat16": 3.3895313892515355e38, "float32": 3.4028234663852886e38,
           "float64": 1.7976931348623157e308}
SMALLEST_NORMAL = {"float16": 2.0**-14, "bfloat16": 2.0**-126, "float32": 2.0**-126,
                   "float64": 2.0**-1022}
SUBNORMAL = {"float16": 2.0**-24, "bfloat16": 2.0**-133, "float32": 2.0**-149,
             "float64": 2.0**-1074}


def edges(dtype):
    if dtype not in FLOATS:
        return [0, 1]
    return [0.0, -0.0, 1.0, -1.0, INFINITY, -INFINITY, NAN, SUBNORMAL[dtype], -3 * SUBNORMAL[dtype],
            SMALLEST_NORMAL[dtype], LARGEST[dtype], -LARGEST[dtype]]


def long(function):
    """A function computed in 80-bit floats."""
    return lambda *x: function(*[np.asarray(v).astype(np.longdouble) for v in x])


def sigmoid(x): return 1 / (1 + np.exp(-x))


def softplus(x): return np.logaddexp(x, np.longdouble(0))


def gelu(x): return x * scipy.special.ndtr(np.asarray(x, np.float64))


def gelu_tanh(x):
    inner = np.sqrt(np.longdouble(2) / np.pi) * (x + np.longdouble("0.044715") * x**3)
    return x / 2 * (1 + np.tanh(inner))


def silu(x): return x * sigmoid(x)


# name, function in long double, lowest and highest ordinary argument, units allowed beyond rounding.
FUNCTIONS = [
    ("sqrt", np.sqrt, 0, 50, 0), ("rsqrt", lambda x: 1 / np.sqrt(x), 0.01, 50, 1),
    ("reciprocal", lambda x: 1 / x, -4, 4, 0), ("exp", np.exp, -20, 11, 2),
    ("expm1", np.expm1, -5, 5, 3), ("log", np.log, 1e-3, 50, 2), ("log1p", np.log1p, -0.99, 9, 3),
    ("log2", np.log2, 1e-3, 50, 3), ("log10", np.log10, 1e-3, 50, 3), ("sin", np.sin, -30, 30, 3),
    ("cos", np.cos, -30, 30, 3), ("tan", np.tan, -9, 9, 4), ("asin", np.arcsin, -1, 1, 4),
    ("acos", np.arccos, -1, 1, 4), ("atan", np.arctan, -30, 30, 4), ("sinh", np.sinh, -9, 9, 4),
    ("cosh", np.cosh, -9, 9, 4), ("tanh", np.tanh, -9, 9, 4), ("sigmoid", sigmoid, -15, 15, 4),
    ("softplus", softplus, -15, 15, 4), ("erf", scipy.special.erf, -3, 3, 4),
]
# In these a difference of nearly equal numbers is part of the definition for arguments below zero,
# or the argument is rounded on the way: the absolute bound is a few units of the values near one.
SELF_GATED = [("silu", "", silu), ("gelu", "none", gelu), ("gelu", "tanh", gelu_tanh)]
KEEPING = [
    ("abs", np.abs), ("sign", np.sign), ("squared", np.square), ("negate", np.negative),
    ("relu", lambda x: np.maximum(x, 0)), ("floor", np.floor), ("ceil", np.ceil),
    ("truncated", np.trunc), ("rounded", np.rint),
]
TESTS = [("isNaN", np.isnan), ("isInfinite", np.isinf), ("isFinite", np.isfinite)]


def ordinary(random, dtype, low, high, count=23):
    if dtype == "bool":
        return random.integers(0, 2, count)
    if dtype in FLOATS:
        return random.uniform(low, high, count)
    low = max(low, 0) if dtype.startswith("u") else low
    return random.integers(int(low), int(high) + 1, count)


def unary(fixtures, random):
    for name, function, low, high, ulps in FUNCTIONS:
        for dtype in FLOATS + ["int32", "int64", "uint8", "bool"]:
            x = exact(np.concatenate([edges(dtype), ordinary(random, dtype, low, high)]), dtype)
            out = dtype if dtype in FLOATS else "float32"
            with np.errstate(all="ignore"):
                f = function if name == "erf" else long(function)
                y = f(np.asarray(x, np.float64)).astype(np.float64)
            fixtures.add(name, [(x, dtype)], [(y, out)], ulps=ulps)
    for name, form, function in SELF_GATED:
        for dtype in FLOATS + ["int32"]:
            x = exact(np.concatenate([[0.0, -0.0, 1, -1], ordinary(random, dtype, -9, 9)]), dtype)
            out = dtype if dtype in FLOATS else "float32"
            y = long(function)(np.asarray(x, np.float64)).astype(np.float64)
            unit = {"float16": 2**-10, "bfloat16": 2**-7, "float64": 2**-52}.get(dtype, 2**-23)
            fixtures.add(name, [(x, dtype)], [(y, out)], form=form, ulps=6, absolute=unit)
    for name, function in KEEPING:
        for dtype in FLOATS + INTEGERS:
            x = exact(np.concatenate([edges(dtype), ordinary(random, dtype, -9, 9)]), dtype)
            if dtype in SIGNED:
                x = np.concatenate([x, [-2**(int(dtype[3:]) - 1), 2**(int(dtype[3:]) - 1) - 1]])
            with np.errstate(all="ignore"):
                whole = name in ("floor", "ceil", "truncated", "rounded")
                y = function(x) if dtype in FLOATS else x if whole else exact(function(x), dtype)
                if dtype in FLOATS and dtype != "float64":
                    y = exact(y, dtype)
            y = np.where(y == 0, 0.0, y) if name == "relu" and dtype in FLOATS else y
            fixtures.add(name, [(x, dtype)], [(y, dtype)])
    for name, function in TESTS:
        for dtype in FLOATS + ["int32", "int64", "uint8", "bool"]:
            x = exact(np.concatenate([edges(dtype), ordinary(random, dtype, -3, 3)]), dtype)
            fixtures.add(name, [(x, dtype)], [(function(np.asarray(x, np.float64)), "bool")])
    for dtype in FLOATS + INTEGERS + ["bool"]:
        x = exact(np.concatenate([edges(dtype), ordinary(random, dtype, -2, 2)]), dtype)
        fixtures.add("logicalNot", [(x, dtype)], [(np.logical_not(x), "bool")])
        if dtype in INTEGERS:
            fixtures.add("bitwiseNot", [(x, dtype)], [(exact(np.invert(x), dtype), dtype)])
        for target in FLOATS + INTEGERS + ["bool"]:
            cast(fixtures, random, dtype, target)


def cast(fixtures, random, source, target):
    """Only what every machine agrees on: values that fit, and NaN and infinities to floats and bool."""
    low = -100 if not (source.startswith("u") or target.startswith("u")) else 0
    values = ordinary(random, source, low, 100, 13)
    if source in FLOATS:
        special = [0.0, -0.0, 0.5] + ([INFINITY, NAN] if target in FLOATS + ["bool"] else [])
        values = np.concatenate([special, values])
    x = exact(values, source)
    if target in FLOATS:
        y = np.asarray(x, np.float64)
        y = exact(y, target)
    else:
        y = exact(np.trunc(x) if source in FLOATS and target != "bool" else x, target)
    fixtures.add("cast", [(x, source)], [(y, target)], form=target)


def pairs(random, dtype, low=-9, high=9):
    """All pairs of a few edge values, then random ones."""
    special = edges(dtype)
    a = np.repeat(special, len(special))
    b = np.tile(special, len(special))
    a = np.concatenate([a, ordinary(random, dtype, low, high, 40)])
    b = np.concatenate([b, ordinary(random, dtype, low, high, 40)])
    return exact(a, dtype), exact(b, dtype)


def integer(function, a, b, dtype):
    with np.errstate(all="ignore"):
        return exact(function(a, b), dtype)


def integer_power(a, b, dtype):
    with np.errstate(all="ignore"):
        return exact(np.power(a.astype(np.uint64), b.astype(np.uint64)), dtype)


ARITHMETIC = [("add", np.add), ("subtract", np.subtract), ("multiply", np.multiply),
              ("maximum", np.maximum), ("minimum", np.minimum),
              ("floorDivide", np.floor_divide), ("remainder", np.remainder)]
REAL = [("divide", np.divide, 0), ("atan2", np.arctan2, 4), ("hypot", np.hypot, 3)]
COMPARISONS = [("equal", np.equal), ("notEqual", np.not_equal), ("less", np.less),
               ("lessEqual", np.less_equal), ("greater", np.greater),
               ("greaterEqual", np.greater_equal)]
LOGICAL = [("logicalAnd", np.logical_and), ("logicalOr", np.logical_or),
           ("logicalXor", np.logical_xor)]
BITWISE = [("bitwiseAnd", np.bitwise_and), ("bitwiseOr", np.bitwise_or),
           ("bitwiseXor", np.bitwise_xor)]


def binary(fixtures, random):
    for dtype in FLOATS + INTEGERS:
        a, b = pairs(random, dtype)
        for name, function in ARITHMETIC:
            with np.errstate(all="ignore"):
                if dtype not in FLOATS:
                    y = integer(function, a, b, dtype)
                elif dtype == "float64":
                    y = function(a, b)
                else:  # Exactly rounded: float32 from float64, 16 bits from float32.
                    y = function(a.astype(np.float32), b.astype(np.float32)).astype(np.float64)
            fixtures.add(name, [(a, dtype), (b, dtype)], [(y, dtype)])
        for name, function, ulps in REAL:
            if dtype in FLOATS + ["int32", "uint8"]:
                with np.errstate(all="ignore"):
                    y = long(function)(a, b).astype(np.float64)
                out = dtype if dtype in FLOATS else "float32"
                fixtures.add(name, [(a, dtype), (b, dtype)], [(y, out)], ulps=ulps)
        for name, function in COMPARISONS + LOGICAL:
            fixtures.add(name, [(a, dtype), (b, dtype)], [(function(a, b), "bool")])
        for name, function in BITWISE if dtype in INTEGERS else []:
            fixtures.add(name, [(a, dtype), (b, dtype)], [(integer(function, a, b, dtype), dtype)])
    truth = [(np.array([0, 0, 1, 1]), "bool"), (np.array([0, 1, 0, 1]), "bool")]
    for name, function in COMPARISONS + LOGICAL + BITWISE + ARITHMETIC[3:5]:
        y = function(*[x.astype(bool) for x, _ in truth])
        fixtures.add(name, truth, [(y, "bool")])
    powers(fixtures, random)
    shifts(fixtures, random)
    mixed(fixtures, random)


def powers(fixtures, random):
    for dtype in FLOATS:
        a, b = pairs(random, dtype, 0.1, 4)
        with np.errstate(all="ignore"):
            y = np.power(a, b) if dtype == "float64" else long(np.power)(a, b).astype(np.float64)
        fixtures.add("power", [(a, dtype), (b, dtype)], [(y, dtype)], ulps=3)
        a, b = exact([-2.0, -2, -0.5, -3, -0.0, -0.0], dtype), exact([2, 3, -1, 0.5, 3, -1], dtype)
        with np.errstate(all="ignore"):
            fixtures.add("power", [(a, dtype), (b, dtype)], [(np.power(a, b), dtype)], ulps=3)
    for dtype in INTEGERS:
        a = exact(ordinary(random, dtype, -5, 7, 30), dtype)
        b = exact(random.integers(0, 9, 30), dtype)
        fixtures.add("power", [(a, dtype), (b, dtype)], [(integer_power(a, b, dtype), dtype)])


def shifts(fixtures, random):
    for dtype in INTEGERS:
        bits = int(dtype.strip("uint"))
        a = exact(ordinary(random, dtype, -100, 100, 30), dtype)
        b = exact(random.integers(0, bits, 30), dtype)
        left = exact(a.astype(np.uint64) << b.astype(np.uint64), dtype)
        fixtures.add("leftShift", [(a, dtype), (b, dtype)], [(left, dtype)])
        fixtures.add("rightShift", [(a, dtype), (b, dtype)], [(a >> b.astype(a.dtype), dtype)])
        far = exact([bits, bits + 1, bits], dtype)
        a = exact([1, 5, 100], dtype)
        fixtures.add("leftShift", [(a, dtype), (far, dtype)], [(a * 0, dtype)])
        fixtures.add("rightShift", [(a, dtype), (far, dtype)], [(a * 0, dtype)])


MIXED = [("int32", "float32", "float32"), ("int8", "uint8", "int16"), ("bool", "int64", "int64"),
         ("float16", "bfloat16", "float32"), ("uint64", "int64", "float64"),
         ("float32", "float64", "float64"), ("int64", "float16", "float16")]


def mixed(fixtures, random):
    """Promotion, and broadcasting of every kind."""
    for first, second, out in MIXED:
        a = exact(ordinary(random, first, 0, 9, 12), first).reshape(3, 4)
        b = exact(ordinary(random, second, 0, 9, 4), second)
        y = a.astype(np.float64) + b.astype(np.float64)
        y = exact(y, out)
        fixtures.add("add", [(a, first), (b, second)], [(y, out)])
        less = a.astype(np.float64) < b.astype(np.float64)
        fixtures.add("less", [(a, first), (b, second)], [(less, "bool")])
    for left, right in [((3, 1), (1, 4)), ((2, 1, 4), (3, 1)), ((), (2, 3)), ((5,), ()), ((0, 3), (3,)),
                        ((2, 0), (1,)), ((1, 1), (0, 1)), ((), ()), ((4, 1, 2, 1, 3), (5, 1, 2, 1))]:
        a, b = random.uniform(-3, 3, left), random.uniform(-3, 3, right)
        a, b = exact(a, "float32"), exact(b, "float32")
        for name, function in [("add", np.add), ("multiply", np.multiply), ("maximum", np.maximum)]:
            y = function(a.astype(np.float32), b.astype(np.float32)).astype(np.float64)
            fixtures.add(name, [(a, "float32"), (b, "float32")], [(y, "float32")])
        select(fixtures, random, left, right)


def select(fixtures, random, left, right):
    for dtype in ["float32", "float64", "int64", "bool", "bfloat16"]:
        c = random.integers(0, 2, left).astype(bool)
        a = exact(ordinary(random, dtype, -9, 9, int(np.prod(right))).reshape(right), dtype)
        b = exact(ordinary(random, dtype, -9, 9, 1).reshape(()), dtype)
        fixtures.add("where", [(c, "bool"), (a, dtype), (b, dtype)], [(np.where(c, a, b), dtype)])


def ternary(fixtures, random):
    for dtype in FLOATS + INTEGERS:
        x = exact(np.concatenate([edges(dtype), ordinary(random, dtype, -9, 9)]), dtype)
        low, high = exact(np.array(1), dtype), exact(np.array(4), dtype)
        y = np.minimum(np.maximum(x, low), high)
        fixtures.add("clip", [(x, dtype), (low, dtype), (high, dtype)], [(y, dtype)])
        inverted = np.minimum(np.maximum(x, high), low)
        fixtures.add("clip", [(x, dtype), (high, dtype), (low, dtype)], [(inverted, dtype)])
    for dtype in FLOATS:
        dy, y = pairs(random, dtype)
        expected = np.where(y > 0, dy, 0)
        fixtures.add("reluGradient", [(dy, dtype), (y, dtype)], [(expected, dtype)])
    for dtype in FLOATS + INTEGERS + ["bool"]:
        one = exact(np.array(1), dtype)
        fixtures.add("full", [(one, dtype)], [(np.broadcast_to(one, (2, 3)), dtype)], form="2,3")


def add_all(fixtures, random):
    unary(fixtures, random)
    binary(fixtures, random)
    ternary(fixtures, random)
