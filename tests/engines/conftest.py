"""The worlds that every engine is asked about, each loaded once, when it is first asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
import world
from oracle import world as random_world

import tenure

from .asking import Place

SEEDS = {"plain": 0, "with_fx": 1, "with_history": 2}


class Places(dict[str, Place]):
    """The small world, and three random ones: plain, with exchange rates, with attributes that change."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def __missing__(self, name: str) -> Place:
        folder = self.root / name
        if name == "small":
            place = Place(name, world.write(folder), "2023-11", "2024-03")
        else:
            made = random_world.write(SEEDS[name], folder, name)
            last = random_world.add_months(made.first, random_world.MONTHS)
            place = Place(name, folder, f"{made.first:%Y-%m}", f"{last:%Y-%m}")
        tenure.open(folder).sync()
        self[name] = place
        return place


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Place]:
    return Places(tmp_path_factory.mktemp("places"))
