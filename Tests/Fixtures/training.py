"""Layers, optimizers and short trainings, by PyTorch in float64.

Needs PyTorch, which most other fixtures do not: `python3 Tests/Fixtures/training.py` with a Python
that has it writes `layers.json` and `training.json`. Inputs are exact in float32; outputs are
rounded to nine digits.

`training.json` holds no weights and no data: both sides compute them by `sequence`. Of the weights
after training it holds the sum, the sum of the squares and eight elements.
"""

import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_default_dtype(torch.float64)


def sequence(shape, seed, scale):
    """The same numbers in every language: a quadratic congruence, exact in float32."""
    i = np.arange(np.prod(shape, dtype=np.int64), dtype=np.int64)
    numbers = (i * i % 65537 * 31 + i * 40503 + seed * 9973) % 65537 - 32768
    return torch.tensor((numbers / 32768 * scale).reshape(shape))


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def single(random, *shape):
    return torch.tensor(random.normal(0, 1, shape).astype(np.float32).round(3).astype(np.float32).astype(np.float64))


def layer_case(random, name, layer, x, **options):
    """Output and gradients of `sum(layer(x) * c)`."""
    parameters = dict(layer.named_parameters())
    with torch.no_grad():
        for parameter in parameters.values():
            parameter.copy_(single(random, *parameter.shape))
    x.requires_grad_()
    y = layer(x)
    c = single(random, *y.shape)
    (y * c).sum().backward()
    case = {"layer": name, "options": options, "inputShape": list(x.shape), "input": numbers(x),
            "outputShape": list(y.shape), "output": numbers(y), "cotangent": numbers(c),
            "inputGradient": numbers(x.grad), "parameters": {}}
    for key, parameter in parameters.items():
        case["parameters"][key] = {"shape": list(parameter.shape), "value": numbers(parameter),
                                   "gradient": numbers(parameter.grad)}
    return case


def layers():
    random = np.random.default_rng(20240701)
    cases = []
    for shape, outputs, bias in [((4, 3), 5, 1), ((2, 3, 4), 2, 0), ((1, 1), 1, 1), ((6,), 3, 1)]:
        cases.append(layer_case(random, "dense", nn.Linear(shape[-1], outputs, bias=bool(bias)),
                                single(random, *shape), outputs=outputs, bias=bias))
    for shape, channels, kernel, stride, padding, dilation, groups, bias in [
            ((2, 1, 6, 6), 3, 3, 1, 0, 1, 1, 1), ((1, 2, 7, 8), 4, 3, 2, 1, 1, 1, 1), ((2, 2, 7, 7), 2, 3, 1, 2, 2, 1, 1),
            ((1, 4, 5, 6), 6, 3, 1, 1, 1, 2, 1), ((2, 3, 5, 5), 3, 2, 2, 0, 1, 3, 0), ((1, 3, 4, 4), 2, 1, 1, 0, 1, 1, 1),
            ((1, 2, 9, 8), 4, 3, 2, 2, 3, 2, 1)]:
        layer = nn.Conv2d(shape[1], channels, kernel, stride, padding, dilation, groups, bool(bias))
        cases.append(layer_case(random, "conv2D", layer, single(random, *shape), channels=channels, kernel=kernel,
                                stride=stride, padding=padding, dilation=dilation, groups=groups, bias=bias))
    for shape, window, stride, padding in [((2, 2, 6, 6), 2, 2, 0), ((1, 2, 7, 5), 3, 2, 1), ((1, 1, 5, 5), 3, 1, 0)]:
        cases.append(layer_case(random, "maxPool2D", nn.MaxPool2d(window, stride, padding), single(random, *shape),
                                window=window, stride=stride, padding=padding))
    for shape in [(2, 3, 4, 5), (3, 4), (2,)]:
        cases.append(layer_case(random, "flatten", nn.Flatten() if len(shape) > 1 else nn.Unflatten(0, (2, 1)),
                                single(random, *shape)))
    for name, layer in [("relu", nn.ReLU()), ("sigmoid", nn.Sigmoid()), ("tanh", nn.Tanh()), ("gelu", nn.GELU()),
                        ("gelu tanh", nn.GELU("tanh")), ("silu", nn.SiLU()), ("softplus", nn.Softplus())]:
        cases.append(layer_case(random, name, layer, 3 * single(random, 3, 8)))
    for batch, classes, scale in [(4, 10, 1), (3, 2, 30), (1, 1, 1)]:
        labels = random.integers(0, classes, batch)
        loss = lambda x: F.cross_entropy(x, torch.tensor(labels), reduction="none")
        cases.append(layer_case(random, "softmaxCrossEntropy", Function(loss), scale * single(random, batch, classes),
                                **{f"label{index}": int(label) for index, label in enumerate(labels)}))
    write("layers", cases)


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def mlp():
    return nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 4))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(800, 500), nn.ReLU(), nn.Linear(500, 10))


def start(model):
    """Weights of about the size 1 / sqrt(inputs), rounded to a power of two."""
    with torch.no_grad():
        for index, parameter in enumerate(model.parameters()):
            inputs = np.prod(parameter.shape[1:]) if parameter.dim() > 1 else 16
            parameter.copy_(sequence(parameter.shape, index + 1, 2.0 ** -round(np.log2(inputs) / 2)))


def training(name, model, batch, rate, momentum=0.0, nesterov=False, decay=0.0, steps=5):
    start(model)
    optimizer = torch.optim.SGD(model.parameters(), rate, momentum, 0, decay, nesterov)
    losses = []
    for step in range(steps):
        x = sequence(batch, 100 + step, 1)
        labels = torch.tensor([(7 * row + 3 * step) % 4 for row in range(batch[0])])
        loss = F.cross_entropy(model(x), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    ends = {}
    for path, parameter in model.named_parameters():
        flat = parameter.detach().flatten()
        places = [index * (len(flat) - 1) // 7 for index in range(8)]
        ends[path] = {"sum": flat.sum().item(), "squares": (flat * flat).sum().item(), "sample": numbers(flat[places])}
    return {"model": name, "batch": list(batch), "learningRate": rate, "momentum": momentum, "nesterov": nesterov,
            "weightDecay": decay, "losses": losses, "ends": ends}


def trainings():
    cases = [training("mlp", mlp(), (5, 6), 0.125, **options) for options in [
        {}, {"momentum": 0.875}, {"momentum": 0.875, "nesterov": True}, {"decay": 0.0625},
        {"momentum": 0.5, "decay": 0.0625}, {"momentum": 0.5, "decay": 0.0625, "nesterov": True}]]
    cases.append(training("lenet", lenet(), (16, 1, 28, 28), 0.0625, momentum=0.875))
    write("training", cases)


def write(name, cases):
    with open(os.path.join(HERE, name + ".json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(name, len(cases), "cases")


if __name__ == "__main__":
    layers()
    trainings()
