"""Which column of a file fills which column of the model, and the queries that read them so. Part of load.

A `Plan` is made once for a file. Its `quick` query gives the stored rows and stops at the first that cannot be used;
`judged` gives all rows, read with more patience, and says of each that cannot be used why.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from tenure.errors import InputError, suggest
from tenure.load_values import Zones, cleaned, expected, value
from tenure.model import DELETED, TABLES, UPDATED_AT, Column, Table
from tenure.source import Mapping
from tenure.store.tables import literal, quote

LINE, STOP = "_line", "tenure: a row that cannot be used"
SAMPLE = 20_000

_INTEGER, _DECIMAL = r"-?(0|[1-9][0-9]{0,17})", r"-?(0|[1-9][0-9]{0,14})([.][0-9]{1,12})?"
_PLAIN = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT", "DOUBLE", "FLOAT")


@dataclass(frozen=True, slots=True)
class Field:
    """One column to store: `raw` is SQL over the file's row, of type `kind`; `said` the file's own name for it."""

    target: str
    raw: str
    kind: str
    column: Column | None
    said: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How one file is read into one table. `source` is the name of the view that holds its rows."""

    table: Table
    source: str
    fields: tuple[Field, ...]
    columns: tuple[str, ...]
    zones: Zones
    inclusive_ends: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that the stored rows have, days included."""
        out: list[str] = []
        for field in self.fields:
            out.append(field.target)
            if field.column and field.column.day and field.target != UPDATED_AT.name:
                out.append(field.column.day)
        return tuple(out)

    def quick(self) -> str:
        """The stored rows, of values in their usual form; stops at a row that cannot be read so."""
        return f"SELECT {self._shown(self._stop())} FROM ({self._read()})"

    def judged(self) -> str:
        """Every row, read in full, with its line, whether it is unusable, why, and its text if it is."""
        wrong = "_tenure_bad"
        return (
            f"SELECT {self._shown(None)}, {LINE}, {wrong}, "
            f"CASE WHEN {wrong} THEN {self._reason()} END AS _tenure_reason, "
            f"CASE WHEN {wrong} THEN {self.text()} END AS _tenure_text "
            f"FROM (SELECT *, coalesce({self._bad()}, FALSE) AS {wrong} FROM ({self._read_in_full()}))"
        )

    def _read(self) -> str:
        """Each row's raw values _tenure_r0, ... and quick readings _tenure_v0, ..."""
        shown = []
        for number, field in enumerate(self.fields):
            shown += [f"{field.raw} AS _tenure_r{number}", f"{self._value(field)} AS _tenure_v{number}"]
        return f"SELECT {', '.join(shown)} FROM {self.source} s"

    def _read_in_full(self) -> str:
        """The same with full readings, by way of cleaned texts _tenure_t0, ...; and all of the file's columns."""
        texts, shown = [], []
        for number, field in enumerate(self.fields):
            shown += [f"{field.raw} AS _tenure_r{number}"]
            clean = cleaned(field.column, field.raw, field.kind) if field.column else None
            if clean:
                texts.append(f"{clean} AS _tenure_t{number}")
            shown.append(f"{self._value(field, f'_tenure_t{number}' if clean else '')} AS _tenure_v{number}")
        shown += [LINE, *(quote(name) for name in self.columns)]
        return f"SELECT {', '.join(shown)} FROM (SELECT {', '.join(['*', *texts])} FROM {self.source} s) s"

    def _value(self, field: Field, clean: str = "") -> str:
        if field.column is None:
            return _extra_value(field)
        raw, kind = (clean, "VARCHAR") if clean else (field.raw, field.kind)
        ends = self.inclusive_ends and field.target == "ended_at"
        return value(field.column, raw, kind, self.zones, full=bool(clean), next_day=ends)

    def _shown(self, stop: str | None) -> str:
        """The select list of stored columns; with `stop`, the first of them ends the query where that holds."""
        shown = []
        for position, field in enumerate(self.fields):
            shown.append(self._show(field, stop if position == 0 else None))
            if field.column and field.column.day and field.target != UPDATED_AT.name:
                shown.append(f"{self.zones.day(f'_tenure_v{position}')} AS {quote(field.column.day)}")
        return ", ".join(shown)

    def _show(self, field: Field, stop: str | None = None) -> str:
        number = self.fields.index(field)
        shown, column = f"_tenure_v{number}", field.column
        if column is not None:
            if column.default is not None:
                shown = f"coalesce({shown}, CAST({literal(column.default)} AS {column.sql_type}))"
            elif column.default_if_set:
                other = self._number(column.default_if_set)
                shown = f"coalesce({shown}, {f'_tenure_v{other} IS NOT NULL' if other is not None else 'FALSE'})"
            shown = f"CAST({shown} AS {column.sql_type})"
        if stop:
            shown = f"CASE WHEN {stop} THEN error({literal(STOP)}) ELSE {shown} END"
        return f"{shown} AS {quote(field.target)}"

    def _number(self, target: str) -> int | None:
        return next((i for i, field in enumerate(self.fields) if field.target == target), None)

    def _checks(self) -> list[tuple[str, str]]:
        """What makes a row unusable, and the sentence that says so: pairs of SQL."""
        found = []
        gone = self._number(DELETED.name)
        here = f"_tenure_v{gone} IS NOT TRUE AND " if gone is not None else ""
        for number, field in enumerate(self.fields):
            column, said = field.column, _said(field)
            if column is None:
                continue
            empty = f"_tenure_v{number} IS NULL"
            if column.kind not in ("id", "text"):
                raw = f"_tenure_r{number}"
                written = f"trim({raw}) <> ''" if field.kind == "VARCHAR" else f"{raw} IS NOT NULL"
                shown = f"chr(39) || left(CAST({raw} AS VARCHAR), 80) || chr(39)"
                told = f"{literal(f'{said} ')} || {shown} || {literal(f' {expected(column)}.')}"
                found.append((f"({empty} AND {written})", told))
                empty += f" AND ({written}) IS NOT TRUE"
            if column.required:
                # A tombstone needs no more than its key.
                when = "" if field.target in self.table.key else here
                found.append((f"({when}{empty})", literal(f"{said} is missing.")))
        for first, later in self.table.order:
            one, two = self._number(first), self._number(later)
            if one is not None and two is not None:
                begun, ended = f"_tenure_v{one}", f"_tenure_v{two}"
                told = f"{literal(f'{later} ')} || {ended} || {literal(f' is before {first} ')} || {begun} || '.'"
                found.append((f"({ended} < {begun})", told))
        return found

    def _bad(self) -> str:
        return " OR ".join(test for test, _ in self._checks()) or "FALSE"

    def _stop(self) -> str:
        """What ends the quick reading: faults, and extra columns that are no numbers after all."""
        wrong = [
            f"(_tenure_v{n} IS NULL AND _tenure_r{n} <> '')" for n, field in enumerate(self.fields) if _guessed(field)
        ]
        return " OR ".join([self._bad(), *wrong])

    @property
    def guesses(self) -> bool:
        """Whether the kind of an extra column was told from a sample."""
        return any(_guessed(field) for field in self.fields)

    def _reason(self) -> str:
        cases = [f"CASE WHEN {test} THEN {told} END" for test, told in self._checks()]
        return f"concat_ws(' ', {', '.join(cases)})"

    def text(self) -> str:
        """The row as JSON, cut where it is very long."""
        pairs = ", ".join(f"{literal(name)}, {quote(name)}" for name in self.columns)
        return f"left(CAST(json_object({pairs}) AS VARCHAR), 2000)" if pairs else "'{}'"


