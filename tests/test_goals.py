"""Goals: the worked figures of DEFINITIONS 25, progress and forecast by hand, and goals that cannot be."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from golden import Company, monthly, near, run

import tenure
from tenure import stats
from tenure.config import parse
from tenure.errors import ConfigError

# MRR closes: 100 a month from January 2024 on, 20 more each month from July on: December 100 + 6 x 20 = 220.
RISING = monthly(rows=("a 100 2024-01-01", *(f"b{k} 20 2024-{k:02d}-01" for k in range(7, 13))))
# Of the 10 there at the end of November one leaves in December: churn 10 %.
LEAVING = monthly(rows=(*(f"c{k} 10 2024-01-01" for k in range(9)), "c9 10 2024-01-01 2024-12-10"))


def goals(folder: Path, toml: str, subscriptions: str = RISING, **tables: str) -> dict[str, Any]:
    Company(folder, toml, subscriptions=subscriptions, **tables)
    return {one.goal.name: one.to_json() for one in tenure.open(folder).goals()}


def test_reduce_churn_by_ten_percent(tmp_path: Path) -> None:
    """8 % by 10 percent is 7.2 %; now 10 %, so progress is (8 - 10) / (8 - 7.2) = -2.5. The year of 2025-12-31 with
    its last day has 366 + 365 = 731 days from 2024-01-01, of which 366 are over."""
    one = goals(
        tmp_path,
        """
        [goals.churn]
        metric = "customer_churn_rate"
        baseline = 0.08
        by_percent = 10
        start = 2024-01-01
        due = 2025-12-31
        """,
        LEAVING,
    )["churn"]
    assert (one["target"], one["now"], one["progress"]) == (near(0.072), near(0.1), near(-2.5))
    assert (one["elapsed"], one["status"], one["now_period"]) == (near(Fraction(366, 731)), "off_pace", "2024-12")
    assert one["words"] == "Reduce customer churn rate by 10 % of what it is: from 8 % to 7.2 %, by 2025-12-31."


def test_ten_points_from_eight_percent_are_rejected(tmp_path: Path) -> None:
    """8 % less 10 points would be -2 %."""
    with pytest.raises(ConfigError, match=r"8 % less 10 points would be -2 %, below 0 %") as caught:
        goals(
            tmp_path,
            """
            [goals.churn]
            metric = "customer_churn_rate"
            baseline = 0.08
            by_points = 10
            start = 2024-01-01
            due = 2025-12-31
            """,
        )
    assert "goals.churn.by_points" in str(caught.value) and "by_percent" in str(caught.value)


TO_260 = """
    [goals.more]
    metric = "mrr"
    to = {to}
    start = 2024-07-01
    due = 2025-03-31
