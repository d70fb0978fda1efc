"""Recurrent layers, attention and transformers, by PyTorch in float64.

Needs PyTorch: `python3 Tests/Fixtures/sequences.py` with a Python that has it writes
`sequences.json`. Inputs are exact in float32; outputs are rounded to seven digits. Of every case it
holds outputs, and gradients of inputs and parameters for given cotangents of the outputs.
"""

import json
import math
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

HERE = os.path.dirname(os.path.abspath(__file__))
torch.set_default_dtype(torch.float64)
RANDOM = np.random.default_rng(20261123)
CASES = []


def single(*shape, scale=1):
    return torch.tensor((RANDOM.normal(0, scale, shape)).astype(np.float32).round(3).astype(np.float64))


def numbers(tensor):
    return [float(f"{value:.7g}") for value in tensor.detach().flatten().tolist()]


class Part:
    """A part of a parameter that is one of ours by itself."""

    def __init__(self, parameter, start, end=None):
        self.parameter, self.place = parameter, slice(start, end)

    @property
    def data(self):
        return self.parameter.data[self.place]

    @property
    def grad(self):
        return self.parameter.grad[self.place]


def case(name, inputs, function, parameters=None, modules=(), **options):
    """`function(**inputs)` gives an output or several; `parameters` are by our names."""
    parameters = parameters or {}
    for module in modules:
        for parameter in module.parameters():
            parameter.data.zero_()
    for parameter in parameters.values():
        parameter.data.copy_(single(*parameter.data.shape, scale=0.5))
    for value in inputs.values():
        if value.is_floating_point():
            value.requires_grad_()
    outputs = function(**inputs)
    outputs = list(outputs) if isinstance(outputs, (tuple, list)) else [outputs]
    cotangents = [single(*output.shape) for output in outputs]
    sum((output * c).sum() for output, c in zip(outputs, cotangents)).backward()
    result = {"name": name, "options": options, "inputs": {}, "outputs": [], "parameters": {}}
    for key, value in inputs.items():
        entry = {"shape": list(value.shape), "value": numbers(value.double())}
        if value.is_floating_point():
            entry["gradient"] = numbers(torch.zeros_like(value) if value.grad is None else value.grad)
        result["inputs"][key] = entry
    for output, c in zip(outputs, cotangents):
        result["outputs"].append({"shape": list(output.shape), "value": numbers(output), "gradient": numbers(c)})
    for key, value in parameters.items():
        result["parameters"][key] = {"shape": list(value.data.shape), "value": numbers(value.data),
                                     "gradient": numbers(value.grad)}
    CASES.append(result)


def recurrent_names(layer, kind, layers, both):
    names = {}
    for l in range(layers):
        for suffix, place in [("", "layers"), ("_reverse", "reversedLayers")][:1 + both]:
            get = lambda theirs: getattr(layer, f"{theirs}_l{l}{suffix}")
            names |= {f"{place}.{l}.inputWeight": get("weight_ih"), f"{place}.{l}.hiddenWeight": get("weight_hh"),
                      f"{place}.{l}.bias": get("bias_ih")}
            if kind == "gru":
                names[f"{place}.{l}.candidateBias"] = Part(get("bias_hh"), 2 * layer.hidden_size)
            if getattr(layer, "proj_size", 0):
                names[f"{place}.{l}.projection"] = get("weight_hr")
    return names


def recurrent():
    kinds = {"rnn": nn.RNN, "rnn relu": lambda *a, **k: nn.RNN(*a, nonlinearity="relu", **k), "gru": nn.GRU, "lstm": nn.LSTM}
    forms = [(1, 0, 0, 0, 0), (2, 1, 0, 0, 0), (1, 1, 1, 1, 0), (2, 0, 0, 1, 1), (2, 1, 1, 1, 1)]
    for kind, make in kinds.items():
        for layers, both, major, lengths, starts in forms:
            for projection in [0, 2] if kind == "lstm" else [0]:
                more = {"proj_size": projection} if projection else {}
                layer = make(3, 4, layers, bidirectional=bool(both), batch_first=bool(major), **more)
                inputs = {"x": single(3, 5, 3) if major else single(5, 3, 3)}
                if lengths:
                    inputs["lengths"] = torch.tensor([3, 5, 1])
                if starts:
                    inputs["h"] = single(layers * (1 + both), 3, projection or 4)
                    if kind == "lstm":
                        inputs["c"] = single(layers * (1 + both), 3, 4)

                def run(x, lengths=None, h=None, c=None):
                    state = None if h is None else (h, c) if c is not None else h
                    if lengths is None:
                        y, last = layer(x, state)
                    else:
                        packed = pack_padded_sequence(x, lengths, bool(major), enforce_sorted=False)
                        y, last = layer(packed, state)
                        y, _ = pad_packed_sequence(y, bool(major), total_length=5)
                    return [y] + (list(last) if kind == "lstm" else [last])

                case(kind, inputs, run, recurrent_names(layer, kind, layers, both), [layer], hidden=4, layers=layers,
                     both=both, major=major, projection=projection)


