"""Reads the rows of one customer, as of the workspace's moment. Part of profile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir

from tenure import lean, model
from tenure.directory import plain
from tenure.directory_columns import ATTRIBUTE, PAYING
from tenure.rollup import World

if TYPE_CHECKING:
    from tenure.engine import Engine
    from tenure.periods import Clock

ASKED = "asked_customer"
_ASKED = lean.table({"customer_id": "string", "cust": "int64", "plan": "string"}, name=ASKED)
MOST = 5_000
"""Rows of one table that are read of one customer, the latest ones."""


@dataclass
class Reader:
    """One customer's rows. Its queries read a table of one row, so that their texts serve every customer."""

    engine: Engine
    clock: Clock
    everyone: ir.Table
    """the list of customers, as directory makes it"""
    cust: int
    customer: str
    plan: str | None

    def __post_init__(self) -> None:
        types = {name: str(kind) for name, kind in _ASKED.schema().items()}
        self.engine.warehouse.put(ASKED, types, [(self.customer, self.cust, self.plan or "")])

    @property
    def cut(self) -> date:
        """The first day of which nothing is known."""
        return self.clock.cut

    @cached_property
    def world(self) -> World:
        """The world with this customer's rows alone."""
        return replace(self.engine.world, only=ASKED)

    def has(self, table: str) -> bool:
        """Whether a model table has rows, of anybody."""
        return table in self.engine.world.loaded

    def mine(self, rows: ir.Table) -> ir.Table:
        """Those rows of a table with `cust` that are this customer's."""
        return rows.semi_join(_ASKED.select("cust"), "cust")

    @property
    def peers(self) -> ir.Table:
        """(p_cust): the other customers on the same plan."""
        rows = self.everyone
        column = ATTRIBUTE + "plan"
        rows = rows.mutate(plan_=ibis.coalesce(rows[column].cast("string"), "") if column in rows.columns else "")
        asked = _ASKED.select(a_cust="cust", a_plan="plan")
        rows = rows.filter(rows.state.isin(PAYING)).join(asked, rows.plan_ == asked.a_plan)
        return rows.filter(rows.cust != rows.a_cust).select(p_cust="cust")

    def rows(self, table: str, order: str | None = None, most: int = MOST) -> list[dict[str, Any]]:
        """Rows of a model table, oldest first, as JSON has values; the latest `most` of them."""
        if not self.has(table):
            return []
        by = order or model.TABLES[table].main_time

        def build() -> ir.Table:
            rows = self.world.past(table)
            keys = [name for name in model.TABLES[table].key if name in rows.columns and name != by]
            columns = [name for name in rows.columns if name not in ("updated_at", "deleted")]
            rows = rows.select(*columns)
            last = [ibis.desc(rows[by], nulls_first=False)] if by else []
            return rows.order_by([*last, *(rows[key] for key in keys)]).limit(most)

        return self.ask((table, by, most), build)[::-1]

    def ask(self, key: Sequence[object], build: Callable[[], ir.Table]) -> list[dict[str, Any]]:
        """The answer of a query; its text is kept under `key`."""
        text = self.engine.text(("profile", self.cut, *key), lambda: self.engine.sql(build()))
        answer = self.engine.warehouse.run(text)
        return [
            {name: plain(value) for name, value in zip(answer, values, strict=True)}
            for values in zip(*answer.values(), strict=True)
        ]
