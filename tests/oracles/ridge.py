"""Reference numbers for RidgeSolver: scikit-learn's LinearRegression and Ridge in float64, and, for the penalty chosen
per target, plain cross-validation that forms every prediction.

    python ridge.py ../training/data/ridge.safetensors     (scikit-learn 1.9, safetensors, numpy)
"""
import sys

import numpy as np
from safetensors.numpy import save_file
from sklearn.linear_model import LinearRegression, Ridge

rng = np.random.default_rng(11)
out = {}


def problem(name, rows, features, targets):
    x = (rng.normal(size=(rows, features)) * rng.uniform(0.2, 3, features) + rng.normal(size=features)).astype(np.float32)
    w = rng.normal(size=(features, targets)) / np.sqrt(features) * rng.uniform(0, 1, targets)
    y = (x @ w + rng.normal(size=(rows, targets)) + 3 * rng.normal(size=targets)).astype(np.float32)
    out[f"{name}/features"], out[f"{name}/responses"] = x, y
    return x.astype(np.float64), y.astype(np.float64)


def keep(name, model):
    out[f"{name}/weight"] = np.ascontiguousarray(model.coef_)
    out[f"{name}/bias"] = np.ascontiguousarray(model.intercept_)


x, y = problem("tall", 90, 12, 7)
keep("tall/ols", LinearRegression().fit(x, y))
keep("tall/ridge", Ridge(alpha=10).fit(x, y))

alphas, folds = np.logspace(-1, 4, 9), 4
scores = np.zeros((len(alphas), y.shape[1]))
for k in range(folds):
    held = np.arange(len(x)) >= len(x) * k // folds
    held &= np.arange(len(x)) < len(x) * (k + 1) // folds
    for a, alpha in enumerate(alphas):
        p = Ridge(alpha=alpha).fit(x[~held], y[~held]).predict(x[held])
        pc, yc = p - p.mean(0), y[held] - y[held].mean(0)
        scores[a] += (pc * yc).sum(0) / np.sqrt((pc**2).sum(0) * (yc**2).sum(0)) / folds
out["tall/scores"] = scores
out["tall/chosen"] = alphas[scores.argmax(0)]
print("chosen", out["tall/chosen"])
for t in range(y.shape[1]):
    model = Ridge(alpha=out["tall/chosen"][t]).fit(x, y[:, t])
    out[f"tall/chosen{t}/weight"] = np.ascontiguousarray(model.coef_)

x, y = problem("wide", 20, 45, 5)
keep("wide/ols", LinearRegression().fit(x, y))
keep("wide/ridge", Ridge(alpha=3).fit(x, y))

x, y = problem("collinear", 40, 6, 3)
x32 = out["collinear/features"]
x32[:, 5] = 2 * x32[:, 1]
x32[:, 4] = 1.5
keep("collinear/ols", LinearRegression().fit(x32.astype(np.float64), y))
save_file(out, sys.argv[1])
