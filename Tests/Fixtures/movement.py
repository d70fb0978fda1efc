"""Operators that move elements: any dtype, so a few stand for all."""

import numpy as np

from fixture_file import NUMPY, exact

DTYPES = ["float32", "float64", "int64", "int32", "bool", "bfloat16", "uint8"]


def values(random, dtype, shape):
    return exact(random.integers(0, 2 if dtype == "bool" else 100, shape), dtype)


def text(numbers): return ",".join(map(str, numbers))


def shaped(fixtures, random, dtype):
    def add(name, x, y, form=""):
        fixtures.add(name, [(x, dtype)], [(y, dtype)], form)

    x = values(random, dtype, (2, 3, 4))
    for order in [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)]:
        add("transposed", x, x.transpose(order), text(order))
    for shape in [(6, 4), (24,), (2, 12), (4, 3, 2), (2, 1, 3, 4)]:
        add("reshaped", x, x.reshape(shape), text(shape))
    add("contiguous", x, x)
    for axis in range(4):
        add("expandingDims", x, np.expand_dims(x, axis), str(axis))
    y = x.reshape(2, 1, 12, 1)
    add("squeezed", y, y.squeeze(1), "1")
    add("squeezed", y, y.squeeze((1, 3)), "1,3")
    for axes in [(0,), (1,), (2,), (0, 2)]:
        add("flipped", x, np.flip(x, axes), text(axes))
    y = values(random, dtype, (3, 1))
    add("broadcast", y, np.broadcast_to(y, (2, 3, 4)), "2,3,4")
    add("broadcast", y[:, 0], np.broadcast_to(y[:, 0], (2, 3)), "2,3")
    for starts, steps, counts in [((0, 1, 1), (1, 1, 2), (2, 2, 2)), ((1, 2, 3), (-1, -1, -3), (2, 3, 2)),
                                  ((0, 0, 0), (1, 1, 1), (2, 0, 4))]:
        index = tuple(np.arange(c) * st + s for s, st, c in zip(starts, steps, counts))
        add("sliced", x, x[np.ix_(*index)], "/".join(map(text, [starts, steps, counts])))
        small = x[np.ix_(*index)]
        whole = np.full((2, 3, 4), values(random, dtype, ()), small.dtype)
        one = exact(1, dtype)
        whole[...] = one
        whole[np.ix_(*index)] = small
        add("padded", small, whole, "2,3,4/" + "/".join(map(text, [starts, steps, counts])))


def matrices(fixtures, random, dtype):
    for shape in [(3, 4), (4, 3), (2, 3, 3), (1, 5), (0, 3)]:
        x = values(random, dtype, shape)
        for offset in [0, 1, -1, 2, -2, 9]:
            upper, lower = np.triu(x, offset), np.tril(x, offset)
            fixtures.add("triangularUpper", [(x, dtype)], [(upper, dtype)], str(offset))
            fixtures.add("triangularLower", [(x, dtype)], [(lower, dtype)], str(offset))
            rows, columns = shape[-2:]
            if -rows <= offset <= columns:
                d = np.diagonal(x, offset, axis1=-2, axis2=-1)
                fixtures.add("diagonal", [(x, dtype)], [(d, dtype)], str(offset))
                whole = np.zeros(shape, x.dtype)
                mask = np.eye(rows, columns, offset, dtype=bool)
                whole[..., mask] = d
                fixtures.add("diagonalMatrix", [(d, dtype)], [(whole, dtype)],
                             text([rows, columns, offset]))


def joined(fixtures, random):
    for dtypes, out in [(["float32"] * 3, "float32"), (["int32", "float32"], "float32"),
                        (["bool", "int64"], "int64"), (["float64"], "float64")]:
        for axis in [0, 1]:
            shapes = [(2, 3), (2, 3), (2, 3)]
            arrays = []
            for index, dtype in enumerate(dtypes):
                shape = list(shapes[index])
                shape[axis] = index + 1 if index < 2 else 0
                arrays.append((values(random, dtype, shape), dtype))
            y = exact(np.concatenate([x.astype(np.float64) for x, _ in arrays], axis), out)
            fixtures.add("concatenated", arrays, [(y, out)], str(axis))


def bits(fixtures, random):
    """Bytes read as another dtype; bfloat16 by way of uint16."""
    def raw(values, dtype):
        if dtype != "bfloat16":
            return values.astype(NUMPY[dtype])
        return (values.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)

    def number(x, dtype):
        if dtype != "bfloat16":
            return exact(x, dtype)
        return exact((x.astype(np.uint32) << 16).view(np.float32), dtype)

    for dtype in list(NUMPY) + ["bfloat16"]:
        x = values(random, dtype, (2, 3, 8))
        for other in ["uint8", "int16", "bfloat16", "float32", "int64"]:
            y = raw(x, dtype).view(np.uint16 if other == "bfloat16" else NUMPY[other])
            with np.errstate(all="ignore"):
                fixtures.add("bitCast", [(x, dtype)], [(number(y, other), other)], other)


def add_all(fixtures, random):
    for dtype in DTYPES:
        shaped(fixtures, random, dtype)
        matrices(fixtures, random, dtype)
    joined(fixtures, random)
    bits(fixtures, random)
