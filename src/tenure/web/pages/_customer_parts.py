"""The parts of one customer's page that are figures and charts: headline figures, money, use, health, contract."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.safestring import SafeString

from tenure.charts.bars import steps
from tenure.charts.trend import Point, Span, trend
from tenure.health.desk import Portrait
from tenure.render import numbers as plain
from tenure.web import marks, numbers
from tenure.web.drawing import both
from tenure.web.pages._customer_words import weeks_below
from tenure.web.pages._customers_rows import money, tag
from tenure.web.pages._customers_state import titled


def figures(
    found: Mapping[str, Any], portrait: Portrait | None, bought: Mapping[str, Any] | None, *, working: bool
) -> list[dict[str, Any]]:
    """Five figures: what they pay, how many use it, health, what they said last, when they decide.

    What this business does not have, since its table is not loaded, is no figure.
    """
    health = {"name": "Health", "none": "Being worked out"} if working else _health(portrait)
    pays = [dict(bought["figure"])] if bought else [_mrr(found)] if found["now"]["mrr"] is not None else []
    uses = [_users(found)] if found["usage"]["weeks"] else []
    decides = [_renewal(found)] if found["contracts"] or found["now"]["mrr"] is not None else []
    return [*pays, *uses, health, _nps(found), *decides]


def _mrr(found: Mapping[str, Any]) -> dict[str, Any]:
    now, currency = found["now"], found["currency"]
    before = now["mrr_year_ago"]
    change, way = "", "grey"
    if before and now["mrr"]:
        by = now["mrr"] / before - 1
        change, way = plain.change(before, now["mrr"] - before, "money"), numbers.direction(by, "up")
    small = "nothing a year ago" if not before and now["mrr"] else "in a year" if change else "pays nothing"
    since = f"customer since {numbers.day(now['customer_since'])}" if now["customer_since"] else ""
    return {
        "name": "MRR",
        "value": money(now["mrr"], currency),
        "change": change,
        "way": way,
        "small": small,
        "more": since,
    }


def _users(found: Mapping[str, Any]) -> dict[str, Any]:
    usage = found["usage"]
    last, usual = usage["weeks"][-1], usage["usual"]
    small, change, way = "no usual range yet", "", "grey"
    if usual:
        change = {"below": "below usual", "above": "above usual"}.get(usual["word"], "as usual")
        way = {"below": "loss", "above": "gain"}.get(usual["word"], "grey")
        reach = f"{plain.amount(usual['low'], 1)} to {plain.amount(usual['high'], 1)}"
        small = f"over four weeks: {plain.amount(usual['now'], 1)} of {reach}"
    peers = last["peers_active_users"]
    return {
        "name": f"Active users, week of {short(last['start'])}",
        "value": f"{last['active_users']}",
        "change": change,
        "way": way,
        "small": small,
        "more": f"peers: median {plain.amount(peers, 1)}, n {usage['peers']}" if peers is not None else "no peers",
    }


def _health(portrait: Portrait | None) -> dict[str, Any]:
    if portrait is None:
        return {"name": "Health", "none": "Only customers have a score"}
    now, then = portrait.judgement, portrait.before
    if now.score is None:
        return {"name": "Health", "none": titled(now.reason)}
    change, way = "", "grey"
    if then is not None and then.score is not None:
        by = round(now.score) - round(then.score)
        change, way = plain.signed(by, 0), numbers.direction(by, "up")
    parts = ", ".join(f"{part.name} {round(part.points)}" for part in now.parts if part.points is not None)
    return {
        "name": "Health",
        "value": f"{round(now.score)}",
        "unit": "of 100",
        "change": change,
        "way": way,
        "small": "in a month" if change else "no score a month ago",
        "tag": titled(now.band),
        "tag_kind": tag(now.band),
        "more": parts,
    }


def _nps(found: Mapping[str, Any]) -> dict[str, Any]:
    answers = found["answers"]
    scores = [row for row in answers["answers"] if row["kind"] == "nps" and row["score"] is not None]
    if not scores:
        return {"name": "NPS, last answer", "none": "No answer yet" if answers["asked"] else "Nobody was asked"}
    last = scores[0]
    change, way, small = "", "grey", "the first one"
    if len(scores) > 1:
        by = last["score"] - scores[1]["score"]
        change, way = plain.signed(by, 0), numbers.direction(by, "up")
        small = f"vs {numbers.day(scores[1]['answered_at'])}"
    return {
        "name": "NPS, last answer",
        "value": plain.amount(last["score"]),
        "change": change,
        "way": way,
        "small": small,
        "more": f"{numbers.day(last['answered_at'])} · {answers['answered']} of {answers['asked']} surveys answered",
    }


def _renewal(found: Mapping[str, Any]) -> dict[str, Any]:
    row = next(
        (row for row in reversed(found["contracts"]) if row["days_left"] is not None and row["days_left"] >= 0), None
    )
    if found["now"]["leaving_on"]:
        return {
            "name": "Ends",
            "value": numbers.day(found["now"]["leaving_on"]),
            "small": "all subscriptions are cancelled",
        }
    if row is None:
        return {"name": "Renews", "none": "No contract runs"}
    days = row["days_left"]
    first, _, year = numbers.day(row["ends_on"]).rpartition(" ")
    value = money(row["value"], row["currency"] or found["currency"]) if row["value"] is not None else ""
    return {
        "name": "Renews",
        "value": first,
        "unit": year,
        "change": "today" if days == 0 else f"in {days} {'day' if days == 1 else 'days'}",
        "way": "warn" if days <= 90 else "grey",
        "small": "by itself" if row["auto_renew"] else "not decided",
        "more": f"{value} for the term" if value else "",
    }


def short(day: str) -> str:
    """14 Jan: a day whose year is said elsewhere."""
    return numbers.day(day).rpartition(" ")[0]


def money_part(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """MRR at month ends with what moved it."""
    months, moves, currency = found["money"]["months"], found["money"]["movements"], found["currency"]
    if not any(month["mrr"] for month in months) and not moves:
        return None
    first = next((i for i, month in enumerate(months) if month["mrr"]), 0)
    first = max(0, first - 1) if first else 0
    drawn = months[first:]
    place = {month["month"]: i for i, month in enumerate(drawn)}
    notes = {}
    for move in moves:
        i = place.get(str(move["on"])[:7])
        if i is not None and i not in notes:
            colour = "gain" if move["amount"] > 0 else "loss"
            notes[i] = (i, money(move["amount"], currency, sign=True), colour)
    levels = [(numbers.period(month["month"]), float(month["mrr"])) for month in drawn]
    words = partial(numbers.axis, unit="money", currency=currency)
    label = f"MRR at month ends, {levels[0][0]} to {levels[-1][0]}"
    marked = [note for _, note in sorted(notes.items())]
    return {
        "title": _money_title(drawn, [m for m in moves if str(m["on"])[:7] in place], currency),
        "span": f"{levels[0][0]} to {levels[-1][0]}",
        "chart": both(partial(steps, levels, marked, words, label)),
        "moves": [
            {
                "day": numbers.day(move["on"]),
                "kind": titled(move["kind"]),
                "amount": money(move["amount"], currency, sign=True),
                "way": numbers.direction(move["amount"], "up"),
                "after": money(move["after"], currency),
                "why": ", ".join(str(one).replace("_", " ") for one in move["reasons"]),
            }
            for move in moves
        ],
    }


def _money_title(drawn: list[Any], moves: list[Any], currency: str) -> str:
    start, end = drawn[0]["mrr"], drawn[-1]["mrr"]
    counts: dict[str, int] = {}
    for move in moves:
        counts[move["kind"]] = counts.get(move["kind"], 0) + 1
    kinds = ("expansion", "contraction", "reactivation", "churn")
    said = [f"{counts[k]} {k if counts[k] == 1 or k == 'churn' else k + 's'}" for k in kinds if k in counts]
    how = f" in {' and '.join(said)}" if said else ""
    if start == end and not said:
        return f"MRR has stood at {money(end, currency)}"
    if not start and end:
        return f"MRR reached {money(end, currency)}{how.replace(' in ', ' after ', 1)}"
    verb = "grew" if end > start else "fell" if end < start else "went"
    return f"MRR {verb} from {money(start, currency)} to {money(end, currency)}{how}"


def usage_part(found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Active users of 52 weeks, in the range usual for this customer, beside its peers."""
    usage = found["usage"]
    if not usage["weeks"] or not any(row["active_users"] for row in usage["weeks"]):
        return None
    usual = usage["usual"]
    low, high = (usual["low"], usual["high"]) if usual else (None, None)
    line = [Point(short(row["start"]), row["active_users"], low, high) for row in usage["weeks"]]
    peers = [row["peers_active_users"] for row in usage["weeks"]]
    top = max([1.0, high or 0, *(p.value or 0 for p in line), *(p or 0 for p in peers)])
    words = partial(numbers.axis, unit="count")
    label = f"Active users a week, {line[0].label} to {line[-1].label}"
    draw = partial(trend, line, words, label, span=Span(0.0, float(top)), context=peers)
    title = "Active users have no usual range yet"
    if usual:
        weeks = weeks_below(usage)
        title = {
            "below": f"Active users have been below their usual range{f' for {weeks} weeks' if weeks > 1 else ''}",
            "above": "Active users are above their usual range",
        }.get(usual["word"], "Active users are within their usual range")
    return {
        "title": title,
        "chart": both(partial(draw, height=220)),
        "usual": usual and f"{plain.amount(usual['low'], 1)} to {plain.amount(usual['high'], 1)}",
        "span": f"{numbers.day(usage['weeks'][0]['start'])} to {numbers.day(usage['weeks'][-1]['start'])}",
        "peers": usage["peers"],
        "weeks": list(reversed(usage["weeks"])),
    }


