"""Writes the fixtures of gradients through complex numbers: `python3 Tests/Fixtures/complex_gradients.py`.

Needs PyTorch, which computes them in complex128. Input `k` of a function holds
`sin(0.7 i + k) + 1j * cos(0.3 i - k)` for i = 0, 1, 2, …. `complex_gradients.txt` has one function a line,
fields separated by tabs: name, value, then real and imaginary parts of the gradient of each input.
"""

import os

import torch


def input_(k, *shape):
    i = torch.arange(torch.tensor(shape).prod().item(), dtype=torch.float64)
    return torch.complex(torch.sin(0.7 * i + k), torch.cos(0.3 * i - k)).reshape(shape).requires_grad_()


def arithmetic(a, b):
    z = a * b + a / (b + 3) - b.reciprocal() * a.real
    return (z.abs() + (z * z).imag + z.conj().angle()).sum()


def products(a, b):
    return (a @ b).exp().abs().square().mean() + (a.sum() * b.mean()).real


def spectrum(x, w):
    y = torch.fft.ifft(torch.fft.fft(x, norm="ortho") * w)
    return y.abs().square().sum() + torch.fft.irfft(y, 9).square().sum() + torch.fft.rfft(y.real).imag.sum()


def planes(x, w):
    y = torch.fft.fft2(x) * torch.fft.ifftn(w, s=(4, 5))
    return torch.fft.irfft2(y).square().sum() + torch.fft.hfft(y).abs().sum() + torch.fft.rfft2(y.real).abs().sum()


def moved(x, w):
    y = torch.cat([x.roll(1, 1)[:, ::2], w.flip(0).real.to(x.dtype)], 1)
    y = torch.where(y.real > 0, y, 2j * y)
    return (y.T @ y).abs().sum() + y.tril().imag.square().sum()


def eigen(x, w):
    values, vectors = torch.linalg.eig(x)
    return (values.abs().square().sum() + vectors.abs().square()[0].sum()
            + torch.linalg.eigvals(x @ w).square().sum().real)


CASES = [(arithmetic, [(3, 4), (4,)]), (products, [(2, 3), (3, 4)]), (spectrum, [(2, 7), (7,)]),
         (planes, [(2, 4, 5), (2, 3, 5)]), (moved, [(3, 4), (3, 2)]), (eigen, [(3, 3), (3, 3)])]

if __name__ == "__main__":
    lines = []
    for function, shapes in CASES:
        inputs = [input_(k, *shape) for k, shape in enumerate(shapes)]
        value = function(*inputs)
        parts = [value]
        for gradient in torch.autograd.grad(value, inputs):
            parts += [gradient.real, gradient.imag]
        texts = [";".join(repr(v) for v in t.flatten().tolist()) for t in parts]
        lines.append("\t".join([function.__name__, *texts]))
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "complex_gradients.txt"), "w") as file:
        file.write("\n".join(lines) + "\n")
