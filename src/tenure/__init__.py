"""tenure: how long customers stay, and why.

    import tenure
    ws = tenure.open("acme")                # a folder with a tenure.toml
    ws.show("nrr", last=12, by="plan")      # results with rows; .to_arrow(), .to_polars(), .to_pandas(), .to_json()

The floors of the house, from the ground up; imports go down only (tests/laws/test_house.py holds this list to it):

    ground        errors periods money money_codes model stats/ catalog sentiment hours themes progress
    language      expr metric policy source rollup filter result words business texts lasting tree usage scales
                  stand_ins lean segment goal health_score health_presets
    collections   metrics/ rollups/ sources/
    settings      config health_options web_options
    data in       store/ recognise load worlds refresh sync
    numbers out   warehouse warehouses/ compile/ engine each evaluate question cohorts measure comparison grouping table
                  spreads lifetimes intervals per_customer judged
    questions     listing evidence explain check feedback freshness readings directory profile timeline goals
                  scorecards membership intake
    judgements    health/ driver drivers interventions two_groups models risk survival
    composition   workspace session access
    edges         cli render/ charts/ demo/ web/

A name stands for the files that begin with it, too: cli is cli.py and every cli_*.py.
The singular says what one is (metric.py), the plural holds the ones there are (metrics/).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenure.workspace import Workspace

__all__ = ["open"]


def open(folder: Path | str = ".") -> Workspace:
    """The workspace in a folder, or in its nearest parent that is one."""
    from tenure.workspace import Workspace

    return Workspace.find(folder)
