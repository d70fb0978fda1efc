"""Layers of one to three axes, by PyTorch in float64: `layer_breadth.json`.

Needs PyTorch: `python3 Tests/Fixtures/layer_breadth.py` with a Python that has it. The file holds no
inputs, cotangents and parameters: both sides compute them by `sequence`, the parameters in the order
of our paths. Outputs and gradients are rounded to seven digits.
"""

import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_default_dtype(torch.float64)
CASES = []


def sequence(shape, seed, scale=1.0):
    """The same numbers in every language: a quadratic congruence, exact in float32."""
    i = np.arange(np.prod(shape, dtype=np.int64), dtype=np.int64)
    numbers = (i * i % 65537 * 31 + i * 40503 + seed * 9973) % 65537 - 32768
    return torch.tensor((numbers / 32768 * scale).reshape(shape))


def numbers(tensor):
    return [float(f"{value:.7g}") for value in tensor.detach().flatten().tolist()]


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def case(name, layer, shape, names=None, scale=1.0, training=0, **options):
    """`names` are ours of PyTorch's parameters; without, they are the same."""
    if not isinstance(layer, nn.Module):
        layer = Function(layer)
    layer.train(bool(training))
    theirs = dict(layer.named_parameters())
    names = names or {path: path for path in theirs}
    parameters = {names[path]: theirs[path] for path in theirs if path in names}
    with torch.no_grad():
        for index, (path, parameter) in enumerate(sorted(parameters.items())):
            parameter.copy_(sequence(parameter.shape, index + 3, 0.5))
    x = sequence(shape, 1, scale).requires_grad_()
    y = layer(x)
    (y * sequence(y.shape, 2)).sum().backward()
    options = {key: value if isinstance(value, (list, tuple)) else [value] for key, value in options.items()}
    CASES.append({
        "layer": name, "options": options, "shape": list(shape), "scale": scale, "training": training,
        "outputShape": list(y.shape), "output": numbers(y),
        "inputGradient": numbers(x.grad if x.grad is not None else torch.zeros_like(x)),
        "parameters": {path: {"shape": list(parameter.shape), "gradient": numbers(parameter.grad)}
                       for path, parameter in parameters.items()}})


def convolutions():
    conv = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
    transposed = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
    for shape, channels, kernel, stride, padding, dilation, groups in [
            ((2, 4, 9), 6, [3], [2], [1], [1], 2), ((1, 3, 11), 4, [4], [1], [0], [2], 1),
            ((1, 2, 7, 8), 4, [3, 2], [2, 1], [1, 0], [1, 2], 1), ((2, 4, 6, 5), 6, [1, 3], [1, 2], [0, 1], [1, 1], 2),
            ((1, 2, 4, 5, 6), 4, [2, 3, 3], [1, 2, 1], [0, 1, 1], [1, 1, 1], 1),
            ((2, 4, 3, 4, 4), 4, [2, 2, 1], [1, 1, 2], [1, 0, 0], [2, 1, 1], 2),
            ((1, 16, 3, 4, 4), 16, [2, 3, 3], [1, 1, 1], [0, 1, 1], [1, 1, 1], 1)]:
        axes = len(kernel)
        case(f"conv{axes}D", conv[axes](shape[1], channels, kernel, stride, padding, dilation, groups), shape,
             channels=channels, kernel=kernel, stride=stride, padding=padding, dilation=dilation, groups=groups)
    for shape, kernel, dilation in [((1, 2, 7), [4], [1]), ((1, 2, 5, 6), [3, 2], [2, 3]), ((1, 2, 3, 4, 3), [3, 2, 1], [1, 1, 1])]:
        axes = len(kernel)
        case(f"conv{axes}D same", conv[axes](2, 3, kernel, padding="same", dilation=dilation), shape, channels=3,
             kernel=kernel, stride=[1] * axes, dilation=dilation)
    # TensorFlow's rule for windows three apart: 5 and 6 long, a kernel of 3 and a stride of 2.
    layer = nn.Conv2d(2, 3, 3, 2)
    pad = nn.Sequential(nn.ZeroPad2d((0, 1, 1, 1)), layer)
    case("conv2D same", pad, (1, 2, 5, 6), {"1.weight": "weight", "1.bias": "bias"}, channels=3, kernel=[3, 3],
         stride=[2, 2], dilation=[1, 1])
    for shape, channels, kernel, stride, padding, output, dilation, groups in [
            ((2, 4, 5), 6, [3], [2], [1], [1], [1], 2), ((1, 3, 4), 2, [4], [3], [0], [2], [2], 1),
            ((1, 4, 3, 4), 2, [3, 2], [2, 1], [1, 0], [1, 0], [1, 2], 2), ((2, 2, 4, 3), 3, [4, 4], [2, 2], [1, 1], [0, 0], [1, 1], 1),
            ((1, 2, 2, 3, 2), 3, [2, 3, 2], [1, 2, 2], [0, 1, 0], [0, 1, 1], [1, 1, 1], 1)]:
        axes = len(kernel)
        layer = transposed[axes](shape[1], channels, kernel, stride, padding, output, groups, True, dilation)
        case(f"convTransposed{axes}D", layer, shape, channels=channels, kernel=kernel, stride=stride, padding=padding,
             output=output, dilation=dilation, groups=groups)
    for shape, kernel, stride, padding, multiplier in [
            ((2, 3, 7), [3], [2], [1], 2), ((1, 4, 5, 6), [3, 3], [1, 2], [1, 1], 1), ((1, 2, 3, 4, 3), [2, 2, 2], [1, 1, 1], [0, 0, 0], 2)]:
        axes, inputs = len(kernel), shape[1]
        layer = conv[axes](inputs, inputs * multiplier, kernel, stride, padding, groups=inputs)
        case(f"depthwise{axes}D", layer, shape, kernel=kernel, stride=stride, padding=padding, multiplier=multiplier)
        pair = nn.Sequential(conv[axes](inputs, inputs * multiplier, kernel, stride, padding, groups=inputs, bias=False),
                             conv[axes](inputs * multiplier, 5, 1))
        case(f"separable{axes}D", pair, shape,
             {"0.weight": "depthwise.weight", "1.weight": "pointwise.weight", "1.bias": "pointwise.bias"},
             kernel=kernel, stride=stride, padding=padding, multiplier=multiplier)


