"""The NumPy-style namespace: interpolation, areas, convolution, polynomials."""

import numpy as np
from scipy import special

from fixture_file import exact
from namespace import DTYPES, form, numbers
from namespace_values import floating, sized


def interpolation(fixtures, random):
    for dtype in ["float64", "float32"]:
        xs = exact([-2, -1, 0.5, 1, 4], dtype)
        ys = exact(random.uniform(-3, 3, 5), dtype)
        x = exact(np.concatenate([random.uniform(-4, 6, 20), [-2, 4, 0.5]]).reshape(23, 1), dtype)
        # Gradients are checked away from the corners.
        inner = exact(random.uniform(-1.9, -1.1, (4, 2)), dtype)
        for left, right in [(None, None), (-9.5, 8)]:
            for places in [x] if dtype == "float32" else [inner]:
                y = np.interp(places, xs, ys, left, right)
                sized(fixtures, "interpolated", [(places, dtype), (xs, dtype), (ys, dtype)], [(y, dtype)],
                      form(left, right, None), dtype, 64)
        turned = exact([0.5, 3.25, -2, 1, -1.25], dtype)
        y = np.interp(inner, turned, ys, period=3.5)
        sized(fixtures, "interpolated", [(inner, dtype), (turned, dtype), (ys, dtype)], [(y, dtype)],
              form(None, None, 3.5), dtype, 64)
        phases = exact(random.uniform(-9, 9, (3, 7)), dtype)
        for axis in [0, 1]:
            sized(fixtures, "unwrapped", [(phases, dtype)], [(np.unwrap(phases, axis=axis), dtype)],
                  form(None, axis, None), dtype, 64)
            sized(fixtures, "unwrapped", [(phases, dtype)],
                  [(np.unwrap(phases, 4, axis=axis), dtype)], form(4, axis, None), dtype, 64)
            sized(fixtures, "unwrapped", [(phases, dtype)],
                  [(np.unwrap(phases, axis=axis, period=5), dtype)], form(None, axis, 5), dtype, 64)


def trapezoids(y, x=None, dx=1.0, axis=-1):
    """np.trapezoid, which older NumPy calls np.trapz."""
    return getattr(np, "trapezoid", getattr(np, "trapz", None))(y, x, dx, axis)


def areas(fixtures, random):
    for dtype in DTYPES:
        x = numbers(random, (3, 4, 2), dtype)
        y = floating(dtype)
        for axis in range(3):
            sized(fixtures, "trapezoidalArea", [(x, dtype)], [(trapezoids(x, dx=0.25, axis=axis), y)],
                  form(0.25, axis), y)
            places = exact(np.cumsum(random.uniform(1, 3, x.shape[axis])), dtype)
            sized(fixtures, "trapezoidalAreaAt", [(x, dtype), (places, dtype)],
                  [(trapezoids(x, places, axis=axis), y)], form(axis), y, 64)
        places = np.cumsum(np.abs(numbers(random, x.shape, dtype)) + 1, 1)
        sized(fixtures, "trapezoidalAreaAt", [(x, dtype), (places, dtype)],
              [(trapezoids(x, places, axis=1), y)], form(1), y, 64)


def convolutions(fixtures, random):
    for dtype in DTYPES:
        for n, m in [(5, 3), (3, 5), (6, 2), (1, 4), (4, 4)]:
            a, b = numbers(random, (n,), dtype), numbers(random, (m,), dtype)
            for mode in ["full", "same", "valid"]:
                for name in ["convolve", "correlate"]:
                    y = getattr(np, name)(a, b, mode)
                    sized(fixtures, name, [(a, dtype), (b, dtype)], [(y, dtype)], mode,
                          floating(dtype), 64)


