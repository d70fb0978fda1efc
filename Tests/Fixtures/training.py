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


def layer_case(random, name, layer, x, names=None, **options):
    """Output and gradients of `sum(layer(x) * c)`; `names` are ours of PyTorch's parameters, others are zero."""
    parameters = dict(layer.named_parameters())
    if names is not None:
        with torch.no_grad():
            for parameter in parameters.values():
                parameter.zero_()
        parameters = {ours: parameters[theirs] for theirs, ours in names.items()}
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
    norm = {"weight": "scale", "bias": "bias"}
    for shape, channels in [((3, 2, 4, 5), 2), ((6, 3), 3), ((2, 4, 7), 4)]:
        for mode in [1, 0]:
            layer = {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d}[len(shape)](channels).train(bool(mode))
            cases.append(layer_case(random, "batchNorm", layer, single(random, *shape), norm, training=mode))
    for shape in [(3, 5), (2, 3, 40)]:
        cases.append(layer_case(random, "layerNorm", nn.LayerNorm(shape[-1:]), single(random, *shape), norm))
        cases.append(layer_case(random, "rmsNorm", nn.RMSNorm(shape[-1:], 1e-5), single(random, *shape),
                                {"weight": "scale"}))
    for shape, window, stride, padding, counts in [((2, 2, 6, 6), 2, 2, 0, 1), ((1, 2, 7, 5), 3, 2, 1, 0)]:
        layer = nn.AvgPool2d(window, stride, padding, count_include_pad=bool(counts))
        cases.append(layer_case(random, "averagePool2D", layer, single(random, *shape), window=window, stride=stride,
                                padding=padding, counts=counts))
    cases.append(layer_case(random, "globalAveragePool", Function(lambda x: x.mean((2, 3))), single(random, 2, 3, 4, 5)))
    for layers, major in [(1, 0), (2, 0), (2, 1)]:
        names = {}
        for l in range(layers):
            names |= {f"weight_ih_l{l}": f"layers.{l}.inputWeight", f"weight_hh_l{l}": f"layers.{l}.hiddenWeight",
                      f"bias_ih_l{l}": f"layers.{l}.bias"}
        layer = FirstOf(nn.LSTM(3, 5, layers, batch_first=bool(major)))
        names = {"layer." + theirs: ours for theirs, ours in names.items()}
        cases.append(layer_case(random, "lstm", layer, single(random, 4, 2, 3), names, hidden=5, layers=layers, major=major))
    for causal, biased in [(0, 1), (1, 0)]:
        layer = SelfAttention(8, 2, causal, biased)
        names = {"layer.in_proj_weight": "projection.weight", "layer.out_proj.weight": "output.weight"}
        if biased:
            names |= {"layer.in_proj_bias": "projection.bias", "layer.out_proj.bias": "output.bias"}
        cases.append(layer_case(random, "attention", layer, single(random, 2, 5, 8), names, features=8, heads=2,
                                causal=causal, bias=biased))
    write("layers", cases)


class FirstOf(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]


class SelfAttention(nn.Module):
    def __init__(self, features, heads, causal, biased):
        super().__init__()
        self.layer = nn.MultiheadAttention(features, heads, bias=bool(biased), batch_first=True)
        self.causal = causal

    def forward(self, x):
        mask = ~torch.ones(x.shape[1], x.shape[1]).tril().bool() if self.causal else None
        return self.layer(x, x, x, attn_mask=mask, need_weights=False)[0]


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


class Residual(nn.Module):
    def __init__(self, main, shortcut):
        super().__init__()
        self.main, self.shortcut = main, shortcut

    def forward(self, x):
        return self.main(x) + self.shortcut(x)


def residual_network():
    def convolution(inputs, outputs, kernel, stride=1):
        return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)

    main = nn.Sequential(convolution(4, 3, 1), nn.BatchNorm2d(3), nn.ReLU(), convolution(3, 6, 3, 2), nn.BatchNorm2d(6))
    shortcut = nn.Sequential(convolution(4, 6, 1, 2), nn.BatchNorm2d(6))
    return nn.Sequential(convolution(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), Residual(main, shortcut), nn.ReLU(),
                         Mean(), nn.Linear(6, 4))


