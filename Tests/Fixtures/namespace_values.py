"""The NumPy-style namespace: statistics, sets, orders and parts of numbers."""

import warnings

import numpy as np

from fixture_file import exact
from namespace import DTYPES, form, numbers

REDUCTION_AXES = [(None, False), (0, False), (-1, True), (None, True), (1, False)]


def unit(dtype):
    return 2**-53 if dtype == "float64" else 2**-24


def floating(dtype):
    return dtype if dtype.startswith("float") else "float32"


def sized(fixtures, name, inputs, outputs, text, dtype, scale=16.0):
    """Outputs that are rounded: the bound follows from the largest number."""
    largest = max([1.0] + [float(np.nanmax(np.abs(np.where(np.isfinite(y), y, 0)), initial=0))
                           for y, _ in outputs])
    fixtures.add(name, inputs, outputs, text, absolute=scale * unit(dtype) * largest)


def statistics(fixtures, random):
    for dtype in DTYPES:
        x = numbers(random, (3, 4, 5), dtype)
        y = floating(dtype)
        weights = exact(random.uniform(0.5, 2, x.shape), y)
        for axis, keep in REDUCTION_AXES:
            text = form(axis, keep)
            sized(fixtures, "average", [(x, dtype)], [(np.average(x, axis, keepdims=keep), y)], text, y)
            sized(fixtures, "average", [(x, dtype), (weights, y)],
                  [(np.average(x, axis, weights, keepdims=keep), y)], text, y, 64)
            fixtures.add("peakToPeak", [(x, dtype)], [(np.ptp(x, axis, keepdims=keep), dtype)], text)
            fixtures.add("countNonzero", [(x, dtype)],
                         [(np.count_nonzero(x, axis, keepdims=keep), "int64")], text)
            fixtures.add("median", [(x, dtype)], [(np.median(x, axis, keepdims=keep), y)], text)
            for q in [0, 0.3, 0.5, 1]:
                for method in ["linear", "lower", "higher", "midpoint", "nearest"]:
                    value = np.quantile(x, q, axis, keepdims=keep, method=method)
                    sized(fixtures, "quantile", [(x, dtype)], [(value, y)], form(axis, keep, q, method), y)
            value = np.percentile(x, 37.5, axis, keepdims=keep)
            sized(fixtures, "percentile", [(x, dtype)], [(value, y)], form(axis, keep, 37.5, "linear"), y)
        sized(fixtures, "average", [(x, dtype), (weights[0, :, 0], y)],
              [(np.average(x, 1, weights[0, :, 0]), y)], form(1, False), y, 64)
        sized(fixtures, "quantiles", [(x, dtype)], [(np.quantile(x, [0.1, 0.5, 0.75], 1), y)],
              form((0.1, 0.5, 0.75), 1), y)
        m = exact(random.uniform(-3, 3, (3, 6)), dtype)
        for rows in [True, False]:
            for ddof in [0, 1]:
                sized(fixtures, "covariance", [(m, dtype)], [(np.cov(m, rowvar=rows, ddof=ddof), y)],
                      form(rows, ddof), y, 64)
            sized(fixtures, "correlationCoefficients", [(m, dtype)], [(np.corrcoef(m, rowvar=rows), y)],
                  form(rows), y, 64)
        sized(fixtures, "covariance", [(m[0], dtype)], [(np.cov(m[0]), y)], form(True, 1), y, 64)
        sized(fixtures, "correlationCoefficients", [(m[0], dtype)], [(np.corrcoef(m[0]), y)], form(True), y)
        for order in [0, 1, 2, 4]:
            for axis in [0, 1, -1]:
                fixtures.add("diff", [(x, dtype)], [(np.diff(x, order, axis), dtype)], form(order, axis))
        a, b = numbers(random, (2,), dtype), numbers(random, (3,), dtype)
        fixtures.add("flatDifferences", [(x, dtype)], [(np.ediff1d(x), dtype)])
        fixtures.add("flatDifferences", [(x, dtype), (a, dtype), (b, dtype)],
                     [(np.ediff1d(x, b, a), dtype)])
        for axis in range(3):
            for reverse in [False, True]:
                z = np.flip(x, axis) if reverse else x
                value = np.logaddexp.accumulate(z.astype(float), axis)
                value = np.flip(value, axis) if reverse else value
                sized(fixtures, "logCumulativeSumExp", [(x, dtype)], [(value, y)], form(axis, reverse), y)
    x = np.array([True, False, False, True])
    fixtures.add("diff", [(x, "bool")], [(np.diff(x), "bool")], form(1, 0))


