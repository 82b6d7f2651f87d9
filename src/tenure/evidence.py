"""The source rows behind a number: of the customers who make most of it, in the period. Machinery floor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import ibis

from tenure import model
from tenure.compile.calendar import Slot
from tenure.engine import Engine
from tenure.rollup import KEYS

MOST = 50
_HIDDEN = {"updated_at", "deleted"}


def rows(engine: Engine, tables: Collection[str], customers: Sequence[int], slot: Slot) -> list[dict[str, Any]]:
    """Rows of these tables and customers that reach into the period, with the columns that say anything."""
    found: list[dict[str, Any]] = []
    for name in sorted(set(tables) & engine.world.loaded):
        if model.TABLES[name].customer and len(found) < MOST:
            found += _of_table(engine, name, customers, slot)
    return found[:MOST]


def _of_table(engine: Engine, name: str, customers: Sequence[int], slot: Slot) -> list[dict[str, Any]]:
    spec = model.TABLES[name]
    time = spec.main_time
    if time is None:
        return []
    table = engine.world.past(name)
    keys = KEYS.select(wanted=KEYS.customer_id, cust=KEYS.cust).filter(lambda t: t.cust.isin(list(customers)))
    table = table.join(keys, table.customer_id == keys.wanted).drop("wanted")
    begin = table[model.day_of(time) if spec.columns[time].kind == "instant" else time]
    kept = begin < ibis.literal(slot.stop)
    if "ended_at" in spec.columns:
        kept = kept & (table.ended_day.isnull() | (table.ended_day >= ibis.literal(slot.base)))
    elif "ends_on" in spec.columns:
        kept = (
            table.ends_on.notnull()
            & (table.ends_on >= ibis.literal(slot.base))
            & (table.ends_on < ibis.literal(slot.stop))
        )
    else:
        kept = kept & (begin >= ibis.literal(slot.base))
    shown = [column for column in spec.columns if column not in _HIDDEN]
    query = table.filter(kept).order_by("customer_id", time).limit(MOST).select(*shown)
    answer = engine.warehouse.run(engine.sql(query))
    lines = [dict(zip(answer, values, strict=True)) for values in zip(*answer.values(), strict=True)]
    told = [column for column in shown if any(line[column] is not None for line in lines)]
    return [{"table": name, **{column: _plain(line[column]) for column in told}} for line in lines]


def _plain(value: Any) -> Any:
    """A value as JSON has it: amounts as exact text, times as ISO."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value
