"""How far long work is, for whoever listens. Ground floor: the work tells, and need not know whom.

Nobody listens unless a process is there for one long work alone; then a loop tells how many of its rounds are over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
Told = Callable[[int, int, str], None]
"""What hears of rounds that are over, of all rounds, and what a round is."""

_ears: list[Told] = []


def tell(told: Told) -> None:
    """From now on this process tells how far it is."""
    _ears[:] = [told]


def at(done: int, of: int, what: str) -> None:
    """So many steps of work that has no loop are over."""
    for told in _ears:
        told(done, of, what)


def over(rounds: Sequence[T], what: str) -> Iterator[T]:
    """The rounds, one after the other. Of loops within loops only the outer one tells."""
    heard, _ears[:] = list(_ears), []
    try:
        for done, one in enumerate(rounds):
            for told in heard:
                told(done, len(rounds), what)
            yield one
    finally:
        _ears[:] = heard
