"""Writes tests/formats/data/surfaces/: small surface files as nibabel and numpy write them.

The values are known to tst_freesurfer.cpp and tst_gifti.cpp by formula, so that the figures need no second file.
    pip install nibabel==5.4.2 numpy==2.4.6; python surfaces.py DIR
"""
import gzip
import struct
import sys
from pathlib import Path

import nibabel as nib
import numpy as np

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
xyz = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1.5]], np.float32)
tri = np.array([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]], np.int32)
values = np.array([0.5, -1.25, 1e-3, 7], np.float32)

fs = nib.freesurfer
fs.write_geometry(out / "lh.tetra", xyz, tri, create_stamp="created by oracle", volume_info={
    "head": [2, 0, 20], "valid": "1  # volume info valid", "filename": "x.mgz", "volume": [1, 1, 1],
    "voxelsize": [1., 1., 1.], "xras": [1., 0., 0.], "yras": [0., 1., 0.], "zras": [0., 0., 1.], "cras": [0., 0., 0.]})
fs.write_morph_data(out / "lh.curv", values, fnum=4)

ctab = np.array([[25, 5, 25, 0], [220, 60, 20, 0], [10, 20, 255, 0]])
fs.write_annot(out / "lh.new.annot", np.array([0, 2, -1, 1]), ctab, ["unknown", "V1v", "OFA"], fill_ctab=True)
code = ctab[:, 0] + (ctab[:, 1] << 8) + (ctab[:, 2] << 16)
old = struct.pack(">i", 4) + b"".join(struct.pack(">ii", v, code[c]) for v, c in enumerate([0, 2, 1, 1]))
old += struct.pack(">iii", 1, 3, 4) + b"tab\0"
for name, colour in zip([b"unknown\0", b"V1v\0", b"OFA\0"], ctab):
    old += struct.pack(">i", len(name)) + name + struct.pack(">4i", *colour)
(out / "lh.old.annot").write_bytes(old)
assert list(fs.read_annot(out / "lh.old.annot")[0]) == [0, 2, 1, 1]  # nibabel reads the old form as well

(out / "lh.V1.label").write_text("#!ascii label  , from subject oracle\n2\n3  -1.0  -1.0  1.5 0.25\n0 1 1 1 1e-3\n")
patch = struct.pack(">ii", -1, 3)
for number, position in ((1, xyz[0]), (-2, xyz[1]), (4, xyz[3])):
    patch += struct.pack(">i3f", number, *position)
(out / "lh.patch.flat").write_bytes(patch)

grid = np.arange(2 * 3 * 1 * 2, dtype=np.float64).reshape(2, 3, 1, 2, order="F")
for name, dtype, scale in (("u1", np.uint8, 1), ("i2", np.int16, -3), ("i4", np.int32, -70000), ("f4", np.float32, 0.25)):
    nib.save(nib.MGHImage((grid * scale).astype(dtype), np.eye(4)), out / f"{name}.mgh")
nib.save(nib.MGHImage((grid * 0.25).astype(np.float32), np.eye(4)), out / "f4.mgz")

gi = nib.gifti


def image(encoding):
    arrays = [gi.GiftiDataArray(xyz, "NIFTI_INTENT_POINTSET", "NIFTI_TYPE_FLOAT32", encoding),
              gi.GiftiDataArray(tri, "NIFTI_INTENT_TRIANGLE", "NIFTI_TYPE_INT32", encoding)]
    return gi.GiftiImage(darrays=arrays)


nib.save(image("GIFTI_ENCODING_ASCII"), out / "ascii.surf.gii")
nib.save(image("GIFTI_ENCODING_B64BIN"), out / "base64.surf.gii")
nib.save(image("GIFTI_ENCODING_B64GZ"), out / "gzip.surf.gii")
(out / "packed.surf.gii.gz").write_bytes(gzip.compress((out / "gzip.surf.gii").read_bytes(), mtime=0))

# nibabel writes neither big-endian nor column-major data; both are made by hand and read back with it.
import base64


def element(array, intent, kind, order):
    data = base64.b64encode(array.astype(array.dtype.newbyteorder(">")).tobytes(order)).decode()
    dims = " ".join(f'Dim{i}="{n}"' for i, n in enumerate(array.shape))
    name = "RowMajorOrder" if order == "C" else "ColumnMajorOrder"
    return (f'<DataArray Intent="{intent}" DataType="{kind}" ArrayIndexingOrder="{name}" Dimensionality="{array.ndim}" '
            f'{dims} Encoding="Base64Binary" Endian="BigEndian" ExternalFileName="" ExternalFileOffset="">'
            f'<Data>\n{data}\n</Data></DataArray>\n')


document = ('<?xml version="1.0" encoding="UTF-8"?>\n'
            '<!DOCTYPE GIFTI SYSTEM "http://www.nitrc.org/frs/download.php/115/gifti.dtd">\n'
            '<GIFTI Version="1.0" NumberOfDataArrays="2">\n'
            + element(xyz, "NIFTI_INTENT_POINTSET", "NIFTI_TYPE_FLOAT32", "F")
            + element(tri, "NIFTI_INTENT_TRIANGLE", "NIFTI_TYPE_INT32", "F") + "</GIFTI>\n")
(out / "big.surf.gii").write_text(document)
back = nib.load(out / "big.surf.gii")
assert np.array_equal(back.darrays[0].data, xyz) and np.array_equal(back.darrays[1].data, tri)

labels = gi.GiftiLabelTable()
for key, name, colour in ((0, "unknown", (1, 1, 1, 0)), (2, "OFA & FFA", (0.5, 0.25, 0, 1))):
    label = gi.GiftiLabel(key, *colour)
    label.label = name
    labels.labels.append(label)
nib.save(gi.GiftiImage(labeltable=labels, darrays=[
    gi.GiftiDataArray(np.array([0, 2, 2, 0], np.int32), "NIFTI_INTENT_LABEL", "NIFTI_TYPE_INT32")]), out / "label.gii")
nib.save(gi.GiftiImage(darrays=[gi.GiftiDataArray(values, "NIFTI_INTENT_SHAPE", "NIFTI_TYPE_FLOAT32",
                                                  meta={"Name": "first"}),
                                gi.GiftiDataArray(values * 2, "NIFTI_INTENT_SHAPE", "NIFTI_TYPE_FLOAT32")]),
         out / "two.func.gii")
