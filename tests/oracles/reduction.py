"""Writes tests/features/data/reduction_*.txt: scikit-learn's StandardScaler and PCA on data any language can make.

Run: python3 tests/oracles/reduction.py (scikit-learn >= 1.5, for the sign convention of its svd_flip)
"""

import pathlib

import numpy as np
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

OUT = pathlib.Path(__file__).parent.parent / "features" / "data"


def table(rows, cols):
    """A smooth, full-rank table; column 3 is constant. tst_reduction.cpp makes the same."""
    r, c = np.meshgrid(np.arange(rows), np.arange(cols), indexing="ij")
    x = np.sin(0.7 * r + 1.3 * c) * (1 + c) + np.cos(0.11 * r * (c + 1)) + ((r * 31 + c * 17) % 23) / 7.0
    x[:, 3] = 2.5
    return x.astype(np.float32)


def write(name, train_rows, cols, components):
    x = table(train_rows + 5, cols)
    train = x[:train_rows]
    scaler = StandardScaler().fit(train.astype(np.float64))
    pca = PCA(components, svd_solver="full").fit(scaler.transform(train.astype(np.float64)))
    reduced = pca.transform(scaler.transform(x.astype(np.float64)))
    with open(OUT / f"reduction_{name}.txt", "w") as file:
        print(train_rows, cols, components, file=file)
        for matrix in (scaler.transform(x.astype(np.float64)), reduced, pca.explained_variance_ratio_[None]):
            for row in matrix:
                print(" ".join(f"{v:.9g}" for v in row), file=file)


OUT.mkdir(exist_ok=True)
write("tall", 40, 12, 6)
write("wide", 15, 37, 9)
