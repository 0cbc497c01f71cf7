"""Compares the files in a folder, as NumPy and safetensors read them, with expected.json there:
python check_files.py folder"""

import json
import pathlib
import sys

import numpy as np
import safetensors
import safetensors.numpy

folder = pathlib.Path(sys.argv[1])
checked = 0
for name, tensors in json.loads((folder / "expected.json").read_text()).items():
    path = folder / name
    if path.suffix == ".safetensors":
        arrays = safetensors.numpy.load_file(path)
        with safetensors.safe_open(path, "np") as file:
            assert file.metadata() == {"note": "a \"text\", ä\n"}, file.metadata()
    else:
        loaded = np.load(path)
        arrays = {"": loaded} if path.suffix == ".npy" else dict(loaded)
    assert set(arrays) == set(tensors), (name, set(arrays), set(tensors))
    for key, said in tensors.items():
        array, place = arrays[key], (name, key)
        assert array.dtype == np.dtype(said["dtype"]), (place, array.dtype)
        assert list(array.shape) == said["shape"], (place, array.shape)
        values = np.array([float.fromhex(x) for x in said["values"]])
        np.testing.assert_array_equal(array.flatten().astype(np.float64), values, str(place))
        checked += 1
print(f"{checked} arrays are equal")
