"""Learning rates by PyTorch's schedulers for the first steps: schedules.json.

    python-with-torch schedules.py
"""
import json
import os

import torch
from torch.optim import lr_scheduler as S

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = {
    "step": (0.5, 30, lambda o: S.StepLR(o, 7, 0.3)),
    "multiStep": (0.5, 30, lambda o: S.MultiStepLR(o, [4, 9, 20], 0.3)),
    "exponential": (0.5, 30, lambda o: S.ExponentialLR(o, 0.9)),
    "cosine": (0.5, 20, lambda o: S.CosineAnnealingLR(o, 20, 0.1)),
    "warmRestarts": (0.5, 60, lambda o: S.CosineAnnealingWarmRestarts(o, 7, 2, 0.1)),
    "restarts": (0.5, 30, lambda o: S.CosineAnnealingWarmRestarts(o, 7, 1, 0.1)),
    "linear": (0.5, 30, lambda o: S.LinearLR(o, 0.25, 1.0, 12)),
    "polynomial": (0.5, 30, lambda o: S.PolynomialLR(o, 20, 2.0)),
    "oneCycle": (0.5, 40, lambda o: S.OneCycleLR(o, 0.5, 40, pct_start=0.3)),
    "oneCycleLinear": (0.5, 40, lambda o: S.OneCycleLR(o, 0.5, 40, pct_start=0.25, anneal_strategy="linear")),
    "cyclic": (0.5, 40, lambda o: S.CyclicLR(o, 0.1, 0.5, 5, 8, cycle_momentum=False)),
    "cyclicHalving": (0.5, 40, lambda o: S.CyclicLR(o, 0.1, 0.5, 6, mode="triangular2", cycle_momentum=False)),
    "cyclicShrinking": (0.5, 40, lambda o: S.CyclicLR(o, 0.1, 0.5, 6, mode="exp_range", gamma=0.97, cycle_momentum=False)),
    "constant": (0.5, 20, lambda o: S.ConstantLR(o, 0.25, 6)),
    "sequence": (0.5, 30, lambda o: S.SequentialLR(o, [S.ConstantLR(o, 0.1, 100), S.ExponentialLR(o, 0.9), S.StepLR(o, 3, 0.5)], [5, 14])),
    "product": (0.5, 30, lambda o: S.ChainedScheduler([S.ConstantLR(o, 0.1, 4), S.ExponentialLR(o, 0.9)])),
}
METRICS = [1, 0.9, 0.91, 0.92, 0.90, 0.95, 0.8, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.79, 0.9, 0.9, 0.9, 0.9]


def optimizer(rate):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], rate)


if __name__ == "__main__":
    found = {}
    for name, (rate, steps, make) in CASES.items():
        rule = optimizer(rate)
        schedule, rates = make(rule), []
        for _ in range(steps):
            rates.append(rule.param_groups[0]["lr"])
            rule.step()
            schedule.step()
        found[name] = rates
    rule = optimizer(0.5)
    schedule, rates = S.ReduceLROnPlateau(rule, "min", 0.5, 2, cooldown=1, min_lr=0.1), []
    for metric in METRICS:
        schedule.step(metric)
        rates.append(rule.param_groups[0]["lr"])
    found |= {"plateau": rates, "plateauMetrics": METRICS}
    with open(os.path.join(HERE, "schedules.json"), "w") as file:
        json.dump(found, file, indent=0)
    print(len(found), "schedules")
