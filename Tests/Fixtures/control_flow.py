"""Writes control_flow.txt: jax.lax.scan, while_loop, cond and map with gradients, in float64.

Each block is a name, then lines `<array>: <numbers>`; the Swift test computes the same from the
same inputs. Run with a Python that has JAX: python3 control_flow.py
"""

import os

os.environ["JAX_ENABLE_X64"] = "1"

import jax
import jax.numpy as np
from jax import lax


def inputs(*shapes):
    """Numbers that Swift makes by the same formula: sin(0.7 i + 0.3 k) for element i of array k."""
    return [
        np.sin(0.7 * np.arange(int(np.prod(np.array(s)))) + 0.3 * k).reshape(s)
        for k, s in enumerate(shapes)
    ]


def scan(reverse):
    def f(h, xs, w, u):
        def step(h, x):
            h = np.tanh(h @ w + x @ u)
            return h, h * x.sum()

        last, all_ = lax.scan(step, h, xs, reverse=reverse)
        return (last * np.arange(last.size).reshape(last.shape)).sum() + (all_**2).sum()

    return f, inputs((2, 3), (5, 2, 2), (3, 3), (2, 3))


def gated():
    def f(h, c, xs, w):
        def step(state, x):
            h, c = state
            gates = np.concatenate([h, x]) @ w
            i, o, g = gates[:3], gates[3:6], gates[6:]
            c = c * jax.nn.sigmoid(o) + jax.nn.sigmoid(i) * np.tanh(g)
            h = np.tanh(c)
            return (h, c), h

        (h, c), all_ = lax.scan(step, (h, c), xs)
        return (h * c).sum() + (all_**3).sum()

    return f, inputs((3,), (3,), (4, 2), (5, 9))


def cond():
    def f(x, y):
        a = lax.cond(x.sum() > 0, lambda: x * y, lambda: np.exp(y))
        b = lax.cond(y.sum() > 100, lambda: x, lambda: y * y)
        return (a * b).sum()

    return f, inputs((4,), (4,))


def mapped():
    def f(xs, w):
        rows = lax.map(lambda row: np.tanh(row * w).cumsum(), xs)
        return (rows**2).sum()

    return f, inputs((3, 4), (4,))


def nested():
    def f(h, xs, w):
        def outer(h, row):
            def inner(g, x):
                g = lax.cond(g.sum() > 0, lambda: g * w * x, lambda: g - w)
                return g, g.sum()

            g, sums = lax.scan(inner, h, row)
            return g * 0.5 + h, sums

        last, all_ = lax.scan(outer, h, xs)
        return last.sum() + (all_**2).sum()

    return f, inputs((3,), (4, 5), (3,))


def loop(count):
    """A while_loop of JAX has no reverse gradient; fori_loop with known bounds is the same."""

    def f(x, w):
        return lax.fori_loop(0, count, lambda i, y: np.sin(y * w) + w**2 * y, x).sum()

    return f, inputs((3,), (3,))


def write(file, name, case):
    f, arguments = case
    value, gradients = jax.value_and_grad(f, argnums=tuple(range(len(arguments))))(*arguments)
    print(name, file=file)
    print("value:", repr(float(value)), file=file)
    for index, gradient in enumerate(gradients):
        numbers = " ".join(repr(float(x)) for x in gradient.reshape(-1))
        print(f"gradient {index}:", numbers, file=file)


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "control_flow.txt"), "w") as file:
    print(f"# jax {jax.__version__}", file=file)
    write(file, "scan", scan(False))
    write(file, "scan reversed", scan(True))
    write(file, "gated", gated())
    write(file, "cond", cond())
    write(file, "map", mapped())
    write(file, "nested", nested())
    for count in (0, 1, 6):
        write(file, f"whileLoop {count}", loop(count))