class Mean(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


class Attention(nn.Module):
    def __init__(self, features, heads):
        super().__init__()
        self.projection, self.output = nn.Linear(features, 3 * features, False), nn.Linear(features, features, False)
        self.heads = heads

    def forward(self, x):
        batch, time, features = x.shape
        q, k, v = (part.reshape(batch, time, self.heads, -1).transpose(1, 2) for part in self.projection(x).chunk(3, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.output(y.transpose(1, 2).reshape(x.shape))


class Block(nn.Module):
    def __init__(self, features, heads):
        super().__init__()
        self.attentionNorm, self.expansionNorm = nn.LayerNorm(features), nn.LayerNorm(features)
        self.attention = Attention(features, heads)
        self.expand, self.contract = nn.Linear(features, 4 * features, False), nn.Linear(4 * features, features, False)

    def forward(self, x):
        x = x + self.attention(self.attentionNorm(x))
        return x + self.contract(F.gelu(self.expand(self.expansionNorm(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self, vocabulary, context, features, heads, blocks):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, features), nn.Parameter(torch.zeros(context, features))
        self.blocks = nn.ModuleList([Block(features, heads) for _ in range(blocks)])
        self.norm = nn.LayerNorm(features)

    def forward(self, x):
        x = self.tokens(x) + self.positions
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.tokens.weight)


class RecurrentWeights(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.inputWeight, self.hiddenWeight, self.bias = (
            nn.Parameter(torch.zeros(*shape)) for shape in [(4 * hidden, inputs), (4 * hidden, hidden), (4 * hidden,)])


class Recurrent(nn.Module):
    def __init__(self, inputs, hidden, count):
        super().__init__()
        self.layers = nn.ModuleList([RecurrentWeights(inputs if i == 0 else hidden, hidden) for i in range(count)])

    def forward(self, x):
        for weights in self.layers:
            h = c = torch.zeros(x.shape[1], weights.hiddenWeight.shape[1])
            outputs = []
            for step in x:
                z = step @ weights.inputWeight.T + h @ weights.hiddenWeight.T + weights.bias
                i, f, g, o = z.chunk(4, 1)
                c = f.sigmoid() * c + i.sigmoid() * g.tanh()
                h = o.sigmoid() * c.tanh()
                outputs.append(h)
            x = torch.stack(outputs)
        return x


class LanguageModel(nn.Module):
    def __init__(self, vocabulary, hidden, count):
        super().__init__()
        self.tokens, self.lstm = nn.Embedding(vocabulary, hidden), Recurrent(hidden, hidden, count)
        self.scores = nn.Linear(hidden, vocabulary)

    def forward(self, x):
        return self.scores(self.lstm(self.tokens(x)))


def our_parameters(model):
    """Parameters by our paths, in the order of those: the factor of a norm is a scale, not a weight."""
    norms = tuple(name for name, module in model.named_modules() if isinstance(module, (nn.LayerNorm, nn.BatchNorm2d)))
    ours = {}
    for name, parameter in model.named_parameters():
        owner, _, leaf = name.rpartition(".")
        ours[f"{owner}.scale" if leaf == "weight" and owner in norms else name] = parameter
    return dict(sorted(ours.items()))


def start(model):
    """Weights of about the size 1 / sqrt(inputs), rounded to a power of two."""
    with torch.no_grad():
        for index, parameter in enumerate(our_parameters(model).values()):
            inputs = np.prod(parameter.shape[1:]) if parameter.dim() > 1 else 16
            parameter.copy_(sequence(parameter.shape, index + 1, 2.0 ** -round(np.log2(inputs) / 2)))


OPTIMIZERS = {
    "sgd": lambda p, n: torch.optim.SGD(p, n["learningRate"], n.get("momentum", 0), 0, n.get("weightDecay", 0),
                                        bool(n.get("nesterov", 0))),
    "adam": lambda p, n: torch.optim.Adam(p, n["learningRate"], (n["beta1"], n["beta2"]), n["epsilon"], n["weightDecay"]),
    "adamW": lambda p, n: torch.optim.AdamW(p, n["learningRate"], (n["beta1"], n["beta2"]), n["epsilon"],
                                            n["weightDecay"]),
    "rmsProp": lambda p, n: torch.optim.RMSprop(p, n["learningRate"], n["decay"], n["epsilon"], n["weightDecay"]),
    "adaGrad": lambda p, n: torch.optim.Adagrad(p, n["learningRate"], 0, n["weightDecay"], 0, n["epsilon"]),
}


def training(name, model, batch, optimizer="sgd", steps=5, vocabulary=0, **options):
    start(model)
    ours, numbers_ = our_parameters(model), {"learningRate": 0.125} | options
    rule = OPTIMIZERS[optimizer](list(ours.values()), numbers_)
    losses = []
    for step in range(steps):
        if vocabulary:
            places = torch.arange(batch[0] * batch[1])
            x = ((places * places + 5 * places + 3 * step) % vocabulary).reshape(batch)
            labels = (7 * places + 3 * step) % vocabulary
        else:
            x = sequence(batch, 100 + step, 1)
            labels = torch.tensor([(7 * row + 3 * step) % 4 for row in range(batch[0])])
        scores = model(x)
        loss = F.cross_entropy(scores.reshape(-1, scores.shape[-1]), labels)
        rule.zero_grad()
        loss.backward()
        rule.step()
        losses.append(loss.item())
    ends = {}
    for path, parameter in ours.items():
        flat = parameter.detach().flatten()
        places = [index * (len(flat) - 1) // 7 for index in range(8)]
        ends[path] = {"sum": flat.sum().item(), "squares": (flat * flat).sum().item(), "sample": numbers(flat[places])}
    states = {name: numbers(value) for name, value in model.named_buffers() if "running" in name}
    return {"model": name, "batch": list(batch), "optimizer": optimizer, "numbers": numbers_, "vocabulary": vocabulary,
            "losses": losses, "ends": ends, "states": states}


def trainings():
    cases = [training("mlp", mlp(), (5, 6), **options) for options in [
        {}, {"momentum": 0.875}, {"momentum": 0.875, "nesterov": 1}, {"weightDecay": 0.0625},
        {"momentum": 0.5, "weightDecay": 0.0625}, {"momentum": 0.5, "weightDecay": 0.0625, "nesterov": 1}]]
    cases.append(training("lenet", lenet(), (16, 1, 28, 28), learningRate=0.0625, momentum=0.875))
    moments = {"learningRate": 0.01, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-4}
    for options in [{"optimizer": "adam", "weightDecay": 0.0}, {"optimizer": "adam", "weightDecay": 0.1},
                    {"optimizer": "adamW", "weightDecay": 0.1}]:
        cases.append(training("mlp", mlp(), (5, 6), steps=10, **moments, **options))
    for name, options in [("rmsProp", {"decay": 0.9}), ("adaGrad", {})]:
        cases.append(training("mlp", mlp(), (5, 6), name, 10, learningRate=0.01, epsilon=1e-4, weightDecay=0.1, **options))
    cases.append(training("residual", residual_network(), (4, 3, 8, 8), momentum=0.875))
    cases.append(training("gpt", GPT(11, 6, 8, 2, 2), (3, 6), vocabulary=11, learningRate=0.25))
    cases.append(training("gpt", GPT(11, 6, 8, 2, 2), (3, 6), "adamW", vocabulary=11, **moments, weightDecay=0.1))
    cases.append(training("lstm", LanguageModel(13, 6, 2), (4, 3), vocabulary=13, learningRate=0.5))
    write("training", cases)


def write(name, cases):
    with open(os.path.join(HERE, name + ".json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
    print(name, len(cases), "cases")


if __name__ == "__main__":
    layers()
    trainings()
