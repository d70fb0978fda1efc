"""Writes gradients over the range of a dtype: `python3 Tests/Fixtures/gradient_ranges.py`.

Needs PyTorch, which computes them in float64, from inputs that the dtype holds and for cotangents as
large as those of scaled losses. What is not said here: points whose result the dtype cannot hold.
`gradient_ranges.txt` has one function and dtype a line, fields separated by tabs: name, dtype, what
an error may be besides rounding, inputs, cotangents, gradients of the inputs; lists of inputs are
separated by bars, numbers by semicolons. Rows have three elements.
"""

import os

import numpy as np
import torch
import torch.nn.functional as F

from fixture_file import exact
from gradient_edges import BINARY, UNARY

NAN, INF = float("nan"), float("inf")
# Largest number, smallest one, smallest one of full precision.
RANGES = {"float16": (65504.0, 2.0**-24, 2.0**-14), "bfloat16": (3.38e38, 2.0**-133, 2.0**-126),
          "float32": (3.4e38, 2.0**-149, 2.0**-126), "float64": (1.7e308, 5e-324, 2.3e-308)}
SMALL = [6e-8, -1e-3, 0.5, 3.0, 100.0, -2000.0, 60000.0, 0.0]
WIDE = [1e-18, -1e-3, 0.5, 3.0, 100.0, -2000.0, 1e17, 0.0]
COTANGENTS = {"float16": [2.0**-10, 1024.0, 32768.0], "bfloat16": [65536.0], "float32": [65536.0, -2.0**-10]}
# Results near a limit, from which the derivative is computed, have lost its digits: `result`. Slopes
# may be smaller than the dtype's smallest number, though their product with dy is not: `slope`. An
# exponent less one is rounded before a power is taken: `exponent`. A difference of numbers as large as
# dy has the rounding of float32, in which those of 16 bits are computed: `difference`.
ALLOWED = {name: "result" for name in ["tanh", "sigmoid", "silu", "gelu", "expm1", "softmax"]}
ALLOWED |= {name: "slope" for name in ["exp", "erf", "softplus", "sin", "cos", "sinh", "cosh", "logSumExp", "logAddExp"]}
ALLOWED |= {("power", "float32"): "exponent", "logSoftmax": "difference"}

ROWS = {
    "clip": lambda x: torch.clip(x, -1.0, 2.0), "where": lambda x: torch.where(x > 1, x * 2, x),
    "logSumExp": lambda x: torch.logsumexp(x, -1, keepdim=True), "softmax": lambda x: F.softmax(x, -1),
    "logSoftmax": lambda x: F.log_softmax(x, -1),
    "norm": lambda x: torch.linalg.vector_norm(x, dim=-1, keepdim=True),
    # Not torch.prod, which divides.
    "product": lambda x: x[..., :1] * x[..., 1:2] * x[..., 2:],
    "cumulativeSum": lambda x: torch.cumsum(x, -1), "cumulativeProduct": lambda x: torch.cumprod(x, -1),
    "cumulativeMax": lambda x: torch.cummax(x, -1).values,
    "cumulativeMin": lambda x: torch.cummin(x, -1).values,
}
SPECIAL = [[NAN, 1, 2], [1, NAN, 0], [INF, 1, 2], [-INF, 1, -2], [INF, -INF, 3], [0, 3, 4], [-0.0, 2, 0],
           [1e-310, -1e-310, 1], [1e-310, 2, 3e-320], [1e300, 2, -1e300], [-INF, 3, -INF], [0.5, 1, 1.5]]
MODERATE = [[300, 200, 0.5], [60000, 1e-3, 0.5], [0, 300, 200], [-300, 0.5, 100], [6e-8, 1000, 3],
            [0.25, -2, 7], [0, 3, 4]]
# In 16 bits their logarithms of sums are rounded by as much as the elements are apart.
EQUAL = [[100, 100, 100], [20, 20, 19], [300, 300, 0.001], [60000, 60000, 1], [0, 0, 2]]
# Results that float16 cannot hold, from which the gradient is not made.
UNHELD = ["hypot", "norm", "product", "cumulativeProduct"]


def holds(y, dtype):
    largest, _, normal = RANGES[dtype]
    return torch.isfinite(y) & (y.abs() < largest * 0.98) & ((y == 0) | (y.abs() > normal))


def special(name):
    """The first of equal numbers takes the gradient, not PyTorch's last."""
    if name == "product":
        return SPECIAL + [[0, NAN, 3], [0, 0, INF], [1e200, 1e200, 1e-300], [5e-324, 1e300, 1e10]]
    if name in ["cumulativeMax", "cumulativeMin"]:
        return [x for x in SPECIAL if len(set(x)) == 3]
    return SPECIAL


def text(numbers, digits):
    return ";".join(f"{x:.{digits}g}" for x in numbers)


def line(name, dtype, function, inputs, cotangents, isRow):
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    dy = torch.tensor(cotangents, dtype=torch.float64)
    y = function(*leaves)
    (y * dy[..., :y.shape[-1]]).sum().backward()
    kept = torch.ones(len(inputs[0]), dtype=torch.bool)
    if dtype != "float64" and not (dtype == "float16" and name in UNHELD):
        kept = holds(y, dtype).all(-1) if isRow else holds(y, dtype)
    lists = [np.array(x)[kept.numpy()].reshape(-1) for x in inputs]
    gradients = [x.grad[kept].reshape(-1).tolist() for x in leaves]
    return "\t".join([
        name, dtype, ALLOWED.get((name, dtype), ALLOWED.get(name, "-")),
        "|".join(text(x, 17 if dtype == "float64" else 9) for x in lists),
        text(np.array(cotangents)[kept.numpy()].reshape(-1), 9), "|".join(text(g, 9) for g in gradients)])


def lines():
    for dtype, cotangents in COTANGENTS.items():
        points = exact(SMALL if dtype == "float16" else WIDE, dtype)
        for name, function in UNARY.items():
            yield line(name, dtype, function, [np.tile(points, len(cotangents))],
                       np.repeat(cotangents, len(points)), False)
        a, b = (np.tile(x.reshape(-1), len(cotangents)) for x in np.meshgrid(points, points, indexing="ij"))
        for name, function in BINARY.items():
            yield line(name, dtype, function, [a, b], np.repeat(cotangents, len(points)**2), False)
        for name, function in ROWS.items():
            isTold = name in ["cumulativeMax", "cumulativeMin"] or dtype == "float32"
            rows = exact(MODERATE if isTold else MODERATE + EQUAL, dtype)
            for cotangent in cotangents:
                weights = np.tile(np.array([1, -0.5, 0.25]) * cotangent, (len(rows), 1))
                yield line(name, dtype, function, [rows], weights, True)
    for name, function in ROWS.items():
        rows = np.array(special(name), np.float64)
        yield line(name, "float64", function, [rows], np.tile([1, -2, 3], (len(rows), 1)), True)


if __name__ == "__main__":
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gradient_ranges.txt"), "w") as file:
        file.write("\n".join(lines()) + "\n")
