"""Log-probabilities, moments, entropies and divergences of PyTorch, in float64.

    python3 Tests/Fixtures/distributions.py > Tests/Fixtures/distributions.json

Needs torch. Each item: type, parameters in the order of the Swift initializer, values,
log-probabilities at them (with gradients with respect to the first parameter of their sum), mean,
variance, entropy (null where PyTorch has none), other parameters, and the divergence of the first
from the second distribution (null where PyTorch has none). NaN and infinities are strings. Of F,
and of what PyTorch writes otherwise, the parameters are translated here.
"""

import json
import math

import torch
import torch.distributions as td

torch.set_default_dtype(torch.float64)


def plain(x):
    if isinstance(x, torch.Tensor):
        return plain(x.tolist())
    if isinstance(x, (list, tuple)):
        return [plain(y) for y in x]
    return x if isinstance(x, int) or math.isfinite(x) else str(x)


def attempt(make):
    try:
        return plain(make())
    except NotImplementedError:
        return None


items = []


def add(name, make, parameters, values, others=None):
    tensors = [torch.tensor(p, requires_grad=True) for p in parameters]
    dist = make(*tensors)
    values = torch.tensor(values)
    logs = dist.log_prob(values)
    if name == "pareto":
        logs = torch.where(dist.support.check(values), logs, torch.tensor(-math.inf))
    finite = torch.where(torch.isfinite(logs), logs, torch.zeros_like(logs))
    slope = torch.autograd.grad(finite.sum(), tensors[0], allow_unused=True)[0]
    item = dict(
        type=name, parameters=plain(parameters), values=plain(values), logProbabilities=plain(logs),
        slope=None if slope is None else plain(slope), mean=attempt(lambda: dist.mean),
        variance=attempt(lambda: dist.variance), entropy=attempt(dist.entropy))
    if others is not None:
        other = make(*[torch.tensor(p) for p in others])
        item.update(others=plain(others), divergence=attempt(lambda: td.kl_divergence(dist, other)))
    items.append(item)


def loose(kind):
    return lambda *p, **k: kind(*p, **k, validate_args=False)


real = [-3.0, -0.4, 0.0, 1.3, 8.0]
positive = [0.01, 0.5, 1.0, 3.5, 20.0]
unit = [0.001, 0.2, 0.5, 0.9, 0.999]
counts = [0.0, 1.0, 3.0, 7.0, 25.0]
pair = [[0.5, -1.0, 2.0, 0.0, 1.0], [0.7, 2.0, 1.0, 0.3, 5.0]]
other = [[0.0, 1.0, 2.5, -0.5, 0.2], [1.0, 1.5, 0.6, 0.5, 2.0]]
shapes = [[0.5, 1.0, 2.0, 4.5, 30.0], [0.7, 2.0, 1.0, 0.3, 5.0]]
shapes2 = [[0.8, 1.5, 2.0, 3.0, 20.0], [1.0, 1.5, 0.6, 0.5, 2.0]]
odds = [[0.1, 0.5, 0.9, 0.3, 0.7]]
odds2 = [[0.2, 0.5, 0.6, 0.4, 0.1]]

for name, kind in (("normal", td.Normal), ("laplace", td.Laplace), ("cauchy", td.Cauchy),
                   ("gumbel", td.Gumbel)):
    add(name, kind, pair, real, other)
add("logNormal", td.LogNormal, pair, positive, other)
add("uniform", loose(td.Uniform), [[-1.0, 0.0, -0.5, 1.0, 7.0], [2.0, 1.0, 0.5, 4.0, 9.0]], real,
    [[-1.0, 0.5, -1.0, 0.0, 6.0], [2.0, 1.0, 1.0, 4.0, 9.5]])
add("exponential", lambda s: td.Exponential(1 / s), [shapes[1]], positive, [shapes2[1]])
add("halfNormal", td.HalfNormal, [shapes[1]], positive, [shapes2[1]])
add("pareto", lambda a, m: td.Pareto(m, a, validate_args=False), [[0.5, 1.5, 2.5, 3.0, 4.0],
    [1.0, 0.4, 1.0, 2.0, 5.0]], positive, [[0.8, 1.5, 2.0, 3.0, 2.0], [0.9, 0.4, 1.5, 1.0, 4.0]])