def cells():
    for kind, cell in [("rnnCell", nn.RNNCell(3, 4)), ("gruCell", nn.GRUCell(3, 4)), ("lstmCell", nn.LSTMCell(3, 4))]:
        names = {"inputWeight": cell.weight_ih, "hiddenWeight": cell.weight_hh, "bias": cell.bias_ih}
        inputs = {"x": single(2, 3), "h": single(2, 4)}
        if kind == "gruCell":
            names["candidateBias"] = Part(cell.bias_hh, 8)
        if kind == "lstmCell":
            inputs["c"] = single(2, 4)
        case(kind, inputs, lambda x, h, c=None: cell(x, h if c is None else (h, c)), names, [cell], hidden=4)
    u, w, b = (nn.Parameter(torch.zeros(*shape)) for shape in [(16, 4), (16, 3), (16,)])

    def clipped(x):
        h = c = torch.zeros(2, 4)
        outputs = []
        for step in x:
            i, f, g, o = (step @ w.T + b + h @ u.T).chunk(4, 1)
            c = (f.sigmoid() * c + i.sigmoid() * g.tanh()).clamp(-0.5, 0.5)
            h = o.sigmoid() * c.tanh()
            outputs.append(h)
        return torch.stack(outputs), c

    case("lstm clipped", {"x": single(6, 2, 3, scale=2)}, clipped, {"inputWeight": w, "hiddenWeight": u, "bias": b},
         hidden=4)


def attention():
    def sdpa(q, k, v, mask=None, **options):
        return F.scaled_dot_product_attention(q, k, v, mask, enable_gqa=q.shape[1] != k.shape[1], **options)

    def arrays(heads, key_heads, queries, keys, values=4):
        return {"q": single(2, heads, queries, 4), "k": single(2, key_heads, keys, 4), "v": single(2, key_heads, keys, values)}

    for heads, key_heads, queries, keys in [(2, 2, 3, 5), (4, 2, 4, 4), (3, 1, 1, 6), (4, 2, 1, 5)]:
        case("sdpa", arrays(heads, key_heads, queries, keys), sdpa)
    case("sdpa", arrays(4, 2, 5, 5), lambda q, k, v: sdpa(q, k, v, is_causal=True), causal=1)
    case("sdpa", arrays(2, 2, 3, 5, 3), sdpa)
    case("sdpa", arrays(2, 2, 3, 5) | {"mask": single(2, 1, 3, 5)}, sdpa)
    seen = torch.tensor([[1, 0, 1, 0, 1], [0, 1, 0, 0, 0], [1, 1, 1, 1, 1]])
    case("sdpa bool", arrays(2, 1, 3, 5) | {"mask": seen}, lambda q, k, v, mask: sdpa(q, k, v, mask.bool()))
    far = torch.arange(2, 5)[:, None] - torch.arange(5)
    lengths = torch.tensor([5, 4])
    behind = torch.arange(5) < lengths[:, None, None, None]
    case("sdpa", arrays(2, 2, 3, 5) | {"lengths": lengths}, lambda q, k, v, lengths: sdpa(q, k, v, behind))
    case("sdpa", arrays(2, 2, 3, 5), lambda q, k, v: sdpa(q, k, v, (far >= 0) & (far < 2)), causal=1, window=2)
    case("sdpa", arrays(2, 2, 3, 5), lambda q, k, v: sdpa(q, k, v, far.abs() < 3), window=3)
    case("sdpa", arrays(2, 2, 3, 5), lambda q, k, v: sdpa(q, k, v, scale=0.25), scale4=1)

    for key_features, value_features, causal, padded in [(8, 8, 1, 0), (5, 6, 0, 0), (5, 6, 0, 1)]:
        layer = nn.MultiheadAttention(8, 2, kdim=key_features, vdim=value_features, batch_first=True)
        weights = {"output.weight": layer.out_proj.weight, "output.bias": layer.out_proj.bias}
        for index, part in enumerate(["query", "key", "value"]):
            own = getattr(layer, f"{part[0]}_proj_weight")
            weights[f"{part}.weight"] = Part(layer.in_proj_weight, 8 * index, 8 * index + 8) if own is None else own
            weights[f"{part}.bias"] = Part(layer.in_proj_bias, 8 * index, 8 * index + 8)
        inputs = {"x": single(2, 4, 8), "keys": single(2, 4, key_features), "values": single(2, 4, value_features)}
        if padded:
            inputs["lengths"] = torch.tensor([4, 2])
        hidden = torch.ones(4, 4).triu(1).bool() if causal else None

        def attend(x, keys, values, lengths=None):
            padding = None if lengths is None else torch.arange(4) >= lengths[:, None]
            return layer(x, keys, values, key_padding_mask=padding, need_weights=False, attn_mask=hidden)[0]

        case("cross", inputs, attend, weights, [layer], features=8, heads=2, causal=causal, keys=key_features,
             values=value_features)


