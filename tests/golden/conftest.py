"""What the worked numbers share: a company made from CSV text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from golden import Company


@pytest.fixture
def company(tmp_path: Path) -> Callable[..., Company]:
    """`company(toml, table="csv", ...)`: a loaded workspace in a folder of its own."""
    made = iter(range(100))

    def make(toml: str = "", **tables: str) -> Company:
        return Company(tmp_path / f"company-{next(made)}", toml, **tables)

    return make
