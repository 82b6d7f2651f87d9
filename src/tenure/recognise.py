"""Which table of the model a file holds, going by its columns. Machinery floor.

A column speaks for a table the more, the fewer tables have one of that name. A table wins if all its required columns
are there and no other comes near. Names may be written as people write them ("Customer ID"), and a few usual ones
stand for the model's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tenure.errors import InputError, UnknownName
from tenure.model import TABLES, Table

ALIASES = {
    "customer_id": ("account_id", "company_id", "client_id", "organization_id", "customer", "account"),
    "amount": ("mrr", "mrr_amount", "monthly_amount", "price"),
    "currency": ("currency_code",),
    "interval": ("billing_interval", "billing_period"),
    "started_at": ("start_date", "started_on", "starts_at"),
    "ended_at": ("end_date", "ended_on"),
    "created_at": ("created", "created_on", "signup_date", "create_date", "created_date", "date_created"),
    "closed_at": ("close_date", "closed_on", "closed_date"),
    "resolved_at": ("solved_at", "resolved_on", "resolution_date"),
    "at": ("timestamp", "occurred_at", "time"),
    "name": ("event", "event_name", "customer_name"),
    "rate": ("exchange_rate",),
}
"""Usual names of columns, per name in the model. Used where the model's own name is not in the file."""

LESS_SURE = 0.8
"""What an alias counts for, and how near a second table may come before it is in doubt which is meant."""

_SHARED = Counter(column for table in TABLES.values() for column in table.columns)


@dataclass(frozen=True)
class Fit:
    """How a file's columns fit one table: model column -> the file's, those under other names, what is missing."""

    table: str
    found: dict[str, str]
    renamed: dict[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    score: float = 0.0


@dataclass(frozen=True)
class Recognised:
    """The table, which columns to rename (model -> file), and one sentence that says why."""

    table: str
    columns: dict[str, str]
    why: str


def recognise(columns: Sequence[str], name: str, table: str | None = None) -> Recognised:
    """The table that `columns`, those of the file `name`, belong to. With `table`, only the columns are looked for."""
    if table is not None:
        if table not in TABLES:
            raise UnknownName("table", table, TABLES)
        return _recognised(fit(columns, TABLES[table]), name)
    fits = sorted((fit(columns, t) for t in TABLES.values()), key=lambda f: -f.score)
    best = fits[0]
    # What has nothing that the best one does not have is no rival.
    second = next(f for f in fits[1:] if not set(f.found.values()) < set(best.found.values()) or f is fits[-1])
    if best.missing or not _says_enough(best):
        raise _unknown(best, second, name, columns, "It cannot be told from its columns what this file holds")
    if second.score > best.score * LESS_SURE and not second.missing:
        raise _unknown(best, second, name, columns, "This file could hold two things")
    return _recognised(best, name)


def fit(columns: Sequence[str], table: Table) -> Fit:
    """How well the columns of a file fit a table."""
    by_name = {_plain(column): column for column in reversed(columns)}
    found: dict[str, str] = {}
    renamed: dict[str, str] = {}
    score = 0.0
    for wanted in table.columns:
        names = (wanted, *ALIASES.get(wanted, ()))
        place = next((i for i, said in enumerate(names) if _plain(said) in by_name), None)
        if place is None:
            continue
        column = by_name[_plain(names[place])]
        if place and (column in table.columns or column in found.values()):
            continue
        found[wanted] = column
        if column != wanted:
            renamed[wanted] = column
        score += (LESS_SURE if place else 1.0) / _SHARED[wanted]
    missing = tuple(column for column in table.required if column not in found)
    if table.required:
        score *= (1 - len(missing) / len(table.required)) ** 2
    return Fit(table.name, found, renamed, missing, score)


def _says_enough(found: Fit) -> bool:
    """One column is no reason; where a table requires none, neither are some that many tables have."""
    table = TABLES[found.table]
    telling = any(_SHARED[column] <= 2 for column in found.found)
    return len(found.found) > 1 and (telling or bool(table.required) or len(found.found) == len(table.columns))


def _recognised(found: Fit, name: str) -> Recognised:
    seen = ", ".join(list(found.found)[:6]) + (", ..." if len(found.found) > 6 else "")
    why = f"{name} is read as {found.table}" + (f": it has {seen}" if seen else "")
    if found.renamed:
        why += "; " + ", ".join(f"{said!r} is taken for {column}" for column, said in found.renamed.items())
    return Recognised(found.table, found.renamed, why + ".")


def _unknown(best: Fit, second: Fit, name: str, columns: Sequence[str], what: str) -> InputError:
    todo = "Say which table it is with --as TABLE."
    if best.score <= 0:
        seen = ", ".join(columns[:6]) + (", ..." if len(columns) > 6 else "")
        todo = f"The first line must hold the columns' names: remove what stands above them. {todo}"
        return InputError(f"{what}: none of them is known ({seen}).", where=name, todo=todo)
    near = [best, *([second] if second.score > 0 else [])]
    said = "; ".join(f"{f.table} ({_state(f)})" for f in near)
    return InputError(f"{what}. Nearest: {said}.", where=name, todo=todo)


def _state(found: Fit) -> str:
    has = f"has {', '.join(list(found.found)[:4])}"
    return f"{has}, without {', '.join(found.missing)}" if found.missing else has


def _plain(name: str) -> str:
    """A name without case, blanks and punctuation."""
    return re.sub(r"[\W_]+", "", name).lower()
