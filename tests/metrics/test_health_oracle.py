"""health, health_share and mrr_at_risk against plain loops: every customer scored anew, on random worlds.

Of each period's end the oracle reads the books as they were known then. `TENURE_WORLDS=30` asks that many worlds.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from oracle import health, world
from oracle.ask import Oracle, Question
from oracle.spans import Span, add_months

import tenure

WORLDS = int(os.environ.get("TENURE_WORLDS", "2"))
KINDS = ("with_history", "plain", "everything")
WORDS = {"small": 20, "middle": 60}
CUTS = [("at risk", Fraction(0)), ("needs attention", Fraction(40)), ("healthy", Fraction(70))]
NORTH = Fraction(55)
SCORE = """
[health.main]
coverage = 0.7
bands = [["at risk", 0], ["needs attention", 40], ["healthy", 70]]
[[health.main.measures]]
name = "size"
metric = "mrr"
points = [[0, 0], [300, 100]]
weight = 2
[[health.main.measures]]
name = "place"
metric = "mrr"
map = "percentile"
within = "region"
[[health.main.measures]]
name = "growth"
metric = "expansion_mrr"
window = "90d"
map = "boolean"
[[health.main.measures]]
name = "shrinking"
metric = "contraction_mrr"
window = "2m"
points = [[-50, 0], [0, 100]]
[[health.main.measures]]
attribute = "segment"
words = { small = 20, middle = 60 }
weight = 3
[[health.main.exceptions]]
name = "the north"
where = "region = 'north'"
cap = 55
"""


@dataclass(frozen=True)
class Known:
    """The books as they were when a day began."""

    oracle: Oracle
    day: date

    def figure(self, metric: str, customer: str, start: date) -> Fraction:
        """One customer's own figure from a day up to this one."""
        answer = self.oracle.ask(metric, None, Question(Span("", start, self.day), lambda who, _: who == customer))
        return answer.value or Fraction(0)

    def said(self, customer: str, name: str) -> str:
        return self.oracle.group(customer, name, self.day - timedelta(days=1))

    def standings(self) -> list[health.Standing]:
        """Everyone who is a customer, with score and band."""
        mrr = {who: self.figure("mrr", who, self.day - timedelta(days=1)) for who in self.oracle.ledger().customers}
        mrr = {who: amount for who, amount in mrr.items() if amount > 0}
        found = []
        for who, amount in mrr.items():
            region = self.said(who, "region")
            points: list[tuple[int, Fraction | None]] = [
                (2, health.linear([(Fraction(0), Fraction(0)), (Fraction(300), Fraction(100))], amount)),
                (1, self._place(who, mrr)),
                (1, Fraction(100 if self.figure("expansion_mrr", who, self.day - timedelta(days=90)) > 0 else 0)),
                (1, self._kept(self.figure("contraction_mrr", who, add_months(self.day, -2)))),
                (3, Fraction(word) if (word := WORDS.get(self.said(who, "segment"))) is not None else None),
            ]
            lines = [health.Line(Fraction(weight), one, Fraction(1), "ignore", "") for weight, one in points]
            score, _ = health.score(lines, {}, Fraction(7, 10))
            if score is not None and region == "north":
                score = min(score, NORTH)
            band = "" if score is None else health.band(CUTS, score, lower_exclusive=False)
            found.append(health.Standing(who, region, amount, score, band))
        return found

    def _place(self, who: str, mrr: dict[str, Fraction]) -> Fraction:
        region = self.said(who, "region")
        return 100 * health.place(mrr[who], [mrr[one] for one in mrr if self.said(one, "region") == region])

    def _kept(self, lost: Fraction) -> Fraction:
        return health.linear([(Fraction(-50), Fraction(0)), (Fraction(0), Fraction(100))], lost)


def known_on(folder: Path, day: date, to: Path) -> Known:
    """The same books under a settings file that stands at that day."""
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns(".tenure"))
    toml = to / "tenure.toml"
    kept = re.sub(r"^as_of = .*\n", "", toml.read_text(encoding="utf-8"), flags=re.MULTILINE)
    toml.write_text(kept.replace("[workspace]\n", f"[workspace]\nas_of = {day}\n", 1), encoding="utf-8")
    return Known(Oracle(to), day)


@pytest.mark.parametrize("seed", range(WORLDS))
def test_shares_of_bands_and_mrr_at_risk(tmp_path: Path, seed: int) -> None:
    """Two months, everybody and by region."""
    made = world.write(seed, tmp_path / "books", KINDS[seed % len(KINDS)], settings=SCORE)
    last = min(made.as_of or made.last, made.last).replace(day=1)
    ends = [add_months(last, -3), last]
    spans = [Span("", add_months(end, -1), end) for end in ends]
    people = [known_on(tmp_path / "books", end, tmp_path / end.isoformat()).standings() for end in ends]
    workspace = tenure.open(tmp_path / "books")
    workspace.sync()
    seen = 0
    for by in ((), ("region",)):
        options = {"from_": f"{spans[0].start:%Y-%m}", "to": f"{spans[-1].start:%Y-%m}", "grain": "month", "by": by}
        shares, risks, scores = workspace.show("health_share", "mrr_at_risk", "health", **options)
        (means,) = workspace.show("health", variant="mean", **options)
        told = {(row.end, row.by["band"], row.by.get("region")): row for row in shares.rows}
        money = {(row.end, row.by.get("region")): row.value for row in risks.rows}
        weighted = {(row.end, row.by.get("region")): row for row in scores.rows}
        plain = {(row.end, row.by.get("region")): row for row in means.rows}
        for end, standings in zip(ends, people, strict=True):
            for group in sorted({one.group for one in standings}) if by else [None]:
                for band, _ in CUTS:
                    part, known = health.share(standings, band, group)
                    row = told.get((end, band, group))
                    mine = None if row is None else row.value
                    assert (mine or 0) == (part or 0), (end, band, group)
                    if part:
                        assert row is not None and row.n == known
                        seen += 1
                risk = health.at_risk(standings, CUTS[0][0], group)
                assert abs(Fraction(money.get((end, group)) or 0) - risk) < Fraction(1, 10**6), (end, group)
                scored = [one for one in standings if one.score is not None and group in (None, one.group)]
                for weigh, rows in ((True, weighted), (False, plain)):
                    mine = health.mean(scored, weigh=weigh)
                    row = rows.get((end, group))
                    assert (row is None or row.value is None) == (mine is None), (end, group, weigh)
                    if mine is not None:
                        assert row.n == len(scored) and abs(Fraction(row.value) - mine) < Fraction(1, 10**4)
    assert seen
