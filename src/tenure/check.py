"""`tenure check`: what is wrong or worth knowing about a workspace and its data. Machinery floor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from tenure.check_voice import left_out
from tenure.errors import MissingRate, RequestError
from tenure.result import Row

if TYPE_CHECKING:
    from tenure.config import Config
    from tenure.result import Results
    from tenure.store import Snapshot

MOVEMENTS = (
    "new_mrr",
    "expansion_mrr",
    "reactivation_mrr",
    "contraction_mrr",
    "churned_mrr",
    "fx_mrr",
    "transfer_mrr",
)
MOST_REJECTS = 20


@dataclass(frozen=True)
class Finding:
    """One thing to know: an error makes figures wrong or missing, a warning may, a note does not."""

    level: Literal["error", "warning", "note"]
    what: str
    where: str | None = None
    todo: str | None = None


def findings(config: Config, snapshot: Snapshot, show: Callable[..., Results]) -> list[Finding]:
    """Everything there is to say about a workspace, errors first. `show` asks it for metrics."""
    found = [Finding("note", f"{config.name}: {config.path.name} is in order.")]
    tables = {name: info.rows for name, info in snapshot.tables.items() if name != "rejects"}
    if not tables:
        nothing = Finding("error", "Nothing is loaded.", todo="Run tenure sync, or tenure import FILE.")
        return [nothing, *_rejects(snapshot), *found]
    loaded = ", ".join(f"{name} {rows:,}" for name, rows in sorted(tables.items()))
    found.append(Finding("note", f"Loaded: {loaded}."))
    found += _rejects(snapshot)
    found += _orphans(snapshot, tables)
    found += [Finding("warning", what) for what in left_out(snapshot)]
    if "subscriptions" in tables:
        found += _identities(show)
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(found, key=lambda f: order[f.level])


def _rejects(snapshot: Snapshot) -> list[Finding]:
    if "rejects" not in snapshot.tables:
        return []
    rows = snapshot.con.execute(
        "SELECT source, table_name, file, reason, count(*), min(line) FROM rejects GROUP BY ALL "
        "ORDER BY 5 DESC, 1, 2, 3, 4"
    ).fetchall()
    found = [
        Finding(
            "warning",
            f"{count:,} {'row' if count == 1 else 'rows'} of {table} rejected: {reason}",
            where=f"{file}, line {line}" if line else f"{file or source}",
            todo=_way_out(reason),
        )
        for source, table, file, reason, count, line in rows[:MOST_REJECTS]
    ]
    if len(rows) > MOST_REJECTS:
        found.append(Finding("warning", f"{len(rows) - MOST_REJECTS:,} more reasons for rejected rows."))
    return found


def _way_out(reason: str) -> str:
    """What to do about rejected rows. How people write dates and numbers is what most exports are rejected for."""
    if "is not a date" in reason:
        return (
            'Where a file writes all its dates in one other way, say so: date_format = "%d/%m/%Y" under its table in '
            "tenure.toml. Else mend the file and load it again."
        )
    if "is not a number" in reason:
        return "Numbers are written 1234.50: mend the file, or turn them with `select` under its table in tenure.toml."
    return "Mend the file and load it again."


def _orphans(snapshot: Snapshot, tables: dict[str, int]) -> list[Finding]:
    """Facts of nobody, and facts of customers that the customers table does not know."""
    from tenure.model import TABLES

    owned = [name for name in sorted(tables) if TABLES[name].customer and name != "customers"]
    nobody, strange = [], []
    for name in owned:
        answer = snapshot.con.execute(
            f"SELECT count(*) FILTER (customer_id IS NULL), count(DISTINCT customer_id) FILTER (customer_id NOT IN "
            f"(SELECT customer_id FROM m_customers)) FROM m_{name}"
        ).fetchone()
        rows, people = answer or (0, 0)
        nobody += [f"{name} {rows:,}"] if rows else []
        strange += [f"{name} {people:,}"] if people and "customers" in tables else []
    found = []
    if nobody:
        found.append(Finding("note", f"Rows without a customer, counted as unattributed: {', '.join(nobody)}."))
    if strange:
        what = f"Customers that the customers table does not know, kept and named by their id: {', '.join(strange)}."
        found.append(Finding("note", what))
    return found


def _identities(show: Callable[..., Results]) -> list[Finding]:
    """start + movements = end, to the last digit; retention + churn = 1."""
    try:
        results = show("mrr", "net_new_mrr", *MOVEMENTS, last=12)
        rates = show("customer_retention_rate", "customer_churn_rate", last=12)
    except MissingRate as error:
        return [Finding("error", error.what, error.where, error.todo)]
    except RequestError as error:
        return [Finding("warning", error.what, error.where, error.todo)]
    moved = [sum((_number(r.rows[k]) for r in list(results)[2:]), Fraction(0)) for k in range(len(results[0].rows))]
    for k, row in enumerate(results[1].rows):
        if row.value is not None and moved[k] != _number(row):
            what = f"The movements of {row.period} sum to {float(moved[k])}, MRR changed by {float(row.value)}."
            return [Finding("error", what, where="mrr", todo="Please report this: it must never happen.")]
    for kept, lost in zip(rates[0].rows, rates[1].rows, strict=True):
        if kept.value is not None and _number(kept) + _number(lost) != 1:
            return [Finding("error", f"Retention and churn of {kept.period} do not sum to 1.", where="customers")]
    return [Finding("note", "MRR's movements sum to its change, and retention and churn to 1, in the last 12 months.")]


def _number(row: Row) -> Fraction:
    return Fraction(row.value or 0)
