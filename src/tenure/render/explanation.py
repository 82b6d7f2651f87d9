"""`tenure explain`: where a number comes from, as an account. Edge: layout only.

The formula in words, then in figures; its parts; the customers behind it, largest first; the variants side by side;
and against another reading, the difference by rule and by customer, down to the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenure.render import numbers
from tenure.render.grid import Column, plain, table, wrapped

SHOWN = 10


def as_table(answer: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """The whole account, from the object that `--format json` prints."""
    unit, currency = str(answer.get("unit", "")), answer.get("currency")
    lines = _head(answer, width)
    for title, block in (
        ("Parts", _parts(answer, width, colour)),
        ("Customers behind it", _customers(answer, width, colour)),
        ("Rows behind it", _rows(answer, width, colour)),
        ("Variants", _variants(answer, unit, currency, width, colour)),
        (_versus_title(answer), _differences(answer, unit, currency, width, colour)),
    ):
        if block:
            lines += ["", f"\x1b[1m{title}\x1b[0m" if colour else title, *block]
    for note in answer.get("notes") or ():
        lines += ["", *wrapped(str(note), width, "  ")]
    return "\n".join(lines)


def _head(answer: Mapping[str, Any], width: int) -> list[str]:
    variant = answer.get("variant")
    name = f"{answer['metric']}, {variant}" if variant and variant != "default" else str(answer["metric"])
    title = answer.get("title")
    first = f"{title} ({name})" if title else name
    lines = [f"{first}, {answer['period']}" if answer.get("period") else first, ""]
    if answer.get("formula"):
        lines += wrapped(f"= {answer['formula']}", width, "  ")
    return [*lines, *_figures(answer)]


def _figures(answer: Mapping[str, Any]) -> list[str]:
    """The formula in figures: 9,662,941 of 8,460,824 = 114.2 %."""
    value, unit, currency = answer.get("value"), str(answer.get("unit", "")), answer.get("currency")
    if value is None:
        code = answer.get("reason")
        meaning = numbers.REASONS.get(str(code), ("", ""))[1]
        return [f"= no value: {numbers.reason(code)}" + (f" ({meaning})" if meaning else "")]
    top, bottom = answer.get("numerator"), answer.get("denominator")
    shown = numbers.value(value, unit, currency)
    if top is None or bottom is None:
        return [f"= {shown}"]
    return [f"= {numbers.amount(top)} / {numbers.amount(bottom)}", f"= {shown}"]


def _parts(answer: Mapping[str, Any], width: int, colour: bool) -> list[str]:
    parts = answer.get("parts") or []
    if not parts:
        return []
    values = ["no value" if p.get("value") is None else numbers.amount(p["value"]) for p in parts]
    return table(
        [Column("part", [plain(p["name"]) for p in parts], number=False), Column("figure", values)],
        width,
        colour=colour,
    )


def _customers(answer: Mapping[str, Any], width: int, colour: bool) -> list[str]:
    people = sorted(answer.get("customers") or [], key=lambda c: (-abs(c["contribution"] or 0), str(c["id"])))
    if not people:
        return []
    total = answer.get("numerator")
    return _contributions(people, "contribution", total, width, colour)


def _contributions(people: Sequence[Mapping[str, Any]], key: str, total: Any, width: int, colour: bool) -> list[str]:
    shown, rest = people[:SHOWN], people[SHOWN:]
    ids = [plain(c["id"]) for c in shown]
    names = [plain(c.get("name") or "") for c in shown]
    figures = [numbers.amount(c[key] or 0) for c in shown]
    if rest:
        ids, names = [*ids, f"{len(rest):,} more"], [*names, ""]
        figures.append(numbers.amount(sum(c[key] or 0 for c in rest)))
    if total is not None:
        ids, names, figures = [*ids, "total"], [*names, ""], [*figures, numbers.amount(total)]
    columns = [Column("customer", ids, number=False)]
    if any(names) and names[: len(shown)] != ids[: len(shown)]:
        columns.append(Column("name", names, number=False))
    return table([*columns, Column(key, figures)], width, colour=colour)


def _rows(answer: Mapping[str, Any], width: int, colour: bool) -> list[str]:
    rows = answer.get("rows") or []
    if not rows:
        return []
    heads = list(dict.fromkeys(key for row in rows for key in row))
    columns = [
        Column(head, ["" if row.get(head) is None else plain(row[head]) for row in rows[:SHOWN]], number=False)
        for head in heads
    ]
    more = [f"{len(rows) - SHOWN:,} more"] if len(rows) > SHOWN else []
    return [*table(columns, width, colour=colour), *more]


def _variants(answer: Mapping[str, Any], unit: str, currency: Any, width: int, colour: bool) -> list[str]:
    variants = answer.get("variants") or []
    if len(variants) < 2:
        return []
    values = [_shown(v, str(v.get("unit") or unit), currency) for v in variants]
    names = [str(v["variant"]) for v in variants]
    return table(
        [
            Column("variant", names, number=False),
            Column("value", values),
            Column("why", [plain(v.get("why") or "") for v in variants], number=False),
        ],
        width,
        colour=colour,
    )


def _versus_title(answer: Mapping[str, Any]) -> str:
    other = answer.get("other") or {}
    name = other.get("name") or other.get("variant") or answer.get("versus") if isinstance(other, Mapping) else other
    return f"Against {name}" if name else "Against the other reading"


def _differences(answer: Mapping[str, Any], unit: str, currency: Any, width: int, colour: bool) -> list[str]:
    if answer.get("differences") is None or answer.get("other") is None:
        return []
    differences = answer["differences"]
    amount = _signed(unit, currency)
    other = answer["other"]
    there = other.get("value") if isinstance(other, Mapping) else other
    here = answer.get("value")
    names = ["here", *(plain(d["rule"]) for d in differences), "there"]
    figures = [_plain(here, unit, currency), *(amount(d["amount"]) for d in differences), _plain(there, unit, currency)]
    lines = table([Column("rule", names, number=False), Column("difference", figures)], width, colour=colour)
    for difference in differences:
        people = difference.get("customers") or []
        if people:
            ordered = sorted(people, key=lambda c: (-abs(c["amount"] or 0), str(c["id"])))
            lines += ["", f"By {plain(difference['rule'])}"]
            lines += _contributions(ordered, "amount", difference["amount"], width, colour)
    return lines


def _shown(entry: Mapping[str, Any], unit: str, currency: Any) -> str:
    if entry.get("value") is None:
        return numbers.reason(entry.get("reason"))
    return numbers.value(entry["value"], unit, currency)


def _plain(value: Any, unit: str, currency: Any) -> str:
    return "no value" if value is None else numbers.value(value, unit, currency)


def _signed(unit: str, currency: Any) -> Any:
    if unit == "money":
        return lambda x: numbers.money(x, currency, sign=True)
    if unit == "share":
        return lambda x: f"{numbers.signed(x * 100, 2)} pts"
    return lambda x: numbers.signed(x, 0 if x == int(x) else 2)
