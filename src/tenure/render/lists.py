"""`tenure metrics`, `tenure check` and what a load did. Edge: layout only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenure.render import numbers
from tenure.render.grid import Column, plain, table, wrapped

if TYPE_CHECKING:
    from tenure.check import Finding
    from tenure.load import LoadReport

LEVELS = ("error", "warning", "note")
COUNTS = ("read", "stored", "unchanged", "rejected")


def metrics(rows: Sequence[Mapping[str, Any]], width: int, *, colour: bool = False) -> str:
    """The catalogue: id, title, unit, whether this workspace has what it needs, and what that is."""
    has = [_yes(row.get("available")) for row in rows]
    columns = [
        Column("metric", [str(row["metric"]) for row in rows], number=False),
        Column("title", [str(row["title"]) for row in rows], number=False),
        Column("unit", [str(row["unit"]) for row in rows], number=False),
        Column("here", has, number=False),
        Column("needs", [", ".join(_words(row.get("needs"))) for row in rows], number=False),
    ]
    if all(cell == "" for cell in has):
        columns = [column for column in columns if column.head != "here"]
    return "\n".join(table(columns, width, colour=colour))


def described(doc: str, width: int, without: str = "") -> list[str]:
    """A metric's documentation, part by part with a line between; `without` one that stands elsewhere."""
    parts = re.split(r"\s+(?=\*[A-Z][a-z ]+[.:]\*)", doc.strip())
    parts = [part for part in parts if not without or not part.startswith(f"*{without}")]
    each = [wrapped(re.sub(r"\*([A-Z][a-z ]+)[.:]\*", r"\1:", part), width) for part in parts]
    return [line for lines in each for line in ("", *lines)][1:]


def one_metric(row: Mapping[str, Any], doc: str, width: int, *, colour: bool = False) -> str:
    """One metric in full: what it says, its variants and what it needs."""
    title = f"{row['title']} ({row['metric']})"
    lines = [f"\x1b[1m{title}\x1b[0m" if colour else title]
    lines += ["", *described(doc, width)]
    facts = [("unit", str(row["unit"])), ("better", str(row.get("better") or "neither"))]
    facts += [("variants", ", ".join(row.get("variants") or [])), ("needs", ", ".join(_words(row.get("needs"))))]
    facts += [("here", _yes(row.get("available"))), ("benchmark", str(row.get("benchmark") or ""))]
    lines.append("")
    for name, said in facts:
        for i, line in enumerate(wrapped(said, width - 12)):
            lines.append(f"{'' if i else name:<12}{line}")
    return "\n".join(lines)


def findings(found: Sequence[Finding], width: int) -> str:
    """Findings by level, the gravest first: what, where, what to do."""
    if not found:
        return "Nothing to report: the configuration, the data and the identities hold."
    lines: list[str] = []
    levels = [*LEVELS, *sorted({f.level for f in found} - set(LEVELS))]
    for level in levels:
        some = [f for f in found if f.level == level]
        if not some:
            continue
        lines += ["", f"{numbers.amount(len(some))} {level}{'' if len(some) == 1 else 's'}"]
        for finding in some:
            where = f"{plain(finding.where)}: " if finding.where else ""
            todo = f" {plain(finding.todo)}" if finding.todo else ""
            lines += wrapped(f"- {where}{plain(finding.what)}{todo}", width, "  ")
    return "\n".join(lines[1:])


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding for programs."""
    return {"level": finding.level, "what": finding.what, "where": finding.where, "todo": finding.todo}


def loads(reports: Sequence[LoadReport], width: int, *, colour: bool = False) -> str:
    """What came of a load: a line for each table that something was new in or rejected from, and the sums."""
    sums: dict[tuple[str, str], list[int]] = {}
    for report in reports:
        counts = sums.setdefault((report.source, report.table), [0] * len(COUNTS))
        for i, name in enumerate(COUNTS):
            counts[i] += getattr(report, name)
    told = {key: counts for key, counts in sums.items() if counts[1] or counts[3] or len(sums) == 1}
    lines = []
    if told:
        columns = [Column("source", [plain(key[0]) for key in told], number=False)]
        columns.append(Column("table", [key[1] for key in told], number=False))
        for i, name in enumerate(COUNTS):
            columns.append(Column(name, [numbers.amount(counts[i]) for counts in told.values()]))
        lines = [*table(columns, width, colour=colour), ""]
    read, stored, unchanged, rejected = (sum(counts[i] for counts in sums.values()) for i in range(len(COUNTS)))
    tables = "1 table" if len(sums) == 1 else f"{len(sums)} tables"
    lines.append(f"{tables}: {read:,} rows read, {stored:,} stored, {unchanged:,} unchanged, {rejected:,} rejected.")
    return "\n".join(lines)


def _yes(available: Any) -> str:
    return "" if available is None else "yes" if available else "no"


def _words(needs: Any) -> list[str]:
    if needs is None:
        return []
    return [needs] if isinstance(needs, str) else [str(need) for need in needs]
