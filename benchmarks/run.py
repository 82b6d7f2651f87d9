"""Measures and prints ratios with the bounds that they must keep. Run by `make bench`.

    python -m benchmarks [--customers 1000000] [--events 100000000] [--tickets 5000000] [--answers 3000000]
                         [--repeat 5] [--only queries,together,...]

Each part runs in a process of its own, warm, ours and theirs by turns, the best of several. No test asserts a time.
`--help` names the parts.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from benchmarks import compare, run_peers, run_product, workspaces
from benchmarks.generate import TODAY, TOMORROW, Company, company, default_folder
from benchmarks.hand_sql import Ask, queries, windowed
from benchmarks.health import part_health
from benchmarks.site import part_site
from benchmarks.themes import part_themes
from benchmarks.timing import HEAD, Time, Verdict, peak_mb, race
from tenure.workspace import Workspace

START = date(2023, 1, 1)
MONTHS = Ask(START, TODAY)
YEARLY = Ask(START, TODAY, window=12)
DAYS = Ask(START, TODAY, unit="day")
DAYS_YEARLY = Ask(START, TODAY, unit="day", window=12)
DAILY = ("mrr", "customers", "nrr", "grr", "customer_churn_rate", "quick_ratio")
OF_ORDERS = ("non_recurring_revenue",)
FACTOR, ALLOWANCE = 1.3, 0.05
MEMORY = 2048
"""The most a request may take: FACTOR x the hand-written SQL plus ALLOWANCE seconds, under MEMORY megabytes."""
HEAVY = {"duckdb", "ibis", "pyarrow", "pandas", "numpy", "sqlglot", "pydantic"}
"""What a command that needs no data must not import."""


def requests() -> Iterator[tuple[str, str, Ask, str]]:
    """(name, metric, what is asked, SQL) of everything that is measured over subscriptions."""
    for metric, sql in queries().items():
        if metric not in OF_ORDERS:
            yield f"{metric}, 24 months", metric, MONTHS, sql(MONTHS)
    for metric, sql in windowed().items():
        yield f"{metric}, 24 months, 12m window", metric, YEARLY, sql(YEARLY)
    for metric in DAILY:
        yield f"{metric}, 731 days", metric, DAYS, queries()[metric](DAYS)
    yield "nrr, 731 days, 12m window", "nrr", DAYS_YEARLY, windowed()["nrr"](DAYS_YEARLY)


def part_queries(made: Company, repeat: int) -> list[Verdict]:
    """Every metric by segment against hand-written SQL over the same connection."""
    workspace = workspaces.ready(made, workspaces.BILLING)
    asked = list(requests())
    for _, metric, ask, _ in asked:
        workspace.show(metric, **compare.asked(ask))
    held = "holds" if peak_mb() < MEMORY else "MISSED"
    print(f"peak memory after every request of ours: {peak_mb()} MB of {MEMORY} at most: {held}", flush=True)
    con = compare.connection(workspace)
    found = [_against(workspace, con, *one, repeat) for one in asked]
    shop = workspaces.ready(made, workspaces.SHOP)
    for metric in OF_ORDERS:
        shop.show(metric, **compare.asked(MONTHS))
        sql = queries()[metric](MONTHS)
        found.append(_against(shop, compare.connection(shop), f"{metric}, 24 months", metric, MONTHS, sql, repeat))
    print(f"peak memory of both sides together: {peak_mb()} MB", flush=True)
    return found


def _against(workspace: Workspace, con: object, name: str, metric: str, ask: Ask, sql: str, repeat: int) -> Verdict:
    wrong = compare.differences(compare.ours(workspace, metric, ask), compare.theirs(con, sql))
    if wrong:
        raise ValueError(f"{name}: the numbers differ, so there is nothing to time: {wrong[:3]}")
    theirs, ours = race(
        [partial(compare.fetch, con, sql), lambda: workspace.show(metric, **compare.asked(ask))], repeat
    )
    return _say(Verdict(name, ours, theirs, FACTOR, ALLOWANCE))


def part_together(made: Company, repeat: int) -> list[Verdict]:
    """All metrics in one request against one by one."""
    workspace = workspaces.ready(made, workspaces.BILLING)
    names = [metric for metric in queries() if metric not in OF_ORDERS]
    kw = compare.asked(MONTHS)
    workspace.show(*names, **kw)
    singly = [partial(workspace.show, name, **kw) for name in names]
    times = race([partial(workspace.show, *names, **kw), *singly], repeat)
    alone = sum(times[1:], Time(0, 0))
    return [_say(Verdict(f"all {len(names)} at once against one by one", times[0], alone, 1 / 3))]


def part_load(made: Company, repeat: int) -> list[Verdict]:
    """Files into a fresh store against a plain CREATE TABLE AS into a database file."""
    found = []
    for table in ("subscriptions", "events"):
        for kind in ("parquet", "csv"):
            file = made.file(table, kind)
            workspace = workspaces.empty(made.folder / "load")
            works = [partial(_plain_load, made, file, kind), partial(_our_load, workspace.folder, file, table)]
            works[1]()
            theirs, ours = race(works, min(repeat, 3))
            found.append(_say(Verdict(f"load {table}.{kind}", ours, theirs, 2)))
    return found


def _plain_load(made: Company, file: Path, kind: str) -> None:
    target = made.folder / "plain.duckdb"
    target.unlink(missing_ok=True)
    with duckdb.connect(str(target)) as con:
        con.execute("SET enable_progress_bar = FALSE")
        con.execute(f"CREATE TABLE t AS FROM read_{kind}('{file}')")


def _our_load(folder: Path, file: Path, table: str) -> None:
    workspaces.load(workspaces.empty(folder), [(file, table)])


def part_refresh(made: Company, repeat: int) -> list[Verdict]:
    """A refresh after one day of new data against a full one; what was loaded is loaded already."""
    base = workspaces.loaded(made, workspaces.BILLING).folder
    ready = workspaces.ready(made, workspaces.BILLING).folder
    after = workspaces.copy(ready, made.folder / "after", TOMORROW)
    workspaces.load(after, [(made.new(table), table) for table in ("customers", "subscriptions")])
    copies = made.folder / "copy"
    best: list[Time] = []
    for folder, as_of in ((base, TODAY), (after.folder, TOMORROW)):
        times = []
        for _ in range(min(repeat, 3)):
            workspace = workspaces.copy(folder, copies, as_of)
            times += race([workspace.refresh], 1)
        best.append(Time(min(t.wall for t in times), min(t.cpu for t in times)))
    shutil.rmtree(copies)
    return [_say(Verdict("refresh after a day of new data, against full", best[1], best[0], 0.05))]


def part_startup(made: Company, repeat: int) -> list[Verdict]:
    """The command line against Python alone. There is no bound but that the heavy libraries stay out."""
    workspace = workspaces.ready(made, workspaces.BILLING)
    bare = [sys.executable, "-c", "pass"]
    found = []
    for words in (["--help"], ["metrics"]):
        here = partial(subprocess.run, cwd=workspace.folder, check=True, capture_output=True)
        works = [partial(here, bare), partial(here, [sys.executable, "-m", "tenure", *words])]
        theirs, ours = race(works, 2 * repeat)
        seen = here([sys.executable, "-c", _IMPORTS.format(words=words)], text=True).stdout.split()
        heavy = sorted(HEAVY & set(seen))
        note = f"imports {', '.join(heavy)}" if heavy else "imports no heavy library"
        most = 0.0 if heavy else float("inf")
        found.append(_say(Verdict(f"tenure {words[0]}, against python -c pass", ours, theirs, most, note=note)))
    return found


_IMPORTS = """
import sys, tenure.cli
sys.argv = ["tenure", *{words}]
try:
    tenure.cli.main()
