"""The parts of the benchmark that look at product use, support and voice. Run by run.

python -m benchmarks --only use,desk,days [--events 100000000] [--tickets 5000000] [--answers 3000000]
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from benchmarks import compare, hand_desk, hand_features, hand_rollups, hand_usage, product, workspaces
from benchmarks.generate import TODAY, TOMORROW, Company
from benchmarks.hand_sql import Ask
from benchmarks.timing import Time, Verdict, peak_mb, race
from tenure.workspace import Workspace

FACTOR, ALLOWANCE = 1.3, 0.05
MEMORY = 3072
START = product.FIRST.replace(year=2023)
MONTHS = Ask(START, TODAY)
DAYS = Ask(START, TODAY, unit="day")
ANY = float("inf")
"""Where nothing is promised: the ratio is printed."""
Asked = tuple[str, str, str | None, Ask, str, float]
Say = Callable[[Verdict], Verdict]


def use_requests() -> Iterator[Asked]:
    """(name, metric, variant, what is asked, SQL, at most) of all that is measured over the stored days of use."""
    for one in _requests(hand_usage.queries() | hand_features.queries(), FACTOR):
        yield one if one[2] != "depth" else (*one[:-1], ANY)  # from the events: nothing is promised
    for metric, hand in (("mau", "trailing"), ("wau", None), ("dau", None)):
        yield f"{metric}, 731 days", metric, None, DAYS, hand_usage.queries()[metric, hand](DAYS), ANY


def desk_requests() -> Iterator[Asked]:
    """The same over tickets and answers, of which nothing is stored beforehand."""
    yield from _requests(hand_desk.support(), ANY)
    yield from _requests(hand_desk.voice(), ANY)


def _requests(queries: Mapping[tuple[str, str | None], hand_usage.Query], most: float) -> Iterator[Asked]:
    for (metric, variant), sql in queries.items():
        name = metric if variant is None else f"{metric} {variant}"
        yield f"{name}, 24 months", metric, variant, MONTHS, sql(MONTHS), most


def part_use(made: Company, repeat: int) -> list[Verdict]:
    """Every metric of use against hand-written SQL over the same rollups, and different users against raw events."""
    workspace = product.ready(made, product.USE)
    asked = list(use_requests())
    _ask_all(workspace, asked)
    found = [_against(workspace, *one, repeat) for one in asked]
    return found + _against_raw(workspace, repeat)


def _against_raw(workspace: Workspace, repeat: int) -> list[Verdict]:
    con = compare.connection(workspace)
    found = []
    for metrics, most in ((("mau",), 1 / 2), (("dau", "wau", "mau"), 1 / 4)):
        sql = hand_usage.raw()[metrics](MONTHS)
        for metric, values in raw_values(con, sql, metrics).items():
            same(f"{metric} from raw events", compare.ours(workspace, metric, MONTHS), values)
        show = partial(workspace.show, *metrics, **compare.asked(MONTHS))
        theirs, ours = race([partial(compare.fetch, con, sql), show], min(repeat, 2))
        found.append(_say(Verdict(f"{', '.join(metrics)}, 24 months, against raw events", ours, theirs, most)))
    return found


def raw_values(con: object, sql: str, metrics: tuple[str, ...]) -> dict[str, dict[compare.Key, float | None]]:
    """What a query over raw events says of each metric; of several it names the metric first."""
    found: dict[str, dict[compare.Key, float | None]] = {metric: {} for metric in metrics}
    for row in compare.fetch(con, sql):
        what, (start, group, value) = (row[0], row[1:]) if len(metrics) > 1 else (metrics[0], row)
        found[what][start, group, ""] = float(value)
    return found


def part_desk(made: Company, repeat: int) -> list[Verdict]:
    """Support and voice against hand-written SQL over the stored tickets and answers."""
    workspace = product.ready(made, product.DESK)
    asked = list(desk_requests())
    _ask_all(workspace, asked)
    return [_against(workspace, *one, repeat) for one in asked]


def _ask_all(workspace: Workspace, asked: list[Asked]) -> None:
    for _, metric, variant, ask, _, _ in asked:
        workspace.show(metric, variant=variant, **compare.asked(ask))
    _say_memory("every request of ours")


def part_days(made: Company, repeat: int) -> list[Verdict]:
    """A full refresh against one pass of hand-written SQL, and a refresh after a day of events against a full one."""
    base = product.loaded(made, product.USE)
    copies = made.folder / "copy"
    workspace = workspaces.copy(base, copies, TODAY)
    (full,) = race([workspace.refresh], 1)
    _say_memory("a full refresh")
    (hand,) = race([partial(hand_rollups.make, workspace, made.folder / "hand")], 1)
    found = [_say(Verdict("full refresh against one pass of SQL", full, hand, 2.0))]
    times = []
    for _ in range(min(repeat, 3)):
        after = workspaces.copy(copies, made.folder / "after", TOMORROW)
        workspaces.load(after, [(product.new_day(made), "events")])
        times += race([after.refresh], 1)
    for folder in (copies, made.folder / "after", made.folder / "hand"):
        shutil.rmtree(folder)
    best = Time(min(t.wall for t in times), min(t.cpu for t in times))
    return [*found, _say(Verdict("refresh after a day of events, against full", best, full, 0.03))]


def _against(
    workspace: Workspace, name: str, metric: str, variant: str | None, ask: Ask, sql: str, most: float, repeat: int
) -> Verdict:
    con = compare.connection(workspace)
    same(name, compare.ours(workspace, metric, ask, variant), compare.theirs(con, sql))
    works = [partial(compare.fetch, con, sql), partial(workspace.show, metric, variant=variant, **compare.asked(ask))]
    theirs, ours = race(works, repeat)
    return _say(Verdict(name, ours, theirs, most, ALLOWANCE))


def same(name: str, mine: dict[compare.Key, float | None], theirs: dict[compare.Key, float | None]) -> None:
    """Raises where the numbers differ; a group that theirs have no row of may be 0 or without a value in ours."""
    kept = {key: value for key, value in mine.items() if value or key in theirs}
    wrong = compare.differences(kept, theirs)
    if wrong:
        raise ValueError(f"{name}: the numbers differ, so there is nothing to time: {wrong[:3]}")


def _say(verdict: Verdict) -> Verdict:
    print(verdict.line(), flush=True)
    return verdict


def _say_memory(after: str) -> None:
    held = "holds" if peak_mb() < MEMORY else "MISSED"
    print(f"peak memory after {after}: {peak_mb()} MB of {MEMORY} at most: {held}", flush=True)
