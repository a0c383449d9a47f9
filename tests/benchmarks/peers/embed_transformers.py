"""Speed and memory of `corticast-cli embed` against what people write today: a transformers model, its processor and a
torch DataLoader, with the same pictures, weights, batch size and threads, in one run,
on the CPU or both on a CUDA device.

Run: python3 tests/benchmarks/peers/embed_transformers.py CORTICAST_CLI [--backbone clip-vit-b32] [--images 128]
                                                          [--device cuda --batch 64]
     (torch 2.11, transformers 5, torchvision, safetensors, h5py, Pillow, numpy)
Prints one JSON document; pictures per second are the best of the repeats, memory is the peak of resident memory.
"""

import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np


def pictures(root, count):
    from PIL import Image

    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:425, 0:425]
    for i in range(count):
        f, a = rng.uniform(0.02, 0.4), rng.uniform(0, np.pi)
        wave = 90 + 50 * np.sin(f * (x * np.cos(a) + y * np.sin(a))) + (x // 60 + y // 45) % 2 * 50
        rgb = wave[..., None] + 10 * np.arange(3) + rng.uniform(0, 25, (425, 425, 3))
        Image.fromarray(rgb.clip(0, 255).astype(np.uint8)).save(root / f"train-{i + 1:04d}_nsd-{i:05d}.png")


def study(folder, count):
    root = folder / "study" / "subj01"
    for part in ("training_split/training_images", "training_split/training_fmri", "test_split/test_images", "roi_masks"):
        (root / part).mkdir(parents=True)
    pictures(root / "training_split/training_images", count)
    mask = np.zeros(163842, np.int64)
    mask[:3] = 1
    for hemisphere in ("lh", "rh"):
        values = np.random.default_rng(1).normal(size=(count, 3)).astype(np.float32)
        np.save(root / "training_split/training_fmri" / f"{hemisphere}_training_fmri.npy", values)
        np.save(root / "roi_masks" / f"{hemisphere}.all-vertices_fsaverage_space.npy", mask)
    return root.parent


def make_model(backbone):
    import torch
    import torchvision
    from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection, Dinov2Config, Dinov2Model
    from transformers import SamVisionConfig, SamVisionModel

    torch.manual_seed(1)
    if backbone == "alexnet":
        return torchvision.models.alexnet(weights=None)
    if backbone == "clip-vit-b32":
        return CLIPVisionModelWithProjection(CLIPVisionConfig(projection_dim=512, patch_size=32))
    if backbone == "dinov2-b14":
        return Dinov2Model(Dinov2Config(image_size=518))
    if backbone == "sam-vit-b":
        return SamVisionModel(SamVisionConfig())
    sys.exit(f"no peer for {backbone}")


def peer(backbone, weights, folder, batch, threads, device):
    """The other program: run in a process of its own, so that its memory is its own."""
    import torch
    from PIL import Image
    from safetensors.torch import load_file
    from torch.utils.data import DataLoader, Dataset
    from torchvision import transforms as t
    from transformers import BitImageProcessor, CLIPImageProcessor, SamImageProcessor

    torch.set_num_threads(threads)
    # In float32 on both sides; the peer would otherwise convolve in TF32.
    torch.backends.cudnn.allow_tf32 = False
    model = make_model(backbone)
    model.load_state_dict(load_file(weights))
    model.eval().to(device)
    paths = sorted(pathlib.Path(folder).glob("*.png"))
    normalise = t.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    plain = t.Compose([t.Resize((224, 224)), t.ToTensor(), normalise])
    processor = {"clip-vit-b32": CLIPImageProcessor,
                 "dinov2-b14": lambda: BitImageProcessor(size={"shortest_edge": 256}, crop_size=224),
                 "sam-vit-b": SamImageProcessor}.get(backbone, lambda: None)()

    class Pictures(Dataset):
        def __len__(self):
            return len(paths)

        def __getitem__(self, i):
            image = Image.open(paths[i]).convert("RGB")
            if processor is None:
                return plain(image)
            return processor(images=image, return_tensors="pt")["pixel_values"][0]

    def features(pixels):
        if backbone == "alexnet":
            return model.features[:3](pixels)
        out = model(pixel_values=pixels)
        if backbone == "clip-vit-b32":
            return out.image_embeds
        return out.last_hidden_state[:, 0] if backbone == "dinov2-b14" else out.last_hidden_state

    began = time.perf_counter()
    rows = []
    with torch.inference_mode():
        for pixels in DataLoader(Pictures(), batch_size=batch, num_workers=threads, pin_memory=device != "cpu"):
            rows.append(features(pixels.to(device, non_blocking=True)).cpu().numpy())
    rows = np.concatenate(rows)
    np.save(folder + ".npy", rows)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"seconds": time.perf_counter() - began, "megabytes": own / 1024, "worker_megabytes": workers / 1024}))


def measured(command):
    """Seconds of a whole process and its peak memory in MB."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command[1]} failed")
    return time.perf_counter() - began, usage.ru_maxrss / 1024, out


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("cli")
    options.add_argument("--backbone", default="clip-vit-b32")
    options.add_argument("--images", type=int, default=128)
    options.add_argument("--batch", type=int, default=16)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N, for both programs")
    options.add_argument("--peer", nargs=2, metavar=("WEIGHTS", "FOLDER"), help=argparse.SUPPRESS)
    args = options.parse_args()
    threads = len(os.sched_getaffinity(0))
    if args.peer:
        return peer(args.backbone, *args.peer, args.batch, threads, args.device)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        dataset = study(folder, args.images)
        from safetensors.torch import save_file

        weights = folder / "model.safetensors"
        save_file({k: v.contiguous() for k, v in make_model(args.backbone).state_dict().items()}, weights)
        ours, theirs = [], []
        for i in range(args.repeats):
            ours.append(measured([args.cli, "embed", str(dataset), "--backbone", args.backbone, "--weights", str(weights),
                                  "--workspace", str(folder / f"workspace{i}"), "--device", args.device, "--json"]))
            theirs.append(measured([sys.executable, __file__, args.cli, "--backbone", args.backbone, "--batch",
                                    str(args.batch), "--device", args.device, "--peer", str(weights),
                                    str(dataset / "subj01/training_split/training_images")]))
        loops = [json.loads(out) for _, _, out in theirs]
        # The peer's own loop, without starting Python and loading the model; ours is the whole command.
        report = {"backbone": args.backbone, "images": args.images, "batch": args.batch, "threads": threads,
                  "device": args.device,
                  "corticast_images_per_second": args.images / min(s for s, _, _ in ours),
                  "peer_images_per_second": args.images / min(loop["seconds"] for loop in loops),
                  "peer_images_per_second_whole_process": args.images / min(s for s, _, _ in theirs),
                  "corticast_megabytes": max(m for _, m, _ in ours),
                  "peer_megabytes": max(loop["megabytes"] for loop in loops),
                  "peer_worker_megabytes": max(loop["worker_megabytes"] for loop in loops)}
        print(json.dumps(report, indent=2))


main()
