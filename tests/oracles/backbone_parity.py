"""Compares `corticast-cli embed` with torchvision and transformers, from the pixel up, at the published sizes.

For every backbone a weights file is made in a published format with random values; a few pictures are embedded by both;
the table says, per layer, the largest difference relative to the layer's largest value, over all pictures.

Run: python3 tests/oracles/backbone_parity.py CORTICAST_CLI [BACKBONE...] [--layers all|few] [--pictures 1..4]
     (torch 2.11, torchvision 0.26, transformers 5, safetensors, h5py, Pillow, numpy)
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np
import torch
import torchvision
from PIL import Image
from safetensors.torch import save_file
from torchvision import transforms as t
from torchvision.transforms.functional import resize
from transformers import (CLIPVisionConfig, CLIPVisionModelWithProjection, Dinov2Config, Dinov2Model, SamVisionConfig)
from transformers.models.sam.modeling_sam import SamVisionEncoder

BICUBIC = t.InterpolationMode.BICUBIC
IMAGENET = t.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
CLIP = t.Normalize((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
LIMIT = 1e-4


def randomise(model, seed=0):
    """Values of the size that trained networks have, so that no branch vanishes beside another."""
    generator = torch.Generator().manual_seed(seed)
    for name, p in sorted(model.named_parameters()):
        values = torch.randn(p.shape, generator=generator)
        if p.dim() > 1 and "embed" not in name and "pos" not in name and "token" not in name:
            p.data = values / p[0].numel() ** 0.5
        elif ("norm" in name or "lambda" in name or "layrnorm" in name) and name.endswith(("weight", "lambda1")):
            p.data = 1 + 0.2 * values
        else:
            p.data = values * 0.3
    return model.eval()


def some_pictures():
    """Squares as NSD's, and other shapes."""
    rng = np.random.default_rng(5)
    for i, (width, height) in enumerate(((425, 425), (425, 425), (640, 480), (333, 500))):
        y, x = np.mgrid[0:height, 0:width]
        waves = [128 + 90 * np.sin(x * np.cos(a) * f + y * np.sin(a) * f) for a, f in rng.uniform(0.05, 1.2, (3, 2))]
        noise = rng.normal(0, 12, (height, width, 3))
        yield np.clip(np.stack(waves, -1) + noise, 0, 255).astype(np.uint8)


def study(folder, count):
    """The least that Corticast takes for a study: pictures, and responses of a few vertices."""
    root = folder / "study" / "subj01"
    for part in ("training_split/training_images", "training_split/training_fmri", "test_split/test_images", "roi_masks"):
        (root / part).mkdir(parents=True)
    paths = []
    for i, rgb in enumerate(list(some_pictures())[-count:]):
        paths.append(root / "training_split/training_images" / f"train-{i + 1:04d}_nsd-{i:05d}.png")
        Image.fromarray(rgb).save(paths[-1])
    for hemisphere in ("lh", "rh"):
        np.save(root / "training_split/training_fmri" / f"{hemisphere}_training_fmri.npy",
                np.random.default_rng(1).normal(size=(len(paths), 3)).astype(np.float32))
        mask = np.zeros(163842, np.int64)
        mask[:3] = 1
        np.save(root / "roi_masks" / f"{hemisphere}.all-vertices_fsaverage_space.npy", mask)
    return root.parent, paths


def sam_pixels(image):
    scale = 1024 / max(image.size)
    small = resize(image, [int(image.height * scale + 0.5), int(image.width * scale + 0.5)])
    values = torch.from_numpy(np.asarray(small).copy()).permute(2, 0, 1).float()
    values = (values - torch.tensor([123.675, 116.28, 103.53])[:, None, None]) / torch.tensor([58.395, 57.12, 57.375])[:, None, None]
    return torch.nn.functional.pad(values, (0, 1024 - small.width, 0, 1024 - small.height))