def pooling():
    largest = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
    mean = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}
    for shape, window, stride, padding, dilation, ceil in [
            ((2, 2, 9), [3], [2], [1], [1], 0), ((1, 2, 8), [3], [2], [0], [2], 1), ((1, 2, 6, 7), [2, 3], [2, 2], [1, 1], [1, 1], 1),
            ((1, 2, 4, 5, 5), [2, 2, 3], [2, 1, 2], [0, 1, 1], [1, 1, 1], 0), ((1, 1, 5, 5, 4), [2, 2, 2], [2, 2, 2], [0, 0, 0], [1, 1, 1], 1)]:
        axes = len(window)
        case(f"maxPool{axes}D", largest[axes](window, stride, padding, dilation, False, bool(ceil)), shape, window=window,
             stride=stride, padding=padding, dilation=dilation, ceil=ceil)
    for shape, window, stride, padding, ceil, counts in [
            ((2, 2, 9), [3], [2], [1], 0, 1), ((1, 2, 8), [3], [2], [1], 1, 0), ((1, 2, 6, 7), [2, 3], [2, 2], [1, 1], 1, 1),
            ((1, 2, 4, 5, 5), [2, 2, 3], [2, 1, 2], [0, 1, 1], 0, 0), ((1, 1, 5, 5, 4), [2, 2, 2], [2, 2, 2], [0, 0, 0], 1, 1)]:
        axes = len(window)
        case(f"averagePool{axes}D", mean[axes](window, stride, padding, bool(ceil), bool(counts)), shape, window=window,
             stride=stride, padding=padding, ceil=ceil, counts=counts)
    for shape, window, stride, ceil in [((1, 2, 7, 6), [2, 2], [2, 2], 1), ((1, 2, 6, 7), [3, 2], [2, 2], 0), ((1, 1, 4, 5, 3), [2, 2, 2], [2, 2, 2], 1)]:
        axes = len(window)
        sums = {2: F.avg_pool2d, 3: F.avg_pool3d}[axes]
        total = lambda x: sums(x, window, stride, ceil_mode=bool(ceil), divisor_override=1)
        case(f"sumPool{axes}D", total, shape, window=window, stride=stride, ceil=ceil)
        for order in [1, 2, 3]:
            case(f"lpPool{axes}D", lambda x: total(x.abs() ** order) ** (1 / order), shape, window=window, stride=stride,
                 ceil=ceil, order=order)
    case("sumPool1D", lambda x: 3 * F.avg_pool1d(x, 3, 2), (1, 2, 9), window=[3], stride=[2], ceil=0)
    adaptive = {1: (F.adaptive_avg_pool1d, F.adaptive_max_pool1d), 2: (F.adaptive_avg_pool2d, F.adaptive_max_pool2d),
                3: (F.adaptive_avg_pool3d, F.adaptive_max_pool3d)}
    for shape, lengths in [((2, 2, 7), [3]), ((1, 2, 6, 9), [3, 3]), ((1, 2, 7, 5), [3, 2]), ((1, 1, 3, 4), [5, 4]), ((1, 2, 4, 5, 3), [3, 2, 2])]:
        axes = len(lengths)
        average, most = adaptive[axes]
        case(f"adaptiveAverage{axes}D", lambda x: average(x, lengths), shape, lengths=lengths)
        case(f"adaptiveMax{axes}D", lambda x: most(x, lengths), shape, lengths=lengths)
    for shape in [(2, 3, 5), (2, 3, 4, 5), (1, 2, 3, 2, 4)]:
        axes = tuple(range(2, len(shape)))
        for keep in [0, 1]:
            case("globalMax", lambda x: x.amax(axes, keepdim=bool(keep)), shape, keep=keep)
            case("globalAverage", lambda x: x.mean(axes, keepdim=bool(keep)), shape, keep=keep)


