"""Real and third-party data sets whose results somebody else worked out, read from outside the repository.

They lie in `shared/data` beside the checkout; TENURE_SHARED names another `shared` folder. Where they are absent these
tests are skipped and say so.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("TENURE_SHARED") or Path(__file__).resolve().parents[3] / "shared")


def data(name: str) -> Path:
    """The folder of a data set; skips the test where it is absent."""
    folder = SHARED / "data" / name
    if not folder.is_dir():
        pytest.skip(
            f"The data set {name} is not there: no folder {folder}. Set TENURE_SHARED to the folder that has data/."
        )
    return folder


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def workspace(folder: Path, toml: str) -> Path:
    """A folder with this tenure.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tenure.toml").write_text(toml, encoding="utf-8")
    return folder
