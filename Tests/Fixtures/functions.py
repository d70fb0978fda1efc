"""Functions of one and two numbers beyond the common ones, over every dtype that they take, at their
edges and at ordinary arguments. In 80-bit floats by NumPy and SciPy, else in 40 digits by mpmath."""

import math

import mpmath
import numpy as np

from elementwise import LARGEST, edges, long, ordinary, pairs
from fixture_file import FLOATS, INTEGERS, NUMPY, SIGNED, exact

ALL = FLOATS + INTEGERS + ["bool"]


def softsign(x): return np.where(np.isinf(x), np.sign(x), x / (1 + np.abs(x)))


def log_sigmoid(x): return -np.logaddexp(-x, np.longdouble(0))


def mish(x): return x * np.tanh(np.logaddexp(x, np.longdouble(0)))


def hard_sigmoid(x): return np.clip(np.longdouble("0.2") * x + np.longdouble("0.5"), 0, 1)


def smooth_l1(x): return np.where(np.abs(x) < 1, x * x / 2, np.abs(x) - np.longdouble("0.5"))


# name, function, lowest and highest ordinary argument, units allowed beyond rounding.
MADE_OF_OTHERS = [
    ("degrees", np.degrees, -9, 9, 1), ("radians", np.radians, -400, 400, 1),
    ("softsign", softsign, -9, 9, 1), ("logSigmoid", log_sigmoid, -15, 15, 4),
    ("mish", mish, -9, 9, 6), ("smoothL1", smooth_l1, -3, 3, 1),
]
INVERSE = [
    ("cbrt", np.cbrt, -9, 9, 1), ("rcbrt", lambda x: 1 / np.cbrt(x), -9, 9, 2),
    ("asinh", np.arcsinh, -9, 9, 3), ("acosh", np.arccosh, 1, 9, 3),
    ("atanh", np.arctanh, -1, 1, 3),
]


def in_40_digits(function, special):
    """A function by mpmath, and what it is where that has no value."""
    def one(x):
        if math.isnan(x):
            return x
        value = special(x)
        if value is None:
            with mpmath.workdps(40):
                value = function(mpmath.mpf(x))
        return float(value)
    return lambda x: np.array([one(float(v)) for v in np.asarray(x).reshape(-1)])


def is_pole(x): return -math.inf < x <= 0 and x == math.floor(x)


def at_one(x):
    if x == 0 or abs(x) > 1:
        return x if x == 0 else math.nan
    return math.copysign(math.inf, x) if abs(x) == 1 else None


def of_gamma(x):
    """As C's tgamma."""
    if x == 0:
        return math.copysign(math.inf, x)
    if is_pole(x) or x == -math.inf:
        return math.nan
    return math.inf if x > 200 else None


def of_log_gamma(x): return math.inf if is_pole(x) or math.isinf(x) or x > 1e306 else None


def of_digamma(x):
    if x == 0:
        return -math.copysign(math.inf, x)
    return math.nan if is_pole(x) or x == -math.inf else x if x == math.inf else None


def of_polygamma(order):
    def special(x):
        if x == 0 and order % 2 == 0:
            return -math.copysign(math.inf, x)
        if is_pole(x) or math.isinf(x):
            return 0.0 if x == math.inf else math.nan if order % 2 == 0 or x == -math.inf else math.inf
        return None
    return special


# Orders and arguments where a power or a factorial leaves the range of float64, the result does not.
FAR = [(1, [1e155, 1e170, 1e300, -math.inf, math.inf]), (2, [1e103, 1e107]), (7, [1e39]), (20, [1e12]),
       (50, [1e7]), (100, [1.0, 1500.0]), (120, [300.0]), (150, [30.0]), (160, [3000.0]),
       (170, [0.9, 30.0, 200.0]), (171, [0.5, 3.0, 12.25, 30.0, 60.5, 250.0, math.inf])]


def far_polygamma(order, x):
    """By its asymptotic series beyond the first terms, as mpmath.psi does not end for some of these."""
    if math.isinf(x):
        return 0.0 if x > 0 else math.nan
    with mpmath.workdps(60):
        x, first = mpmath.mpf(x), 0 if x > 400 else 400
        total = mpmath.fsum(mpmath.factorial(order) / (x + k)**(order + 1) for k in range(first))
        far = x + first
        total += mpmath.factorial(order - 1) / far**order + mpmath.factorial(order) / (2 * far**(order + 1))
        for k in range(2, 80, 2):
            total += mpmath.bernoulli(k) * mpmath.rf(k + 1, order - 1) / far**(k + order)
        return float((-1)**(order + 1) * total) if total < 1.8e308 else (-1)**(order + 1) * math.inf


