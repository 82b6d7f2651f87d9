"""`tenure show`: results as a table for people, as JSON for programs, as CSV for sheets. Edge: layout only.

One metric reads down its periods, with numerator, denominator, n and interval. Several metrics, or groups, read across:
periods become columns. Ages (cohort retention) become columns too, and the cohorts the rows.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenure.render import numbers
from tenure.render.grid import Column, blocks, plain, table, wrapped
from tenure.result import FEW

if TYPE_CHECKING:
    from tenure.result import Result, Row


CSV_HEAD = ("metric", "variant", "period", "start", "end")
CSV_TAIL = ("value", "numerator", "denominator", "n", "low", "high", "complete", "reason")
COMPARE = ("period", "value", "difference", "low", "high", "noise")


def as_json(answer: Mapping[str, Any]) -> str:
    """The contract's object, for programs."""
    return json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False)


def as_csv(answer: Mapping[str, Any]) -> str:
    """One row for each metric, variant, period and group; numbers unrounded, empty where there is no value."""
    rows = [(result, row) for result in answer["metrics"] for row in result["rows"]]
    groups = list(dict.fromkeys(key for _, row in rows for key in row["by"]))
    compared = any(row.get("compare") for _, row in rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*CSV_HEAD, *groups, *CSV_TAIL, *(f"compare_{name}" for name in COMPARE if compared)])
    for result, row in rows:
        cells = [result["metric"], result["variant"], row["period"], row["start"], row["end"]]
        cells += [harmless(row["by"].get(key)) for key in groups]
        cells += [row[name] for name in CSV_TAIL]
        if compared:
            cells += [(row.get("compare") or {}).get(name) for name in COMPARE]
        writer.writerow([str(cell).lower() if isinstance(cell, bool) else cell for cell in cells])
    return out.getvalue().rstrip("\n")


