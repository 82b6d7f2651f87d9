"""Customers of a list that pages look up by id: their names, each with its address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from tenure.access import Seen
from tenure.access_role import quoted

AT_ONCE = 100


def known(door: Seen, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By id: name, address, plan and state, of those that this person may see."""
    found: dict[str, dict[str, Any]] = {}
    wanted = list(dict.fromkeys(ids))
    for first in range(0, len(wanted), AT_ONCE):
        some = [one for one in wanted[first : first + AT_ONCE] if one]
        if not some:
            continue
        condition = f"customer_id IN ({', '.join(quoted(one) for one in some)})"
        for row in door.customers(where=(condition,), limit=None, columns=("name", "state", "mrr", "usage")).rows:
            one = str(row["customer_id"])
            found[one] = {
                "id": one,
                "name": row["name"] or one,
                "href": "/customers/" + quote(one, safe=""),
                "state": row["state"],
                "plan": row["attributes"].get("plan") or "",
            }
    return found
