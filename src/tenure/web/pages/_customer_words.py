"""What the page of one customer says in words: what to worry about, what happened, what is in its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tenure.health.desk import Portrait
from tenure.render import numbers as plain
from tenure.web import numbers
from tenure.web.pages._customers_rows import money, percent
from tenure.web.pages._customers_state import titled

SOON = 90
GROUPS = {
    "money": ("money", "contract", "trial", "payment", "invoice", "order", "deal"),
    "usage": ("feature", "onboarding", "attribute", "outcome", "project"),
    "support": ("ticket",),
    "voice": ("answer", "voice", "interaction"),
}
"""Kinds of entries of the timeline, as the page offers them."""
_ACT = {
    "new": "First paid", "expansion": "Expansion", "contraction": "Contraction", "churn": "Left",
    "reactivation": "Came back", "fx": "Exchange rate",
}  # fmt: skip


def lede(found: Mapping[str, Any], portrait: Portrait | None) -> SafeString:
    """One sentence: how they pay, then what to worry about; that there is nothing, where there is nothing."""
    now = found["now"]
    worries = _worries(found, portrait)
    start = _pays(now)
    if not worries:
        calm = "use is in its usual range" if (found["usage"]["usual"] or {}).get("word") == "as usual" else ""
        calm = " and ".join(text for text in (calm, "no ticket is open" if now["open_tickets"] == 0 else "") if text)
        return format_html("{}{}.", start, f"; {calm}" if calm else "")
    said = format_html_join(", ", "{}", ((one,) for one in worries[1:]))
    first = format_html("<b>{}</b>", worries[0])
    joiner = ", but " if not start.startswith("Pays less") else ", and "
    return format_html("{}{}{}{}.", start, joiner, first, format_html(", with {}", said) if said else "")


def _pays(now: Mapping[str, Any]) -> str:
    if now["mrr"] is None and now["state"] == "paying":  # nobody pays by the month here
        since = now["customer_since"]
        return f"Is a customer since {numbers.day(since)}" if since else "Is a customer"
    if not now["mrr"]:
        state = str(now["state"] or "known").replace("_", " ")
        return {
            "churned": "Has left",
            "prospect": "Is no customer yet",
            "trial": "Is on trial",
            "free": "Uses it free",
        }.get(state, f"Is {state} and pays nothing by the month")
    before = now["mrr_year_ago"]
    if not before:
        return "Has become a customer within a year"
    if now["mrr"] == before:
        return "Pays what it paid a year ago"
    return "Pays more than a year ago" if now["mrr"] > before else "Pays less than a year ago"


def _worries(found: Mapping[str, Any], portrait: Portrait | None) -> list[str]:
    now, usual = found["now"], found["usage"]["usual"]
    said = []
    if now["leaving_on"]:
        said.append(f"everything it pays for ends on {numbers.day(now['leaving_on'])}")
    if usual and usual["word"] == "below" and now["mrr"]:
        weeks = weeks_below(found["usage"])
        said.append(f"use is below its usual range{f' for {weeks} weeks' if weeks > 1 else ''}")
    judged = portrait.judgement if portrait else None
    best = portrait.score.bands.names[-1] if portrait else ""
    if judged and judged.score is not None and judged.band != best:
        said.append(f"health at {round(judged.score)}, {judged.band}")
    if now["open_tickets"]:
        said.append(f"{now['open_tickets']} {'ticket' if now['open_tickets'] == 1 else 'tickets'} open")
    if found["billing"]["overdue_invoices"]:
        said.append(f"{money(found['billing']['overdue_amount'], found['currency'])} overdue")
    days = next((row["days_left"] for row in found["contracts"] if row["days_left"] is not None), None)
    if days is not None and 0 <= days <= SOON and now["mrr"]:
        said.append("a renewal today" if days == 0 else f"a renewal in {days} {'day' if days == 1 else 'days'}")
    return said


def weeks_below(usage: Mapping[str, Any]) -> int:
    """For how many of the last weeks there were fewer active users than usual."""
    weeks = 0
    for row in reversed(usage["weeks"]):
        if row["active_users"] >= usage["usual"]["low"]:
            break
        weeks += 1
    return weeks


def happened(row: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """An entry of the timeline: day, words, and an amount with its class."""
    kind, what = row["type"], str(row["what"]).replace("_", " ")
    amount, way = "", ""
    if kind == "money":
        text = _ACT.get(row["what"], titled(what))
        reasons = ", ".join(str(one).replace("_", " ") for one in row["reasons"] if one != row["what"])
        text += f": {reasons}" if reasons else ""
        amount = money(row["amount"], currency, sign=True)
        way = numbers.direction(row["amount"], "up")
    elif kind == "ticket":
        about = " ".join(str(row[k]) for k in ("category", "priority") if row.get(k) and row[k] != "normal")
        text = f"Ticket {what}{': ' + about if about else ''}"
        amount = f"{plain.hours(row['hours'])}" if row.get("hours") is not None else ""
    elif kind == "answer":
        scale = f" of {str(row['scale']).rpartition('-')[2]}" if row.get("scale") else ""
        text = f"{survey(row['kind'])} {plain.amount(row['score'])}{scale}" if row["score"] is not None else "Answered"
        text += f", {row['says']}" if row.get("says") else ""
    elif kind == "feature":
        text = f"First used {str(row['id']).replace('_', ' ')}"
    elif kind == "onboarding":
        text = f"Onboarding: {row['id']}"
    elif kind == "attribute":
        text = f"{titled(row['attribute'])}: {row['from'] or 'none'} to {row['to'] or 'none'}"
    elif kind in ("deal", "order", "payment", "invoice"):
        text = titled(what) if kind == "deal" else f"{titled(kind)} {what}"
        amount = money(row["amount"], row["currency"] or currency) if row.get("amount") is not None else ""
    elif kind == "outcome":
        text = f"Outcome {what}: {row.get('goal') or ''}".rstrip(": ")
    elif kind == "interaction":
        text = f"{titled(what)}{', ' + row['owner'] if row.get('owner') else ''}"
    elif kind == "note":
        text = f"Note by {row['author']}"
    elif kind == "voice":
        text = titled(what)
    else:
        text = f"{titled(kind)} {what}"
    return {"day": numbers.day(row["at"]), "text": text, "amount": amount, "way": way}


def survey(kind: str | None) -> str:
    """A kind of survey as people write it."""
    return kind.upper() if kind in ("nps", "csat", "ces", "acsi") else titled(kind or "answer")


def duration(hours: float | None) -> str:
    """Hours as people say them."""
    if hours is None:
        return ""
    return (
        f"{plain.amount(hours / 24, 1 if hours < 240 else 0)}{numbers.NARROW}d" if hours >= 48 else plain.hours(hours)
    )


def features(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each feature against the customer's own past and its peers."""
    found = []
    for row in rows:
        past, change, way = row["usual_days"], "", "grey"
        if row["last_used"] is None:
            change = "no past"
        elif past:
            by = row["days"] / past - 1
            change, way = percent(by), "gain" if by >= 0.15 else "loss" if by <= -0.15 else ""
        found.append(
            {
                "name": titled(row["feature"]),
                "days": "never used" if row["last_used"] is None else f"{row['days']}",
                "change": change or "no use before",
                "way": way,
                "peers": "" if row["peers_share"] is None else numbers.text(row["peers_share"], "share"),
                "last": numbers.day(row["last_used"]) if row["last_used"] else "",
                "entitled": row["entitled"],
            }
        )
    return found