def rotated(x, offset, dimensions, interleaved, pace):
    """By complex numbers; the halves' form is the other one with features in another order."""
    turned = x[..., :dimensions]
    if not interleaved:
        turned = torch.stack(turned.chunk(2, -1), -1).flatten(-2)
    angles = (offset + torch.arange(x.shape[-2]))[:, None] * pace
    pairs = torch.view_as_complex(turned.unflatten(-1, (-1, 2)).contiguous())
    turned = torch.view_as_real(pairs * torch.polar(torch.ones_like(angles), angles))
    turned = turned.flatten(-2) if interleaved else torch.cat(turned.unbind(-1), -1)
    return torch.cat([turned, x[..., dimensions:]], -1)


def llama(pace, factor, low, high, context):
    result = []
    for frequency in pace.tolist():
        wavelength = 2 * math.pi / frequency
        if wavelength < context / high:
            result.append(frequency)
        elif wavelength > context / low:
            result.append(frequency / factor)
        else:
            smooth = (context / wavelength - low) / (high - low)
            result.append((1 - smooth) * frequency / factor + smooth * frequency)
    return torch.tensor(result)


def positions():
    for interleaved in [0, 1]:
        for offset, dimensions, scaling in [(0, 8, 0), (5, 6, 0), (3, 8, 1), (0, 8, 2), (2, 8, 3)]:
            base = 10000.0 * (2 ** (dimensions / (dimensions - 2)) if scaling == 2 else 1)
            pace = base ** (-torch.arange(0, dimensions, 2, dtype=torch.float64) / dimensions)
            pace = pace / 4 if scaling == 1 else llama(pace, 8, 1, 4, 64) if scaling == 3 else pace
            case("rope", {"x": single(2, 3, 4, 8)},
                 lambda x: rotated(x, offset, dimensions, interleaved, pace), interleaved=interleaved, offset=offset,
                 dimensions=dimensions, scaling=scaling)
    for interleaved in [0, 1]:
        angles = (2 + torch.arange(5.0))[:, None] * 10000.0 ** (-torch.arange(0, 6, 2) / 6)
        pair = [angles.sin(), angles.cos()]
        table = torch.stack(pair, -1).flatten(-2) if interleaved else torch.cat(pair, -1)
        case("sinusoidal", {"x": single(2, 5, 6)}, lambda x: x + table, interleaved=interleaved, offset=2)

    def slopes(n):
        """As in the code beside the paper."""
        def power_of_2(n):
            start = 2 ** (-2 ** -(math.log2(n) - 3))
            return [start * start ** i for i in range(n)]
        if math.log2(n).is_integer():
            return power_of_2(n)
        closest = 2 ** math.floor(math.log2(n))
        return power_of_2(closest) + slopes(2 * closest)[0::2][:n - closest]

    for heads in [4, 6]:
        distance = (torch.arange(2, 5)[:, None] - torch.arange(5)).abs()
        bias = -torch.tensor(slopes(heads))[:, None, None] * distance
        case("alibi", {"x": single(heads, 3, 5)}, lambda x: x + bias, heads=heads)


