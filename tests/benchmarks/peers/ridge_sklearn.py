"""The peer of `corticast-cli bench ridge`: scikit-learn on the same shapes.

    python ridge_sklearn.py [--images 8857 --features 100 --targets 19004]
"""
import argparse
import json
import time

import numpy as np
from sklearn.linear_model import Ridge, RidgeCV

parser = argparse.ArgumentParser()
parser.add_argument("--images", type=int, default=8857)
parser.add_argument("--features", type=int, default=100)
parser.add_argument("--targets", type=int, default=19004)
parser.add_argument("--cv", action="store_true", help="also RidgeCV with a penalty per target (13 penalties)")
args = parser.parse_args()
rng = np.random.default_rng(1)
x = rng.normal(size=(args.images, args.features)).astype(np.float32)
y = rng.normal(size=(args.images, args.targets)).astype(np.float32)
models = {"Ridge, one penalty": Ridge(alpha=1000.0)}
if args.cv:
    models["RidgeCV, penalty per target"] = RidgeCV(alphas=np.logspace(0, 6, 13), alpha_per_target=True)
for name, model in models.items():
    start = time.perf_counter()
    model.fit(x, y)
    print(json.dumps({"name": "scikit-learn " + name, "seconds": time.perf_counter() - start}))
