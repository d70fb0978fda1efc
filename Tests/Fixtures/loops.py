"""Writes loops.txt: arguments and results of loop-program functions, by NumPy and SciPy.

Each line is `name dtype bound` followed by entries `arguments=result`. Arguments are the bits of
elements in hexadecimal, separated by commas; the result is the bits of a float64 (computed in
extended precision where NumPy has the function there) for functions of floats, of the element
otherwise. The bound is in units in the last place of the dtype; 0 asks for the very bits.
"""

import numpy as np
from scipy import special

LONG = np.longdouble
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, np.inf, -np.inf, np.nan, 0.25, 1.5, -3.0]
EDGES = {
    np.float32: [1e-45, -1e-45, 1e-40, 1.17549435e-38, 3.4028235e38, -3.4028235e38, 88.7, -87.4,
                 -103.9, 89.5, 16777216.0, 2097151.5, 1e-10, -1e-10],
    np.float64: [5e-324, -5e-324, 1e-310, 2.2250738585072014e-308, 1.7976931348623157e308, 709.7,
                 -708.5, -745.1, 710.0, 4503599627370497.0, 1e-20, -1e-20],
}
UNITS = {"expm1": 2.5, "log1p": 2, "tanh": 3, "sigmoid": 3, "softplus": 3, "erf": 3.2, "exp": 1.5,
         "rsqrt": 1.6, "log": 1, "sin": 2, "cos": 2, "log10": 2, "sinh": 2, "cosh": 2}
UNARY = {
    "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "log2": np.log2,
    "log10": np.log10, "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin,
    "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softplus": lambda x: np.logaddexp(x, np.zeros_like(x)),
    "erf": lambda x: special.erf(x.astype(np.float64)), "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x), "reciprocal": lambda x: 1 / x, "square": np.square,
    "absolute": np.abs, "sign": np.sign, "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc,
    "rint": np.rint, "negate": np.negative,
}
EXACT = {"square", "absolute", "sign", "floor", "ceil", "trunc", "rint", "negate"}
BINARY = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide,
    "floorDivide": np.floor_divide, "remainder": np.remainder, "power": np.power,
    "minimum": np.minimum, "maximum": np.maximum, "atan2": np.arctan2, "hypot": np.hypot,
}
ROUNDED = {"power", "atan2", "hypot"}
INTEGERS = ["add", "subtract", "multiply", "floorDivide", "remainder", "minimum", "maximum"]


def bits(array):
    kind = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}[array.dtype.itemsize]
    return ["%x" % v for v in array.view(kind)]


def line(name, dtype, bound, arguments, result):
    columns = [bits(a) for a in arguments]
    entries = [",".join(a) + "=" + r for *a, r in zip(*columns, bits(result))]
    print(name, np.dtype(dtype).name, bound, *entries)


def floats(dtype, random):
    near = random.uniform(-4, 4, 40)
    wide = random.uniform(-60, 60, 20)
    large = random.uniform(-1e5, 1e5, 10)
    small = random.uniform(-1e-3, 1e-3, 10)
    return np.concatenate([SPECIAL, EDGES[dtype], near, wide, large, small]).astype(dtype)


def main():
    random = np.random.default_rng(20)
    np.seterr(all="ignore")
    for dtype in (np.float32, np.float64):
        x = floats(dtype, random)
        for name, function in UNARY.items():
            if name in EXACT:
                line(name, dtype, 0, [x], function(x).astype(np.float64))
            else:
                result = function(x.astype(LONG)).astype(np.float64)
                line(name, dtype, UNITS.get(name, 1), [x], result)
        pairs = np.array([(a, b) for a in SPECIAL for b in SPECIAL] +
                         list(random.uniform(-9, 9, (40, 2))), dtype)
        a, b = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
        for name, function in BINARY.items():
            if name in ROUNDED:
                result = function(a.astype(LONG), b.astype(LONG)).astype(np.float64)
                line(name, dtype, 1, [a, b], result)
            else:
                line(name, dtype, 0, [a, b], function(a, b).astype(np.float64))
    for dtype in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64):
        info = np.iinfo(dtype)
        edge = [v for v in (0, 1, -1, 2, -3, 7, info.min, info.max) if info.min <= v <= info.max]
        pairs = np.array([(a, b) for a in edge for b in edge], dtype)
        a, b = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
        for name in INTEGERS:
            line(name, dtype, 0, [a, b], BINARY[name](a, b))
    line("toFloat16", np.float32, 0, [h := halves(random, np.float32)], h.astype(np.float16))
    line("toFloat16", np.float64, 0, [h := halves(random, np.float64)], h.astype(np.float16))


def halves(random, dtype):
    """Numbers at and around the midpoints between neighbouring float16, and the ends."""
    low = random.integers(0, 0x7bff, 200, dtype=np.uint16)
    a, b = (v.view(np.float16).astype(np.float64) for v in (low, low + np.uint16(1)))
    middle = (a + b) / 2
    sign = random.choice([-1.0, 1.0], 200)
    step = 2.0 ** (-20 if dtype == np.float32 else -40)
    values = np.concatenate([sign * middle, sign * middle * (1 + step), sign * middle * (1 - step),
                             SPECIAL, [65504, 65519.9, 65520, 1e-8, 5.97e-8, 2.98e-8, 1e38]])
    return values.astype(dtype)


main()
