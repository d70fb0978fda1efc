"""Reductions and scans: over every axis, several axes and all, kept or not."""

import numpy as np
import scipy.special

from fixture_file import FLOATS, INTEGERS, exact


def accumulated(dtype):
    if dtype in FLOATS:
        return dtype
    return "uint64" if dtype.startswith("u") else "int64"


def form(axes, keep):
    return "axes=" + ",".join(map(str, axes)) + (";keep" if keep else "")


CHOICES = [((5,), [(0,)]), ((3, 4), [(0,), (1,), (0, 1)]), ((2, 3, 5), [(0,), (1,), (2,), (0, 2), (0, 1, 2)]),
           ((), [()]), ((40, 17), [(0,), (1,)]), ((1, 6), [(0,)])]
EMPTY = [((0,), [(0,)]), ((3, 0), [(0,), (1,)]), ((0, 3), [(0,), (1,)])]
LONG = [((5000,), [(0,)]), ((3, 1500), [(1,)]), ((1500, 3), [(0,)])]


def values(random, dtype, shape):
    if dtype == "bool":
        return random.integers(0, 2, shape).astype(bool)
    if dtype in FLOATS:
        return exact(random.uniform(-2, 3, shape), dtype)
    return exact(random.integers(0 if dtype.startswith("u") else -4, 6, shape), dtype)


def cases(random, dtypes, sizes):
    for dtype in dtypes:
        for shape, choices in sizes:
            x = values(random, dtype, shape)
            for axes in choices:
                for keep in [False, True]:
                    yield dtype, x, axes, keep


def unit(dtype):
    return {"float16": 2**-11, "bfloat16": 2**-8, "float32": 2**-24, "float64": 2**-53}.get(dtype, 2**-24)


def wide_unit(dtype):
    """16-bit floats are summed in float32."""
    return 2**-53 if dtype == "float64" else 2**-24


def sums(fixtures, random):
    everything = FLOATS + ["int32", "int64", "uint8", "bool"]
    every = list(cases(random, everything, CHOICES + EMPTY))
    for dtype, x, axes, keep in every + list(cases(random, ["float32", "bfloat16"], LONG)):
        out = accumulated(dtype)
        terms = max(1, x.size)
        exactly = x.astype(np.longdouble) if dtype in FLOATS else x
        bound = float(np.sum(np.abs(exactly))) * wide_unit(dtype) * 12 if dtype in FLOATS else 0.0
        y = exactly.sum(axis=axes, keepdims=keep)
        fixtures.add("sum", [(x, dtype)], [(y, out)], form(axes, keep), absolute=bound)
        if terms <= 200:
            small = x if dtype not in FLOATS else exact(1 + x / 64, dtype)
            y = small.astype(np.longdouble if dtype in FLOATS else small.dtype).prod(axis=axes, keepdims=keep)
            steps = max(1, terms)
            bound = float(np.max(np.abs(y), initial=1)) * wide_unit(dtype) * steps if dtype in FLOATS else 0.0
            fixtures.add("product", [(small, dtype)], [(y, out)], form(axes, keep), absolute=bound)


def means(fixtures, random):
    for dtype, x, axes, keep in cases(random, FLOATS + ["int32", "bool"], CHOICES + EMPTY[:1]):
        out = dtype if dtype in FLOATS else "float32"
        exactly = x.astype(np.longdouble)
        with np.errstate(all="ignore"):
            count = np.prod([x.shape[a] for a in axes]) if axes else 1
            y = exactly.sum(axis=axes, keepdims=keep) / count
        scale = float(np.sum(np.abs(exactly))) / max(1, count)
        fixtures.add("mean", [(x, dtype)], [(y, out)], form(axes, keep), ulps=1,
                     absolute=scale * wide_unit(dtype) * 12)
        norm = np.sqrt(np.square(exactly).sum(axis=axes, keepdims=keep))
        fixtures.add("norm", [(x, dtype)], [(norm, out)], form(axes, keep), ulps=8)
        if x.size:
            log = np.log(np.exp(exactly).sum(axis=axes, keepdims=keep))
            fixtures.add("logSumExp", [(x, dtype)], [(log, out)], form(axes, keep), ulps=4,
                         absolute=wide_unit(dtype) * 16)