"""


def test_progress_pace_and_forecast(tmp_path: Path) -> None:
    """From 100 at the end of June to 260: now 220, (100 - 220) / (100 - 260) = 3/4; 184 of 274 days are over; 6 of 9
    months: 20 a month so far, (260 - 220) / 3 needed. The value of March lies on the line of the last twelve."""
    one = goals(tmp_path, TO_260.format(to=260))["more"]
    assert (one["baseline"], one["target"], one["now"], one["progress"]) == (100.0, 260.0, 220.0, 0.75)
    assert (one["elapsed"], one["status"]) == (near(Fraction(184, 274)), "on_track")
    assert (one["pace"], one["pace_needed"]) == (20.0, near(Fraction(40, 3)))
    levels = [100.0] * 6 + [120.0, 140.0, 160.0, 180.0, 200.0, 220.0]
    assert [point["value"] for point in one["series"]] == levels
    assert one["forecast"]["value"] == near(line(levels, 14)[0])
    bounds = pytest.approx(line(levels, 14)[1:], rel=1e-9)  # quantiles of t carry so many digits
    assert (one["forecast"]["low"], one["forecast"]["high"]) == bounds


def line(values: list[float], ahead: int) -> tuple[float, float, float]:
    """Least squares and the interval of one new value, in plain loops; t with 10 degrees of freedom is 2.228138852."""
    n = len(values)
    mx, my = sum(range(n)) / n, sum(values) / n
    sxx = sum((x - mx) ** 2 for x in range(n))
    slope = sum((x - mx) * (y - my) for x, y in enumerate(values)) / sxx
    rest = sum((y - my - slope * (x - mx)) ** 2 for x, y in enumerate(values))
    half = 2.2281388519649385 * math.sqrt(rest / (n - 2) * (1 + 1 / n + (ahead - mx) ** 2 / sxx))
    middle = my + slope * (ahead - mx)
    return middle, middle - half, middle + half


@pytest.mark.parametrize(
    ("to", "start", "due", "status"),
    [
        (200, "2024-07-01", "2025-03-31", "reached"),  # 220 is beyond 200
        (600, "2024-07-01", "2025-03-31", "off_pace"),  # 120 of 500 after two thirds of the time
        (600, "2024-07-01", "2024-12-31", "missed"),
        (600, "2025-01-01", "2025-12-31", "too_early"),
    ],
)
def test_what_a_goal_is_called(tmp_path: Path, to: int, start: str, due: str, status: str) -> None:
    toml = f'[goals.more]\nmetric = "mrr"\nto = {to}\nstart = {start}\ndue = {due}\n'
    assert goals(tmp_path, toml)["more"]["status"] == status


def test_the_line_takes_six_points() -> None:
    """A perfect line leaves nothing to chance: 2, 4, ..., 12 goes on to 14."""
    assert stats.forecast([(k, 2 * k) for k in range(1, 6)], 7) is None
    assert stats.forecast([(k, 2 * k) for k in range(1, 7)], 7) == (14.0, 14.0, 14.0)


def test_too_few_points_for_a_forecast(tmp_path: Path) -> None:
    """Quarters: subscriptions began in 2024, so 4 of the last 12 have a churn rate with a base but the first."""
    toml = '[goals.x]\nmetric = "customer_churn_rate"\nby_percent = 10\ngrain = "quarter"\nbaseline = 0.5\n'
    one = goals(tmp_path, toml + "start = 2024-01-01\ndue = 2025-12-31\n", LEAVING)["x"]
    assert (one["forecast"], one["forecast_reason"]) == (None, "3 periods have a value; a trend takes 6.")


def test_a_baseline_without_a_value(tmp_path: Path) -> None:
    """In December 2023 there was nobody to lose: no baseline, which is said; the goal is not judged."""
    toml = '[goals.x]\nmetric = "customer_churn_rate"\nby_percent = 10\nstart = 2024-01-01\ndue = 2025-12-31\n'
    one = goals(tmp_path, toml)["x"]
    assert (one["status"], one["progress"]) == ("no_value", None)
    assert one["problem"] == "The baseline is that of 2023-12, which has no value (empty_denominator); write a number."


def test_a_part_of_a_baseline_of_nothing(tmp_path: Path) -> None:
    """Nobody leaves in November 2024: the baseline is 0, and 10 % less of it would be 0 as well."""
    toml = '[goals.x]\nmetric = "customer_churn_rate"\nby_percent = 10\nstart = 2024-12-01\ndue = 2025-12-31\n'
    one = goals(tmp_path / "read", toml, LEAVING)["x"]
    assert (one["status"], one["target"], one["progress"]) == ("no_value", None, None)
    says = "The target is a part of the baseline, which is 0 %: a part of nothing is nothing."
    assert one["problem"].startswith(says) and "by_points" in one["problem"]
    with pytest.raises(ConfigError, match=r"goals\.x\.by_percent") as caught:
        goals(tmp_path / "written", toml + "baseline = 0\n", LEAVING)
    assert says in str(caught.value)


def test_a_goal_that_makes_it_worse_is_said(tmp_path: Path) -> None:
    toml = '[goals.x]\nmetric = "mrr"\nto = 50\nstart = 2024-07-01\ndue = 2025-12-31\n'
    one = goals(tmp_path, toml)["x"]
    assert one["warning"] == "Monthly recurring revenue is better up: this goal would make it worse."


TREE = """
    [goals.growth]
    metric = "mrr"
    level = "company"
    to = 260
    start = 2024-07-01
    due = 2025-03-31
    [goals.people]
    metric = "customers"
    parent = "growth"
    level = "department"
    to = 50
    start = 2024-07-01
    due = 2025-03-31
    [goals.ease]
    metric = "nps"
    to = 40
    baseline = 10
    start = 2024-07-01
    due = 2025-03-31
