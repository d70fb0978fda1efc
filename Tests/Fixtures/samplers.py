"""Distribution functions of SciPy for the samplers of `NDArray.random`.

    python3 Tests/Fixtures/samplers.py > Tests/Fixtures/samplers.txt

A line for each distribution: name, parameters, `:`, mean, variance (nan where there is none), `:`,
then points and the distribution function there. Of counts the points are all whole numbers that
matter, and a further field, before the points, is what the chi-square statistic over them exceeds
in one of 10,000 cases.
"""

import numpy as np
from scipy import stats


def line(name, parameters, dist):
    mean, variance = dist.stats("mv")
    head = f"{name} {' '.join(map(str, parameters))} : {mean:.17g} {variance:.17g} :"
    x = dist.ppf(np.arange(1, 100) / 100)
    print(head, " ".join(f"{a:.17g} {dist.cdf(a):.17g}" for a in x))


def counts(name, parameters, dist, samples=20000):
    mean, variance = dist.stats("mv")
    low, high = int(dist.ppf(1e-4)), int(dist.ppf(1 - 1e-4))
    step = max(1, (high - low) // 150)
    x = np.arange(low, high + 1, step)
    cdf = dist.cdf(x)
    # Cells of at least ten expected samples, as the test makes them.
    cells, last = 0, 0.0
    for p in cdf:
        if (p - last) * samples >= 10 and (1 - p) * samples >= 10:
            cells, last = cells + 1, p
    bound = stats.chi2.isf(1e-4, max(cells, 1))
    head = f"{name} {' '.join(map(str, parameters))} : {mean:.17g} {variance:.17g} {bound:.17g} :"
    print(head, " ".join(f"{a} {p:.17g}" for a, p in zip(x, cdf)))


line("uniform", (-1, 3), stats.uniform(-1, 4))
line("normal", (2, 3), stats.norm(2, 3))
line("exponential", (2,), stats.expon(scale=2))
line("gumbel", (1, 2), stats.gumbel_r(1, 2))
line("laplace", (-1, 0.5), stats.laplace(-1, 0.5))
line("logistic", (0.5, 2), stats.logistic(0.5, 2))
line("cauchy", (1, 2), stats.cauchy(1, 2))
line("logNormal", (0.5, 0.7), stats.lognorm(0.7, scale=np.exp(0.5)))
line("halfNormal", (2,), stats.halfnorm(scale=2))
line("rayleigh", (3,), stats.rayleigh(scale=3))
for a in (0.7, 3):
    line("weibull", (a, 2), stats.weibull_min(a, scale=2))
line("pareto", (5,), stats.lomax(5))
line("power", (0.3,), stats.powerlaw(0.3))
for low, high in ((-2, 1), (3, 7), (0.5, 0.6)):
    line("truncatedNormal", (low, high, 0.2, 1.5),
         stats.truncnorm((low - 0.2) / 1.5, (high - 0.2) / 1.5, 0.2, 1.5))
for a in (0.02, 0.5, 1, 4.5, 300):
    line("gamma", (a, 2), stats.gamma(a, scale=2))
for n in (0.5, 7):
    line("chiSquare", (n,), stats.chi2(n))
line("studentT", (5,), stats.t(5))
line("f", (3, 10), stats.f(3, 10))
for a, b in ((0.5, 0.5), (2, 3), (0.03, 0.05), (400, 100)):
    line("beta", (a, b), stats.beta(a, b))
for mean in (0.05, 3, 9.9, 10, 40, 1000):
    counts("poisson", (mean,), stats.poisson(mean))
for n, p in ((1, 0.3), (10, 0.3), (40, 0.9), (1000, 0.005), (100, 0.5), (5000, 0.7)):
    counts("binomial", (n, p), stats.binom(n, p))
for n, p in ((3, 0.4), (0.5, 0.1), (20, 0.2)):
    counts("negativeBinomial", (n, p), stats.nbinom(n, p))
for mean, dispersion in ((4, 0.5), (30, 0.1)):
    r = 1 / dispersion
    counts("generalizedNegativeBinomial", (mean, dispersion), stats.nbinom(r, r / (r + mean)))
for p in (0.2, 0.9, 0.01):
    counts("geometric", (p,), stats.geom(p))
