"""Runs the commands shown in the tour and the README, and writes what they print below them.

    python scripts/tour.py            renew the pages
    python scripts/tour.py --check    exit with 1 where a page shows something else than is printed

A block is fenced as `console`; a line that starts with `$ ` is a command, what follows is its output. Commands run on
a fresh example company, 100 columns wide.
"""

from __future__ import annotations

import difflib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", ROOT / "docs" / "tour.md", ROOT / "docs" / "drivers.md")
COMMAND = Path(sys.executable).parent / "tenure"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
ALIASES = {"make demo": "tenure demo"}


def renewed(text: str, folder: Path) -> str:
    """The page with every block's output as it is now; commands run in `folder`."""

    def block(found: re.Match[str]) -> str:
        lines = []
        for command in re.findall(r"^\$ (.*)$", found[1], re.MULTILINE):
            lines += [f"$ {command}", printed(ALIASES.get(command, command), folder), ""]
        return "```console\n" + "\n".join(lines[:-1]) + "\n```"

    return BLOCK.sub(block, text)


def printed(command: str, folder: Path) -> str:
    """What a command of ours prints, remarks included."""
    words = shlex.split(command)
    assert words[0] == "tenure", f"the tour may only call tenure, not {command}"
    env = {**os.environ, "COLUMNS": "100", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([COMMAND, *words[1:]], cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command}\n{done.stderr}")
    return (done.stderr + done.stdout).rstrip().replace(str(COMMAND), ".venv/bin/tenure")


def main() -> int:
    """Write the pages, or with --check only compare."""
    stale = 0
    with tempfile.TemporaryDirectory() as folder:
        printed("tenure demo", Path(folder))
        for page in PAGES:
            old = page.read_text(encoding="utf-8")
            new = renewed(old, Path(folder))
            if "--check" not in sys.argv[1:]:
                page.write_text(new, encoding="utf-8")
            elif new != old:
                stale = 1
                lines = difflib.unified_diff(old.splitlines(), new.splitlines(), page.name, "as printed", lineterm="")
                print("\n".join(lines), "Run: make docs", sep="\n", file=sys.stderr)
    return stale


if __name__ == "__main__":
    sys.exit(main())
