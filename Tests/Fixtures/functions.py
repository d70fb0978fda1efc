"""Functions of one and two numbers beyond the common ones, over every dtype that they take, at their
edges and at ordinary arguments. In 80-bit floats by NumPy and SciPy, else in 40 digits by mpmath."""

import numpy as np
import scipy.special

from elementwise import LARGEST, edges, long, ordinary, pairs
from fixture_file import FLOATS, INTEGERS, exact

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


KEEPING = [("fmax", np.fmax), ("fmin", np.fmin)]


def binary(fixtures, random):
    for dtype in ALL:
        a, b = pairs(random, dtype)
        for name, function in KEEPING:
            # Which zero is chosen of two is not said.
            fixtures.add(name, [(a, dtype), (b, dtype)], [(function(a, b), dtype)],
                         absolute=1e-300 if dtype in FLOATS else 0.0)


def add_all(fixtures, random):
    unary(fixtures, random)
    binary(fixtures, random)
