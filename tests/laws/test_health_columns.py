"""Scores as columns are those of plain loops, one customer after the other, over random scores and figures."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import health as loops

from tenure.each import Texts
from tenure.health.inputs import Inputs, People, against_past
from tenure.health.scoring import Scored, remembered, score_all
from tenure.health_presets import BANDS
from tenure.health_score import INSUFFICIENT, MISSING, Map, Measure, Override, Profile, Rule, Score
from tenure.stats.rationals import Rationals, constant, of, places, where

DAY = date(2025, 1, 1)
REACH = 30
WORDS = ("good", "poor", "odd")

figures = st.one_of(st.none(), st.integers(-3, 12), st.fractions(-2, 12, max_denominator=6))
weights = st.sampled_from([Fraction(0), Fraction(1), Fraction(2), Fraction(3), Fraction(1, 2)])
rising = st.lists(st.integers(0, 10), min_size=2, max_size=4, unique=True).map(sorted)


@st.composite
def maps(draw: st.DrawFn) -> Map:
    how = draw(st.sampled_from(["linear", "steps", "percentile", "boolean", "words"]))
    if how == "words":
        return Map("words", words=(("good", Fraction(100)), ("poor", Fraction(25))))
    xs = draw(rising)
    ys = sorted(draw(st.lists(st.sampled_from([0, 25, 40, 50, 75, 100]), min_size=len(xs), max_size=len(xs))))
    ys = ys[::-1] if draw(st.booleans()) else ys
    points = tuple((Fraction(x), Fraction(y)) for x, y in zip(xs, ys, strict=True))
    return Map(how, points, reverse=draw(st.booleans()))  # type: ignore[arg-type]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Score, dict[str, Any], int]:
    """A score, and for each measure what it finds of each customer: figure, kind, age; members of each condition."""
    size, groups = draw(st.integers(1, 7)), draw(st.booleans())
    made = []
    for i in range(draw(st.integers(1, 4))):
        map_ = draw(maps())
        fades = map_.how != "words" and draw(st.booleans())
        made.append(
            Measure(
                f"m{i}",
                "nps",
                "attribute" if map_.how == "words" else "metric",
                map_,
                draw(weights),
                (0, REACH),
                within="kind" if map_.how == "percentile" and draw(st.booleans()) else "",
                group=draw(st.sampled_from("ab")) if groups else "",
                missing=draw(st.sampled_from(MISSING)),
                fresh_for=draw(st.sampled_from([1, 10, 29, 30, 40])) if fades else None,
                half_life=draw(st.sampled_from([None, 1, 9])) if fades else None,
            )
        )
    names = [m.name for m in made]
    numeric = [m.name for m in made if m.map.how != "words"]
    profiles = tuple(
        Profile(f"p{i}", f"in {i}", {draw(st.sampled_from(names)): draw(weights)})
        for i in range(draw(st.integers(0, 2)))
    )
    limits = st.one_of(st.none(), st.integers(-1, 10).map(Fraction))
    rules = tuple(
        Rule(
            f"r{i}",
            draw(st.sampled_from(["cap", "floor", "set"])),
            Fraction(draw(st.sampled_from([0, 40, 50, 75, 100]))),
            draw(st.sampled_from(["", "in 2"])) if numeric else "in 2",
            draw(st.sampled_from(numeric)) if numeric else "",
            draw(limits),
            draw(limits),
        )
        for i in range(draw(st.integers(0, 2)))
    )
    hands = tuple(
        Override(
            f"C{draw(st.integers(0, size - 1))}",
            Fraction(draw(st.integers(0, 100))),
            "Ana",
            "because",
            date(2024, 12, 1),
            draw(st.sampled_from([DAY, date(2025, 2, 1)])),
            draw(st.sampled_from(["", *names])),
        )
        for _ in range(draw(st.integers(0, 1)))
    )
    score = Score(
        "s",
        tuple(made),
        BANDS[draw(st.sampled_from(list(BANDS)))],
        (("a", Fraction(2)), ("b", Fraction(1))) if groups else (),
        coverage=draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(3, 5), Fraction(1)])),
        hysteresis=Fraction(draw(st.sampled_from([0, 5, 25]))),
        profiles=profiles,
        rules=rules,
        overrides=hands,
    )
    said = st.one_of(st.none(), st.sampled_from(WORDS))
    found: dict[str, Any] = {}
    for m in made:
        values = said if m.map.how == "words" else figures
        found[m.name] = draw(st.lists(values, min_size=size, max_size=size))
        found[f"{m.name} age"] = draw(st.lists(st.one_of(st.none(), st.integers(0, 29)), min_size=size, max_size=size))
    found["kind"] = draw(st.lists(st.sampled_from([None, "x", "y"]), min_size=size, max_size=size))
    for condition in ("in 0", "in 1", "in 2"):
        found[condition] = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    return score, found, size


def texts(said: list[str | None]) -> Texts:
    words = tuple(dict.fromkeys(word for word in said if word is not None))
    return Texts(np.array([-1 if word is None else words.index(word) for word in said]), words)


def inputs(score: Score, found: dict[str, Any], size: int) -> Inputs:
    people = People(np.arange(size), lambda: [f"C{i}" for i in range(size)])
    made = Inputs(DAY, people, constant(1, size))
    for m in score.measures:
        values = found[m.name]
        made.figures[f"s/{m.name}"] = texts(values) if m.map.how == "words" else of(values)
        if m.fresh_for is not None:
            ages = [-1 if age is None else age for age in found[f"{m.name} age"]]
            made.ages[f"s/{m.name}"] = np.array(ages)
    made.within["kind"] = texts(found["kind"])
    made.members = {name: np.array(found[name]) for name in ("in 0", "in 1", "in 2")}
    return made


def looped(score: Score, found: dict[str, Any], i: int) -> tuple[Fraction | None, Fraction]:
    """One customer's score and coverage, in plain loops."""
    profile = next((p for p in score.profiles if found[p.where][i]), None)
    lines = []
    for m in score.measures:
        figure = found[m.name][i]
        points: Fraction | None = None
        if m.map.how == "words":
            points = {"good": Fraction(100), "poor": Fraction(25)}.get(figure)
        elif figure is not None:
            kinds = found["kind"] if m.within else [None] * len(found["kind"])
            others = [x for x, kind in zip(found[m.name], kinds, strict=True) if x is not None and kind == kinds[i]]
            share = {"percentile": lambda x, o: loops.place(x, o), "boolean": lambda x, o: Fraction(x > 0)}
            if m.map.how in share:
                points = 100 * share[m.map.how](figure, others)
                points = 100 - points if m.map.reverse else points
            else:
                points = (loops.steps if m.map.how == "steps" else loops.linear)(m.map.points, Fraction(figure))
        fresh = Fraction(1)
        if m.fresh_for is not None and figure is not None:
            fresh = loops.left(found[f"{m.name} age"][i], m.fresh_for, REACH, m.half_life)
        if fresh == 0:
            points, fresh = None, Fraction(1)
        for hand in score.overrides:
            if hand.customer == f"C{i}" and hand.measure == m.name and hand.expires > DAY:
                points, fresh = hand.score, Fraction(1)
        weight = m.weight if profile is None else profile.weights.get(m.name, m.weight)
        lines.append(loops.Line(weight, points, fresh if points is not None else Fraction(1), m.missing, m.group))
    total, coverage = loops.score(lines, dict(score.groups), score.coverage)
    for does in ("set", "floor", "cap"):
        for rule in score.rules:
            if rule.does == does and total is not None and holds(rule, found, i):
                total = {"set": rule.to, "floor": max(total, rule.to), "cap": min(total, rule.to)}[does]
    for hand in score.overrides:
        if hand.customer == f"C{i}" and not hand.measure and hand.expires > DAY:
            total = hand.score
    return total, coverage


