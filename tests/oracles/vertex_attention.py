"""Reference numbers for the architecture vertex-attention: torch.nn.MultiheadAttention, LayerNorm and Linear in float64.
For each variant: first weights, three AdamW steps on given batches, what the network says before and after, and all
weights at the end.

    python vertex_attention.py ../models/data/vertex_attention.safetensors     (torch 2.11, safetensors, numpy)
"""
import json
import sys

import numpy as np
import torch
from safetensors.numpy import save_file
from torch import nn
from torch.nn import functional as F

BATCH, VERTICES, STEPS = 4, 6, 3
WIDTH, HEADS, LAYERS, FORWARD, ENCODING = 8, 2, 2, 12, 4
SHAPES = {"map": (5, 3, 2), "rows": (7, 5), "vector": (5,), "subjects": (5, 3, 2)}


def encoded(positions):
    columns = []
    for axis in range(3):
        for i in range(ENCODING // 2):
            angle = positions[:, axis] * 100 / 10000 ** (2 * i / ENCODING)
            columns += [np.sin(angle), np.cos(angle)]
    return torch.tensor(np.stack(columns, 1).astype(np.float32).astype(np.float64))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.up, self.down = nn.Linear(WIDTH, FORWARD), nn.Linear(FORWARD, WIDTH)

    def forward(self, h, t):
        h = h + self.attention(self.norm1(h), t, t, need_weights=False)[0]
        return h + self.down(F.gelu(self.up(self.norm2(h))))


class Model(nn.Module):
    def __init__(self, shape, positions, subjects):
        super().__init__()
        self.p = encoded(positions)
        self.token = nn.Linear(shape[0] if len(shape) == 3 else shape[-1], WIDTH)
        self.vertex = nn.Linear(self.p.shape[1], WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.norm, self.answer = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, subjects)

    def forward(self, images, subjects):
        if images.dim() == 4:
            images = images.flatten(2).transpose(1, 2)
        elif images.dim() == 2:
            images = images[:, None]
        t = self.token(images)
        h = self.vertex(self.p)[None].expand(len(t), -1, -1)
        for layer in self.layers:
            h = layer(h, t)
        answers = self.answer(self.norm(h))
        return torch.stack([answers[b, :, s] for b, s in enumerate(subjects)])


def by_our_names(model):
    """Our layers keep query, key and value apart, and have no level `attention`."""
    named = {}
    for key, value in model.state_dict().items():
        value = value.numpy().copy()
        key = key.replace("layers.", "layer")
        if "in_proj_" in key:
            kind = key.rsplit("_", 1)[1]
            for name, part in zip(("query", "key", "value"), np.split(value, 3)):
                named[key.split(".")[0] + f".{name}.{kind}"] = part
        else:
            named[key.replace("attention.out_proj", "out")] = value
    return named


def run(name, shape, rng, out):
    heads = 3 if name == "subjects" else 1
    positions = rng.random((VERTICES, 3)).astype(np.float32)
    model = Model(shape, positions.astype(np.float64), heads).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.tensor(rng.uniform(-0.6, 0.6, parameter.shape).astype(np.float32)))
    images = rng.normal(size=(STEPS + 1, BATCH, *shape)).astype(np.float32)
    targets = rng.normal(size=(STEPS, BATCH, VERTICES)).astype(np.float32)
    subjects = rng.integers(0, heads, (STEPS + 1, BATCH))
    wide = torch.tensor(images, dtype=torch.float64)
    out |= {f"{name}/first/{key}": value for key, value in by_our_names(model).items()}
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-2, weight_decay=1e-2)
    losses = []
    for step in range(STEPS):
        optimiser.zero_grad()
        said = model(wide[step], subjects[step])
        loss = F.mse_loss(said, torch.tensor(targets[step], dtype=torch.float64))
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if step == 0:
            out[f"{name}/said"] = said.detach().numpy()
    out |= {f"{name}/last/{key}": value for key, value in by_our_names(model).items()}
    with torch.no_grad():
        out[f"{name}/evaluated"] = model(wide[STEPS], subjects[STEPS]).numpy()
    out |= {f"{name}/positions": positions, f"{name}/order": np.arange(VERTICES), f"{name}/images": images,
            f"{name}/targets": targets, f"{name}/subjects": subjects.astype(np.int64),
            f"{name}/losses": np.array(losses)}
    return {"shape": shape, "heads": heads,
            "settings": {"attentionWidth": WIDTH, "attentionHeads": HEADS, "attentionLayers": LAYERS,
                         "attentionForwardWidth": FORWARD, "attentionEncodingWidth": ENCODING, "attentionDropout": 0}}


def main(path):
    rng, out = np.random.default_rng(12), {}
    meta = {name: run(name, shape, rng, out) for name, shape in SHAPES.items()}
    save_file({k: np.ascontiguousarray(v) for k, v in out.items()}, path,
              {"architecture": "vertex-attention", "variants": json.dumps(meta)})


main(sys.argv[1])