def alexnet(folder):
    model = randomise(torchvision.models.alexnet(weights=None))
    torch.save(model.state_dict(), folder / "alexnet.pth")
    names = [f"features.{i}" for i in range(13)] + [f"classifier.{i}" for i in (1, 2, 4, 5, 6)]

    def layers(pixels):
        out, x = {}, pixels
        for i, layer in enumerate(model.features):
            x = layer(x)
            out[f"features.{i}"] = x.clone()  # the ReLU behind it works in place
        x = model.avgpool(x).flatten(1)
        for i, layer in enumerate(model.classifier):
            x = layer(x)
            out[f"classifier.{i}"] = x.clone()
        wanted = ("features.2", "features.5", "features.7", "features.9", "features.12", "classifier.2", "classifier.5",
                  "classifier.6")
        out["baseline"] = torch.cat([out[k].flatten(1) for k in wanted], 1)
        return out

    # Resize((224, 224)) with columns before rows, as Pillow up to 12 does always.
    columns_first = t.Lambda(lambda image: image.resize((224, image.height), Image.BILINEAR))
    stretch = t.Compose([columns_first, t.Resize((224, 224)), t.ToTensor(), IMAGENET])
    crop = t.Compose([t.Resize(256), t.CenterCrop(224), t.ToTensor(), IMAGENET])
    yield "alexnet", "alexnet.pth", [], stretch, layers, names + ["baseline"], ["features.2", "baseline"]
    yield "alexnet", "alexnet.pth", ["preprocessing=crop"], crop, layers, ["features.2"], ["features.2"]


def clip(folder, name, **config):
    model = randomise(CLIPVisionModelWithProjection(CLIPVisionConfig(**config)))
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors")

    def layers(pixels):
        out = model(pixels, output_hidden_states=True)
        result = {f"block.{i}": h[:, 0] for i, h in enumerate(out.hidden_states) if i}
        result["projection"] = out.image_embeds
        result["class"] = model.vision_model.post_layernorm(out.last_hidden_state[:, 0])
        result["patches"] = out.last_hidden_state[:, 1:].transpose(1, 2)
        return result

    prepare = t.Compose([t.Resize(224, BICUBIC), t.CenterCrop(224), t.ToTensor(), CLIP])
    depth = config.get("num_hidden_layers", 12)
    blocks = [f"block.{i + 1}" for i in range(depth)]
    few = ["projection", "class", "patches", "block.1", f"block.{depth}"]
    yield name, "model.safetensors", [], prepare, layers, ["projection", "class", "patches"] + blocks, few


def dinov2(folder, name, **config):
    model = randomise(Dinov2Model(Dinov2Config(image_size=518, patch_size=14, **config)))
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors")

    def layers(pixels):
        out = model(pixels, output_hidden_states=True)
        result = {f"block.{i}": h[:, 0] for i, h in enumerate(out.hidden_states) if i}
        result["class"] = out.last_hidden_state[:, 0]
        result["patches"] = out.last_hidden_state[:, 1:].transpose(1, 2)
        return result

    prepare = t.Compose([t.Resize(256, BICUBIC), t.CenterCrop(224), t.ToTensor(), IMAGENET])
    depth = config.get("num_hidden_layers", 12)
    blocks = [f"block.{i + 1}" for i in range(depth)]
    few = ["class", "patches", "block.1", f"block.{depth}"]
    yield name, "model.safetensors", [], prepare, layers, ["class", "patches"] + blocks, few


