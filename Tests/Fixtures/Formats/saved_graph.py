"""Writes saved_graph.txt: what graph.json, a graph that Tandem saved, computes.

A reader of the format that shares no code with Tandem: some operators of the JSON text, evaluated
with PyTorch, and the gradients of the result "loss" by its autograd. graph.json and
graph.safetensors are what SavedGraphFixtureTests.writesTheFixture compares with what it saves; copy
them from there when the format changes. Run with a Python that has torch:

    python3 saved_graph.py
"""

import json
import pathlib
import struct

import torch

DTYPES = {"float64": torch.float64, "float32": torch.float32, "int64": torch.int64,
          "bool": torch.bool, "uint64": torch.int64}
NAMES = {"F64": torch.float64, "F32": torch.float32, "I64": torch.int64}


def tensors(path):
    """The arrays of a safetensors file."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    found = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        array = torch.frombuffer(bytearray(data[start:end]), dtype=NAMES[entry["dtype"]])
        found[name] = array.reshape(entry["shape"])
    return found


def length(value, axes):
    """A number, or a sum of products of numbers and names of axes."""
    if not isinstance(value, str):
        return value
    total = 0
    for term in value.split("+"):
        product = 1
        for factor in term.split("*"):
            product *= axes[factor] if factor in axes else int(factor)
        total += product
    return total


def number(constant, axes):
    value = constant["value"]
    value = float(value) if value in ("inf", "-inf", "nan") else length(value, axes)
    return torch.tensor(value, dtype=DTYPES[constant["dtype"]])


def scan(a, x, axes):
    carries, elements = a["carryCount"], a["elementCount"]
    state, rows = list(x[:carries]), x[carries:carries + elements]
    rest, stacked = x[carries + elements:], []
    order = range(length(a["length"], axes))
    for i in reversed(order) if a["isReversed"] else order:
        given = evaluate(a["body"], state + [row[i] for row in rows] + list(rest), axes)
        state, further = given[:carries], given[carries:]
        stacked.append(further)
    if a["isReversed"]:
        stacked.reverse()
    return state + [torch.stack(column) for column in zip(*stacked)]


def while_loop(a, x, axes):
    state, rest, count = list(x[:a["carryCount"]]), list(x[a["carryCount"]:]), 0
    while evaluate(a["condition"], state + rest, axes)[0]:
        state = evaluate(a["body"], state + rest, axes)
        count += 1
    return state + [torch.tensor(count)]


def layer_normalization(a, x):
    value, scale, bias = x
    mean = value.mean(-1)
    rstd = 1 / torch.sqrt(((value - mean[..., None]) ** 2).mean(-1) + a["epsilon"])
    return [(value - mean[..., None]) * rstd[..., None] * scale + bias, mean, rstd]


def index(a, x, axes):
    """Basic indexing, as of NumPy."""
    steps = []
    for step in a["plan"]["steps"]:
        if "select" in step:
            steps.append(step["select"]["index"])
        elif "newAxis" in step:
            steps.append(None)
        else:
            part = {key: length(value, axes) for key, value in step["slice"].items()}
            steps.append(slice(part["start"], part["start"] + part["count"] * part["step"],
                               part["step"]))
    return x[0][tuple(steps)]


def apply(op, a, x, axes):
    name = op.removeprefix("tandem.").removesuffix("@1")
    if name in ("scan", "whileLoop", "layerNormalization"):
        return {"scan": scan, "whileLoop": while_loop}[name](a, x, axes) \
            if name != "layerNormalization" else layer_normalization(a, x)
    if name == "cond":
        return evaluate(a["onTrue" if x[0] else "onFalse"], x[1:], axes)
    result = {
        "add": lambda: x[0] + x[1],
        "subtract": lambda: x[0] - x[1],
        "multiply": lambda: x[0] * x[1],
        "divide": lambda: x[0] / x[1],
        "less": lambda: x[0] < x[1],
        "lessEqual": lambda: x[0] <= x[1],
        "greater": lambda: x[0] > x[1],
        "greaterEqual": lambda: x[0] >= x[1],
        "tanh": lambda: torch.tanh(x[0]),
        "sin": lambda: torch.sin(x[0]),
        "relu": lambda: torch.relu(x[0]),
        "squared": lambda: x[0] * x[0],
        "negate": lambda: -x[0],
        "matmul": lambda: x[0] @ x[1],
        "linear": lambda: torch.nn.functional.linear(*x),
        "cast": lambda: x[0].to(DTYPES[a["dtype"]]),
        "contiguous": lambda: x[0],
        "sum": lambda: torch.sum(x[0], a["axes"], a["keepDims"]) if a["axes"] else x[0],
        "reshaped": lambda: x[0].reshape([length(n, axes) for n in a["shape"]]),
        "broadcast": lambda: x[0].expand([length(n, axes) for n in a["shape"]]),
        "full": lambda: x[0].expand([length(n, axes) for n in a["shape"]]),
        "transposed": lambda: x[0].permute(a["order"]),
        "concatenated": lambda: torch.cat(x, a["axis"]),
        "index": lambda: index(a, x, axes),
    }[name]()
    return [result]


def evaluate(graph, inputs, axes):
    """The results of a graph, or of a body inside of an operator."""
    # A body that draws no random numbers has no inputs for the key, which come last.
    values = [[value] for value in inputs[:len(graph["inputs"])]]

    def value(place):
        node, output = place if isinstance(place, list) else (place, 0)
        return values[node][output]

    for node in graph["nodes"]:
        if "constant" in node:
            values.append([number(node["constant"], axes)])
        else:
            operands = [value(place) for place in node["inputs"]]
            values.append(apply(node["op"], node.get("attributes", {}), operands, axes))
    outputs = graph["outputs"]
    return [value(o["value"] if isinstance(o, dict) else o) for o in outputs]


def arguments(graph, axes):
    """The same formula as in the test: sin(0.7 i + 0.3 k) for element i of argument k."""
    found = []
    for k, given in enumerate(i for i in graph["inputs"] if i["role"] == "argument"):
        shape = [length(n, axes) for n in given["type"]["shape"]]
        count = int(torch.tensor(shape).prod()) if shape else 1
        array = torch.sin(0.7 * torch.arange(count, dtype=torch.float64) + 0.3 * k)
        found.append(array.reshape(shape).requires_grad_())
    return found


def main():
    folder = pathlib.Path(__file__).parent
    graph = json.loads((folder / "graph.json").read_text())
    assert graph["format"] == "tandem.graph" and graph["version"] == 1
    values = tensors(folder / graph["tensors"])
    with open(folder / "saved_graph.txt", "w") as file:
        for batch in (2, 5):
            axes = {"batch": batch}
            given = iter(arguments(graph, axes))
            inputs = []
            for entry in graph["inputs"]:
                if entry["role"].startswith("random"):
                    inputs.append(torch.tensor(0))  # a tick that a branch takes and does not use
                    continue
                array = next(given) if entry["role"] == "argument" else values[entry["name"]]
                if array.is_floating_point() and not array.requires_grad:
                    array = array.clone().requires_grad_()
                inputs.append(array)
            results = evaluate(graph, inputs, axes)
            names = [entry["name"] for entry in graph["outputs"]]
            loss = results[names.index("loss")]
            floats = [array for array in inputs if array.is_floating_point()]
            slopes = torch.autograd.grad(loss, floats)
            lines = list(zip(names, results))
            lines += [(f"d {i['name']}", slope) for i, slope in zip(graph["inputs"], slopes)]
            for name, array in lines:
                numbers = " ".join(repr(float(x)) for x in array.detach().reshape(-1))
                print(f"{batch}: {name}: {numbers}", file=file)


if __name__ == "__main__":
    main()
