#!/usr/bin/env python3
"""Executes the fenced blocks of a page of the documentation, in order, in an empty folder.

Usage: run_snippets.py PAGE.md FOLDER_OF_BJERRUM     needs: what the page says it needs
sh blocks are run by bash, python blocks each by a Python of its own, and a toml block is saved
under the name in its first line. A sh block may leave something running: it is ended at the end.
Exits 0 if every block did; says which did not, and exits 1.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def run(language, text, folder, environment):
    """The exit code of a block, and the group of its processes."""
    commands = {
        "sh": ["bash", "-euo", "pipefail", "-c", text],
        "python": [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", text],
    }
    process = subprocess.Popen(
        commands[language], cwd=folder, env=environment, start_new_session=True
    )
    return process.wait(), process.pid


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: run_snippets.py PAGE.md FOLDER_OF_BJERRUM")
    page, binaries = Path(sys.argv[1]), Path(sys.argv[2]).resolve()
    text = page.read_text()
    environment = {**os.environ, "PATH": f"{binaries}:{os.environ['PATH']}"}
    blocks = list(BLOCK.finditer(text))
    kinds = {match[1] for match in blocks}
    if not {"sh", "python"} <= kinds <= {"sh", "python", "toml"}:
        sys.exit(f"{page}: blocks of {sorted(kinds)}; expected sh, python and toml")
    groups, failed = [], []
    with tempfile.TemporaryDirectory() as folder:
        for match in blocks:
            line = text[: match.start()].count("\n") + 1
            print(f"== {page}:{line} ({match[1]})", flush=True)
            if match[1] == "toml":
                name = match[2].splitlines()[0].removeprefix("# ")
                (Path(folder) / name).write_text(match[2])
                continue
            code, group = run(match[1], match[2], folder, environment)
            groups.append(group)
            if code != 0:
                failed.append(f"{page}:{line}: exit code {code}")
        for group in groups:
            try:
                os.killpg(group, signal.SIGKILL)
            except ProcessLookupError:
                pass
    print("\n".join(failed) or f"{len(blocks)} blocks of {page} did what they say")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
