"""Groups compared within strata: by hand, against the log-rank test, and what chance does to many traits."""

from __future__ import annotations

import random

import pytest

from tenure.stats import log_rank
from tenure.stats.matched import Matched, matched

Told = list[tuple[int, bool, int]]  # stratum, has the trait, lost


def asked(rows: Told) -> Matched:
    found = matched(
        [lost for _, _, lost in rows], [1] * len(rows), [s for s, _, _ in rows], list(range(len(rows))),
        [[has for _, has, _ in rows]],
    )[0]  # fmt: skip
    assert found is not None
    return found


def cell(stratum: int, has: bool, lost: int, n: int) -> Told:
    return [(stratum, has, int(k < lost)) for k in range(n)]


def test_two_strata_by_hand() -> None:
    """First: 10 of 20 against 5 of 20; second: 2 of 10 against 1 of 30.

    Weights 20 x 20 / 40 = 10 and 10 x 30 / 40 = 7.5: (10 x .25 + 7.5 x .16667) / 17.5 = .214286. The ratio:
    (10 x 20 + 2 x 30) / 40 = 6.5 over (5 x 20 + 1 x 10) / 40 = 2.75, 2.363636. Crude: 12 of 30 and 6 of 50.
    """
    found = asked(cell(1, True, 10, 20) + cell(1, False, 5, 20) + cell(2, True, 2, 10) + cell(2, False, 1, 30))
    assert found.difference == pytest.approx(3.75 / 17.5)
    assert found.ratio == pytest.approx(6.5 / 2.75)
    assert (found.with_rate, found.without_rate, found.matched) == (0.4, 0.12, 80)


def test_strata_take_away_what_they_are_made_of() -> None:
    """In each stratum both groups lose the same share, but the trait is common where more are lost: 45 of 50 in the
    stratum of 40 %, 5 of 50 in that of 20 %. Crude 19 of 50 against 11 of 50; within strata no difference."""
    rows = cell(1, True, 18, 45) + cell(1, False, 2, 5) + cell(2, True, 1, 5) + cell(2, False, 9, 45)
    found = asked(rows)
    assert (found.with_rate, found.without_rate) == (0.38, 0.22)
    assert found.difference == pytest.approx(0)
    assert found.p == 1


def test_the_lady_who_tastes_tea() -> None:
    """3 of 4 against 1 of 4: of 70 ways to deal 4, 36 put two in each group, so 34 / 70 = .486 do as well (Fisher)."""
    assert asked(cell(1, True, 3, 4) + cell(1, False, 1, 4)).p == pytest.approx(34 / 70, abs=0.025)


def test_with_time_as_strata_it_is_the_log_rank_test() -> None:
    """Who is left at each time is a stratum. 30 and 30 customers; p within what 4,999 deals leave open."""
    dice = random.Random(12)
    ends = [(dice.randint(1, 8), dice.random() < 0.6, k < 30) for k in range(60)]
    ends = [(time + (2 if slow else 0), lost, slow) for time, lost, slow in ends]
    groups = []
    for group in (True, False):
        of = [(end, lost) for end, lost, slow in ends if slow == group]
        groups.append({t: (of.count((t, True)), of.count((t, False))) for t in range(1, 11)})
    expected = log_rank(groups)
    assert expected is not None and 0.001 < expected.p < 0.2, "an example that says something"
    rows = [
        (k, time, slow, int(lost and end == time))
        for k, (end, lost, slow) in enumerate(ends)
        for time in range(1, end + 1)
    ]
    (found,) = matched(
        [r[3] for r in rows], [1] * len(rows), [r[1] for r in rows], [r[0] for r in rows], [[r[2] for r in rows]]
    )
    assert found is not None
    assert found.p == pytest.approx(expected.p, rel=0.3, abs=0.01)


def test_nothing_to_compare() -> None:
    """A trait that a whole stratum shares, and outcomes that do not vary, say nothing."""
    assert matched([1, 0, 1, 0], [1] * 4, [1, 1, 2, 2], [1, 2, 3, 4], [[True, True, False, False]]) == [None]
    assert matched([0, 0, 0, 0], [1] * 4, [1] * 4, [1, 2, 3, 4], [[True, False, True, False]]) == [None]
    assert matched([1, 0], [1, 1], [1, 1], [1, 2], [[None, None]]) == [None]


def test_repeated_customers_count_once() -> None:
    """Each of 20 customers repeats its outcome ten times: the evidence is that of 20 customers, not of 200.

    6 of 10 against 3 of 10 is p .37 by Fisher's test; 60 of 100 against 30 of 100 would be under .001.
    """
    people = [(True, k < 6) for k in range(10)] + [(False, k < 3) for k in range(10)]
    rows = [(who, has, grew) for who, (has, grew) in enumerate(people) for _ in range(10)]
    (found,) = matched(
        [int(grew) for _, _, grew in rows], [1] * 200, [1] * 200, [who for who, _, _ in rows], [[h for _, h, _ in rows]]
    )
    assert found is not None
    assert 0.1 < found.p < 0.4
    assert found.low < 0 < found.high


def test_many_traits_by_chance() -> None:
    """Ten traits that mean nothing, in 120 companies: about one in twenty shows any (6; more than 12 is rare)."""
    dice = random.Random(5)
    wrong = 0
    for seed in range(120):
        outcomes = [int(dice.random() < 0.15) for _ in range(80)]
        strata = [k % 4 for k in range(80)]
        traits = [[dice.random() < 0.3 for _ in range(80)] for _ in range(10)]
        found = matched(outcomes, [1] * 80, strata, list(range(80)), traits, seed=seed)
        wrong += any(one is not None and one.adjusted <= 0.05 for one in found)
    assert wrong <= 12, f"{wrong} of 120"
