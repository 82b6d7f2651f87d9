"""A health score in plain loops, from the words of the definition: no group, one step after the other. Tests' floor."""

from __future__ import annotations

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
