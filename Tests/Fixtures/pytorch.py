"""Layers, losses, pooling and optimizer updates, by PyTorch in float64.

Needs PyTorch, which the other fixtures do not: `python3 Tests/Fixtures/pytorch.py` with a Python that
has it writes `pytorch.txt` and `pytorch.bin`.
"""

import os

import numpy as np
import torch
import torch.nn.functional as F

from fixture_file import FixtureFile, exact

UNIT = {"float32": 2**-24, "float64": 2**-53, "bfloat16": 2**-24, "float16": 2**-24}


def tensor(values):
    return torch.tensor(np.asarray(values, np.float64), requires_grad=True)


def listed(numbers):
    return ",".join(str(number) for number in numbers)


def softmax_family(fixtures, random):
    for dtype in ["float32", "float64", "bfloat16", "float16"]:
        unit = UNIT[dtype]
        for shape, axis, scale in [((3, 5), 1, 2), ((3, 5), 0, 2), ((2, 3, 4), 1, 5), ((7,), 0, 1), ((2, 33), 1, 30),
                                   ((4, 1), 1, 1), ((0, 3), 1, 1)]:
            x = exact(random.normal(0, scale, shape), dtype)
            dy = exact(random.normal(0, 1, shape), dtype)
            for name, function in [("softmax", F.softmax), ("logSoftmax", F.log_softmax)]:
                a = tensor(x)
                y = function(a, dim=axis)
                bound = (40 + 4 * scale) * unit * (1 if name == "softmax" else 4 * scale)
                fixtures.add(name, [(x, dtype)], [(y.detach().numpy(), dtype)], str(axis), absolute=bound, ulps=1)
                y = exact(y.detach().numpy(), dtype)
                if name == "softmax":
                    dx = y * (dy - (dy * y).sum(axis, keepdims=True))
                else:
                    dx = dy - np.exp(y) * dy.sum(axis, keepdims=True)
                fixtures.add(name + "Gradient", [(y, dtype), (dy, dtype)], [(dx, dtype)], str(axis),
                             absolute=200 * unit)


def cross_entropy(fixtures, random):
    for dtype in ["float32", "float64", "bfloat16"]:
        unit, wide = UNIT[dtype], "float32" if dtype == "bfloat16" else dtype
        for index, (batch, classes, scale) in enumerate([((6,), 10, 2), ((2, 3), 5, 40), ((), 4, 1), ((5,), 1, 1),
                                                         ((0,), 3, 1), ((9,), 65, 3)]):
            label_type = ["int64", "int32"][index % 2]
            x = exact(random.normal(0, scale, batch + (classes,)), dtype)
            labels = random.integers(0, classes, batch)
            dy = exact(random.normal(0, 1, batch), dtype)
            a = tensor(x)
            losses = F.cross_entropy(a.reshape(-1, classes), torch.tensor(labels).reshape(-1), reduction="none")
            losses = losses.reshape(batch)
            sums = torch.logsumexp(a, dim=-1)
            fixtures.add("softmaxCrossEntropy", [(x, dtype), (labels, label_type)],
                         [(losses.detach().numpy(), dtype), (sums.detach().numpy(), wide)],
                         absolute=40 * unit * scale * 4, ulps=1)
            (losses * torch.tensor(dy)).sum().backward()
            fixtures.add("softmaxCrossEntropyGradient",
                         [(x, dtype), (labels, label_type), (sums.detach().numpy(), wide), (dy, dtype)],
                         [(a.grad.numpy(), dtype)], absolute=200 * unit * scale + (2**-9 if dtype == "bfloat16" else 0))


