"""Writes tests/features/data/backbones/: small weight files in the published formats, with random values, and what
torch and transformers compute with them; and hashes of what Pillow resizes.

The networks are the published architectures at a fraction of their width, so that the files stay small; the full sizes
are compared by backbone_parity.py.

Run: python3 tests/oracles/backbones.py (torch 2.11, transformers 5, safetensors, Pillow, numpy)
"""

import hashlib
import pathlib

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn
from transformers import (
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
    Dinov2Config,
    Dinov2Model,
    SamVisionConfig,
)
from transformers.models.sam.modeling_sam import SamVisionEncoder

OUT = pathlib.Path(__file__).parent.parent / "features" / "data" / "backbones"
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
VALUES = 64  # at most so many of a layer are kept, evenly spread


def picture(width, height):
    """A picture that any language can make: edges, gratings of several orientations, colour. [height, width, 3]"""
    y, x = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    red = (x * 5 + y * 3 + (x * y) // 7) % 256
    green = np.where((x // 9 + y // 13) % 2 == 1, 220, 30) - (x + 2 * y) % 29
    blue = (x * x // 11 + y * 2) % 256
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


def pixels(side):
    values = (picture(side, side).astype(np.float32) / 255 - MEAN) / STD
    return torch.from_numpy(values.transpose(2, 0, 1).copy())[None]


def randomise(model, seed):
    """Every parameter matters, and is a number that float16 holds."""
    generator = torch.Generator().manual_seed(seed)
    for name, p in sorted(model.named_parameters()):
        values = torch.randn(p.shape, generator=generator)
        fan = p[0].numel() if p.dim() > 1 and "embed" not in name and "pos" not in name else 4
        is_scale = ("norm" in name or "lambda" in name or "layrnorm" in name) and name.endswith(("weight", "lambda1"))
        p.data = (1 + 0.2 * values if is_scale else values / fan**0.5).half().float()
    return model.eval()


def script(state):
    """A TorchScript archive whose modules' names make up the keys."""
    root = nn.Module()
    for key, value in state.items():
        *path, last = key.split(".")
        module = root
        for part in path:
            if not hasattr(module, part):
                module.add_module(part, nn.Module())
            module = getattr(module, part)
        module.register_parameter(last, nn.Parameter(value, requires_grad=False))
    return torch.jit.script(root)


def write(name, layers):
    lines = []
    for layer, values in layers.items():
        flat = values.detach().reshape(-1)
        flat = flat[:: max(1, len(flat) // VALUES)]
        lines.append(layer + " " + " ".join(f"{v:.8g}" for v in flat.tolist()))
    (OUT / f"{name}.txt").write_text("\n".join(lines) + "\n")


def clip():
    config = CLIPVisionConfig(hidden_size=16, intermediate_size=64, projection_dim=12, num_hidden_layers=2,
                              num_attention_heads=2, image_size=32, patch_size=8)
    model = randomise(CLIPVisionModelWithProjection(config), 1)
    state = {k: v.half() for k, v in model.state_dict().items()}
    save_file(state, OUT / "clip_hugging_face.safetensors")
    openai = {"visual.proj": state["visual_projection.weight"].t().contiguous()}
    simple = {"embeddings.class_embedding": "class_embedding", "embeddings.patch_embedding.weight": "conv1.weight",
              "embeddings.position_embedding.weight": "positional_embedding"}
    for ours, theirs in (("pre_layrnorm", "ln_pre"), ("post_layernorm", "ln_post")):
        for part in ("weight", "bias"):
            simple[f"{ours}.{part}"] = f"{theirs}.{part}"
    for i in range(2):
        here, there = f"encoder.layers.{i}.", f"transformer.resblocks.{i}."
        for ours, theirs in (("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"), ("mlp.fc1", "mlp.c_fc"),
                             ("mlp.fc2", "mlp.c_proj"), ("self_attn.out_proj", "attn.out_proj")):
            for part in ("weight", "bias"):
                simple[f"{here}{ours}.{part}"] = f"{there}{theirs}.{part}"
        for part in ("weight", "bias"):
            openai[f"visual.{there}attn.in_proj_{part}"] = torch.cat(
                [state[f"vision_model.{here}self_attn.{x}_proj.{part}"] for x in "qkv"])
    for ours, theirs in simple.items():
        openai["visual." + theirs] = state["vision_model." + ours]
    openai["logit_scale"] = torch.tensor(1.0)
    script(openai).save(str(OUT / "clip_openai.pt"))
    out = model(pixels(32), output_hidden_states=True)
    write("clip", {"projection": out.image_embeds,
                   "class": model.vision_model(pixels(32)).pooler_output,
                   "patches": out.last_hidden_state[:, 1:].transpose(1, 2),
                   "block.1": out.hidden_states[1][:, 0],
                   "block.2": out.hidden_states[2][:, 0]})


def dinov2():
    config = Dinov2Config(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=42, patch_size=7)
    model = randomise(Dinov2Model(config), 2)
    state = {k: v.half() for k, v in model.state_dict().items()}
    save_file(state, OUT / "dinov2_transformers5.safetensors")
    older = {k.replace("attention.o_proj", "attention.output.dense")
              .replace("attention.q_proj", "attention.attention.query")
              .replace("attention.k_proj", "attention.attention.key")
              .replace("attention.v_proj", "attention.attention.value"): v for k, v in state.items()}
    save_file(older, OUT / "dinov2_hugging_face.safetensors")
    meta = {"cls_token": state["embeddings.cls_token"], "pos_embed": state["embeddings.position_embeddings"],
            "mask_token": state["embeddings.mask_token"]}
    for part in ("weight", "bias"):
        meta[f"patch_embed.proj.{part}"] = state[f"embeddings.patch_embeddings.projection.{part}"]
        meta[f"norm.{part}"] = state[f"layernorm.{part}"]
        for i in range(2):
            here, there = f"encoder.layer.{i}.", f"blocks.{i}."
            for name in ("norm1", "norm2", "mlp.fc1", "mlp.fc2"):
                meta[f"{there}{name}.{part}"] = state[f"{here}{name}.{part}"]
            meta[f"{there}attn.proj.{part}"] = state[f"{here}attention.o_proj.{part}"]
            meta[f"{there}attn.qkv.{part}"] = torch.cat([state[f"{here}attention.{x}_proj.{part}"] for x in "qkv"])
    for i in range(2):
        for n in (1, 2):
            meta[f"blocks.{i}.ls{n}.gamma"] = state[f"encoder.layer.{i}.layer_scale{n}.lambda1"]
    torch.save(meta, OUT / "dinov2_meta.pth")

    def layers():
        out = model(pixels(28), output_hidden_states=True)
        return {"class": out.last_hidden_state[:, 0], "patches": out.last_hidden_state[:, 1:].transpose(1, 2),
                "block.1": out.hidden_states[1][:, 0], "block.2": out.hidden_states[2][:, 0]}

    write("dinov2", layers())

    def as_meta(_, height, width):
        position = model.embeddings.position_embeddings
        grid = position[:, 1:].reshape(1, 6, 6, 16).permute(0, 3, 1, 2)
        scale = (height // 7 + 0.1) / 6, (width // 7 + 0.1) / 6
        fitted = nn.functional.interpolate(grid, scale_factor=scale, mode="bicubic")
        return torch.cat([position[:, :1], fitted.permute(0, 2, 3, 1).view(1, -1, 16)], 1)

    model.embeddings.interpolate_pos_encoding = as_meta
    write("dinov2_as_meta", layers())


def sam():
    config = SamVisionConfig(hidden_size=16, output_channels=8, num_hidden_layers=2, num_attention_heads=2,
                             image_size=64, patch_size=8, window_size=3, global_attn_indexes=[1], mlp_dim=64)
    config._attn_implementation = "eager"
    model = randomise(SamVisionEncoder(config), 3)
    state = {k: v.bfloat16() for k, v in model.state_dict().items()}
    model.load_state_dict({k: v.float() for k, v in state.items()})
    save_file({"vision_encoder." + k: v for k, v in state.items()}, OUT / "sam_hugging_face.safetensors")
    rename = {"patch_embed.projection": "patch_embed.proj", "neck.conv1": "neck.0", "neck.layer_norm1": "neck.1",
              "neck.conv2": "neck.2", "neck.layer_norm2": "neck.3", "layers.": "blocks.", "layer_norm": "norm"}
    meta = {}
    for key, value in state.items():
        for ours, theirs in rename.items():
            key = key.replace(ours, theirs)
        meta["image_encoder." + key] = value
    meta["mask_decoder.iou_token.weight"] = torch.zeros(1, 8)
    torch.save(meta, OUT / "sam_meta.pth")
    kept = []
    for layer in model.layers:
        layer.register_forward_hook(lambda _, __, out: kept.append(out))
    out = model(pixels(64)).last_hidden_state
    write("sam", {"neck": out, "block.1": kept[0].permute(0, 3, 1, 2), "block.2": kept[1].permute(0, 3, 1, 2)})


def alexnet():
    c = [4, 6, 8, 6, 5]
    features = nn.Sequential(
        nn.Conv2d(3, c[0], 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(c[0], c[1], 5, padding=2), nn.ReLU(),
        nn.MaxPool2d(3, 2), nn.Conv2d(c[1], c[2], 3, padding=1), nn.ReLU(), nn.Conv2d(c[2], c[3], 3, padding=1),
        nn.ReLU(), nn.Conv2d(c[3], c[4], 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2))
    classifier = nn.Sequential(nn.Dropout(), nn.Linear(c[4] * 36, 10), nn.ReLU(), nn.Dropout(), nn.Linear(10, 10),
                               nn.ReLU(), nn.Linear(10, 7))
    model = randomise(nn.ModuleDict({"features": features, "classifier": classifier}), 4)
    state = {k: v.half() for k, v in model.state_dict().items()}
    torch.save(state, OUT / "alexnet.pth", _use_new_zipfile_serialization=False)
    torch.save({"state_dict": {"module." + k: v for k, v in state.items()}}, OUT / "alexnet_wrapped.pth")
    x, layers = pixels(63), {}
    for i, layer in enumerate(features):
        layers[f"features.{i}"] = x = layer(x)
    x = nn.AdaptiveAvgPool2d((6, 6))(x).flatten(1)
    for i, layer in enumerate(classifier):
        layers[f"classifier.{i}"] = x = layer(x)
    wanted = ["features.2", "features.5", "features.7", "features.9", "features.12", "classifier.2", "classifier.5",
              "classifier.6"]
    layers["baseline"] = torch.cat([layers[k].flatten(1) for k in wanted], 1)
    write("alexnet", {k: v for k, v in layers.items() if k not in ("classifier.0", "classifier.3")})


def resized(image, size, kind):
    """Columns before rows, as Pillow up to 12 does always; 13 takes rows first where a tall picture is squeezed."""
    return image.resize((size[0], image.height), kind).resize(size, kind)


def pillow():
    """size from, size to, filter, SHA-256 of the resized bytes."""
    lines = []
    for source, target in (((425, 425), (224, 224)), ((640, 480), (298, 224)), ((480, 640), (224, 298)),
                           ((100, 75), (224, 168)), ((61, 47), (61, 20)), ((61, 47), (20, 47)), ((425, 300), (1024, 723)),
                           ((3, 500), (7, 9)), ((1, 1), (5, 4)), ((500, 333), (384, 256))):
        for name, kind in (("bilinear", Image.BILINEAR), ("bicubic", Image.BICUBIC)):
            got = np.asarray(resized(Image.fromarray(picture(*source)), target, kind))
            lines.append(f"{source[0]} {source[1]} {target[0]} {target[1]} {name} "
                         f"{hashlib.sha256(got.tobytes()).hexdigest()}")
    (OUT / "pillow.txt").write_text("\n".join(lines) + "\n")


def preprocessing():
    """kind, picture's size, SHA-256 of the 8-bit pixels that torchvision's transforms (SAM: its own) give."""
    from torchvision import transforms as t

    bicubic = t.InterpolationMode.BICUBIC
    kinds = {"clip": t.Compose([t.Resize(224, bicubic), t.CenterCrop(224)]),
             "dinov2": t.Compose([t.Resize(256, bicubic), t.CenterCrop(224)]),
             "alexnet_stretch": lambda image: resized(image, (224, 224), Image.BILINEAR), "alexnet_crop": t.Compose([t.Resize(256), t.CenterCrop(224)])}
    lines = []
    for size in ((425, 425), (640, 480), (481, 640), (333, 500), (227, 230), (100, 75), (1, 1)):
        image = Image.fromarray(picture(*size))
        for name, transform in kinds.items():
            got = np.asarray(transform(image))
            assert got.shape == (224, 224, 3)
            lines.append(f"{name} {size[0]} {size[1]} {hashlib.sha256(got.tobytes()).hexdigest()}")
        scale = 1024 / max(size)
        target = int(size[1] * scale + 0.5), int(size[0] * scale + 0.5)
        got = np.zeros((1024, 1024, 3), np.uint8)
        got[: target[0], : target[1]] = np.asarray(t.functional.resize(image, target))
        lines.append(f"sam {size[0]} {size[1]} {hashlib.sha256(got.tobytes()).hexdigest()}")
    (OUT / "preprocessing.txt").write_text("\n".join(lines) + "\n")


class Means(nn.Module):
    """A user's own network: each channel's mean over the picture, and the mean's square."""

    def forward(self, x):
        mean = x.mean((2, 3))
        return torch.stack([mean, mean * mean], 1)


OUT.mkdir(parents=True, exist_ok=True)
torch.jit.script(Means()).save(str(OUT / "scripted.pt"))
with torch.inference_mode():
    clip()
    dinov2()
    sam()
    alexnet()
pillow()
preprocessing()
for path in sorted(OUT.iterdir()):
    print(path.name, path.stat().st_size)
