"""Laws of health scores: the parts sum, the loops agree, and nothing that happened later reaches a score."""

from __future__ import annotations

import csv
import os
from datetime import UTC, date, datetime, time
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import health as loops
from oracle import world, world_voice
from oracle.spans import add_months

import tenure
from tenure import model
from tenure.health.change import changes
from tenure.health.judgement import Judgement, Reading, judged
from tenure.health_presets import BANDS
from tenure.health_score import MISSING, Measure, Score

WORLDS = min(int(os.environ.get("TENURE_WORLDS", "3")), 40)

shares = st.fractions(0, 1, max_denominator=20)
points = st.one_of(st.none(), st.fractions(0, 100, max_denominator=30))


@st.composite
def scores(draw: st.DrawFn) -> tuple[Score, dict[str, Reading], dict[str, Reading]]:
    """A score and what it reads of one customer, now and before."""
    count = draw(st.integers(1, 6))
    grouped = draw(st.booleans())
    measures = tuple(
        Measure(
            f"m{i}",
            "nps",
            weight=Fraction(draw(st.integers(0, 9))),
            group=draw(st.sampled_from("ab")) if grouped else "",
            missing=draw(st.sampled_from(MISSING)),
        )
        for i in range(count)
    )
    groups = (("a", Fraction(draw(st.integers(1, 4)))), ("b", Fraction(draw(st.integers(1, 4))))) if grouped else ()
    score = Score("s", measures, BANDS["three"], groups, coverage=draw(shares))

    def readings() -> dict[str, Reading]:
        found = {}
        for m in measures:
            one = draw(points)
            fresh = Fraction(1) if one is None else draw(st.fractions(Fraction(1, 20), 1, max_denominator=20))
            found[m.name] = Reading(one, one, fresh)
        return found

    return score, readings(), readings()


def judge(score: Score, readings: dict[str, Reading]) -> Judgement:
    return judged(score, "A", readings, {m.name: m.weight for m in score.measures})


@given(scores())
@settings(max_examples=300, deadline=None)
def test_contributions_sum_and_the_loops_agree(made: tuple[Score, dict[str, Reading], dict[str, Reading]]) -> None:
    score, readings, _ = made
    found = judge(score, readings)
    lines = [
        loops.Line(m.weight, readings[m.name].points, readings[m.name].fresh, m.missing, m.group)
        for m in score.measures
    ]
    assert (found.score, found.coverage) == loops.score(lines, dict(score.groups), score.coverage)
    if found.score is not None:
        assert sum(part.gives for part in found.parts) == found.score
        assert 0 <= found.score <= 100


@given(scores())
@settings(max_examples=300, deadline=None)
def test_what_changed_sums_to_the_difference(made: tuple[Score, dict[str, Reading], dict[str, Reading]]) -> None:
    score, before, now = made
    then, after = judge(score, before), judge(score, now)
    if then.score is not None and after.score is not None:
        assert sum(one.by for one in changes(score, then, after)) == after.score - then.score


SCORES = """
[health.own]
hysteresis = 2
[[health.own.measures]]
metric = "mrr"
map = "percentile"
within = "region"
[[health.own.measures]]
metric = "csat:mean_100"
window = "180d"
fresh_for = 20
missing = "neutral"
[[health.own.measures]]
name = "tickets solved"
metric = "tickets"
trend = 2
[[health.own.measures]]
name = "slow"
metric = "resolution_time"
window = "90d"
points = [[0, 100], [200, 0]]
[[health.own.measures]]
name = "basics"
score = "basics"
[[health.own.exceptions]]
name = "no customer for long"
where = "tenure_months < 2"
cap = 60
[health.basics]
preset = "default"
"""


def moment(text: str, zone: ZoneInfo) -> datetime:
    """A time as the worlds write it."""
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time(), zone)
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def as_known(table: str, row: dict[str, str], limit: datetime, zone: ZoneInfo) -> dict[str, str] | None:
    """A row as it was known at that moment: None where it did not exist, later times unknown."""
    spec = model.TABLES[table]
    found = dict(row)
    for name, column in spec.columns.items():
        if row.get(name) and column.kind in ("instant", "date") and moment(row[name], zone) >= limit:
            if column.tense == "main":
                return None
            if column.tense == "happened":
                found[name] = ""
    for state in spec.states.values():
        decided = next((row[name] for name in state.decided_by if row.get(name)), None)
        if state.column in row and decided and moment(decided, zone) >= limit:
            found[state.column] = "" if state.reads is None else str(state.reads)
    return found


@pytest.mark.parametrize("seed", range(WORLDS))
def test_nothing_later_reaches_a_score(tmp_path: Path, seed: int) -> None:
    """The same world with all that came later taken away: every score, part and band is the same."""
    made = world.write(seed, tmp_path / "full", more=world_voice.tables, settings=SCORES)
    world.write(seed, tmp_path / "then", more=world_voice.tables, settings=SCORES)
    day = min(made.as_of or made.last, add_months(made.first, 8))
    zone = ZoneInfo(made.zone)
    limit = datetime.combine(day, time(), zone)
    gone = 0
    for path in sorted((tmp_path / "then").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        kept = [one for row in rows if (one := as_known(path.stem, row, limit, zone)) is not None]
        gone += len(rows) - len(kept)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(kept)
    assert gone
    told = []
    for name in ("full", "then"):
        workspace = tenure.open(tmp_path / name)
        workspace.sync()
        told.append([workspace.health(score, as_of=day) for score in ("own", "basics")])
    for full, then in zip(*told, strict=True):
        assert [one.to_json() for one in full.judgements] == [one.to_json() for one in then.judgements]
        assert [one.parts for one in full.judgements] == [one.parts for one in then.judgements]
        for one in full.judgements:
            assert one.score is None or sum(part.gives for part in one.parts) == one.score