def linear(fixtures, random):
    for dtype in ["float32", "float64", "bfloat16"]:
        for shape, out in [((4,), 3), ((5, 4), 6), ((2, 3, 7), 1), ((0, 4), 2), ((33, 65), 17)]:
            x = exact(random.normal(0, 1, shape), dtype)
            weight = exact(random.normal(0, 1, (out, shape[-1])), dtype)
            bias = exact(random.normal(0, 1, out), dtype)
            bound = 8 * shape[-1] * UNIT[dtype]
            y = F.linear(tensor(x), tensor(weight), tensor(bias)).detach().numpy()
            fixtures.add("linear", [(x, dtype), (weight, dtype), (bias, dtype)], [(y, dtype)], absolute=bound)
            y = F.linear(tensor(x), tensor(weight)).detach().numpy()
            fixtures.add("linear", [(x, dtype), (weight, dtype)], [(y, dtype)], absolute=bound)


CONVOLUTIONS = [
    # x, weight, stride, padding, dilation, groups
    ((2, 3, 8, 8), (4, 3, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    ((1, 1, 7, 6), (2, 1, 5, 5), (1, 1), (0, 0), (1, 1), 1),
    ((2, 4, 9, 10), (6, 2, 3, 2), (2, 3), (1, 2), (2, 1), 2),
    ((2, 3, 5, 5), (4, 3, 1, 1), (2, 2), (0, 0), (1, 1), 1),
    ((1, 4, 6, 6), (4, 1, 3, 3), (1, 1), (1, 1), (1, 1), 4),
    ((2, 3, 11), (4, 3, 3), (2,), (1,), (2,), 1),
    ((1, 2, 4, 5, 4), (3, 2, 2, 3, 2), (1, 2, 1), (1, 0, 1), (1, 1, 1), 1),
]


def convolutions(fixtures, random):
    for dtype in ["float32", "float64", "bfloat16"]:
        for x_shape, w_shape, stride, padding, dilation, groups in CONVOLUTIONS:
            function = {3: F.conv1d, 4: F.conv2d, 5: F.conv3d}[len(x_shape)]
            x = exact(random.normal(0, 1, x_shape), dtype)
            weight = exact(random.normal(0, 1, w_shape), dtype)
            bias = exact(random.normal(0, 1, w_shape[0]), dtype)
            form = "/".join([listed(stride), listed(padding), listed(dilation), str(groups)])
            a, w, b = tensor(x), tensor(weight), tensor(bias)
            y = function(a, w, b, stride, padding, dilation, groups)
            bound = lambda count: 16 * count * UNIT[dtype]
            fixtures.add("convolution", [(x, dtype), (weight, dtype), (bias, dtype)], [(y.detach().numpy(), dtype)],
                         form, absolute=bound(np.prod(w_shape[1:])))
            plain = function(a, w, None, stride, padding, dilation, groups)
            fixtures.add("convolution", [(x, dtype), (weight, dtype)], [(plain.detach().numpy(), dtype)], form,
                         absolute=bound(np.prod(w_shape[1:])))
            dy = exact(random.normal(0, 1, y.shape), dtype)
            dx, dw = torch.autograd.grad(y, [a, w], torch.tensor(dy))
            fixtures.add("convolutionInputGradient", [(dy, dtype), (weight, dtype)], [(dx.numpy(), dtype)],
                         form + "/" + listed(x_shape), absolute=bound(w_shape[0] * np.prod(w_shape[2:])))
            fixtures.add("convolutionWeightGradient", [(x, dtype), (dy, dtype)], [(dw.numpy(), dtype)],
                         form + "/" + listed(w_shape), absolute=bound(x_shape[0] * np.prod(y.shape[2:])))


POOLS = [
    # x, window, stride, padding, ceil mode
    ((2, 3, 8, 8), (2, 2), (2, 2), (0, 0), False),
    ((1, 2, 9, 7), (3, 2), (2, 1), (1, 0), False),
    ((1, 2, 7, 7), (2, 2), (2, 2), (0, 0), True),
    ((2, 1, 9), (3,), (3,), (1,), False),
    ((1, 2, 4, 5, 6), (2, 2, 2), (1, 2, 2), (0, 0, 0), False),
]


def pools(fixtures, random):
    for dtype in ["float32", "float64", "bfloat16"]:
        for shape, window, stride, padding, ceil in POOLS:
            rank = len(window)
            largest = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}[rank]
            mean = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}[rank]
            form = "/".join([listed(window), listed(stride), listed(padding), str(int(ceil))])
            x = exact(random.normal(0, 1, shape), dtype)
            a = tensor(x)
            y, places = largest(a, window, stride, padding, 1, ceil, return_indices=True)
            fixtures.add("maxPool", [(x, dtype)], [(y.detach().numpy(), dtype)], form)
            dy = exact(random.normal(0, 1, y.shape), dtype)
            (dx,) = torch.autograd.grad(y, [a], torch.tensor(dy))
            bound = 16 * UNIT[dtype]
            fixtures.add("maxPoolGradient", [(dy, dtype), (x, dtype)], [(dx.numpy(), dtype)], form, absolute=bound)
            c = exact(random.normal(0, 1, shape), dtype)
            flat = torch.tensor(c).reshape(shape[0], shape[1], -1)
            chosen = torch.gather(flat, 2, places.reshape(shape[0], shape[1], -1)).reshape(y.shape)
            fixtures.add("maxPoolSelection", [(c, dtype), (x, dtype)], [(chosen.numpy(), dtype)], form)
            for counts in [True, False]:
                y = mean(a, window, stride, padding, ceil, counts)
                (dx,) = torch.autograd.grad(y, [a], torch.tensor(dy))
                counted = form + "/" + str(int(counts))
                fixtures.add("averagePool", [(x, dtype)], [(y.detach().numpy(), dtype)], counted, absolute=bound)
                fixtures.add("averagePoolGradient", [(dy, dtype)], [(dx.numpy(), dtype)],
                             counted + "/" + listed(shape), absolute=bound)


