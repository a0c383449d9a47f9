"""The peer of `corticast-cli bench ridge`: scikit-learn on the same shapes.

    python ridge_sklearn.py [--images 8857 --features 100 --targets 19004] [--cv]

With --corticast PATH/corticast-cli the two take turns, so that other load on the machine falls on both, and the ratios
are printed. Corticast's time holds more: it also scores the validation pictures. Its choice per vertex is by correlation
over folds, scikit-learn's by squared error and leave-one-out, which needs no folds.
"""
import argparse
import json
import subprocess
import time

import numpy as np
from sklearn.linear_model import Ridge, RidgeCV

PENALTIES = np.logspace(0, 6, 13)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=8857)
    parser.add_argument("--features", type=int, default=100)
    parser.add_argument("--targets", type=int, default=19004)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--cv", action="store_true", help="also RidgeCV with a penalty per target (13 penalties)")
    parser.add_argument("--corticast", help="corticast-cli to run in turns with the peer")
    args = parser.parse_args()
    rng = np.random.default_rng(1)
    x = rng.normal(size=(args.images, args.features)).astype(np.float32)
    y = rng.normal(size=(args.images, args.targets)).astype(np.float32)
    models = {"fixed": Ridge(alpha=1000.0)}
    if args.cv:
        models["per-vertex"] = RidgeCV(alphas=PENALTIES, alpha_per_target=True)
    theirs, ours = {name: [] for name in models}, {name: [] for name in ("fixed", "per-vertex")}
    for _ in range(args.repeats):
        for name, model in models.items():
            start = time.perf_counter()
            model.fit(x, y)
            theirs[name].append(time.perf_counter() - start)
        if args.corticast:
            for name, seconds in corticast(args).items():
                ours[name].append(seconds)
    for name, seconds in theirs.items():
        print(json.dumps({"name": f"scikit-learn, {name} penalty", "features": args.features, **summary(seconds)}))
    for name, seconds in ours.items():
        if seconds:
            print(json.dumps({"name": f"Corticast, {name} penalty", "features": args.features, **summary(seconds)}))
    for name in models:
        if ours[name]:
            ratios = {key: round(summary(theirs[name])[key] / value, 2) for key, value in summary(ours[name]).items()}
            print(json.dumps({"name": f"times as fast as scikit-learn, {name} penalty", **ratios}))


def corticast(args):
    command = [args.corticast, "bench", "ridge", "--json", "--repeats", "1", "--images", str(args.images),
               "--features", str(args.features), "--groups", str(args.targets)]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return {name: row["seconds"] for name in ("fixed", "per-vertex") for row in rows if name in row["name"]}


def summary(seconds):
    return {"seconds_min": round(min(seconds), 3), "seconds_median": round(float(np.median(seconds)), 3)}


main()
