"""The peer of `corticast-cli bench positional`: one training step (forward, backward, AdamW) of the positional model in
PyTorch as people write it, every Conv1d fed with the concatenation of its input and the positions.

    python positional_torch.py [--batch 64 --vertices 500 --features 512 --threads 2]

Memory is the growth of the process's peak resident size over what it held before the first step.
"""
import argparse
import json
import resource
import time

import torch
from torch import nn


def encoded(positions, width=32, scale=100.0, base=10000.0):
    """[vertices x 3] in [0, 1] -> [3 * width x vertices]."""
    rates = scale / base ** (2 * torch.arange(width // 2) / width)
    angles = positions[:, :, None] * rates
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1).T.contiguous()


class Positional(nn.Module):
    def __init__(self, features, positions, channels=(256, 128, 64, 32, 16, 1)):
        super().__init__()
        self.register_buffer("p", encoded(positions))
        inputs = [features, *channels[:-1]]
        self.convs = nn.ModuleList(nn.Conv1d(i + len(self.p), o, 1) for i, o in zip(inputs, channels))
        self.norms = nn.ModuleList(nn.BatchNorm1d(c) for c in channels[:-1])
        self.act, self.drop = nn.LeakyReLU(0.01), nn.Dropout(0.2)

    def forward(self, images):
        p = self.p.expand(len(images), -1, -1)
        h = images[:, :, None].expand(-1, -1, p.shape[2])
        for i, norm in enumerate(self.norms):
            h = self.act(norm(self.convs[i](torch.cat([h, p], 1))))
            if i % 2 == 1:
                h = self.drop(h)
        return self.convs[-1](torch.cat([h, p], 1)).squeeze(1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--vertices", type=int, default=500)
    parser.add_argument("--features", type=int, default=512)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=15)
    args = parser.parse_args()
    torch.manual_seed(1)
    if args.threads:
        torch.set_num_threads(args.threads)
    model = Positional(args.features, torch.rand(args.vertices, 3))
    optimiser = torch.optim.AdamW(model.parameters(), lr=7.5e-6)
    x, y = torch.randn(args.batch, args.features), torch.randn(args.batch, args.vertices)
    loss_of = nn.MSELoss()

    def step():
        optimiser.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimiser.step()
        return loss.item()

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3):
        step()
    seconds = []
    for _ in range(args.repeats):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    seconds.sort()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"name": "PyTorch, Conv1d over concatenations, one step", "threads": torch.get_num_threads(),
                      "batch": args.batch, "vertices": args.vertices, "seconds_min": seconds[0],
                      "seconds_median": seconds[len(seconds) // 2], "peak_mib": (peak - before) / 1024}))


main()