def updates(fixtures, random):
    for dtype in ["float32", "float64"]:
        unit = UNIT[dtype]
        rate, momentum, b1, b2, epsilon = (float(exact(v, dtype)) for v in [0.01, 0.9, 0.9, 0.99, 1e-8])
        for decay in [0.0, float(exact(0.1, dtype))]:
            arrays = [exact(random.normal(0, 1, (3, 50)), dtype) for _ in range(4)]
            p, g, m, v = arrays[0], arrays[1], arrays[2], np.abs(arrays[3])

            def stepped(optimizer, **state):
                parameter = torch.nn.Parameter(torch.tensor(p))
                parameter.grad = torch.tensor(g)
                optimizer = optimizer([parameter])
                optimizer.state[parameter] = {key: torch.tensor(value) for key, value in state.items()}
                optimizer.step()
                after = optimizer.state[parameter]
                return [parameter.detach().numpy()] + [after[key].numpy() for key in state if key != "step"]

            def number(value):
                return (np.float64(value), dtype)

            array = lambda values: (values, dtype)
            bound = dict(ulps=2, absolute=8 * unit)
            y = stepped(lambda q: torch.optim.SGD(q, rate, weight_decay=decay))
            fixtures.add("sgdUpdate", [array(p), array(g), number(rate), number(decay)], [array(y[0])], **bound)
            for nesterov in [False, True]:
                y = stepped(lambda q: torch.optim.SGD(q, rate, momentum, 0, decay, nesterov), momentum_buffer=m)
                fixtures.add("sgdMomentumUpdate",
                             [array(p), array(g), array(m), number(rate), number(momentum), number(decay)],
                             [array(y[0]), array(y[1])], str(int(nesterov)), **bound)
            for decoupled, kind in [(False, torch.optim.Adam), (True, torch.optim.AdamW)]:
                y = stepped(lambda q: kind(q, rate, (b1, b2), epsilon, decay), step=6.0, exp_avg=m, exp_avg_sq=v)
                c1, c2 = exact(1 - b1**7, dtype), exact(1 - b2**7, dtype)
                fixtures.add("adamUpdate",
                             [array(p), array(g), array(m), array(v), number(rate), number(b1), number(b2),
                              number(epsilon), number(decay), number(c1), number(c2)],
                             [array(y[0]), array(y[1]), array(y[2])], str(int(decoupled)), **bound)


