"""Values and gradients of losses by PyTorch in float64, unreduced: losses.json.

    python-with-torch losses.py

The gradient is that of the sum of losses weighted 1, 2, 3, ... Losses that PyTorch does not have are written out here.
"""
import json
import os

import numpy as np
import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
RANDOM = np.random.default_rng(3)


def floats(*shape, scale=1.0):
    return torch.tensor(RANDOM.integers(-128, 129, shape) / 64 * scale, dtype=torch.float64)


def shares(*shape):
    x = torch.tensor(RANDOM.integers(1, 64, shape) / 64, dtype=torch.float64)
    return x


def classes(count, *shape):
    return torch.tensor(RANDOM.integers(0, count, shape))


def bits(*shape):
    return torch.tensor(RANDOM.integers(0, 2, shape), dtype=torch.float64)


def signs(*shape):
    return 2 * bits(*shape) - 1


def log_cosh(p, t):
    return torch.log(torch.cosh(p - t))


def focal(x, t, gamma, alpha):
    q = torch.where(t > 0, torch.sigmoid(x), 1 - torch.sigmoid(x))
    a = t * alpha + (1 - t) * (1 - alpha)
    return -a * (1 - q) ** gamma * torch.log(q)


def tversky(p, t, alpha, beta, s):
    p, t = p.flatten(1), t.flatten(1)
    tp, fp, fn = (p * t).sum(1), (p * (1 - t)).sum(1), ((1 - p) * t).sum(1)
    return 1 - (tp + s) / (tp + alpha * fp + beta * fn + s)


def dice(p, t, s):
    p, t = p.flatten(1), t.flatten(1)
    return 1 - (2 * (p * t).sum(1) + s) / (p.sum(1) + t.sum(1) + s)


def info_nce(q, k, temperature):
    scores = F.normalize(q, dim=1) @ F.normalize(k, dim=1).T / temperature
    return F.cross_entropy(scores, torch.arange(len(q)), reduction="none")


def sdml(a, b, s):
    """As MXNet's: rows of the divergence of smoothed targets, times the batch over the mean."""
    n = len(a)
    d = ((a[:, None] - b[None]) ** 2).sum(2)
    eye = torch.eye(n, dtype=a.dtype)
    labels = eye * (1 - s) + (1 - eye) * s / (n - 1)
    return (labels * (torch.log(labels) - F.log_softmax(-d, 1))).sum(1)


def sparsemax_loss(z, y):
    losses = []
    for row, label in zip(z, y):
        order = torch.sort(row.detach(), descending=True).values
        k = max(i + 1 for i in range(len(order)) if 1 + (i + 1) * order[i] > order[: i + 1].sum())
        support = row.detach() >= order[k - 1]
        tau = (row[support].sum() - 1) / k
        losses.append(0.5 * (row[support] ** 2 - tau**2).sum() + 0.5 - row[label])
    return torch.stack(losses)


CASES = []


def case(name, function, inputs, leaves, **options):
    inputs = [x.clone().requires_grad_(i in leaves) for i, x in enumerate(inputs)]
    losses = function(*inputs)
    weights = torch.arange(1, losses.numel() + 1, dtype=torch.float64).reshape(losses.shape)
    (losses * weights).sum().backward()
    as_list = lambda x: [float(v) for v in x.detach().flatten()]
    CASES.append({"loss": name, "options": options, "losses": as_list(losses),
                  "inputs": [{"shape": list(x.shape), "isFloat": x.dtype == torch.float64, "values": as_list(x)} for x in inputs],
                  "leaves": leaves, "gradients": [as_list(inputs[i].grad) for i in leaves]})


def pairs():
    n = {"reduction": "none"}
    case("l1Loss", lambda p, t: F.l1_loss(p, t, **n), [floats(3, 4), floats(3, 4)], [0, 1])
    case("l2Loss", lambda p, t: F.mse_loss(p, t, **n), [floats(3, 4), floats(3, 4)], [0, 1])
    for delta in [1.0, 0.5]:
        case("huberLoss", lambda p, t: F.huber_loss(p, t, delta=delta, **n), [floats(3, 4), floats(3, 4)], [0, 1], delta=delta)
        case("smoothL1Loss", lambda p, t: F.smooth_l1_loss(p, t, beta=delta, **n), [floats(3, 4), floats(3, 4)], [0, 1], beta=delta)
    case("logCoshLoss", log_cosh, [floats(3, 4, scale=3), floats(3, 4)], [0, 1])
    case("sigmoidCrossEntropy", lambda x, t: F.binary_cross_entropy_with_logits(x, t, **n), [floats(3, 4, scale=20), shares(3, 4)], [0])
    case("sigmoidCrossEntropy", lambda x, t, w: F.binary_cross_entropy_with_logits(x, t, pos_weight=w, **n),
         [floats(3, 4), bits(3, 4), shares(4)], [0])
    case("binaryCrossEntropy", lambda x, t: F.binary_cross_entropy(x, t, **n), [shares(3, 4) * 0.99, shares(3, 4)], [0])
    case("klDivergenceLoss", lambda x, t: F.kl_div(x, t, **n), [floats(3, 4), shares(3, 4) * bits(3, 4)], [0])
    case("hingeLoss", lambda p, t: F.relu(1 - p * t), [floats(3, 4), signs(3, 4)], [0])
    case("squaredHingeLoss", lambda p, t: F.relu(1 - p * t) ** 2, [floats(3, 4), signs(3, 4)], [0])
    case("logisticLoss", lambda p, t: F.soft_margin_loss(p, t, **n), [floats(3, 4), signs(3, 4)], [0])
    case("perceptronLoss", lambda p, t: F.relu(-p * t), [floats(3, 4) + 1 / 128, signs(3, 4)], [0])
    case("poissonLoss", lambda p, t: F.poisson_nll_loss(p, t, **n), [floats(3, 4), classes(5, 3, 4).double()], [0])
    case("poissonLoss", lambda p, t: F.poisson_nll_loss(p, t, log_input=False, **n), [shares(3, 4), classes(5, 3, 4).double()], [0], logarithm=0)
    case("gaussianLoss", lambda p, t, v: F.gaussian_nll_loss(p, t, v, **n), [floats(3, 4), floats(3, 4), shares(3, 4)], [0, 2])
    case("focalLoss", lambda x, t: focal(x, t, 2, 0.25), [floats(3, 4), bits(3, 4)], [0])
    case("focalLoss", lambda x, t: focal(x, t, 1.5, 0.7), [floats(3, 4), bits(3, 4)], [0], gamma=1.5, alpha=0.7)


