"""Writes the fixtures of indexing: `python3 Tests/Fixtures/indexing.py`.

`indexing.txt` has one case a line, fields separated by tabs: what is done (`get` or `set`), the
shape of the source, which holds 0, 1, 2, …, the indices, then

    get: the shape of the result and its elements
    set: the shape of the value, which holds -1, -2, …, and the elements of the array after it

An index is `3`, `1:4`, `::-2` (bounds within the axis), `new`, `...`, an integer array
`i2,2=0;1;-1;0` or a mask `m3=1;0;1`, as shape and elements. NumPy is the oracle.
"""

import os

import numpy as np

SHAPES = [(7,), (5, 4), (3, 4, 5), (2, 3, 4, 2), (1, 6), (4, 1, 3), (2, 0, 3)]


def text(values):
    return ";".join(str(int(v)) for v in np.asarray(values).ravel())


def shape_text(shape):
    return ",".join(map(str, shape))


def random_range(rng, n):
    step = int(rng.choice([1, 1, 1, 2, 3, -1, -2]))
    low = None if n == 0 or rng.random() < 0.3 else int(rng.integers(-n, n))
    high = None if n == 0 or rng.random() < 0.3 else int(rng.integers(-n, n + (step > 0)))
    name = f"{'' if low is None else low}:{'' if high is None else high}"
    return slice(low, high, step), name + ("" if step == 1 else f":{step}")


def random_indices(rng, shape, use_arrays):
    """A tuple for NumPy and the names of its parts."""
    taken, names, axis = [], [], 0
    lead = int(rng.integers(1, len(shape) + 1))
    ellipsis_at = int(rng.integers(0, lead)) if rng.random() < 0.25 else None
    picked = [(), (3,), (2, 1), (1,)][int(rng.integers(0, 4))]
    mask_used = False
    while axis < lead:
        if rng.random() < 0.15 and len(shape) < 6:
            taken.append(None)
            names.append("new")
        if ellipsis_at == axis:
            taken.append(Ellipsis)
            names.append("...")
            ellipsis_at = None
            axis += len(shape) - lead
            lead = len(shape)
            if axis >= lead:
                break
        n = shape[axis]
        kind = rng.random()
        if n > 0 and kind < 0.3:
            index = int(rng.integers(-n, n))
            taken.append(index)
            names.append(str(index))
        elif n > 0 and use_arrays and kind < 0.6:
            array = rng.integers(-n, n, picked)
            taken.append(array)
            names.append(f"i{shape_text(array.shape)}={text(array)}")
        elif use_arrays and kind < 0.72 and not mask_used and picked in [(), (1,)]:
            span = 2 if axis + 2 <= lead and rng.random() < 0.5 else 1
            mask = rng.random(shape[axis:axis + span]) < 0.5
            mask_used = True
            taken.append(mask)
            names.append(f"m{shape_text(mask.shape)}={text(mask)}")
            axis += span - 1
        else:
            part, name = random_range(rng, n)
            taken.append(part)
            names.append(name)
        axis += 1
    return tuple(taken), names


def value_shape(rng, shape):
    """A shape that broadcasts to `shape`."""
    kept = shape[int(rng.integers(0, len(shape) + 1)):]
    return tuple(1 if rng.random() < 0.2 else n for n in kept)


def cases(rng):
    seen = set()
    for number in range(900):
        shape = SHAPES[number % len(SHAPES)]
        indices, names = random_indices(rng, shape, use_arrays=number % 3 != 0)
        line = (shape, tuple(names))
        if line in seen:
            continue
        seen.add(line)
        source = np.arange(int(np.prod(shape))).reshape(shape)
        try:
            result = source[indices]
        except IndexError:
            continue
        head = [shape_text(shape), " ".join(names)]
        yield "\t".join(["get", *head, shape_text(result.shape), text(result)])
        if number % 2 == 0:
            value = -1 - np.arange(int(np.prod(value_shape_ := value_shape(rng, result.shape))))
            value = value.reshape(value_shape_)
            changed = source.copy()
            changed[indices] = value
            yield "\t".join(["set", *head, shape_text(value.shape), text(changed)])


if __name__ == "__main__":
    folder = os.path.dirname(os.path.abspath(__file__))
    lines = list(cases(np.random.default_rng(7)))
    with open(os.path.join(folder, "indexing.txt"), "w") as file:
        file.write("\n".join(lines) + "\n")