def extremes(fixtures, random):
    for dtype, x, axes, keep in cases(random, FLOATS + INTEGERS, CHOICES):
        fixtures.add("max", [(x, dtype)], [(x.max(axis=axes, keepdims=keep), dtype)], form(axes, keep))
        fixtures.add("min", [(x, dtype)], [(x.min(axis=axes, keepdims=keep), dtype)], form(axes, keep))
        if len(axes) == 1:
            axis = axes[0]
            for name, function in [("argMax", np.argmax), ("argMin", np.argmin)]:
                y = function(x, axis=axis, keepdims=keep)
                fixtures.add(name, [(x, dtype)], [(y, "int64")], form(axes, keep))
    for dtype in FLOATS:
        x = exact([[1, np.nan, 3], [np.inf, -np.inf, 0], [-0.0, 0.0, -1]], dtype)
        for axis in [0, 1]:
            for name, function in [("max", np.max), ("min", np.min)]:
                y = function(x, axis=axis)
                y = np.where(y == 0, 0.0, y)
                fixtures.add(name, [(x + 0.0, dtype)], [(y, dtype)], form((axis,), False))
            for name, function in [("argMax", np.argmax), ("argMin", np.argmin)]:
                y = function(x, axis=axis)
                fixtures.add(name, [(x, dtype)], [(y, "int64")], form((axis,), False))
        y = scipy.special.logsumexp(x, axis=1)
        fixtures.add("logSumExp", [(x, dtype)], [(y, dtype)], form((1,), False), ulps=2)


def truths(fixtures, random):
    for dtype, x, axes, keep in cases(random, FLOATS + ["int32", "int64", "bool"], CHOICES + EMPTY):
        x = np.where(np.abs(np.asarray(x, np.float64)) < 1, 0, x)
        fixtures.add("any", [(x, dtype)], [(np.any(x, axis=axes, keepdims=keep), "bool")], form(axes, keep))
        fixtures.add("all", [(x, dtype)], [(np.all(x, axis=axes, keepdims=keep), "bool")], form(axes, keep))


def scans(fixtures, random):
    for dtype in ["float32", "float64", "int32", "int64", "bool", "uint8"]:
        for shape, axis in [((7,), 0), ((3, 5), 0), ((3, 5), 1), ((2, 3, 4), 1), ((0, 3), 0), ((70, 3), 0)]:
            x = values(random, dtype, shape)
            for backwards in [False, True]:
                text = f"axes={axis}" + (";reversed" if backwards else "")
                out = accumulated(dtype)
                y = np.flip(x, axis) if backwards else x
                y = y.astype(np.longdouble) if dtype in FLOATS else y
                bound = float(np.abs(y).sum()) * unit(dtype) * 70 if dtype in FLOATS else 0.0
                total = np.cumsum(y, axis=axis)
                total = np.flip(total, axis) if backwards else total
                fixtures.add("cumulativeSum", [(x, dtype)], [(total, out)], text, absolute=bound)
                if shape[0] > 10:
                    continue
                total = np.cumprod(y, axis=axis)
                total = np.flip(total, axis) if backwards else total
                bound = float(np.abs(total).max(initial=0)) * unit(dtype) * 10 if dtype in FLOATS else 0.0
                fixtures.add("cumulativeProduct", [(x, dtype)], [(total, out)], text, absolute=bound)


def add_all(fixtures, random):
    sums(fixtures, random)
    means(fixtures, random)
    extremes(fixtures, random)
    truths(fixtures, random)
    scans(fixtures, random)
