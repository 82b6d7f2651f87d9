"""The parts of the page about health, in words and marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tenure.access import Seen
from tenure.access_role import quoted
from tenure.health.desk import Standing
from tenure.health.judgement import Judgement
from tenure.health.movers import Mover, Movers
from tenure.health_score import INSUFFICIENT
from tenure.render import numbers as plain
from tenure.web import numbers
from tenure.web.pages._customer_parts import said
from tenure.web.pages._customers_rows import money, tag
from tenure.web.pages._customers_state import titled
from tenure.web.pages._customers_words import band_said, reason_said

MOVERS = 6
People = Mapping[str, Mapping[str, Any]]


def currency_of(door: Seen) -> str:
    """The reporting currency."""
    return door.customers(limit=1, columns=("mrr",)).currency


def pays_monthly(door: Seen) -> bool:
    """Whether anybody's MRR is known: a business without subscriptions has none to speak of."""
    return door.customers(limit=1, columns=("mrr",)).totals["mrr"] is not None


def named(door: Seen, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """The customers of these ids: name, renewal, attributes."""
    unique = tuple(dict.fromkeys(one for one in ids if "\x00" not in one))
    if not unique:
        return {}
    condition = f"customer_id IN ({', '.join(map(quoted, unique))})"
    found = door.customers(where=(condition,), limit=len(unique), columns=("next_renewal", "mrr"))
    return {str(row["customer_id"]): row for row in found.rows}


def name_of(people: People, customer: str) -> str:
    """What to call a customer."""
    return str(people.get(customer, {}).get("name") or customer)


def lede(standing: Standing, moved: Movers) -> SafeString:
    """How many are how well, and how many fell."""
    known = [one for one in standing.judgements if one.score is not None]
    if not known:
        return format_html("{}", "Too little is known of every customer for a score.")
    names = standing.score.bands.names
    low = [sum(one.band == name for one in known) for name in names[:-1]]
    told = " and ".join(f"{count:,} {band_said(name, count)}" for name, count in zip(names, low, strict=False) if count)
    start = format_html("<b>{}</b> of {} customers with a score", told or f"All are {names[-1]}", f"{len(known):,}")
    if not told:
        start = format_html("All {} customers with a score are <b>{}</b>", f"{len(known):,}", names[-1])
    fell = f"{moved.falling:,} fell and {moved.rising:,} rose since {numbers.day(moved.before)}"
    return format_html("{}. {}.", start, fell)


def colour(standing: Standing, band: str) -> str:
    """The token of a band: by its place, the lowest like churn, the highest like the series."""
    names = standing.score.bands.names
    if band == INSUFFICIENT:
        return "line-2"
    return "churn" if band == names[0] else "series" if band == names[-1] else "contraction"


def bands(standing: Standing, currency: str) -> list[dict[str, Any]]:
    """Customers and MRR of each band, with their shares."""
    found = standing.bands()
    count, mrr = sum(row["customers"] for row in found), sum(row["mrr"] for row in found)
    return [
        {
            "name": "Too little known" if row["band"] == INSUFFICIENT else titled(row["band"]),
            "colour": colour(standing, row["band"]),
            "from": _limits(standing, row["band"]),
            "customers": row["customers"],
            "share": numbers.text(row["customers"] / count, "share") if count else "",
            "money": money(row["mrr"], currency),
            "mrr_share": numbers.text(row["mrr"] / mrr, "share") if mrr else "",
        }
        for row in found
        if row["customers"] or row["band"] != INSUFFICIENT
    ]


def _limits(standing: Standing, band: str) -> str:
    """From where to where a band reaches."""
    cuts = standing.score.bands.cuts
    i = next((i for i, (name, _) in enumerate(cuts) if name == band), None)
    if i is None:
        return ""
    start = plain.amount(cuts[i][1])
    return f"{start} and more" if i == len(cuts) - 1 else f"{start} to {plain.amount(cuts[i + 1][1])}"


def bar(standing: Standing, *, money: bool) -> list[tuple[str, SafeString]]:
    """One bar for customers and one for MRR, where there is any, each cut by bands."""
    found = standing.bands()
    shown = (("Customers", "customers"), ("MRR", "mrr"))[: 1 + money]
    return [(title, _bar(standing, [(row["band"], float(row[key])) for row in found])) for title, key in shown]


def _bar(standing: Standing, sizes: Sequence[tuple[str, float]]) -> SafeString:
    total = sum(size for _, size in sizes) or 1.0
    x, cut = 0.0, []
    for band, size in sizes:
        width = 1000 * size / total
        if width:
            cut.append((f"{x:.1f}", f"{max(0.0, width - 2):.1f}", colour(standing, band)))
        x += width
    inside = format_html_join("", '<rect x="{}" y="0" width="{}" height="22" fill="var(--{})"/>', cut)
    return format_html(
        '<svg class="bands" width="100%" height="22" viewBox="0 0 1000 22" preserveAspectRatio="none" '
        'aria-hidden="true">{}</svg>',
        inside,
    )


def measures(standing: Standing) -> str:
    """What the score is made of, in a phrase."""
    names = [titled(one.name) for one in standing.score.measures]
    return ", ".join(name if name.isupper() else name[:1].lower() + name[1:] for name in names)


def line(judged: Judgement, people: People, standing: Standing, currency: str) -> dict[str, Any]:
    """A customer that is not in the highest band."""
    who = people.get(judged.customer, {})
    return {
        "id": judged.customer,
        "name": name_of(people, judged.customer),
        "score": plain.fixed(judged.score, 1) if judged.score is not None else "",
        "band": titled(judged.band),
        "kind": tag(judged.band) or ("risk" if judged.band == standing.score.bands.lowest else "watch"),
        "mrr": money(float(judged.mrr), currency),
        "reason": reason_said(judged.reason),
        "renews": numbers.day(who.get("next_renewal")),
        "owner": str(who.get("attributes", {}).get("owner") or ""),
    }


def sum_of(judged: Sequence[Judgement], currency: str) -> str:
    """What they pay together."""
    return money(float(sum(one.mrr for one in judged)), currency)


def moving(moved: Movers) -> list[str]:
    """The ids of those the page tells of."""
    return [one.now.customer for one in (*moved.fell[:MOVERS], *moved.rose[:MOVERS])]


def moves(moved: Movers, people: People) -> dict[str, Any]:
    """Who fell and who rose most, with what changed."""
    return {
        "since": numbers.day(moved.before),
        "falling": moved.falling,
        "rising": moved.rising,
        "groups": [
            ("Fell most", [_move(one, people) for one in moved.fell[:MOVERS]]),
            ("Rose most", [_move(one, people) for one in moved.rose[:MOVERS]]),
        ],
    }


def _move(one: Mover, people: People) -> dict[str, Any]:
    why = [f"{titled(change.name)} {plain.signed(change.by, 0)}{_brackets(said(change))}" for change in one.changes[:2]]
    crossed = one.then.band != one.now.band
    return {
        "id": one.now.customer,
        "name": name_of(people, one.now.customer),
        "by": plain.signed(one.by, 0),
        "way": numbers.direction(one.by, "up"),
        "to": f"{plain.fixed(one.then.score, 0)} to {plain.fixed(one.now.score, 0)}"
        if one.then.score is not None and one.now.score is not None
        else "",
        "band": titled(one.now.band) if crossed else "",
        "kind": tag(one.now.band),
        "why": ", ".join(why) or "exact reasons are not known",
    }


def _brackets(text: str) -> str:
    return f" ({text})" if text else ""


def diverging(found: Mapping[str, Any], door: Seen) -> dict[str, Any]:
    """Who is judged one way and pays the other."""
    people = named(door, [row["customer"] for row in found["customers"][:50]])
    currency = currency_of(door)
    lines = [
        {
            "id": row["customer"],
            "name": name_of(people, row["customer"]),
            "score": plain.fixed(row["score"], 1),
            "band": titled(row["band"]),
            "kind": tag(row["band"]),
            "mrr": money(row["mrr"], currency),
            "signs": "; ".join(sign[:1].upper() + sign[1:] for sign in row["signs"]),
        }
        for row in found["customers"][:50]
    ]
    return {
        "lines": lines,
        "found": len(found["customers"]),
        "scored": found["scored"],
        "days": found["days"],
        "mrr": money(found["mrr"], currency),
    }


def tested(found: Mapping[str, Any], door: Seen) -> dict[str, Any]:
    """The back-test: its sentences, and the rates behind them."""
    tables = [("Band", [_rate(row) for row in found["bands"]]), ("Score", [_rate(row) for row in found["calibration"]])]
    return {
        "sentences": found["sentences"],
        "tables": [(head, rows) for head, rows in tables if rows],
        "months": found["months"],
        "horizon": found["horizon_days"],
        "seen": f"{found['customer_months']:,}",
        "unscored": found["unscored_customer_months"],
        "notes": found["notes"],
    }


def _rate(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": titled(row["band"]),
        "customers": row["customers"],
        "months": f"{row['customer_months']:,}",
        "left": row["left"],
        "rate": "none seen" if row["rate"] is None else numbers.text(row["rate"], "share"),
        "reach": numbers.interval(row["low"], row["high"], "share"),
    }
