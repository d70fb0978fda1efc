"""Writes the fixtures of gradients of composite functions: `python3 Tests/Fixtures/autograd.py`.

Needs PyTorch, which computes them in float64. Input `k` of a function holds `sin(0.7 i + k)` for
i = 0, 1, 2, …. `autograd.txt` has one function a line, fields separated by tabs: name, value, then the
gradient of each input.
"""

import os

import torch
import torch.nn.functional as F

LABELS = torch.tensor([2, 0, 1, 2])


def input_(k, *shape):
    count = torch.tensor(shape).prod().item()
    values = torch.sin(0.7 * torch.arange(count, dtype=torch.float64) + k)
    return values.reshape(shape).requires_grad_()


def perceptron(x, w1, scale, w2):
    h = F.gelu(F.layer_norm(x @ w1.T, [6], eps=1e-5) * scale)
    return F.cross_entropy(h @ w2.T, LABELS)


def attention(q, k, v):
    return ((q @ k.transpose(-1, -2) / 5**0.5).softmax(-1) @ v).square().sum()


def distances(x, y):
    d = (x[:, None, :] - y[None]).square().sum(-1)
    return (torch.logsumexp(-d, 1) * d.min(1).values.sqrt()).sum()


def picked(x, y):
    z = x.clone()
    z[[2, 0]] = y
    z[:, 1::2] *= 2
    z = torch.where(z > 0.5, z * z, z)
    return (z[z > -0.5].sum() + z[..., -1].prod() + (z[1:] / (3 + z[:-1])).sum()) * z.std()


def penalty(x, w):
    out = torch.tanh(x @ w.T).sum()
    (slope,) = torch.autograd.grad(out, x, create_graph=True)
    return ((slope.square().sum(1) + 1e-3).sqrt() - 1).square().mean() + out * 0.1


CASES = [
    (perceptron, [(4, 5), (6, 5), (6,), (3, 6)]),
    (attention, [(2, 3, 5), (2, 4, 5), (2, 4, 5)]),
    (distances, [(4, 3), (5, 3)]),
    (picked, [(3, 4), (4,)]),
    (penalty, [(4, 3), (2, 3)]),
]

if __name__ == "__main__":
    lines = []
    for function, shapes in CASES:
        inputs = [input_(k, *shape) for k, shape in enumerate(shapes)]
        value = function(*inputs)
        gradients = torch.autograd.grad(value, inputs)
        texts = [";".join(repr(v) for v in t.flatten().tolist()) for t in [value, *gradients]]
        lines.append("\t".join([function.__name__, *texts]))
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "autograd.txt"), "w") as file:
        file.write("\n".join(lines) + "\n")
