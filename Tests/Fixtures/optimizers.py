"""Ten steps of each update rule, by PyTorch, by MXNet and by the formulas of the papers: optimizers.json.

    python-with-torch optimizers.py torch; python-with-mxnet optimizers.py mxnet; python3 optimizers.py papers

Each run replaces the cases of its source. Starts and gradients are multiples of 1/64, so they are the same in float32.
"""
import json
import math
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
PATH = os.path.join(HERE, "optimizers.json")
SHAPES, STEPS = [(4, 3), (5,)], 10


def inputs():
    random = np.random.default_rng(7)
    draw = lambda shape: random.integers(-96, 97, shape) / 64
    return [draw(s) for s in SHAPES], [[draw(s) for s in SHAPES] for _ in range(STEPS)]


STARTS, GRADIENTS = inputs()


def torch_cases():
    import torch
    from torch import optim

    moments = {"learningRate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6, "weightDecay": 0.1}
    both = lambda n: dict(lr=n["learningRate"], betas=(n["beta1"], n["beta2"]), eps=n["epsilon"],
                          weight_decay=n["weightDecay"])
    rules = [
        ("amsGrad", moments, lambda p, n: optim.Adam(p, **both(n), amsgrad=True)),
        ("adamax", moments, lambda p, n: optim.Adamax(p, **both(n))),
        ("nAdam", moments | {"momentumDecay": 0.01}, lambda p, n: optim.NAdam(p, **both(n), momentum_decay=n["momentumDecay"])),
        ("rAdam", moments, lambda p, n: optim.RAdam(p, **both(n))),
        ("adaDelta", {"learningRate": 0.5, "decay": 0.9, "epsilon": 1e-5, "weightDecay": 0.1},
         lambda p, n: optim.Adadelta(p, n["learningRate"], n["decay"], n["epsilon"], n["weightDecay"])),
        ("centeredRMSProp", {"learningRate": 0.01, "decay": 0.9, "momentum": 0.5, "epsilon": 1e-4, "weightDecay": 0.1},
         lambda p, n: optim.RMSprop(p, n["learningRate"], n["decay"], n["epsilon"], n["weightDecay"], n["momentum"], True)),
        ("rprop", {"learningRate": 0.02, "shrinking": 0.5, "growing": 1.2, "smallest": 1e-6, "largest": 0.03},
         lambda p, n: optim.Rprop(p, n["learningRate"], (n["shrinking"], n["growing"]), (n["smallest"], n["largest"]))),
        ("adafactor", {"learningRate": 0.05, "decayPower": -0.8, "epsilon": 1e-7, "scaleMin": 1e-3, "clipping": 1.0,
                       "weightDecay": 0.1},
         lambda p, n: optim.Adafactor(p, n["learningRate"], n["decayPower"], (n["epsilon"], n["scaleMin"]), n["clipping"],
                                      n["weightDecay"])),
    ]
    cases = []
    for dtype in ["float32", "float64"]:
        torch.set_default_dtype(getattr(torch, dtype))  # of the numbers that rules keep as tensors
        for name, numbers, make in rules:
            parameters = [torch.tensor(s, dtype=getattr(torch, dtype), requires_grad=True) for s in STARTS]
            rule = make(parameters, numbers)
            for gradients in GRADIENTS:
                for parameter, gradient in zip(parameters, gradients):
                    parameter.grad = torch.tensor(gradient, dtype=parameter.dtype)
                rule.step()
            cases.append(case(name, "torch", dtype, numbers, [p.detach().numpy() for p in parameters]))
    return cases


def mxnet_cases():
    import mxnet as mx

    o, nd = mx.optimizer, mx.nd
    moments = {"learningRate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6, "weightDecay": 0.1}
    both = lambda n: dict(learning_rate=n["learningRate"], beta1=n["beta1"], beta2=n["beta2"], epsilon=n["epsilon"],
                          wd=n["weightDecay"])
    rules = [
        ("ftml", moments, lambda n: o.FTML(**both(n))),
        ("lamb", moments, lambda n: o.LAMB(**both(n))),
        ("ftrl", {"learningRate": 0.2, "l1": 0.25, "beta": 0.5, "weightDecay": 0.1},
         lambda n: o.Ftrl(lamda1=n["l1"], learning_rate=n["learningRate"], beta=n["beta"], wd=n["weightDecay"])),
        ("signum", {"learningRate": 0.05, "momentum": 0.75, "weightDecay": 0.1, "decoupledDecay": 0.2},
         lambda n: o.Signum(n["learningRate"], n["momentum"], n["decoupledDecay"], wd=n["weightDecay"])),
        ("dcasgd", {"learningRate": 0.05, "momentum": 0.0, "compensation": 0.2, "weightDecay": 0.1},
         lambda n: o.DCASGD(n["momentum"], n["compensation"], learning_rate=n["learningRate"], wd=n["weightDecay"])),
        ("lars", {"learningRate": 0.5, "momentum": 0.75, "trust": 0.1, "epsilon": 0.01, "weightDecay": 0.1},
         lambda n: o.LARS(momentum=n["momentum"], eta=n["trust"], eps=n["epsilon"], learning_rate=n["learningRate"],
                          wd=n["weightDecay"])),
        ("groupAdaGrad", {"learningRate": 0.05, "epsilon": 1e-5},
         lambda n: o.contrib.GroupAdaGrad(learning_rate=n["learningRate"], eps=n["epsilon"])),
    ]
    cases = []
    for name, numbers, make in rules:
        weights = [nd.array(s, dtype="float32") for s in STARTS]
        if name == "groupAdaGrad":
            weights = [w if w.ndim > 1 else w.reshape((-1, 1)) for w in weights]
        rule = make(numbers)
        states = [rule.create_state(i, w) for i, w in enumerate(weights)]
        for gradients in GRADIENTS:
            for i, weight in enumerate(weights):
                rule.update(i, weight, nd.array(gradients[i], dtype="float32").reshape(weight.shape), states[i])
        cases.append(case(name, "mxnet", "float32", numbers, [w.asnumpy().reshape(s) for w, s in zip(weights, SHAPES)]))
    return cases


def paper_cases():
    """The formulas of the papers, in float64."""
    moments = {"learningRate": 0.05, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6, "weightDecay": 0.1}

    def mean(state, key, beta, new, start=0.0):
        state[key] = beta * state.get(key, np.full(new.shape, start)) + (1 - beta) * new
        return state[key]

    def lion(p, g, s, n, t):
        c = n["beta1"] * s.get("m", 0 * g) + (1 - n["beta1"]) * g
        mean(s, "m", n["beta2"], g)
        return p - n["learningRate"] * (np.sign(c) + n["weightDecay"] * p)

    def ada_belief(p, g, s, n, t):
        m = mean(s, "m", n["beta1"], g)
        v = s["v"] = mean(s, "v", n["beta2"], (g - m) ** 2) + n["epsilon"]
        m, v = m / (1 - n["beta1"] ** t), v / (1 - n["beta2"] ** t)
        return p - n["learningRate"] * (m / (np.sqrt(v) + n["epsilon"]) + n["weightDecay"] * p)

    def yogi(p, g, s, n, t):
        g = g + n["weightDecay"] * p
        m = mean(s, "m", n["beta1"], g, 1e-6)
        v = s.get("v", np.full(g.shape, 1e-6))
        v = s["v"] = v - (1 - n["beta2"]) * np.sign(v - g * g) * g * g
        m, v = m / (1 - n["beta1"] ** t), v / (1 - n["beta2"] ** t)
        return p - n["learningRate"] * m / (np.sqrt(v) + n["epsilon"])

    def lans(p, g, s, n, t):
        g = g / np.linalg.norm(g)
        m, v = mean(s, "m", n["beta1"], g), mean(s, "v", n["beta2"], g * g)
        m, v = m / (1 - n["beta1"] ** t), v / (1 - n["beta2"] ** t)
        root, phi = np.sqrt(v) + n["epsilon"], np.linalg.norm(p)
        r, c = m / root + n["weightDecay"] * p, g / root + n["weightDecay"] * p
        d = n["beta1"] * r / np.linalg.norm(r) + (1 - n["beta1"]) * c / np.linalg.norm(c)
        return p - n["learningRate"] * phi * d

    def muon(p, g, s, n, t):
        m = mean(s, "m", n["momentum"], g)
        u = (1 - n["momentum"]) * g + n["momentum"] * m
        x = (u.T if u.shape[0] > u.shape[1] else u) / np.linalg.norm(u)
        for _ in range(5):
            a = x @ x.T
            x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
        x = x.T if u.shape[0] > u.shape[1] else x
        rate = n["learningRate"]
        return p * (1 - rate * n["weightDecay"]) - rate * math.sqrt(max(1, p.shape[0] / p.shape[1])) * x

    def ftml(p, g, s, n, t):
        g = g + n["weightDecay"] * p
        v = mean(s, "v", n["beta2"], g * g)
        d = (1 - n["beta1"] ** t) / n["learningRate"] * (np.sqrt(v / (1 - n["beta2"] ** t)) + n["epsilon"])
        sigma = d - n["beta1"] * s.get("d", 0 * g)
        s["d"], s["z"] = d, n["beta1"] * s.get("z", 0 * g) + (1 - n["beta1"]) * g - sigma * p
        return -s["z"] / d

    def lamb(p, g, s, n, t):
        m, v = mean(s, "m", n["beta1"], g), mean(s, "v", n["beta2"], g * g)
        m, v = m / (1 - n["beta1"] ** t), v / (1 - n["beta2"] ** t)
        u = m / (np.sqrt(v) + n["epsilon"]) + n["weightDecay"] * p
        return p - n["learningRate"] * np.linalg.norm(p) / np.linalg.norm(u) * u

    def ftrl(p, g, s, n, t):
        old = s.get("n", 0 * g)
        s["n"] = old + g * g
        s["z"] = s.get("z", 0 * g) + g - (np.sqrt(s["n"]) - np.sqrt(old)) / n["learningRate"] * p
        z, scale = s["z"], (n["beta"] + np.sqrt(s["n"])) / n["learningRate"] + n["weightDecay"]
        return np.where(np.abs(z) > n["l1"], (np.sign(z) * n["l1"] - z) / scale, 0)

    def signum(p, g, s, n, t):
        v = mean(s, "v", n["momentum"], g + n["weightDecay"] * p)
        return p * (1 - n["learningRate"] * n["decoupledDecay"]) - n["learningRate"] * np.sign(v)

    def dcasgd(p, g, s, n, t):
        change = g + n["weightDecay"] * p + n["compensation"] * g * g * (p - s.get("p", p))
        s["v"], s["p"] = n["momentum"] * s.get("v", 0 * g) - n["learningRate"] * change, p
        return p + s["v"]

    def lars(p, g, s, n, t):
        size, slope = np.linalg.norm(p), g + n["weightDecay"] * p
        rate = n["learningRate"] * n["trust"] * size / (np.linalg.norm(g) + n["weightDecay"] * size + n["epsilon"])
        s["v"] = n["momentum"] * s.get("v", 0 * g) - rate * slope
        return p + s["v"]

    rules = [("ftml", moments, ftml), ("lamb", moments, lamb),
             ("ftrl", {"learningRate": 0.2, "l1": 0.25, "beta": 0.5, "weightDecay": 0.1}, ftrl),
             ("signum", {"learningRate": 0.05, "momentum": 0.75, "weightDecay": 0.1, "decoupledDecay": 0.2}, signum),
             ("dcasgd", {"learningRate": 0.05, "momentum": 0.75, "compensation": 0.2, "weightDecay": 0.1}, dcasgd),
             ("lars", {"learningRate": 0.5, "momentum": 0.75, "trust": 0.1, "epsilon": 0.01, "weightDecay": 0.1}, lars),
             ("lion", {k: v for k, v in moments.items() if k != "epsilon"}, lion), ("adaBelief", moments, ada_belief),
             ("yogi", moments | {"epsilon": 1e-3}, yogi), ("lans", moments, lans),
             ("muon", {"learningRate": 0.05, "momentum": 0.9, "weightDecay": 0.1}, muon)]
    cases = []
    for name, numbers, rule in rules:
        ends = []
        for index, start in enumerate(STARTS if name != "muon" else STARTS[:1]):
            p, state = start, {}
            for step, gradients in enumerate(GRADIENTS):
                p = rule(p, gradients[index], state, numbers, step + 1)
            ends.append(p)
        cases.append(case(name, "papers", "float64", numbers, ends))
    return cases


def case(name, source, dtype, numbers, ends):
    digits = 9 if dtype == "float32" else 17
    return {"rule": name, "source": source, "dtype": dtype, "numbers": numbers,
            "ends": [[float(f"%.{digits}g" % x) for x in e.flatten()] for e in ends]}


if __name__ == "__main__":
    source = sys.argv[1]
    old = json.load(open(PATH))["cases"] if os.path.exists(PATH) else []
    new = {"torch": torch_cases, "mxnet": mxnet_cases, "papers": paper_cases}[source]()
    cases = sorted([c for c in old if c["source"] != source] + new, key=lambda c: (c["rule"], c["dtype"], c["source"]))
    shared = {"shapes": SHAPES, "starts": [s.flatten().tolist() for s in STARTS],
              "gradients": [[g.flatten().tolist() for g in step] for step in GRADIENTS]}
    with open(PATH, "w") as file:
        lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
        file.write('{"shared":' + json.dumps(shared, separators=(",", ":")) + ',\n"cases":[\n' + lines + "\n]}\n")
    print(len(new), "cases")
