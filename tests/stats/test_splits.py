"""A change taken apart: by hand, in plain loops over random groups, and what chance does."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from tenure.stats.splits import Pair, change_interval, errors, holm, shifts, uneven


def pair(top0: int, bottom0: int, top1: int, bottom1: int) -> Pair:
    return Pair(Fraction(top0), Fraction(bottom0), Fraction(top1), Fraction(bottom1))


def test_mix_and_rate_by_hand() -> None:
    """A: 10 of 100, then 30 of 300; B: 30 of 100, then 40 of 100. In all 20 %, then 70 of 400 = 17.5 %: -2.5 points.

    Weights A 1/2 to 3/4, B 1/2 to 1/4; mean rates A 10 %, B 35 %, all 18.75 %.
    mix A = 1/4 (10 - 18.75) = -2.1875; mix B = -1/4 (35 - 18.75) = -4.0625; rate A = 0; rate B = 3/8 x 10 = 3.75.
    """
    found = shifts({"A": pair(10, 100, 30, 300), "B": pair(30, 100, 40, 100)}, ratio=True)
    assert (found["A"].mix, found["A"].rate) == (Fraction(-21875, 10**6), 0)
    assert (found["B"].mix, found["B"].rate) == (Fraction(-40625, 10**6), Fraction(375, 10**4))
    assert found["A"].part + found["B"].part == Fraction(-25, 1000)


def test_a_group_that_is_new_is_all_mix() -> None:
    """A 1 of 2 both times; B comes with 0 of 2: 50 % to 25 %. B's rate is 0, all's mean 37.5 %, its weight 0 to 1/2:
    mix = 1/2 (0 - 37.5) = -18.75. A's mix = -1/2 (50 - 37.5) = -6.25. Sum -25."""
    found = shifts({"A": pair(1, 2, 1, 2), "B": pair(0, 0, 0, 2)}, ratio=True)
    assert (found["B"].mix, found["B"].rate) == (Fraction(-3, 16), 0)
    assert (found["A"].mix, found["A"].rate) == (Fraction(-1, 16), 0)


def test_sums_split_by_group() -> None:
    """Without bottoms a part is what the group's sum gained: 5 to 7 and 4 to 1."""
    found = shifts({"A": pair(5, 0, 7, 0), "B": pair(4, 0, 1, 0)}, ratio=False)
    assert {name: one.part for name, one in found.items()} == {"A": 2, "B": -3}


@pytest.mark.parametrize("seed", range(25))
def test_parts_sum_to_the_change_and_swap_signs(seed: int) -> None:
    """Plain loops: the figure of all before and after, against the sum of parts, for groups that come and go."""
    dice = random.Random(seed)
    groups = {
        name: pair(*(0 if dice.random() < 0.2 else dice.randint(0, 9) for _ in range(4))) for name in range(1, 7)
    } | {0: pair(1, 5, 2, 3)}
    tops0, bottoms0, tops1, bottoms1 = 0, 0, 0, 0
    for one in groups.values():
        tops0, bottoms0 = tops0 + one.top0, bottoms0 + one.bottom0
        tops1, bottoms1 = tops1 + one.top1, bottoms1 + one.bottom1
    change = Fraction(tops1, bottoms1) - Fraction(tops0, bottoms0)
    parts = shifts(groups, ratio=True)
    assert sum(one.part for one in parts.values()) == change
    back = shifts({n: Pair(g.top1, g.bottom1, g.top0, g.bottom0) for n, g in groups.items()}, ratio=True)
    assert all(back[n].mix == -parts[n].mix and back[n].rate == -parts[n].rate for n in groups)


def test_the_interval_of_a_change_of_shares() -> None:
    """100 other customers each time: 20 % to 30 %. The variance is .2 x .8 / 100 + .3 x .7 / 100 = .0037, its root
    .0608, 1.96 of it .1192 (times the root of 200 / 199): -1.9 to 21.9 points."""
    pairs = [pair(k < 20, 1, 0, 0) for k in range(100)] + [pair(0, 0, k < 30, 1) for k in range(100)]
    low, high = change_interval(pairs, ratio=True) or (0, 0)
    assert low == pytest.approx(0.1 - 0.1195, abs=2e-4)
    assert high == pytest.approx(0.1 + 0.1195, abs=2e-4)


@pytest.mark.parametrize("ratio", [True, False])
def test_errors_are_those_of_redrawn_customers(ratio: bool) -> None:
    """The delta method against 600 bootstrap samples in plain loops, within 15 %."""
    dice = random.Random(3)
    people = [(pair(dice.randint(0, 3), 3 * ratio, dice.randint(0, 4), 4 * ratio), k % 2) for k in range(120)]

    def part_of_b(sample: list[tuple[Pair, int]]) -> float:
        groups = {0: Pair(), 1: Pair()}
        for one, group in sample:
            groups[group] += one
        return float(shifts(groups, ratio=ratio)[1].part)

    drawn = [part_of_b([dice.choice(people) for _ in people]) for _ in range(600)]
    mean = sum(drawn) / 600
    spread = (sum((x - mean) ** 2 for x in drawn) / 599) ** 0.5
    (_, error) = errors([p for p, _ in people], [(g, g) for _, g in people], 2, ratio=ratio)
    assert error == pytest.approx(spread, rel=0.15)


def test_groups_that_differ_are_told_from_groups_that_do_not() -> None:
    """Customers of one group all lose 1, the others nothing: all differences lie between the groups. Dealt evenly,
    they explain nothing."""
    parts = [-1.0] * 20 + [0.0] * 20
    clear = uneven(parts, [0] * 20 + [1] * 20)
    assert clear.explained == pytest.approx(1, abs=0.01)
    assert clear.p == 0.001
    even = uneven(parts, [0, 1] * 20)
    assert even.explained == 0
    assert even.p > 0.9


def test_uneven_by_chance_is_as_rare_as_it_says() -> None:
    """Groups of random size over rare losses (6 in 100): p is at most 5 % in about 10 of 200; more than 20 is rare."""
    dice = random.Random(8)
    below = 0
    for seed in range(200):
        labels = [min(dice.randrange(8), 4) for _ in range(150)]
        parts = [float(dice.random() < 0.06) for _ in labels]
        below += uneven(parts, labels, rounds=99, seed=seed).p <= 0.05
    assert below <= 20, f"{below} of 200"


def test_a_group_that_is_new_is_no_finding_for_being_new() -> None:
    """Newcomers lose 1 each and are all of one group, the others of another: within each kind nothing differs."""
    parts, labels = [-1.0] * 20 + [0.0] * 20, [0] * 20 + [1] * 20
    assert uneven(parts, labels, kinds=labels).p == 1


def test_holm_as_published() -> None:
    """.005 x 4, .01 x 3, .03 x 2, then .04, which may not fall below the one before (Holm 1979)."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
