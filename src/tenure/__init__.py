"""tenure: how long customers stay, and why.

    import tenure
    ws = tenure.open("acme")                # a folder with a tenure.toml
    ws.show("nrr", last=12, by="plan")      # results with rows; .to_arrow(), .to_polars(), .to_pandas(), .to_json()

The floors of the house, from the ground up; imports go down only:

    ground        errors periods money model stats catalog
    language      expr policy filter metric rollup source result words business
    collections   metrics/ rollups/ sources/
    machinery     store/ warehouse load recognise compile/ worlds refresh sync engine evaluate measure explain check
    composition   config workspace
    edges         cli render/ demo/

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
