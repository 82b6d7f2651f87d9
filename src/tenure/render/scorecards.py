"""Owners' portfolios as tables. Edge: layout only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenure.render import numbers
from tenure.render.grid import Column, plain, table, wrapped

VERDICTS = {
    "better": "better",
    "worse": "worse",
    "no different": "no different",
    "too little": "too little to say",
}


def as_table(found: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """What each looks after now, then each owner's metrics beside the others'."""
    cards, currency = found["owners"], found["currency"]
    if not cards:
        return "No customer has an owner."
    columns = [
        Column("owner", [plain(card["owner"]) for card in cards], number=False),
        Column("customers", [f"{card['customers']:,}" for card in cards]),
        Column("MRR", [_money(card["mrr"], currency) for card in cards]),
        Column("due", [_count(card["renewals"]) for card in cards]),
        Column("MRR due", [_money(card["renewals_mrr"], currency) for card in cards]),
        Column("open tickets", [_count(card["open_tickets"]) for card in cards]),
        Column("interactions", [_count(card["interactions"]) for card in cards]),
    ]
    lines = table(columns, width, colour=colour)
    for card in cards:
        marks = card["marks"]
        lines += ["", plain(card["owner"])]
        if card["bands"]:
            lines.append(", ".join(f"{plain(band)} {100 * share:.0f} %" for band, share in card["bands"].items()))
        if not marks:
            lines.append("Nothing of the period can be judged.")
            continue
        lines += table(
            [
                Column("metric", [mark["metric"] for mark in marks], number=False),
                Column("value", [_value(mark, "value") for mark in marks]),
                Column("95 %", [_interval(mark) for mark in marks]),
                Column("n", [_count(mark["n"]) for mark in marks]),
                Column("others", [_value(mark, "others") for mark in marks]),
                Column("beside the others", [VERDICTS[mark["verdict"]] for mark in marks], number=False),
            ],
            width,
            colour=colour,
        )
    within = found["renewals_within_days"]
    said = f"Metrics of {found['period']}; customers, MRR, renewals due in {within} days and tickets "
    said += f"as of {found['as_of']}."
    if found["customers_without_owner"]:
        said += f" {found['customers_without_owner']:,} customers have no owner."
    return "\n".join([*lines, "", *wrapped(said, width)])


def _money(value: float | None, currency: str) -> str:
    return "" if value is None else numbers.money(value, currency)


def _count(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _value(mark: Mapping[str, Any], name: str) -> str:
    return "" if mark[name] is None else numbers.value(mark[name], mark["unit"])


def _interval(mark: Mapping[str, Any]) -> str:
    return "" if mark["low"] is None else numbers.interval(mark["low"], mark["high"], mark["unit"])
