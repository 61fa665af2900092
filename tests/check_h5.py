#!/usr/bin/env python3
"""Checks a result file of bjerrum with h5py, as a reader of H5MD would meet it.

Usage: check_h5.py FILE.h5          needs: pip install h5py
Prints what it saw and exits 0, or says what is wrong and exits 1.
"""

import sys

import h5py


class Wrong(Exception):
    """Something in the file is not as it should be."""


def require(condition, message):
    if not condition:
        raise Wrong(message)


def open_run(path):
    """A run that has ended opens plainly; a live or killed one needs swmr=True."""
    try:
        return h5py.File(path, "r")
    except OSError:
        return h5py.File(path, "r", swmr=True)


def check_h5md(file):
    require("h5md" in file, "there is no /h5md group")
    require(list(file["h5md"].attrs["version"]) == [1, 1], "/h5md is not version 1.1")
    for part in ("author", "creator"):
        require(isinstance(file["h5md"][part].attrs["name"], str), f"/h5md/{part} has no name")
    require(file["h5md/creator"].attrs["name"] == "bjerrum", "the creator is not bjerrum")
    require(isinstance(file["h5md/creator"].attrs["version"], str), "the creator has no version")


def check_parameters(file):
    scenario = file["parameters/scenario"].asstr()[()]
    require("=" in scenario, "/parameters/scenario is not TOML")
    attributes = file["parameters/provenance"].attrs
    for name in ("version", "git_revision", "seed", "engine", "threads", "host", "start", "status"):
        require(name in attributes, f"/parameters/provenance has no {name}")
    require(int(attributes["seed"]) >= 0, "the seed is not a whole number")
    status = attributes["status"]
    require(status in ("running", "complete", "interrupted"), f"the status is {status!r}")
    require(status == "running" or attributes["wall_seconds"] >= 0, "there is no wall time")
    return status


def check_meaning(name, item):
    if isinstance(item, h5py.Dataset):
        for attribute in ("unit", "long_name"):
            value = item.attrs.get(attribute)
            require(isinstance(value, str) and value != "", f"/{name} has no {attribute}")


def rows_of(element, running):
    """Rows of a {step,time,value} element. Only a kill may leave them unequal."""
    lengths = [element[part].shape[0] for part in ("step", "time", "value")]
    require(running or len(set(lengths)) == 1, f"{element.name}: step, time, value hold {lengths} rows")
    rows = min(lengths)
    step, time = element["step"][:rows], element["time"][:rows]
    require(all(step[1:] >= step[:-1]), f"{element.name}/step goes backwards")
    require(all(time[1:] >= time[:-1]), f"{element.name}/time goes backwards")
    require(element["time"].attrs["unit"] == "ps", f"{element.name}/time is not in ps")
    element["value"][:rows]
    return rows


def check_observables(file, running):
    found = []

    def visit(name, item):
        if isinstance(item, h5py.Group) and "value" in item:
            rows = rows_of(item, running)
            shape = item["value"].shape
            columns = item["value"].attrs.get("columns")
            width = () if columns is None else (len(columns),)
            require(shape[1:] == width, f"{item.name}: shape {shape} against columns {columns}")
            require(item["value"].compression == "gzip", f"{item.name}/value is not compressed")
            found.append(f"{name} [{item['value'].attrs['unit']}] {rows} rows")

    if "observables" in file:
        file["observables"].visititems(visit)
    return found


def check_particles(file, running):
    found = []
    for name, group in file.get("particles", {}).items():
        box = group["box"]
        require(box.attrs["dimension"] == 3, f"{box.name} is not three-dimensional")
        require(len(box.attrs["boundary"]) == 3, f"{box.name} has no boundary along each axis")
        require(set(box.attrs["boundary"]) <= {"periodic", "none"}, f"{box.name}: odd boundary")
        frames = rows_of(group["position"], running)
        rows_of(box["edges"], running)
        position = group["position/value"]
        require(position.attrs["unit"] == "Angstrom", f"{position.name} is not in Angstrom")
        require(position.ndim == 3 and position.shape[2] == 3, f"{position.name}: {position.shape}")
        ions = position.shape[1]
        for part in ("species", "charge"):
            require(group[part].shape == (ions,), f"/particles/{name}/{part} is not one an ion")
        require(max(group["species"]) < len(group["species"].attrs["names"]), "a species has no name")
        require(frames == 0 or not position[:frames, :, 2].any(), f"{position.name} leaves the plane")
        found.append(f"particles/{name}: {frames} frames of {ions} ions")
    return found


def check_results(file):
    found = []
    if "results" not in file:
        return found
    for name in file["results"].attrs.get("tables", []):
        table = file["results"][name]
        require(isinstance(table.attrs["title"], str), f"{table.name} has no title")
        for part, dimensions in (("columns", 1), ("scalars", 0)):
            for member in table.attrs.get(part, []):
                require(table[member].ndim == dimensions, f"{table[member].name}: not one of the {part}")
        found.append(f"results/{name}: {', '.join(table)}")
    return found


def check(path):
    with open_run(path) as file:
        check_h5md(file)
        status = check_parameters(file)
        running = status == "running"
        file.visititems(check_meaning)
        seen = check_observables(file, running) + check_particles(file, running)
        require(running or "results" in file, "the run has ended but there is no /results")
        return status, seen + check_results(file)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: check_h5.py FILE.h5")
    path = sys.argv[1]
    try:
        status, seen = check(path)
    except (Wrong, KeyError, OSError, TypeError) as error:
        sys.exit(f"{path}: {error}")
    print(f"{path}: {status}")
    for line in seen:
        print(f"  {line}")


if __name__ == "__main__":
    main()