def health_part(portrait: Portrait | None) -> dict[str, Any] | None:
    """The score in lines that sum to it, and what changed in a month."""
    if portrait is None:
        return None
    now = portrait.judgement
    measures = {measure.name: measure for measure in portrait.score.measures}
    lines = [
        {
            "name": titled(part.name),
            "of": measures[part.name].of.partition(":")[0] if part.name in measures and part.weight else "",
            "source": measures[part.name].source if part.name in measures else "",
            "figure": part.figure
            if isinstance(part.figure, str)
            else plain.short(part.figure)
            if part.figure is not None
            else "no value",
            "points": plain.fixed(part.points, 1) if part.points is not None else "",
            "weight": numbers.text(part.weight, "share") if part.weight else "not counted",
            "gives": plain.fixed(part.gives, 2) if part.weight or part.gives else "",
            "note": part.note,
        }
        for part in now.parts
    ]
    return {
        "name": portrait.score.name,
        "band": titled(now.band),
        "known": numbers.text(now.coverage, "share"),
        "score": plain.fixed(now.score, 2) if now.score is not None else "",
        "why": now.why,
        "lines": lines,
        "before": portrait.before and portrait.before.score is not None and plain.fixed(portrait.before.score, 2),
        "before_day": numbers.day(portrait.before_day),
        "changes": [
            {
                "name": titled(one.name),
                "by": plain.signed(one.by, 2),
                "way": numbers.direction(one.by, "up"),
                "said": said(one),
            }
            for one in portrait.changes
        ],
        "notes": portrait.notes,
    }


