"""A health score in plain loops, from the words of the definition: no group, one step after the other. Tests' floor."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Line:
    """A measure: its weight, its points or None, the part of its weight that is left, what stands in for nothing."""

    weight: Fraction
    points: Fraction | None
    fresh: Fraction
    missing: str
    group: str


def score(lines: Sequence[Line], groups: dict[str, Fraction], least: Fraction) -> tuple[Fraction | None, Fraction]:
    """The score, or None, and the coverage."""
    names = list(groups) if groups else ["all"]
    top, bottom, known, everything = Fraction(0), Fraction(0), Fraction(0), Fraction(0)
    blocked = False
    for name in names:
        inside = [line for line in lines if line.weight > 0 and (not groups or line.group == name)]
        if not inside:
            continue
        weight = groups[name] if groups else Fraction(1)
        a, b, measured, full = Fraction(0), Fraction(0), Fraction(0), Fraction(0)
        for line in inside:
            full += line.weight
            points = line.points
            if points is None and line.missing == "block":
                blocked = True
            if points is None and line.missing == "neutral":
                points = Fraction(50)
            elif points is None and line.missing == "zero":
                points = Fraction(0)
                measured += line.weight * line.fresh
            elif points is not None:
                measured += line.weight * line.fresh
            if points is not None:
                a += line.weight * line.fresh * points
                b += line.weight * line.fresh
        everything += weight
        known += weight * measured / full
        if b > 0:
            top += weight * a / b
            bottom += weight
    coverage = known / everything if everything else Fraction(0)
    if blocked or coverage < least or bottom == 0:
        return None, coverage
    return top / bottom, coverage


def linear(points: Sequence[tuple[Fraction, Fraction]], x: Fraction) -> Fraction:
    """Between the points in proportion, level outside of them."""
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[0][1] if x < points[0][0] else points[-1][1]


def steps(points: Sequence[tuple[Fraction, Fraction]], x: Fraction) -> Fraction:
    """The points of the last figure that is reached; below the first, those of the first."""
    found = points[0][1]
    for begin, y in points:
        if x >= begin:
            found = y
    return found


def place(x: Fraction, others: Sequence[Fraction]) -> Fraction:
    """Those below and half of those alike (oneself among them), of all."""
    below = sum(1 for other in others if other < x)
    alike = sum(1 for other in others if other == x)
    return (below + Fraction(alike, 2)) / len(others)


def left(age: int | None, fresh_for: int, reach: int, half_life: int | None = None) -> Fraction:
    """What is left of a fact's weight: all for some days, then evenly less until the end of the window.

    With a half-life it is a half after so many more days, a quarter after twice as many, in millionths.
    """
    if age is None:
        return Fraction(0)
    if age <= fresh_for:
        return Fraction(1)
    if age >= reach:
        return Fraction(0)
    if half_life:
        return Fraction(round(10**6 * 0.5 ** ((age - fresh_for) / half_life)), 10**6)
    return Fraction(reach - age, reach - fresh_for)


def band(cuts: Sequence[tuple[str, Fraction]], x: Fraction, *, lower_exclusive: bool) -> str:
    """The last band that is reached."""
    found = cuts[0][0]
    for name, low in cuts:
        if x > low or (x == low and not lower_exclusive):
            found = name
    return found


def trend(now: Fraction | None, past: Sequence[Fraction | None]) -> Fraction | str | None:
    """By the mean of the past; "most" where there was nothing and now is something."""
    known = [x for x in past if x is not None]
    if now is None or not known:
        return None
    if sum(known) > 0:
        return now * len(known) / sum(known)
    return "most" if now > 0 else None


@dataclass(frozen=True)
class Standing:
    """A customer when a day begins: its group, MRR, score (None: too little is known) and band."""

    customer: str
    group: str
    mrr: Fraction
    score: Fraction | None
    band: str


def share(people: Sequence[Standing], band: str, group: str | None) -> tuple[Fraction | None, int]:
    """Of those with a score the part that is in the band, and how many have one; in one group, or all."""
    known, inside = 0, 0
    for one in people:
        if one.score is not None and (group is None or one.group == group):
            known += 1
            if one.band == band:
                inside += 1
    return (Fraction(inside, known) if known else None), known


def at_risk(people: Sequence[Standing], lowest: str, group: str | None) -> Fraction:
    """The MRR of those with a score who are in the lowest band."""
    found = Fraction(0)
    for one in people:
        if one.score is not None and one.band == lowest and (group is None or one.group == group):
            found += one.mrr
    return found


def mean(people: Sequence[Standing], *, weigh: bool) -> Fraction | None:
    """The mean of the scores there are, by MRR or every customer alike."""
    top = bottom = Fraction(0)
    for one in people:
        if one.score is not None:
            weight = one.mrr if weigh else Fraction(1)
            top += weight * one.score
            bottom += weight
    return top / bottom if bottom else None
