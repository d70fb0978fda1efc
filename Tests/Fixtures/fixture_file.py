"""What a fixture file is, and how a case gets into it.

`<name>.txt` lists the cases, one a line with fields separated by tabs; `<name>.bin` holds the numbers,
little-endian, where the list says:

    sum  axes=1;keep  0  0.0  float32 2,3 f4 0  ->  float32 2,1 f8 24

are operator, form, units, absolute bound, then inputs, an arrow and outputs: dtype, shape, how it is
stored, at which byte.

Inputs are exact in their dtype. Outputs are the float64 (or integer) values before rounding to the
dtype: an element may be off by half a unit in the last place of that dtype, for the rounding, plus
the units plus the absolute bound.
"""

import numpy as np

NUMPY = {
    "bool": np.bool_, "int8": np.int8, "uint8": np.uint8, "int16": np.int16, "uint16": np.uint16,
    "int32": np.int32, "uint32": np.uint32, "int64": np.int64, "uint64": np.uint64,
    "float16": np.float16, "float32": np.float32, "float64": np.float64,
}
FLOATS = ["float16", "bfloat16", "float32", "float64"]
SIGNED = ["int8", "int16", "int32", "int64"]
UNSIGNED = ["uint8", "uint16", "uint32", "uint64"]
INTEGERS = SIGNED + UNSIGNED


def to_bfloat16(values):
    """float64 values rounded to the nearest bfloat16, ties to even."""
    single = np.asarray(values, np.float32)
    bits = single.view(np.uint32).astype(np.uint64)
    rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16 << 16).astype(np.uint32)
    return np.where(np.isnan(single), single, rounded.view(np.float32)).astype(np.float64)


def exact(values, dtype):
    """Values as elements of a dtype: float64, int64, uint64 or bool arrays that hold them exactly."""
    values = np.asarray(values)
    if dtype == "bfloat16":
        return to_bfloat16(values)
    with np.errstate(all="ignore"):
        cast = values.astype(NUMPY[dtype])
    if dtype in FLOATS:
        return cast.astype(np.float64)
    if dtype == "bool":
        return cast
    return cast.astype(np.uint64 if dtype == "uint64" else np.int64)


def stored(dtype, is_input):
    if dtype == "bool":
        return "u1"
    if dtype in FLOATS:
        return "f4" if is_input and dtype != "float64" else "f8"
    return {"int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4",
            "uint32": "u4", "int64": "i8", "uint64": "u8"}[dtype]


class FixtureFile:
    def __init__(self):
        self.cases, self.bytes, self.known = [], bytearray(), {}

    def store(self, dtype, values, is_input):
        kind = stored(dtype, is_input)
        values = np.asarray(values)
        with np.errstate(all="ignore"):
            data = np.ascontiguousarray(values).astype("<" + kind).tobytes()
        at = self.known.setdefault((kind, data), len(self.bytes))
        if at == len(self.bytes):
            self.bytes += data + bytes(-len(data) % 8)
        return f"{dtype} {','.join(map(str, values.shape))} {kind} {at}"

    def add(self, operator, inputs, outputs, form="", ulps=0, absolute=0.0):
        """Inputs and outputs are lists of (values, dtype)."""
        fields = [operator, form, f"{ulps}", f"{absolute:.6g}"]
        fields += [self.store(dtype, exact(x, dtype), True) for x, dtype in inputs]
        fields += ["->"] + [self.store(dtype, y, False) for y, dtype in outputs]
        self.cases.append("\t".join(fields))

    def write(self, path):
        with open(path + ".txt", "w") as file:
            file.write("\n".join(self.cases) + "\n")
        with open(path + ".bin", "wb") as file:
            file.write(self.bytes)
        print(path, len(self.cases), "cases,", len(self.bytes), "bytes")
