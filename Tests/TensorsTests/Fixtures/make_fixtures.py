"""Makes the files beside it, with NumPy and safetensors, and expected.json, which says what tensors
they must be read as: python make_fixtures.py [folder]"""

import io
import json
import pathlib
import sys
import zipfile

import numpy as np
import safetensors.numpy
from numpy.lib import format as npy

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
expected = {}

INF, NAN = float("inf"), float("nan")
SAMPLES = {
    "bool": [True, False, True],
    "int8": [-128, -1, 0, 127],
    "uint8": [0, 1, 255],
    "int16": [-32768, -1, 32767],
    "uint16": [0, 258, 65535],
    "float16": [1.5, -2, 65504, 2**-24, 2**-14, -0.0, INF, -INF, NAN, 1 / 3],
    "float32": [1.5, -2, 3.4028235e38, 2**-149, -0.0, INF, -INF, NAN, 1 / 3],
    "int32": [-(2**31), -1, 2**31 - 1],
    "uint32": [0, 16777217, 2**32 - 1],
    "int64": [-(2**63), -(2**53), -1, 2**53, 2**62],
    "uint64": [0, 2**53, 2**63],
    "float64": [1.5, -2, 1.7976931348623157e308, 5e-324, -0.0, INF, -INF, NAN, 1 / 3],
}


def said(array):
    """Number type, shape and values, row major, in hexadecimal."""
    array = np.asarray(array)
    wide = array.dtype.itemsize > (4 if array.dtype.kind == "f" else 2)
    values = [float(x).hex() for x in array.flatten().astype(np.float64)]
    return {"dtype": "float64" if wide else "float32", "shape": list(array.shape),
            "values": values}


def put(name, data, tensors):
    (folder / name).write_bytes(data)
    expected[name] = {key: said(array) for key, array in tensors.items()}


def saved(array, version=None):
    out = io.BytesIO()
    npy.write_array(out, np.asanyarray(array), version=version)
    return out.getvalue()


class Pipe(io.RawIOBase):
    """A stream without seek, so that checksums and sizes are written after the entries."""

    def __init__(self):
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


def zipped(tensors, target=None, method=zipfile.ZIP_DEFLATED):
    target = target or io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, array in tensors.items():
            archive.writestr(name + ".npy", saved(array))
    return target.data if isinstance(target, Pipe) else target.getvalue()


types = {}
for name, values in SAMPLES.items():
    for order in "<>":
        types[name + order] = np.array(values, np.dtype(name).newbyteorder(order))
out = io.BytesIO()
np.savez(out, **types)
put("types.npz", out.getvalue(), types)

grid = np.arange(6, dtype=np.float32).reshape(2, 3) / 4
shapes = {
    "C": grid, "fortran": np.asfortranarray(grid), "scalar": np.float64(2.5),
    "empty": np.zeros((0, 3), np.float32), "one": np.ones(1), "four": np.arange(24).reshape(1, 2, 3, 4),
    "fortran big": np.asfortranarray(np.arange(24, dtype=">f8").reshape(2, 3, 4)), "ä/ö": grid,
}
out = io.BytesIO()
np.savez_compressed(out, **shapes)
put("compressed.npz", out.getvalue(), shapes)
put("streamed.npz", zipped(shapes, Pipe()), shapes)
for name in ["fortran", "scalar", "empty"]:
    put(name + ".npy", saved(shapes[name]), {"": shapes[name]})
for version in (1, 2, 3):
    put(f"version{version}.npy", saved(grid, (version, 0)), {"": grid})
zipfile.ZIP64_LIMIT, zipfile.ZIP_FILECOUNT_LIMIT = 10, 1
put("zip64.npz", zipped(shapes, method=zipfile.ZIP_STORED), shapes)

named = {name: np.array(values, name) for name, values in SAMPLES.items()}
for name in ["scalar", "empty", "C"]:
    named[name] = np.asarray(shapes[name])
# NumPy has no bfloat16: its bits are saved as uint16, and the header is changed.
bfloat = np.array([1, 3.140625, -INF, 2.0**-133], np.float32)
bits = (bfloat.view(np.uint32) >> 16).astype(np.uint16)
data = safetensors.numpy.save({**named, "bfloat16": bits}, {"note": "a \"text\", ä\n"})
length = 8 + int.from_bytes(data[:8], "little")
header = json.loads(data[8:length])
header["bfloat16"]["dtype"] = "BF16"
header = json.dumps(header).encode()
put("types.safetensors", len(header).to_bytes(8, "little") + header + data[length:],
    {**named, "bfloat16": bfloat})

(folder / "expected.json").write_text(json.dumps(expected) + "\n")