def _said(field: Field) -> str:
    """The column as people know it."""
    return field.target if field.said.lower() in (field.target.lower(), "") else f"{field.target} ({field.said})"


def _guessed(field: Field) -> bool:
    return field.column is None and field.kind in ("VARCHAR BIGINT", "VARCHAR DOUBLE")


def _extra_value(field: Field) -> str:
    """An extra column's value. The kind of a text column has a second word: what its texts are read as."""
    if field.kind.startswith("VARCHAR "):
        wanted = field.kind.split(" ", 1)[1]
        if wanted == "VARCHAR":
            return f"nullif({field.raw}, '')"
        pattern = _INTEGER if wanted == "BIGINT" else _DECIMAL
        return f"CASE WHEN regexp_full_match({field.raw}, '{pattern}') THEN CAST({field.raw} AS {wanted}) END"
    if field.kind in _PLAIN or field.kind in ("BOOLEAN", "DATE", "TIMESTAMP") or field.kind.startswith("DECIMAL"):
        return field.raw
    if field.kind in ("HUGEINT", "UHUGEINT"):
        return f"TRY_CAST({field.raw} AS DECIMAL(38,0))"
    if field.kind == "TIMESTAMP WITH TIME ZONE":
        return f"make_timestamp(epoch_us({field.raw}))"
    if field.kind.startswith("TIMESTAMP"):
        return f"CAST({field.raw} AS TIMESTAMP)"
    return f"nullif(CAST({field.raw} AS VARCHAR), '')"


