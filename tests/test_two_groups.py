"""`tenure compare --where A --against B`: two groups in one period, with the published interval of two shares."""

from __future__ import annotations

import json
from typing import Any

import pytest
from golden import Company, run, table

NORTH, SOUTH = ("--where", "region = 'north'"), ("--against", "region = 'south'")
HEADER = "response_id,kind,customer_id,asked_at,answered_at,score"


def firm(folder: Any, north: tuple[int, int], south: tuple[int, int]) -> Company:
    """Two regions of one customer each: so many 5 of so many answers, the others 1."""
    answers = [
        (f"{who}{k}", "csat", who, "2024-05-02", "2024-05-03", 5 if k < good else 1)
        for who, (good, n) in (("N", north), ("S", south))
        for k in range(n)
    ]
    people = "customer_id,region\nN,north\nS,south\n"
    return Company(folder, customers=people, survey_responses=table(HEADER, answers))


def asked(folder: Any, *argv: str) -> dict[str, Any]:
    ran = run(folder, "compare", "--metric", "csat", "--period", "2024-05", *argv, "--format", "json")
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_two_shares_with_the_published_interval(tmp_path: Any) -> None:
    """56 of 70 against 48 of 80, Newcombe (1998), method 10: .2000, 95 % .0524 to .3339."""
    found = asked(firm(tmp_path, (56, 70), (48, 80)).folder, *NORTH, *SOUTH)
    assert [(one["value"], one["n"]) for one in found["groups"]] == [(0.8, 70), (0.6, 80)]
    assert found["difference"] == pytest.approx(0.2)
    assert (found["low"], found["high"]) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert found["noise"] is False


@pytest.mark.parametrize(
    ("north", "south", "noise", "said"),
    [((8, 10), (6, 10), True, "no more than noise"), ((9, 9), (0, 9), None, "of too few to judge (n 9)")],
)
def test_noise_and_few(tmp_path: Any, north: Any, south: Any, noise: Any, said: str) -> None:
    """8 of 10 against 6 of 10 is noise; 9 of 9 against none of 9 is not judged, though far beyond its interval."""
    made = firm(tmp_path, north, south)
    assert asked(made.folder, *NORTH, *SOUTH)["noise"] is noise
    ran = run(made.folder, "compare", "--metric", "csat", "--period", "2024-05", *NORTH, *SOUTH)
    assert said in " ".join(ran.out.split())


def test_what_cannot_be_compared(tmp_path: Any) -> None:
    made = firm(tmp_path, (1, 2), (1, 2))
    for argv, said in (
        ((*NORTH, "--against", "region <> 'west'"), "1 customers are in both groups, such as N"),
        (NORTH, "Give --where CONDITION and --against CONDITION"),
        ((*NORTH, "--event", "e"), "not clear what to compare"),
        ((), "not clear what to compare"),
        ((*NORTH, "--against", "region = 'west'"), "no value in 2024-05"),
    ):
        ran = run(made.folder, "compare", "--metric", "csat", "--period", "2024-05", *argv)
        assert ran.code in (1, 2) and ran.out == "" and said in ran.err, ran
