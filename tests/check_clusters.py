#!/usr/bin/env python3
"""Works the clusters of a run out anew from its frames, with numpy alone.

Usage: check_clusters.py FILE.h5 SLIT CUTOFF          needs: pip install h5py numpy
For a run of periodic slits whose frames are the looks of [analysis.clusters]: one a window
(interval and observe.trajectory as long as dynamics.window), nothing discarded, and a release
equal to the CUTOFF (Angstrom). Exits 0 if every window and both g(r) agree to rounding.
"""

import sys

import h5py
import numpy as np

TOLERANCE = 1e-9


def members(near):
    """Ions of each cluster: what a flood through the matrix of neighbours reaches."""
    left = set(range(len(near)))
    while left:
        found, new = set(), {left.pop()}
        while new:
            found |= new
            new = set(np.flatnonzero(near[list(new)].any(axis=0)).tolist()) - found
        left -= found
        yield sorted(found)


def averages(position, charge, edges, cutoff):
    """What a window has of one frame, and the distances of like and unlike ions."""
    way = position[:, None] - position[None, :]
    way -= edges * np.round(way / edges)
    distance = np.hypot(way[..., 0], way[..., 1])
    clusters = list(members(distance < cutoff))
    sizes = np.array([len(cluster) for cluster in clusters])
    pairs = [c for c in clusters if len(c) == 2 and charge[c[0]] * charge[c[1]] < 0]
    # The vector from the second ion to the first; the charges are half of it away from its middle.
    dipoles = [0.5 * (charge[a] - charge[b]) * way[a, b, 0] for a, b in pairs]
    # Clusters much smaller than the box: the nearest images as seen from one of the ions.
    tensors = [np.cov(way[c, c[0]].T, bias=True) for c in clusters if len(c) > 2]
    long_axes = [np.linalg.eigh(tensor)[1][:, 1] for tensor in tensors]
    along, across = (sum(tensor[k, k] for tensor in tensors) for k in (0, 1))
    upper = np.triu_indices(len(charge), 1)
    like = np.outer(charge, charge)[upper] > 0
    found = {
        "single_fraction": sizes[sizes == 1].sum() / len(charge),
        "pair_fraction": 2 * len(pairs) / len(charge),
        "cluster_fraction": sizes[sizes > 2].sum() / len(charge),
        "mean_cluster_size": sizes.mean(),
        "largest_cluster": sizes.max(),
        "elongation": np.sqrt(along / across) if tensors else np.nan,
        "orientation": np.mean([x * x - y * y for x, y in long_axes]) if tensors else np.nan,
        "pair_separation": np.mean([distance[a, b] for a, b in pairs]) if pairs else np.nan,
        "pair_dipole": np.mean(dipoles) if pairs else np.nan,
    }
    return found, (distance[upper][like], distance[upper][~like])


def check(file, slit, cutoff):
    particles, series = file[f"particles/{slit}"], file[f"observables/{slit}"]
    results, charge = file[f"results/clusters/{slit}"], particles["charge"][:]
    edges = particles["box/edges/value"][0, :2]
    frames = particles["position/value"][:, :, :2]
    if len(frames) != len(series["pair_fraction/value"]):
        sys.exit("there is not one frame a window")
    width = results["r"][0] * 2
    bounds = np.arange(len(results["r"]) + 1) * width
    counts, worst = np.zeros((2, len(bounds) - 1)), {}
    for k, position in enumerate(frames):
        found, distances = averages(position, charge, edges, cutoff)
        for name, value in found.items():
            stored = series[f"{name}/value"][k]
            off = 0.0 if np.isnan(value) and np.isnan(stored) else abs(stored - value)
            worst[name] = max(worst.get(name, 0.0), off / max(1.0, abs(value)))
        counts += [np.histogram(d, bounds)[0] for d in distances]
    cations, anions = (charge > 0).sum(), (charge < 0).sum()
    among = cations * (cations - 1) / 2 + anions * (anions - 1) / 2
    ring = np.pi * np.diff(bounds**2) / edges.prod()
    for name, count, pairs in zip(("g_like", "g_unlike"), counts, (among, cations * anions)):
        g = count / (len(frames) * pairs * ring)
        worst[name] = np.max(np.abs(results[name][:] - g) / np.maximum(1.0, g))
    return worst


def main():
    if len(sys.argv) != 4:
        sys.exit("usage: check_clusters.py FILE.h5 SLIT CUTOFF")
    with h5py.File(sys.argv[1]) as file:
        worst = check(file, sys.argv[2], float(sys.argv[3]))
    for name, off in worst.items():
        print(f"{name:18} {off:.1e}")
    # Not a number is not agreement either.
    if not all(off < TOLERANCE for off in worst.values()):
        sys.exit(f"{sys.argv[1]}: clusters differ from those of its frames")


if __name__ == "__main__":
    main()
