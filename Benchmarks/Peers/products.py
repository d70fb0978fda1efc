"""The lines of `products` (see main.swift) from PyTorch: the cases are read from the names of its
lines on standard input.

    products all 4 | tee ours.jsonl | python products.py > torch.jsonl
"""
import json
import re
import sys
import time

import torch
import torch.nn.functional as F

# `python products.py numpy` takes NumPy for transforms, on one thread.
numpy = "numpy" in sys.argv
fft = __import__("numpy").fft if numpy else torch.fft
lines = [json.loads(line) for line in sys.stdin]
threads = lines[0]["threads"] if lines else 1
torch.set_num_threads(threads)


now = time.process_time if threads == 1 else time.perf_counter  # as in main.swift


def timed(name, work, call, samples=9):
    inner = max(1, int(0.002 * 1e11 * threads / work))
    seconds = []
    for sample in range(samples + 2):
        start = now()
        for _ in range(inner):
            call()
        if sample > 1:
            seconds.append((now() - start) / inner)
    seconds.sort()
    figure = lambda t: round(work / t / 1e9, 1)
    print(json.dumps({"name": name, "threads": threads, "best": figure(seconds[0]),
                      "median": figure(seconds[len(seconds) // 2])}), flush=True)


def product(name):
    kind, shape, a, b = name.split()[1:]
    batch, m, k, n = map(int, shape.split("x"))
    dtype = getattr(torch, kind)
    x = torch.randn(batch, k, m).to(dtype).mT if a == "at" else torch.randn(batch, m, k).to(dtype)
    y = torch.randn(batch, n, k).to(dtype).mT if b == "bt" else torch.randn(batch, k, n).to(dtype)
    if batch == 1:
        x, y = x[0], y[0]
    timed(name, 2 * batch * m * k * n, lambda: torch.matmul(x, y))


def convolution(name):
    n, c, s, o, k, stride, g = map(int, re.findall(r"\d+", name))
    which = name.split()[-1]
    x, w = torch.randn(n, c, s, s), torch.randn(o, c // g, k, k)
    if " last " in name:
        x, w = (a.contiguous(memory_format=torch.channels_last) for a in (x, w))
    arguments = dict(stride=stride, padding=(k - 1) // 2 if k != 5 else 0, groups=g)
    y = F.conv2d(x, w, **arguments)
    dy = torch.randn_like(y)  # in the memory order of y
    mask = {"input": [True, False, False], "weight": [False, True, False]}
    work = 2 * y.numel() * (c // g) * k * k
    if which == "forward":
        return timed(name, work, lambda: F.conv2d(x, w, **arguments))
    padding = [arguments["padding"]] * 2
    timed(name, work, lambda: torch.ops.aten.convolution_backward(
        dy, x, w, None, [stride] * 2, padding, [1, 1], False, [0, 0], g, mask[which]))


def factorization(name):
    what, kind, shape = name.split()[1:]
    batch, n = map(int, shape.split("x"))
    dtype, linalg = getattr(torch, kind), torch.linalg
    lead = () if batch == 1 else (batch,)
    x, b = torch.rand(*lead, n, n).to(dtype) * 2 - 1, torch.rand(*lead, n, n).to(dtype)
    a = x.clone()
    a.diagonal(dim1=-2, dim2=-1).fill_(n)
    if what == "cholesky":
        a = (a + a.mT) / 2
    calls = {  # operations for one matrix, as the kernels count them
        "cholesky": (1 / 3, lambda: linalg.cholesky(a)), "lu": (2 / 3, lambda: linalg.lu_factor(x)),
        "qr": (8 / 3, lambda: linalg.qr(x)), "solve": (8 / 3, lambda: linalg.solve(a, b)),
        "triangular": (1, lambda: linalg.solve_triangular(a, b, upper=False)),
        "inverse": (2, lambda: linalg.inv(a)), "svd": (26, lambda: linalg.svd(x, full_matrices=False)),
        "eigen": (9, lambda: linalg.eigh(x))}
    timed(name, calls[what][0] * batch * n**3, calls[what][1])


def transform(name):
    what, kind, shape = name.split()[1:]
    batch, n = map(int, shape.split("x"))
    dtype = getattr(torch, kind)
    x = torch.randn(batch, n, dtype=dtype)
    z = torch.complex(x, x.flip(1))
    half = z[:, :n // 2 + 1].contiguous()
    if numpy:
        x, z, half = x.numpy(), z.numpy(), half.numpy()
    calls = {  # operations for each number and halving, as the kernels count them
        "complex": (5, lambda: fft.fft(z)), "real": (3, lambda: fft.rfft(x)),
        "inverseReal": (3, lambda: fft.irfft(half, n)),
        "columns": (5, lambda: fft.fft(z, **{"axis" if numpy else "dim": 0}))}
    timed(name, calls[what][0] * batch * n * (n - 1).bit_length(), calls[what][1])


with torch.no_grad():
    families = {"fft": transform, "gemm": product, "conv": convolution, "factor": factorization}
    for line in lines:
        families[line["name"].split()[0]](line["name"])
