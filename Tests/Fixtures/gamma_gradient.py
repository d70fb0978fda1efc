"""How gamma numbers move with the shape at equal rank: dx/da from SciPy's inverse functions.

    python3 Tests/Fixtures/gamma_gradient.py > Tests/Fixtures/gamma_gradient.txt

A line for each: shape, sample, derivative; by central differences of fifth order at ranks from
1e-6 to 1 - 1e-6, good to 1e-8 of the result.
"""

import numpy as np
from scipy import special

for a in (0.05, 0.3, 0.9, 1, 2.5, 12, 80, 1e3, 2e4):
    for rank in (1e-6, 0.01, 0.2, 0.5, 0.8, 0.99, 1 - 1e-6):
        def quantile(shape):
            if rank < 0.9:
                return np.log(special.gammaincinv(shape, rank))
            return np.log(special.gammainccinv(shape, 1 - rank))

        x, h = np.exp(quantile(a)), 1e-3 * a
        if x < 1e-250:
            continue
        slope = (8 * (quantile(a + h) - quantile(a - h))
                 - (quantile(a + 2 * h) - quantile(a - 2 * h))) / (12 * h)
        print(f"{a:.17g} {x:.17g} {slope * x:.17g}")
