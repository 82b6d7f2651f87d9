"""The list of customers and the page of one, as tables. Edge: layout only."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tenure.render import numbers
from tenure.render.grid import Column, blocks, plain, table, wrapped
from tenure.render.results import harmless

LEFT_OUT = (
    "customer_id",
    "name",
    "known_since",
    "customer_since",
    "mrr_year_ago",
    "mrr_months",
    "usual_days",
    "active_days",
    "last_active",
    "nps_on",
    "leaving_on",
)
"""Columns that a terminal has no room for unless they are asked for."""
MOST = 8
"""Lines of one section of a customer's page."""


def as_list(found: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """The page of the list, and the totals of everyone found."""
    rows, totals = found["customers"], found["totals"]
    if not rows:
        return "There is no such customer." if not found["found"] else "The list ends before this page."
    asked = [name for name in found["columns"] if name not in LEFT_OUT] or list(found["columns"])
    names = [
        Column("customer", [plain(row["customer_id"]) for row in rows], number=False),
        Column("name", [plain(row["name"]) for row in rows], number=False),
    ]
    columns = []
    for name in asked:
        if name in ("customer_id", "name"):
            continue
        values = [row.get(name, row["attributes"].get(name)) for row in rows]
        if all(value is None or isinstance(value, list) for value in values):
            continue
        cells = [_cell(name, value, row, found["currency"]) for value, row in zip(values, rows, strict=True)]
        columns.append(Column(name.replace("_", " "), cells, number=not _words(name, values)))
    for name in ("plan", "owner"):
        if name in found["attributes"] and name not in asked:
            columns.append(Column(name, [plain(row["attributes"].get(name) or "") for row in rows], number=False))
    parts = blocks(names, columns, width, colour=colour)  # what has no room beside the others stands below them
    lines = [line for part in parts for line in (*part, "")][:-1]
    first = found["offset"] + 1
    said = [f"{first:,} to {first + len(rows) - 1:,} of {found['found']:,}, sorted by {found['sort']}"]
    if totals["mrr"] is not None:
        said.append(
            f"all together: {totals['customers']:,} customers, {numbers.money(totals['mrr'], found['currency'])} MRR"
        )
    return "\n".join([*lines, "", *wrapped("; ".join(said) + ".", width)])


def _words(name: str, values: Sequence[Any]) -> bool:
    return name == "state" or any(isinstance(value, str) for value in values)


def _cell(name: str, value: Any, row: Mapping[str, Any], currency: str) -> str:
    if value is None:
        return ""
    if name == "mrr_change":
        if not row.get("mrr_year_ago", 1) and row.get("mrr"):
            return "new"
        return numbers.money(value, currency, sign=True) if value else ""
    if name.startswith("mrr"):
        return numbers.money(value, currency)
    if name == "usage":
        return f"{100 * value:.0f} %"
    if isinstance(value, str | bool):
        return plain(value)
    return numbers.amount(value, 1)


def as_csv(found: Mapping[str, Any]) -> str:
    """One row for each customer: the list's columns, then attributes; months of MRR are left to JSON."""
    columns = [name for name in found["columns"] if name != "mrr_months" and name not in found["attributes"]]
    columns = list(dict.fromkeys(["customer_id", "name", *columns]))
    rows = found["customers"]
    attributes = list(rows[0]["attributes"]) if rows else list(found["attributes"])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*columns, *(harmless(name) for name in attributes)])
    for row in rows:
        cells = [row.get(name) for name in columns] + [row["attributes"].get(name) for name in attributes]
        writer.writerow([harmless(str(cell).lower() if isinstance(cell, bool) else cell) for cell in cells])
    return out.getvalue().rstrip("\n")


