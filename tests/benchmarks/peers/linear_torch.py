"""The peer of `corticast-cli bench linear`: one epoch of per-ROI linear models in PyTorch as people write it, a
DataLoader, a torch.nn.Linear and an AdamW per ROI, one ROI after another, validation included.

    python linear_torch.py --batch 64 [--images 8857 --validation 984 --features 512 --groups 900,700,...]

With --corticast PATH/corticast-cli the two take turns, so that other load on the machine falls on both, and the ratios
are printed.
"""
import argparse
import json
import statistics
import subprocess
import time

import torch
from torch.utils.data import DataLoader, TensorDataset

GROUPS = "900,700,650,600,550,500,450,400,350,300,280,260,240,220,200,180,160,140,120,100,90,80,50,40,25,15"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--images", type=int, default=8857)
    parser.add_argument("--validation", type=int, default=984)
    parser.add_argument("--features", type=int, default=512)
    parser.add_argument("--groups", default=GROUPS)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--corticast", help="corticast-cli to run in turns with the peer")
    args = parser.parse_args()
    torch.manual_seed(1)
    sizes = [int(size) for size in args.groups.split(",")]
    x, held = torch.randn(args.images, args.features), torch.randn(args.validation, args.features)
    rois = []
    for size in sizes:
        model = torch.nn.Linear(args.features, size)
        loader = DataLoader(TensorDataset(x, torch.randn(args.images, size)), batch_size=args.batch, shuffle=True)
        rois.append((model, torch.optim.AdamW(model.parameters(), lr=1e-4), loader, torch.randn(args.validation, size)))
    loss_of = torch.nn.MSELoss()

    def epoch():
        for model, optimiser, loader, held_y in rois:
            model.train()
            total = 0.0
            for batch_x, batch_y in loader:
                optimiser.zero_grad()
                loss = loss_of(model(batch_x), batch_y)
                loss.backward()
                optimiser.step()
                total += loss.item()
            model.eval()
            with torch.no_grad():
                p = model(held)
                loss_of(p, held_y).item()
                p, y = p - p.mean(0), held_y - held_y.mean(0)
                (p * y).sum(0) / ((p * p).sum(0) * (y * y).sum(0)).sqrt()

    def corticast():
        command = [args.corticast, "bench", "linear", "--json", "--repeats", "1"]
        for name in ("batch", "images", "validation", "features", "groups"):
            command += [f"--{name}", str(getattr(args, name))]
        row = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)[0]
        return row["seconds"], row["baseline_seconds"]

    epoch()
    seconds, rows = [], []
    for _ in range(args.repeats):
        start = time.perf_counter()
        epoch()
        seconds.append(time.perf_counter() - start)
        if args.corticast:
            rows.append(corticast())
    report("PyTorch, DataLoader per ROI, one epoch", args.batch, seconds)
    if rows:
        ours, products = zip(*rows)
        report("Corticast, one epoch", args.batch, ours)
        report("its two matrix products alone", args.batch, products)
        for name, of in (("min", min), ("median", statistics.median)):
            print(json.dumps({"of": name, "times_as_fast_as_pytorch": round(of(seconds) / of(ours), 2),
                              "times_the_products": round(of(ours) / of(products), 2)}))


def report(name, batch, seconds):
    print(json.dumps({"name": name, "batch": batch, "threads": torch.get_num_threads(), "seconds_min": min(seconds),
                      "seconds_median": statistics.median(seconds)}))


main()
