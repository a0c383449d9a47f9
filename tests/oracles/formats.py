"""Writes the files of tests/formats/data with the programs that own the formats (NumPy, safetensors, Pillow, h5py,
zipfile), and checks what Corticast writes: `formats.py check DIR` reads the files that the tests leave in DIR when
CORTICAST_KEEP=DIR is set."""
import io
import json
import pickle
import struct
import sys
from pathlib import Path

import numpy as np

OUT = Path(__file__).resolve().parent.parent / "formats" / "data"


def npy():
    a = np.arange(12, dtype=np.float32).reshape(3, 4) * 0.5 - 1
    np.save(OUT / "c_order.npy", a)
    np.save(OUT / "fortran.npy", np.asfortranarray(a))
    np.save(OUT / "float64.npy", a.astype(np.float64))
    np.save(OUT / "big_endian.npy", a.astype(">f4"))
    np.save(OUT / "float16.npy", a.astype(np.float16))
    for name, version in (("version2", (2, 0)), ("version3", (3, 0))):
        with open(OUT / f"{name}.npy", "wb") as f:
            np.lib.format.write_array(f, a, version=version)
    for dtype in "b1 i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8".split():
        np.save(OUT / f"vector_{dtype}.npy", np.array([0, 1, 1, 0, 1]).astype(dtype))
    np.save(OUT / "labels_i8.npy", np.array([-3, 0, 7, 2**40], dtype=np.int64))
    np.save(OUT / "scalar.npy", np.float64(2.5))
    np.save(OUT / "empty.npy", np.zeros((0, 5), np.float32))
    np.save(OUT / "complex.npy", np.zeros(2, np.complex64))
    np.save(OUT / "record.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
    np.save(OUT / "text.npy", np.array(["abc"]))
    np.save(OUT / "object_1d.npy", np.array([{1: "a"}, {2: "b"}], dtype=object), allow_pickle=True)


LABELS = {0: "Unknown", 1: "OFA", 2: "FFA-1", 3: "FFA-2", 4: "mTL-faces", 5: "aTL-faces"}


def save_object(name, value, protocol, module="numpy._core"):
    """np.save of a 0-d object array under any protocol; old NumPy called the module numpy.core."""
    array = np.array(value, dtype=object)
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "|O", "fortran_order": False, "shape": ()})
    body = pickle.dumps(array, protocol=protocol)
    if module == "numpy.core":
        assert protocol < 4  # names there have no length in front, so the text can be replaced
        body = body.replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")
    (OUT / name).write_bytes(head.getvalue() + body)
    return head.getvalue()


def labels():
    np.save(OUT / "labels.npy", LABELS, allow_pickle=True)
    for protocol in (2, 3, 4, 5):
        save_object(f"labels_p{protocol}.npy", LABELS, protocol)
    for protocol in (2, 3):
        save_object(f"labels_core_p{protocol}.npy", LABELS, protocol, "numpy.core")
    numpy_keys = {np.int64(k): np.str_(v) for k, v in LABELS.items()}
    for protocol in (2, 3, 4):
        save_object(f"labels_numpy_p{protocol}.npy", numpy_keys, protocol)
    save_object("labels_wide.npy", {np.uint8(200): "a", -70000: "é中🙂", 2**40: "", np.int16(-5): "x" * 300}, 4)
    header = save_object("not_dict.npy", [1, 2], 4)
    save_object("dict_of_ints.npy", {1: 2}, 4)
    save_object("text_keys.npy", {"a": "b"}, 4)
    save_object("float_keys.npy", {1.5: "b"}, 4)

    class Evil:
        def __reduce__(self):
            import os
            return os.system, ("echo pwned > /tmp/corticast-pwned",)

    save_object("evil.npy", {1: Evil()}, 4)
    save_object("evil_p2.npy", {1: Evil()}, 2)
    save_object("set.npy", {1: {1, 2}}, 4)
    # One key twice, as no Python writes it.
    body = pickle.dumps(np.array({1: "a", 2: "b"}, dtype=object), protocol=4)
    assert body.count(b"K\x02\x8c\x01b") == 1
    (OUT / "twice.npy").write_bytes(header + body.replace(b"K\x02\x8c\x01b", b"K\x01\x8c\x01b"))


