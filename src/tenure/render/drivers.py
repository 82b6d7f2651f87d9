"""`tenure drivers` as tables. Edge: layout only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenure.errors import UnknownName
from tenure.render import numbers
from tenure.render.grid import Column, plain, table, wrapped

MOST, PEOPLE = 8, 6
Found = Mapping[str, Any]


def as_table(found: Found, width: int, *, colour: bool = False) -> str:
    """The change, the segment it comes from, what goes with the outcome; each with what may be noise."""
    lines = _change(found, width, colour=colour) if found["change"] else wrapped(str(found["change_reason"]), width)
    lines += ["", *_goes(found, width, colour=colour)]
    return "\n".join(lines)


def _change(found: Found, width: int, *, colour: bool) -> list[str]:
    change, unit = found["change"], found["unit"]
    now, was = (numbers.value(change[k], unit, found["currency"]) for k in ("value", "before"))
    moved = numbers.change(change["before"], change["change"], unit)
    bounds = "" if change["low"] is None else f", 95 % {_range(change['low'], change['high'], unit)}"
    noise = "; no more than noise" if change["noise"] else ""
    head = f"{found['title']}, {change['period']}: {now}, {change['before_period']}: {was} ({moved}{bounds}{noise})"
    lines = wrapped(head, width)
    if change["ways"]:
        told = ", ".join(f"{w['way']} {_signed(w['part'], unit)}" for w in change["ways"])
        lines += wrapped(f"By what customers did: {told}.", width)
    lines += ["", "Where the change comes from"]
    columns = change["columns"]
    if not columns:
        return [*lines, "No column has two groups to compare."]
    lines += table(
        [
            Column("column", [plain(c["column"]) for c in columns], number=False),
            Column("explains", [f"{100 * c['explained']:.0f} %" for c in columns]),
            Column("p of all", [_p(c["adjusted_p"]) for c in columns]),
            Column("", ["noise" if c["noise"] else "" for c in columns], number=False),
        ],
        width,
        colour=colour,
    )
    segment = change["segment"]
    first = columns[0]
    if first["noise"]:
        told = "No column's groups fared differently by more than chance would make them."
        return [*lines, "", *wrapped(told, width)]
    lines += ["", f"By {plain(first['column'])}", *_groups(first["groups"], unit, width, colour=colour)]
    part, whole = _signed(segment["part"], unit), _signed(change["change"], unit)
    told = f"Most of it: {plain(segment['column'])} = {plain(segment['group'])}, {part} of {whole}."
    lines += ["", *wrapped(told, width)]
    for one in segment["customers"][:PEOPLE]:
        lines.append(f"  {plain(one['id'])}  {plain(one['name'])}  {_signed(one['part'], unit, 2)}")
    more = len(segment["customers"]) - PEOPLE
    return [*lines, f"  {more} more"] if more > 0 else lines


def _groups(groups: Sequence[Found], unit: str, width: int, *, colour: bool) -> list[str]:
    shown = sorted(groups, key=lambda g: -abs(g["part"] or 0))[: 2 * MOST]
    return table(
        [
            Column("group", [plain(g["group"]) for g in shown], number=False),
            Column("customers", [f"{g['customers']:,}" for g in shown]),
            Column("before", [_value(g["before"], unit) for g in shown]),
            Column("after", [_value(g["after"], unit) for g in shown]),
            Column("mix", [_signed(g["mix"], unit) for g in shown]),
            Column("rate", [_signed(g["rate"], unit) for g in shown]),
            Column("part", [_signed(g["part"], unit) for g in shown]),
            Column("95 %", [_range(g["low"], g["high"], unit) for g in shown]),
        ],
        width,
        colour=colour,
    )


def _goes(found: Found, width: int, *, colour: bool) -> list[str]:
    goes, unit = found["goes_with"], found["unit"]
    lines = ["What goes with it"]
    if goes["reason"]:
        return [*lines, *wrapped(str(goes["reason"]), width)]
    within = ", ".join(plain(name) for name in goes["confounders"]) or "nothing"
    how = f"{goes['method'][0].upper()}{goes['method'][1:]}"
    told = f"{how}: {goes['customers']:,} customers. Like with like by: {within}."
    lines += wrapped(told, width)
    shown = [f for f in goes["factors"] if f["finding"]]
    if not shown:
        lines += wrapped("Nothing differs by more than chance; the nearest to it:", width)
        shown = goes["factors"][:3]
    lines += _factors(shown[:MOST], unit, width, colour=colour)
    rest = len([f for f in goes["factors"] if f["finding"]]) - MOST
    if rest > 0:
        lines.append(f"{rest} more")
    lines += wrapped(
        f"{len(goes['factors'])} factors compared; p is for all of them together: where nothing goes with the outcome, "
        f"one list in {round(1 / goes['error_rate'])} shows a factor by chance. A difference, not a cause.",
        width,
    )
    return lines


def _factors(shown: Sequence[Found], unit: str, width: int, *, colour: bool) -> list[str]:
    return table(
        [
            Column("factor", [plain(f["factor"]) for f in shown], number=False),
            Column("group", [plain(f["group"]) for f in shown], number=False),
            Column("n", [f"{f['customers']:,}" for f in shown]),
            Column("value", [_value(f["value"], unit) for f in shown]),
            Column("others", [_value(f["other_value"], unit) for f in shown]),
            Column("n", [f"{f['other_customers']:,}" for f in shown]),
            Column("difference", [_signed(f["difference"], unit) for f in shown]),
            Column("95 %", [_range(f["low"], f["high"], unit) for f in shown]),
            Column("p", [_p(f["adjusted_p"]) for f in shown]),
        ],
        width,
        colour=colour,
    )


def listed(found: Found, factor: str) -> dict[str, Any]:
    """The customers with a factor, as an answer of their own."""
    factors = {one["factor"]: one for one in found["goes_with"]["factors"]}
    if factor not in factors:
        raise UnknownName("factor", factor, factors, where="--list")
    one = factors[factor]
    kept = {key: found[key] for key in ("metric", "title", "variant", "unit", "currency", "period")}
    return {**kept, **{k: v for k, v in one.items() if k != "listed"}, "customers_listed": one["listed"]}


def list_table(found: Found, width: int, *, colour: bool = False) -> str:
    """Who has the factor."""
    people = found["customers_listed"]
    head = f"{plain(found['factor'])}: {plain(found['group'])}, now: {len(people):,} customers, the largest MRR first"
    rows = [
        Column("customer", [plain(one["id"]) for one in people], number=False),
        Column("name", [plain(one["name"]) for one in people], number=False),
    ]
    return "\n".join([*wrapped(head, width), "", *table(rows, width, colour=colour)])


def _value(x: float | None, unit: str) -> str:
    return "" if x is None else numbers.value(x, unit)


def _signed(x: float | None, unit: str, places: int = 1) -> str:
    if x is None:
        return ""
    if unit == "share":
        return f"{numbers.signed(round(100 * x, 6), places)} pts"
    return numbers.signed(round(x, 6), 0 if unit in ("money", "count") and abs(x) >= 100 else places)


def _range(low: float, high: float, unit: str) -> str:
    scale = 100 if unit == "share" else 1
    places = 0 if unit in ("money", "count") and max(abs(low), abs(high)) >= 100 else 1
    return f"{numbers.signed(scale * low, places)} to {numbers.signed(scale * high, places)}"


def _p(p: float) -> str:
    return "under 0.001" if p < 0.001 else f"{p:.3f}"
