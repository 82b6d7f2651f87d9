"""The part of the benchmark that looks at what others take for the same figures. Run by run.

MF=/path/to/venv/bin python -m benchmarks --customers 200000 --events 8000000 --only peers
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from benchmarks import peers, product
from benchmarks.generate import Company
from benchmarks.run_product import ANY, DAYS, MONTHS, START
from benchmarks.timing import Verdict, race
from tenure.workspace import Workspace

MOST_EVENTS = 8_000_000
"""pandas holds every event in memory, and MetricFlow joins each with 28 days: of more there is no end in sight."""
ASKED = {"mau": ("mau", None, "month"), "rolling": ("mau", "trailing_28", "day")}
MF = {"mau": "mau", "rolling": "mau_28"}


def ours(workspace: Workspace, what: str) -> peers.Figures:
    """The users of every month, or of the 28 days up to every day, of two years."""
    metric, variant, grain = ASKED[what]
    last = MONTHS.stop - timedelta(days=1)
    written = {"month": "%Y-%m", "day": "%Y-%m-%d"}[grain]
    span = {"from_": f"{START:{written}}", "to": f"{last:{written}}", "grain": grain}
    (result,) = workspace.show(metric, variant=variant, **span)
    return {row.start: float(row.value) for row in result.rows if row.value is not None}


def part_peers(made: Company, repeat: int) -> list[Verdict]:
    """Users of months and of rolling days: ours from stored days of use, theirs from the events."""
    made = replace(made, rows={**made.rows, "events": min(made.rows["events"], MOST_EVENTS)})
    workspace = product.ready(made, product.USE)
    file = product.files(made, ("events",))["events"]
    print(f"{made.rows['events']:,} events", flush=True)
    works: dict[tuple[str, str], Callable[[], peers.Figures]] = {
        (peers.told(name), what): partial(ask, file, MONTHS)
        for name, asks in peers.PEERS.items()
        for what, ask in asks.items()
    }
    there = peers.MetricFlow.there()
    if there:
        other = peers.MetricFlow(made.folder / "metricflow", file, there)
        works[other.version, "mau"] = partial(other.ask, MF["mau"], "month", MONTHS)
        works[other.version, "rolling"] = partial(other.ask, MF["rolling"], "day", DAYS)
    else:
        print("MetricFlow: not here (MF names no folder with mf in it)", flush=True)
    return [_against(workspace, name, what, work, min(repeat, 2)) for (name, what), work in works.items()]


def _against(workspace: Workspace, name: str, what: str, work: Callable[[], peers.Figures], repeat: int) -> Verdict:
    if ours(workspace, what) != work():
        raise ValueError(f"{name}, {what}: the numbers differ, so there is nothing to time")
    said = {"mau": "mau, 24 months", "rolling": "mau of 28 days, 731 days"}[what]
    theirs, mine = race([work, partial(ours, workspace, what)], repeat)
    verdict = Verdict(f"{said}, against {name}", mine, theirs, ANY)
    print(verdict.line(), flush=True)
    return verdict
