"""Prints the figures of tests/data/tst_split.cpp: the devkit's split (NumPy) and k-fold (scikit-learn)."""
import numpy as np
from sklearn.model_selection import KFold


def devkit(n):
    """The Algonauts 2023 tutorial, word for word but for the names of the pictures."""
    np.random.seed(5)
    num_train = int(np.round(n / 100 * 90))
    idxs = np.arange(n)
    np.random.shuffle(idxs)
    return idxs[:num_train], idxs[num_train:]


def digest(rows):
    return int((np.asarray(rows, dtype=np.int64) * (np.arange(len(rows)) + 1)).sum())


for n in (9841, 9082, 8779, 10, 15, 25, 35):
    train, validation = devkit(n)
    print("devkit", n, len(train), len(validation), digest(train), digest(validation), train[:5].tolist(), validation[-5:].tolist())
for n, k, seed in ((103, 5, 7), (20, 3, 0)):
    for fold, (train, validation) in enumerate(KFold(k, shuffle=True, random_state=seed).split(np.arange(n)), 1):
        print("kfold", n, k, seed, fold, digest(train), digest(validation), validation.tolist())
