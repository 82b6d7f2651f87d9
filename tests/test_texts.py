"""Compiled texts are kept for the process and on a shelf, the workspace's or one for all; calendars are put once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import ibis
import pytest

from tenure import texts
from tenure.warehouse import Remembering


@pytest.fixture(autouse=True)
def another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept in this one, and no shelf is shared."""
    monkeypatch.setattr(texts, "_kept", type(texts._kept)())
    monkeypatch.delenv(texts.SHARED)


def made(key: str, shelf: Path | None, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often a text is made when two processes ask for it, each twice."""
    times = []
    for _ in range(2):
        monkeypatch.setattr(texts, "_kept", type(texts._kept)())
        for _ in range(2):
            assert texts.kept((key,), lambda: times.append(1) or f"SELECT {key}", shelf) == f"SELECT {key}"
    return len(times)


def test_a_process_keeps_texts_and_a_shelf_keeps_them_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made by both processes without a shelf; by the first alone with one, where one file is left."""
    assert made("1", None, monkeypatch) == 2
    assert made("1", tmp_path / "own", monkeypatch) == 1
    assert len(list((tmp_path / "own").iterdir())) == 1


def test_a_shared_shelf_takes_the_place_of_every_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(texts.SHARED, str(tmp_path / "all"))
    assert made("1", tmp_path / "one", monkeypatch) == 1
    assert made("1", tmp_path / "other", monkeypatch) == 0
    assert made("2", None, monkeypatch) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["all"]


def test_a_full_shelf_loses_its_oldest_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 120 texts on a shelf for ten; it is looked at every 50 texts, so at most 60 are there at a time."""
    monkeypatch.setattr(texts, "SHELF", 10)
    there = []
    for number in range(120):
        texts.kept((f"n{number}",), lambda number=number: str(number), tmp_path)
        there.append(len(list(tmp_path.iterdir())))
    assert max(there) <= 60
    assert min(there[60:]) == 10


def test_a_text_is_one_line_and_the_expression_is_left_as_it_was() -> None:
    rows = ibis.table({"a": "int64", "b": "string"}, name="rows_")
    some = rows.filter(rows.a > 1)
    query = some.group_by("b").agg(n=some.count())
    first = texts.sql(query, "duckdb")
    assert "\n" not in first
    assert texts.sql(query, "duckdb") == first


class Listening:
    """Says what reached it."""

    dialect = "none"

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []

    def run(self, sql: str) -> Mapping[str, list[object]]:
        return {"said": [sql]}

    def put(self, name: str, types: Mapping[str, str], rows: Sequence[tuple[object, ...]]) -> None:
        if not rows:
            raise ValueError("nothing to put")
        self.heard.append((name, len(rows)))

    def make(self, name: str, sql: str) -> None:
        self.heard.append((sql, 0))


def test_what_is_there_is_not_put_again() -> None:
    """The same rows under one name once; others, or the same after others or after a failure, anew."""
    below = Listening()
    remembers = Remembering(below)
    one, two = [(1,)], [(1,), (2,)]
    for rows in (one, list(one), two, one):
        remembers.put("days", {"k": "int64"}, rows)
    remembers.put("periods", {"k": "int64"}, one)
    with pytest.raises(ValueError, match="nothing"):
        remembers.put("days", {"k": "int64"}, [])
    remembers.put("days", {"k": "int64"}, one)
    assert below.heard == [("days", 1), ("days", 2), ("days", 1), ("periods", 1), ("days", 1)]