def nan_family(fixtures, random):
    for dtype in DTYPES:
        x = numbers(random, (3, 4, 5), dtype) / (4 if dtype != "int64" else 1)
        if dtype != "int64":
            # No line has one number alone: there the standard deviation has no gradient.
            while True:
                mask = random.uniform(size=x.shape) < 0.3
                mask[:, 1, 2] = True
                if all(((~mask).sum(axis) != 1).all() for axis in range(3)):
                    break
            x[mask] = np.nan
            fixtures.add("median", [(x, dtype)], [(np.median(x, 1), dtype)], form(1, False))
        else:
            x = x % 3 + 1
        y = floating(dtype)
        for axis, keep in REDUCTION_AXES:
            text = form(axis, keep)
            for name, function in [("nanSum", np.nansum), ("nanProduct", np.nanprod)]:
                sized(fixtures, name, [(x, dtype)], [(function(x, axis, keepdims=keep), dtype)], text, y)
            for name, function in [("nanMax", np.nanmax), ("nanMin", np.nanmin)]:
                fixtures.add(name, [(x, dtype)], [(function(x, axis, keepdims=keep), dtype)], text)
            for name, function in [("nanMean", np.nanmean), ("nanMedian", np.nanmedian)]:
                sized(fixtures, name, [(x, dtype)], [(function(x, axis, keepdims=keep), y)], text, y)
            for ddof in [0, 1]:
                for name, function in [("nanVariance", np.nanvar), ("nanStandardDeviation", np.nanstd)]:
                    value = function(x, axis, ddof=ddof, keepdims=keep)
                    sized(fixtures, name, [(x, dtype)], [(value, y)], form(axis, keep, ddof), y, 64)
            for q in [0.3, 1]:
                value = np.nanquantile(x, q, axis, keepdims=keep)
                sized(fixtures, "nanQuantile", [(x, dtype)], [(value, y)], form(axis, keep, q), y)
                sized(fixtures, "nanPercentile", [(x, dtype)], [(value, y)], form(axis, keep, q * 100), y)
            if keep is False:
                z = np.where(np.isnan(x), -99, x) if axis == 0 else x
                z = x if axis is None else np.where(np.isnan(x).all(axis, keepdims=True), 7, x)
                fixtures.add("nanArgMax", [(z, dtype)], [(np.nanargmax(z, axis), "int64")], form(axis))
                fixtures.add("nanArgMin", [(z, dtype)], [(np.nanargmin(z, axis), "int64")], form(axis))
        for axis in range(3):
            sized(fixtures, "nanCumulativeSum", [(x, dtype)], [(np.nancumsum(x, axis), dtype)], form(axis), y)
            sized(fixtures, "nanCumulativeProduct", [(x, dtype)], [(np.nancumprod(x, axis), dtype)],
                  form(axis), y)


def counting(fixtures, random):
    n = random.integers(0, 6, 20)
    weights = exact(random.integers(-4, 9, 20), "float64")
    for least in [0, 10]:
        text = form(least)
        fixtures.add("bincount", [(n, "int64")], [(np.bincount(n, minlength=least), "int64")], text)
        fixtures.add("bincount", [(n, "int64"), (weights, "float64")],
                     [(np.bincount(n, weights, least), "float64")], text)
    fixtures.add("bincount", [(n[:0], "int64")], [(n[:0], "int64")], form(0))
    fixtures.add("bincountOfLength", [(n, "int64")], [(np.bincount(n, minlength=8), "int64")], form(8))
    fixtures.add("bincountOfLength", [(n, "int64"), (weights, "float64")],
                 [(np.bincount(n, weights, 8), "float64")], form(8))
    for dtype in DTYPES:
        x = exact(random.integers(-12, 13, (5, 8)) * (1 if dtype == "int64" else 0.25), dtype)
        edge = "float32" if dtype == "float32" else "float64"
        for bins, bounds in [(4, None), (5, (-2, 2)), (3, (1, 1))]:
            edges = np.histogram_bin_edges(x, bins, bounds)
            sized(fixtures, "histogramBinEdges", [(x, dtype)], [(edges, edge)], form(bins, bounds), edge)
            counts = np.histogram(x, bins, bounds)[0]
            sized(fixtures, "histogram", [(x, dtype)], [(counts, "int64"), (edges, edge)],
                  form(bins, bounds, False), edge)
            w = exact(random.integers(0, 9, x.shape), "float64")
            counts = np.histogram(x, bins, bounds, weights=w)[0]
            sized(fixtures, "histogram", [(x, dtype), (w, "float64")], [(counts, "float64"), (edges, edge)],
                  form(bins, bounds, False), edge)
            if np.histogram(x, bins, bounds)[0].sum() > 0:
                counts = np.histogram(x, bins, bounds, density=True)[0]
                sized(fixtures, "histogram", [(x, dtype)], [(counts, edge), (edges, edge)],
                      form(bins, bounds, True), edge)
        edges = exact([-3, -1, 0, 2, 2, 3], dtype)
        fixtures.add("histogramOfEdges", [(x, dtype), (edges, dtype)], [(np.histogram(x, edges)[0], "int64")])
        points = x.reshape(20, 2)
        others = exact([-2, 0, 2], dtype)
        counts = np.histogramdd(points, [np.unique(edges), others])[0]
        fixtures.add("histogramND", [(points, dtype), (np.unique(edges), dtype), (others, dtype)],
                     [(counts, "int64")])
    # Elements on the bounds and beside them, where quotients are rounded over them.
    edges = np.histogram_bin_edges(np.array([0.1, 0.7]), 60)
    x = np.concatenate([edges, np.nextafter(edges, 0), np.nextafter(edges, 1), [np.nan, np.inf]])
    bounds = (float(edges[0]), float(edges[-1]))
    fixtures.add("histogram", [(x, "float64")],
                 [(np.histogram(x, 60, bounds)[0], "int64"), (edges, "float64")],
                 form(60, [repr(b) for b in bounds], False), absolute=1e-15)
    x = exact(np.zeros(0), "float64")
    fixtures.add("histogram", [(x, "float64")],
                 [(np.zeros(2, int), "int64"), (np.array([0, 0.5, 1]), "float64")], form(2, None, False))


