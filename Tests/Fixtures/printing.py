"""Writes the fixtures of printing: `python3 Tests/Fixtures/printing.py`.

`printing.txt` has cases separated by lines of `====`: a line with dtype, shape and the bits of
the elements in hexadecimal, then the text that NumPy gives with `, ` between elements and room for
`NDArray(`. Truth values are spelled as Swift does.
"""

import os

import numpy as np

BITS = {"float16": np.uint16, "float32": np.uint32, "float64": np.uint64}


def texts(values):
    words = {"bool": lambda b: "true" if b else "false"} if values.ndim == 0 else {
        "bool": lambda b: " true" if b else "false"}
    if not np.any(~values.astype(bool)):
        words = {"bool": lambda b: "true"}
    formatter = words if values.dtype == bool else None
    return np.array2string(values, separator=", ", prefix="NDArray(", formatter=formatter)


def case(values):
    kind = values.dtype.name
    if kind.startswith("complex"):
        parts = np.ascontiguousarray(values).reshape(-1).view(values.real.dtype)
        bits = parts.view(BITS[parts.dtype.name])
    else:
        bits = values.view(BITS[kind]) if kind in BITS else values.astype(np.int64)
    shape = ",".join(map(str, values.shape))
    if values.size > 300:
        data = "arange"
        assert np.array_equal(values.ravel(), np.arange(values.size).astype(values.dtype))
    else:
        data = ";".join(format(int(b), "x") for b in bits.ravel())
    return f"{kind}\t{shape}\t{data}\n{texts(values)}\n"


def arrays(rng):
    f32, f64, f16 = np.float32, np.float64, np.float16
    for dtype in [f16, f32, f64]:
        for values in [
            0.0, -0.0, 1.5, 0.1, 1e-5, 123456.0, 1e30, np.nan, -np.inf, [], [[]], [0, 0], [1, 2, 3],
            [1, 2.5, 3.25], [-1, 2.5, 1000], [1e-5, 1], [1e-10, 2.5], [1, 1e5], [1e8, 1],
            [99999999, 1], [1e6, 2], [999999, 2], [0.1, 0.2, 0.30000001], [np.nan, 1],
            [np.inf, -np.inf],
            [np.nan, np.inf, -1.5, 1e-7], [-np.inf, 100.25], [1 / 3, 2 / 3], [[1, 2], [3, 4]],
            [1e-4, 1], [0.00012, 0.1], [1000, 1.0], [1001, 1.0], [0.5, 0.125, 1e-3], [5e-8, 3e-12],
            [[[1, 2], [3, 4]], [[5, 6], [7, 8.5]]], [1e100, 1e-100], [1e300, 1], [2.5e-8, 1.5],
            [0.000123456789, 0.1], [123456.789, 250.5], [1.123456789012345, 2], [100.5, 99.995],
        ]:
            with np.errstate(over="ignore"):
                yield np.array(values, dtype)
        yield rng.normal(size=(3, 4)).astype(dtype)
        yield rng.normal(size=(2, 3, 4)).astype(dtype)
        yield (rng.normal(size=(2, 25)) * 100).astype(dtype)
        yield np.exp(rng.normal(size=(4, 5)) * 6).astype(dtype)
        yield rng.integers(0, 100, 40).astype(dtype)
    yield np.arange(1001)
    yield np.arange(1000).reshape(10, 100)[:3]
    yield np.arange(2000, dtype=f32).reshape(40, 50)
    yield np.arange(2000, dtype=f64).reshape(5, 4, 100)
    yield np.arange(1200, dtype=np.int32).reshape(2, 6, 100)
    yield np.arange(1400, dtype=np.int32).reshape(7, 2, 100)
    for dtype in [np.int8, np.int32, np.int64, np.uint8]:
        for values in [7, [], [1, 20, 100], [[1, 2], [30, 4]], np.arange(60) % 100]:
            yield np.array(values, dtype)
    yield np.array([-5, 10, -128], np.int8)
    yield np.array([-(2**63), 2**63 - 1], np.int64)
    for values in [True, [True, False], [True, True], [[False, True], [True, True]], np.ones(30)]:
        yield np.array(values, bool)
    yield from complexes(rng)


def complexes(rng):
    """Complex numbers: columns of real and of imaginary parts are laid out apart."""
    for dtype in [np.complex64, np.complex128]:
        for values in [
            1 + 2j, 0j, 1.5, -1j, complex(np.nan, -0.0), [1, 2.5j, -3.25 + 1e-3j], [1e-7 + 1j, 2 - 1e5j],
            [complex(np.inf, -np.inf), complex(0.5, np.nan)], [[1 + 1j, 2], [3, 4 - 0.125j]], [],
            [1e10 + 1j, 2], [0.1 + 0.2j, -0.30000001],
        ]:
            yield np.array(values, dtype)
        yield (rng.normal(size=(3, 4)) + 1j * rng.normal(size=(3, 4))).astype(dtype)
        yield (np.exp(rng.normal(size=(2, 5)) * 6) - 1j * rng.normal(size=(2, 5))).astype(dtype)


if __name__ == "__main__":
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "printing.txt"), "w") as file:
        file.write("====\n".join(case(values) for values in arrays(np.random.default_rng(3))))