def sam(folder, name, **config):
    settings = SamVisionConfig(**config)
    settings._attn_implementation = "eager"
    model = randomise(SamVisionEncoder(settings))
    save_file({"vision_encoder." + k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors")
    depth = settings.num_hidden_layers

    def layers(pixels):
        kept = {}
        handles = [layer.register_forward_hook(lambda _, __, out, i=i: kept.update({f"block.{i + 1}": out}))
                   for i, layer in enumerate(model.layers)]
        neck = model(pixels).last_hidden_state
        for handle in handles:
            handle.remove()
        return {"neck": neck, **{k: v.permute(0, 3, 1, 2) for k, v in kept.items()}}

    blocks = [f"block.{i + 1}" for i in range(depth)]
    yield name, "model.safetensors", [], sam_pixels, layers, ["neck"] + blocks, ["neck", "block.1", f"block.{depth}"]


BACKBONES = {
    "alexnet": alexnet,
    "clip-vit-b32": lambda f: clip(f, "clip-vit-b32", hidden_size=768, intermediate_size=3072, projection_dim=512,
                                   num_hidden_layers=12, num_attention_heads=12, patch_size=32),
    "clip-vit-b16": lambda f: clip(f, "clip-vit-b16", hidden_size=768, intermediate_size=3072, projection_dim=512,
                                   num_hidden_layers=12, num_attention_heads=12, patch_size=16),
    "clip-vit-l14": lambda f: clip(f, "clip-vit-l14", hidden_size=1024, intermediate_size=4096, projection_dim=768,
                                   num_hidden_layers=24, num_attention_heads=16, patch_size=14),
    "dinov2-s14": lambda f: dinov2(f, "dinov2-s14", hidden_size=384, num_attention_heads=6),
    "dinov2-b14": lambda f: dinov2(f, "dinov2-b14", hidden_size=768, num_attention_heads=12),
    "dinov2-l14": lambda f: dinov2(f, "dinov2-l14", hidden_size=1024, num_attention_heads=16, num_hidden_layers=24),
    "sam-vit-b": lambda f: sam(f, "sam-vit-b"),
    "sam-vit-l": lambda f: sam(f, "sam-vit-l", hidden_size=1024, num_hidden_layers=24, num_attention_heads=16,
                               global_attn_indexes=[5, 11, 17, 23], mlp_dim=4096),
    "sam-vit-h": lambda f: sam(f, "sam-vit-h", hidden_size=1280, num_hidden_layers=32, num_attention_heads=16,
                               global_attn_indexes=[7, 15, 23, 31], mlp_dim=5120),
}


def embedded(cli, dataset, workspace, backbone, layer, weights, settings):
    command = [cli, "embed", dataset, "--backbone", backbone, "--layer", layer, "--weights", weights, "--workspace",
               workspace, "--json"]
    for setting in settings:
        command += ["--set", setting]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    rows = []
    for shard in json.loads(done.stdout)["shards"]:
        with h5py.File(shard) as file:
            rows.append(file["embedding"][:])
    return np.concatenate(rows).astype(np.float64)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("cli")
    options.add_argument("backbones", nargs="*", default=list(BACKBONES))
    options.add_argument("--layers", choices=("all", "few"), default="all")
    options.add_argument("--pictures", type=int, choices=range(1, 5), default=4)
    args = options.parse_args()
    worst = 0.0
    print(f"{'backbone':14} {'layer':14} {'max relative error':>18}")
    for backbone in args.backbones:
        with tempfile.TemporaryDirectory() as temporary, torch.inference_mode():
            folder = pathlib.Path(temporary)
            dataset, paths = study(folder, args.pictures)
            for name, weights, settings, prepare, layers, every, few in BACKBONES[backbone](folder):
                began = time.time()
                expected = [layers(prepare(Image.open(path).convert("RGB"))[None]) for path in paths]
                for layer in every if args.layers == "all" else few:
                    ours = embedded(args.cli, dataset, folder / "workspace", name, layer, folder / weights, settings)
                    theirs = np.stack([e[layer].double().numpy().reshape(ours.shape[1:]) for e in expected])
                    error = np.abs(ours - theirs).max() / np.abs(theirs).max()
                    worst = max(worst, error)
                    note = " " + " ".join(settings)
                    print(f"{name:14} {layer:14} {error:18.2e}{note}", flush=True)
                print(f"# {name}: {time.time() - began:.0f} s", file=sys.stderr)
    print(f"worst: {worst:.2e}, limit {LIMIT:.0e}")
    sys.exit(int(worst >= LIMIT))


if __name__ == "__main__":
    main()
