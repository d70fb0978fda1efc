"""Writes what NumPy says about views and promotion: reshape.txt, broadcast.txt, promotion.txt.

    python3 Tests/Fixtures/shapes.py          # in the package's root; NumPy 2.x

Columns are separated by `|`, numbers by blanks.
"""
import pathlib
import numpy as np

here = pathlib.Path(__file__).parent
random = np.random.default_rng(20260101)


def row(*fields):
    return "|".join(" ".join(map(str, f)) if isinstance(f, (list, tuple)) else str(f) for f in fields)


def view(base):
    """A random view of `base`: permuted, sliced, flipped, broadcast."""
    x = base
    for _ in range(random.integers(0, 4)):
        kind = random.integers(0, 4)
        if kind == 0 and x.ndim > 1:
            x = x.transpose(random.permutation(x.ndim))
        elif kind == 1 and x.ndim > 0:
            axis = int(random.integers(x.ndim))
            step = int(random.choice([1, 2, -1]))
            x = x[(slice(None),) * axis + (slice(None, None, step),)]
        elif kind == 2 and x.ndim < 5:
            x = np.expand_dims(x, int(random.integers(x.ndim + 1)))
            if random.integers(2):
                axis = x.shape.index(1)
                x = np.broadcast_to(x, tuple(3 if i == axis else n for i, n in enumerate(x.shape)))
        elif kind == 3 and x.ndim > 1:
            axis = int(random.integers(x.ndim))
            x = x.take(0, axis) if x.size == 0 else x[(slice(None),) * axis + (0,)]
    return x


def factors(count):
    """A random shape of `count` elements, ones included."""
    shape, rest = [], count
    while rest > 1 and len(shape) < 6:
        divisors = [d for d in range(1, rest + 1) if rest % d == 0]
        d = int(random.choice(divisors))
        shape.append(d)
        rest //= d
    return shape + ([rest] if rest > 1 else [])


lines = []
while len(lines) < 600:
    x = view(np.arange(int(np.prod(s := random.integers(1, 5, random.integers(1, 5))))).reshape(s))
    if x.size == 0 or x.ndim > 6:
        continue
    target = factors(x.size)
    if len(target) > 7:
        continue
    offset = (x.__array_interface__["data"][0] - x.base.__array_interface__["data"][0]) // 8 \
        if x.base is not None and x.base.ndim == 1 else None
    if offset is None:
        continue
    try:
        y = np.reshape(x, target, copy=False)
        verdict, strides = "view", [s // 8 for s in y.strides]
    except ValueError:
        verdict, strides = "copy", []
    lines.append(row(list(x.shape), [s // 8 for s in x.strides], offset, target, verdict, strides,
                     [int(v) for v in x.reshape(-1)]))
(here / "reshape.txt").write_text("\n".join(lines) + "\n")

lines = []
for _ in range(300):
    a, b = (list(map(int, random.choice([0, 1, 1, 2, 3], random.integers(0, 5)))) for _ in "ab")
    if random.integers(2):
        b = [1 if random.integers(3) == 0 else n for n in a[random.integers(len(a) + 1):]]
    try:
        lines.append(row(a, b, "to", list(np.broadcast_shapes(tuple(a), tuple(b)))))
    except ValueError:
        lines.append(row(a, b, "error", []))
(here / "broadcast.txt").write_text("\n".join(lines) + "\n")

names = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
         "float16", "float32", "float64", "complex64", "complex128"]
(here / "promotion.txt").write_text("\n".join(
    row(a, b, np.result_type(np.dtype(a), np.dtype(b)).name) for a in names for b in names) + "\n")
