"""The worlds that laws of figures run over, each loaded once for all of them in a worker (see ../conftest.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from .places import Place, place


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("worlds")


@pytest.fixture(scope="session")
def small(folder: Path) -> Place:
    return place("small", folder)
