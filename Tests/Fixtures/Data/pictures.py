"""Writes pictures.txt: encoded pictures, what Pillow decodes, and what its transforms give.

    python pictures.py     (needs Pillow and numpy)

A line is a name, what was done, height, width, channels and the bytes in hexadecimal; lines that
begin with `file` hold encoded bytes. Hue is turned as torchvision does it on Pillow's pictures.
"""
import io
import math

import numpy as np
from PIL import Image, ImageEnhance

random = np.random.RandomState(7)


def waves(height, width):
    y, x = np.mgrid[0:height, 0:width]
    planes = [
        128 + 100 * np.sin(0.4 * x + 0.2 * y),
        128 + 90 * np.cos(0.3 * y - 0.1 * x),
        10 * x + random.randint(0, 30, (height, width)),
    ]
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


lines = []


def put(name, what, picture):
    data = np.asarray(picture)
    if data.ndim == 2:
        data = data[:, :, None]
    height, width, channels = data.shape
    lines.append(f"{name} {what} {height} {width} {channels} {data.tobytes().hex()}")


def encode(name, picture, decoded=None, **options):
    buffer = io.BytesIO()
    picture.save(buffer, **options)
    lines.append(f"file {name} {buffer.getvalue().hex()}")
    put(name, "decoded", decoded or Image.open(io.BytesIO(buffer.getvalue())))


colour = Image.fromarray(waves(17, 22))
grey = colour.convert("L")
encode("colour.jpg", colour, format="JPEG", quality=90)
encode("sampled.jpg", colour, format="JPEG", quality=60, subsampling=2)
encode("progressive.jpg", colour, format="JPEG", quality=80, progressive=True)
encode("grey.jpg", grey, format="JPEG", quality=85)
encode("colour.png", colour, format="PNG")
encode("grey.png", grey, format="PNG")
palette = colour.quantize(16)
encode("palette.png", palette, palette.convert("RGB"), format="PNG")
put("colour", "original", colour)
put("grey", "original", grey)
for height, width in [(17, 11), (8, 22), (34, 44), (5, 7), (29, 9)]:
    put("colour", f"resized:{height}:{width}", colour.resize((width, height), Image.BILINEAR))
put("grey", "resized:6:31", grey.resize((31, 6), Image.BILINEAR))
put("colour", "grey", grey)
for factor in [0.5, 1.25, 1.9]:
    put("colour", f"brightness:{factor}", ImageEnhance.Brightness(colour).enhance(factor))
    put("colour", f"contrast:{factor}", ImageEnhance.Contrast(colour).enhance(factor))
    put("colour", f"saturation:{factor}", ImageEnhance.Color(colour).enhance(factor))
for turn in [-0.4, 0.1, 0.3]:
    h, s, v = colour.convert("HSV").split()
    shifted = (np.array(h).astype(np.int32) + math.trunc(turn * 255)) % 256
    h = Image.fromarray(shifted.astype(np.uint8), "L")
    put("colour", f"hue:{turn}", Image.merge("HSV", (h, s, v)).convert("RGB"))
put("colour", "flippedLeftRight", colour.transpose(Image.FLIP_LEFT_RIGHT))
put("colour", "flippedTopBottom", colour.transpose(Image.FLIP_TOP_BOTTOM))
put("colour", "cropped", colour.crop((3, 2, 13, 10)))
open("pictures.txt", "w").write("\n".join(lines) + "\n")