def tensors():
    from safetensors.numpy import save_file
    save_file({
        "fc.weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
        "fc.bias": np.array([1.5, -2], dtype=np.float64),
        "index": np.array([3, -4, 2**40], dtype=np.int64),
        "bytes": np.array([1, 255, 0], dtype=np.uint8),
        "columns": np.array([7, 4294967295], dtype=np.uint32),
        "flag": np.array([True, False]),
        "one": np.array(2.25, dtype=np.float32),
        "none": np.zeros((0, 4), dtype=np.float32),
        "a/é": np.array([1, 2], dtype=np.int16),
    }, OUT / "tensors.safetensors", metadata={"format": "corticast", })


def pictures():
    from PIL import Image
    rng = np.random.default_rng(3)
    smooth = np.add.outer(np.arange(13) * 9, np.arange(17) * 7)
    rgb = np.stack([smooth, smooth[::-1], 255 - smooth], -1).astype(np.uint8)
    alpha = rng.integers(0, 256, (13, 17), dtype=np.uint8)
    grey = smooth.astype(np.uint8)
    todo = {
        "rgb.png": Image.fromarray(rgb),
        "grey.png": Image.fromarray(grey),
        "rgba.png": Image.fromarray(np.dstack([rgb, alpha])),
        "grey_alpha.png": Image.fromarray(np.dstack([grey, alpha])),
        "palette.png": Image.fromarray(rgb).quantize(11),
        "palette_transparent.png": Image.fromarray(rgb).quantize(5),
        "bits1.png": Image.fromarray(grey > 90),
    }
    for name, image in todo.items():
        options = {"transparency": 2} if "transparent" in name else {}
        image.save(OUT / name, **options)
    Image.fromarray(rgb).save(OUT / "transparent_colour.png", transparency=(0, 108, 255))
    Image.fromarray(rgb).save(OUT / "rgb.jpg", quality=90)
    Image.fromarray(rgb).save(OUT / "progressive.jpg", quality=80, progressive=True, subsampling=0)
    Image.fromarray(grey).save(OUT / "grey.jpg", quality=90)
    Image.fromarray(rgb).convert("CMYK").save(OUT / "cmyk.jpg", quality=95)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(rgb).save(OUT / "turned.jpg", quality=90, exif=exif)
    Image.fromarray(rgb).save(OUT / "turned.png", exif=exif)
    for depth in (2, 4):
        write_png(OUT / f"bits{depth}.png", grey >> (8 - depth), depth, 0)
    write_png(OUT / "rgb16.png", rgb.astype(np.uint16) * 256 + 77, 16, 2)
    write_png(OUT / "interlaced.png", rgb, 8, 2, interlaced=True)
    for path in sorted(OUT.glob("*.png")) + sorted(OUT.glob("*.jpg")):
        with Image.open(path) as image:
            (OUT / (path.name + ".rgb")).write_bytes(np.asarray(image.convert("RGB")).tobytes())
    # 16-bit grey: Pillow clips to 255; ours keeps the upper 8 bits, as of colour.
    write_png(OUT / "grey16.png", grey.astype(np.uint16) * 256 + 200, 16, 0)
    (OUT / "grey16.png.rgb").write_bytes(np.repeat(grey[..., None], 3, -1).tobytes())
    write_png(OUT / "beyond_palette.png", np.full((2, 2), 9, np.uint8), 8, 3, palette=bytes(9))
    # 200 bytes that claim 30000 x 30000 pixels
    write_png(OUT / "bomb.png", np.zeros((1, 1), np.uint8), 8, 0, claim=(30000, 30000))