add("weibull", lambda k, s: td.Weibull(s, k), shapes[:1] + [[0.7, 2.0, 1.0, 0.9, 15.0]], positive,
    [[0.8, 1.5, 2.0, 3.0, 20.0], [1.0, 1.5, 0.6, 0.9, 14.0]])
add("studentT", td.StudentT, [[0.5, 1.5, 2.5, 5.0, 30.0]] + pair, real)
add("gamma", lambda a, s: td.Gamma(a, 1 / s), shapes, positive, shapes2)
add("chiSquare", td.Chi2, [[0.5, 1.0, 2.0, 7.0, 30.0]], positive, [[0.8, 1.5, 2.0, 3.0, 20.0]])
add("f", td.FisherSnedecor, [[0.5, 1.0, 3.0, 7.0, 30.0], [1.0, 3.0, 5.0, 10.0, 6.0]], positive)
add("beta", td.Beta, shapes, unit, shapes2)
add("geometric", td.Geometric, odds, counts, odds2)
add("poisson", td.Poisson, [[0.1, 1.0, 3.0, 9.0, 30.0]], counts, [[0.5, 0.8, 3.0, 7.0, 33.0]])
add("bernoulli", td.Bernoulli, odds, [0.0, 1.0, 1.0, 0.0, 1.0], odds2)
trials = [1.0, 5.0, 3.0, 10.0, 100.0]
add("binomial", lambda p: td.Binomial(torch.tensor(trials), p), odds, counts, odds2)
items[-1].update(parameters=[trials] + items[-1]["parameters"],
                 others=[trials] + items[-1]["others"])
add("negativeBinomial", lambda r, p: td.NegativeBinomial(r, 1 - p),
    [[0.5, 1.0, 3.0, 7.0, 20.0]] + odds, counts)
weights = [[[0.1, 0.2, 0.7], [1 / 3, 1 / 3, 1 / 3]]]
weights2 = [[[0.3, 0.3, 0.4], [0.1, 0.8, 0.1]]]
add("categorical", td.Categorical, weights, [2, 0], weights2)
add("oneHotCategorical", td.OneHotCategorical, weights, [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]],
    weights2)
add("multinomial", lambda p: td.Multinomial(7, p), weights, [[1.0, 2.0, 4.0], [7.0, 0.0, 0.0]])
add("dirichlet", td.Dirichlet, [[[0.5, 1.0, 3.0], [10.0, 2.0, 2.0]]],
    [[0.1, 0.2, 0.7], [0.6, 0.3, 0.1]], [[[1.0, 1.0, 2.0], [3.0, 4.0, 5.0]]])
add("multivariateNormal", td.MultivariateNormal,
    [[[0.5, -1.0], [2.0, 0.0]], [[[2.0, 0.6], [0.6, 1.0]], [[0.5, -0.2], [-0.2, 3.0]]]],
    [[0.0, 1.0], [1.0, 2.0]],
    [[[0.0, 1.0], [2.0, 1.0]], [[[1.0, 0.1], [0.1, 2.0]], [[1.5, 0.7], [0.7, 1.0]]]])
add("independent", lambda m, s: td.Independent(td.Normal(m, s), 1), pair, real, other)
add("transformed", lambda m, s: td.TransformedDistribution(td.Normal(m, s), [
    td.transforms.TanhTransform(), td.transforms.AffineTransform(2.0, -1.5),
    td.transforms.ExpTransform(), td.transforms.PowerTransform(torch.tensor(0.7))]),
    [pair[0], [0.7, 2.0, 1.0, 0.3, 1.5]],
    [1.9, 3.0, 5.0, 8.0, 10.0])
add("squashed", lambda m, s: td.TransformedDistribution(td.Normal(m, s), [
    td.transforms.SigmoidTransform()]), pair, [0.1, 0.4, 0.5, 0.7, 0.95])

print(json.dumps(items, indent=None).replace("}, {", "},\n {"))
