"""What a back-test found, as a value. Part of health."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tenure.health.learning import Learned
from tenure.health.seen import Seen, customers, left_of
from tenure.health_score import Score
from tenure.stats import Area


@dataclass(frozen=True)
class Ratio:
    """How many times as often one group left as another."""

    first: str
    second: str
    value: float
    low: float | None
    high: float | None

    def to_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


@dataclass(frozen=True)
class Backtest:
    """What past scores were worth. Without `area` nothing can be said: `refused` says why."""

    score: Score
    days: tuple[date, ...]
    horizon: int
    seen: Seen
    refused: str = ""
    area: Area | None = None
    bands: tuple[dict[str, Any], ...] = ()
    calibration: tuple[dict[str, Any], ...] = ()
    lifts: tuple[Ratio, ...] = ()
    compared: tuple[dict[str, Any], ...] = ()
    learned: Learned | None = None
    unscored: int = 0
    notes: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """better, none (than chance) or worse; refused where too little is known."""
        if self.area is None or self.area.low is None or self.area.high is None:
            return "refused"
        return "better" if self.area.low > 0.5 else "worse" if self.area.high < 0.5 else "chance"

    def to_json(self) -> dict[str, Any]:
        area = self.area
        return {
            "score": self.score.name,
            "from": self.days[0].isoformat() if self.days else None,
            "to": self.days[-1].isoformat() if self.days else None,
            "months": len(self.days),
            "horizon_days": self.horizon,
            "customers": customers(self.seen),
            "customer_months": len(self.seen),
            "unscored_customer_months": self.unscored,
            "churned": left_of(self.seen),
            "verdict": self.verdict,
            "refused": self.refused or None,
            "sentences": list(self.sentences),
            "auc": None if area is None else {"value": area.value, "low": area.low, "high": area.high},
            "bands": list(self.bands),
            "calibration": list(self.calibration),
            "lifts": [one.to_json() for one in self.lifts],
            "compared": list(self.compared),
            "learned": None if self.learned is None else self.learned.to_json(),
            "notes": list(self.notes),
        }
