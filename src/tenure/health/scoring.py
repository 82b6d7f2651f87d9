"""A score for everyone on a day: profiles, percentiles, exceptions, overrides, parents. Part of health."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tenure.health.inputs import FROM_NOTHING, Inputs
from tenure.health.judgement import NOTHING, Judgement, Part, Reading, judged
from tenure.health_score import BEST, INSUFFICIENT, Measure, Override, Rule, Score

BASE = "base"


@dataclass(frozen=True)
class Scored:
    """Everyone's judgement under one score, and what is worth saying of it."""

    score: Score
    judgements: Mapping[str, Judgement]
    notes: tuple[str, ...] = ()


def score_all(score: Score, scores: Mapping[str, Score], inputs: Inputs) -> Scored:
    """Everyone's score on the day of the inputs, without memory of bands."""
    others = {name: score_all(scores[name], scores, inputs).judgements for name in score.scores}
    readings = {m.name: _readings(score, m, inputs, others) for m in score.measures}
    profiles, notes = _profiles(score, inputs)
    tiers = _tiers(score, inputs)
    own: dict[str, Judgement] = {}
    for who in inputs.mrr:
        profile = profiles.get(who, "")
        mine = {name: found[who] for name, found in readings.items()}
        mine = _overridden(score, who, mine, inputs)
        found = judged(score, who, mine, weights_of(score, profile))
        own[who] = replace(found, profile=profile, tier=tiers[who], mrr=inputs.mrr[who])
    final = _rolled_up(score, own, inputs)
    done = {who: _excepted(score, one, inputs) for who, one in final.items()}
    return Scored(score, done, (*notes, *_notes(score, inputs)))


def weights_of(score: Score, profile: str) -> dict[str, Fraction]:
    """The weights of a profile: those of the score where it says nothing."""
    said = next((dict(p.weights) for p in score.profiles if p.name == profile), {})
    return {m.name: said.get(m.name, m.weight) for m in score.measures}


def remembered(scored: Scored, before: Mapping[str, Judgement]) -> Scored:
    """The same with bands that are left only some points beyond their edge, seen from the month before."""
    score = scored.score
    if not score.hysteresis:
        return scored
    found = {}
    for who, one in scored.judgements.items():
        then = before.get(who)
        if one.score is not None and then is not None and then.score is not None:
            one = replace(one, band=score.bands.after(one.score, then.band, score.hysteresis))
        found[who] = one
    return replace(scored, judgements=found)


def _readings(
    score: Score, measure: Measure, inputs: Inputs, others: Mapping[str, Mapping[str, Judgement]]
) -> dict[str, Reading]:
    key = f"{score.name}/{measure.name}"
    figures: Mapping[str, Fraction | str] = inputs.figures.get(key, {})
    if measure.source == "score":
        figures = {who: one.score for who, one in others[measure.of].items() if one.score is not None}
    if measure.source == "attribute" and measure.map.how != "words":
        figures = {who: number for who, word in figures.items() if (number := _number(str(word))) is not None}
    places = _places(measure, figures, inputs) if measure.map.how == "percentile" else {}
    ages = inputs.ages.get(key, {})
    found = {}
    for who in inputs.mrr:
        figure = figures.get(who)
        if figure is None:
            found[who] = Reading(None, None)
            continue
        if isinstance(figure, str):
            points = measure.map.of_word(figure)
        else:
            points = measure.map.of(places[who] if places else figure)
        fresh = _fresh(measure, ages.get(who), inputs)
        note = "from nothing" if figure == FROM_NOTHING else ""
        figure = None if figure == FROM_NOTHING else figure
        if not fresh:
            found[who] = Reading(figure, None, NOTHING, "too old")
        else:
            note = note or (f"{ages[who]} days old: {float(fresh):.0%} of its weight" if fresh < 1 else "")
            found[who] = Reading(figure, points, fresh, note)
    return found


def _number(word: str) -> Fraction | None:
    """An attribute as a number; true and false count as 1 and 0."""
    try:
        return Fraction({"true": "1", "false": "0"}.get(word.lower(), word))
    except (ValueError, ZeroDivisionError):
        return None


def _fresh(measure: Measure, age: int | None, inputs: Inputs) -> Fraction:
    """How much of its weight a fact of that age has left."""
    if measure.fresh_for is None:
        return Fraction(1)
    if age is None:
        return NOTHING
    from tenure.periods import before

    reach = (inputs.day - before(inputs.day, measure.window)).days
    if age <= measure.fresh_for:
        return Fraction(1)
    return max(NOTHING, Fraction(reach - age, reach - measure.fresh_for)) if reach > measure.fresh_for else NOTHING


def _places(measure: Measure, figures: Mapping[str, Fraction | str], inputs: Inputs) -> dict[str, Fraction]:
    """Each customer's mid-rank among its equals: those below, and half of those alike, of all."""
    kind = inputs.within.get(measure.within, {}) if measure.within else {}
    groups: dict[str, list[Fraction]] = {}
    for who, figure in figures.items():
        groups.setdefault(kind.get(who, ""), []).append(Fraction(figure))
    for values in groups.values():
        values.sort()
    found = {}
    for who, figure in figures.items():
        values = groups[kind.get(who, "")]
        left, right = bisect_left(values, Fraction(figure)), bisect_right(values, Fraction(figure))
        found[who] = Fraction(left + right, 2 * len(values))
    return found


