"""Everything that is known of one customer: what they pay, use, ask and say, and when. Floor: what is asked about.

Names of contacts and what people wrote stand under keys of their own (`contacts`, `comments`), so that whoever may not
read them can be shown the rest. Sections that need a table which is not loaded are empty. The queries name a small
table that holds the one customer, so that their texts are compiled once for all customers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import ibis

from tenure import directory as listed
from tenure import directory_columns as made
from tenure import profile_money, profile_use, profile_voice, timeline
from tenure.compile.plan import whole
from tenure.errors import UnknownName, suggest
from tenure.profile_rows import Reader
from tenure.rollup import KEYS

if TYPE_CHECKING:
    from tenure.compile.segments import Segments
    from tenure.engine import Engine
    from tenure.measure import Measure

MOST_NAMES = 20_000
"""Among how many ids the nearest is looked for."""


@dataclass(frozen=True)
class Profile:
    """One customer, section by section, as `to_json` prints them."""

    as_of: date
    currency: str
    sections: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The object of the command line's --format json and of the HTTP API."""
        return {"as_of": self.as_of.isoformat(), "currency": self.currency, **self.sections}


def profile(measure: Measure, segments: Segments, customer: str, page: timeline.Page) -> Profile:
    """One customer by id. An id that is not there is an UnknownName with the nearest one that is."""
    engine, clock = measure.engine, measure.clock
    table = made.kept(engine, clock.cut, segments)
    found = listed.records(engine, table.filter(table.customer_id == customer))
    if not found:
        raise _unknown(engine, customer)
    head = found[0]
    cust = whole(head["cust"])
    attributes = {
        n.removeprefix(made.ATTRIBUTE): listed.plain(v) for n, v in head.items() if n.startswith(made.ATTRIBUTE)
    }
    plan = head.get(made.ATTRIBUTE + "plan")
    read = Reader(engine, clock, table, cust, customer, None if plan is None else str(plan))
    sections: dict[str, Any] = {
        "customer_id": customer,
        "name": head["name"],
        "attributes": attributes,
        "attribute_history": history(read),
        "now": listed.shown(head),
        "contracts": profile_money.contracts(read),
        "money": profile_money.money(read),
        "billing": profile_money.billing(read),
        "usage": profile_use.usage(read),
        "features": profile_use.features(read),
        "onboarding": profile_use.onboarding(read),
        "tickets": profile_voice.tickets(read),
        "answers": profile_voice.answers(read),
        "interactions": profile_voice.interactions(read),
        "contacts": profile_voice.contacts(read),
        "comments": profile_voice.comments(read),
        "children": _family(engine, table, customer),
    }
    sections["timeline"] = timeline.timeline(read, sections, page)
    return Profile(clock.cut, engine.world.currency, sections)


def history(read: Reader) -> list[dict[str, Any]]:
    """What changed among the attributes, newest first: at, attribute, from, to."""
    rows = read.rows("customers", order="valid_from")
    hidden = {"customer_id", "created_at", "created_day", "valid_from", "valid_from_day", "valid_to", "valid_to_day"}
    hidden |= {"updated_at", "deleted"}
    found = [
        {"at": now["valid_from"], "attribute": name, "from": before[name], "to": now[name]}
        for before, now in pairwise(rows)
        for name in now
        if name not in hidden and before[name] != now[name]
    ]
    return found[::-1]


def _family(engine: Engine, table: Any, customer: str) -> list[dict[str, Any]]:
    """The customers whose parent this one is."""
    column = made.ATTRIBUTE + "parent_id"
    if column not in table.columns:
        return []
    rows = table.filter(table[column] == customer).order_by(ibis.desc(table.mrr), table.customer_id).limit(100)
    keys = ("customer_id", "name", "state", "mrr")
    return [{key: listed.shown(line)[key] for key in keys} for line in listed.records(engine, rows)]


def _unknown(engine: Engine, customer: str) -> UnknownName:
    """By id, else by name: who types a name is told the id."""
    names = listed.records(engine, KEYS.select("customer_id", "name").limit(MOST_NAMES))
    ids = {str(line["customer_id"]) for line in names}
    error = UnknownName("customer", customer, ids)
    by_name = {str(line["name"]): str(line["customer_id"]) for line in names}
    near = suggest(customer, by_name) if customer not in ids else None
    if near and (error.nearest is None or near.lower() == customer.lower()):
        error.nearest = by_name[near]
        error.todo = f"Did you mean {by_name[near]!r} ({near})?"
    elif error.nearest is None:
        error.todo = "tenure customers --search WORD finds customers by name."
    return error