def holds(rule: Rule, found: dict[str, Any], i: int) -> bool:
    if rule.where and not found[rule.where][i]:
        return False
    if not rule.measure:
        return bool(rule.where)
    figure = found[rule.measure][i]
    if figure is None:
        return False
    return (rule.below is None or figure < rule.below) and (rule.above is None or figure > rule.above)


def agree(scored: Scored, totals: list[Fraction | None], coverages: list[Fraction]) -> None:
    """Columns and each customer in full say what the loops say."""
    score = scored.score
    for i, (total, coverage) in enumerate(zip(totals, coverages, strict=True)):
        one = scored.judgement(i)
        assert (one.score, one.coverage) == (total, coverage)
        assert scored.coverage[i] == pytest.approx(float(coverage))
        if total is None:
            assert np.isnan(scored.total[i]) and scored.band_of(i) == INSUFFICIENT
        else:
            assert scored.total[i] == pytest.approx(float(total), abs=1e-9)
            band = loops.band(score.bands.cuts, total, lower_exclusive=score.bands.lower_exclusive)
            assert scored.band_of(i) == one.band == band
            assert sum(part.gives for part in one.parts) == total


@given(worlds())
@settings(max_examples=400, deadline=None)
def test_columns_are_what_loops_say(world: tuple[Score, dict[str, Any], int]) -> None:
    score, found, size = world
    said = [looped(score, found, i) for i in range(size)]
    agree(score_all(score, {"s": score}, inputs(score, found, size)), [t for t, _ in said], [c for _, c in said])


