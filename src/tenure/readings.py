"""One number as every preset counts it, side by side, each with the rules that make the difference.

Floor: what is asked about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tenure import progress
from tenure.policy import PRESETS

if TYPE_CHECKING:
    from tenure.explain import Explanation

OWN = "tenure"


def readings(explain: Callable[..., Explanation], metric: str, period: str, **asked: Any) -> list[dict[str, Any]]:
    """A preset a row; ours is what all are held against."""
    found = []
    for name in progress.over([name for name in PRESETS if name != OWN], "presets"):
        told = explain(metric, period, versus=name, **asked).to_json()
        other, own = (told["other"] or {}).get("value"), told["value"]
        rules = [one for one in told["differences"] if one["amount"]]
        found.append(
            {
                "preset": name, "value": other, "unit": told["unit"], "currency": told["currency"],
                "differs": None if other is None or own is None else other - own,
                "rules": [{"rule": one["rule"], "amount": one["amount"]} for one in rules],
            }
        )  # fmt: skip
    return found
