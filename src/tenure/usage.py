"""What a workspace's events mean: `[usage]` of tenure.toml as a value. Language floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ALL = "*"
DAYS_TO_ACTIVATE = 14


@dataclass(frozen=True)
class Reached:
    """An event that means something once it happened `count` times, within `within_days` of the start if given."""

    event: str
    count: int = 1
    within_days: int | None = None


@dataclass(frozen=True)
class Usage:
    """What events mean. "*" stands for all event names; `features` may group several events under a feature's name."""

    active: tuple[str, ...] = (ALL,)
    features: tuple[str, ...] | Mapping[str, tuple[str, ...]] = (ALL,)
    activation: Reached | None = None
    value: Reached | None = None
    funnel: tuple[str, ...] = ()

    @property
    def days_to_activate(self) -> int:
        """Within how many days of the start activation counts."""
        return (self.activation.within_days if self.activation else None) or DAYS_TO_ACTIVATE

    @property
    def named(self) -> tuple[str, ...] | None:
        """The features by name; None where every event name is one."""
        if isinstance(self.features, Mapping):
            return tuple(self.features)
        return None if ALL in self.features else self.features
