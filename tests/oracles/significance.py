"""Writes the figures of tests/evaluation/tst_{student_t,false_discovery,dependent_correlations,bootstrap}.cpp (NumPy,
SciPy, statsmodels; Williams' t by the formula of Steiger 1980, which these do not have)."""
import numpy as np
from scipy import special, stats
from statsmodels.stats.multitest import multipletests

np.set_printoptions(precision=17)


def show(name, values):
    print(name, "{" + ", ".join(repr(float(v)) for v in np.ravel(values)) + "}")


# The same integers in both languages: a small linear congruential sequence, exact in float32.
def sequence(n, seed):
    state, values = seed, []
    for _ in range(n):
        state = (1103515245 * state + 12345) % 2**31
        values.append((state >> 16) % 1000)
    return np.array(values, dtype=np.float64)


show("t two-sided", [2 * stats.t.sf(abs(t), df) for t, df in [(0.5, 1), (-2, 5), (3.3, 17), (12, 40), (40, 900), (1e-3, 300)]])
show("beta", [special.betainc(a, b, x) for a, b, x in [(0.5, 0.5, 0.3), (5, 2, 0.9), (450, 0.5, 0.99), (2, 3, 0)]])

p = np.array([0.01, 0.04, 0.03, 0.2, 0.0005, 0.9, 0.04])
show("bh", multipletests(p, method="fdr_bh")[1])
show("by", multipletests(p, method="fdr_by")[1])

rows, cols = 30, 3
y = sequence(rows * cols, 3).reshape(rows, cols)
a = sequence(rows * cols, 1).reshape(rows, cols) + 2 * y
b = sequence(rows * cols, 2).reshape(rows, cols) + y + np.array([0, 100000, 5])


def williams(r12, r13, r23, n):  # 1 = the shared response; Steiger 1980, equation 7
    det = 1 - r12**2 - r13**2 - r23**2 + 2 * r12 * r13 * r23
    mean = (r12 + r13) / 2
    t = (r12 - r13) * np.sqrt((n - 1) * (1 + r23) / (2 * (n - 1) / (n - 3) * det + mean**2 * (1 - r23) ** 3))
    return t, 2 * stats.t.sf(abs(t), n - 3)


def r(x, z):
    return [stats.pearsonr(x[:, i], z[:, i])[0] for i in range(x.shape[1])]


show("r1", r(a, y))
show("r2", r(b, y))
show("r12", r(a, b))
for i in range(cols):
    show(f"williams {i}", williams(r(a, y)[i], r(b, y)[i], r(a, b)[i], rows))
# Steiger's paper prints no example of its own; these are round numbers for anyone's calculator.
show("williams by hand", williams(0.5, 0.3, 0.6, 103))

draws = (sequence(4 * rows, 7).astype(int) % rows).reshape(4, rows)
show("resampled r", [r(a[d], y[d]) for d in draws])

values = sequence(41, 11)
show("quantiles", np.quantile(values, [0.025, 0.975]))
