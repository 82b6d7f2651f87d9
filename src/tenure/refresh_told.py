"""What is noted of customers' attributes: which have a value, whether any changed, who has one. Part of refresh.

`told`: the attributes that any customer has a value of; `dated`: some customer's attributes changed once; `whole`:
every customer has exactly one stretch of them. After a small change only what it made is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenure import refresh_keys
from tenure.store.tables import quote

if TYPE_CHECKING:
    from tenure.store import Writer

ALL = "customer_pieces"


def look(tx: Writer) -> dict[str, Any]:
    """By reading everything."""
    dated = _is(tx, f"EXISTS (FROM {ALL} WHERE NOT is_last)")
    whole = not dated and _is(tx, f"(SELECT count(*) FROM {ALL}) = (SELECT count(*) FROM customer_keys)")
    return {"dated": dated, "whole": whole, "told": _told(tx, ALL, _names(tx))}


def follow(tx: Writer, made: str | None) -> dict[str, Any]:
    """After `note` and `number`; `made`: the table of pieces that took the place of older ones, if any did."""
    before = tx.meta
    made = made or f"(FROM {ALL} LIMIT 0)"
    refresh_keys.choose(tx, {"customers"})
    again = _is(tx, f"EXISTS (FROM {refresh_keys.TOUCHED} SEMI JOIN known_keys USING (customer_id))")
    dated = _is(tx, f"EXISTS (FROM {ALL if before['dated'] else made} WHERE NOT is_last)")
    if before["whole"]:
        new = "SELECT cust FROM made_keys ANTI JOIN known_keys USING (customer_id)"
        those = f"(SELECT count(*) FROM (SELECT cust FROM {refresh_keys.TOUCHED} UNION {new}))"
        whole = not dated and _is(tx, f"(SELECT count(*) FROM {made}) = {those}")
    else:
        whole = not dated and _is(tx, f"(SELECT count(*) FROM {ALL}) = (SELECT count(*) FROM customer_keys)")
    names = _names(tx)
    kept = [name for name in names if name in before["told"]]
    kept = _told(tx, ALL, kept) if again else kept
    fresh = _told(tx, made, [name for name in names if name not in before["told"]])
    return {"dated": dated, "whole": whole, "told": [name for name in names if name in {*kept, *fresh}]}


def _names(tx: Writer) -> list[str]:
    """The attributes there are."""
    query = f"DESCRIBE SELECT * EXCLUDE (cust, customer_id, from_day, to_day, is_last) FROM {ALL}"
    return [str(column[0]) for column in tx.con.execute(query).fetchall()]


def _told(tx: Writer, rows: str, names: list[str]) -> list[str]:
    """Those that a row has a value of. Each looks no further than the first value."""
    tests = ", ".join(f"EXISTS (FROM {rows} WHERE {quote(name)} IS NOT NULL)" for name in names)
    found = tx.con.execute(f"SELECT {tests}").fetchone() if names else ()
    return [name for name, told in zip(names, found or (), strict=True) if told]


def _is(tx: Writer, test: str) -> bool:
    found = tx.con.execute(f"SELECT {test}").fetchone()
    return bool(found and found[0])