def block_names(layer, decoder):
    attention = {"attention": layer.self_attn}
    names = {}
    for key, part in attention.items():
        names |= {f"{key}.projection.weight": part.in_proj_weight, f"{key}.projection.bias": part.in_proj_bias,
                  f"{key}.output.weight": part.out_proj.weight, f"{key}.output.bias": part.out_proj.bias}
    if decoder:
        cross = layer.multihead_attn
        width = cross.embed_dim
        for index, part in enumerate(["query", "key", "value"]):
            span = (width * index, width * index + width)
            names |= {f"crossAttention.{part}.weight": Part(cross.in_proj_weight, *span),
                      f"crossAttention.{part}.bias": Part(cross.in_proj_bias, *span)}
        names |= {"crossAttention.output.weight": cross.out_proj.weight, "crossAttention.output.bias": cross.out_proj.bias}
    norms = ["attentionNorm"] + ["crossNorm"] * decoder + ["feedForwardNorm"]
    for index, ours in enumerate(norms):
        norm = getattr(layer, f"norm{index + 1}")
        names |= {f"{ours}.scale": norm.weight, f"{ours}.bias": norm.bias}
    return names | {"feedForward.expand.weight": layer.linear1.weight, "feedForward.expand.bias": layer.linear1.bias,
                    "feedForward.contract.weight": layer.linear2.weight, "feedForward.contract.bias": layer.linear2.bias}


def prefixed(prefix, names):
    return {f"{prefix}.{key}": value for key, value in names.items()}


def stack_names(stack, decoder):
    names = {}
    for index, layer in enumerate(stack.layers):
        names |= prefixed(f"layers.{index}", block_names(layer, decoder))
    if stack.norm is not None:
        names |= {"norm.scale": stack.norm.weight, "norm.bias": stack.norm.bias}
    return names


def padding(lengths, time):
    return None if lengths is None else torch.arange(time) >= lengths[:, None]


def transformers():
    for first, gelu, padded in [(0, 0, 0), (1, 1, 0), (0, 1, 1), (1, 0, 1)]:
        shape = dict(d_model=8, nhead=2, dim_feedforward=12, dropout=0, activation="gelu" if gelu else "relu",
                     batch_first=True, norm_first=bool(first))
        options = dict(features=8, heads=2, hidden=12, first=first, gelu=gelu)
        inputs = {"x": single(2, 4, 8)} | ({"lengths": torch.tensor([2, 4])} if padded else {})
        layer = nn.TransformerEncoderLayer(**shape)
        case("encoderLayer", inputs,
             lambda x, lengths=None: layer(x, src_key_padding_mask=padding(lengths, 4)),
             block_names(layer, 0), [layer], **options)
        inputs = {"x": single(2, 3, 8), "memory": single(2, 4, 8)} | ({"lengths": torch.tensor([2, 4])} if padded else {})
        decoder = nn.TransformerDecoderLayer(**shape)
        future = torch.ones(3, 3).triu(1).bool()
        case("decoderLayer", inputs,
             lambda x, memory, lengths=None: decoder(x, memory, future, memory_key_padding_mask=padding(lengths, 4)),
             block_names(decoder, 1), [decoder], **options)
    expand, gate, contract = nn.Linear(4, 6), nn.Linear(4, 6), nn.Linear(6, 4)
    names = {f"{ours}.{part}": getattr(layer, part) for ours, layer in
             [("expand", expand), ("gate", gate), ("contract", contract)] for part in ["weight", "bias"]}
    for kind, function in [(0, F.silu), (1, F.gelu)]:
        for layer in [expand, gate, contract]:
            layer.zero_grad()
        case("feedForward", {"x": single(3, 4)}, lambda x: contract(function(gate(x)) * expand(x)), names, features=4,
             hidden=6, kind=kind)