def harmless(cell: Any) -> Any:
    """A group's name that a spreadsheet would run as a formula, with an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def as_table(results: Iterable[Result], width: int, *, colour: bool = False) -> str:
    """Everything asked for, as tables that fit the width, with the notes they need."""
    answers = list(results)
    lines: list[str] = []
    few = False
    if answers and any("age" in row.by for result in answers for row in result.rows):
        for result in answers:
            lines += [
                *_title(result, " in %" if result.unit == "share" else ""),
                "",
                *_triangle(result, width, colour),
                "",
            ]
    elif len(answers) == 1 and not any(row.by for row in answers[0].rows):
        lines += [*_title(answers[0]), "", *_down(answers[0], width, colour), ""]
    elif len({row.period for result in answers for row in result.rows}) == 1:
        lines += [*_head(answers), *_single_period(answers, width, colour), ""]
    else:
        lines += [*_head(answers), *_across(answers, width, colour)]
        few = any(_few(result, row) for result in answers for row in result.rows)
    return "\n".join([*lines, *_notes(answers, width, few)]).rstrip("\n")


def _title(result: Result, unit: str = "") -> list[str]:
    variant = f", {result.variant}" if result.variant != "default" else ""
    return [f"{result.title} ({result.metric}{variant}){unit}"]


def _head(answers: Sequence[Result]) -> list[str]:
    return [*_title(answers[0]), ""] if len(answers) == 1 else []


def _down(result: Result, width: int, colour: bool) -> list[str]:
    """One metric, one group: a row for each period."""
    rows = result.rows
    columns = [Column("period", [row.period for row in rows], number=False)]
    columns.append(Column(result.metric, _starred([_value(result, row) for row in rows], rows)))
    return table([*columns, *_about(result.unit, rows)], width, colour=colour)


def _single_period(answers: Sequence[Result], width: int, colour: bool) -> list[str]:
    """One period: a row for each metric and group, with everything known about it."""
    pairs = [(result, row) for result in answers for row in result.rows]
    rows = [row for _, row in pairs]
    columns = [*_names(answers), Column(rows[0].period, _starred([_value(a, r) for a, r in pairs], rows))]
    units = {result.unit for result in answers}
    about = _about(units.pop() if len(units) == 1 else "", rows, [result.unit for result, _ in pairs])
    return table([*columns, *about], width, colour=colour)


def _across(answers: Sequence[Result], width: int, colour: bool) -> list[str]:
    """Metrics and groups down, periods across, in as many blocks as the width asks for."""
    periods = list(dict.fromkeys(row.period for result in answers for row in result.rows))
    lines = _lines(answers)
    columns = []
    for period in periods:
        found = [(result, rows.get(period)) for result, _, rows in lines]
        starred = _starred([_cell(result, row) for result, row in found], [row for _, row in found])
        columns.append(Column(period, starred))
    text: list[str] = []
    for block in blocks(_names(answers), columns, width, colour=colour):
        text += [*block, ""]
    return text


def _triangle(result: Result, width: int, colour: bool) -> list[str]:
    """Cohorts down, ages across; other groups stand beside the cohort."""
    others = [key for key in _groups([result]) if key != "age"]
    ages = sorted({int(row.by["age"]) for row in result.rows})
    lines: dict[tuple[Any, ...], dict[int, Row]] = {}
    for row in result.rows:
        key = (row.period, *(row.by.get(name) for name in others))
        lines.setdefault(key, {})[int(row.by["age"])] = row
    names = [Column("cohort", [str(key[0]) for key in lines], number=False)]
    names += [Column(name, [plain(key[i]) for key in lines], number=False) for i, name in enumerate(others, 1)]
    sizes = [next(iter(found.values())).n for found in lines.values()]
    names.append(Column("n", ["" if size is None else numbers.amount(size) for size in sizes]))
    columns = []
    for age in ages:
        rows = [found.get(age) for found in lines.values()]
        cells = ["" if row is None else _value(result, row).removesuffix(" %") for row in rows]
        columns.append(Column(str(age), _starred(cells, rows)))
    text: list[str] = []
    for block in blocks(names, columns, width, colour=colour):
        text += [*block, ""]
    return text


def _lines(answers: Sequence[Result]) -> list[tuple[Result, tuple[Any, ...], dict[str, Row]]]:
    """(metric, group, rows by period) for each line that reads across."""
    groups = _groups(answers)
    found: list[tuple[Result, tuple[Any, ...], dict[str, Row]]] = []
    for result in answers:
        lines: dict[tuple[Any, ...], dict[str, Row]] = {}
        for row in result.rows:
            lines.setdefault(tuple(row.by.get(key) for key in groups), {})[row.period] = row
        found += [(result, key, rows) for key, rows in lines.items()]
    return found


def _names(answers: Sequence[Result]) -> list[Column]:
    """The columns that say what a line is: the metric where there are several, then the groups."""
    lines = _lines(answers)
    twice = len({result.metric for result in answers}) < len(answers)
    columns = []
    if len(answers) > 1:
        labels = [f"{result.metric} {result.variant}" if twice else result.metric for result, _, _ in lines]
        columns.append(Column("metric", labels, number=False))
    for i, name in enumerate(_groups(answers)):
        cells = ["" if key[i] is None else plain(key[i]) for _, key, _ in lines]
        columns.append(Column(name, cells, number=False))
    return columns or [Column("metric", [answers[0].metric], number=False)]


def _groups(answers: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(key for result in answers for row in result.rows for key in row.by))


def _about(unit: str, rows: Sequence[Row], units: Sequence[str] = ()) -> list[Column]:
    """What stands beside a value: change, parts, n, interval; each only where some row has it."""
    each = units or [unit] * len(rows)
    columns = []
    if any(row.compare for row in rows):
        columns.append(Column("change", [_change(u, row) for u, row in zip(each, rows, strict=True)]))
    parts = [_parts(u, row) for u, row in zip(each, rows, strict=True)]
    if any(parts):
        columns.append(Column("of", parts))
    if any(row.n is not None for row in rows):
        columns.append(Column("n", ["" if row.n is None else numbers.amount(row.n) for row in rows]))
    if any(row.low is not None and row.high is not None for row in rows):
        columns.append(Column("95 %", [_interval(u, row) for u, row in zip(each, rows, strict=True)]))
    return columns


def _value(result: Result, row: Row) -> str:
    if row.value is None:
        return numbers.reason(row.reason)
    return numbers.value(row.value, result.unit, result.currency)


def _cell(result: Result, row: Row | None) -> str:
    if row is None:
        return ""
    beside = [word for word in (_change(result.unit, row), f"n {row.n}" if _few(result, row) else "") if word]
    return f"{_value(result, row)} ({', '.join(beside)})" if beside else _value(result, row)


def _few(result: Result, row: Row | None) -> bool:
    """Whether a figure must not stand without how little it is of. Counts and sums say that themselves."""
    return row is not None and row.few and row.value is not None and result.unit not in ("count", "money")


def _starred(cells: Sequence[str], rows: Sequence[Row | None]) -> list[str]:
    """An asterisk on what is not final; a space on the others, so that the figures stay aligned."""
    marks = [row is not None and not row.complete for row in rows]
    if not any(marks):
        return list(cells)
    return [f"{cell}{'*' if mark else ' '}" for cell, mark in zip(cells, marks, strict=True)]


def _change(unit: str, row: Row) -> str:
    other = row.compare
    if other is None or other.difference is None or other.value is None:
        return ""
    return numbers.change(other.value, other.difference, unit) + ("~" if other.noise else "")


def _parts(unit: str, row: Row) -> str:
    """Parts of a division; of points, which are a hundred times one, n says all that a reader can use."""
    if row.denominator is None or row.numerator is None or unit == "points":
        return ""
    return f"{numbers.amount(row.numerator)} of {numbers.amount(row.denominator)}"


def _interval(unit: str, row: Row) -> str:
    return "" if row.low is None or row.high is None else numbers.interval(row.low, row.high, unit)


def _notes(answers: Sequence[Result], width: int, few: bool) -> list[str]:
    """The small print: what is not final, what words in place of values mean, what a mark says."""
    rows = [row for result in answers for row in result.rows]
    notes = []
    if any(not row.complete for row in rows):
        notes.append(f"* not final: it ends after {_moment(answers)}, or its answer can still change.")
    for code in dict.fromkeys(row.reason for row in rows if row.value is None and row.reason):
        if code in numbers.REASONS:
            short, meaning = numbers.REASONS[code]
            notes.append(f"{short}: {meaning}.")
    if any(row.compare is not None and row.compare.noise for row in rows):
        notes.append("~ within noise: the 95 % interval of the change holds 0.")
    if few:
        notes.append(f"n below {FEW}: few enough for chance alone; a change is called noise or not judged.")
    notes += dict.fromkeys(note for result in answers for note in result.notes)
    return [line for note in notes for line in wrapped(note, width, "  ")]


def _moment(answers: Sequence[Result]) -> str:
    return str(answers[0].as_of)[:10]