def tickets(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each ticket; those that are open first."""
    ordered = sorted(rows, key=lambda row: not row["open"])
    return [
        {
            "id": row["ticket_id"],
            "opened": numbers.day(row["created_at"]),
            "topic": titled(row["category"] or "no topic"),
            "priority": row["priority"] or "",
            "state": titled(row["status"] or ("open" if row["open"] else "resolved")),
            "open": row["open"],
            "first": duration(row["first_response_hours"]) or "no reply yet",
            "clock": duration(row["open_hours"] if row["open"] else row["resolution_hours"]),
        }
        for row in ordered
    ]


def said(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Answers and texts in public, newest first, each with what was written, if it was, and who it is from."""
    people = {row["contact_id"]: row for row in found["contacts"]}
    texts = {row["id"]: row["text"] for row in found["comments"] if row["kind"] == "answer"}
    lines = []
    for row in found["answers"]["answers"]:
        who = people.get(row.get("contact_id"), {})
        about = [who.get("name"), who.get("role"), numbers.day(row["answered_at"]), row["survey"]]
        scale = f" of {str(row['scale']).rpartition('-')[2]}" if row["scale"] and row["kind"] != "nps" else ""
        score = "" if row["score"] is None else f" {plain.amount(row['score'])}{scale}"
        lines.append((row["answered_at"], texts.get(row["response_id"]), about, f"{survey(row['kind'])}{score}"))
    for row in found["comments"]:
        if row["kind"] != "answer":
            lines.append((row["at"], row["text"], [numbers.day(row["at"]), row["of"]], titled(row["kind"])))
    lines.sort(key=lambda line: line[0] or "", reverse=True)
    return [
        {"text": text, "about": " · ".join(str(part) for part in about if part), "score": score}
        for _, text, about, score in lines
    ]