def vectors():
    n = {"reduction": "none"}
    case("tripletLoss", lambda a, p, x: F.triplet_margin_loss(a, p, x, **n), [floats(5, 4), floats(5, 4), floats(5, 4)], [0, 1, 2])
    case("cosineEmbeddingLoss", lambda a, b, t: F.cosine_embedding_loss(a, b, t, 0.25, reduction="none"),
         [floats(5, 4), floats(5, 4), signs(5)], [0, 1], margin=0.25)
    case("marginRankingLoss", lambda a, b, t: F.margin_ranking_loss(a, b, t, 0.5, reduction="none"),
         [floats(6), floats(6), signs(6)], [0, 1], margin=0.5)
    case("tverskyLoss", lambda p, t: tversky(p, t, 0.3, 0.7, 1), [shares(3, 2, 4), bits(3, 2, 4)], [0], alpha=0.3, beta=0.7)
    case("diceLoss", lambda p, t: dice(p, t, 1), [shares(3, 2, 4), bits(3, 2, 4)], [0])
    case("infoNCELoss", lambda a, b: info_nce(a, b, 0.5), [floats(5, 4), floats(5, 4)], [0, 1], temperature=0.5)
    case("sdmlLoss", lambda a, b: sdml(a, b, 0.3), [floats(5, 4), floats(5, 4)], [0, 1])


def labels():
    n = {"reduction": "none"}
    scores = lambda: floats(6, 5)
    case("negativeLogLikelihood", lambda x, y: F.nll_loss(x, y, **n), [scores(), classes(5, 6)], [0])
    case("negativeLogLikelihood", lambda x, y, w: F.nll_loss(x, y, w, **n), [scores(), classes(5, 6), shares(5)], [0])
    case("softmaxCrossEntropy", lambda x, y: F.cross_entropy(x, y, label_smoothing=0.2, **n), [scores(), classes(5, 6)], [0], smoothing=0.2)
    case("softmaxCrossEntropy", lambda x, y, w: F.cross_entropy(x, y, w, label_smoothing=0.2, **n),
         [scores(), classes(5, 6), shares(5)], [0], smoothing=0.2)
    case("softmaxCrossEntropy", lambda x, y, w: F.cross_entropy(x, y, w, ignore_index=-100, **n),
         [scores(), torch.tensor([0, -100, 3, 4, -100, 2]), shares(5)], [0], ignoring=-100)
    case("softmaxCrossEntropyProbabilities", lambda x, t: F.cross_entropy(x, t, **n), [scores(), F.softmax(scores(), 1)], [0])
    case("multiMarginLoss", lambda x, y: F.multi_margin_loss(x, y, **n), [scores(), classes(5, 6)], [0])
    case("multiMarginLoss", lambda x, y: F.multi_margin_loss(x, y, p=2, margin=0.5, **n), [scores(), classes(5, 6)], [0], squared=1, margin=0.5)
    targets = bits(6, 5)
    lists = torch.full((6, 5), -1)
    for row in range(6):
        found = torch.nonzero(targets[row]).flatten()
        lists[row, : len(found)] = found
    case("multiLabelMarginLoss", lambda x, t: F.multilabel_margin_loss(x, lists, **n) + 0 * t.sum(), [scores(), targets], [0])
    case("multiLabelSoftMarginLoss", lambda x, t: F.multilabel_soft_margin_loss(x, t, **n), [scores(), bits(6, 5)], [0])
    case("sparsemaxLoss", sparsemax_loss, [scores(), classes(5, 6)], [0])


def texts():
    for times, batch, count, length, blank in [(9, 3, 5, 3, 0), (6, 2, 4, 2, 3), (1, 2, 3, 1, 0), (12, 4, 3, 5, 0)]:
        logits = floats(times, batch, count, scale=2)
        text = classes(count - 1, batch, length) + (1 if blank == 0 else 0)
        inputs = torch.tensor([max(1, times - i) if times > 1 else 1 for i in range(batch)])
        lengths = torch.tensor([max(1, length - i) for i in range(batch)])
        run = lambda x, y, i, l: F.ctc_loss(F.log_softmax(x, 2), y, i, l, blank, "none")
        case("ctcLoss", run, [logits, text, inputs, lengths], [0], blank=blank)


if __name__ == "__main__":
    pairs()
    vectors()
    labels()
    texts()
    with open(os.path.join(HERE, "losses.json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in CASES) + "\n]\n")
    print(len(CASES), "cases")
