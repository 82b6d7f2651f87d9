"""Health scores that cannot be: each its own clear error, naming the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenure import config
from tenure.errors import ConfigError

ONE = '[[health.a.measures]]\nmetric = "nps"\n'
CASES = {
    "weights": (ONE + "weight = 0\n", "All weights are zero"),
    "a profile's weights": (
        ONE + '[[health.a.profiles]]\nname = "p"\nwhere = "size > 1"\nweights = { nps = 0 }\n',
        "All weights are zero",
    ),
    "a negative weight": (ONE + "weight = -1\n", "not a number of at least 0"),
    "bands that overlap": (
        '[health.a]\nbands = [["bad", 0, 60], ["good", 50, 100]]\n' + ONE,
        "The bands 'bad' and 'good' overlap",
    ),
    "bands with a gap": (
        '[health.a]\nbands = [["bad", 0, 40], ["good", 50, 100]]\n' + ONE,
        "No band holds what lies just below 50",
    ),
    "bands that do not rise": (
        '[health.a]\nbands = [["bad", 0], ["good", 50], ["best", 50]]\n' + ONE,
        "The bands 'good' and 'best' overlap",
    ),
    "bands that start late": ('[health.a]\nbands = [["bad", 10]]\n' + ONE, "No band holds what lies just below 10"),
    "a map that turns": (ONE + "points = [[0, 0], [5, 100], [9, 50]]\n", "The map is not monotone"),
    "points off the scale": (ONE + "points = [[0, 0], [5, 101]]\n", "they lie from 0 to 100"),
    "a score of itself": (
        '[[health.a.measures]]\nscore = "b"\n[[health.b.measures]]\nscore = "a"\n',
        "The score is made of itself: a -> b -> a",
    ),
    "a score of no score": ('[[health.a.measures]]\nscore = "b"\n', "There is no score 'b'"),
    "nothing to look at": ('[[health.a.measures]]\nname = "x"\n', "A measure looks at one thing"),
    "no measure": ("[health.a]\ncoverage = 0.5\n", "A score needs a measure"),
    "a hand without an author": (
        ONE
        + '[[health.a.overrides]]\ncustomer = "A"\nscore = 1\nreason = "x"\nsince = 2024-01-01\nexpires = 2024-02-01\n',
        "needs an author",
    ),
    "a hand without an expiry": (
        ONE + '[[health.a.overrides]]\ncustomer = "A"\nscore = 1\nauthor = "B"\nreason = "x"\nsince = 2024-01-01\n',
        "says expires, as a day",
    ),
    "an exception without a case": (ONE + "[[health.a.exceptions]]\ncap = 40\n", "not said when the exception holds"),
    "a profile without a case": (ONE + '[[health.a.profiles]]\nname = "p"\n', "says for whom it is"),
    "a half-life of what is never old": (ONE + "half_life = 30\n", "for how long a fact counts in full"),
    "an unknown key": (ONE + "wieght = 2\n", "There is no key of a measure 'wieght'"),
    "two of a name": (ONE + ONE, "Two measures are called 'nps'"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_is_said(case: str) -> None:
    text, said = CASES[case]
    with pytest.raises(ConfigError) as error:
        config.parse(text, Path("tenure.toml"))
    assert said in str(error.value)
    assert "health.a" in (error.value.where or "")
