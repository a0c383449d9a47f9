"""Writes the figures of tests/evaluation (SciPy, scikit-learn and the challenge's own scoring formula)."""
import numpy as np
from scipy.stats import pearsonr
from sklearn.metrics import r2_score

# The same integers in both languages: a small linear congruential sequence, exact in float32.
def sequence(n, seed):
    state, values = seed, []
    for _ in range(n):
        state = (1103515245 * state + 12345) % 2**31
        values.append((state >> 16) % 1000)
    return np.array(values, dtype=np.float64)

x = sequence(60, 1).reshape(20, 3)
y = sequence(60, 2).reshape(20, 3) + 0.5 * x + np.array([0, 100000, 5])
print("r ", [repr(float(pearsonr(x[:, i], y[:, i])[0])) for i in range(3)])
print("r2", [repr(float(v)) for v in r2_score(y, x, multioutput="raw_values")])

r = np.array([0.5, -0.2, 0.9, 0.1])
nc = np.array([0.5, 0.3, 0.6, 0.0])
r[r < 0] = 0
r2 = r**2
nc[nc == 0] = 1e-14
score = np.divide(r2, nc) * 100
score[score > 100] = 100
print("score", score.tolist(), score.mean(), score[:3].mean())
ncsnr = np.array([0.0, 0.5, 1.0], dtype=np.float64)
T = (30 / 3 + 20 / 2 + 10 / 1) / 60
print("ceiling", (ncsnr**2 / (ncsnr**2 + T)).tolist())
