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

class ByMpmath(torch.autograd.Function):
    """A function that PyTorch has not, or whose gradient overflows on the way there."""

    @staticmethod
    def forward(ctx, x, value, slope):
        ctx.save_for_backward(x)
        ctx.slope = slope
        return torch.tensor([value(v) for v in x.reshape(-1).tolist()], dtype=x.dtype).reshape(x.shape)

    @staticmethod
    def backward(ctx, dy):
        x, = ctx.saved_tensors
        slopes = [ctx.slope(v) for v in x.reshape(-1).tolist()]
        return dy * torch.tensor(slopes, dtype=x.dtype).reshape(x.shape), None, None


def rounded(function, above, below, pole, isGamma=False):
    """A function of a float64 by mpmath: at the infinities and at poles these are its values, where
    the result is no real number it is NaN. mpmath never ends for large arguments of gamma and its
    derivatives, which are poles below zero, and above it infinite or nearly nothing."""
    def at(x):
        if math.isnan(x):
            return x
        if math.isinf(x):
            return above if x > 0 else below
        if abs(x) > 1e15 and isGamma:
            return (above if abs(above) == INF else 1 / x) if x > 0 else pole
        try:
            with mpmath.workdps(60):
                value = function(mpmath.mpf(x))
        except (ValueError, ZeroDivisionError):
            return pole
        if isinstance(value, mpmath.mpc) or mpmath.isnan(value):
            return NAN
        return math.copysign(INF, value) if abs(value) > 1.8e308 else float(value)
    return at


def by_mpmath(value, slope):
    """From the arguments of `rounded` for the function and for its derivative."""
    return lambda x: ByMpmath.apply(x, rounded(*value), rounded(*slope))


def root(x): return mpmath.cbrt(x) if x >= 0 else -mpmath.cbrt(-x)


def sign(x): return 1 if x > 0 else -1


def gamma_slope(x):
    if x == 0:
        return -mpmath.inf
    # Nothing is left of it there, between poles that are nearer than numbers are.
    return mpmath.mpf(0) if x < -300 and x != mpmath.floor(x) else mpmath.gamma(x) * mpmath.digamma(x)


def hard_sigmoid(x): return torch.clip(x * 0.2 + 0.5, 0, 1)


def of_numbers(extremum, a, b):
    """As torch.fmax, but with half the gradient to each of equal numbers, or of two that are NaN."""
    chosen = torch.where(torch.isnan(b), a, torch.where(torch.isnan(a), b, extremum(a, b)))
    return torch.where(torch.isnan(a) & torch.isnan(b), (a + b) / 2, chosen)


def smooth_l1(x): return F.smooth_l1_loss(x, torch.zeros_like(x), reduction="none")


ACCURATE = {
    "acosh": by_mpmath((mpmath.acosh, INF, NAN, NAN), (lambda x: 1 / (
        mpmath.sqrt(x - 1) * mpmath.sqrt(x + 1)) if x >= 1 else mpmath.nan, 0.0, NAN, INF)),
    "asinh": by_mpmath((mpmath.asinh, INF, -INF, NAN), (lambda x: 1 / mpmath.sqrt(x * x + 1), 0.0, 0.0, NAN)),
    "cbrt": by_mpmath((root, INF, -INF, NAN), (lambda x: 1 / (3 * root(x)**2), 0.0, 0.0, INF)),
    "rcbrt": by_mpmath((lambda x: 1 / root(x), 0.0, 0.0, INF),
                       (lambda x: -1 / (3 * x * root(x)), 0.0, 0.0, -INF)),
    "softsign": by_mpmath((lambda x: x / (1 + abs(x)), 1.0, -1.0, NAN),
                          (lambda x: 1 / (1 + abs(x))**2, 0.0, 0.0, NAN)),
    "gamma": by_mpmath((mpmath.gamma, INF, NAN, NAN, True), (gamma_slope, INF, NAN, NAN, True)),
    "digamma": by_mpmath((mpmath.digamma, INF, NAN, NAN, True),
                         (lambda x: mpmath.psi(1, x), 0.0, NAN, INF, True)),
    "polygamma": by_mpmath((lambda x: mpmath.psi(1, x), 0.0, NAN, INF, True),
                           (lambda x: mpmath.psi(2, x) if abs(x) < 1e15 else
                            -1 / x**2 if x > 0 else mpmath.nan, 0.0, NAN, NAN)),
}
UNARY = {
    "abs": torch.abs, "acos": torch.acos, "asin": torch.asin, "atan": torch.atan,
    "cos": torch.cos, "cosh": torch.cosh, "erf": torch.erf, "exp": torch.exp,
    "expm1": torch.expm1, "gelu": F.gelu, "log": torch.log, "log10": torch.log10,
    "log1p": torch.log1p, "log2": torch.log2, "negate": torch.neg, "reciprocal": torch.reciprocal,
    "relu": F.relu, "rsqrt": torch.rsqrt, "sigmoid": torch.sigmoid, "silu": F.silu,
    "sin": torch.sin, "sinh": torch.sinh, "softplus": F.softplus, "sqrt": torch.sqrt,
    "squared": torch.square, "tan": torch.tan, "tanh": torch.tanh, "atanh": torch.atanh,
    "erfinv": torch.erfinv, "logSigmoid": F.logsigmoid, "logGamma": torch.lgamma,
    "degrees": torch.rad2deg, "radians": torch.deg2rad, "mish": F.mish, "hardSigmoid": hard_sigmoid,
    "smoothL1": smooth_l1, "nanToNumber": torch.nan_to_num, "ldexp": lambda x: x * 8,
} | ACCURATE
BINARY = {
    "add": torch.add, "subtract": torch.subtract, "multiply": torch.multiply,
    "divide": torch.divide, "maximum": torch.maximum, "minimum": torch.minimum,
    "power": torch.pow, "atan2": torch.atan2, "hypot": torch.hypot,
    "remainder": torch.remainder, "fmod": torch.fmod, "fmax": lambda a, b: of_numbers(torch.maximum, a, b),
    "fmin": lambda a, b: of_numbers(torch.minimum, a, b),
    "copySign": torch.copysign, "logAddExp": torch.logaddexp,
}
# The derivatives by the first and the second argument.
EXACT = {
    "divide": (lambda a, b: 1 / b, lambda a, b: -a / b**2),
    "atan2": (lambda a, b: b / (a**2 + b**2), lambda a, b: -a / (a**2 + b**2)),
    "remainder": (lambda a, b: 1, lambda a, b: -mpmath.floor(a / b)),
    "fmod": (lambda a, b: 1, lambda a, b: -truncated(a / b)),
    "copySign": (lambda a, b: 0 if a == 0 else sign(a) * sign(b) if b != 0 else None, lambda a, b: 0),
    "hypot": (lambda a, b: a / mpmath.sqrt(a**2 + b**2), lambda a, b: b / mpmath.sqrt(a**2 + b**2)),
}


def truncated(x): return mpmath.floor(x) if x > 0 else mpmath.ceil(x)


def exactly(derivative, a, b):
    """The derivative rounded to float64; None where it is not defined or an argument is not finite."""
    if not (math.isfinite(a) and math.isfinite(b)):
        return None
    with mpmath.workdps(60):
        try:
            value = derivative(mpmath.mpf(a), mpmath.mpf(b))
        except ZeroDivisionError:
            return None
        if value is None:
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
