"""The 2,357 buyers of CDNOW on which the papers' figures rest: a tenth of them, 39 weeks of 1997, time in weeks."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from realdata import data, table

from tenure.stats.clv.buyers import Buyers


@lru_cache
def columns() -> dict[str, npt.NDArray[np.float64]]:
    """x, t_x, T and zbar, the mean value of repeat purchases; the test is skipped where the data are absent."""
    rows = table(data("cdnow_summary") / "cdnow_customers_summary_with_transactions.csv")
    return {name: np.array([float(row[name]) for row in rows]) for name in ("x", "t_x", "T", "zbar")}


def buyers() -> Buyers:
    """All of them."""
    found = columns()
    return Buyers.of(found["x"], found["t_x"], found["T"])