def as_page(found: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """One customer, section by section; sections that have nothing to say are left out."""
    now, currency = found["now"], found["currency"]
    title = f"{plain(found['name'])} ({plain(found['customer_id'])}), {now['state'] or 'no customer yet'}"
    lines = [f"\x1b[1m{title}\x1b[0m" if colour else title, ""]
    said = [f"{key} {plain(value)}" for key, value in found["attributes"].items() if value not in (None, "")]
    lines += [*wrapped(", ".join(said) + ".", width), ""] if said else []
    facts = [
        (name.replace("_", " "), _cell(name, value, now, currency))
        for name, value in now.items()
        if name not in ("customer_id", "name", "state") and value is not None
    ]
    lines += table(
        [
            Column("now", [name for name, _ in facts], number=False),
            Column("", [value for _, value in facts]),
        ],
        width,
        colour=colour,
    )
    lines += _section("MRR moved", found["money"]["movements"], lambda r: _movement(r, currency), width)
    lines += _section("contracts", found["contracts"], _contract, width)
    lines += _usual(found["usage"], width)
    lines += _section("features", found["features"], _feature, width)
    lines += _section("tickets", found["tickets"], _ticket, width)
    lines += _section("answers", found["answers"]["answers"], _answer, width)
    lines += _section("onboarding", found["onboarding"]["steps"], _step, width)
    lines += _section("contacts", found["contacts"], lambda r: plain(f"{r['name'] or ''}, {r['role'] or ''}"), width)
    lines += _section("comments", found["comments"], lambda r: plain(f"{_day(r['at'])} {r['text']}"), width)
    lines += _section("timeline", found["timeline"]["entries"], _entry, width, found["timeline"]["found"])
    return "\n".join(lines)


def _section(
    title: str, rows: Sequence[Mapping[str, Any]], say: Callable[[Mapping[str, Any]], str], width: int, total: int = 0
) -> list[str]:
    if not rows:
        return []
    lines = ["", title]
    for row in rows[:MOST]:
        lines += wrapped(f"- {say(row)}", width, "  ")
    more = max(total, len(rows)) - min(MOST, len(rows))
    return [*lines, f"  and {more:,} more"] if more else lines


def _day(at: Any) -> str:
    return str(at or "")[:10]


def _movement(row: Mapping[str, Any], currency: str) -> str:
    why = f" ({', '.join(map(plain, row['reasons']))})" if row["reasons"] else ""
    level = numbers.money(row["after"], currency)
    return f"{row['on']} {row['kind']} {numbers.money(row['amount'], currency, sign=True)} to {level}{why}"


def _contract(row: Mapping[str, Any]) -> str:
    left = f", {row['days_left']:,} days left" if row["days_left"] is not None else f", {row['outcome'] or 'over'}"
    return f"{plain(row['contract_id'])}: {row['starts_on'] or '?'} to {row['ends_on'] or '?'}{left}"


def _usual(usage: Mapping[str, Any], width: int) -> list[str]:
    usual = usage["usual"]
    if usual is None:
        return []
    peers = usage["weeks"][-1]["peers_active_users"]
    said = (
        f"{usual['now']:.1f} active users a week in the last 4 weeks, {usual['word']}: 8 of 10 weeks of the half year "
    )
    said += f"before had {usual['low']:.1f} to {usual['high']:.1f}."
    if peers is not None:
        said += f" The median of the {usage['peers']:,} others on this plan is {peers:.1f}."
    return ["", "use", *wrapped(f"- {said}", width, "  ")]


def _feature(row: Mapping[str, Any]) -> str:
    if row["last_used"] is None:
        used = "never used"
    else:
        used = f"{row['days']} days in the last 30 (usually {row['usual_days']:.1f}), last on {row['last_used']}"
    share = "" if row["peers_share"] is None else f"; {100 * row['peers_share']:.0f} % of others on this plan use it"
    return f"{plain(row['feature'])}: {used}{share}"


def _ticket(row: Mapping[str, Any]) -> str:
    about = " ".join(plain(row[name]) for name in ("category", "priority") if row[name])
    clock = row["open_hours"] if row["open"] else row["resolution_hours"]
    how = "open for" if row["open"] else "resolved after"
    return f"{_day(row['created_at'])} {about or 'ticket'}: {how} {numbers.hours(clock or 0)}"


def _answer(row: Mapping[str, Any]) -> str:
    score = "" if row["score"] is None else f" {numbers.amount(row['score'])}"
    return f"{_day(row['answered_at'])} {row['kind']}{score}{', ' + row['says'] if row['says'] else ''}"


def _step(row: Mapping[str, Any]) -> str:
    return f"{plain(row['step'])}: {'done on ' + _day(row['completed_at']) if row['completed_at'] else 'not done'}"


def _entry(row: Mapping[str, Any]) -> str:
    return plain(f"{_day(row['at'])} {row['type']}: {row['what']} {row['id'] or ''}".rstrip())


def as_segments(found: Sequence[Mapping[str, Any]], currency: str, width: int, *, colour: bool = False) -> str:
    """The saved segments: how many, what they pay, and what they are."""
    if not found:
        return 'No segment is saved. Write [segments] into tenure.toml: big = "size >= 1000"'
    columns = [
        Column("segment", [f"@{row['name']}" for row in found], number=False),
        Column("found", [f"{row['found']:,}" for row in found]),
        Column("customers", [f"{row['customers']:,}" for row in found]),
        Column("MRR", ["" if row["mrr"] is None else numbers.money(row["mrr"], currency) for row in found]),
        Column("rule", [plain(row["rule"]) for row in found], number=False),
    ]
    return "\n".join(table(columns, width, colour=colour))


def as_moved(found: Mapping[str, Any], currency: str, width: int, *, colour: bool = False) -> str:
    """Who entered a segment and who left it."""
    lines = wrapped(f"@{found['segment']}, {plain(found['rule'])}: {found['from']} to {found['to']}", width)
    for word, money in (("entered", "mrr"), ("left", "mrr_before")):
        rows = found[word]
        lines += ["", f"{len(rows):,} {word}"]
        if rows:
            columns = [
                Column("customer", [plain(row["customer_id"]) for row in rows], number=False),
                Column("name", [plain(row["name"]) for row in rows], number=False),
                Column("state", [plain(row["state"] or "") for row in rows], number=False),
                Column("MRR", ["" if row[money] is None else numbers.money(row[money], currency) for row in rows]),
            ]
            lines += table(columns, width, colour=colour)
    return "\n".join([*lines, "", f"{found['stayed']:,} stayed."])
