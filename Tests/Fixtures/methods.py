"""Methods that are made of other operators, basic indexing, and optimizers' updates."""

import numpy as np

from fixture_file import exact

RATES = {"learning rate": 0.125, "momentum": 0.875, "decay": 0.25, "b1": 0.75, "b2": 0.9375,
         "epsilon": 0.03125, "c1": 0.4375, "c2": 0.12109375}


def composed(fixtures, random):
    for dtype in ["float32", "int64", "bool"]:
        x = exact(random.integers(0, 2 if dtype == "bool" else 100, (2, 3, 4)), dtype)

        def add(name, y, form):
            fixtures.add(name, [(x, dtype)], [(y, dtype)], form)

        for counts in [(2, 1, 3), (2,), (2, 1, 1, 2), (0, 1, 1)]:
            add("tiled", np.tile(x, counts), ",".join(map(str, counts)))
        for axis in range(3):
            add("repeated", np.repeat(x, 3, axis), f"3,{axis}")
            for shift in [1, -1, 7, 0]:
                add("rolled", np.roll(x, shift, axis), f"{shift},{axis}")
            for target in range(3):
                add("movedAxis", np.moveaxis(x, axis, target), f"{axis},{target}")
        add("flattened", x.ravel(), "")
        add("flattened", x.reshape(2, 12), "1")
        fixtures.add("split", [(x, dtype)], [(p, dtype) for p in np.split(x, 2, 2)], "2,2")
        fixtures.add("splitAt", [(x, dtype)], [(p, dtype) for p in np.split(x, [1, 1, 3], 2)], "1,1,3,2")
        for axis in range(4):
            add_stacked = [(x, dtype), (np.flip(x), dtype)]
            fixtures.add("stacked", add_stacked, [(np.stack([x, np.flip(x)], axis), dtype)], str(axis))
        flat = exact(x.argmax(), "int64")
        fixtures.add("argMaxOfAll", [(x, dtype)], [(flat, "int64")])
    for dtype in ["float32", "float64"]:
        x = exact(random.uniform(-2, 2, (3, 4)), dtype)
        unit = 2**-53 if dtype == "float64" else 2**-24
        for axis in [0, 1, None]:
            for correction in [0, 1]:
                text = f"{'' if axis is None else axis},{correction}"
                y = np.var(x, axis=axis, ddof=correction)
                fixtures.add("variance", [(x, dtype)], [(y, dtype)], text, absolute=40 * unit)
                fixtures.add("standardDeviation", [(x, dtype)], [(np.sqrt(y), dtype)], text, absolute=40 * unit)


def indexed(fixtures, random, dtypes=("float32", "int64", "bool", "bfloat16")):
    """The part is x[1, 2:0:-1, newaxis, ::2]."""
    for dtype in dtypes:
        x = exact(random.integers(0, 2 if dtype == "bool" else 100, (2, 3, 4)), dtype)
        fixtures.add("index", [(x, dtype)], [(x[1, 2:0:-1, None, ::2], dtype)])
        for shape in [(2, 1, 2), (2, 1, 1), (2,), ()]:
            value = exact(random.integers(0, 2 if dtype == "bool" else 100, shape), dtype)
            y = x.copy()
            y[1, 2:0:-1, None, ::2] = value
            fixtures.add("assign", [(x, dtype), (value, dtype)], [(y, dtype)])


def updates(fixtures, random, dtypes=("float32", "float64", "bfloat16")):
    for dtype in dtypes:
        p, g, m = (exact(random.uniform(-2, 2, (3, 4)), dtype) for _ in range(3))
        v = exact(random.uniform(0.5, 2, (3, 4)), dtype)
        rates = {name: (exact(np.array(value), "float32"), "float32") for name, value in RATES.items()}
        rate, mu, decay = RATES["learning rate"], RATES["momentum"], RATES["decay"]
        arrays = [(p, dtype), (g, dtype)]
        numbers = [rates["learning rate"], rates["decay"]]
        bound = 16 * (2**-53 if dtype == "float64" else 2**-24)
        y = p - rate * (g + decay * p)
        fixtures.add("sgdUpdate", arrays + numbers, [(y, dtype)], absolute=bound)
        for nesterov in [0, 1]:
            slope = g + decay * p
            w = mu * m + slope
            y = p - rate * (slope + mu * w if nesterov else w)
            numbers = [rates["learning rate"], rates["momentum"], rates["decay"]]
            fixtures.add("sgdMomentumUpdate", arrays + [(m, dtype)] + numbers,
                         [(y, dtype), (w, dtype)], str(nesterov), absolute=bound)
        for decoupled in [0, 1]:
            slope = g if decoupled else g + decay * p
            kept = p * (1 - rate * decay) if decoupled else p
            first = RATES["b1"] * m + (1 - RATES["b1"]) * slope
            second = RATES["b2"] * v + (1 - RATES["b2"]) * slope**2
            y = kept - rate * (first / RATES["c1"]) / (np.sqrt(second / RATES["c2"]) + RATES["epsilon"])
            names = ["learning rate", "b1", "b2", "epsilon", "decay", "c1", "c2"]
            fixtures.add("adamUpdate", arrays + [(m, dtype), (v, dtype)] + [rates[n] for n in names],
                         [(y, dtype), (first, dtype), (second, dtype)], str(decoupled), absolute=bound)


def add_all(fixtures, random):
    composed(fixtures, random)
    indexed(fixtures, random)
    updates(fixtures, random)
