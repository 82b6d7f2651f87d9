"""`tenure explain`: where a number comes from, as an account. Edge: layout only.

The formula in words, then in figures; its parts; the customers behind it, largest first; the variants side by side;
and against another reading, the difference by rule and by customer, down to the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenure.render import numbers
from tenure.render.grid import GAP, Column, plain, table, wrapped
from tenure.render.lists import described

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
        ("What it says", described(str(answer.get("definition") or ""), width, without="Variants")),
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
    shown_parts = [
        numbers.fixed(x, 5) if x and abs(x) < 1 else text
        for x, text in zip((top, bottom), numbers.figures([top, bottom]), strict=True)
    ]  # a churn rate of .02495 must not stand as .02, by which nobody gets the result
    return [f"= {' / '.join(shown_parts)}", f"= {shown}"]


def _parts(answer: Mapping[str, Any], width: int, colour: bool) -> list[str]:
    parts = answer.get("parts") or []
    if not parts:
        return []
    values = numbers.figures([p.get("value") for p in parts])
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
    """The largest, the rest as one line, and the total that they sum to."""
    shown, rest = people[:SHOWN], people[SHOWN:]
    ids, names = [plain(c["id"]) for c in shown], [plain(c.get("name") or "") for c in shown]
    amounts = [c[key] or 0 for c in shown]
    if rest:
        ids.append(f"{len(rest):,} more")
        amounts.append(sum(c[key] or 0 for c in rest))
    if total is not None:
        ids.append("total")
        amounts.append(total)
    columns = [Column("customer", ids, number=False)]
    if any(names) and names != ids[: len(names)]:
        columns.append(Column("name", [*names, *[""] * (len(ids) - len(names))], number=False))
    return table([*columns, Column(key, numbers.figures(amounts))], width, colour=colour)


def _rows(answer: Mapping[str, Any], width: int, colour: bool) -> list[str]:
    """The first rows behind the number: of each table the columns that tell them apart, as many as fit."""
    rows = answer.get("rows") or []
    lines: list[str] = []
    for name in dict.fromkeys(str(row.get("table", "")) for row in rows):
        some = [{k: v for k, v in row.items() if k != "table"} for row in rows if str(row.get("table", "")) == name]
        columns = _telling(some[:SHOWN], width)
        if columns:
            more = f", {len(some) - SHOWN:,} more" if len(some) > SHOWN else ""
            lines += [f"{name}{more} (all columns: --format json)", *table(columns, width, colour=colour)]
    return lines


def _telling(rows: Sequence[Mapping[str, Any]], width: int) -> list[Column]:
    columns = []
    room = width
    for head in dict.fromkeys(key for row in rows for key in row):
        cells = [_cell(row.get(head)) for row in rows]
        column = Column(head, cells, number=False)
        if any(cells) and (len(set(cells)) > 1 or len(rows) == 1) and column.width <= room:
            columns.append(column)
            room -= column.width + len(GAP)
    return columns


def _cell(value: Any) -> str:
    """A stored value, short: midnight is left out of an instant."""
    return "" if value is None else plain(value).removesuffix("T00:00:00").removesuffix(" 00:00:00")


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
    return f"Against {(answer.get('other') or {}).get('name', 'the other reading')}"


def _differences(answer: Mapping[str, Any], unit: str, currency: Any, width: int, colour: bool) -> list[str]:
    """The way from this reading to the other, rule by rule, and each step by customer."""
    if answer.get("differences") is None or answer.get("other") is None:
        return []
    differences = answer["differences"]
    names = ["here", *(plain(d["rule"]) for d in differences), "there"]
    figures = [_exact(answer.get("value"), unit, currency), *(_step(d["amount"], unit, currency) for d in differences)]
    figures.append(_exact(answer["other"].get("value"), unit, currency))
    lines = table([Column("rule", names, number=False), Column("difference", figures)], width, colour=colour)
    if not differences:
        lines.append("The two readings agree: no rule on which they differ touches this number.")
    scale, label = (100, "points") if unit == "share" else (1, "amount")
    for difference in differences:
        people = [{**c, label: (c["amount"] or 0) * scale} for c in difference.get("customers") or []]
        if people:
            people.sort(key=lambda c: (-abs(c[label]), str(c["id"])))
            lines += ["", f"By {plain(difference['rule'])}"]
            lines += _contributions(people, label, difference["amount"] * scale, width, colour)
    return lines


def _shown(entry: Mapping[str, Any], unit: str, currency: Any) -> str:
    if entry.get("value") is None:
        return numbers.reason(entry.get("reason"))
    return numbers.value(entry["value"], unit, currency)


def _exact(value: Any, unit: str, currency: Any) -> str:
    """A value to as many digits as its differences have."""
    if value is None:
        return "no value"
    if unit == "money":
        return numbers.money(value, currency, cents=True)
    return f"{numbers.fixed(value * 100, 2)} %" if unit == "share" else numbers.value(value, unit, currency)


def _step(difference: Any, unit: str, currency: Any) -> str:
    if unit == "money":
        return numbers.money(difference, currency, sign=True, cents=True)
    if unit == "share":
        return f"{numbers.signed(difference * 100, 2)} pts"
    return numbers.signed(difference, 0 if float(difference).is_integer() else 2)