def plan(
    con: duckdb.DuckDBPyConnection, source: str, table_name: str, file: str, mapping: Mapping, workspace: str
) -> Plan:
    """Find which column fills which; an InputError where a required one is nowhere."""
    table = TABLES[table_name]
    kinds = {str(n): str(k) for n, k, *_ in con.execute(f"DESCRIBE {source}").fetchall() if str(n) != LINE}
    by_lower = {name.lower(): name for name in kinds}
    model = {**table.columns, UPDATED_AT.name: UPDATED_AT, DELETED.name: DELETED}
    fields: list[Field] = []
    used: set[str] = set()
    for target, said in mapping.columns.items():
        name = by_lower.get(said.lower())
        if name is None:
            near = suggest(said, kinds)
            todo = f"Did you mean {near!r}?" if near else f"It has: {', '.join(kinds) or 'no columns'}."
            raise InputError(f"There is no column {said!r}, which is to fill {target}.", where=file, todo=todo)
        used.add(name)
        fields.append(Field(target, f"s.{quote(name)}", kinds[name], model.get(target), name))
    for target, constant in mapping.constants.items():
        text = str(constant).lower() if isinstance(constant, bool) else str(constant)
        fields.append(Field(target, f"CAST({literal(text)} AS VARCHAR)", "VARCHAR", model.get(target), ""))
    taken = {field.target for field in fields}
    for target, column in model.items():
        name = by_lower.get(target)
        if target not in taken and name is not None:
            used.add(name)
            fields.append(Field(target, f"s.{quote(name)}", kinds[name], column, name))
    found = {field.target for field in fields}
    _require(table, found, [n for n in kinds if n not in used], file)
    stored = {name.lower() for name in table.stored()} | {f.target.lower() for f in fields} | {"file_row_number"}
    for name, kind in kinds.items():
        if name not in used:
            free = name
            while free.lower() in stored:
                free += "_"
            stored.add(free.lower())
            fields.append(Field(free, f"s.{quote(name)}", kind, None, name))
    order = {name: place for place, name in enumerate((*model, *(f.target for f in fields if f.column is None)))}
    fields.sort(key=lambda f: order[f.target])
    zones = Zones(workspace, mapping.timezone or "UTC", mapping.date_format)
    made = Plan(table, source, tuple(fields), tuple(kinds), zones, mapping.inclusive_ends)
    return typed(con, made, SAMPLE)


def _require(table: Table, found: set[str], free: list[str], file: str) -> None:
    missing = [name for name in table.required if name not in found]
    if not missing:
        return
    name = missing[0]
    near = suggest(name, free)
    if len(missing) == len(table.required) > 1 and not found & set(table.columns):
        todo = f"The first line must hold the columns' names; here it holds: {', '.join(free[:6]) or 'nothing'}."
    elif near:
        todo = f'The nearest is {near!r}: write columns = {{ {name} = "{near}" }}, or give it in `constants`.'
    else:
        todo = f"Say which column it is in `columns`, or give it in `constants`. Not used: {', '.join(free) or 'none'}."
    also = f" (nor for {', '.join(missing[1:])})" if missing[1:] else ""
    raise InputError(f"There is no column for {name}{also}, which {table.name} needs.", where=file, todo=todo)


def typed(con: duckdb.DuckDBPyConnection, made: Plan, sample: int | None) -> Plan:
    """The plan with extra text columns read as numbers where every value (of the sample) is one."""
    texts = [f for f in made.fields if f.column is None and f.kind.split(" ")[0] == "VARCHAR"]
    if not texts:
        return made
    tests = []
    for field in texts:
        here = f"{field.raw} <> ''"
        tests += [
            f"count(*) FILTER ({here})",
            f"coalesce(bool_and(regexp_full_match({field.raw}, '{_INTEGER}')) FILTER ({here}), TRUE)",
            f"coalesce(bool_and(regexp_full_match({field.raw}, '{_DECIMAL}')) FILTER ({here}), TRUE)",
        ]
    limit = f" LIMIT {sample}" if sample else ""
    row = con.execute(f"SELECT {', '.join(tests)} FROM (SELECT * FROM {made.source}{limit}) s").fetchone() or ()
    kinds = {}
    for place, field in enumerate(texts):
        count, whole, number = row[3 * place : 3 * place + 3]
        # A column without any value says nothing: as a number it gives way to whatever other files hold there.
        kinds[field.target] = "BIGINT" if whole or not count else "DOUBLE" if number else "VARCHAR"
    fields = tuple(
        Field(f.target, f.raw, f"VARCHAR {kinds[f.target]}", None, f.said) if f.target in kinds else f
        for f in made.fields
    )
    return Plan(made.table, made.source, fields, made.columns, made.zones, made.inclusive_ends)