finally:
    print(*sys.modules)
"""

PARTS: dict[str, Callable[[Company, int], list[Verdict]]] = {
    "queries": part_queries,
    "together": part_together,
    "load": part_load,
    "refresh": part_refresh,
    "startup": part_startup,
    "use": run_product.part_use,
    "desk": run_product.part_desk,
    "days": run_product.part_days,
    "peers": run_peers.part_peers,
    "site": part_site,
    "health": part_health,
    "themes": part_themes,
}
OF_NO_COMPANY = {"themes"}
"""Parts that read none of the company's files."""


def _say(verdict: Verdict) -> Verdict:
    print(verdict.line(), flush=True)
    return verdict


def main() -> None:
    parser = argparse.ArgumentParser(description="Ours beside hand-written SQL, as ratios.")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=100_000_000)
    parser.add_argument("--tickets", type=int, default=5_000_000)
    parser.add_argument("--answers", type=int, default=3_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    chosen = asked.only.split(",")
    unknown = sorted(set(chosen) - set(PARTS))
    if unknown:
        parser.error(f"there is no part {unknown[0]!r}; the parts are {', '.join(PARTS)}")
    rows = {"events": asked.events, "tickets": asked.tickets, "survey_responses": asked.answers}
    made = Company(asked.folder or default_folder(), asked.customers, rows)
    if set(chosen) - OF_NO_COMPANY:
        made = replace(company(asked.customers, asked.folder), rows=rows)
        print(f"{asked.customers:,} customers in {made.folder}\n{HEAD}", flush=True)
    found: list[Verdict] = []
    for name in chosen:
        # A process of its own for each part: its memory is its own, and its imports are paid before the clock starts.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            found += pool.submit(PARTS[name], made, asked.repeat).result()
    missed = [verdict.name for verdict in found if not verdict.holds]
    print(f"{len(found) - len(missed)} of {len(found)} hold." + (f" Missed: {'; '.join(missed)}." if missed else ""))


if __name__ == "__main__":
    main()