"""


def test_the_tree_and_the_plan_at_the_command_line(tmp_path: Path) -> None:
    """Customers went from 1 to 7 of 50: 6/49 of the way after 184/274 of the time; MRR is ahead. Both are billing:
    (184/274 - 6/49 + 0) / 2. NPS has no value, so product is not judged."""
    firm = Company(tmp_path, TREE, subscriptions=RISING)
    out = run(firm.folder, "goals").out
    assert out.splitlines()[2].startswith("growth ") and out.splitlines()[3].startswith("  people ")
    answer = json.loads(run(firm.folder, "goals", "--format", "json").out)
    first, *rest = answer["plan"]
    assert (first["component"], first["goals"], first["focus"]) == ("billing", ["growth", "people"], True)
    assert first["hurts"] == near((Fraction(184, 274) - Fraction(6, 49)) / 2)
    assert {part["component"]: part["hurts"] for part in rest} == {"product": None, "csm": None}
    text = run(firm.folder, "goals", "--plan").out
    assert text.startswith("Billing experience: look here first") and "CSM experience: no goal" in text


def test_no_goals(tmp_path: Path) -> None:
    firm = Company(tmp_path, subscriptions=RISING)
    assert "[goals.NAME]" in run(firm.folder, "goals").out


GOOD = 'metric = "mrr"\nto = 5\nstart = 2024-01-01\ndue = 2024-12-31\n'


@pytest.mark.parametrize(
    ("toml", "where", "says"),
    [
        ("to = 5\nstart = 2024-01-01\ndue = 2024-12-31", "metric", "which metric"),
        ('metric = "mrr"\nstart = 2024-01-01\ndue = 2024-12-31', "to", "No target"),
        (GOOD + "by_percent = 5", "to", "two targets"),
        (GOOD.replace("to = 5", "by_percent = -5"), "by_percent", "no way to go"),
        (GOOD.replace("to = 5", 'to = "five"'), "to", "not a number"),
        (GOOD.replace("2024-12-31", "2023-12-31"), "due", "no later than its start"),
        (GOOD.replace("due = 2024-12-31", ""), "due", "has no due"),
        (GOOD.replace("2024-12-31", '"soon"'), "due", "not a day"),
        (GOOD + 'level = "galaxy"', "level", "company"),
        (GOOD + 'parent = "gaol"', "parent", "no goal 'gaol'"),
        (GOOD + 'parent = "x"', "parent", "go round"),
        (GOOD + "tolerance = 2", "tolerance", "from 0 to 1"),
        (GOOD + 'grain = "total"', "grain", "month"),
        (GOOD + "ownr = 1", "ownr", "owner"),
    ],
)
def test_a_goal_that_cannot_be(toml: str, where: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"[goals.x]\n{toml}\n", Path("tenure.toml"))
    assert f"goals.x.{where}" in str(caught.value) and says in str(caught.value)


def test_goals_that_go_round_and_levels_upside_down() -> None:
    one, two = GOOD + 'parent = "b"\n', GOOD + 'parent = "a"\n'
    with pytest.raises(ConfigError, match="a > b > a go round"):
        parse(f"[goals.a]\n{one}[goals.b]\n{two}", Path("tenure.toml"))
    low, high = GOOD + 'level = "team"\n', GOOD + 'level = "company"\nparent = "a"\n'
    with pytest.raises(ConfigError, match="cannot serve one of the team"):
        parse(f"[goals.a]\n{low}[goals.b]\n{high}", Path("tenure.toml"))


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (GOOD.replace("mrr", "mmr"), "Did you mean 'mrr'?"),
        (GOOD.replace('"mrr"', '"mrr:grosss"'), "gross"),
        (GOOD.replace('"mrr"', '"customer_churn_rate"').replace("to = 5", "to = 1.5\nbaseline = 0.5"), "above 100 %"),
        (GOOD.replace("to = 5", "to = 5\nbaseline = 5"), "no way to go"),
        (GOOD.replace('"mrr"', '"fx_mrr"').replace("to = 5", "by_percent = 5"), "neither up nor down"),
    ],
)
def test_a_goal_that_the_catalogue_refuses(tmp_path: Path, toml: str, says: str) -> None:
    with pytest.raises(ConfigError, match=r"goals\.x") as caught:
        goals(tmp_path, f"[goals.x]\n{toml}")
    assert says in str(caught.value)
