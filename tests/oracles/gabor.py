"""Writes tests/features/data/gabor_*.txt: contrast energies by the formula in core/features/gabor.h, in double
precision with every wavelet written out in two dimensions (no separation).

Run: python3 tests/oracles/gabor.py (numpy)
"""

import pathlib

import numpy as np

OUT = pathlib.Path(__file__).parent.parent / "features" / "data"


def picture(width, height):
    """A picture that any language can make: edges, gratings of several orientations, colour. [height, width, 3]"""
    y, x = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    red = (x * 5 + y * 3 + (x * y) // 7) % 256
    green = np.where((x // 9 + y // 13) % 2 == 1, 220, 30) - (x + 2 * y) % 29
    blue = (x * x // 11 + y * 2) % 256
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


def area_weights(source, size):
    edges = np.arange(size + 1) * (source / size)
    pixel = np.arange(source)
    inside = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    return np.clip(inside, 0, None) / (source / size)


def resampled(rgb, size):
    height, width, _ = rgb.shape
    side = min(width, height)
    top, left = (height - side) // 2, (width - side) // 2
    square = rgb[top : top + side, left : left + side].astype(np.float64) / 255
    w = area_weights(side, size)
    return np.einsum("ay,yxc,bx->abc", w, square, w)


def features(rgb, size, cycles, cells, orientations, bandwidth, compression, colour_cells):
    planes = resampled(rgb, size)
    grey = planes @ [0.299, 0.587, 0.114]
    axis = (np.arange(size) + 0.5) / size
    py, px = np.meshgrid(axis, axis, indexing="ij")
    out = []
    for f, n in zip(cycles, cells):
        sigma = np.sqrt(np.log(2) / 2) / (np.pi * f) * (2**bandwidth + 1) / (2**bandwidth - 1)
        for k in range(orientations):
            t = k * np.pi / orientations
            energy = np.zeros((f, f))
            for j in range(f):
                for i in range(f):
                    dx, dy = px - (i + 0.5) / f, py - (j + 0.5) / f
                    g = np.exp(-(dx**2 + dy**2) / (2 * sigma**2))
                    w = 2 * np.pi * f * (dx * np.cos(t) + dy * np.sin(t))
                    pair = [g * (wave - (g * wave).sum() / g.sum()) for wave in (np.cos(w), np.sin(w))]
                    energy[j, i] = np.sqrt(sum((p * grey).sum() ** 2 for p in pair)) / (0.5 * g.sum())
            pooled = energy.reshape(n, f // n, n, f // n).mean(axis=(1, 3)).ravel()
            out.append({"none": pooled, "root": np.sqrt(pooled), "log": np.log1p(100 * pooled)}[compression])
    if colour_cells:
        r, g, b = np.moveaxis(planes, 2, 0)
        for channel in (grey, r - g, b - (r + g) / 2):
            side = size // colour_cells
            out.append(channel.reshape(colour_cells, side, colour_cells, side).mean(axis=(1, 3)).ravel())
    return np.concatenate(out)


def write(name, width, height, **config):
    values = features(picture(width, height), **config)
    np.savetxt(OUT / f"gabor_{name}.txt", values, fmt="%.9g")
    print(name, values.shape, values.min(), values.max())


OUT.mkdir(exist_ok=True)
small = dict(size=30, cycles=[1, 3, 6], cells=[1, 3, 2], orientations=5, bandwidth=1.3, colour_cells=3)
write("energy", 61, 47, compression="none", **small)
write("root", 61, 47, compression="root", **small)
write("enlarged", 17, 23, compression="log", **small)
write("default", 425, 425, size=128, cycles=[1, 2, 4, 8, 16, 32], cells=[1, 2, 4, 8, 8, 4], orientations=8, bandwidth=1,
      compression="log", colour_cells=4)
