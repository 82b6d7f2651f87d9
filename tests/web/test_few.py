"""What is noise, or of fewer than ten, is called neither better nor worse on any page."""

from __future__ import annotations

import re
from datetime import date, datetime
from fractions import Fraction
from urllib.parse import quote

import pytest

from tenure.comparison import between
from tenure.metric import catalogue
from tenure.result import Result, Row
from tenure.web.figure import Figure

from .site import Site

Sides = tuple[float, float, float, int]
"""A share, its interval, and of how many."""


def _row(period: str, share: float, low: float | None, high: float | None, n: int) -> Row:
    value = Fraction(str(share))
    return Row(period, date(2025, 1, 1), date(2025, 2, 1), {}, value, value * n, n, n, low, high)


@pytest.mark.parametrize(
    ("now", "before", "direction", "said"),
    [
        # .1 (.05 to .15) against .5 (.4 to .6): .4 apart, give or take the root of .05**2 + .1**2, which is .11
        ((0.1, 0.05, 0.15, 200), (0.5, 0.4, 0.6, 90), "gain", ""),
        ((0.5, 0.4, 0.6, 90), (0.1, 0.05, 0.15, 200), "loss", ""),
        ((0.1, 0.05, 0.15, 200), (0.5, 0.4, 0.6, 9), "grey", "n below 10: not judged"),
        ((0.1, 0.05, 0.15, 9), (0.5, 0.4, 0.6, 90), "grey", "n below 10: not judged"),
        ((0.1, 0.05, 0.15, 10), (0.5, 0.4, 0.6, 10), "gain", ""),
        ((0.1, 0.01, 0.5, 200), (0.12, 0.02, 0.5, 200), "grey", "within noise"),
        ((0.1, None, None, 3), (0.5, None, None, 3), "gain", ""),  # counted, not sampled: it is so
    ],
)
def test_a_change_is_judged_as_on_the_command_line(now: Sides, before: Sides, direction: str, said: str) -> None:
    """Of churn less is better."""
    row = _row("2025-02", *now)
    row = Row(**{**vars(row), "compare": between(row, _row("2025-01", *before), "2025-01")})
    result = Result(
        "customer_churn_rate", "Churn", "default", "share", "down", None, "month", datetime(2025, 3, 1), (row,)
    )
    figure = Figure(result, row)
    assert (figure.direction, figure.unjudged) == (direction, said)


@pytest.mark.parametrize("where", ["", "plan = 'Enterprise' AND region = 'Asia Pacific'"])
def test_the_overview_colours_what_the_api_judges(site: Site, where: str) -> None:
    """Each metric of the ledger: its change is grey where the API says noise, or nothing of it beside bounds."""
    only = f"&where={quote(where)}" if where else ""
    rows = re.findall(r'<tr data-metric="(\w+)">(.*?)</tr>', site.get("viewer", f"/?x={only}").text, re.S)
    found = {name: re.search(r'<td class="num (gain|loss|grey)">', cells) for name, cells in rows}
    seen = {name: colour[1] for name, colour in found.items() if colour}
    asked = "&".join(f"metric={name}" for name in seen)
    told = site.api("viewer", f"/api/v1/show?{asked}&last=1&compare=previous&window=12m{only}").json()
    assert "metrics" in told, told
    grey = set()
    for metric in told["metrics"]:
        (row,) = metric["rows"]
        other = row["compare"]
        unsure = other["low"] is not None and other["noise"] is not False
        if (
            unsure
            or not row["complete"]
            or not other["difference"]
            or catalogue()[metric["metric"]].better == "neither"
        ):
            grey.add(metric["metric"])
    assert grey == {name for name, colour in seen.items() if colour == "grey"} and len(seen) > len(grey) > 0
