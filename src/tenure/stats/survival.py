"""How long until something happens, when for some it has not happened yet: Kaplan and Meier (1958). Ground floor.

A curve is made from a histogram {duration: (events, censored)}. Who is censored at a time was still at risk at that
time. The curve itself is exact; its uncertainty is Greenwood's, taken on the scale of log(-log S), where an interval
stays between 0 and 1.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from tenure.errors import RequestError

from .distributions import Z95, Exact, Interval

Durations = Mapping[Exact, tuple[int, int]]

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Step:
    """A time at which something happened: the curve falls here and stays until the next step."""

    time: Exact
    at_risk: int
    events: int
    survival: Fraction
    """Of all, those to whom it has not happened by now, this time included."""
    greenwood: float
    """The sum of d / (n (n - d)) so far; the variance of S is S^2 times it. Infinite once nobody is left."""


@dataclass(frozen=True)
class Curve:
    """A survival curve: 1 before its first step."""

    n: int
    steps: tuple[Step, ...]
    last: Exact | None
    """The longest duration seen, censored ones too: beyond it the curve is carried forward, not observed."""

    def at(self, time: Exact) -> Fraction | None:
        """The share to whom it has not happened by a time, that time included; none of nobody."""
        if not self.n:
            return None
        step = self._step(time)
        return step.survival if step else Fraction(1)

    def interval(self, time: Exact) -> Interval | None:
        """95 % interval of the curve at a time; none where it is 1 or 0, since nothing varies there."""
        step = self._step(time)
        return _log_log(step) if step else None

    def reached(self, share: Fraction = HALF) -> Exact | None:
        """The first time by which it has happened to at least this share, S <= 1 - share; none if never reached."""
        return next((step.time for step in self.steps if step.survival <= 1 - share), None)

    @property
    def median(self) -> Exact | None:
        """The first time at which S is a half or less."""
        return self.reached()

    @property
    def quartiles(self) -> tuple[Exact | None, Exact | None, Exact | None]:
        """The first times by which it has happened to a quarter, a half, three quarters."""
        return self.reached(Fraction(1, 4)), self.reached(), self.reached(Fraction(3, 4))

    def reached_interval(self, share: Fraction = HALF) -> tuple[Exact | None, Exact | None]:
        """95 % interval of `reached`: the times whose interval holds 1 - share (Brookmeyer and Crowley 1982).

        A bound is none where the curve's bound never gets there; the upper one often does not.
        """
        level = float(1 - share)
        low: Exact | None = None
        for step in self.steps:
            bounds = _log_log(step) or (float(step.survival), float(step.survival))
            if low is None and bounds[0] <= level:
                low = step.time
            # At the very last event of all S is 0 and has no interval: that bounds nothing from above.
            if step.survival and bounds[1] <= level:
                return low, step.time
        return low, None

    def restricted_mean(self, horizon: Exact) -> Fraction | None:
        """The mean time until it happens or the horizon comes: the area under the curve; none of nobody.

        Beyond the longest duration seen, the curve's last value is carried forward.
        """
        if not self.n:
            return None
        steps = [step for step in self.steps if step.time < horizon]
        times = [0, *(step.time for step in steps), max(horizon, 0)]
        area = Fraction(times[-1] - times[-2])
        # From behind: each stretch is a share of the one before, so denominators stay small while adding up.
        for number in range(len(steps) - 1, -1, -1):
            step = steps[number]
            kept = Fraction(step.at_risk - step.events, step.at_risk)
            area = (times[number + 1] - times[number]) + kept * area
        return area

    def restricted_mean_error(self, horizon: Exact) -> float | None:
        """The standard error of the restricted mean: Greenwood's terms, each weighed by the area still to come."""
        if not self.n:
            return None
        later, until, variance = 0.0, float(horizon), 0.0
        for step in reversed([step for step in self.steps if step.time < horizon]):
            later += float(step.survival) * (until - float(step.time))
            until = float(step.time)
            left = step.at_risk - step.events
            if left:
                variance += later * later * step.events / (step.at_risk * left)
        return math.sqrt(variance)

    def restricted_mean_interval(self, horizon: Exact) -> Interval | None:
        """95 % interval of the restricted mean, between 0 and the horizon; none where nothing varies."""
        mean, error = self.restricted_mean(horizon), self.restricted_mean_error(horizon)
        if mean is None or not error:
            return None
        return max(0.0, float(mean) - Z95 * error), min(float(horizon), float(mean) + Z95 * error)

    def _step(self, time: Exact) -> Step | None:
        """The last step up to a time."""
        place = bisect_right(self.steps, time, key=lambda step: step.time)
        return self.steps[place - 1] if place else None


def kaplan_meier(durations: Durations) -> Curve:
    """The curve of a histogram {duration: (events, censored)}."""
    if any(time < 0 for time in durations):
        raise RequestError(f"A duration cannot be negative: {min(durations)}.")
    n = at_risk = sum(events + censored for events, censored in durations.values())
    survival, greenwood = Fraction(1), 0.0
    steps: list[Step] = []
    for time in sorted(durations):
        events, censored = durations[time]
        if events:
            left = at_risk - events
            survival *= Fraction(left, at_risk)
            greenwood += events / (at_risk * left) if left else math.inf
            steps.append(Step(time, at_risk, events, survival, greenwood))
        at_risk -= events + censored
    return Curve(n, tuple(steps), max((t for t, counts in durations.items() if any(counts)), default=None))


def _log_log(step: Step) -> Interval | None:
    """Kalbfleisch and Prentice's interval: S to the power exp(-/+ z se(log(-log S)))."""
    if step.survival in (0, 1):
        return None
    survival = float(step.survival)
    spread = math.exp(Z95 * math.sqrt(step.greenwood) / -math.log(survival))
    return survival**spread, survival ** (1 / spread)
