"""Writes the npy and npz fixtures with NumPy: python3 npy.py, in its own folder.

Element i of each array, in the order of its indices, is i - 3 (i of unsigned ones, i % 2 of bool;
complex ones have 2 i as imaginary part).
"""
import io
import zipfile

import numpy as np
from numpy.lib import format as npy

DTYPES = ["b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"]


def array(kind, shape, order, byte_order):
    index = np.arange(int(np.prod(shape))).reshape(shape)
    values = index % 2 if kind == "b1" else index if kind[0] == "u" else index - 3
    values = values + 2j * index if kind[0] == "c" else values
    return np.asarray(values.astype(byte_order + kind), order=order)


def member(archive, name, data):
    info = zipfile.ZipInfo(name + ".npy", (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def encoded(x, version=None):
    stream = io.BytesIO()
    npy.write_array(stream, x, version, allow_pickle=True)
    return stream.getvalue()


def everything():
    """Names: dtype, byte order, memory order, shape."""
    for kind in DTYPES:
        for order in "CF":
            for byte_order in "<>":
                for shape in [(), (5,), (2, 3, 4), (0, 2)]:
                    name = f"{kind}.{'little' if byte_order == '<' else 'big'}.{order}.{list(shape)}"
                    yield name, array(kind, shape, order, byte_order)


with zipfile.ZipFile("npy_dtypes.npz", "w") as archive:
    for name, x in everything():
        member(archive, name, encoded(x))
    for version in [(1, 0), (2, 0), (3, 0)]:
        x = array("f4", (2, 3), "C", "<")
        member(archive, f"f4.version{version[0]}.C.[2, 3]", encoded(x, version))

x = array("f4", (2, 3), "C", "<")
np.savez("npy_stored.npz", **{"a": x, "größe": array("i8", (4,), "C", "<")})
np.save("npy_plain.npy", x)
refused = {
    "object": np.array([1, "a"], object), "record": np.zeros(2, [("a", "f4"), ("b", "i4")]),
    "text": np.array(["ab", "c"]), "bytes": np.array([b"ab"]), "date": np.array(["2026-01-01"], "M8[D]"),
    "long": np.zeros(1, np.longdouble), "nine": np.zeros((1,) * 9),
}
with zipfile.ZipFile("npy_refused.npz", "w") as archive:
    for name, x in refused.items():
        member(archive, name, encoded(x))
