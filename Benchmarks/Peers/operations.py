"""What `operations arrays` times, with NumPy or PyTorch: JSON lines, medians of seven rounds.

usage: operations.py numpy|torch
"""
import sys
import time


def time_calls(peer, name, body, count=10_000):
    values = []
    for _ in range(8):
        start = time.perf_counter()
        for _ in range(count):
            body()
        values.append((time.perf_counter() - start) / count * 1e9)
    values = sorted(values[1:])
    print('{"peer":"%s","workload":"%s","metric":"ns_per_op","value":%d,"min":%d,"n":7}'
          % (peer, name, values[3], values[0]), flush=True)


def add_scalar(zeros, count):
    box = [zeros(count)]

    def body():
        box[0] = box[0] + 1
    return body


def with_numpy():
    import numpy
    for name, count in (("add_scalar", 1), ("add_scalar_1k", 1000)):
        time_calls("numpy", name, add_scalar(lambda n: numpy.zeros(n, numpy.float32), count))
    random = numpy.random.default_rng(0)
    a, row = random.standard_normal((8, 8), numpy.float32), random.standard_normal(8, numpy.float32)
    rows = numpy.array([1, 5, 2])
    time_calls("numpy", "add", lambda: a + a)
    time_calls("numpy", "add_broadcast", lambda: a + row)
    time_calls("numpy", "matmul", lambda: a @ a)
    time_calls("numpy", "sum", lambda: a.sum())
    time_calls("numpy", "sum_axis", lambda: a.sum(axis=0))
    time_calls("numpy", "transpose", lambda: a.T)
    time_calls("numpy", "index", lambda: a[3])
    time_calls("numpy", "slice_add", lambda: a[:, 0:4] + 1)
    time_calls("numpy", "take", lambda: a[rows])


def with_torch():
    import torch
    torch.set_num_threads(1)
    for name, count in (("add_scalar", 1), ("add_scalar_1k", 1000)):
        time_calls("torch", name, add_scalar(torch.zeros, count))
    for name, count in (("record_8_variables", 1), ("record_8_variables_1k", 1000)):
        variables = [torch.zeros(count, requires_grad=True) for _ in range(8)]

        def body():
            x = torch.zeros(count)
            for index in range(10_000):
                x = x + variables[index & 7]
            return x
        values = []
        for _ in range(8):
            start = time.perf_counter()
            last = body()
            values.append((time.perf_counter() - start) / 10_000 * 1e9)
            del last
        values = sorted(values[1:])
        print('{"peer":"torch","workload":"%s","metric":"ns_per_op","value":%d,"min":%d,"n":7}'
              % (name, values[3], values[0]), flush=True)
    a, row = torch.randn(8, 8), torch.randn(8)
    rows = torch.tensor([1, 5, 2])
    time_calls("torch", "add", lambda: a + a)
    time_calls("torch", "add_broadcast", lambda: a + row)
    time_calls("torch", "matmul", lambda: a @ a)
    time_calls("torch", "sum", lambda: a.sum())
    time_calls("torch", "sum_axis", lambda: a.sum(axis=0))
    time_calls("torch", "softmax", lambda: torch.softmax(a, -1))
    time_calls("torch", "transpose", lambda: a.T)
    time_calls("torch", "index", lambda: a[3])
    time_calls("torch", "slice_add", lambda: a[:, 0:4] + 1)
    time_calls("torch", "take", lambda: a[rows])


{"numpy": with_numpy, "torch": with_torch}[sys.argv[1]]()
