"""What `sorting` times, with NumPy or PyTorch: JSON lines, milliseconds of wall time and of CPU, the
median and the best of seven (three for what takes more than a second).

usage: sorting.py numpy|torch [THREADS]
"""
import sys
import time

COUNT = 10_000_000


def measure(peer, name, body):
    body()
    walls, cpu, left = [], [], 7
    while left > 0:
        start, busy = time.perf_counter(), time.process_time()
        body()
        walls.append(time.perf_counter() - start)
        cpu.append(time.process_time() - busy)
        left -= 3 if walls[-1] > 1 else 1
    walls.sort()
    print('{"peer":"%s","workload":"%s","metric":"ms","value":%.1f,"min":%.1f,"cpu_ms":%.1f,"n":%d}'
          % (peer, name, walls[len(walls) // 2] * 1e3, walls[0] * 1e3, min(cpu) * 1e3, len(walls)), flush=True)


def with_numpy():
    import numpy as np
    random = np.random.default_rng(0)
    x = random.standard_normal(COUNT).astype(np.float32)
    wide, indices = x.astype(np.float64), random.integers(0, COUNT, COUNT)
    whole, mask, rows = random.integers(0, 1_000_000_000, COUNT), x > 0, x.reshape(10_000, 1000)

    def top(k):
        part = np.argpartition(x, -k)[-k:]
        return x[part[np.argsort(x[part])]]
    for name, body in [
            ("sort_f32", lambda: np.sort(x)), ("sort_f64", lambda: np.sort(wide)),
            ("sort_i64", lambda: np.sort(whole)), ("sort_rows_f32", lambda: np.sort(rows, axis=1)),
            ("argsort_f32", lambda: np.argsort(x)), ("argsort_f64", lambda: np.argsort(wide)),
            ("top_100", lambda: top(100)), ("top_million", lambda: top(1_000_000)),
            ("take_random", lambda: np.take(x, indices)), ("take_in_order", lambda: x[np.argsort(x)]),
            ("nonzero", lambda: np.nonzero(mask)), ("mask", lambda: x[mask]),
            ("unique", lambda: np.unique(whole)), ("search_sorted", lambda: np.searchsorted(np.sort(x), x[:1_000_000])),
            ("cumulative_sum", lambda: np.cumsum(x))]:
        measure("numpy", name, body)


def with_torch():
    import torch
    if len(sys.argv) > 2:
        torch.set_num_threads(int(sys.argv[2]))
    torch.manual_seed(0)
    x = torch.randn(COUNT)
    wide, indices = x.double(), torch.randint(0, COUNT, (COUNT,))
    whole, mask, rows = torch.randint(0, 1_000_000_000, (COUNT,)), x > 0, x.reshape(10_000, 1000)
    for name, body in [
            ("sort_f32", lambda: torch.sort(x)), ("sort_f64", lambda: torch.sort(wide)),
            ("sort_i64", lambda: torch.sort(whole)), ("sort_rows_f32", lambda: torch.sort(rows, dim=1)),
            ("argsort_f32", lambda: torch.argsort(x)), ("argsort_f64", lambda: torch.argsort(wide)),
            ("top_100", lambda: torch.topk(x, 100)), ("top_million", lambda: torch.topk(x, 1_000_000)),
            ("take_random", lambda: x.take(indices)), ("take_in_order", lambda: x[torch.argsort(x)]),
            ("nonzero", lambda: torch.nonzero(mask)), ("mask", lambda: x[mask]),
            ("unique", lambda: torch.unique(whole)),
            ("search_sorted", lambda: torch.searchsorted(torch.sort(x).values, x[:1_000_000])),
            ("cumulative_sum", lambda: torch.cumsum(x, 0))]:
        measure("torch", name, body)


{"numpy": with_numpy, "torch": with_torch}[sys.argv[1]]()
