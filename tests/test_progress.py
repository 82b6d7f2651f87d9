"""Long work tells how far it is to who listens, and to nobody otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tenure import progress


@pytest.fixture
def told() -> Iterator[list[tuple[int, int, str]]]:
    """What was heard."""
    heard: list[tuple[int, int, str]] = []
    progress.tell(lambda *far: heard.append(far))
    yield heard
    progress._ears.clear()


def test_rounds_that_are_over_are_told(told: list[tuple[int, int, str]]) -> None:
    assert list(progress.over("ab", "letters")) == ["a", "b"]
    progress.at(3, 4, "steps")
    assert told == [(0, 2, "letters"), (1, 2, "letters"), (3, 4, "steps")]


def test_of_loops_within_loops_the_outer_one_tells(told: list[tuple[int, int, str]]) -> None:
    for _ in progress.over("ab", "months"):
        assert list(progress.over("xyz", "measures")) == ["x", "y", "z"]
    assert told == [(0, 2, "months"), (1, 2, "months")]
    assert list(progress.over("x", "after it")) == ["x"] and told[-1] == (0, 1, "after it")


def test_a_loop_that_is_left_early_lets_the_next_one_tell(told: list[tuple[int, int, str]]) -> None:
    with pytest.raises(ValueError, match="left"):
        for _ in (rounds := progress.over("ab", "first")):
            raise ValueError("left")
    rounds.close()  # type: ignore[attr-defined]
    assert list(progress.over("x", "second")) == ["x"] and told == [(0, 2, "first"), (0, 1, "second")]


def test_nobody_need_listen() -> None:
    assert list(progress.over([1, 2], "rounds")) == [1, 2]
