"""Settings as a person wrote them, read key by key. Language floor: knows no file format and no setting of its own.

`Options` wraps one table of settings. Each reader takes a key, checks its value and returns it in its final type;
`done` then says no to every key that nobody asked for, with the nearest one that exists. Every message names file and
key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NoReturn
from zoneinfo import available_timezones

from tenure.errors import ConfigError, suggest


class Options:
    """One table of settings: `values` under the dotted `key` of the file `origin`."""

    def __init__(self, values: object, origin: str, key: str = "") -> None:
        self.origin = origin
        self.key = key
        if not isinstance(values, Mapping):
            raise ConfigError(
                f"{key} is {shown(values)}; it must be a table.", where=self.where(), todo=f"Write [{key}]."
            )
        self.values: Mapping[str, object] = values
        self._asked: list[str] = []

    def where(self, name: str = "") -> str:
        """The place of a key, as messages name it: file and dotted key."""
        dotted = ".".join(part for part in (self.key, name) if part)
        return f"{self.origin}: {dotted}" if dotted else self.origin

    def fail(self, name: str, what: str, todo: str | None = None) -> NoReturn:
        """Say no to the value of `name`."""
        raise ConfigError(what, where=self.where(name), todo=todo)

    def has(self, name: str) -> bool:
        """Whether the key is there."""
        self._ask(name)
        return name in self.values

    def raw(self, name: str) -> object:
        """The value as it stands, None where absent."""
        self._ask(name)
        return self.values.get(name)

    def text(self, name: str, default: str = "") -> str:
        """A string that is not empty."""
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, str) or not value.strip():
            self.fail(name, f"{shown(value)} is not a text.", "Write it between quotes.")
        return value

    def choice(self, name: str, choices: Iterable[str], default: str | None) -> str | None:
        """One word of a closed list."""
        value = self.raw(name)
        return default if value is None else self.one_of(name, value, choices)

    def one_of(self, name: str, value: object, choices: Iterable[str], kind: str = "one of the known values") -> str:
        """`value`, if it is one of `choices`; else the error with the nearest of them."""
        known = list(choices)
        if isinstance(value, str) and value in known:
            return value
        self.fail(name, f"{shown(value)} is not {kind}.", hint(str(value), known))

    def zone(self, name: str, default: str = "") -> str:
        """A time zone by its IANA name."""
        zone = self.text(name, default)
        if zone and zone not in _zones():
            self.fail(name, f"There is no time zone {zone!r}.", hint(zone, sorted(_zones())))
        return zone

    def flag(self, name: str, default: bool = False) -> bool:
        """true or false."""
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fail(name, f"{shown(value)} is neither true nor false.", "Write true or false, without quotes.")
        return value

    def whole(self, name: str, default: int | None, low: int, high: int | None = None) -> int | None:
        """A whole number within bounds."""
        value = self.raw(name)
        if value is None:
            return default
        reach = f"from {low} to {high}" if high is not None else f"of at least {low}"
        if isinstance(value, bool) or not isinstance(value, int) or value < low or (high is not None and value > high):
            self.fail(name, f"{shown(value)} is not a whole number {reach}.")
        return value

    def names(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        value = self.raw(name)
        if value is None:
            return default
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not all(isinstance(item, str) and item for item in items):
            self.fail(name, f"{shown(value)} is not a list of texts.", 'Write ["one", "another"].')
        return tuple(items)

    def table(self, name: str) -> Options | None:
        """A table inside this one, None where absent."""
        value = self.raw(name)
        return None if value is None else Options(value, self.origin, ".".join(p for p in (self.key, name) if p))

    def pairs(self, name: str) -> dict[str, str]:
        """A table of texts, empty where absent."""
        inner = self.table(name)
        return {key: inner.text(key) for key in inner.values} if inner else {}

    def scalars(self, name: str) -> dict[str, object]:
        """A table of single values (text, number, date, true or false), empty where absent."""
        inner = self.table(name)
        if inner is None:
            return {}
        for key, value in inner.values.items():
            if isinstance(value, list | Mapping):
                inner.fail(
                    key, f"{shown(value)} is not a single value.", "Write a text, a number, a date, true or false."
                )
        return dict(inner.values)

    def done(self, kind: str = "setting") -> None:
        """Say no to every key that no reader asked for."""
        for key in self.values:
            if key not in self._asked:
                self.fail(key, f"There is no {kind} {key!r}.", hint(key, self._asked))

    def _ask(self, name: str) -> None:
        if name not in self._asked:
            self._asked.append(name)


@lru_cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def hint(word: str, known: Iterable[str]) -> str:
    """The way out of an unknown word: the nearest known one, else what there is."""
    choices = list(known)
    near = suggest(word, choices)
    if near:
        return f"Did you mean {near!r}?"
    listed = ", ".join(choices[:16]) + (", ..." if len(choices) > 16 else "")
    return f"Known: {listed}." if choices else "Nothing may stand here."


def shown(value: object) -> str:
    """A value as a message quotes it: short, and as the person wrote it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return str(value)
