"""The example companies of `tenure demo`: one for each type of business, 24 months in the tables of the customer model.
Floor: edges.

    company     what an example company is
    dice        chance and calendar: the same seed, the same bytes, on every machine
    folder      tenure.toml and the csv files
    parcelwise  saas, with rooms of its own (see there)      hawserline  b2b, Parcelwise on other terms
    wickwillow  ecommerce      marrowby  retail: shop, shops, shopfloor
    oddwright   marketplace    fennick   services: retainers      torvane   manufacturing
    habits buyers_voice clients helpdesk surveys wording firm   what several of them share

Everyone is made up. `write` makes the folder; `make` gives the rows.
"""

from __future__ import annotations

from pathlib import Path

from tenure.demo import folder as files
from tenure.demo.company import Company
from tenure.demo.dice import Tables
from tenure.demo.fennick import FENNICK_ROWE
from tenure.demo.hawserline import HAWSERLINE
from tenure.demo.marrowby import MARROWBY
from tenure.demo.oddwright import ODDWRIGHT
from tenure.demo.parcelwise import PARCELWISE
from tenure.demo.torvane import TORVANE
from tenure.demo.wickwillow import WICKWILLOW
from tenure.errors import UsageError, suggest

BUSINESSES: dict[str, Company] = {
    "saas": PARCELWISE, "ecommerce": WICKWILLOW, "b2b": HAWSERLINE, "services": FENNICK_ROWE, "retail": MARROWBY,
    "marketplace": ODDWRIGHT, "manufacturing": TORVANE,
}  # fmt: skip


def write(folder: Path, *, business: str = "saas", seed: int = 2024) -> Tables:
    """Write the example company's `tenure.toml` and `data/*.csv` into a folder; answers the rows."""
    if business not in BUSINESSES:
        nearest = suggest(business, BUSINESSES)
        todo = f"Did you mean {nearest!r}?" if nearest else f"Known: {', '.join(BUSINESSES)}."
        raise UsageError(f"There is no business {business!r}.", where="--business", todo=todo)
    company = BUSINESSES[business]
    files.settle(folder, company)
    tables = make(business=business, seed=seed)
    files.write_config(folder, company, business, tables)
    files.write_tables(folder, tables)
    return tables


def make(*, business: str = "saas", seed: int = 2024, stories: bool = True) -> Tables:
    """Every table the company fills, as rows; without `stories` what its module plants does not happen."""
    return BUSINESSES[business].make(seed, stories)