def array_of(tensor):
    return tensor.detach().numpy()


def normalizations(fixtures, random):
    for dtype in ["float32", "float64", "bfloat16"]:
        unit, wide = UNIT[dtype], "float32" if dtype == "bfloat16" else dtype
        bound = dict(absolute=400 * unit)
        for shape in [(3, 4), (2, 3, 37), (5, 1), (2, 290), (0, 3)]:
            x, dy = (exact(random.normal(1, 2, shape), dtype) for _ in range(2))
            scale, bias = (exact(random.normal(1, 1, shape[-1]), dtype) for _ in range(2))
            a, s, b = tensor(x), tensor(scale), tensor(bias)
            y = F.layer_norm(a, shape[-1:], s, b, 1e-5)
            mean, rstd = a.mean(-1), (a.var(-1, correction=0) + 1e-5).rsqrt()
            fixtures.add("layerNormalization", [(x, dtype), (scale, dtype), (bias, dtype)],
                         [(array_of(y), dtype), (array_of(mean), wide), (array_of(rstd), wide)],
                         absolute=2000 * unit if shape[-1] == 1 else 400 * unit)
            if shape[-1] > 1:
                gradients = torch.autograd.grad(y, [a, s, b], torch.tensor(dy))
                fixtures.add("layerNormalizationGradient",
                             [(dy, dtype), (x, dtype), (scale, dtype), (exact(array_of(mean), wide), wide),
                              (exact(array_of(rstd), wide), wide)], [(g.numpy(), dtype) for g in gradients], **bound)
            y = F.rms_norm(a, shape[-1:], s, 1e-5)
            rstd = ((a * a).mean(-1) + 1e-5).rsqrt()
            fixtures.add("rmsNormalization", [(x, dtype), (scale, dtype)],
                         [(array_of(y), dtype), (array_of(rstd), wide)], **bound)
            gradients = torch.autograd.grad(y, [a, s], torch.tensor(dy))
            fixtures.add("rmsNormalizationGradient",
                         [(dy, dtype), (x, dtype), (scale, dtype), (exact(array_of(rstd), wide), wide)],
                         [(g.numpy(), dtype) for g in gradients], **bound)
        for shape, axis in [((4, 3, 5, 5), 1), ((5, 70), 1), ((2, 3, 4), 2), ((2, 1, 290), 0), ((6, 1, 2), 1)]:
            x, dy = (exact(random.normal(1, 2, shape), dtype) for _ in range(2))
            scale, bias, mean = (exact(random.normal(1, 1, shape[axis]), dtype) for _ in range(3))
            variance = exact(random.uniform(0.5, 2, shape[axis]), dtype)
            a, s, b = tensor(x), tensor(scale), tensor(bias)
            turned = a.movedim(axis, 1)
            back = lambda y: y.movedim(1, axis)
            y = back(F.batch_norm(turned, None, None, s, b, True, 0, 1e-5))
            others = [other for other in range(len(shape)) if other != axis]
            means, variances = a.mean(others), a.var(others, correction=0)
            fixtures.add("batchNormalization", [(x, dtype), (scale, dtype), (bias, dtype)],
                         [(array_of(y), dtype), (array_of(means), wide), (array_of(variances), wide)], str(axis), **bound)
            gradients = torch.autograd.grad(y, [a, s, b], torch.tensor(dy))
            fixtures.add("batchNormalizationGradient",
                         [(dy, dtype), (x, dtype), (scale, dtype), (exact(array_of(means), wide), wide),
                          (exact(array_of(variances), wide), wide)], [(g.numpy(), dtype) for g in gradients], str(axis),
                         absolute=4000 * unit)
            y = back(F.batch_norm(turned, tensor(mean).detach(), tensor(variance).detach(), s, b, False, 0, 1e-5))
            fixtures.add("batchNormalizationInference",
                         [(x, dtype), (scale, dtype), (bias, dtype), (mean, dtype), (variance, dtype)],
                         [(array_of(y), dtype)], str(axis), **bound)


