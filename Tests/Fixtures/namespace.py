"""The NumPy-style namespace: creation, shapes, selection. MXNet's own functions are written out in
loops from their documentation."""

import numpy as np

from fixture_file import exact

DTYPES = ["float64", "float32", "int64"]


def numbers(random, shape, dtype):
    """Distinct numbers."""
    count = int(np.prod(shape))
    return exact(((random.permutation(count) - count // 2) * 0.75 + 0.125).reshape(shape)
                 if dtype.startswith("float") else random.permutation(count).reshape(shape), dtype)


def form(*fields):
    def text(field):
        if field is None:
            return ""
        if isinstance(field, (list, tuple)):
            return ",".join(map(text, field))
        return str(int(field)) if isinstance(field, bool) else str(field)

    return ";".join(map(text, fields))


def creation(fixtures, random):
    def add(name, y, dtype, *fields, close=False):
        y = np.asarray(y)
        unit = 2**-53 if dtype == "float64" else 2**-24
        bound = 16 * unit * float(np.abs(y).max(initial=0)) if close else 0
        fixtures.add(name, [], [(y, dtype)], form(*fields, dtype), absolute=bound)

    for start, end, step in [(0, 5, 1), (3, -4, -2), (2, 2, 1), (-3, 8, 4)]:
        add("arange", np.arange(start, end, step), "int64", start, end, step)
        for dtype in ["float32", "float64"]:
            add("arange", np.arange(start, end, step * 0.375), dtype, start, end, step * 0.375)
    for dtype in ["float32", "float64"]:
        for count in [0, 1, 2, 7]:
            for end in [True, False]:
                add("linspace", np.linspace(-1.5, 3, count, end), dtype, -1.5, 3, end, count, close=True)
            add("logspace", np.logspace(-1, 2, count, base=3), dtype, -1, 2, count, 3, close=True)
            add("geomspace", np.geomspace(-1, -1000, count), dtype, -1, -1000, count, close=True)
            for name in ["hanning", "hamming", "blackman", "bartlett"]:
                add(name, getattr(np, name)(count), dtype, count, close=True)
            add("kaiser", np.kaiser(count, 8.5), dtype, count, 8.5, close=True)
    for dtype in ["float32", "int64", "bool"]:
        add("identity", np.identity(3), dtype, 3)
        for rows, columns, k in [(3, 4, 0), (4, 2, -1), (2, 5, 2), (0, 3, 0), (3, 3, 9), (3, 3, -9)]:
            add("eye", np.eye(rows, columns, k), dtype, rows, columns, k)
            add("tri", np.tri(rows, columns, k), dtype, rows, columns, k)
    for shape in [(2, 3), (4,), (2, 1, 3), (0, 2)]:
        add("indices", np.indices(shape), "int64", shape)
    for rows, columns, k in [(3, 4, 0), (4, 2, -1), (2, 5, 2), (0, 3, 0), (3, 3, 9), (3, 3, -9)]:
        low, high = np.tril_indices(rows, k, columns), np.triu_indices(rows, k, columns)
        for name, places in [("lowerTriangleIndices", low), ("upperTriangleIndices", high)]:
            fixtures.add(name, [], [(i, "int64") for i in places], form(rows, columns, k))
        x = (np.zeros((rows, columns)), "float32")
        fixtures.add("triangleIndicesFrom", [x], [(i, "int64") for i in low + high], form(k))
    for size, rank in [(3, 2), (2, 3), (0, 1)]:
        fixtures.add("diagonalIndices", [], [(i, "int64") for i in np.diag_indices(size, rank)],
                     form(size, rank))
    x = np.zeros((3, 3, 3))
    fixtures.add("diagonalIndicesFrom", [(x, "float32")],
                 [(i, "int64") for i in np.diag_indices_from(x)])


def from_arrays(fixtures, random):
    for dtype in DTYPES:
        a, b, c = (numbers(random, (n,), dtype) for n in [3, 2, 4])
        for order in ["xy", "ij"]:
            for sparse in [False, True]:
                for vectors in [[a, b], [a, b, c], [a]]:
                    y = np.meshgrid(*vectors, indexing=order, sparse=sparse)
                    fixtures.add("meshgrid", [(v, dtype) for v in vectors], [(v, dtype) for v in y],
                                 form(order == "xy", sparse))
        x = numbers(random, (2, 3), dtype)
        fixtures.add("fullLike", [(x, dtype)], [(np.full_like(x, 3), dtype)], form(3))
        fixtures.add("arangeLike", [(x, dtype)], [(np.arange(6).reshape(2, 3), dtype)], form(None))
        fixtures.add("arangeLike", [(x, dtype)], [(np.arange(3), dtype)], form(-1))
        for k in [-1, 0, 2]:
            fixtures.add("flatDiagonalMatrix", [(x, dtype)], [(np.diagflat(x, k), dtype)], form(k))
        for shape in [(3, 3), (2, 4), (4, 2)]:
            x = numbers(random, shape, dtype)
            y = x.copy()
            np.fill_diagonal(y, 5)
            fixtures.add("fillingDiagonal", [(x, dtype)], [(y, dtype)], form(5))
        if dtype == "float64":
            fixtures.add("openGrid", [(a, dtype), (b, dtype)], [(v.astype(float), dtype) for v in
                                                                np.ix_(a, b)])


def movement(fixtures, random):
    for dtype in DTYPES:
        def add(name, inputs, outputs, *fields):
            fixtures.add(name, [(x, dtype) for x in inputs], [(y, dtype) for y in outputs], form(*fields))

        arrays = [numbers(random, shape, dtype) for shape in [(), (3,), (2, 3), (2, 3, 4)]]
        for x in arrays:
            add("atLeast1D", [x], [np.atleast_1d(x)])
            add("atLeast2D", [x], [np.atleast_2d(x)])
            add("atLeast3D", [x], [np.atleast_3d(x)])
            parts = [x, np.flip(x), x]
            add("vstacked", parts, [np.vstack(parts)])
            add("hstacked", parts, [np.hstack(parts)])
            add("dstacked", parts, [np.dstack(parts)])
            add("columnStacked", parts, [np.column_stack(parts)])
            add("appending", parts[:2], [np.append(x, parts[1])], None)
            add("rolledFlat", [x], [np.roll(x, 2)], 2)
            add("repeatedFlat", [x], [np.repeat(x, 3)], 3)
            add("resized", [x], [np.resize(x, (3, 5))], (3, 5))
            add("resized", [x], [np.resize(x, (2, 1))], (2, 1))
        _, vector, matrix, cube = arrays
        add("appending", [matrix, cube[:, :, 0]], [np.append(matrix, cube[:, :, 0], 1)], 1)
        for axis in range(3):
            add("unstacked", [cube], [np.take(cube, i, axis) for i in range(cube.shape[axis])], axis)
            for parts in [1, 2, 3, 5]:
                add("splitNearlyEqual", [cube], np.array_split(cube, parts, axis), parts, axis)
            for place in range(4):
                add("rolledAxis", [cube], [np.rollaxis(cube, axis, place)], axis, place)
        add("vsplit", [cube], np.vsplit(cube, 2), 2)
        for k in [-1, 0, 2]:
            add("trace", [matrix], [np.trace(matrix, k)], k)
        add("hsplit", [cube], np.hsplit(cube, 3), 3)
        add("hsplit", [vector], np.hsplit(vector, 3), 3)
        add("dsplit", [cube], np.dsplit(cube, 2), 2)
        for source, target in [([0, 1], [1, 2]), ([0, 2], [2, 0]), ([-1], [0]), ([1, 2, 0], [0, 1, 2])]:
            add("movedAxes", [cube], [np.moveaxis(cube, source, target)], source, target)
        add("unflattened", [cube], [cube.reshape(2, 3, 2, 2)], 2, (2, 2))
        add("unflattened", [cube], [cube.reshape(2, 3, 1, 4)], 2, (1, -1))
        add("reshapedLike", [matrix, np.zeros((3, 2))], [matrix.reshape(3, 2)])
        add("broadcastLike", [vector, np.zeros((2, 3))], [np.broadcast_to(vector, (2, 3))])
        add("slicedLike", [cube, np.zeros((1, 2, 3))], [cube[:1, :2, :3]], [])
        add("slicedLike", [cube, np.zeros((1, 2, 3))], [cube[:, :2]], [1])
        add("broadcastTogether", [vector, matrix, matrix[:, :1]],
            np.broadcast_arrays(vector, matrix, matrix[:, :1]))
        add("rolledAxes", [cube], [np.roll(cube, (1, -2), (0, 2))], (1, -2), (0, 2))
        add("repeatedCounts", [cube], [np.repeat(cube, [2, 0, 1], 1)], (2, 0, 1), 1)
        for turns in range(-1, 5):
            add("rotated", [matrix], [np.rot90(matrix, turns)], turns, (0, 1))
            add("rotated", [cube], [np.rot90(cube, turns, (2, 0))], turns, (2, 0))
        add("flippedUpDown", [cube], [np.flipud(cube)])
        add("flippedLeftRight", [cube], [np.fliplr(cube)])
        add("inserting", [matrix, vector[:2]], [np.insert(matrix, [1, 4], vector[:2])], (1, 4), None)
        add("inserting", [matrix, vector], [np.insert(matrix, [1], vector, 0)], 1, 0)
        add("inserting", [matrix, vector[:1]], [np.insert(matrix, [3, 0, 0], vector[0], 1)], (3, 0, 0), 1)
        add("removing", [cube], [np.delete(cube, [3, -1, 7])], (3, -1, 7), None)
        add("removing", [cube], [np.delete(cube, [0, 2], 2)], (0, 2), 2)
        add("removingRange", [cube], [np.delete(cube, slice(1, 3), 2)], (1, 3), 2)
        x = np.array([0, 0, 1, 0, 2, 0])
        for ends, text in [((True, True), "fb"), ((True, False), "f"), ((False, True), "b")]:
            add("trimmingZeros", [x], [np.trim_zeros(x, text)], *ends)
        add("trimmingZeros", [x[:2]], [np.trim_zeros(x[:2])], True, True)


def sequences(fixtures, random):
    for dtype in DTYPES:
        for axis in [0, 1]:
            x = numbers(random, (4, 3, 2) if axis == 0 else (3, 4, 2), dtype)
            lengths = np.array([2, 4, 1])
            steps = np.moveaxis(x, axis, 0)
            masked, turned, last = steps.copy(), steps.copy(), steps[0].copy()
            for batch, length in enumerate(lengths):
                masked[length:, batch] = 7
                turned[:length, batch] = steps[:length, batch][::-1]
                last[batch] = steps[length - 1, batch]
            inputs = [(x, dtype), (lengths, "int64")]
            fixtures.add("sequenceMask", inputs, [(np.moveaxis(masked, 0, axis), dtype)], form(axis, 7))
            fixtures.add("sequenceLast", inputs, [(last, dtype)], form(axis))
            fixtures.add("sequenceLast", inputs[:1], [(steps[-1], dtype)], form(axis))
            fixtures.add("sequenceReverse", inputs, [(np.moveaxis(turned, 0, axis), dtype)], form(axis))
            fixtures.add("sequenceReverse", inputs[:1], [(np.flip(x, axis), dtype)], form(axis))


def selection(fixtures, random):
    for dtype in DTYPES:
        x = numbers(random, (2, 3, 4), dtype) * random.integers(0, 2, (2, 3, 4))
        fixtures.add("nonzero", [(x, dtype)], [(i, "int64") for i in np.nonzero(x)])
        fixtures.add("flatNonzero", [(x, dtype)], [(np.flatnonzero(x), "int64")])
        for array in [x, x[0, 0], x[0, 0, 0] * 0 + 1, x[0, 0, 0] * 0]:
            fixtures.add("argWhere", [(array, dtype)], [(np.argwhere(array), "int64")])
        mask = x % 2 > 0.5
        fixtures.add("extract", [(x, dtype), (mask, "bool")], [(np.extract(mask, x), dtype)])
        for axis, flags in [(None, mask[0, 0]), (1, mask[0, :, 0]), (2, mask[1, 0, :3])]:
            fixtures.add("compress", [(x, dtype), (flags, "bool")],
                         [(np.compress(flags, x, axis), dtype)], form(axis))
        index = random.integers(0, 3, (2, 3))
        choices = [numbers(random, shape, dtype) for shape in [(2, 3), (3,), (2, 1)]]
        fixtures.add("choose", [(index, "int64")] + [(c, dtype) for c in choices],
                     [(np.choose(index, choices), dtype)])
        a, b = numbers(random, (2, 3), dtype), numbers(random, (3,), dtype)
        conditions = [a > 1, a > 0]
        fixtures.add("select", [(c, "bool") for c in conditions] + [(a, dtype), (b, dtype)],
                     [(np.select(conditions, [a, np.broadcast_to(b, a.shape)], 9), dtype)], form(9))
        y = np.piecewise(a, [a < 0, a >= 1], [lambda v: -v, lambda v: v * v, 3])
        fixtures.add("piecewise", [(a, dtype)], [(y, dtype)], form(3))
        for axis in [0, 1, -1]:
            lines = np.delete(np.array(x.shape), axis)
            index = random.integers(-1, 5, lines)
            clipped = np.clip(index, 0, x.shape[axis] - 1)
            y = np.take_along_axis(x, np.expand_dims(clipped, axis), axis)
            fixtures.add("pick", [(x, dtype), (index, "int64")], [(y, dtype)], form(axis, True))
            fixtures.add("pick", [(x, dtype), (index, "int64")], [(np.squeeze(y, axis), dtype)],
                         form(axis, False))
        order = np.argsort(random.uniform(size=(2, 3, 2)), 1)
        values = numbers(random, (2, 3, 2), dtype)
        y = np.zeros_like(x)[:, :, :2] + 5
        z = y.copy()
        np.put_along_axis(z, order, values, 1)
        fixtures.add("puttingAlongAxis", [(y, dtype), (order, "int64"), (values, dtype)], [(z, dtype)],
                     form(1))
        places = np.array([[0, 1, 1, 0], [2, 0, 0, 2]])
        fixtures.add("gatherND", [(x, dtype), (places, "int64")], [(x[places[0], places[1]], dtype)])
        values = numbers(random, (4, 4), dtype)
        y, z = x.copy(), x.copy()
        np.add.at(y, tuple(places), values)
        z[tuple(places)] = values
        inputs = [(x, dtype), (places, "int64"), (values, dtype)]
        fixtures.add("indexAdd", inputs, [(y, dtype)])
        fixtures.add("indexUpdate", inputs, [(z, dtype)])
    for shape in [(2, 3, 4), (5,), (1, 7)]:
        flat = random.integers(0, np.prod(shape), (3, 2))
        places = np.unravel_index(flat, shape)
        fixtures.add("unraveledIndex", [(flat, "int64")], [(i, "int64") for i in places], form(shape))
        fixtures.add("raveledIndex", [(i, "int64") for i in places], [(flat, "int64")], form(shape))


def add_all(fixtures, random):
    for group in [creation, from_arrays, movement, sequences, selection]:
        group(fixtures, random)
