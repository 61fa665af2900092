#!/usr/bin/env python3
"""Compares two HDF5 files, or two folders of them, byte for byte in their datasets.

Usage: check_same.py A B                             needs: pip install h5py
Left out is what tells when and how long: points/start and points/wall_seconds of a collected
sweep (that of a run is in attributes). Exits 0 if all else is the same, or says what is not.
"""

import sys
from pathlib import Path

import h5py

LEFT_OUT = {"points/start", "points/wall_seconds"}


def content(item):
    """Type, shape and bytes of a dataset."""
    if h5py.check_string_dtype(item.dtype):
        return "text", item.shape, tuple(item.asstr()[()].ravel()) if item.shape else item.asstr()[()]
    return str(item.dtype), item.shape, item[()].tobytes()


def datasets(path):
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and name not in LEFT_OUT:
            found[name] = content(item)

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


def differences(a, b):
    of_a, of_b = datasets(a), datasets(b)
    if not of_a:
        yield f"{a}: it has no datasets"
    for name in sorted(of_a.keys() | of_b.keys()):
        if name not in of_a or name not in of_b:
            yield f"{name} is only in {a if name in of_a else b}"
        elif of_a[name] != of_b[name]:
            yield f"{name} of {a} and {b} differ"


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: check_same.py A B")
    a, b = map(Path, sys.argv[1:])
    if a.is_dir():
        names = [{path.name for path in folder.glob("*.h5")} for folder in (a, b)]
        if names[0] != names[1] or not names[0]:
            sys.exit(f"{a} and {b} hold other files: {sorted(names[0] ^ names[1])}")
        pairs = [(a / name, b / name) for name in sorted(names[0])]
    else:
        pairs = [(a, b)]
    found = [line for pair in pairs for line in differences(*pair)]
    if found:
        sys.exit("\n".join(found))
    print(f"{a} and {b}: {len(pairs)} files, the same in every dataset")


if __name__ == "__main__":
    main()
