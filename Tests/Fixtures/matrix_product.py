"""Writes Tests/Fixtures/matrix_product.txt: convolutions by SciPy and products by NumPy.

Each line is `name | integers | x | w | result`, numbers separated by spaces. Operands are small
integers, so every result is exact in every dtype of float32 or wider.
"""

import pathlib

import numpy as np
from scipy.signal import correlate

random = np.random.default_rng(1)


def small(*shape):
    return random.integers(-4, 5, shape).astype(np.float64)


def line(name, numbers, *arrays):
    fields = [name, " ".join(map(str, numbers))]
    fields += [" ".join(str(int(v)) for v in a.ravel()) for a in arrays]
    return " | ".join(fields)


def convolution(x, w, stride, begin, end, dilation, groups):
    """Cross-correlation with SciPy on the padded input and the dilated kernel."""
    axes = x.ndim - 2
    padded = np.pad(x, [(0, 0), (0, 0)] + list(zip(begin, end)))
    spread = np.zeros(w.shape[:2] + tuple((k - 1) * d + 1 for k, d in zip(w.shape[2:], dilation)))
    spread[(slice(None), slice(None)) + tuple(slice(None, None, d) for d in dilation)] = w
    outputs, channels = w.shape[0] // groups, w.shape[1]
    images = []
    for image in padded:
        rows = []
        for o in range(w.shape[0]):
            group = image[o // outputs * channels:][:channels]
            full = correlate(group, spread[o], mode="valid", method="direct")[0]
            rows.append(full[tuple(slice(None, None, s) for s in stride)])
        images.append(rows)
    return np.array(images).reshape((x.shape[0], w.shape[0]) + np.array(images).shape[2:][:axes])


lines = []
for m, n, k in [(3, 5, 4), (17, 33, 40), (1, 20, 9), (30, 1, 50)]:
    a, b = small(m, k), small(k, n)
    lines.append(line("product", [m, n, k], a, b, a @ b))
for x, w, stride, begin, end, dilation, groups in [
    ((2, 3, 11), (4, 3, 3), (1,), (0,), (0,), (1,), 1),
    ((2, 4, 13), (6, 2, 3), (2,), (1,), (2,), (2,), 2),
    ((2, 3, 8, 9), (5, 3, 3, 2), (1, 1), (1, 0), (1, 1), (1, 1), 1),
    ((1, 4, 12, 10), (4, 1, 3, 3), (2, 3), (1, 2), (0, 1), (2, 1), 4),
    ((1, 2, 5, 6, 7), (3, 2, 2, 3, 2), (1, 2, 1), (1, 1, 0), (0, 1, 1), (1, 1, 2), 1),
]:
    xs, ws = small(*x), small(*w)
    y = convolution(xs, ws, stride, begin, end, dilation, groups)
    numbers = [len(stride), groups, *x, *w, *stride, *begin, *end, *dilation]
    lines.append(line("convolution", numbers, xs, ws, y))
pathlib.Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")
