"""Who asks: a role, the customers it is about, and how a workspace is asked. Composition floor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from tenure import filter as conditions
from tenure.errors import UsageError

ROLES = ("admin", "manager", "csm", "viewer")


class Ask(Protocol):
    """What answers: calls a method of the workspace by its name."""

    def __call__(self, method: str, /, *arguments: Any, **options: Any) -> Any:
        """The method's answer."""


@dataclass(frozen=True)
class Access:
    """A role, and for a csm the value of `owner` that marks their customers."""

    role: str
    owner: str = ""

    @property
    def scope(self) -> tuple[str, ...]:
        """The conditions that every question of this person carries."""
        if self.role != "csm":
            return ()
        if not self.owner.strip():
            return ("current.owner IS NULL AND current.owner = 'nobody'",)
        return (f"current.owner = {quoted(self.owner)}",)

    @property
    def sees_people(self) -> bool:
        """Whether names of contacts and what they wrote may be shown."""
        return self.role != "viewer"

    @property
    def sees_everybody(self) -> bool:
        """Whether what belongs to no customer in particular may be shown."""
        return self.role != "csm"

    @property
    def manages(self) -> bool:
        """Whether raw data, rejects and checks of the data may be shown."""
        return self.role in ("admin", "manager")


def quoted(text: str) -> str:
    """A text as a literal of the condition language. One that cannot be said safely is refused."""
    if "\x00" in text or len(text) > 500:
        raise UsageError("This text cannot be used in a condition.", todo="Give a shorter, plain one.")
    literal = "'" + text.replace("'", "''") + "'"
    parsed = conditions.parse(f"current.owner = {literal}")
    if conditions.columns(parsed) != ["current.owner"] or getattr(parsed, "args", (None, None))[1] != _const(text):
        raise UsageError("This text cannot be used in a condition.", todo="Give a plain one.")
    return literal


def _const(text: str) -> object:
    from tenure.expr import Const

    return Const(text)