def attentions(fixtures, random):
    for dtype in ["float32", "float64", "bfloat16"]:
        unit, wide = UNIT[dtype], "float32" if dtype == "bfloat16" else dtype
        for heads, queries, keys, features, causal in [
                ((2, 3), 5, 7, 4, 0), ((1, 2), 70, 70, 3, 1), ((1, 1), 3, 130, 5, 1), ((2, 1), 1, 1, 1, 1),
                ((1, 1), 66, 65, 2, 0), ((1, 1), 2, 3, 33, 1)]:
            q, dy = (exact(random.normal(0, 1, heads + (queries, features)), dtype) for _ in range(2))
            k, v = (exact(random.normal(0, 1, heads + (keys, features)), dtype) for _ in range(2))
            a, b, c = tensor(q), tensor(k), tensor(v)
            products = a @ b.transpose(-1, -2) / features**0.5
            if causal:
                products = products.masked_fill(~torch.ones(queries, keys).tril(keys - queries).bool(), -np.inf)
            y, sums = torch.softmax(products, -1) @ c, torch.logsumexp(products, -1)
            sources = [(q, dtype), (k, dtype), (v, dtype)]
            fixtures.add("scaledDotProductAttention", sources, [(array_of(y), dtype), (array_of(sums), wide)],
                         str(causal), absolute=60 * unit)
            gradients = torch.autograd.grad(y, [a, b, c], torch.tensor(dy))
            result = exact(array_of(y), dtype)
            fixtures.add("scaledDotProductAttentionGradient",
                         [(dy, dtype), (result, dtype), (exact(array_of(sums), wide), wide)] + sources,
                         [(g.numpy(), dtype) for g in gradients], str(causal),
                         absolute=400 * unit + (2**-5 if dtype == "bfloat16" else 0))
            if queries == keys:
                packed = np.stack([q, k, v], 2).transpose(0, 3, 2, 1, 4)
                turned = [np.swapaxes(array_of(x), 1, 2) for x in (y, *gradients)]
                fixtures.add("scaledDotProductAttention", [(packed, dtype)],
                             [(turned[0], dtype), (array_of(sums), wide)], str(causal), absolute=60 * unit)
                fixtures.add("scaledDotProductAttentionGradient",
                             [(np.swapaxes(dy, 1, 2), dtype), (exact(turned[0], dtype), dtype),
                              (exact(array_of(sums), wide), wide), (packed, dtype)],
                             [(np.stack(turned[1:], 2), dtype)], str(causal),
                             absolute=400 * unit + (2**-5 if dtype == "bfloat16" else 0))


