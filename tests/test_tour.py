"""What the README and the tour show is what the commands print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_the_tour_is_what_the_commands_print() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "tour.py", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