def log_gamma(x): return mpmath.log(abs(mpmath.gamma(x))) if x < 0 else mpmath.loggamma(x)


# In units of float64 the last three are off by more where a result is small between large ones.
GAMMA = [
    ("erfinv", in_40_digits(mpmath.erfinv, at_one), -1, 1, 3, 0),
    ("gamma", in_40_digits(mpmath.gamma, of_gamma), -9, 9, 6, 0),
    ("logGamma", in_40_digits(log_gamma, of_log_gamma), -9, 30, 3, 4e-15),
    ("digamma", in_40_digits(mpmath.digamma, of_digamma), -9, 30, 3, 4e-15),
]
ROOT = 1.4616321449683623
TESTS = [("isPositiveInfinity", np.isposinf), ("isNegativeInfinity", np.isneginf)]


def arguments(random, dtype, low, high):
    return exact(np.concatenate([edges(dtype), ordinary(random, dtype, low, high)]), dtype)


def result_of(dtype):
    return dtype if dtype in FLOATS else "float32"


def unary(fixtures, random):
    for name, function, low, high, ulps in MADE_OF_OTHERS:
        for dtype in ALL:
            x = arguments(random, dtype, low, high)
            with np.errstate(all="ignore"):
                y = long(function)(np.asarray(x, np.float64)).astype(np.float64)
            fixtures.add(name, [(x, dtype)], [(y, result_of(dtype))], ulps=ulps)
    for name, function, low, high, ulps in INVERSE:
        for dtype in ALL:
            x = arguments(random, dtype, low, high)
            with np.errstate(all="ignore"):
                y = long(function)(np.asarray(x, np.float64)).astype(np.float64)
            fixtures.add(name, [(x, dtype)], [(y, result_of(dtype))], ulps=ulps)
    gammas(fixtures, random)
    for dtype in ALL:
        # Near -2.5 a difference of nearly equal numbers is part of the definition.
        x = arguments(random, dtype, -4, 4)
        y = long(hard_sigmoid)(np.asarray(x, np.float64)).astype(np.float64)
        fixtures.add("hardSigmoid", [(x, dtype)], [(y, result_of(dtype))], ulps=2, absolute=
                     {"float64": 2**-53}.get(dtype, 2**-24))
        for name, function in TESTS:
            fixtures.add(name, [(x, dtype)], [(function(np.asarray(x, np.float64)), "bool")])
        for form, places in [("", (0, LARGEST.get(dtype), -LARGEST.get(dtype, 0))), ("7,8,-9", (7, 8, -9))]:
            y = x if dtype not in FLOATS else np.nan_to_num(x, True, *places)
            fixtures.add("nanToNumber", [(x, dtype)], [(y, dtype)], form=form)


def gammas(fixtures, random):
    for dtype in ALL:
        for name, function, low, high, ulps, absolute in GAMMA:
            x = arguments(random, dtype, low, high)
            if name != "erfinv" and dtype in ["float32", "float64"]:
                more = [-1, -2, -3, 171.5, 34.9, -33.3, 1e10, 0.999, 1.001, 1.999]
                x = exact(np.concatenate([x, more]), dtype)
            fixtures.add(name, [(x, dtype)], [(function(x), result_of(dtype))], ulps=ulps,
                         absolute=absolute if dtype == "float64" else absolute / 100)
        x = arguments(random, dtype, -5, 30)
        x = x if dtype not in FLOATS else x[np.abs(x) < 1e30]
        for order in [0, 1, 2, 3, 7]:
            special = of_digamma if order == 0 else of_polygamma(order)
            function = in_40_digits(lambda v: mpmath.psi(order, v), special)
            fixtures.add("polygamma", [(x, dtype)], [(function(x), result_of(dtype))], form=f"{order}",
                         ulps=12, absolute=1e-13 if dtype == "float64" else 1e-15)
    for order, x in FAR:
        fixtures.add("polygamma", [(np.array(x), "float64")],
                     [(np.array([far_polygamma(order, v) for v in x]), "float64")], form=f"{order}", ulps=32)
    # Exact between the roots' neighbours.
    near = np.array([ROOT, np.nextafter(ROOT, 2), np.nextafter(ROOT, 1), 1.4616, 1.4617, 1.46, 1.47])
    fixtures.add("digamma", [(near, "float64")], [(GAMMA[3][1](near), "float64")], ulps=3)
    for name, places in [("logGamma", (1, 2)), ("gamma", (1, 2))]:
        near = np.array([p + s * 2.0**-k for p in places for s in (-1, 1) for k in range(2, 53)])
        function = [row[1] for row in GAMMA if row[0] == name][0]
        fixtures.add(name, [(near, "float64")], [(function(near), "float64")], ulps=3)


