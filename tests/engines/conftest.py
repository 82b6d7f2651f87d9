"""The worlds that every engine is asked about, loaded once."""

from __future__ import annotations

import pytest
import world
from oracle import world as random_world

import tenure

from .asking import Place

SEEDS = {"plain": 0, "with_fx": 1, "with_history": 2}


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Place]:
    """The small world, and three random ones: plain, with exchange rates, with attributes that change."""
    root = tmp_path_factory.mktemp("places")
    found = {"small": Place("small", world.write(root / "small"), "2023-11", "2024-03")}
    for kind, seed in SEEDS.items():
        made = random_world.write(seed, root / kind, kind)
        last = random_world.add_months(made.first, random_world.MONTHS)
        found[kind] = Place(kind, root / kind, f"{made.first:%Y-%m}", f"{last:%Y-%m}")
    for place in found.values():
        tenure.open(place.folder).sync()
    return found