def sets(fixtures, random):
    for dtype in DTYPES:
        a = exact(random.integers(0, 9, (3, 4)), dtype)
        b = exact(random.integers(4, 14, 7), dtype)
        inputs = [(a, dtype), (b, dtype)]
        for inverted in [False, True]:
            fixtures.add("isIn", inputs, [(np.isin(a, b, invert=inverted), "bool")], form(inverted))
            fixtures.add("flatIsIn", inputs, [(np.isin(a.ravel(), b, invert=inverted), "bool")], form(inverted))
            fixtures.add("isIn", [(a, dtype), (b[:0], dtype)],
                         [(np.isin(a, b[:0], invert=inverted), "bool")], form(inverted))
        for name, function in [("intersection", np.intersect1d), ("union", np.union1d),
                               ("subtractingSet", np.setdiff1d), ("symmetricDifference", np.setxor1d)]:
            fixtures.add(name, inputs, [(function(a, b), dtype)])
            fixtures.add(name, [(a, dtype), (b[:0], dtype)], [(function(a, b[:0]), dtype)])
        values, first, inverse, counts = np.unique(a.ravel(), True, True, True)
        inverse = inverse.reshape(a.shape)
        out = [(values, dtype), (first, "int64"), (counts, "int64"), (inverse, "int64")]
        fixtures.add("unique", inputs[:1], out[:1])
        fixtures.add("uniqueWithPlaces", inputs[:1], out)
        fixtures.add("uniqueWithInverse", inputs[:1], [out[0], out[3]])
        fixtures.add("uniqueWithCounts", inputs[:1], [out[0], out[2]])
        x = numbers(random, (3, 4, 5), dtype)
        for axis in range(3):
            # What NumPy leaves open is in order here.
            assert (np.partition(x, 1, axis).take(1, axis) == np.sort(x, axis).take(1, axis)).all()
            fixtures.add("partitioned", [(x, dtype)], [(np.sort(x, axis), dtype)], form(1, axis))
            fixtures.add("argPartition", [(x, dtype)], [(np.argsort(x, axis), "int64")], form(-1, axis))
            y = np.apply_along_axis(lambda v: np.sort(v) * 2, axis, x)
            fixtures.add("applyAlongAxis", [(x, dtype)], [(y, dtype)], form(axis))
            y = np.apply_along_axis(np.sum, axis, x)
            fixtures.add("applyAlongAxisToNumbers", [(x, dtype)], [(y, dtype)], form(axis),
                         absolute=1e-5 if dtype == "float32" else 1e-13)
            y = np.apply_along_axis(lambda v: np.outer(v, v), axis, x)
            fixtures.add("applyAlongAxisToMatrices", [(x, dtype)], [(y, dtype)], form(axis))
        y = np.apply_over_axes(np.sum, x, [0, 2])
        fixtures.add("applyOverAxes", [(x, dtype)], [(y, dtype)], form((0, 2)),
                     absolute=1e-5 if dtype == "float32" else 1e-13)
        keys = [exact(random.integers(0, 3, (2, 12)), dtype) for _ in range(3)]
        fixtures.add("lexSort", [(k, dtype) for k in keys], [(np.lexsort(keys), "int64")])
        bounds = np.unique(b)
        for right in [False, True]:
            fixtures.add("digitized", [(a, dtype), (bounds, dtype)],
                         [(np.digitize(a, bounds, right), "int64")], form(right, False))
            fixtures.add("digitized", [(a, dtype), (bounds[::-1], dtype)],
                         [(np.digitize(a, bounds[::-1], right), "int64")], form(right, True))
    bits = random.integers(0, 2, (3, 11, 2)).astype(bool)
    for axis in range(3):
        packed = np.packbits(bits, axis)
        fixtures.add("packedBits", [(bits, "bool")], [(packed, "uint8")], form(axis))
        fixtures.add("unpackedBits", [(packed, "uint8")], [(np.unpackbits(packed, axis), "uint8")], form(axis))