KEEPING = [("fmax", np.fmax), ("fmin", np.fmin)]


def binary(fixtures, random):
    for dtype in ALL:
        a, b = pairs(random, dtype)
        for name, function in KEEPING:
            # Which zero is chosen of two is not said.
            fixtures.add(name, [(a, dtype), (b, dtype)], [(function(a, b), dtype)],
                         absolute=1e-300 if dtype in FLOATS else 0.0)
        sums(fixtures, dtype, a, b)
        if dtype != "bool":
            divisions(fixtures, dtype, a, b)
        powers(fixtures, random, dtype, a)


def sums(fixtures, dtype, a, b):
    with np.errstate(all="ignore"):
        y = long(np.logaddexp)(a, b).astype(np.float64)
        signed = np.copysign(np.asarray(a, np.float64), np.asarray(b, np.float64))
    # Of numbers of either sign the sum of the exponentials may be one, its logarithm zero.
    fixtures.add("logAddExp", [(a, dtype), (b, dtype)], [(y, result_of(dtype))], ulps=2,
                 absolute=1e-15 if dtype == "float64" else 1e-30)
    fixtures.add("copySign", [(a, dtype), (b, dtype)], [(signed, result_of(dtype))])


def divisions(fixtures, dtype, a, b):
    with np.errstate(all="ignore"):
        fixtures.add("fmod", [(a, dtype), (b, dtype)], [(exact(np.fmod(a, b), dtype), dtype)])
    if dtype in FLOATS:
        return
    info = np.iinfo(dtype)
    edge = [v for v in [0, 1, -1, 2, 6, -9, 12, 35, 100, info.max, info.min, info.min // 2]
            if info.min <= v <= info.max]
    x, y = np.meshgrid(np.array(edge, dtype), np.array(edge, dtype))
    for name, function in [("gcd", np.gcd), ("lcm", np.lcm), ("fmod", np.fmod)]:
        with np.errstate(all="ignore"):
            fixtures.add(name, [(x.reshape(-1), dtype), (y.reshape(-1), dtype)],
                         [(function(x, y).reshape(-1), dtype)])


def powers(fixtures, random, dtype, a):
    n = np.tile([0, 1, -1, 5, -7, 30, -40, 127, -150, 200], len(a))[:len(a)]
    out = "float64" if dtype == "uint64" else result_of(dtype)
    with np.errstate(all="ignore"):
        y = np.ldexp(np.asarray(a, np.longdouble), n)
        y = y.astype(np.float64) if out != "float64" else np.ldexp(np.asarray(a, np.float64), n)
    fixtures.add("ldexp", [(a, dtype), (n, "int32")], [(y, out)])
    if dtype == "float64":
        x, n = np.meshgrid([1.0, -3, 5e-324, 1.5e-308, 1.7e308, 0.1],
                           [-2200, -1074, -1000, -60, 1000, 1023, 2090])
        x, n = x.reshape(-1), n.reshape(-1)
        with np.errstate(all="ignore"):
            fixtures.add("ldexp", [(x, dtype), (n, "int64")], [(np.ldexp(x, n), dtype)])


def decimals(fixtures):
    """As NumPy rounds: 16-bit floats in float32, and what integers hold."""
    for dtype in FLOATS + INTEGERS:
        places = [0, 1, 4, 5, 6, 14, 15, 16, 25, 35, 44, 45, 46, 100, 104]
        if dtype in FLOATS:
            places = np.array(places + [0.5, 0.05, 0.15, 0.125, 2.675, 1.005, 1234.5678, 700, 1e4, 0.0004])
            places = np.concatenate([edges(dtype), places, -places])
        elif dtype in SIGNED:
            places = places + [-v for v in places]
        if dtype in ["int64", "uint64"]:
            places = places + [2**53 + 1, 10**15 + 5, 10**17 + 55]
        x = exact(places, dtype)
        for form in [-40, -9, -3, -2, -1, 0, 1, 2, 3, 5, 23, 40, 400]:
            wide = np.float64 if dtype == "float64" else np.float32 if dtype in FLOATS else NUMPY[dtype]
            with np.errstate(all="ignore"):
                y = np.round(x.astype(wide), form)
            y = y.astype(np.float64) if dtype in FLOATS else exact(y, dtype)
            fixtures.add("roundedDecimals", [(x, dtype)], [(y, dtype)], form=f"{form}")


def add_all(fixtures, random):
    unary(fixtures, random)
    binary(fixtures, random)
    decimals(fixtures)
