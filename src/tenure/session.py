"""The engine over the newest version of a workspace's data, kept while nothing changed. Composition floor."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tenure.config import Config
from tenure.errors import RequestError
from tenure.policy import Policy

if TYPE_CHECKING:
    from tenure.measure import Measure
    from tenure.store import Snapshot, Store
    from tenure.warehouse import Warehouse

FRESH_FOR = 30.0
"""Seconds for which "now" stands still in one process, so that plans and made tables are kept."""


class Session:
    """Follows the newest version.

    `past_of`: as_of lies before that session's, so what is stored is read, through what that one has open, and never
    rebuilt.
    """

    def __init__(self, config: Config, policy: Policy, *, past_of: Session | None = None) -> None:
        self.config, self.policy, self.past_of = config, policy, past_of
        self._measure: Measure | None = None
        self._snapshot: Snapshot | None = None
        self._warehouse: Warehouse | None = None
        self._columns: Mapping[str, Mapping[str, str]] = {}
        self._made_at = 0.0
        self.held = False
        """Whether it stays at the version it has, whatever happens to the workspace."""

    @property
    def meta(self) -> Mapping[str, Any]:
        """What the last refresh noted of the version in use."""
        return self._snapshot.meta if self._snapshot else {}

    @property
    def loads(self) -> Mapping[str, Any] | None:
        """What was loaded when, of the version that is held."""
        return self._snapshot.manifest.loads if self.held and self._snapshot else None

    @property
    def customers(self) -> int:
        """Rows of the list of customers, 0 where there is none."""
        there = self._snapshot.tables.get("customers") if self._snapshot else None
        return there.rows if there else 0

    @property
    def version(self) -> int:
        """The version in use."""
        return self._snapshot.version if self._snapshot else 0

    def ready(self, refresh: Callable[[], object]) -> Measure:
        """What answers questions. `refresh` is called where the rules changed since the last one."""
        from tenure.engine import Engine
        from tenure.measure import Measure
        from tenure.refresh import settings_digest
        from tenure.rollups.mrr_steps import looks_at_months
        from tenure.stand_ins import AS_OF, CUT
        from tenure.store import Store
        from tenure.warehouse import Dated, Remembering
        from tenure.worlds import clock_of, columns_of, known_tables, world_of

        if self.held and self._measure:
            return self._measure
        store = Store(self.config.folder)
        fresh = self.config.as_of is not None or time.monotonic() - self._made_at < FRESH_FOR
        if self._measure and self._snapshot and self._snapshot.version == store.version and fresh:
            return self._measure
        if self._snapshot is None or self._snapshot.version != store.version:
            self._snapshot, self._warehouse = self._opened(store), None
        if "customer_keys" not in self._snapshot.rollups:
            raise RequestError(
                "This workspace has no data yet.",
                where=str(self.config.folder),
                todo="Run tenure sync, or tenure import FILE.",
            )
        if self.past_of is None and self._snapshot.meta.get("settings") != settings_digest(self.config, self.policy):
            refresh()  # what is stored follows the old rules
            self._snapshot, self._warehouse = store.snapshot(), None
        beside = self.past_of if self.past_of is not None and self.past_of._snapshot is self._snapshot else None
        self._columns = (beside._columns if beside else {}) or columns_of(self._snapshot.con)
        world = world_of(self.config, self.policy, self._columns, frozenset(), self._snapshot.meta)
        world = replace(world, loaded=known_tables(self._snapshot.con, set(self._snapshot.tables), world))
        if self.past_of is not None:  # stored steps may have looked at what is later in their month
            world = replace(world, steps_hold=not looks_at_months(world.rule), undated=False)
        self._warehouse = self._warehouse or Remembering(self._engine(self._snapshot))
        # Texts are compiled with stand-ins for "now", so that they last while it moves on.
        dated = Dated(self._warehouse, {AS_OF: world.as_of, CUT: world.cut})
        world = replace(world, as_of=AS_OF, cut=CUT)
        shelf = self.config.folder / ".tenure" / "texts"
        self._measure = Measure(Engine(dated, world, self.policy, shelf=shelf), clock_of(self.config))
        self._made_at = time.monotonic()
        if beside is not None and beside._measure is not None:
            self._measure.lasting = beside._measure.lasting
        return self._measure

    def _opened(self, store: Store) -> Snapshot:
        """The newest version: the one that is open already, where this is of the past."""
        there, held = (self.past_of._snapshot, self.past_of.held) if self.past_of is not None else (None, False)
        return there if there is not None and (held or there.version == store.version) else store.snapshot()

    def _engine(self, snapshot: Snapshot) -> Warehouse:
        """What answers questions about a version: the embedded engine, or the one tenure.toml names, with its copy."""
        from tenure.warehouse import Embedded
        from tenure.warehouses import connect

        if self.past_of is not None:  # with tables of its own, which are as of its day
            return Embedded(snapshot.beside())
        if self.config.warehouse == "duckdb":
            return Embedded(snapshot.con)
        return connect(self.config.warehouse, snapshot, self.config.folder)
