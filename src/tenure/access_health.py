"""Who may see what of segments and health: the part of `Seen` that is about them. Composition floor.

Health is judged among everybody, whoever asks; a csm is told of the customers that are theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tenure.errors import NotThere

if TYPE_CHECKING:
    from tenure.health.desk import Portrait, Standing
    from tenure.health.movers import Movers
    from tenure.membership import Segment


class SeenHealth:
    """Segments and health as one person may see them."""

    if TYPE_CHECKING:  # what it needs of Seen
        _ask: Any
        access: Any

        def is_theirs(self, customer_id: str) -> bool: ...
        def _where(self, where: str | Sequence[str]) -> tuple[str, ...]: ...

    def segments(self) -> list[Segment]:
        """As Workspace.segments, counted among the customers that this person may see."""
        found: list[Segment] = self._ask("segments")
        if not self.access.scope:
            return found
        from tenure.membership import standing

        def theirs(where: str, **wanted: Any) -> Any:
            return self._ask("customers", where=self._where(where), limit=1, columns=("mrr",))

        return [standing(one.name, one.rule, theirs) for one in found]

    def health_scores(self) -> list[str]:
        """As Workspace.health_scores: the names of scores say nothing of customers."""
        found: list[str] = self._ask("health_scores")
        return found

    def health(self, score: str | None = None) -> Standing:
        """As Workspace.health, now."""
        found: Standing = self._ask("health", score, where=self._where(()))
        return found if self.access.sees_everybody else replace(found, notes=())  # notes name customers

    def health_of(self, customer_id: str, score: str | None = None) -> Portrait:
        """As Workspace.health_of, now. One that is not theirs is not there."""
        if not self.is_theirs(customer_id):
            raise NotThere(f"There is no customer {customer_id[:80]!r}.", todo="Search the customers.")
        found: Portrait = self._ask("health_of", customer_id, score)
        return found

    def health_movers(self, score: str | None = None) -> Movers:
        """As Workspace.health_movers."""
        found: Movers = self._ask("health_movers", score, where=self._where(()))
        return found

    def health_history(self, customer_id: str, score: str | None = None) -> Any:
        """As Workspace.health_history, of one customer; whatever `ask` says while it is not known yet."""
        if not self.is_theirs(customer_id):
            raise NotThere(f"There is no customer {customer_id[:80]!r}.", todo="Search the customers.")
        found = self._ask("health_history", score)
        return found.get(customer_id, []) if isinstance(found, dict) else found

    def divergence(self, score: str | None = None) -> Any:
        """As Workspace.divergence, now."""
        return self._ask("divergence", score, where=self._where(()))

    def backtest(self, score: str | None = None) -> Any:
        """As Workspace.backtest."""
        found = self._ask("backtest", score, where=self._where(()))
        return found if self.access.sees_everybody or not isinstance(found, dict) else {**found, "notes": []}
