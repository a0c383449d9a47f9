"""Prints the figures of tests/base/tst_random.cpp, drawn with NumPy's legacy generator."""
import numpy as np

np.random.seed(5)
print("first words", [int(np.random.randint(0, 2**32, dtype=np.uint32)) for _ in range(3)])
np.random.seed(5)
print("uniform", [repr(np.random.random_sample()) for _ in range(2)])
np.random.seed(5)
order = np.arange(9841)
np.random.shuffle(order)
train, validation = order[:8857], order[8857:]
print("devkit split", order[:5].tolist(), order[-5:].tolist(), len(train), len(validation))
print("weighted sum", int((order.astype(np.int64) * np.arange(9841)).sum()))
print("permutation(7)", np.random.RandomState(42).permutation(7).tolist())
