"""Writes colour_maps.json: 256 colours of every map, from the packages that publish them.

    pip install matplotlib cmcrameri cmocean && python make_colour_maps.py
"""
import json
from pathlib import Path

import cmcrameri.cm
import cmocean
import matplotlib
import numpy as np

MAPS = [  # id, label, kind, source
    ("viridis", "Viridis", "sequential", matplotlib.colormaps["viridis"]),
    ("cividis", "Cividis", "sequential", matplotlib.colormaps["cividis"]),
    ("batlow", "Batlow", "sequential", cmcrameri.cm.batlow),
    ("vik", "Vik", "diverging", cmcrameri.cm.vik),
    ("balance", "Balance", "diverging", cmocean.cm.balance),
    ("coolwarm", "Cool-warm", "diverging", matplotlib.colormaps["coolwarm"]),
    ("rdbu_r", "Blue-red", "diverging", matplotlib.colormaps["RdBu_r"]),
    ("twilight", "Twilight", "cyclic", matplotlib.colormaps["twilight"]),
    ("phase", "Phase", "cyclic", cmocean.cm.phase),
    ("hot", "Hot", "legacy", matplotlib.colormaps["hot"]),
    ("jet", "Jet", "legacy", matplotlib.colormaps["jet"]),
]


def cold_hot():
    """Nilearn's cold_hot: hot for positive values, its channels turned round for negative ones."""
    hot = matplotlib.colormaps["hot"](np.linspace(0, 1, 128))[:, :3]
    return np.concatenate([hot[::-1, ::-1], hot])


def hexadecimal(colours):
    return ["%02x%02x%02x" % tuple(int(round(255 * c)) for c in colour[:3]) for colour in colours]


maps = [
    {"id": id, "label": label, "kind": kind, "colours": hexadecimal(cmap(np.linspace(0, 1, 256)))}
    for id, label, kind, cmap in MAPS
]
maps.append({"id": "cold_hot", "label": "Cold-hot", "kind": "legacy", "colours": hexadecimal(cold_hot())})
path = Path(__file__).with_name("colour_maps.json")
path.write_text("[\n" + ",\n".join(json.dumps(m, separators=(",", ":")) for m in maps) + "\n]\n")
