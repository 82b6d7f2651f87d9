"""What a workspace's events mean: `[usage]` of tenure.toml as a value. Language floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ALL = "*"


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
