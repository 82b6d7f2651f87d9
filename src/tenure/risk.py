"""`tenure risk`: how likely each customer is to leave, judged on a later time than it learned from. Machinery floor.

Landmarks lie one horizon apart; each customer of a landmark is described by what was known then, and what is predicted
is whether it is gone a horizon later. The last landmark whose outcome is known is kept out of the learning and judged.
Reasons are exact: a measure's contribution to the log odds, against the average customer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tenure.driver_facts import Known, Measures, read
from tenure.drivers import segment_columns
from tenure.errors import RequestError, UsageError
from tenure.measure import Measure
from tenure.models import Logistic, logistic
from tenure.periods import Period
from tenure.question import Frame, Question
from tenure.risk_columns import Column, columns, encoded
from tenure.stats.predictions import auc, auc_interval, brier

HISTORY, FOLDS = 720, 5
LEAST_TRAINING, LEAST_JUDGED = 20, 10


@dataclass(frozen=True)
class Seen:
    """A customer at a landmark: described, and whether it was gone a horizon later."""

    who: str
    day: date
    measures: Measures
    lost: bool


@dataclass(frozen=True)
class Judged:
    """How good the chances were where the outcome is known and was not learned from."""

    how: str
    n: int
    lost: int
    auc: float
    auc_low: float
    auc_high: float
    brier: float
    brier_low: float
    brier_high: float
    base: float
    """Brier of giving everyone the share that was lost among those learned from."""

    @property
    def words(self) -> str:
        """What the figures say."""
        if self.auc_low <= 0.5:
            return "cannot tell who leaves: it is no better than chance"
        better = "and better than one rate for all" if self.brier_high < self.base else ""
        closer = better or ("and nearer than one rate for all, within noise" if self.brier < self.base else
                            "but no nearer than one rate for all")  # fmt: skip
        return f"puts one who leaves above one who stays {100 * self.auc:.0f} times of 100, {closer}"


@dataclass(frozen=True)
class AtRisk:
    """One customer now: the chance to be gone a horizon from now, and what makes it differ from the average."""

    who: str
    name: str
    chance: float
    log_odds: float
    reasons: tuple[tuple[str, float | str | None, float], ...]


@dataclass(frozen=True)
class Risk:
    """The answer. `base`: log odds of the average customer; base + the sum of reasons = log odds."""

    horizon: int
    as_of: date
    learned: tuple[date, ...]
    judged: Judged
    base: float
    customers: tuple[AtRisk, ...]

    def to_json(self) -> dict[str, Any]:
        """The object of the command line's --format json."""
        one = self.judged
        return {
            "horizon_days": self.horizon, "as_of": self.as_of.isoformat(),
            "landmarks": [day.isoformat() for day in self.learned],
            "judged": {
                "how": one.how, "customers": one.n, "churned": one.lost, "auc": one.auc, "auc_low": one.auc_low,
                "auc_high": one.auc_high, "brier": one.brier, "brier_low": one.brier_low,
                "brier_high": one.brier_high, "brier_of_one_rate": one.base, "verdict": one.words,
            },
            "base_log_odds": self.base,
            "customers": [
                {
                    "id": c.who, "name": c.name, "risk": c.chance, "log_odds": c.log_odds,
                    "reasons": [{"measure": m, "value": v, "contribution": x} for m, v, x in c.reasons],
                }
                for c in self.customers
            ],
        }  # fmt: skip


def ask(
    measure: Measure,
    questions: Callable[[str, str | None], Question],
    frames: Callable[[str | Sequence[str], str, Sequence[Period], tuple[str, ...]], Frame],
    *,
    horizon: int = 90,
    where: str | Sequence[str] = (),
) -> Risk:
    """What `Workspace.risk` takes: the days ahead, and a filter of whom to list (the model learns from all)."""
    if not 7 <= horizon <= 730:
        raise UsageError(f"A horizon of {horizon} days is none.", where="--horizon", todo="Give 7 to 730 days.")
    today = measure.clock.cut
    frame = frames(where, "total", [Period("now", today - timedelta(1), today)], ("customer_id",))
    listed = None
    if where:
        rows = measure.results([questions("customers", None)], frame)[0].rows
        listed = {str(row.by["customer_id"]) for row in rows if row.value}
    attributes = segment_columns(dict(frame.segments.attributes))
    numeric = {n for n, kind in frame.segments.attributes if kind.startswith(("int", "float", "decimal"))}
    known = read(measure.engine, attributes)
    told = measure.engine.warehouse.run("SELECT customer_id, name FROM customer_keys")
    names = {str(i): str(n) for i, n in zip(told["customer_id"], told["name"], strict=True)}
    return at_risk(known, attributes, numeric, today, horizon, names, listed)


