"""Every way tenure says no. Ground floor: imports nothing.

    TenureError                 what is wrong, where, what to do
    |-- UsageError              the call itself is wrong (exit code 2)
    |-- ConfigError             tenure.toml says something that cannot be: file, key, nearest valid name
    |-- RequestError            the request is well formed but cannot be answered from this data
    |   |-- UnknownName         no such metric, column, segment, ... ; names the nearest one
    |   |-- NotAllowed          this person's role does not show it
    |   |-- NotThere            no such customer, or none that this person may see
    |   `-- MissingRate         an amount in a currency that has no rate at that day
    |-- InputError              a file or source that cannot be read at all: file, line, column
    `-- StoreError              the stored data: locked, damaged, or made by a newer version

`permanent` answers a worker's only question: False means the same call may succeed later.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TenureError(Exception):
    """The root. `what` is one sentence; `where` a file, line or key; `todo` the way out."""

    exit_code = 1
    permanent = True

    def __init__(self, what: str, *, where: str | None = None, todo: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.todo = todo

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head} {self.todo}" if self.todo else head


class UsageError(TenureError):
    """The call itself is wrong: an option that does not exist, a value of the wrong form."""

    exit_code = 2


class ConfigError(TenureError):
    """tenure.toml says something that cannot be."""


class RequestError(TenureError):
    """The request is well formed, but this workspace's data cannot answer it."""


class UnknownName(RequestError):
    """A name that is not there; `nearest` is the closest one that is, if any is close."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, where: str | None = None) -> None:
        choices = sorted(set(known))
        self.name = name
        self.nearest = suggest(name, choices)
        todo = f"Did you mean {self.nearest!r}?" if self.nearest else _some(choices)
        super().__init__(f"There is no {kind} {name!r}.", where=where, todo=todo)


class NotAllowed(RequestError):
    """What this person's role does not show."""


class NotThere(RequestError):
    """No such thing, or none that this person may see: the answer tells the two apart for nobody."""


class MissingRate(RequestError):
    """An amount in a currency for which no rate holds at that day."""

    def __init__(self, currency: str, on: object, reporting: str) -> None:
        self.currency = currency
        super().__init__(
            f"There is no {currency} rate to {reporting} on or before {on}.",
            where="fx_rates",
            todo=f"Load a row with currency {currency} and a date no later than {on}; or, where {currency} is what you "
            f'report in, write currency = "{currency}" under [workspace] in tenure.toml.',
        )


class InputError(TenureError):
    """A file or source that cannot be read at all. (A row that cannot be used is a reject, not an error.)"""


class StoreError(TenureError):
    """The stored data: locked by another process, damaged, or written by a newer tenure."""

    def __init__(self, what: str, *, where: str | None = None, todo: str | None = None, permanent: bool = True) -> None:
        super().__init__(what, where=where, todo=todo)
        self.permanent = permanent


def suggest(name: str, known: Iterable[str]) -> str | None:
    """The nearest of `known` to `name`, or None when none is near."""
    lowered = {k.lower(): k for k in known}
    found = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return lowered[found[0]] if found else None


def _some(choices: list[str]) -> str | None:
    if not choices:
        return None
    shown = ", ".join(choices[:12])
    return f"Known: {shown}{', ...' if len(choices) > 12 else ''}."
