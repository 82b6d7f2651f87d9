"""Writing: the next version in the making. Part of the store.

A Writer adds files and never changes one. `con` sees the version as it is being made. Nothing counts before `commit()`.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

import tenure.store.manifest as m
from tenure.errors import StoreError
from tenure.model import TABLES
from tenure.store.files import Folder
from tenure.store.tables import columns_of, literal, made_sql, quote, rollup_sql, rows_sql, view_of

MOST_PARTS, MOST_OVERLAYS, KEPT_CHANGES = 16, 4, 64
HEAVY_DEAD, HEAVY_OVERLAY = 0.3, 0.25
"""Shares of a part's dead rows, and of a base under overlays, at which they are folded into one file."""


class Writer:
    """The version after `base`. Made by Store.write()."""

    def __init__(self, folder: Folder, con: duckdb.DuckDBPyConnection, base: m.Manifest) -> None:
        self.con = con
        self.version = base.version + 1
        self.meta: dict[str, Any] = copy.deepcopy(base.meta)
        self.loads: dict[str, Any] = copy.deepcopy(base.loads)
        self.committed = False
        self._folder = folder
        self._tables = dict(base.tables)
        self._rollups = dict(base.rollups)
        self._written: list[str] = []

    # tables

    def state(self, table: str) -> m.TableState:
        """The parts of a table as they stand in this version so far."""
        return self._tables.get(table, m.TableState())

    def rows_sql(self, table: str, *, state: m.TableState | None = None, **how: Any) -> str:
        """A query over the table's rows (or those of a state it might have); see tables.rows_sql."""
        return rows_sql(self._folder.parts, table, state or self.state(table), **how)

    def new_file(self, table: str) -> Path:
        """Where a new part may be written. It counts once `add_part` names it."""
        return self._folder.part(self._folder.new_name(table))

    def write_file(self, table: str, sql: str) -> tuple[Path, int]:
        """Run a query into a new Parquet file; its path and number of rows."""
        path = self.new_file(table)
        done = self.con.execute(
            f"COPY ({sql}) TO {literal(path)} (FORMAT parquet, DICTIONARY_SIZE_LIMIT 4000)"
        ).fetchone()
        return path, int(done[0]) if done else 0

    def describe(self, table: str, path: Path) -> m.Part:
        """A file as the part it would be."""
        columns = self._types(path)
        main = TABLES[table].main_time if table in TABLES else None
        bounds = f"min({quote(main)})::VARCHAR, max({quote(main)})::VARCHAR" if main in columns else "NULL, NULL"
        gone = "count(*) FILTER (deleted)" if "deleted" in columns else "0"
        found = self.con.execute(f"SELECT count(*), {gone}, {bounds} FROM read_parquet({literal(path)})").fetchone()
        rows, tombstones, low, high = found or (0, 0, None, None)
        return m.Part(
            path.relative_to(self._folder.parts).as_posix(),
            rows,
            columns,
            self.version,
            tombstones=tombstones,
            low=low,
            high=high,
        )

    def add_part(
        self,
        table: str,
        source: str | Path,
        *,
        dead: dict[int, str] | None = None,
    ) -> int:
        """Add rows: a query, or a file that `new_file` named. Answers how many.

        `dead` says what they replace: for each number of a part in `state(table).parts`, a query of row numbers.
        """
        path, rows = (source, -1) if isinstance(source, Path) else self.write_file(table, source)
        state = self.state(table)
        touched = [self._dead_owners(table, state, dead or {})]
        lows = [self._dead_low(table, state, dead or {})] if dead else []
        parts = self._bury(table, state, dead or {})
        if rows != 0:
            part = self.describe(table, path)
            rows = part.rows
            if rows:
                parts.append(self._keep(part))
                lows.append(part.low)
                owner = "customer_id" if "customer_id" in part.columns else "CAST(NULL AS VARCHAR)"
                touched.append(f"SELECT {owner} AS customer_id FROM read_parquet({literal(path)})")
        if not rows and not dead:
            return 0
        self._tables[table] = replace(state, parts=tuple(parts))
        low = min((text for text in lows if text), default=None) if state.parts and None not in lows else None
        self._note_change(table, None if not state.parts else " UNION ALL ".join(filter(None, touched)), low)
        self._fold(table)
        self._show(table)
        return rows

    def replace_table(self, table: str, sql: str) -> int:
        """Put the rows of a query in the place of all rows of the table."""
        path, rows = self.write_file(table, sql)
        parts = (self._keep(self.describe(table, path)),) if rows else ()
        self._tables[table] = replace(self.state(table), parts=parts)
        self._note_change(table, None)
        self._show(table)
        return rows

    def put_made(self, table: str, part: m.Part, sql: str | None) -> None:
        """Keep beside a part what a query makes of each of its rows (see tables.made_sql); None forgets it."""
        made = None if sql is None else self._named(self.write_file(table, sql)[0])
        state = self.state(table)
        parts = tuple(replace(p, made=made) if p.path == part.path else p for p in state.parts)
        self._tables[table] = replace(state, parts=parts)

    def made_sql(self, table: str, **how: Any) -> str:
        """A query over what was made of the table's rows; see tables.made_sql."""
        return made_sql(self._folder.parts, self.state(table), **how)

    def changed_at(self, table: str) -> int:
        """The version that last changed the table; 0 if none did."""
        return self.state(table).changed

    def changed_customers(self, table: str, since: int) -> str | None:
        """A query of the distinct customer_id (NULL: unattributed) touched after version `since`, old owners too.

        None says that it cannot be told cheaply, or that nearly all are: start anew.
        """
        state = self.state(table)
        if since < state.floor:
            return None
        changes = [change for change in state.changes if change.version > since]
        if any(change.paths is None for change in changes):
            return None
        if not changes:
            return "SELECT CAST(NULL AS VARCHAR) AS customer_id WHERE FALSE"
        files = ", ".join(literal(self._folder.part(name)) for change in changes for name in change.paths or ())
        return f"SELECT DISTINCT customer_id FROM read_parquet([{files}])"

    def changed_from(self, table: str, since: int) -> str | None:
        """The earliest main time (ISO text) among rows added or replaced after version `since`; None: not known."""
        state = self.state(table)
        lows = [change.low for change in state.changes if change.version > since]
        if since < state.floor or not lows or any(low is None for low in lows):
            return None
        return min(low for low in lows if low)

    # rollups

    def put_rollup(
        self, name: str, sql: str, *, key: str | None = None, overlay: bool = False, keys_sql: str | None = None
    ) -> int:
        """Store a rollup. With `overlay`, its rows take the place of all rows of the same keys (one column, `key`).

        `keys_sql` (one column) names the keys the overlay answers for, those without rows too; without it, the keys of
        its rows. Where there is no rollup of these columns to lay it over, a StoreError: rebuild it instead.
        """
        path, rows = self.write_file(name, _storable(self.con, sql))
        layer = m.Layer(self._named(path), rows, self._types(path))
        old = self._rollups.get(name)
        if overlay:
            if key is None or old is None or old.key != key or old.layers[0].columns != layer.columns:
                raise StoreError(f"The rollup {name} has no base with these columns and the key {key}.")
            touched = keys_sql or f"SELECT {quote(key)} FROM read_parquet({literal(path)})"
            keys, count = self.write_file(name, f"SELECT DISTINCT touched FROM ({touched}) t(touched)")
            layer = replace(layer, keys=self._named(keys), key_rows=count)
        layers = (*old.layers, layer) if overlay and old else (layer,)
        self._rollups[name] = m.Rollup(layers, key, self.version)
        base, over = layers[0], layers[1:]
        heavy = sum(x.rows + x.key_rows for x in over) > HEAVY_OVERLAY * base.rows
        if over and (heavy if base.rows else len(over) > MOST_OVERLAYS):
            path, count = self.write_file(name, rollup_sql(self._folder.parts, self._rollups[name]))
            self._rollups[name] = m.Rollup((m.Layer(self._named(path), count, base.columns),), key, self.version)
        elif len(over) > MOST_OVERLAYS:
            self._rollups[name] = m.Rollup((base, self._joined(name, over, key)), key, self.version)
        text = rollup_sql(self._folder.parts, self._rollups[name])
        self.con.execute(f"CREATE OR REPLACE VIEW {quote(name)} AS {text}")
        return rows

    def _joined(self, name: str, over: tuple[m.Layer, ...], key: str | None) -> m.Layer:
        """Overlays as one: what they cost grows with what changed, not with the base under them."""
        path, rows = self.write_file(name, rollup_sql(self._folder.parts, m.Rollup(over, key, self.version)))
        files = ", ".join(literal(self._folder.part(layer.keys)) for layer in over if layer.keys)
        keys, count = self.write_file(name, f"SELECT DISTINCT touched FROM read_parquet([{files}])")
        return m.Layer(self._named(path), rows, over[0].columns, self._named(keys), count)

    def drop_rollup(self, name: str) -> None:
        """Forget a rollup."""
        if self._rollups.pop(name, None):
            self.con.execute(f"DROP VIEW IF EXISTS {quote(name)}")

    @property
    def rollups(self) -> dict[str, int]:
        """Every stored rollup and the version that last changed it."""
        return {name: rollup.changed for name, rollup in self._rollups.items()}

    # the end

    def commit(self) -> int:
        """Make this version the current one; once this returns, nothing can lose it. Answers its number."""
        if self.committed:
            raise StoreError("This version is already committed.", todo="Open another with Store.write().")
        new = m.Manifest(self.version, self._tables, self._rollups, self.loads, self.meta)
        self._folder.publish(new, sorted(new.files() & set(self._written)))
        self.committed = True
        self._folder.sweep()
        return self.version

    def discard(self) -> None:
        """Remove what was written."""
        self._folder.sweep()

    # inside

    def _named(self, path: Path) -> str:
        name = path.relative_to(self._folder.parts).as_posix()
        self._written.append(name)
        return name

    def _keep(self, part: m.Part) -> m.Part:
        self._written.append(part.path)
        return part

    def _types(self, path: Path) -> dict[str, str]:
        rows = self.con.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(path)})").fetchall()
        return {str(name): str(kind) for name, kind, *_ in rows}

    def _dead_owners(self, table: str, state: m.TableState, dead: dict[int, str]) -> str:
        """A query of the customers of rows about to be replaced."""
        if not dead or table not in TABLES or not TABLES[table].customer:
            return ""
        rows = rows_sql(
            self._folder.parts, table, state, positions=True, tombstones=True, only=["customer_id"],
            parts=[state.parts[number] for number in dead],
        )  # fmt: skip
        gone = " UNION ALL ".join(f"SELECT {number} AS part, dead FROM ({sql}) x(dead)" for number, sql in dead.items())
        return f"SELECT customer_id FROM ({rows}) r SEMI JOIN ({gone}) g ON r._part = g.part AND r._row = g.dead"

    def _bury(self, table: str, state: m.TableState, dead: dict[int, str]) -> list[m.Part]:
        """The parts with more of their rows marked dead."""
        parts = list(state.parts)
        for number, sql in dead.items():
            part = parts[number]
            both = f"SELECT dead FROM ({sql}) x(dead)"
            if part.dead:
                both += f" UNION SELECT dead FROM read_parquet({literal(self._folder.part(part.dead))})"
            path, count = self.write_file(table, f"SELECT DISTINCT dead FROM ({both}) ORDER BY dead")
            tombstones = 0
            if part.tombstones:
                file = literal(self._folder.part(part.path))
                left = self.con.execute(
                    f"SELECT count(*) FROM read_parquet({file}, file_row_number = TRUE) p ANTI JOIN "
                    f"read_parquet({literal(path)}) d ON p.file_row_number = d.dead WHERE p.deleted"
                ).fetchone()
                tombstones = int(left[0]) if left else 0
            parts[number] = replace(part, dead=self._named(path), dead_rows=count, tombstones=tombstones)
        return [part for part in parts if part.dead_rows < part.rows]

    def _dead_low(self, table: str, state: m.TableState, dead: dict[int, str]) -> str | None:
        """The earliest main time of rows about to be replaced."""
        main = TABLES[table].main_time if table in TABLES else None
        if main is None:
            return None
        rows = rows_sql(
            self._folder.parts, table, state, positions=True, tombstones=True, only=[main],
            parts=[state.parts[number] for number in dead],
        )  # fmt: skip
        gone = " UNION ALL ".join(f"SELECT {number} AS part, dead FROM ({sql}) x(dead)" for number, sql in dead.items())
        found = self.con.execute(
            f"SELECT min({quote(main)})::VARCHAR FROM ({rows}) r "
            f"SEMI JOIN ({gone}) g ON r._part = g.part AND r._row = g.dead"
        ).fetchone()
        return str(found[0]) if found and found[0] is not None else None

    def _note_change(self, table: str, customers: str | None, low: str | None = None) -> None:
        """Remember whose rows this version touched, and from when on; None: everybody's, from the beginning."""
        state = self.state(table)
        owned = table in TABLES and TABLES[table].customer
        paths: tuple[str, ...] | None = None
        if customers and owned:
            file, _ = self.write_file(table, f"SELECT DISTINCT customer_id FROM ({customers})")
            paths = (self._named(file),)
        earlier = list(state.changes)
        if earlier and earlier[-1].version == self.version:
            last = earlier.pop()
            paths = None if last.paths is None or paths is None else (*last.paths, *paths)
            low = None if last.low is None or low is None else min(last.low, low)
        changes = (*earlier, m.Change(self.version, paths, low))
        floor = state.floor if len(changes) <= KEPT_CHANGES else changes[-KEPT_CHANGES - 1].version
        self._tables[table] = replace(state, changes=changes[-KEPT_CHANGES:], floor=floor, changed=self.version)

    def _fold(self, table: str) -> None:
        """Write many small parts, or much replaced ones, as one. A row is rewritten a few times in its life at most."""
        state = self.state(table)
        by_size = sorted(state.parts, key=lambda part: part.rows - part.dead_rows)
        worn = {part.path for part in by_size if part.dead_rows > max(1000, HEAVY_DEAD * part.rows)}
        if len(by_size) > MOST_PARTS:
            gathered = 0
            for position, part in enumerate(by_size):
                if position >= MOST_PARTS // 2 and part.rows > 2 * gathered:
                    break
                gathered += part.rows - part.dead_rows
                worn.add(part.path)
        if not worn:
            return
        chosen = [part for part in state.parts if part.path in worn]
        present = {name for part in chosen for name in part.columns}
        columns = [c for c in columns_of(table, state) if c.lower() in {name.lower() for name in present}]
        sql = rows_sql(self._folder.parts, table, state, parts=chosen, tombstones=True, only=columns)
        path, _ = self.write_file(table, sql)
        kept = [part for part in state.parts if part.path not in worn]
        self._tables[table] = replace(state, parts=(*kept, self._keep(self.describe(table, path))))

    def _show(self, table: str) -> None:
        made = m.Manifest(tables=self._tables)
        self.con.execute(view_of(self._folder.parts, made, table))


def _storable(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The query with the types changed that Parquet would silently make floats of: a sum of integers is a HUGEINT."""
    wide = [
        f"CAST({quote(str(name))} AS DECIMAL(38,0)) AS {quote(str(name))}"
        for name, kind, *_ in con.execute(f"DESCRIBE {sql}").fetchall()
        if str(kind) in ("HUGEINT", "UHUGEINT")
    ]
    return f"SELECT * REPLACE ({', '.join(wide)}) FROM ({sql})" if wide else sql
