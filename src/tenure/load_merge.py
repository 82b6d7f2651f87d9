"""What new rows do to those already stored: repeats within a load, winners between loads. Part of load.

Staged rows (a Parquet file not yet part of the table) are compared with stored ones where keys meet. Of two rows with
one key the greater updated_at wins, else the later load. Rows without an id are counted: as many copies stay as the
load with most of them had. All that is needed is collected as row numbers: `_drop` of the staged file, `_dead` of
stored parts.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tenure.model import TABLES, UPDATED_AT
from tenure.store import Writer
from tenure.store.manifest import Part
from tenure.store.tables import columns_of, literal, quote

TEMPORARY = ("_drop", "_clash", "_dead", "_pairs")


class Staged:
    """New rows in a file that counts only once `publish` adds it to the table."""

    def __init__(self, tx: Writer, table: str, path: Path) -> None:
        self.tx = tx
        self.table = table
        self.path = path
        self.part: Part = tx.describe(table, path)
        self.key = tuple(TABLES[table].key)
        self.optional = TABLES[table].optional_id
        tx.con.execute("CREATE OR REPLACE TEMP TABLE _drop (row BIGINT)")
        tx.con.execute("CREATE OR REPLACE TEMP TABLE _dead (part INTEGER, row BIGINT)")

    def one(self, sql: str) -> int:
        """The single whole number a query answers."""
        row = self.tx.con.execute(sql).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    # within the load

    def drop_repeats(self) -> bool:
        """Equal repeated rows stay once; of differing rows with one key none stays: then _clash has the keys."""
        have = [name for name in self.key if name in self.part.columns]
        if not have:
            return False
        file = literal(self.path)
        keys = ", ".join(quote(name) for name in have)
        where = f" WHERE {keys} IS NOT NULL" if self.optional else ""
        hashed = f"SELECT count(*) - count(DISTINCT hash({keys})) FROM read_parquet({file}){where}"
        if not self.one(hashed):
            return False
        con = self.tx.con
        again = f"SELECT {keys} FROM read_parquet({file}){where} GROUP BY {keys} HAVING count(*) > 1"
        con.execute(f"CREATE OR REPLACE TEMP TABLE _again AS {again}")
        on = " AND ".join(f"p.{quote(name)} IS NOT DISTINCT FROM a.{quote(name)}" for name in have)
        rows = f"read_parquet({file}, file_row_number = TRUE) p SEMI JOIN _again a ON {on}"
        columns = ", ".join(f"p.{quote(name)}" for name in self.part.columns)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE _clash AS SELECT {keys} FROM (SELECT DISTINCT {columns} FROM {rows}) "
            f"GROUP BY {keys} HAVING count(*) > 1"
        )
        unclashed = " AND ".join(f"p.{quote(name)} IS NOT DISTINCT FROM c.{quote(name)}" for name in have)
        numbered = f"row_number() OVER (PARTITION BY {keys} ORDER BY file_row_number)"
        con.execute(
            f"INSERT INTO _drop SELECT p.file_row_number FROM (SELECT p.*, {numbered} AS _nth FROM {rows}) p "
            f"LEFT JOIN (SELECT *, TRUE AS _clashed FROM _clash) c ON {unclashed} WHERE _nth > 1 OR c._clashed"
        )
        con.execute("DROP TABLE _again")
        return self.one("SELECT count(*) FROM _clash") > 0

    # against what is stored

    def meet(self) -> None:
        """Find the staged rows that change nothing or lose, and the stored ones that they replace."""
        state = self.tx.state(self.table)
        if not state.parts:
            return
        id_less = True
        if not self.optional:
            self._meet_by_key("IS NOT DISTINCT FROM")
            return
        (name,) = self.key
        if name in self.part.columns:
            self._meet_by_key("=")
            id_less = self.one(f"SELECT count(*) - count({quote(name)}) FROM read_parquet({literal(self.path)})") > 0
        if id_less:
            self._meet_by_content(name)

    def _side(self, parts: list[Part] | None, only: list[str] | None = None) -> str:
        """The rows of stored parts (None: the staged ones), with positions, all in the table's shape to be."""
        state = self.tx.state(self.table)
        grown = replace(state, parts=(*state.parts, self.part))
        return self.tx.rows_sql(
            self.table, state=grown, parts=[self.part] if parts is None else parts, positions=True, tombstones=True,
            only=only,
        )  # fmt: skip

    def _content(self, alias: str, *, without: tuple[str, ...] = ()) -> dict[str, str]:
        """The columns of the table to be, each as the SQL (of alias) by which content is compared."""
        state = self.tx.state(self.table)
        parts = (*state.parts, self.part)
        out = {}
        for name, kind in columns_of(self.table, replace(state, parts=parts)).items():
            if name in without:
                continue
            kinds = {p.columns[name] for p in parts if name in p.columns}
            out[name] = here = f"{alias}.{quote(name)}"
            if kind == "VARCHAR" and len(kinds) > 1:  # one file's 7 is another's '7.0'
                out[name] = f"coalesce(CAST(TRY_CAST({here} AS DOUBLE) AS VARCHAR), {here})"
        return out

    def _meet_by_key(self, equals: str) -> None:
        stored = list(self.tx.state(self.table).parts)
        on = " AND ".join(f"n.{quote(name)} {equals} o.{quote(name)}" for name in self.key)
        new, old = self._side(None, [*self.key]), self._side(stored, [*self.key])
        if not self.one(f"SELECT 1 FROM ({new}) n JOIN ({old}) o ON {on} LIMIT 1"):
            return
        ours, theirs = self._content("n", without=self.key), self._content("o", without=self.key)
        same = " AND ".join(f"{sql} IS NOT DISTINCT FROM {theirs[name]}" for name, sql in ours.items())
        stamp = quote(UPDATED_AT.name)
        con = self.tx.con
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE _pairs AS SELECT n._row AS new_row, o._part AS part, o._row AS old_row, "
            f"({same}) OR coalesce(n.{stamp} < o.{stamp}, FALSE) AS loses "
            f"FROM ({self._side(None)}) n JOIN ({self._side(stored)}) o ON {on} "
            f"WHERE n._row NOT IN (SELECT row FROM _drop)"
        )
        con.execute("INSERT INTO _drop SELECT new_row FROM _pairs WHERE loses")
        con.execute("INSERT INTO _dead SELECT part, old_row FROM _pairs WHERE NOT loses")

    def _meet_by_content(self, name: str) -> None:
        """Rows without an id: the staged copies beyond those stored are new; a tombstone removes the stored copies."""
        stored = [part for part in self.tx.state(self.table).parts if self._overlaps(part)]
        if not stored:
            return
        content = self._content("x", without=(UPDATED_AT.name, "deleted", name))
        hashed = f"hash({', '.join(content.values())})"

        def rows(side: str, shown: str, more: str = "") -> str:
            return f"SELECT {shown}, {hashed} AS _hash FROM ({side}) x WHERE x.{quote(name)} IS NULL{more}"

        con = self.tx.con
        new, old = self._side(None), self._side(stored)
        main = TABLES[self.table].main_time
        if main and TABLES[self.table].columns[main].required and self.part.low:  # only these can be equal
            span = f"BETWEEN TIMESTAMP {literal(self.part.low)} AND TIMESTAMP {literal(self.part.high)}"
            old = f"SELECT * FROM ({old}) WHERE {quote(main)} {span}"
        both = f"{rows(new, 'x._row')} ) n SEMI JOIN ({rows(old, 'x._row', ' AND NOT x.deleted')}"
        con.execute(f"CREATE OR REPLACE TEMP TABLE _pairs AS SELECT DISTINCT _hash FROM ({both}) o USING (_hash)")
        if not self.one("SELECT count(*) FROM _pairs"):
            return
        # Equal hashes only say where to look; equal rows are found by their columns.
        shown = "x._part, x._row, x.deleted, " + ", ".join(f"{sql} AS {quote(n)}" for n, sql in content.items())
        met = f" AND {hashed} IN (FROM _pairs)"
        new, old = rows(new, shown, met), rows(old, shown, f"{met} AND NOT x.deleted")
        names = ", ".join(quote(n) for n in ("_hash", *content))
        same = " AND ".join(f"n.{quote(n)} IS NOT DISTINCT FROM o.{quote(n)}" for n in ("_hash", *content))
        con.execute(
            f"INSERT INTO _drop SELECT n._row FROM (SELECT *, row_number() OVER (PARTITION BY {names} ORDER BY _row) "
            f"AS _nth FROM ({new} AND NOT x.deleted)) n JOIN (SELECT {names}, count(*) AS _copies FROM ({old}) "
            f"GROUP BY ALL) o ON {same} WHERE n._nth <= o._copies"
        )
        con.execute(
            f"INSERT INTO _dead SELECT o._part, o._row FROM ({old}) o SEMI JOIN ({new} AND x.deleted) n ON {same}"
        )

    def _overlaps(self, part: Part) -> bool:
        """Whether equal rows are possible: their main times meet. Rows without a time are not bounded by them."""
        main = TABLES[self.table].main_time
        if main is None or not TABLES[self.table].columns[main].required:
            return True
        if None in (part.low, part.high, self.part.low, self.part.high):
            return True
        return str(part.low) <= str(self.part.high) and str(self.part.low) <= str(part.high)

    # the end

    def publish(self) -> int:
        """Add the rows that are left to the table; how many."""
        con = self.tx.con
        dead = {
            int(part): f"SELECT row FROM _dead WHERE part = {part}"
            for (part,) in con.execute("SELECT DISTINCT part FROM _dead").fetchall()
        }
        rows = 0
        if not self.one("SELECT count(*) FROM _drop"):
            rows = self.tx.add_part(self.table, self.path, dead=dead)
        else:
            columns = ", ".join(f"p.{quote(name)}" for name in self.part.columns)
            left = (
                f"SELECT {columns} FROM read_parquet({literal(self.path)}, file_row_number = TRUE) p "
                "ANTI JOIN _drop d ON p.file_row_number = d.row"
            )
            if dead or self.one("SELECT count(DISTINCT row) FROM _drop") < self.part.rows:
                rows = self.tx.add_part(self.table, left, dead=dead)
        for name in TEMPORARY:
            con.execute(f"DROP TABLE IF EXISTS {name}")
        return rows