@given(worlds(), st.randoms())
@settings(max_examples=150, deadline=None)
def test_bands_remember(world: tuple[Score, dict[str, Any], int], dice: Any) -> None:
    """Of those who were there before, each band is the one that the score's own rule says of both exact scores."""
    score, found, size = world
    other = {name: dice.sample(values, size) for name, values in found.items()}
    then = score_all(score, {"s": score}, inputs(score, other, size))
    now = remembered(score_all(score, {"s": score}, inputs(score, found, size)), then)
    for i in range(size):
        one, before = now.exactly.judgement(i), then.judgement(i)
        band = one.band
        if one.score is not None and before.score is not None:
            band = score.bands.after(one.score, before.band, score.hysteresis)
        assert now.band_of(i) == now.judgement(i).band == band


columns = st.lists(st.one_of(st.none(), st.fractions(max_denominator=10**12)), min_size=1, max_size=6)


@given(columns, st.data())
@settings(max_examples=300, deadline=None)
def test_columns_of_fractions_are_fractions(a: list[Fraction | None], data: st.DataObject) -> None:
    """Whatever the size of the numbers: every operation is the one of fractions."""
    one = st.one_of(st.none(), st.integers(-(2**70), 2**70).map(Fraction), st.fractions(max_denominator=7))
    b = data.draw(st.lists(one, min_size=len(a), max_size=len(a)))
    limit = data.draw(st.fractions(max_denominator=100))
    x, y, pairs = of(a), of(b), list(zip(a, b, strict=True))
    for mine, how in ((x.plus(y), "+"), (x.plus(y, -1), "-"), (x.times(y), "*"), (x.over(y), "/")):
        for i, (p, q) in enumerate(pairs):
            if p is None or q is None or (how == "/" and q == 0):
                assert mine.at(i) is None
            else:
                assert mine.at(i) == {"+": p + q, "-": p - q, "*": p * q, "/": p / q if q else None}[how]
    assert x.total() == sum(p for p in a if p is not None)
    signs = x.compared(limit)
    for i, (p, q) in enumerate(pairs):
        assert signs[i] == (0 if p is None else (p > limit) - (p < limit))
        assert where(np.array([k % 2 == 0 for k in range(len(a))]), x, y).at(i) == (p if i % 2 == 0 else q)
    known = [p for p in a if p is not None]
    ranked = places(x)
    assert [ranked.at(i) for i in range(len(a))] == [None if p is None else loops.place(p, known) for p in a]


@given(st.lists(st.lists(figures, min_size=3, max_size=3), min_size=2, max_size=4))
@settings(max_examples=200, deadline=None)
def test_a_trend_is_that_of_loops(windows: list[list[Any]]) -> None:
    found = against_past([of(one) for one in windows])
    for i in range(3):
        *past, now = [None if one[i] is None else Fraction(one[i]) for one in windows]
        said = loops.trend(now, past)
        assert found.at(i) == (10**9 if said == "most" else said)


def test_equal_scores_on_an_edge_are_settled_once() -> None:
    """A third of 25 and two thirds of 62.5 is 50, the edge of a band, for all hundred; floats alone could miss it."""
    measures = (
        Measure("a", "nps", map=Map(points=((Fraction(0), Fraction(0)), (Fraction(12), Fraction(100))))),
        Measure(
            "b", "nps", map=Map(points=((Fraction(0), Fraction(0)), (Fraction(8), Fraction(100)))), weight=Fraction(2)
        ),
    )
    score = Score("s", measures, BANDS["three"])
    made = Inputs(DAY, People(np.arange(100), lambda: [f"C{i}" for i in range(100)]), constant(1, 100))
    made.figures = {"s/a": Rationals(np.full(100, 3)), "s/b": Rationals(np.full(100, 5))}
    found = score_all(score, {"s": score}, made)
    assert [found.band_of(i) for i in range(100)] == ["needs attention"] * 100
    assert found.judgement(0).score == 50


def test_who_is_set_by_hand_speaks_for_nobody_else() -> None:
    """Both have 50 points, the edge of a band; one of them is set to 0, the other stays."""
    measures = (Measure("a", "nps", map=Map(points=((Fraction(0), Fraction(0)), (Fraction(2), Fraction(100))))),)
    hand = Override("C0", Fraction(0), "Ana", "because", date(2024, 12, 1), date(2025, 2, 1))
    score = Score("s", measures, BANDS["three"], overrides=(hand,))
    made = Inputs(DAY, People(np.arange(2), lambda: ["C0", "C1"]), constant(1, 2))
    made.figures = {"s/a": Rationals(np.full(2, 1))}
    found = score_all(score, {"s": score}, made)
    assert found.total.tolist() == [0, 50] and [found.band_of(i) for i in (0, 1)] == ["at risk", "needs attention"]