def normalizations():
    affine = {"weight": "scale", "bias": "bias"}
    for shape, groups in [((2, 4, 5), 2), ((2, 6, 3, 4), 3), ((1, 4, 2, 3, 2), 4), ((3, 4), 2)]:
        case("groupNorm", nn.GroupNorm(groups, shape[1]), shape, affine, groups=groups, affine=1)
    case("groupNorm", nn.GroupNorm(2, 4, affine=False), (2, 4, 5), groups=2, affine=0)
    instance = {3: nn.InstanceNorm1d, 4: nn.InstanceNorm2d, 5: nn.InstanceNorm3d}
    for shape, on in [((2, 3, 7), 1), ((2, 3, 4, 5), 0), ((1, 2, 3, 2, 4), 1)]:
        case("instanceNorm", instance[len(shape)](shape[1], affine=bool(on)), shape, affine, affine=on)
    for shape, size in [((2, 7, 4), 5), ((1, 6, 3, 4), 4), ((1, 3, 2, 2, 3), 1)]:
        case("localResponse", nn.LocalResponseNorm(size, 0.5, 0.75, 2), shape, size=size, alpha=0.5, beta=0.75, k=2)
    for shape, axes in [((2, 3, 4), [1, 2]), ((2, 3, 4), [1]), ((2, 3, 4, 2), [2, 3])]:
        case("l2Norm", lambda x: x / (x.square().sum(axes, keepdim=True) + 1e-10).sqrt(), shape, axes=axes)
    case("layerNorm plain", nn.LayerNorm(6, elementwise_affine=False), (2, 3, 6))
    case("rmsNorm plain", nn.RMSNorm(6, 1e-5, elementwise_affine=False), (2, 3, 6))
    for mode in [1, 0]:
        case("batchNorm plain", nn.BatchNorm3d(2, affine=False), (2, 2, 3, 2, 2), training=mode)
        case("batchNorm", nn.BatchNorm3d(2), (2, 2, 3, 2, 2), affine, training=mode)
        case("batchNorm", nn.BatchNorm1d(3), (2, 3, 5), affine, training=mode)


