"""The timeline of one customer: everything that happened, newest first, as typed entries. Part of profile.

An entry says when, of which type, in a few words, and which row it is of. It holds no name of a contact and nothing
that people wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tenure.errors import UnknownName, UsageError
from tenure.profile_rows import Reader

TYPES = (
    "money",
    "contract",
    "trial",
    "payment",
    "invoice",
    "order",
    "attribute",
    "onboarding",
    "feature",
    "ticket",
    "answer",
    "interaction",
    "deal",
    "outcome",
    "voice",
    "project",
)
"""What entries are about."""

Entry = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Which entries are asked for."""

    limit: int = 50
    offset: int = 0
    types: tuple[str, ...] = ()


def timeline(read: Reader, sections: Mapping[str, Any], page: Page) -> dict[str, Any]:
    """A page of the entries; `found` counts all of the types asked for, `types` those there are of each."""
    for name in page.types:
        if name not in TYPES:
            raise UnknownName("type of entry", name, TYPES, where="types")
    if page.limit < 1 or page.offset < 0:
        raise UsageError("A page begins at 0 or later and shows 1 entry or more.", where="limit, offset")
    entries = [entry for entry in (*_from_sections(sections), *_from_rows(read)) if entry["at"] is not None]
    entries.sort(key=lambda entry: (entry["at"], entry["type"], str(entry["id"]), entry["what"]), reverse=True)
    kept = [entry for entry in entries if not page.types or entry["type"] in page.types]
    counts = {name: sum(entry["type"] == name for entry in entries) for name in TYPES}
    return {
        "found": len(kept),
        "types": {name: number for name, number in counts.items() if number},
        "limit": page.limit,
        "offset": page.offset,
        "entries": kept[page.offset : page.offset + page.limit],
    }


def _entry(at: Any, type_: str, what: str, id_: Any = None, **more: Any) -> Entry:
    return {"at": at, "type": type_, "what": what, "id": id_, **more}


def _from_sections(sections: Mapping[str, Any]) -> Iterator[Entry]:
    for row in sections["money"]["movements"]:
        yield _entry(row["on"], "money", row["kind"], amount=row["amount"], after=row["after"], reasons=row["reasons"])
    for row in sections["contracts"]:
        yield _entry(row["signed_on"] or row["starts_on"], "contract", "signed", row["contract_id"])
        if row["outcome"] in ("renewed", "churned"):
            yield _entry(row["decided_on"] or row["ends_on"], "contract", row["outcome"], row["contract_id"])
        yield _entry(row["terminated_on"], "contract", "terminated", row["contract_id"])
    for row in sections["attribute_history"]:
        change = {"attribute": row["attribute"], "from": row["from"], "to": row["to"]}
        yield _entry(row["at"], "attribute", "changed", **change)
    for row in sections["onboarding"]["steps"]:
        yield _entry(row["completed_at"], "onboarding", "completed", row["step"])
    for row in sections["features"]:
        yield _entry(row["first_used"], "feature", "first used", row["feature"])
    for row in sections["tickets"]:
        about = {"category": row["category"], "priority": row["priority"]}
        yield _entry(row["created_at"], "ticket", "opened", row["ticket_id"], **about)
        yield _entry(row["resolved_at"], "ticket", "resolved", row["ticket_id"], hours=row["resolution_hours"])
    for row in sections["answers"]["answers"]:
        said = {"kind": row["kind"], "score": row["score"], "scale": row["scale"], "says": row["says"]}
        yield _entry(row["answered_at"], "answer", "answered", row["response_id"], **said)
    for row in sections["interactions"]:
        yield _entry(row["at"], "interaction", row["kind"] or "other", row["interaction_id"], owner=row["owner"])


def _from_rows(read: Reader) -> Iterator[Entry]:
    for row in read.rows("trials"):
        yield _entry(row["started_at"], "trial", "started", row["trial_id"])
        yield _entry(row["converted_at"], "trial", "converted", row["trial_id"])
    for row in read.rows("payments"):
        if row["status"] in ("failed", "refunded"):  # what went well is no news
            yield _entry(row["at"], "payment", row["status"], row["payment_id"], **_money(row))
    for row in read.rows("invoices"):
        if row["status"] == "uncollectible":
            yield _entry(row["due_at"] or row["issued_at"], "invoice", row["status"], row["invoice_id"], **_money(row))
    for row in read.rows("orders"):
        yield _entry(row["placed_at"], "order", row["status"] or "placed", row["order_id"], **_money(row))
    for row in read.rows("deals"):
        yield _entry(row["opened_at"], "deal", f"{row['kind'] or 'deal'} opened", row["deal_id"], **_money(row))
        end = "won" if row["won"] else "lost" if row["won"] is False else "closed"
        yield _entry(row["closed_at"], "deal", f"{row['kind'] or 'deal'} {end}", row["deal_id"], **_money(row))
    for row in read.rows("outcomes"):
        yield _entry(row["agreed_at"], "outcome", "agreed", row["outcome_id"], goal=row["goal"])
        yield _entry(row["achieved_at"], "outcome", "achieved", row["outcome_id"], goal=row["goal"])
    for row in read.rows("reviews"):
        yield _entry(row["at"], "voice", "review", row["review_id"], score=row["rating"], scale=row["scale_max"])
    for table, key in (("referrals", "referral_id"), ("mentions", "mention_id"), ("advocacy_acts", "act_id")):
        for row in read.rows(table):
            yield _entry(row["at"], "voice", row.get("kind") or table[:-1], row[key])
    for row in read.rows("projects"):
        yield _entry(row["started_at"], "project", "started", row["project_id"])
        yield _entry(row["finished_at"], "project", row["outcome"] or "finished", row["project_id"])


def _money(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"amount": row["amount"], "currency": row["currency"]}