def _profiles(score: Score, inputs: Inputs) -> tuple[dict[str, str], list[str]]:
    """The first profile whose condition holds for each customer; what is worth saying of the others."""
    found: dict[str, str] = {}
    notes = []
    for profile in score.profiles:
        members = inputs.members.get(profile.where, frozenset())
        if not members and inputs.mrr:
            notes.append(f"{score.name}: profile {profile.name!r} matches nobody ({profile.where}).")
        twice = [who for who in members if who in found]
        if twice:
            who = "customer matches" if len(twice) == 1 else "customers match"
            notes.append(
                f"{score.name}: {len(twice)} {who} profile {profile.name!r} and an earlier one; the first counts."
            )
        found |= {who: profile.name for who in members if who not in found}
    return found, notes


def _tiers(score: Score, inputs: Inputs) -> dict[str, str]:
    """High value: MRR from what is set, else among the upper fifth of those who pay."""
    paying = sorted(mrr for mrr in inputs.mrr.values() if mrr > 0)
    edge = score.high_value
    if edge is None:
        edge = paying[len(paying) * 4 // 5] if paying else None
    return {
        who: "high value" if edge is not None and mrr >= edge and mrr > 0 else "" for who, mrr in inputs.mrr.items()
    }


def _notes(score: Score, inputs: Inputs) -> list[str]:
    notes = []
    for key in inputs.empty:
        name, _, measure = key.partition("/")
        if name == score.name:
            notes.append(f"{name}: nobody has a value for {measure!r}; it is left out of every score.")
    for one in score.overrides:
        if one.expires <= inputs.day:
            notes.append(f"{_name_of(score, one)} by {one.author} expired on {one.expires} and no longer counts.")
    return notes


def _name_of(score: Score, one: Override) -> str:
    what = f"the points of {one.measure!r}" if one.measure else "the score"
    return f"{score.name}: {what} set for {one.customer}"


def _overridden(score: Score, who: str, readings: dict[str, Reading], inputs: Inputs) -> dict[str, Reading]:
    """With the points that somebody has set by hand."""
    for one in score.overrides:
        if one.customer == who and one.measure and one.holds(inputs.day):
            note = f"set by {one.author} until {one.expires}: {one.reason}"
            readings[one.measure] = Reading(readings[one.measure].figure, one.score, Fraction(1), note)
    return readings


def _rolled_up(score: Score, own: Mapping[str, Judgement], inputs: Inputs) -> dict[str, Judgement]:
    """A parent has the score of its children, theirs that of their own."""
    children: dict[str, list[str]] = {}
    for child, parent in inputs.parent.items():
        if parent in own and child in own and parent != child:
            children.setdefault(parent, []).append(child)
    if score.parents == "own" or not children:
        return dict(own)
    done: dict[str, Judgement] = {}

    def of(who: str, above: tuple[str, ...]) -> Judgement:
        if who in done or who not in children or who in above:
            return done.get(who, own[who])
        below = [of(child, (*above, who)) for child in sorted(children[who])]
        done[who] = _of_children(score, own[who], [one for one in below if one.score is not None])
        return done[who]

    return {who: of(who, ()) for who in own}


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


def _excepted(score: Score, one: Judgement, inputs: Inputs) -> Judgement:
    """After the exceptions that hold (set, then floors, then caps, so that a cap wins), and what a person has set."""
    if one.score is None and not score.overrides:
        return one
    total, parts = one.score, list(one.parts)
    order = {"set": 0, "floor": 1, "cap": 2}
    for rule in sorted((r for r in score.rules if _holds(r, one, inputs)), key=lambda r: order[r.does]):
        if total is None:
            break
        new = {"set": rule.to, "floor": max(total, rule.to), "cap": min(total, rule.to)}[rule.does]
        note = f"{rule.does} at {float(rule.to):g}" + ("" if new != total else ", changes nothing")
        parts.append(Part(rule.name, None, None, NOTHING, new - total, note))
        total = new
    for hand in score.overrides:
        if hand.customer == one.customer and not hand.measure and hand.holds(inputs.day):
            note = f"by {hand.author} until {hand.expires}: {hand.reason}"
            if total is None:  # what little is known gives way to what the person says
                parts = [replace(part, weight=NOTHING, gives=NOTHING) for part in parts]
            parts.append(Part("set by hand", None, None, NOTHING, hand.score - (total or NOTHING), note))
            total = hand.score
    if total == one.score and len(parts) == len(one.parts):
        return one
    band = INSUFFICIENT if total is None else score.bands.of(min(BEST, max(NOTHING, total)))
    return replace(one, score=total, parts=tuple(parts), band=band)


def _holds(rule: Rule, one: Judgement, inputs: Inputs) -> bool:
    if rule.where and one.customer not in inputs.members.get(rule.where, frozenset()):
        return False
    if not rule.measure:
        return bool(rule.where)
    reading = (one.readings or {}).get(rule.measure)
    if reading is None or not isinstance(reading.figure, Fraction):
        return False
    below = rule.below is None or reading.figure < rule.below
    return below and (rule.above is None or reading.figure > rule.above)