def activations():
    shape = (3, 4, 5)
    for name, layer, options in [
            ("relu6", nn.ReLU6(), {}), ("leakyReLU", nn.LeakyReLU(0.2), {"slope": 0.2}), ("elu", nn.ELU(1.5), {"alpha": 1.5}),
            ("celu", nn.CELU(0.7), {"alpha": 0.7}), ("selu", nn.SELU(), {}), ("mish", nn.Mish(), {}), ("hardSwish", nn.Hardswish(), {}),
            ("hardSigmoid", nn.Hardsigmoid(), {}), ("hardTanh", nn.Hardtanh(-1.5, 2), {"low": -1.5, "high": 2}),
            ("hardShrink", nn.Hardshrink(0.8), {"threshold": 0.8}), ("softShrink", nn.Softshrink(0.8), {"threshold": 0.8}),
            ("softplus", nn.Softplus(), {}), ("softsign", nn.Softsign(), {}), ("logSigmoid", nn.LogSigmoid(), {}),
            ("softmax", nn.Softmax(-1), {}), ("softmax", nn.Softmax(1), {"axis": 1}), ("logSoftmax", nn.LogSoftmax(-1), {}),
            ("softmin", nn.Softmin(1), {"axis": 1}), ("glu", nn.GLU(1), {"axis": 1}), ("reluSquared", lambda x: x.relu() ** 2, {}),
            ("rrelu", nn.RReLU(), {}), ("threshold", nn.Threshold(0.3, -2), {"threshold": 0.3, "value": -2}),
            ("geluSigmoid", lambda x: x * torch.sigmoid(1.702 * x), {}), ("silu", nn.SiLU(), {})]:
        case(name, layer, shape, scale=8.0 if name in ["relu6", "hardSwish"] else 4.0, **options)
    mask = torch.arange(60).reshape(shape) * 7 % 3 != 0
    mask[1, 2] = False  # nothing of one line
    def kept(x, temperature):
        return (x / temperature).masked_fill(~mask, -1e30)
    case("maskedSoftmax", lambda x: kept(x, 2).softmax(-1).masked_fill(~mask, 0), shape, scale=4.0)
    case("maskedLogSoftmax", lambda x: kept(x, 2).log_softmax(-1).masked_fill(~mask, 0), shape, scale=4.0)
    lengths = torch.arange(12).reshape(3, 4) % 6
    beyond = torch.arange(5) >= lengths[..., None]
    case("softmax lengths", lambda x: x.masked_fill(beyond, -1e30).softmax(-1).masked_fill(beyond, 0), shape, scale=4.0)
    case("softmax temperature", lambda x: (x / 3).softmax(1), shape, scale=4.0)
    case("step", lambda x: (x > 0.5).double() + 0 * x, shape, threshold=0.5)
    case("prelu", nn.PReLU(), shape, {"weight": "slope"}, channels=1)
    case("prelu", nn.PReLU(4), shape, {"weight": "slope"}, channels=4)


