"""Writes the files torch_*.pt of tests/formats/data with PyTorch itself: what torch.save and torch.jit.save make.

Run: python3 tests/oracles/torch_files.py (torch 2.11)
"""

from collections import OrderedDict
from pathlib import Path

import torch

OUT = Path(__file__).resolve().parent.parent / "formats" / "data"


def values():
    base = torch.arange(12, dtype=torch.float32).reshape(3, 4) / 4 - 1
    return OrderedDict(
        [
            ("fc.weight", base),
            ("fc.part", base[1:, 1:3]),  # shares fc.weight's storage, neither from its start nor side by side
            ("fc.turned", base.t()),
            ("half", torch.tensor([1.5, -2.0]).half()),
            ("brain", torch.tensor([1.5, -2.0]).bfloat16()),
            ("double", torch.tensor([0.1], dtype=torch.float64)),
            ("count", torch.tensor(7)),
            ("flags", torch.tensor([True, False])),
            ("none", torch.zeros(0, 3)),
        ]
    )


class Module(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
        self.register_buffer("size", torch.tensor(224))
        self.widths = [2, 3]
        with torch.no_grad():
            for i, p in enumerate(self.parameters()):
                p.copy_(torch.arange(p.numel()).reshape(p.shape) + 10.0 * i)

    def forward(self, x):
        return self.layers(x) * self.widths[0]


class Evil:
    def __reduce__(self):
        import os

        return os.system, ("echo pwned > /tmp/corticast-pwned",)


torch.save(values(), OUT / "torch_zip.pt")
torch.save(values(), OUT / "torch_legacy.pt", _use_new_zipfile_serialization=False)
torch.save({"epoch": 3, "state_dict": values(), "note": "x"}, OUT / "torch_wrapped.pt")
torch.save({"weight": torch.nn.Parameter(torch.tensor([1.0, 2.0]))}, OUT / "torch_parameter.pt")
torch.save(Module(), OUT / "torch_module.pt")
torch.save({"weight": torch.zeros(1), "evil": Evil()}, OUT / "torch_evil.pt")
torch.save({"evil": Evil()}, OUT / "torch_evil_legacy.pt", _use_new_zipfile_serialization=False)
torch.jit.script(Module()).save(str(OUT / "torch_script.pt"))
for path in sorted(OUT.glob("torch_*.pt")):
    print(path.name, path.stat().st_size)
