"""The control line: native selects in a plain GET form. It is the page's whole state and lives in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict


@dataclass(frozen=True)
class Control:
    """One choice: `Label value`. Without options it is a text; `hint` stands in it while it is empty."""

    name: str
    label: str
    options: Sequence[tuple[str, str]] = ()
    chosen: str = ""
    hint: str = ""

    @property
    def known(self) -> Sequence[tuple[str, str]]:
        """The options, and what the address says if that is none of them."""
        if self.chosen and self.chosen not in {value for value, _ in self.options}:
            return [*self.options, (self.chosen, self.chosen)]
        return self.options


def one(request: HttpRequest, name: str, otherwise: str = "", longest: int = 2000) -> str:
    """One value of the address, without blanks around it."""
    return str(request.GET.get(name, otherwise)).strip()[:longest] or otherwise


def some(request: HttpRequest, name: str) -> tuple[str, ...]:
    """All values of a name that repeats."""
    return tuple(text.strip()[:2000] for text in request.GET.getlist(name)[:20] if text.strip())


def number(request: HttpRequest, name: str, otherwise: int, low: int, high: int) -> int:
    """A whole number of the address, held within bounds; what is none counts as not said."""
    text = one(request, name, longest=12)
    return min(high, max(low, int(text))) if text.isascii() and text.isdigit() else otherwise


def href(request: HttpRequest, changes: Mapping[str, object], path: str | None = None) -> str:
    """This page's address with some of its state changed; None or "" takes a name out."""
    query: QueryDict = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        values: Iterable[object] = value if isinstance(value, list | tuple) else [value]
        kept = [str(v) for v in values if v not in (None, "")]
        if kept:
            query.setlist(name, kept)
    said = query.urlencode()
    return f"{path or request.path}{'?' + said if said else ''}"


def address(path: str, **state: object) -> str:
    """An address with a state of its own."""
    kept = [(name.rstrip("_"), value) for name, value in state.items() if value not in (None, "", ())]
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path