def sequences(fixtures, random):
    for dtype in ["float32", "float64", "bfloat16"]:
        unit, wide = UNIT[dtype], "float32" if dtype == "bfloat16" else dtype
        for time, batch, hidden in [(3, 2, 4), (1, 1, 1), (3, 3, 17)]:
            weight = exact(random.normal(0, 0.5, (4 * hidden, hidden)), dtype)
            gates = exact(random.normal(0, 1, (time, batch, 4 * hidden)), dtype)
            h0, c0, d_cell = (exact(random.normal(0, 1, (batch, hidden)), dtype) for _ in range(3))
            dh = exact(random.normal(0, 1, (time, batch, hidden)), dtype)
            g, w, h, c = tensor(gates), tensor(weight), tensor(h0), tensor(c0)
            # The gates' inputs are the input itself, through a weight that is one.
            cell = torch.nn.LSTM(4 * hidden, hidden, bias=False)
            one = torch.eye(4 * hidden, dtype=torch.float64)
            y, (_, last) = torch.func.functional_call(
                cell.double(), {"weight_ih_l0": one, "weight_hh_l0": w}, (g, (h[None], c[None])))
            states, activations, out, state = [], [], h, c
            for step in range(time):
                i, f, n, o = (g[step] + out @ w.T).chunk(4, 1)
                parts = [i.sigmoid(), f.sigmoid(), n.tanh(), o.sigmoid()]
                state = parts[1] * state + parts[0] * parts[2]
                out = parts[3] * state.tanh()
                states.append(state.T)
                activations.append(torch.cat(parts, 1).T)
            saved = [(array_of(torch.stack(states)), wide), (array_of(torch.stack(activations)), wide)]
            inputs = [(gates, dtype), (weight, dtype), (h0, dtype), (c0, dtype)]
            bound = dict(absolute=200 * unit)
            fixtures.add("lstmSequence", inputs, [(array_of(y), dtype), (array_of(last[0]), dtype)] + saved, **bound)
            gradients = torch.autograd.grad([y, last[0]], [g, h, c], [torch.tensor(dh), torch.tensor(d_cell)])
            fixtures.add("lstmSequenceGradient",
                         [(dh, dtype), (d_cell, dtype)] + inputs + [(exact(x, wide), wide) for x, _ in saved],
                         [(x.numpy(), dtype) for x in gradients], **bound)


def slopes(fixtures, random):
    for dtype in ["float32", "float64", "bfloat16"]:
        for approximation in ["none", "tanh"]:
            x, dy = (exact(random.normal(0, 2, (4, 30)), dtype) for _ in range(2))
            a = tensor(x)
            (dx,) = torch.autograd.grad(F.gelu(a, approximate=approximation), [a], torch.tensor(dy))
            fixtures.add("geluGradient", [(dy, dtype), (x, dtype)], [(dx.numpy(), dtype)], approximation,
                         absolute=100 * UNIT[dtype])


def more_updates(fixtures, random):
    for dtype in ["float32", "float64"]:
        rate, kept, epsilon, decay = (float(exact(v, dtype)) for v in [0.01, 0.9, 1e-4, 0.1])
        p, g, v = (exact(random.normal(0, 1, (3, 50)), dtype) for _ in range(3))
        v = np.abs(v)

        def stepped(optimizer, key):
            parameter = torch.nn.Parameter(torch.tensor(p))
            parameter.grad = torch.tensor(g)
            optimizer = optimizer([parameter])
            state = optimizer.state[parameter]
            state.update({"step": torch.tensor(1.0), key: torch.tensor(v)})
            optimizer.step()
            return [(parameter.detach().numpy(), dtype), (optimizer.state[parameter][key].numpy(), dtype)]

        numbers = lambda *values: [(np.float64(value), dtype) for value in values]
        arrays, bound = [(p, dtype), (g, dtype), (v, dtype)], dict(ulps=2, absolute=8 * UNIT[dtype])
        fixtures.add("rmsPropUpdate", arrays + numbers(rate, kept, epsilon, decay),
                     stepped(lambda q: torch.optim.RMSprop(q, rate, kept, epsilon, decay), "square_avg"), **bound)
        fixtures.add("adaGradUpdate", arrays + numbers(rate, epsilon, decay),
                     stepped(lambda q: torch.optim.Adagrad(q, rate, 0, decay, 0, epsilon), "sum"), **bound)
        fixtures.add("runningAverageUpdate", arrays[:2], [(0.75 * p + 0.25 * 1.5 * g, dtype)], **bound)


