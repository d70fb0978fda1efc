"""Writes the gradients of elementwise functions at their edges: `python3 Tests/Fixtures/gradient_edges.py`.

Needs PyTorch, which computes them in float64; where its formulas overflow on the way (quotients,
angles and distances of finite numbers), mpmath computes them with 60 digits. `gradient_edges.txt` has
one function a line, fields separated by tabs: name, then the gradient of each input at EDGES, or at
all pairs of PAIRS.
"""

import math
import os

import mpmath
import torch
import torch.nn.functional as F

NAN, INF = float("nan"), float("inf")
EDGES = [NAN, INF, -INF, 0.0, -0.0, 5e-324, -5e-324, 1e-310, 2.2250738585072014e-308, 0.5, -0.5,
         1.0, -1.0, 709.0, -709.0, 745.2, -745.2, 1e300, -1e300]
PAIRS = [NAN, INF, -INF, 0.0, -0.0, 2.2250738585072014e-308, -1e-310, 1.0, -1.0, 2.0, 0.5, -3.0, 1e300]

UNARY = {
    "absolute": torch.abs, "acos": torch.acos, "asin": torch.asin, "atan": torch.atan,
    "cos": torch.cos, "cosh": torch.cosh, "erf": torch.erf, "exp": torch.exp,
    "expm1": torch.expm1, "gelu": F.gelu, "log": torch.log, "log10": torch.log10,
    "log1p": torch.log1p, "log2": torch.log2, "negate": torch.neg, "reciprocal": torch.reciprocal,
    "relu": F.relu, "rsqrt": torch.rsqrt, "sigmoid": torch.sigmoid, "silu": F.silu,
    "sin": torch.sin, "sinh": torch.sinh, "softplus": F.softplus, "sqrt": torch.sqrt,
    "squared": torch.square, "tan": torch.tan, "tanh": torch.tanh, "atanh": torch.atanh,
    "erfinv": torch.erfinv, "logSigmoid": F.logsigmoid, "logGamma": torch.lgamma,
    "degrees": torch.rad2deg, "radians": torch.deg2rad,
}
BINARY = {
    "add": torch.add, "subtract": torch.subtract, "multiply": torch.multiply,
    "divide": torch.divide, "maximum": torch.maximum, "minimum": torch.minimum,
    "power": torch.pow, "atan2": torch.atan2, "hypot": torch.hypot,
}
# The derivatives by the first and the second argument.
EXACT = {
    "divide": (lambda a, b: 1 / b, lambda a, b: -a / b**2),
    "atan2": (lambda a, b: b / (a**2 + b**2), lambda a, b: -a / (a**2 + b**2)),
    "hypot": (lambda a, b: a / mpmath.sqrt(a**2 + b**2), lambda a, b: b / mpmath.sqrt(a**2 + b**2)),
}


def exactly(derivative, a, b):
    """The derivative rounded to float64; None where it is not defined or an argument is not finite."""
    if not (math.isfinite(a) and math.isfinite(b)):
        return None
    with mpmath.workdps(60):
        try:
            value = derivative(mpmath.mpf(a), mpmath.mpf(b))
        except ZeroDivisionError:
            return None
        return math.copysign(INF, value) if abs(value) > 1.8e308 else float(value)


def line(name, function, inputs):
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    function(*leaves).sum().backward()
    gradients = [x.grad.tolist() for x in leaves]
    for gradient, derivative in zip(gradients, EXACT.get(name, ())):
        for place, (a, b) in enumerate(zip(*inputs)):
            value = exactly(derivative, a, b)
            gradient[place] = gradient[place] if value is None else value
    return "\t".join([name] + [";".join(map(repr, x)) for x in gradients])


if __name__ == "__main__":
    pairs = [[a for a in PAIRS for _ in PAIRS], PAIRS * len(PAIRS)]
    lines = [line(name, function, [EDGES]) for name, function in UNARY.items()]
    lines += [line(name, function, pairs) for name, function in BINARY.items()]
    with open(os.path.join(os.path.dirname(__file__), "gradient_edges.txt"), "w") as file:
        file.write("\n".join(lines) + "\n")
