"""What needs attention: problems of the data, customers at risk, goals off pace, renewals, the largest changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from tenure.access import Seen
from tenure.access_role import quoted
from tenure.errors import TenureError
from tenure.periods import add_months
from tenure.web import numbers
from tenure.web.controls import address
from tenure.web.pages._customers_state import titled
from tenure.web.pages._customers_words import band_said, reason_said

PAYING = ("paying", "past_due", "reactivated")
NAMED, MOST = 3, 1000
Lines = list[dict[str, str]]


def data(door: Seen) -> Lines:
    """What is wrong with the data, for those who look after it."""
    if not door.access.manages:
        return []
    wrong = [one for one in door.check() if one.level != "note"][:4]
    return [{"what": one.what, "small": one.where or one.todo or "", "href": "/data", "tag": "Data"} for one in wrong]


def risk(door: Seen, where: Sequence[str], *, pays: bool) -> Lines:
    """Who is in the lowest band of health that anybody is in, but for the highest: how many, what they pay, the
    first of them with the reason.

    Nothing where no score can be had, or where it is not worked out yet.
    """
    try:
        standing = door.health()
        *below, _ = standing.score.bands.names
        low = next((band["band"] for band in standing.bands() if band["customers"] and band["band"] in below), "")
        judged = {one.customer: one for one in standing.judgements if one.band == low}
        if not judged or len(judged) > MOST:
            return []
        inside = f"customer_id IN ({', '.join(map(quoted, judged))})"
        found = door.customers(where=(*where, inside), limit=NAMED if pays else MOST, columns=("mrr",))
        # Who pays most comes first; where nobody pays by the month, who is worst off.
        first = found.rows if pays else sorted(found.rows, key=lambda row: judged[str(row["customer_id"])].score or 0)
    except TenureError:
        return []
    if not found.found:
        return []
    amount = f"{numbers.money(found.totals['mrr'] or 0, found.currency)} MRR" if pays else ""
    who = "customer" if found.found == 1 else "customers"
    lines = [{"what": f"{found.found} {who} {band_said(low, found.found)}", "href": "/health#low", "amount": amount}]
    for row in first[:NAMED]:
        one = judged[str(row["customer_id"])]
        score = f"health {round(one.score)}" if one.score is not None else ""
        lines.append(
            {
                "what": str(row["name"] or one.customer),
                "href": f"/customers/{quote(one.customer, safe='')}#health",
                "small": " · ".join(text for text in (score, reason_said(one.reason)) if text),
                "amount": numbers.money(row["mrr"], found.currency) if pays and row["mrr"] else "",
                "inner": "yes",
            }
        )
    return lines


def goals(door: Seen) -> Lines:
    """Goals that are missed or off pace; nothing for who is not shown them."""
    try:
        found, _ = door.goals()
    except TenureError:
        return []
    late = [one for one in found if one.status in ("off_pace", "missed")]
    return [
        {
            "what": one.words,
            "href": "/goals",
            "small": f"{titled(one.goal.name)}, due {numbers.day(one.goal.due)}",
            "tag": "Off pace" if one.status == "off_pace" else "Missed",
        }
        for one in late[:NAMED]
    ]


def renewals(door: Seen, where: Sequence[str]) -> Lines:
    """Renewals of the next 30 days, and customers whose use fell to half of what was usual."""
    day = door.customers(limit=1, columns=("mrr",)).as_of
    until = min(day + timedelta(days=30), add_months(day, 1))
    found = []
    for what, condition in (
        (f"renewal{{s}} due by {numbers.day(until)}", f"next_renewal >= '{day}' AND next_renewal < '{until}'"),
        ("paying customer{s} use{v} it less than half as much as usual", "usage < 0.5 AND mrr > 0"),
        ("paying customer{s} with a notice of leaving", "leaving_on IS NOT NULL AND mrr > 0"),
    ):
        try:
            here = door.customers(where=(*where, condition), limit=1, columns=("mrr",))
        except TenureError:
            continue  # a column that this workspace does not have
        if here.found:
            one = here.found == 1
            found.append(
                {
                    "what": f"{here.found} {what}".format(s="" if one else "s", v="s" if one else ""),
                    "href": address("/customers", where=[*where, condition]),
                    "amount": f"{numbers.money(here.totals.get('mrr') or 0, here.currency)} MRR",
                }
            )
    return found


def movers(door: Seen, where: Sequence[str], period: str, currency: str | None) -> list[dict[str, Any]]:
    """The five customers whose MRR moved most."""
    people = door.explain("net_new_mrr", period, where=tuple(where)).customers
    largest = [one for one in people if one.id != "unattributed"][:5]
    if not largest:
        return []
    ids = ", ".join(quoted(one.id) for one in largest)
    rows = {row["customer_id"]: row for row in door.customers(where=f"customer_id IN ({ids})", limit=5).rows}
    found = []
    for one in sorted(largest, key=lambda one: one.amount):
        row = rows.get(one.id, {})
        about = row.get("attributes", {})
        state = str(row.get("state") or "")
        how = "left" if one.amount < 0 and state not in PAYING else "pays less" if one.amount < 0 else "pays more"
        said = [str(about[name]) for name in ("plan",) if about.get(name)] + [how]
        said += [str(about["owner"])] if about.get("owner") else []
        found.append(
            {
                "what": one.name or one.id,
                "href": "/customers/" + quote(one.id, safe=""),
                "small": " · ".join(said),
                "amount": numbers.money(one.amount, currency, sign=True),
                "direction": "loss" if one.amount < 0 else "gain",
            }
        )
    return found