def models():
    shape = dict(d_model=8, nhead=2, dim_feedforward=32, dropout=0, activation="gelu", batch_first=True)
    words, places, kinds = nn.Embedding(11, 8), nn.Embedding(6, 8), nn.Embedding(2, 8)
    norm, pooler = nn.LayerNorm(8, 1e-12), nn.Linear(8, 8)
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(**shape, layer_norm_eps=1e-12), 2, enable_nested_tensor=False)
    names = {"tokens.weight": words.weight, "positions.weight": places.weight, "kinds.weight": kinds.weight,
             "norm.scale": norm.weight, "norm.bias": norm.bias, "pooler.weight": pooler.weight,
             "pooler.bias": pooler.bias} | prefixed("encoder", stack_names(encoder, 0))

    def bert(tokens, kinds_, lengths):
        x = norm(words(tokens) + places.weight[:5] + kinds(kinds_))
        x = encoder(x, src_key_padding_mask=padding(lengths, 5))
        return x, pooler(x[:, 0]).tanh()

    case("bert", {"tokens": torch.tensor([[3, 1, 7, 0, 10], [2, 2, 9, 4, 4]]),
                  "kinds_": torch.tensor([[0, 0, 1, 1, 1], [0, 1, 1, 0, 0]]), "lengths": torch.tensor([5, 3])}, bert, names)

    patches, scores = nn.Conv2d(2, 8, 3, 3), nn.Linear(8, 5)
    token, table = nn.Parameter(torch.zeros(1, 1, 8)), nn.Parameter(torch.zeros(5, 8))
    block = nn.TransformerEncoderLayer(**shape, layer_norm_eps=1e-6, norm_first=True)
    encoder = nn.TransformerEncoder(block, 2, nn.LayerNorm(8, 1e-6), enable_nested_tensor=False)
    names = {"patches.weight": patches.weight, "patches.bias": patches.bias, "classToken": token,
             "positions.weight": table, "scores.weight": scores.weight,
             "scores.bias": scores.bias} | prefixed("encoder", stack_names(encoder, 0))

    def vit(x):
        x = patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([token.expand(x.shape[0], 1, 8), x], 1) + table
        return scores(encoder(x)[:, 0])

    case("vit", {"x": single(2, 2, 6, 6)}, vit, names)

    shape |= dict(activation="relu", norm_first=True)
    words = nn.Embedding(11, 8)
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(**shape), 2, nn.LayerNorm(8), enable_nested_tensor=False)
    decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(**shape), 2, nn.LayerNorm(8))
    bias = nn.Parameter(torch.zeros(11))
    names = {"source.weight": words.weight, "scores.bias": bias} | prefixed("encoder", stack_names(encoder, 0))
    names |= prefixed("decoder", stack_names(decoder, 1))

    def place(x):
        angles = torch.arange(x.shape[1], dtype=torch.float64)[:, None] * 10000.0 ** (-torch.arange(0, 8, 2) / 8)
        return x * 8 ** 0.5 + torch.stack([angles.sin(), angles.cos()], -1).flatten(-2)

    def transformer(tokens, target, lengths):
        hidden = padding(lengths, 4)
        memory = encoder(place(words(tokens)), src_key_padding_mask=hidden)
        future = torch.ones(3, 3).triu(1).bool()
        x = decoder(place(words(target)), memory, future, memory_key_padding_mask=hidden)
        return x @ words.weight.T + bias

    case("transformer", {"tokens": torch.tensor([[3, 1, 7, 0], [2, 9, 4, 4]]), "target": torch.tensor([[1, 5, 6], [1, 8, 2]]),
                         "lengths": torch.tensor([4, 2])}, transformer, names)
    seq2seq()


def seq2seq():
    source, target, encoder = nn.Embedding(7, 3), nn.Embedding(6, 3), nn.GRU(3, 4, bidirectional=True, batch_first=True)
    bridge, query, key, energy = nn.Linear(8, 4), nn.Linear(4, 4, bias=False), nn.Linear(8, 4), nn.Linear(4, 1, bias=False)
    decoder, scores = nn.GRUCell(11, 4), nn.Linear(12, 6)
    names = {"source.weight": source.weight, "target.weight": target.weight, "bridge.weight": bridge.weight,
             "bridge.bias": bridge.bias, "attention.query.weight": query.weight, "attention.key.weight": key.weight,
             "attention.key.bias": key.bias, "attention.energy.weight": energy.weight,
             "decoder.inputWeight": decoder.weight_ih, "decoder.hiddenWeight": decoder.weight_hh,
             "decoder.bias": decoder.bias_ih, "decoder.candidateBias": Part(decoder.bias_hh, 8),
             "scores.weight": scores.weight, "scores.bias": scores.bias}
    names |= prefixed("encoder", recurrent_names(encoder, "gru", 1, 1))

    def run(tokens, written, lengths):
        packed = pack_padded_sequence(source(tokens), lengths, True, enforce_sorted=False)
        keys, last = encoder(packed)
        keys, _ = pad_packed_sequence(keys, True, total_length=4)
        state = bridge(torch.cat([last[0], last[1]], -1)).tanh()
        outputs = []
        for vector in target(written).unbind(1):
            weighed = energy((query(state)[:, None] + key(keys)).tanh()).squeeze(2)
            weighed = weighed.masked_fill(padding(lengths, 4), -math.inf).softmax(-1)
            seen = (weighed[:, None] @ keys)[:, 0]
            state = decoder(torch.cat([vector, seen], -1), state)
            outputs.append(scores(torch.cat([state, seen], -1)))
        return torch.stack(outputs, 1)

    case("seq2seq", {"tokens": torch.tensor([[3, 1, 6, 0], [2, 5, 4, 4]]), "written": torch.tensor([[1, 5, 2], [1, 0, 2]]),
                     "lengths": torch.tensor([4, 2])}, run, names, [encoder, decoder])