EINSUMS = [
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,jk", (2, 3), (3, 4)), ("ii", (3, 3)), ("ii->i", (3, 3)), ("iij->j", (3, 3, 4)),
    ("ij->ji", (2, 3)), ("i,j->ij", (2,), (3,)), ("i,i", (3,), (3,)), ("bij,bjk->bik", (5, 2, 3), (5, 3, 4)),
    ("...ij,...jk->...ik", (5, 1, 2, 3), (6, 3, 4)), ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)),
    ("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 6, 5)), ("ijk->", (2, 3, 4)), ("iij,jjk->ik", (2, 2, 3), (3, 3, 4)),
    ("kjb,bi->ikj", (2, 3, 4), (4, 5)), ("ab,bc,cd,de->ae", (2, 9), (9, 3), (3, 8), (8, 2)), ("zyx,xw->zw", (2, 3, 4), (4, 5)),
    ("i...,i...->...", (3, 2, 4), (3, 4)),
]


def contractions(fixtures, random):
    for dtype in ["float32", "float64"]:
        unit = UNIT[dtype]

        def add(name, shapes, function, form="", absolute=400 * unit, make=None):
            arrays = [exact(random.normal(0, 1, shape), dtype) for shape in shapes]
            if make:
                arrays = [exact(make(array), dtype) for array in arrays]
            outputs = function(*[torch.tensor(array) for array in arrays])
            outputs = outputs if isinstance(outputs, list) else [outputs]
            fixtures.add(name, [(array, dtype) for array in arrays], [(y.numpy(), dtype) for y in outputs], form,
                         absolute=absolute)

        for equation, *shapes in EINSUMS:
            add("einsum", shapes, lambda *x: torch.einsum(equation, *x), equation)
        add("tensordot", [(2, 3, 4), (4, 3, 5)], lambda a, b: torch.tensordot(a, b, ([1, 2], [1, 0])), "1,2/1,0")
        add("tensordot", [(2, 3), (4,)], lambda a, b: torch.tensordot(a, b, ([], [])), "/")
        add("dot", [(2, 3, 4), (4,)], lambda a, b: torch.tensordot(a, b, ([2], [0])))
        add("dot", [(2, 3), (5, 3, 4)], lambda a, b: torch.tensordot(a, b, ([1], [1])))
        add("inner", [(2, 3, 4), (5, 4)], torch.inner)
        add("outer", [(3,), (4,)], torch.outer)
        add("kronecker", [(2, 3), (4, 5)], torch.kron)
        add("trace", [(4, 4)], torch.trace)
        for power in [0, 1, 5, -2]:
            add("matrixPower", [(3, 3)], lambda a: torch.linalg.matrix_power(a, power), str(power),
                make=lambda a: a / 4 + np.eye(3))
        for shape in [(4, 3), (3, 4), (2, 3, 3)]:
            add("pseudoInverse", [shape], torch.linalg.pinv, absolute=3000 * unit)
        for shape in [(4, 3), (3, 5), (2, 4, 4), (0, 3), (3, 0)]:
            def svd(a):
                s = torch.linalg.svdvals(a)
                one = torch.eye(s.shape[-1], dtype=a.dtype).expand(*s.shape, -1)
                return [a, s, one, one]

            def qr(a):
                q, r = torch.linalg.qr(a)
                one = torch.eye(q.shape[-1], dtype=a.dtype).expand(*q.shape[:-2], -1, -1)
                return [a, one, torch.zeros_like(r)]

            add("svd", [shape], svd)
            add("qr", [shape], qr)
        for shape in [(4, 4), (2, 3, 3)]:
            add("symmetricEigen", [shape], lambda a: [a, torch.linalg.eigvalsh(a)],
                make=lambda a: a + np.swapaxes(a, -1, -2))


if __name__ == "__main__":
    fixtures, random = FixtureFile(), np.random.default_rng(20240602)
    for add in [softmax_family, cross_entropy, linear, convolutions, pools, updates, contractions, normalizations,
                attentions, sequences, slopes, more_updates]:
        add(fixtures, random)
    fixtures.write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch"))