def polynomials(fixtures, random):
    for dtype in DTYPES:
        p, q = exact([3, -1, 2, 5], dtype), exact([2, 0, -1], dtype)
        y = floating(dtype)
        x = numbers(random, (2, 3), dtype)
        sized(fixtures, "polynomialValue", [(x, dtype), (p, dtype)], [(np.polyval(p, x), dtype)], "", y, 64)
        for a, b in [(p, q), (q, p), (p, p)]:
            pair = [(a, dtype), (b, dtype)]
            fixtures.add("polynomialAdding", pair, [(np.polyadd(a, b), dtype)])
            fixtures.add("polynomialSubtracting", pair, [(np.polyadd(a, -b), dtype)])
            sized(fixtures, "polynomialMultiplying", pair, [(np.polymul(a, b), dtype)], "", y)
            quotient, rest = np.polydiv(a, b)
            if len(a) >= len(b):
                rest = np.concatenate([np.zeros(max(1, len(b) - 1) - len(rest)), rest])
            sized(fixtures, "polynomialDividing", pair, [(quotient, y), (rest, y)], "", y)
        sized(fixtures, "polynomialDividing", [(p, dtype), (q[:1], dtype)], [(p / q[0], y), ([0], y)], "", y)
        for order in [0, 1, 2, 5]:
            fixtures.add("polynomialDerivative", [(p, dtype)], [(np.polyder(p, order), dtype)], form(order))
        sized(fixtures, "polynomialIntegral", [(p, dtype)], [(np.polyint(p), y)], form(1, []), y)
        sized(fixtures, "polynomialIntegral", [(p, dtype)], [(np.polyint(p, 2, [5, -1]), y)],
              form(2, (5, -1)), y)
        sized(fixtures, "polynomialFromRoots", [(p, dtype)], [(np.poly(p), y)], "", y)
        for columns in [None, 0, 1, 3]:
            for increasing in [False, True]:
                fixtures.add("vandermonde", [(p, dtype)], [(np.vander(p, columns, increasing), dtype)],
                             form(columns, increasing))
        places = exact([-2, -1, 0, 1, 2, 3], dtype)
        heights = exact([5, 1, 0, 2, 3, 11], dtype)
        for degree in [0, 1, 3]:
            sized(fixtures, "polynomialFit", [(places, dtype), (heights, dtype)],
                  [(np.polyfit(places, heights, degree), y)], form(degree), y, 256)


def places(fixtures, random):
    for dtype in DTYPES:
        x = numbers(random, (3, 4), dtype)
        for mode in ["edge", "reflect", "symmetric", "wrap"]:
            for widths in [((1, 2), (0, 3)), ((7, 5), (9, 2))]:
                fixtures.add("paddedByMode", [(x, dtype)], [(np.pad(x, widths, mode), dtype)],
                             form(mode, *widths))
        flat = np.ascontiguousarray(x)
        size = flat.itemsize
        for shape, steps, offset in [((2, 3), (4, 1), 1), ((3, 2), (1, 1), 0), ((2, 2), (-3, 0), 11), ((2, 0), (5, 1), 0)]:
            view = np.lib.stride_tricks.as_strided(flat.ravel()[offset:], shape, [size * s for s in steps])
            fixtures.add("strided", [(x, dtype)], [(view.copy(), dtype)], form(shape, steps, offset))
        a, b = numbers(random, (3, 2, 4), dtype), numbers(random, (2, 4, 3), dtype)
        rows, columns = np.array([2, 0, 2, 1]), np.array([1, 1, 0, 0])
        sized(fixtures, "gatherMatmul", [(a, dtype), (b, dtype), (rows, "int64"), (columns, "int64")],
              [(a[rows] @ b[columns], dtype)], "", floating(dtype), 64)
        a, b = numbers(random, (2, 5), dtype), numbers(random, (5, 3), dtype)
        segments = np.array([[0, 5], [1, 3], [4, 4], [2, 5]])
        y = np.stack([a[:, s:e] @ b[s:e] for s, e in segments])
        sized(fixtures, "segmentedMatmul", [(a, dtype), (b, dtype), (segments, "int64")], [(y, dtype)], "",
              floating(dtype), 64)
    for dtype in ["float64", "float32"]:
        x = exact(np.concatenate([random.uniform(-8, 8, 30), random.uniform(8, 40, 20), [7.999, 8.001, 0.01]]),
                  dtype)
        y = special.i0(x)
        for part in [np.abs(x) < 4, np.abs(x) >= 4]:
            fixtures.add("besselI0", [(x[part], dtype)], [(y[part], dtype)], ulps=48)


def add_all(fixtures, random):
    for group in [interpolation, areas, convolutions, polynomials, places]:
        group(fixtures, random)
