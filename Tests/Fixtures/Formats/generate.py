"""Writes the fixtures of the format tests with the PyPI packages safetensors and numpy, and json.

Run it in its own folder, with safetensors 0.8 installed: python3 generate.py
"""
import json
import random

import numpy
import safetensors

SIZES = {
    "bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "float16": 2, "bfloat16": 2,
    "int32": 4, "uint32": 4, "float32": 4, "int64": 8, "uint64": 8, "float64": 8, "complex64": 8,
}


def contents(name, count):
    """The bytes of a tensor follow from its name; the tests have the same formula."""
    return bytes((len(name) * 31 + 7 * i) % (2 if name.startswith("bool") else 251) for i in range(count))


def tensor(name, dtype, shape):
    count = SIZES[dtype]
    for length in shape:
        count *= length
    return dtype, shape, numpy.frombuffer(contents(name, count), numpy.uint8)


def save(path, tensors, metadata=None):
    specs = {
        name: safetensors.TensorSpec(
            dtype=dtype, shape=shape, data_ptr=data.ctypes.data, data_len=data.nbytes)
        for name, (dtype, shape, data) in tensors.items()
    }
    with open(path, "wb") as f:
        f.write(bytes(safetensors.serialize(specs, metadata=metadata)))


# One tensor of each dtype, in every rank from 0 to 5, with an empty one.
tensors = {}
for index, dtype in enumerate(SIZES):
    shape = [2, 3, 1, 2, 1][: index % 6]
    tensors[f"{dtype}.weight"] = tensor(f"{dtype}.weight", dtype, shape)
tensors["empty"] = tensor("empty", "float32", [0, 3])
save("dtypes.safetensors", tensors)

# Names in need of escapes and beyond ASCII, with metadata.
names = ['quote"', "back\\slash", "größe", "数", "😀", "line\nfeed", "\x01", "tab\t"]
save("names.safetensors", {n: tensor(n, "uint8", [2]) for n in names}, {"format": "tandem é \"x\""})
save("none.safetensors", {})

# JSON texts and whether Python's reader, made strict, takes them.
seed = 7
rng = random.Random(seed)
texts = [
    "null", "true", "false", "0", "-", "01", "1.", ".5", "1e5", "1E+5", "1e", "-1.5e-3", "[]",
    "{}", "[1,]", "[,1]", '{"a":1,}', '{"a":1,"a":2}', '{"a" 1}', "{1:2}", '"\\u00e9"', '"\\ud83d\\ude00"',
    '"\\x41"', '"a\tb"', '"\\/"', "[1 2]", " [ 1 , 2 ] ", "\ufeff[]", "nul", "nullx", "[1]]", "[[1]",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1.7976931348623157e308",
    "", " ", "'a'", '"', "//x\n1", "NaN", "Infinity", "-Infinity", "[" * 64 + "]" * 64, "+1", "0x10",
    '{"a":{"b":[1,2.5,"c",null,true,false]}}', '{"":0}', '"\x7f"', "\x0b1", "1\x0c",
]


def value(depth):
    kind = rng.randrange(7 if depth < 4 else 5)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind == 1:
        return rng.randrange(-(2**63), 2**63) >> rng.randrange(64)
    if kind == 2:
        return rng.uniform(-1, 1) * 10.0 ** rng.randrange(-300, 300)
    if kind < 5:
        return "".join(rng.choice('ab"\\/\n\té数😀\x1f') for _ in range(rng.randrange(5)))
    if kind == 5:
        return [value(depth + 1) for _ in range(rng.randrange(4))]
    return {f"k{i}": value(depth + 1) for i in range(rng.randrange(4))}


for _ in range(300):
    text = json.dumps(value(0), ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 1]))
    texts.append(text)
    for _ in range(3):
        place = rng.randrange(len(text) + 1)
        end = min(len(text), place + rng.randrange(3))
        texts.append(text[:place] + rng.choice(['"', ",", "[", "}", "1", "-", ".", "e", " ", "", "\\"]) + text[end:])


def strict_object(pairs):
    if len({k for k, _ in pairs}) < len(pairs):
        raise ValueError("repeated member")
    return dict(pairs)


def refuse(text):
    raise ValueError("no JSON: " + text)


def number(text):
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("out of range")
    return value


def lone_surrogate(value):
    if isinstance(value, str):
        return any(0xD800 <= ord(c) < 0xE000 for c in value)
    if isinstance(value, list):
        return any(map(lone_surrogate, value))
    if isinstance(value, dict):
        return any(lone_surrogate(k) or lone_surrogate(v) for k, v in value.items())
    return False


with open("json.txt", "w") as f:
    for text in texts:
        try:
            read = json.loads(text, object_pairs_hook=strict_object, parse_constant=refuse, parse_float=number)
            good = not lone_surrogate(read)
        except (ValueError, RecursionError):
            good = False
        canonical = json.dumps(read, ensure_ascii=False, separators=(",", ":")) if good else ""
        f.write(f"{text.encode().hex()} {canonical.encode().hex()}\n")
