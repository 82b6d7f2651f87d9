"""What a page is told while an answer is being worked out beside the site: how far it is, and what stops it."""

from __future__ import annotations

from dataclasses import dataclass

from tenure.errors import TenureError

WAITING = "waiting"
"""What is said instead of a round, while so much else is at work that it has not begun."""


@dataclass(frozen=True)
class Pending:
    """It is being worked out, for so many seconds; or, not begun, nobody has asked for it yet, or somebody stopped it.

    `usual`: the seconds that the like of it took the last time; 0 where it was never asked before.
    `done` of `of` rounds are over, where the work says so. `key`: what it is stopped by.
    """

    seconds: int
    begun: bool = True
    usual: int = 0
    done: int = 0
    of: int = 0
    rounds: str = ""
    key: str = ""
    stopped: str = ""

    @property
    def part(self) -> int:
        """How far it is, in percent; 0 where nobody can know."""
        told = self.done / self.of if self.of else self.seconds / self.usual if self.usual else 0.0
        return min(99, round(100 * told))

    @property
    def left(self) -> int:
        """How many seconds it will take still; 0 where nobody can know."""
        by_rounds = self.seconds * (self.of - self.done) / self.done if self.done else 0.0
        return max(0, round(by_rounds if self.done > 1 else self.usual - self.seconds))


class StillWorking(TenureError):
    """The answer is being worked out; whoever asks again in a while gets it."""

    def __init__(self, pending: Pending) -> None:
        self.pending = pending
        super().__init__("This is still being worked out.", todo="It shows here when it is there.")