def resampling():
    modes = {"nearest": {1: "nearest", 2: "nearest", 3: "nearest"}, "linear": {1: "linear", 2: "bilinear", 3: "trilinear"},
             "cubic": {2: "bicubic"}}
    for shape, scale, mode, corners in [
            ((2, 2, 5), [2], "nearest", 0), ((1, 2, 5), [1.5], "linear", 0), ((1, 2, 5), [3], "linear", 1), ((1, 2, 3, 4), [2, 2], "nearest", 0),
            ((1, 2, 5, 4), [2.5, 0.5], "nearest", 0), ((1, 2, 3, 4), [2, 3], "linear", 0), ((1, 2, 3, 4), [2, 2], "linear", 1),
            ((1, 1, 5, 4), [0.5, 1.7], "linear", 0), ((1, 2, 5, 4), [2, 1.5], "cubic", 0), ((1, 2, 4, 4), [2, 2], "cubic", 1),
            ((1, 1, 2, 3, 2), [2, 2, 2], "nearest", 0), ((1, 1, 2, 3, 2), [2, 1, 3], "linear", 0)]:
        axes = len(scale)
        extra = {} if mode == "nearest" else {"align_corners": bool(corners)}
        case("upsample " + mode, lambda x: F.interpolate(x, scale_factor=scale, mode=modes[mode][axes], **extra), shape,
             scales=scale, corners=corners)
    case("pixelShuffle2D", nn.PixelShuffle(2), (2, 8, 3, 2), factors=[2])
    case("pixelUnshuffle2D", nn.PixelUnshuffle(2), (1, 2, 4, 6), factors=[2])
    case("pixelShuffle1D", lambda x: x.reshape(2, 2, 3, 4).permute(0, 1, 3, 2).reshape(2, 2, 12), (2, 6, 4), factors=[3])
    # Two axes at a time: the last two of three, and then the first.
    def shuffle3(x):
        n, c, d, h, w = x.shape
        y = x.reshape(n, c // 8, 2, 2, 2, d, h, w)
        return torch.stack([torch.stack([F.pixel_shuffle(y[:, :, k, :, :, z].reshape(n, c // 2, h, w), 2)
                                         for k in range(2)], 2) for z in range(d)], 2).flatten(2, 3)
    case("pixelShuffle3D", shuffle3, (1, 16, 2, 3, 2), factors=[2])
    case("depthToSpace", lambda x: x.reshape(1, 2, 2, 3, 2, 3).permute(0, 3, 4, 1, 5, 2).reshape(1, 3, 4, 6), (1, 12, 2, 3), block=2)
    case("spaceToDepth", lambda x: x.reshape(1, 3, 2, 2, 3, 2).permute(0, 3, 5, 1, 2, 4).reshape(1, 12, 2, 3), (1, 3, 4, 6), block=2)
    for shape, before, after in [((1, 2, 5), [2], [1]), ((1, 2, 4, 5), [1, 2], [3, 0]), ((1, 1, 3, 4, 3), [1, 0, 2], [2, 1, 1])]:
        widths = [width for pair in reversed(list(zip(before, after))) for width in pair]
        for mode, torchs in [("reflection", "reflect"), ("replication", "replicate"), ("circular", "circular")]:
            case("pad " + mode, lambda x: F.pad(x, widths, torchs), shape, before=before, after=after)
        case("pad constant", lambda x: F.pad(x, widths, value=1.5), shape, before=before, after=after, value=1.5)
    for shape, window, stride, padding, dilation in [((1, 2, 5, 6), [2, 3], [1, 2], [1, 0], [1, 1]), ((2, 1, 5, 5), [2, 2], [2, 1], [0, 1], [2, 1])]:
        case("unfold", nn.Unfold(window, dilation, padding, stride), shape, window=window, stride=stride, padding=padding, dilation=dilation)
        columns = nn.Unfold(window, dilation, padding, stride)(torch.zeros(shape)).shape
        case("fold", nn.Fold(shape[2:], window, dilation, padding, stride), columns, lengths=shape[2:], window=window, stride=stride,
             padding=padding, dilation=dilation)


def wrappers():
    from torch.nn.utils import weight_norm
    case("weightNorm", weight_norm(nn.Linear(4, 3)), (2, 4),
         {"weight_v": "layer.weight", "weight_g": "magnitude", "bias": "layer.bias"})
    case("weightNorm conv", weight_norm(nn.Conv2d(2, 3, 2)), (1, 2, 3, 4),
         {"weight_v": "layer.weight", "weight_g": "magnitude", "bias": "layer.bias"})
    # Singular vectors that a hundred steps of power iteration give.
    layer = nn.Linear(4, 3)
    def divided(x):
        matrix = layer.weight.detach()
        u = torch.ones(3)
        for _ in range(100):
            v = F.normalize(matrix.T @ u, dim=0)
            u = F.normalize(matrix @ v, dim=0)
        return F.linear(x, layer.weight / (u @ layer.weight @ v), layer.bias)
    module = Function(divided)
    module.layer = layer
    case("spectralNorm", module, (2, 4), training=1)

    class LowRank(nn.Module):
        def __init__(self):
            super().__init__()
            self.base = nn.Linear(4, 5)
            self.down, self.up = nn.Parameter(torch.zeros(2, 4)), nn.Parameter(torch.zeros(5, 2))

        def forward(self, x):
            return self.base(x) + 3 / 2 * (x @ self.down.T @ self.up.T)
    case("lora", LowRank(), (2, 3, 4))

    class Excitation(nn.Module):
        def __init__(self):
            super().__init__()
            self.narrow, self.widen = nn.Conv2d(4, 2, 1), nn.Conv2d(2, 4, 1)

        def forward(self, x):
            return x * F.hardsigmoid(self.widen(F.relu(self.narrow(x.mean((2, 3), keepdim=True)))))
    case("squeezeExcitation", Excitation(), (2, 4, 3, 3))

    class Machine(nn.Module):
        def __init__(self):
            super().__init__()
            self.bias, self.weight = nn.Parameter(torch.zeros(())), nn.Parameter(torch.zeros(1, 5))
            self.factors = nn.Parameter(torch.zeros(5, 3))

        def forward(self, x):
            products = self.factors @ self.factors.T
            pairs = torch.triu(products, 1)
            return self.bias + x @ self.weight[0] + torch.einsum("ni,ij,nj->n", x, pairs, x)
    case("factorizationMachine", Machine(), (4, 5))


convolutions()
pooling()
normalizations()
activations()
resampling()
wrappers()
with open(os.path.join(HERE, "layer_breadth.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in CASES) + "\n]\n")
