"""What a back-test says, in plain words: never more than its figures allow. Part of health."""

from __future__ import annotations

from tenure.health.learning import Learned
from tenure.health.seen import left_of
from tenure.health.verdict import Backtest, Ratio
from tenure.stats import Area


def sentences(found: Backtest) -> list[str]:
    """The verdict, how often whom left, and what the learned weights are worth."""
    if found.area is None:
        return [f"Nothing can be said of {found.score.name!r} yet: {found.refused}."]
    said = [_verdict(found), *_lifts(found)]
    worst = [one for one in found.compared if one["auc"] is not None and one["kind"] == "score"]
    if len(worst) > 1:
        best = max(worst, key=lambda one: one["auc"])
        said.append(f"Of the {len(worst)} scores, {best['name']!r} has the largest AUC, {best['auc']:.2f}.")
    if found.learned is not None:
        said.append(_learned(found.learned))
    return said


def _verdict(found: Backtest) -> str:
    assert found.area is not None
    months = "month" if len(found.days) == 1 else f"{len(found.days)} months"
    span = f"Over the {months} from {found.days[0]:%Y-%m} to {found.days[-1]:%Y-%m}"
    gone = f"{left_of(found.seen)} customers with a score left within {found.horizon} days of one"
    if found.area.low is None:
        return f"{span}, {gone}; that is too few on one side for an interval."
    how = f"AUC {found.area.value:.2f}, 95 % interval {found.area.low:.2f} to {found.area.high:.2f}"
    times = f"{100 * found.area.value:.0f} times of 100"
    told = {
        "better": f"the score was right more often than chance: of one who left and one who stayed, the one who left "
        f"had the lower score {times} ({how})",
        "chance": f"the score was no better than chance ({how})",
        "worse": f"the score was worse than chance: those who left had the higher scores ({how})",
    }[found.verdict]
    return f"{span}, {told}; {gone}."


def _lifts(found: Backtest) -> list[str]:
    said = []
    for one in found.lifts[:1] + found.lifts[-1:] if len(found.lifts) > 1 else found.lifts:
        said.append(_lift(one, found.horizon))
    return said


def _lift(one: Ratio, horizon: int) -> str:
    first, second = (name if name.startswith("the ") else f"customers in {name!r}" for name in (one.first, one.second))
    first = first[0].upper() + first[1:]
    if one.low is None or one.high is None:
        return (
            f"{first} left within {horizon} days {one.value:.1f} times as often as {second} (too few for an interval)."
        )
    reach = f"95 % interval {one.low:.1f} to {one.high:.1f}"
    if one.low <= 1 <= one.high:
        return f"{first} left {one.value:.1f} times as often as {second}, which may be chance ({reach})."
    return f"{first} left within {horizon} days {one.value:.1f} times as often as {second} ({reach})."


def _learned(found: Learned) -> str:
    if found.refused:
        return f"No weights are suggested: {found.refused}."
    assert found.current is not None and found.suggested is not None and found.difference is not None
    weights = ", ".join(f"{name} {weight}" for name, weight in found.weights.items())
    fitted, judged = found.months
    both = f"AUC {found.suggested.value:.2f} against {found.current.value:.2f} now"
    how = f"learned from {fitted} earlier months and judged on the {judged} after: {both}{_reach(found.difference)}"
    if found.better:
        return f"Better weights: {weights} ({how})."
    return f"The weights may stay: those that were learned ({weights}) are not better beyond chance ({how})."


def _reach(area: Area) -> str:
    if area.low is None or area.high is None:
        return ""
    return f", difference {area.value:+.2f}, 95 % interval {area.low:+.2f} to {area.high:+.2f}"