def at_risk(
    known: Known,
    attributes: Sequence[str],
    numeric: set[str],
    today: date,
    horizon: int,
    names: Mapping[str, str],
    listed: set[str] | None,
) -> Risk:
    """Learn, judge on a later time, and say who is at risk now."""
    step = timedelta(horizon)
    days = [today - step * k for k in range(1, max(2, HISTORY // horizon) + 1)]
    by_day = {day: _seen(known, day, day + step, attributes, numeric) for day in days}
    # Before the first known loss nobody was seen to leave, perhaps since nobody wrote it down: nothing to learn from.
    known_losses = [k for k, day in enumerate(days) if any(one.lost for one in by_day[day])]
    days = days[: max(known_losses, default=-1) + 1]
    history = [one for day in days for one in by_day[day]]
    lost = sum(one.lost for one in history)
    if lost < LEAST_TRAINING + LEAST_JUDGED:
        raise RequestError(
            f"Only {lost} customers left within {horizon} days of {len(days)} earlier dates; "
            f"{LEAST_TRAINING + LEAST_JUDGED} are needed to learn from and to judge by.",
            where="tenure risk",
            todo="Come back with more history, or try a longer --horizon.",
        )
    judged = _judged(by_day, days)
    made, model = _learned(history)
    base = model.log_odds([0.0] * len(made))
    now = [one for one in _seen(known, today, today, attributes, numeric) if listed is None or one.who in listed]
    people = [_person(one, made, model, names) for one in now]
    people.sort(key=lambda one: (-one.chance, one.who))
    learned = tuple(sorted(day for day in days if by_day[day]))
    return Risk(horizon, today, learned, judged, base, tuple(people))


def _seen(known: Known, day: date, end: date, attributes: Sequence[str], numeric: set[str]) -> list[Seen]:
    found = []
    for who, one in sorted(known.people.items()):
        if one.level(day) > 0:
            measures = known.described(who, day, attributes)
            for name in numeric & set(attributes):
                value = measures.get(name)
                measures[name] = None if value is None else float(value)
            found.append(Seen(who, day, measures, end > day and one.level(end) <= 0))
    return found


def _learned(rows: Sequence[Seen]) -> tuple[tuple[Column, ...], Logistic]:
    made = columns([one.measures for one in rows])
    return made, logistic([encoded(made, one.measures) for one in rows], [one.lost for one in rows])


def _judged(by_day: Mapping[date, Sequence[Seen]], days: Sequence[date]) -> Judged:
    """By the last landmarks, learned from all before them; where those hold too few losses, by five folds."""
    for kept in range(1, len(days)):
        last, before = ([o for day in part for o in by_day[day]] for part in (days[:kept], days[kept:]))
        if sum(one.lost for one in before) < LEAST_TRAINING:
            break
        if sum(one.lost for one in last) >= LEAST_JUDGED:
            made, model = _learned(before)
            chances = [model.chance(encoded(made, one.measures)) for one in last]
            rate = sum(one.lost for one in before) / len(before)
            how = (
                f"learned from {len(before):,} observations, the last of {days[kept]}, "
                f"judged by what happened from {days[kept - 1]} on"
            )
            return _scored(how, chances, [one.lost for one in last], rate)
    rows = [one for day in days for one in by_day[day]]
    folds = {who: k % FOLDS for k, who in enumerate(sorted({one.who for one in rows}))}
    pairs: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        made, model = _learned([one for one in rows if folds[one.who] != fold])
        pairs += [(model.chance(encoded(made, o.measures)), o.lost) for o in rows if folds[o.who] == fold]
    how = (
        f"{FOLDS} folds of customers, each judged by what was learned from the others; "
        "not by a later time, since too few left at an earlier one"
    )
    return _scored(how, [c for c, _ in pairs], [x for _, x in pairs], sum(x for _, x in pairs) / len(pairs))


def _scored(how: str, chances: Sequence[float], lost: Sequence[bool], rate: float) -> Judged:
    value = auc(chances, lost)
    assert value is not None  # both kinds are there: checked by the callers
    low, high = auc_interval(value, sum(lost), len(lost) - sum(lost))
    base = brier([rate] * len(lost), lost)[0]
    return Judged(how, len(lost), sum(lost), value, low, high, *brier(chances, lost), base)


def _person(one: Seen, made: Sequence[Column], model: Logistic, names: Mapping[str, str]) -> AtRisk:
    row = encoded(made, one.measures)
    reasons: dict[str, float] = {}
    for column, c, x in zip(made, model.coefficients, row, strict=True):
        reasons[column.measure] = reasons.get(column.measure, 0.0) + c * x
    ranked = sorted(reasons.items(), key=lambda item: -abs(item[1]))
    told = tuple((name, one.measures.get(name), part) for name, part in ranked)
    return AtRisk(one.who, names.get(one.who, ""), model.chance(row), model.log_odds(row), told)
