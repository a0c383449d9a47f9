"""Reference for networks: forward passes and three training steps in PyTorch, written from the description of each
architecture and not from the program. Writes tests/training/data/networks.safetensors.

    python3 -P tests/oracles/networks.py        (torch 2.11.0, safetensors)

One case: a network with first weights, one epoch of three minibatches in a given order (the last one short), then the
validation loss and predictions. Names of parameters are those of the program's checkpoints."""
import json
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

ROWS, HELD, FEATURES, TARGETS, BATCH = 40, 11, 6, 5, 16


class Linear(nn.Linear):
    def __init__(self, **_):
        super().__init__(FEATURES, TARGETS)


class Deep(nn.Module):
    """blocks of Linear, BatchNorm1d, LeakyReLU, dropout; between two of them h + block(h)."""

    def __init__(self, blocks, width, growth, dropout, slope, between=0):
        super().__init__()
        self.plan, self.dropout, self.slope = [], dropout, slope
        inputs = FEATURES
        for i in range(blocks):
            outputs = int(width * growth**i + 0.5)
            self.add(f"block{i}", inputs, outputs, False)
            inputs = outputs
            for j in range(between if i + 1 < blocks else 0):
                self.add(f"residual{i}_{j}", inputs, inputs, True)
        self.out = nn.Linear(inputs, TARGETS)

    def add(self, name, inputs, outputs, is_residual):
        layers = OrderedDict(linear=nn.Linear(inputs, outputs), norm=nn.BatchNorm1d(outputs))
        self.add_module(name, nn.Sequential(layers))
        self.plan.append((name, is_residual))

    def forward(self, h):
        for name, is_residual in self.plan:
            new = F.leaky_relu(getattr(self, name)(h), self.slope)
            h = h + new if is_residual else F.dropout(new, self.dropout, self.training)
        return self.out(h)


def pearson(p, y):
    p, y = p - p.mean(0), y - y.mean(0)
    return (1 - (p * y).sum(0) / (p.norm(dim=0) * y.norm(dim=0))).mean()


LOSSES = {
    "mse": F.mse_loss,
    "pearson": pearson,
    "smooth-l1": lambda p, y: F.smooth_l1_loss(p, y, beta=0.7),
}


def optimiser(settings, parameters):
    lr, decay = settings["learningRate"], settings.get("weightDecay", 1e-2)
    if settings.get("solver", "adamw") == "sgd":
        return torch.optim.SGD(parameters, lr, momentum=settings["momentum"], weight_decay=decay)
    kind = torch.optim.Adam if settings.get("solver") == "adam" else torch.optim.AdamW
    return kind(parameters, lr, weight_decay=decay, eps=settings.get("epsilon", 1e-8))


# A bias before batch normalisation, and one under a loss blind to scale, has a gradient of zero but for rounding, which
# AdamW would blow up to a full step: there epsilon is large against rounding.
CASES = {
    "linear": (Linear, {}, {"architecture": "linear", "clipNorm": 1e9}),
    "linear-adam": (Linear, {}, {"architecture": "linear", "solver": "adam", "weightDecay": 0.1}),
    "linear-sgd": (Linear, {}, {"architecture": "linear", "solver": "sgd", "momentum": 0.8, "weightDecay": 0.1}),
    "linear-pearson": (Linear, {}, {"architecture": "linear", "loss": "pearson", "epsilon": 1e-3}),
    "linear-smooth": (Linear, {}, {"architecture": "linear", "loss": "smooth-l1", "smoothL1Beta": 0.7}),
    "linear-clipped": (Linear, {}, {"architecture": "linear", "solver": "sgd", "momentum": 0.8, "clipNorm": 0.5}),
    "linear-l1": (Linear, {}, {"architecture": "linear", "solver": "sgd", "momentum": 0.0, "l1": 0.3}),
    "deep": (
        Deep,
        dict(blocks=4, width=7, growth=1, dropout=0, slope=0.01),
        {"architecture": "deep", "deepWidth": 7, "epsilon": 1e-3},
    ),
    "deep-dropout": (
        Deep,
        dict(blocks=2, width=9, growth=1.5, dropout=0.4, slope=0.2),
        {"architecture": "deep", "deepBlocks": 2, "deepWidth": 9, "deepGrowth": 1.5, "deepDropout": 0.4,
         "deepSlope": 0.2, "epsilon": 1e-3},
    ),
    "deep-residual": (
        Deep,
        dict(blocks=4, width=8, growth=1.25, dropout=0.05, slope=0.01, between=1),
        {"architecture": "deep-residual", "resWidth": 8, "epsilon": 1e-3},
    ),
}


def run(name, kind, shape, settings, tensors):
    torch.manual_seed(len(tensors))
    settings = {"learningRate": 0.01, "batchSize": BATCH, **settings}
    x, y = torch.randn(ROWS + HELD, FEATURES), torch.randn(ROWS + HELD, TARGETS)
    order = torch.randperm(ROWS)
    network = kind(**shape)
    put = lambda key, value: tensors.__setitem__(f"{name}/{key}", value.detach().clone().contiguous())
    for key, value in network.state_dict().items():
        put(f"first/{key}", value)
    put("features", x), put("responses", y), put("order", order), put("generator", torch.get_rng_state())
    descent = optimiser(settings, network.parameters())
    losses = []
    for rows in order.split(BATCH):
        descent.zero_grad()
        loss = LOSSES[settings.get("loss", "mse")](network(x[rows]), y[rows])
        losses.append(loss.item())
        (loss + settings.get("l1", 0) * sum(p.abs().sum() for p in network.parameters() if p.dim() > 1)).backward()
        if settings.get("clipNorm", 0) > 0:
            nn.utils.clip_grad_norm_(network.parameters(), settings["clipNorm"])
        descent.step()
    network.eval()
    with torch.no_grad():
        predicted = network(x[ROWS:])
        held = LOSSES[settings.get("loss", "mse")](predicted.double(), y[ROWS:].double()).item()
    for key, value in network.state_dict().items():
        put(f"last/{key}", value)
    put("predicted", predicted)
    return {"settings": settings, "train": ROWS, "train_loss": sum(losses) / len(losses), "validation_loss": held}


def schedules():
    """Learning rates of 10 epochs by torch's schedulers, stepped once after each."""
    make = {
        "step": lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.5),
        "exponential": lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.5),
        "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10, eta_min=0.002),
        "one-cycle": lambda o: torch.optim.lr_scheduler.OneCycleLR(
            o, 0.1, total_steps=10, pct_start=0.4, div_factor=5, final_div_factor=10),
        "constant": lambda o: torch.optim.lr_scheduler.ConstantLR(o, 1, 1),
    }
    rates = {}
    for name, maker in make.items():
        descent = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)
        schedule = maker(descent)
        rates[name] = []
        for _ in range(10):
            rates[name].append(descent.param_groups[0]["lr"])
            descent.step(), schedule.step()
    return rates


if __name__ == "__main__":
    torch.set_num_threads(1)
    tensors = {}
    cases = {name: run(name, *case, tensors) for name, case in CASES.items()}
    folder = Path(__file__).parent.parent / "training/data"
    save_file(tensors, folder / "networks.safetensors",
              {"cases": json.dumps(cases), "schedules": json.dumps(schedules())})
