"""Makes tests/cli/data/crashes_hdf5.h5: an array with names of variable length, as h5py writes it, in which one byte of the
heap of names is wrong. HDF5 1.10.8 believes the length of a name and crashes.

    python crashes_hdf5.py OUT.h5          (h5py 3.16, numpy 2.4)
"""
import sys

import h5py
import numpy as np

path = sys.argv[1]
with h5py.File(path, "w") as file:
    file["embedding"] = np.arange(20 * 2, dtype=np.float32).reshape(20, 2)
    file["image"] = [f"train-{i:04d}.png" for i in range(1, 21)]
data = bytearray(open(path, "rb").read())
heap = data.index(b"GCOL")
# 16 bytes of heap header; then per name: number, references, 4 spare bytes, and its length in 8 bytes.
length = heap + 16 + 8
assert data[length] == len("train-0001.png")
data[length + 4] = 0x40  # 2^38 and a few
open(path, "wb").write(data)
