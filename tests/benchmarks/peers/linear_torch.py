"""The peer of `corticast-cli bench linear`: one epoch of per-ROI linear models in PyTorch as people write it, a
DataLoader, a torch.nn.Linear and an AdamW per ROI, one ROI after another, validation included.

    python linear_torch.py --batch 64 [--images 8857 --validation 984 --features 512 --groups 900,700,...]
"""
import argparse
import json
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

    epoch()
    seconds = []
    for _ in range(args.repeats):
        start = time.perf_counter()
        epoch()
        seconds.append(time.perf_counter() - start)
    seconds.sort()
    print(json.dumps({"name": "PyTorch, DataLoader per ROI, one epoch", "threads": torch.get_num_threads(),
                      "batch": args.batch, "seconds_min": seconds[0], "seconds_median": seconds[len(seconds) // 2]}))


main()
