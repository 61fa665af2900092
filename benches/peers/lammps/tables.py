"""The forces of the slit as tables for LAMMPS.

Pairs, Robin, Kavokine & Bocquet, Science 373, 687 (2021),
doi:10.1126/science.abf7923, with the parameters of the published simulations:

    U(r)/kT = z_i z_j (xi/x_T) [ ln(r + xi) - ln(r + c) ]
    F(r)/kT = z_i z_j (xi/x_T) [ 1/(r + c) - 1/(r + xi) ],    r < 200 A

xi = 138.3 A, x_T = 60 A, c = 1 A, z = +-2. LAMMPS stops at a pair closer than
its table, hence the logarithmic spacing down to 1e-8 A.

Wall: 1 kcal/(mol A) within 100 A of the edge of the box.
"""

import math
import sys
from pathlib import Path

KT = 0.0019872067 * 298  # kcal/mol, with the Boltzmann constant of LAMMPS
XI, X_T, CONTACT = 138.3, 60.0, 1.0  # A
NEAREST, CUT, POINTS = 1e-8, 200.0, 12000
WALL = 100.0  # A


def energy(zz, r):
    return KT * zz * XI / X_T * math.log((r + XI) / (r + CONTACT))


def force(zz, r):
    return KT * zz * XI / X_T * (1 / (r + CONTACT) - 1 / (r + XI))


def section(name, rows):
    lines = [f"{k} {r:.15g} {u:.15g} {f:.15g}" for k, (r, u, f) in enumerate(rows, 1)]
    return "\n".join([name, f"N {len(lines)}", "", *lines, "", ""])


def write(folder):
    """Write pair.table (LIKE, UNLIKE) and wall.table (WALL) into `folder`."""
    growth = (CUT / NEAREST) ** (1 / (POINTS - 1))
    distances = [NEAREST * growth**k for k in range(POINTS - 1)] + [CUT]
    pairs = [
        section(name, [(r, energy(zz, r), force(zz, r)) for r in distances])
        for name, zz in (("LIKE", 4), ("UNLIKE", -4))
    ]
    Path(folder, "pair.table").write_text("".join(pairs))
    wall = [(r, WALL - r, 1.0) for r in (1.0, 50.0, WALL)]
    Path(folder, "wall.table").write_text(section("WALL", wall))


if __name__ == "__main__":
    write(sys.argv[1] if len(sys.argv) > 1 else ".")
