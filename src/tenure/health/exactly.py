"""One customer's score in full, on exact fractions: readings, children, exceptions, hands. Part of health.

`scoring` says of everyone at once what this says of one; where a float cannot tell, it asks here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from tenure.health.inputs import Inputs
from tenure.health.judgement import NOTHING, Judgement, Part, Reading, judged
from tenure.health.measured import Measured
from tenure.health_score import BEST, INSUFFICIENT, Profile, Rule, Score
from tenure.stats.rationals import Array

ORDER = {"set": 0, "floor": 1, "cap": 2}


def weights_of(score: Score, profile: Profile | None) -> dict[str, Fraction]:
    """The weights of a profile: those of the score where it says nothing."""
    said = {} if profile is None else dict(profile.weights)
    return {m.name: said.get(m.name, m.weight) for m in score.measures}


@dataclass
class Exactly:
    """Customers by their place. `children`: the places of those whose score a customer has; `profile`: its number."""

    score: Score
    inputs: Inputs
    measures: Mapping[str, Measured]
    profile: Array
    high: Array
    children: Mapping[int, Sequence[int]]
    _own: dict[int, Judgement] = field(default_factory=dict)
    _done: dict[int, Judgement] = field(default_factory=dict)

    def judgement(self, i: int) -> Judgement:
        """The score, the band without memory, and all that makes it."""
        return self._excepted(self._rolled_up(i, ()), i)

    def _judged(self, i: int) -> Judgement:
        """The customer's own score, before children, exceptions and hands."""
        if i in self._own:
            return self._own[i]
        who = self.inputs.people.ids[i]
        readings = {name: one.reading(i) for name, one in self.measures.items()}
        for hand in self.score.overrides:
            if hand.customer == who and hand.measure and hand.holds(self.inputs.day):
                note = f"set by {hand.author} until {hand.expires}: {hand.reason}"
                readings[hand.measure] = Reading(readings[hand.measure].figure, hand.score, Fraction(1), note)
        profile = self.score.profiles[self.profile[i]] if self.profile[i] >= 0 else None
        found = judged(self.score, who, readings, weights_of(self.score, profile))
        tier, mrr = "high value" if self.high[i] else "", self.inputs.mrr.at(i) or NOTHING
        found = replace(found, profile=profile.name if profile else "", tier=tier, mrr=mrr)
        if self.children:  # a child is looked at again by its parent
            self._own[i] = found
        return found

    def _rolled_up(self, i: int, above: tuple[int, ...]) -> Judgement:
        """A parent has the score of its children, theirs that of their own."""
        if i in self._done or i not in self.children or i in above:
            return self._done.get(i) or self._judged(i)
        below = [self._rolled_up(child, (*above, i)) for child in self.children[i]]
        self._done[i] = _of_children(self.score, self._judged(i), [one for one in below if one.score is not None])
        return self._done[i]

    def _excepted(self, one: Judgement, i: int) -> Judgement:
        """After the exceptions that hold (set, floors, caps, so that a cap wins), and what a person has set."""
        score = self.score
        if one.score is None and not score.overrides:
            return one
        total, parts = one.score, list(one.parts)
        for rule in in_order(score):
            if total is None:
                break
            if not self._holds(rule, one, i):
                continue
            new = {"set": rule.to, "floor": max(total, rule.to), "cap": min(total, rule.to)}[rule.does]
            note = f"{rule.does} at {float(rule.to):g}" + ("" if new != total else ", changes nothing")
            parts.append(Part(rule.name, None, None, NOTHING, new - total, note))
            total = new
        for hand in score.overrides:
            if hand.customer == one.customer and not hand.measure and hand.holds(self.inputs.day):
                note = f"by {hand.author} until {hand.expires}: {hand.reason}"
                if total is None:  # what little is known gives way to what the person says
                    parts = [replace(part, weight=NOTHING, gives=NOTHING) for part in parts]
                parts.append(Part("set by hand", None, None, NOTHING, hand.score - (total or NOTHING), note))
                total = hand.score
        if total == one.score and len(parts) == len(one.parts):
            return one
        band = INSUFFICIENT if total is None else score.bands.of(min(BEST, max(NOTHING, total)))
        return replace(one, score=total, parts=tuple(parts), band=band)

    def _holds(self, rule: Rule, one: Judgement, i: int) -> bool:
        if rule.where and not self.inputs.members[rule.where][i]:
            return False
        if not rule.measure:
            return bool(rule.where)
        reading = (one.readings or {}).get(rule.measure)
        if reading is None or not isinstance(reading.figure, Fraction):
            return False
        below = rule.below is None or reading.figure < rule.below
        return below and (rule.above is None or reading.figure > rule.above)


def in_order(score: Score) -> list[Rule]:
    """Exceptions as they are applied: of those that set, lift and cap the last wins."""
    return sorted(score.rules, key=lambda rule: ORDER[rule.does])


def _of_children(score: Score, parent: Judgement, children: Sequence[Judgement]) -> Judgement:
    if not children:
        return parent
    if score.parents == "worst":
        children = [min(children, key=lambda one: one.score or NOTHING)]
    money = sum((one.mrr for one in children), NOTHING) if score.parents == "mrr_weighted" else NOTHING
    parts = []
    for one in children:
        share = one.mrr / money if money else Fraction(1, len(children))
        parts.append(Part(f"child {one.customer}", one.score, one.score, share, share * (one.score or NOTHING)))
    total = sum((part.gives for part in parts), NOTHING)
    return replace(
        parent, score=total, band=score.bands.of(total), parts=tuple(parts), coverage=Fraction(1), readings=None, why=""
    )