def parts(fixtures, random):
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan])
    for dtype in ["float64", "float32"]:
        plain = exact(random.uniform(-9, 9, (3, 4)), dtype)
        powers = exact(np.ldexp(random.choice([-1, 1], 60), np.arange(-149, 91, 4)), dtype)
        kind = {"float64": np.float64, "float32": np.float32}[dtype]
        beside = [np.nextafter(powers.astype(kind), kind(s)).astype(float) for s in [0, np.inf]]
        edges = np.concatenate([special, powers] + beside)
        middle = exact(random.uniform(-1, 1, 4), dtype)
        for x in [plain, edges]:
            fixtures.add("signBit", [(x, dtype)], [(np.signbit(x), "bool")])
            mantissa, exponent = np.frexp(x)
            exponent = np.where(np.isfinite(x), exponent, 0)
            fixtures.add("frexp", [(x, dtype)], [(mantissa, dtype), (exponent, "int32")])
            with np.errstate(all="ignore"):
                fixtures.add("spacing", [(x, dtype)], [(np.spacing(x.astype(kind)), dtype)])
        fixtures.add("modf", [(plain, dtype)], [(y, dtype) for y in np.modf(plain)])
        fixtures.add("modf", [(special, "float32")], [(y, "float32") for y in np.modf(special)])
        fixtures.add("heaviside", [(plain, dtype), (middle, dtype)], [(np.heaviside(plain, middle), dtype)])
        fixtures.add("heaviside", [(special, "float32"), (middle[:1], "float32")],
                     [(np.heaviside(special, middle[:1]), "float32")])
    for dtype in DTYPES:
        a = exact(random.integers(-20, 20, (3, 4)) + (0.375 if dtype != "int64" else 0), dtype)
        b = exact([3, -7, 4, -5], dtype)
        fixtures.add("divmod", [(a, dtype), (b, dtype)], [(y, dtype) for y in np.divmod(a, b)])
        base = np.abs(a) + 0.5 if dtype != "int64" else a
        power = exact([0, 1.5, 2, -1], dtype) if dtype != "int64" else exact([0, 1, 2, 3], dtype)
        fixtures.add("floatPower", [(base, dtype), (power, dtype)],
                     [(np.float_power(base, power), "float64")], absolute=1e-13)
        fixtures.add("signBit", [(a, dtype)], [(np.signbit(a), "bool")])
        fixtures.add("positive", [(a, dtype)], [(np.positive(a), dtype)])
        fixtures.add("real", [(a, dtype)], [(np.real(a), dtype)])
    a = exact([1, 1, 1, np.nan, np.inf, np.inf, 0, 0], "float32")
    b = exact([1, 1.00001, 1.1, np.nan, np.inf, -np.inf, 1e-9, 1e-3], "float32")
    for relative, absolute, equal in [(1e-5, 1e-8, False), (1e-5, 1e-8, True), (0.2, 0, False), (0, 0, True)]:
        y = np.isclose(a, b, relative, absolute, equal)
        fixtures.add("isClose", [(a, "float32"), (b, "float32")], [(y, "bool")], form(relative, absolute, equal))
    for x, y in [(a[:2], b[:2]), (a[:3], b[:3]), (a[3:4], b[3:4]), (a[:2], a[:1])]:
        pair = [(x, "float32"), (y, "float32")]
        for equal in [False, True]:
            fixtures.add("allClose", pair, [(np.allclose(x, y, equal_nan=equal), "bool")], form(equal))
            fixtures.add("arrayEqual", pair, [(np.array_equal(x, y, equal), "bool")], form(equal))
        fixtures.add("arrayEquivalent", pair, [(np.array_equiv(x, y), "bool")])


def add_all(fixtures, random):
    warnings.simplefilter("ignore")
    for group in [statistics, nan_family, counting, sets, parts]:
        group(fixtures, random)
