"""Reference numbers for the positional architecture: written from the paper's description in plain PyTorch, with the
concatenation [h ; p] built explicitly before every Conv1d, in float64. For each variant: first weights, three AdamW
steps on given batches, what the network says before and after, and all weights and buffers at the end.

    python positional.py ../models/data/positional.safetensors     (torch 2.11, safetensors, numpy)
"""
import json
import sys

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn
from torch.nn import functional as F

BATCH, VERTICES, STEPS = 6, 7, 3
CHANNELS, ENCODING = [8, 6, 5, 4, 3], 4
VARIANTS = {  # settings as the plan has them; "shape": of the embedding
    "pos": {},
    "residual": {"positionalResidual": True},
    "gate": {"positionalInput": "gate"},
    "gate-residual": {"positionalInput": "gate", "positionalResidual": True},
    "kernel3": {"positionalKernel": 3},
    "kernel5-gate-residual": {"positionalKernel": 5, "positionalInput": "gate", "positionalResidual": True},
    "linear": {"positionalTrunk": "linear", "positionalAreaWidth": 4},
    "conv2d": {"positionalTrunk": "conv2d", "positionalAreaWidth": 4, "positionalTrunkChannels": [4, 3, 2]},
    "heads": {"positionalResidual": True},
    "positions": {"positionalOutput": "positions", "positionalKernel": 3},
}


def encoded(positions):
    columns = []
    for axis in range(3):
        for i in range(ENCODING // 2):
            angle = positions[:, axis] * 100 / 10000 ** (2 * i / ENCODING)
            columns += [np.sin(angle), np.cos(angle)]
    return torch.tensor(np.stack(columns, 1).astype(np.float32).astype(np.float64))


class Trunk(nn.Module):
    def __init__(self, shape, settings):
        super().__init__()
        self.kind, area = settings.get("positionalTrunk", "identity"), settings.get("positionalAreaWidth", 256)
        size = int(np.prod(shape))
        self.stages = []
        if self.kind == "conv2d":
            inputs, side = shape[0], shape[1]
            for i, outputs in enumerate(settings["positionalTrunkChannels"]):
                conv = nn.Conv2d(inputs, outputs, 3, stride=2, padding=1)
                self.add_module(f"conv{i}", conv)
                norm = nn.BatchNorm2d(outputs)
                self.add_module(f"norm{i}", norm)
                self.stages.append((conv, norm))
                inputs, side = outputs, (side + 1) // 2
            size = inputs * side * side
        self.width = size if self.kind == "identity" else area
        if self.kind != "identity":
            self.linear = nn.Linear(size, area)

    def forward(self, images):
        for conv, norm in self.stages:
            images = F.leaky_relu(norm(conv(images)), 0.01)
        flat = images.flatten(1)
        return flat if self.kind == "identity" else self.linear(flat)


class Positional(nn.Module):
    def __init__(self, shape, positions, order, settings, heads):
        super().__init__()
        self.trunk = Trunk(shape, settings)
        self.gated = settings.get("positionalInput") == "gate"
        self.residual = settings.get("positionalResidual", False)
        self.heads, self.values = heads, 3 if settings.get("positionalOutput") == "positions" else 1
        kernel = settings.get("positionalKernel", 1)
        self.order = order if kernel > 1 else np.arange(len(order))
        self.p = encoded(positions)[self.order]
        width = self.p.shape[1]
        self.layers = len(CHANNELS) + 1
        inputs, before = self.trunk.width, self.trunk.width
        for i, outputs in enumerate(CHANNELS + [self.values * heads]):
            self.add_module(f"conv{i}", nn.Conv1d(inputs + (0 if self.gated else width), outputs, kernel,
                                                  padding=kernel // 2))
            if self.gated:
                self.add_module(f"gate{i}", nn.Linear(width, outputs))
            if i < len(CHANNELS):
                self.add_module(f"norm{i}", nn.BatchNorm1d(outputs))
            inputs = outputs
            if self.residual and i % 2 == 1:
                if before != outputs:
                    self.add_module(f"skip{i // 2}", nn.Linear(before, outputs))
                before = outputs

    def forward(self, images, subjects=None):
        module = dict(self.named_children())
        p = self.p.T[None].expand(len(images), -1, -1)
        h = self.trunk(images)[:, :, None].expand(-1, -1, p.shape[2])
        before = h
        for i in range(self.layers):
            z = module[f"conv{i}"](h if self.gated else torch.cat([h, p], 1))
            if self.gated:
                z = z * torch.sigmoid(module[f"gate{i}"](self.p)).T[None]
            h = F.leaky_relu(module[f"norm{i}"](z), 0.01) if i + 1 < self.layers else z
            if self.residual and i % 2 == 1:
                skip = module.get(f"skip{i // 2}")
                h = h + (before if skip is None else skip(before.transpose(1, 2)).transpose(1, 2))
                before = h
        out = torch.empty_like(h)
        out[:, :, self.order] = h  # back from the order along the surface
        if self.heads > 1:
            out = torch.stack([out[b, s * self.values:(s + 1) * self.values] for b, s in enumerate(subjects)])
        return out.flatten(1)


def run(name, settings, rng, out):
    shape = (3, 9, 9) if settings.get("positionalTrunk") == "conv2d" else (5,)
    heads = 2 if name == "heads" else 1
    positions = rng.random((VERTICES, 3)).astype(np.float32)
    order = rng.permutation(VERTICES)
    model = Positional(shape, positions.astype(np.float64), order, settings, heads).double()
    with torch.no_grad():
        for parameter in model.parameters():  # also BatchNorm's, so that none is at a value that hides a mistake
            parameter.copy_(torch.tensor(rng.uniform(-0.6, 0.6, parameter.shape).astype(np.float32)))
    images = rng.normal(size=(STEPS + 1, BATCH, *shape)).astype(np.float32)
    targets = rng.normal(size=(STEPS, BATCH, VERTICES * model.values)).astype(np.float32)
    subjects = rng.integers(0, heads, (STEPS + 1, BATCH))
    wide = torch.tensor(images, dtype=torch.float64)

    def keep(stage):
        for key, value in model.state_dict().items():
            out[f"{name}/{stage}/{key}"] = value.numpy().astype(np.float64)

    keep("first")
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=1e-2)
    losses = []
    for step in range(STEPS):
        model.train()
        optimiser.zero_grad()
        said = model(wide[step], subjects[step])
        loss = F.mse_loss(said, torch.tensor(targets[step], dtype=torch.float64))
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if step == 0:
            out[f"{name}/said"] = said.detach().numpy()
    keep("last")
    model.eval()
    with torch.no_grad():
        out[f"{name}/evaluated"] = model(wide[STEPS], subjects[STEPS]).numpy()
    out |= {f"{name}/positions": positions, f"{name}/order": order.astype(np.int64), f"{name}/images": images,
            f"{name}/targets": targets, f"{name}/subjects": subjects.astype(np.int64),
            f"{name}/losses": np.array(losses)}
    return {"shape": shape, "heads": heads,
            "settings": settings | {"positionalChannels": CHANNELS, "positionalEncodingWidth": ENCODING,
                                    "positionalDropout": 0}}


def main(path):
    rng, out = np.random.default_rng(11), {}
    meta = {name: run(name, settings, rng, out) for name, settings in VARIANTS.items()}
    save_file({k: np.ascontiguousarray(v) for k, v in out.items()}, path,
              {"architecture": "positional", "variants": json.dumps(meta)})


main(sys.argv[1])
