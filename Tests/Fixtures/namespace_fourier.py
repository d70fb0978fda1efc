"""The NumPy-style namespace: Fourier transforms, with complex numbers as two arrays of parts."""

import numpy as np

from fixture_file import exact
from namespace import form
from namespace_complex import FLOATS, parts
from namespace_values import unit

LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 19, 30, 31, 32, 49, 64]
NORMS = ["backward", "ortho", "forward"]


def close(fixtures, name, inputs, outputs, text, dtype):
    """Errors of a transform grow with the length of the vector, not with each element."""
    length = max([1e-3] + [float(np.sqrt(np.mean(np.abs(y) ** 2))) for y, _ in outputs if np.size(y)])
    fixtures.add(name, inputs, outputs, text, absolute=24 * unit(dtype) * length)


def lines(fixtures, random):
    for dtype in FLOATS:
        for n in LENGTHS:
            for shape, axis in [((n,), -1), ((18, n), 1), ((n, 3), 0)]:
                if len(shape) > 1 and n not in (1, 4, 5, 12, 17):
                    continue
                norm = NORMS[n % 3]
                text = form(None, axis, norm)
                x = exact(random.normal(size=shape), dtype)
                z = x + 1j * exact(random.normal(size=shape), dtype)
                for name in ["fft", "ifft"]:
                    y = getattr(np.fft, name)(z, axis=axis, norm=norm)
                    close(fixtures, name, parts(z, dtype), parts(y, dtype), text, dtype)
                for name in ["rfft", "ihfft"]:
                    y = getattr(np.fft, name)(x, axis=axis, norm=norm)
                    close(fixtures, name, [(x, dtype)], parts(y, dtype), text, dtype)
                half = np.take(z, range(n // 2 + 1), axis)
                for name in ["irfft", "hfft"]:
                    y = getattr(np.fft, name)(half, n, axis=axis, norm=norm)
                    close(fixtures, name, parts(half, dtype), [(y, dtype)], form(n, axis, norm), dtype)
        for n in [3, 10]:
            x = exact(random.normal(size=(2, 7)), dtype)
            z = x + 1j * exact(random.normal(size=(2, 7)), dtype)
            text = form(n, -1, "backward")
            for name in ["fft", "ifft"]:
                close(fixtures, name, parts(z, dtype), parts(getattr(np.fft, name)(z, n), dtype), text, dtype)
            close(fixtures, "rfft", [(x, dtype)], parts(np.fft.rfft(x, n), dtype), text, dtype)
            close(fixtures, "irfft", parts(z, dtype), [(np.fft.irfft(z, n), dtype)], text, dtype)
        close(fixtures, "fft", [(x, dtype)], parts(np.fft.fft(x), dtype), form(None, -1, "backward"), dtype)
        close(fixtures, "irfft", parts(z, dtype), [(np.fft.irfft(z), dtype)], form(None, -1, "backward"), dtype)


def planes(fixtures, random):
    for dtype in FLOATS:
        for shape, sizes, axes in [((4, 6), None, None), ((2, 3, 5), None, (0, 2)), ((3, 4, 4), (2, 6), (2, 0)),
                                   ((2, 5, 17), None, None)]:
            for norm in NORMS:
                text = form(sizes, axes, norm)
                x = exact(random.normal(size=shape), dtype)
                z = x + 1j * exact(random.normal(size=shape), dtype)
                for name in ["fftn", "ifftn"]:
                    y = getattr(np.fft, name)(z, sizes, axes, norm)
                    close(fixtures, name, parts(z, dtype), parts(y, dtype), text, dtype)
                close(fixtures, "rfftn", [(x, dtype)], parts(np.fft.rfftn(x, sizes, axes, norm), dtype), text, dtype)
                close(fixtures, "irfftn", parts(z, dtype), [(np.fft.irfftn(z, sizes, axes, norm), dtype)], text, dtype)
        x = exact(random.normal(size=(2, 4, 5)), dtype)
        z = x + 1j * exact(random.normal(size=x.shape), dtype)
        for name in ["fft2", "ifft2"]:
            close(fixtures, name, parts(z, dtype), parts(getattr(np.fft, name)(z), dtype), "", dtype)
        close(fixtures, "rfft2", [(x, dtype)], parts(np.fft.rfft2(x), dtype), "", dtype)
        close(fixtures, "irfft2", parts(z, dtype), [(np.fft.irfft2(z), dtype)], "", dtype)


def orders(fixtures, random):
    for dtype in FLOATS:
        for n in [1, 2, 5, 8]:
            for spacing in [1, 0.125]:
                text = form(n, spacing, dtype)
                fixtures.add("frequencies", [], [(np.fft.fftfreq(n, spacing), dtype)], text, ulps=1)
                fixtures.add("realFrequencies", [], [(np.fft.rfftfreq(n, spacing), dtype)], text, ulps=1)
        x = exact(random.normal(size=(4, 5)), dtype)
        for axes in [None, (0,), (1,), (0, 1)]:
            fixtures.add("shifted", [(x, dtype)], [(np.fft.fftshift(x, axes), dtype)], form(axes))
            fixtures.add("unshifted", [(x, dtype)], [(np.fft.ifftshift(x, axes), dtype)], form(axes))


def add_all(fixtures, random):
    for group in [lines, planes, orders]:
        group(fixtures, random)
