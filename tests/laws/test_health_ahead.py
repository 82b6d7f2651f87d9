"""What a back-test asks of all its days together is what a workspace says that is asked on each of these days."""

from __future__ import annotations

import os
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from golden import Company
from oracle import world, world_usage, world_voice
from oracle.spans import add_months

import tenure
from tenure import each_ahead
from tenure.each import Texts
from tenure.health.ahead import AskedAhead
from tenure.health.inputs import FROM_NOTHING, Inputs
from tenure.stats.rationals import Rationals

WORLDS = min(int(os.environ.get("TENURE_WORLDS", "3")), 40)
KINDS = ("everything", "no_subscriptions", "with_timezone")

# One measure for each way that figures are read: rows, levels, movements, last days, rows made for periods; and with
# trends, conditions and attributes. Tickets, answers and the state of an order cannot be asked of all days together.
MEASURES = """
[health.own]
hysteresis = 3
[[health.own.measures]]
metric = "mrr"
map = "percentile"
within = "region"
[[health.own.measures]]
name = "rising"
metric = "mrr"
trend = 2
[[health.own.measures]]
metric = "expansion_mrr"
window = "90d"
map = "boolean"
[[health.own.measures]]
metric = "contraction_mrr"
window = "2m"
points = [[-100, 0], [0, 100]]
[[health.own.measures]]
metric = "dau:active_days"
trend = 3
[[health.own.measures]]
name = "seen"
metric = "dau:active_days"
window = "120d"
since_last = true
points = [[10, 100], [120, 0]]
[[health.own.measures]]
metric = "feature_breadth"
window = "90d"
map = "percentile"
[[health.own.measures]]
name = "breadth rising"
metric = "feature_breadth"
trend = 2
[[health.own.measures]]
metric = "purchase_frequency"
window = "150d"
fresh_for = 30
points = [[0, 0], [4, 100]]
[[health.own.measures]]
metric = "customer_value"
window = "200d"
map = "percentile"
[[health.own.measures]]
metric = "payment_success"
window = "90d"
[[health.own.measures]]
metric = "return_rate"
window = "150d"
points = [[0, 100], [1, 0]]
missing = "neutral"
[[health.own.measures]]
metric = "open_tickets"
points = [[0, 100], [4, 0]]
[[health.own.measures]]
name = "tenure"
attribute = "tenure_months"
points = [[0, 0], [12, 100]]
[[health.own.profiles]]
name = "large"
where = "segment = 'small' AND region <> 'north'"
weights = { tenure = 3 }
"""
TOGETHER = {
    "customers",
    "mrr",
    "expansion_mrr",
    "contraction_mrr",
    "dau:active_days",
    "purchase_frequency",
    "payment_success",
}


def told(found: Inputs) -> dict[str, Any]:
    """All that is known of a day, number by number."""

    def said(one: Any) -> Any:
        if isinstance(one, Texts):
            return [one.words[code] if code >= 0 else None for code in one.codes.tolist()]
        if isinstance(one, Rationals):
            return [one.at(i) for i in range(len(one))]
        return None if one is None else one.tolist()

    parts = {name: getattr(found, name) for name in ("figures", "ages", "within", "members")}
    columns = {f"{name} {key}": said(one) for name, some in parts.items() for key, one in some.items()}
    return {
        "who": found.people.ids.tolist(),
        "mrr": said(found.mrr),
        "parent": said(found.parent),
        "empty": found.empty,
        **columns,
    }


def made(seed: int, folder: Path, kind: str | None) -> tuple[world.World, tenure.Workspace]:
    found = world.write(seed, folder, kind, lambda w: world_voice.tables(w) | world_usage.tables(w), MEASURES)
    workspace = tenure.open(folder)
    workspace.sync()
    return found, workspace


@pytest.mark.parametrize("seed", range(WORLDS))
def test_days_asked_together_say_what_each_says(tmp_path: Path, seed: int) -> None:
    company, workspace = made(seed, tmp_path / "w", KINDS[seed % len(KINDS)])
    desk = workspace.desk  # two months before the first fact there are customers in histories at most
    months = [add_months(company.first, i) for i in range(1, world.MONTHS)]
    days = sorted({add_months(company.first, -2), months[0], *months[5::3], months[5].replace(day=17)})
    days = [day for day in days if day < desk.today]
    together = {}
    with desk.ahead(days):
        names: set[str] = set()
        for day in days:
            ask = desk._ahead[day]
            names |= {name for some in ask.answers.names for name in some} if isinstance(ask, AskedAhead) else set()
            together[day] = told(desk.inputs(day))
    alike = TOGETHER if workspace._ready().engine.customers_pay() else {"customers", "dau:active_days"}
    assert names >= alike
    desk._inputs.clear()
    for day in days:
        assert together[day] == told(desk.inputs(day)), day


NEW_FEATURE = """
[[health.main.measures]]
name = "breadth"
metric = "feature_breadth"
window = "60d"
points = [[0, 0], [1, 100]]
[[health.main.measures]]
name = "rising"
metric = "feature_breadth"
trend = 1
points = [[0, 0], [1, 100]]
"""


def test_features_are_those_known_on_each_day(tmp_path: Path) -> None:
    """A uses `one` on 10 January and 5 February, when nobody knows of another; B uses `two`, the second, on the 10th.

    In the 60 days before 1 February A uses 1 of 1, before 1 March both use 1 of 2. In the 30 days before 1 March, from
    31 January on, A uses 1 of 2, and in those before that also 1 of the 2 that are known by then: as broad as ever, 1.
    B used none then: from nothing.
    """
    company = Company(
        tmp_path / "w",
        NEW_FEATURE,
        subscriptions="""
            subscription_id,customer_id,amount,started_at,currency,interval
            a,A,100,2024-01-01,USD,month
            b,B,100,2024-01-01,USD,month
        """,
        events="""
            event_id,customer_id,name,at
            1,A,one,2024-01-10
            2,A,one,2024-02-05
            3,B,two,2024-02-10
            4,B,three,2024-03-10
        """,
    )
    desk = tenure.open(company.folder).desk
    days = [date(2024, 2, 1), date(2024, 3, 1), date(2024, 4, 1)]
    with desk.ahead(days):
        first, second = (desk.inputs(day) for day in days[:2])
    a, b = (second.people.place[name] for name in "AB")
    assert [breadth(first).at(first.people.place[name]) for name in "AB"] == [1, 0]
    assert [breadth(second).at(i) for i in (a, b)] == [Fraction(1, 2), Fraction(1, 2)]
    assert [second.figures["main/rising"].at(i) for i in (a, b)] == [1, FROM_NOTHING]


def breadth(found: Inputs) -> Rationals:
    figure = found.figures["main/breadth"]
    assert isinstance(figure, Rationals)
    return figure


def test_many_rows_are_asked_day_by_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all rows together would be too many for the memory, each day is asked for itself."""
    monkeypatch.setattr(each_ahead, "MOST_ROWS", 10)
    company, workspace = made(1, tmp_path / "w", "plain")
    desk = workspace.desk
    days = [add_months(company.first, i) for i in (5, 6)]
    with desk.ahead(days):
        assert not any(isinstance(ask, AskedAhead) for ask in desk._ahead.values())
        assert len(desk.inputs(days[0]).people)