def embeddings():
    table = nn.Embedding(6, 3, padding_idx=2)
    indices = torch.tensor([[0, 2, 5, 5], [2, 1, 0, 2]])

    def padded(indices):
        with torch.no_grad():
            table.weight[2] = 0
        return table(indices)

    case("embedding", {"indices": indices}, padded, {"weight": table.weight}, padding=2)
    CASES[-1]["parameters"]["weight"]["value"][6:9] = [0.5, 1, -2]  # read by nobody
    for mode, name in enumerate(["sum", "mean", "max"]):
        for padding_index in [None, 2]:
            bag = nn.EmbeddingBag(6, 3, mode=name, padding_idx=padding_index)
            more = {} if padding_index is None else {"padding": padding_index}
            case("bag", {"indices": torch.tensor([[0, 2, 5, 5], [2, 1, 0, 2], [2, 2, 2, 2]])}, lambda indices: bag(indices), {"weight": bag.weight},
                 mode=mode, **more)
    bag = nn.EmbeddingBag(6, 3, mode="sum")
    case("bag", {"indices": indices, "weights": single(2, 4)},
         lambda indices, weights: bag(indices, per_sample_weights=weights), {"weight": bag.weight}, mode=0)


def parts():
    """Attention in parts, as MXNet's documentation writes it."""
    time, keys, batch, heads, features = 4, 3, 2, 2, 5

    def split(x, count):
        x = x.reshape(x.shape[0], batch, heads, count, features).permute(3, 1, 2, 0, 4)
        return x.reshape(count, batch * heads, x.shape[3], features)

    def join(x):
        return x.reshape(batch, heads, -1, features).permute(2, 0, 1, 3).reshape(-1, batch, heads * features)

    scores = lambda q, k: q @ k.mT / features ** 0.5
    case("self scores", {"x": single(time, batch, heads * 3 * features)}, lambda x: scores(*split(x, 3)[:2]), heads=heads)
    case("self values", {"x": single(time, batch, heads * 3 * features), "weights": single(batch * heads, time, time)},
         lambda x, weights: join(weights @ split(x, 3)[2]), heads=heads)
    pair = lambda: single(keys, batch, heads * 2 * features)
    case("cross scores", {"x": single(time, batch, heads * features), "pair": pair()},
         lambda x, pair: scores(split(x, 1)[0], split(pair, 2)[0]), heads=heads)
    case("cross values", {"x": pair(), "weights": single(batch * heads, time, keys)},
         lambda x, weights: join(weights @ split(x, 2)[1]), heads=heads)

    time, reach, dilations = 6, 2, [1, 2]
    for symmetric in [0, 1]:
        offsets = list(range(-reach, (reach if symmetric else 0) + 1))

        def each(function):
            """`function(row, head, place)` is a number or a vector, zero outside of the sequence."""
            return torch.stack([torch.stack([torch.stack([function(t, h, t + o * dilations[h]) for o in offsets], -1)
                                             for h in range(heads)], 1) for t in range(time)], 1)

        inside = lambda place: 0 <= place < time
        near = lambda x, h, place: x[:, place, h] if inside(place) else torch.zeros(batch, 3)
        x = lambda: single(batch, time, heads, 3)
        case("window scores", {"q": x(), "k": x()},
             lambda q, k: each(lambda t, h, p: (q[:, t, h] * near(k, h, p)).sum(-1)), symmetric=symmetric)
        case("window context", {"weights": single(batch, time, heads, len(offsets)), "v": x()},
             lambda weights, v: (each(lambda t, h, p: near(v, h, p)) * weights[:, :, :, None]).sum(-1),
             symmetric=symmetric)
        lengths = torch.tensor([6, 4])
        mask = each(lambda t, h, p: ((lengths > t) & (lengths > p) & (p >= 0)).double())
        case("window mask", {"scores": single(batch, time, heads, len(offsets))},
             lambda scores: scores * mask, symmetric=symmetric)


if __name__ == "__main__":
    recurrent()
    cells()
    attention()
    positions()
    transformers()
    models()
    embeddings()
    parts()
    with open(os.path.join(HERE, "sequences.json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in CASES) + "\n]\n")
    print(len(CASES))
