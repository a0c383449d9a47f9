"""Reference numbers for runs over folds: scikit-learn's out-of-fold predictions and what is scored from them.

    python folds.py ../runs/data/folds.safetensors     (scikit-learn 1.9, SciPy, safetensors, numpy)
"""
import sys

import numpy as np
from safetensors.numpy import save_file
from scipy.stats import pearsonr
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold

rng = np.random.default_rng(21)
images, test, features, vertices, folds = 30, 4, 3, 10, 4
x = rng.normal(size=(images, features)).astype(np.float32)
held = rng.normal(size=(test, features)).astype(np.float32)
w = rng.normal(size=(features, vertices)) * np.linspace(0, 1, vertices)
y = (x @ w + rng.normal(size=(images, vertices)) + np.arange(vertices)).astype(np.float32)

predicted, of_test, r_of_fold = np.zeros((images, vertices)), np.zeros((folds, test, vertices)), []
for k, (train, validation) in enumerate(KFold(folds, shuffle=True, random_state=3).split(x)):
    model = LinearRegression().fit(x[train].astype(np.float64), y[train].astype(np.float64))
    predicted[validation] = model.predict(x[validation])
    of_test[k] = model.predict(held)
    r_of_fold.append([pearsonr(predicted[validation, v], y[validation, v])[0] for v in range(vertices)])
out = {
    "features": x,
    "testFeatures": held,
    "responses": y,
    "predicted": predicted,
    "test": of_test.mean(0),
    "r": np.array([pearsonr(predicted[:, v], y[:, v])[0] for v in range(vertices)]),
    "rOfFold": np.array(r_of_fold),
    "r2": r2_score(y, predicted, multioutput="raw_values"),
}
save_file(out, sys.argv[1])
print({name: value.shape for name, value in out.items()}, out["r"].round(3))
