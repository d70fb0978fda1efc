"""What others say of ticks, histograms, colours: writes plots.json beside this file.

pip install numpy==2.4.6 mizani==0.14.6 colour-science==0.4.7

Ticks are those of `mizani.breaks.breaks_extended`, an implementation of Talbot, Lin and Hanrahan
that follows R's `labeling`; histograms are `numpy.histogram`; colours go from Oklab to sRGB by
colour-science.
"""

import json
import pathlib

import colour
import numpy as np
from mizani.breaks import breaks_extended

random = np.random.default_rng(20261123)

ranges = [(0, 1), (8.1, 14.1), (-1, 1), (0, 6.28), (-0.314, 6.594), (1e-7, 3e-7), (0, 97),
          (-273.15, 1000), (1234, 1240), (0.001, 0.0093), (-5, 120), (3, 3.5), (-1e6, 7.7e6)]
ranges += [tuple(sorted(random.normal(0, 10.0 ** k, 2))) for k in range(-4, 7)]
ticks = []
for low, high in ranges:
    for count in (3, 5, 8):
        # The fourth weight is legibility, which is constant; `only_loose` is off.
        found = breaks_extended(n=count, Q=[1, 5, 2, 2.5, 4, 3])((float(low), float(high)))
        inside = [float(v) for v in found
                  if low - 1e-9 * (high - low) <= v <= high + 1e-9 * (high - low)]
        ticks.append({"low": float(low), "high": float(high), "count": count, "ticks": inside})

samples = {
    "normal": np.round(random.normal(0, 2, 400), 3),
    "integers": random.integers(-5, 30, 100).astype(float),
    "one": np.array([2.5, 2.5, 2.5]),
    "edges": np.arange(0, 1.01, 0.1),
    "far": np.concatenate([np.round(random.normal(0, 1, 50), 3), [1e3]]),
}
histograms = []
for name, values in samples.items():
    for bins in (1, 7, 10, "auto"):
        source = values.astype(np.int64) if name == "integers" else values
        counts, edges = np.histogram(source, bins=bins)
        histograms.append({
            "name": name, "values": values.tolist(), "bins": bins if bins != "auto" else None,
            "isInteger": name == "integers",
            "counts": counts.tolist(), "edges": edges.tolist()})

colors = []
for lightness in (0.2, 0.5, 0.7, 0.95):
    for hue in range(0, 360, 40):
        chroma = 0.04
        lab = [lightness, chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue))]
        rgb = colour.XYZ_to_sRGB(colour.Oklab_to_XYZ(lab))
        colors.append({"lightness": lightness, "chroma": chroma, "hue": hue,
                       "srgb": (np.clip(rgb, 0, 1) * 255).tolist()})

path = pathlib.Path(__file__).with_name("plots.json")
path.write_text(json.dumps({"ticks": ticks, "histograms": histograms, "colors": colors}))
