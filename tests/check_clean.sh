#!/usr/bin/env bash
# Files that HDF5's own tools find clean: h5dump reads all of their layout, no flag says that
# somebody writes them, and after h5clear every dataset is what it was.
#
# Usage: tests/check_clean.sh PYTHON FILE.h5...      needs: hdf5-tools, and h5py in PYTHON
set -euo pipefail
python=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
cleared=$(mktemp --suffix .h5)
trap 'rm -f "$cleared"' EXIT
for file in "$@"; do
    h5dump -H "$file" >/dev/null
    h5debug "$file" | grep -q "File status flags: *0x00" || { echo "$file is not closed"; exit 1; }
    cp "$file" "$cleared"
    h5clear -s "$cleared"
    "$python" "$here/check_same.py" "$file" "$cleared" >/dev/null
    echo "$file: clean"
done
