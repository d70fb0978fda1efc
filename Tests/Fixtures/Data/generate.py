"""Writes the small IDX files of the data tests with Python's own gzip, and prints Philox vectors.

Run it in its own folder: python3 generate.py
"""
import gzip
import struct
import zlib

images = bytes((7 * i + i * i // 3) % 256 for i in range(3 * 4 * 5))
header = struct.pack(">IIII", 0x00000803, 3, 4, 5)
labels = bytes([2, 0, 9])


def gz(name, data):
    with open(name, "wb") as f:
        f.write(gzip.compress(data, mtime=0))


gz("tiny-images-idx3-ubyte.gz", header + images)
gz("tiny-labels-idx1-ubyte.gz", struct.pack(">II", 0x00000801, 3) + labels)
# One array cut into two gzip members, which RFC 1952 allows.
with open("members-images-idx3-ubyte.gz", "wb") as f:
    f.write(gzip.compress(header + images[:10], mtime=0) + gzip.compress(images[10:], mtime=0))
# 64 MiB of zeros in 64 KiB, behind a header that promises 60 bytes.
with open("bomb-images-idx3-ubyte.gz", "wb") as f:
    f.write(gzip.compress(header + bytes(1 << 26), mtime=0))