def said(change: Any) -> str:
    """What one part of a change was."""
    if change.kind == "rule" or change.then is None or change.now is None:
        return {
            "availability": "now known" if change.now is not None else "no longer known",
            "weight": "weighs differently",
        }.get(change.kind, "")
    return f"{plain.fixed(change.then, 0)} to {plain.fixed(change.now, 0)} points"


def history(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The score month by month, as a mark and in words."""
    values = [line["score"] for line in lines]
    return {"spark": marks.sparkline(values, width=240, height=40) if values else SafeString(""), "lines": lines[::-1]}


def facts(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The contract and who they are, as pairs."""
    now, told, currency = found["now"], found["attributes"], found["currency"]
    running = next((row for row in found["contracts"] if row["days_left"] is not None), None)
    items = [item for item in found["money"]["items"] if item["running"]]
    seats = sum(item["quantity"] or 0 for item in items)
    lines = [("State", titled(now["state"] or "known"))]
    plan = told.get("plan")
    if plan:
        lines.append(("Plan", f"{plan}{f', {plain.amount(seats)} seats' if seats > 1 else ''}"))
    if running:
        lines.append(("Term", f"{numbers.day(running['starts_on'])} to {numbers.day(running['ends_on'])}"))
        lines.append(("At its end", "renews by itself" if running["auto_renew"] else "is decided anew"))
    discount = next((item["discount_ends_day"] for item in items if item["discount_ends_day"]), None)
    if discount:
        lines.append(("Discount", f"until {numbers.day(discount)}"))
    billing = found["billing"]
    if billing["invoices"]:
        late = billing["overdue_invoices"]
        lines.append(
            ("Invoices", f"{late} of {billing['invoices']} overdue" if late else f"{billing['invoices']}, none overdue")
        )
        lines.append(("Received", f"{money(billing['received_12m'], currency)} in 12 months"))
        if billing["failed_payments_12m"]:
            lines.append(("Failed payments", f"{billing['failed_payments_12m']} in 12 months"))
    skip = {"plan", "parent_id", "lifecycle"}
    lines += [
        (titled(name), str(value)) for name, value in told.items() if value not in (None, "") and name not in skip
    ]
    return lines