def write_png(path, pixels, depth, colour, interlaced=False, palette=None, claim=None):
    """PNGs that Pillow does not write: 2, 4 and 16 bits, interlaced."""
    import zlib
    height, width = pixels.shape[:2]

    def pack(part):
        rows = b""
        for row in part.reshape(part.shape[0], -1):
            if depth == 16:
                data = row.astype(">u2").tobytes()
            elif depth == 8:
                data = row.astype(np.uint8).tobytes()
            else:
                bits = np.unpackbits(row.astype(np.uint8)[:, None], axis=1)[:, 8 - depth:].ravel()
                data = np.packbits(bits).tobytes()
            rows += b"\0" + data
        return rows

    if interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        raw = b"".join(pack(pixels[y::dy, x::dx]) for y, x, dy, dx in passes if pixels[y::dy, x::dx].size)
    else:
        raw = pack(pixels)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    w, h = claim or (width, height)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, int(interlaced)))
    if palette:
        out += chunk(b"PLTE", palette)
    path.write_bytes(out + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def hdf5():
    import h5py
    with h5py.File(OUT / "h5py.h5", "w") as f:
        a = np.arange(12, dtype=np.float32).reshape(3, 4) / 8
        f["plain"] = a
        f["double"] = a.astype(np.float64)
        f["big"] = a.astype(">f4")
        f.create_dataset("chunked", data=a, chunks=(2, 3), compression="gzip", shuffle=True, fletcher32=True)
        f["group/int"] = np.array([1, -2, 2**40])
        f["bytes"] = np.array([0, 255], dtype=np.uint8)
        f["scalar"] = np.float64(1.25)
        f["names"] = np.array(["a.png", "é中.png", ""], dtype=h5py.string_dtype())
        f["fixed"] = np.array([b"ab", b"c"], dtype="S4")
        f["huge"] = np.array([1e300, 1.0])
        f["plain"].attrs["text"] = "wörter"
        f["plain"].attrs["fixed"] = np.bytes_(b"abc")
        f["plain"].attrs["int"] = -7
        f["plain"].attrs["real"] = 0.5
        f.create_dataset("unwritten", shape=(4,), dtype="f4")
        f.create_dataset("half", shape=(4, 2), dtype="f4", chunks=(2, 2))[:2] = 1
        f["compound"] = np.zeros(2, dtype=[("a", "f4"), ("b", "i4")])
        f["elsewhere"] = h5py.ExternalLink("other.h5", "/x")
        f["soft"] = h5py.SoftLink("/plain")


def zips():
    import zipfile
    stamp = (2023, 1, 2, 3, 4, 6)

    def entry(archive, name, data, method=zipfile.ZIP_DEFLATED, mode=0o644):
        info = zipfile.ZipInfo(name, stamp)
        info.external_attr = mode << 16
        info.compress_type = method
        archive.writestr(info, data)

    with zipfile.ZipFile(OUT / "good.zip", "w") as z:
        entry(z, "a.txt", b"hello " * 50)
        entry(z, "folder/b.bin", bytes(range(256)), zipfile.ZIP_STORED)
    for name, inside in {"dotdot": "../evil.txt", "absolute": "/etc/evil", "backslash": "..\\evil", "inner": "a/../../b",
                         "drive": "C:evil"}.items():
        with zipfile.ZipFile(OUT / f"{name}.zip", "w") as z:
            entry(z, inside, b"x")
    with zipfile.ZipFile(OUT / "symlink.zip", "w") as z:
        entry(z, "link", b"/etc/passwd", mode=0o120777)
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(OUT / "duplicate.zip", "w") as z:
            entry(z, "a", b"1")
            entry(z, "a", b"2")
    with zipfile.ZipFile(OUT / "bomb.zip", "w") as z:
        entry(z, "zeros", bytes(4_000_000))


def check(folder):
    """Reads what the tests wrote."""
    import h5py
    import zipfile
    from PIL import Image
    from safetensors.numpy import load_file
    for path in sorted(Path(folder).iterdir()):
        if path.suffix == ".npy":
            value = np.load(path, allow_pickle=True)
            print(path.name, value.dtype, value.shape, value.item() if value.ndim == 0 else value.ravel()[:6])
        elif path.suffix == ".safetensors":
            print(path.name, {k: (v.dtype, v.shape) for k, v in load_file(path).items()},
                  path.read_bytes() == (OUT / "tensors.safetensors").read_bytes())
        elif path.suffix == ".png":
            with Image.open(path) as image:
                print(path.name, image.mode, image.size, np.asarray(image).sum())
        elif path.suffix == ".h5":
            with h5py.File(path) as f:
                f.visititems(lambda n, o: print(path.name, n, o, dict(o.attrs), o[...].ravel()[:6] if hasattr(o, "shape") else ""))
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as z:
                print(path.name, z.testzip(), [(i.filename, i.file_size, i.compress_type, oct(i.external_attr >> 16)) for i in z.infolist()])


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        check(sys.argv[2])
    else:
        OUT.mkdir(parents=True, exist_ok=True)
        for part in (npy, labels, tensors, pictures, hdf5, zips):
            part()
