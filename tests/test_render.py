"""Numbers, grids and tables as people read them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest

from tenure.render import explanation, grid, lists, numbers, results
from tenure.result import Comparison, Result, Row


def row(period: str, value: Any, **more: Any) -> Row:
    """One row of an answer."""
    return Row(period, date(2024, 1, 1), date(2024, 2, 1), **{"by": {}, "value": value, **more})


def result(metric: str, rows: tuple[Row, ...], **more: Any) -> Result:
    """One metric's answer: a share, unless said otherwise."""
    given = {
        "title": "A title",
        "variant": "default",
        "unit": "share",
        "better": "up",
        "currency": None,
        "grain": "month",
        "as_of": datetime(2025, 1, 1, tzinfo=UTC),
    }
    return Result(metric=metric, rows=rows, **{**given, **more})


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (Fraction(714767), "money", "$714,767"),
        (Fraction(-2871), "money", "−$2,871"),
        (Fraction(500, 3), "money", "$167"),
        (Fraction(9999, 100), "money", "$99.99"),
        (Fraction(-1, 2), "money", "−$0.50"),
        (Fraction(-1, 1000), "money", "$0.00"),
        (0, "money", "$0.00"),
        (Fraction(938, 1000), "share", "93.8 %"),
        (Fraction(78), "share", "7,800.0 %"),
        (34, "points", "+34"),
        (Fraction(-25, 2), "points", "−13"),
        (0, "points", "±0"),
        (1204, "count", "1,204"),
        (Fraction(37, 2), "count", "18.5"),
        (Fraction(562, 100), "score", "5.62"),
        (Fraction(83, 10), "ratio", "8.3"),
        (4, "ratio", "4.0"),
        (Fraction(5, 4), "ratio", "1.25"),
        (Fraction(184, 10), "hours", "18.4 h"),
        (Fraction(185, 3600), "hours", "3 min 5 s"),
        (Fraction(45, 3600), "hours", "45 s"),
        (288, "hours", "12.0 d"),
        (0, "hours", "0.0 h"),
        (12, "days", "12 d"),
        (Fraction(183, 10), "months", "18.3 months"),
    ],
)
def test_a_value_with_its_unit(value: Any, unit: str, shown: str) -> None:
    assert numbers.value(value, unit, "USD" if unit == "money" else None) == shown


def test_money_bears_its_currency() -> None:
    assert numbers.money(1234, "EUR") == "€1,234"
    assert numbers.money(-5, "CHF") == "−CHF 5.00"
    assert numbers.money(5, "JPY") == "¥5"
    assert numbers.money(5, "USD", sign=True) == "+$5.00"
    assert numbers.money(5, None) == "5.00"


def test_rounding_is_half_away_from_zero_and_exact() -> None:
    assert numbers.fixed(Fraction(1005, 1000), 2) == "1.01"
    assert numbers.fixed(Fraction(-1005, 1000), 2) == "−1.01"
    assert numbers.fixed(Fraction(-4, 1000), 2) == "0.00"
    assert numbers.fixed(10**30, 0) == "1" + ",000" * 10


@pytest.mark.parametrize(
    ("before", "difference", "unit", "shown"),
    [
        (Fraction(8, 10), Fraction(-71, 1000), "share", "−7.1 pts"),
        (1000, 52, "money", "+5.2 %"),
        (-10, 5, "count", "+50.0 %"),
        (30, 5, "points", "+5 points"),
        (0, 5, "count", "+5.00"),
        (Fraction(1, 2), 0, "share", "±0.0 pts"),
    ],
)
def test_a_change(before: Any, difference: Any, unit: str, shown: str) -> None:
    assert numbers.change(before, difference, unit) == shown


def test_an_interval_does_not_say_its_unit_again() -> None:
    assert numbers.interval(Fraction(698, 1000), Fraction(857, 1000), "share") == "69.8 to 85.7"
    assert numbers.interval(-4, 30, "points") == "−4 to 30"
    assert numbers.interval(Fraction(9, 2), 1200, "money") == "4.50 to 1,200"


def test_no_value_is_words_never_a_number() -> None:
    for code in (
        "empty_denominator",
        "no_data",
        "not_reached",
        "no_losses",
        "insufficient_data",
        "something_new",
        None,
    ):
        words = numbers.reason(code)
        assert words and not any(c.isdigit() for c in words) and words not in {"-", "N/A"}


def test_a_grid_aligns_and_gives_way_in_words_only() -> None:
    columns = [
        grid.Column("name", ["Ada", "a very long name of a customer indeed", "東京株式会社"], number=False),
        grid.Column("mrr", ["$1", "$1,234,567", "$12"]),
    ]
    wide = grid.table(columns, 200)
    assert wide[0].split() == ["name", "mrr"]
    assert {grid.cells_wide(line) for line in wide} == {grid.cells_wide(wide[1])}
    narrow = grid.table(columns, 32)
    assert max(map(grid.cells_wide, narrow)) <= 32
    assert "$1,234,567" in narrow[3] and "…" in narrow[3]


def test_names_from_the_data_cannot_drive_the_terminal() -> None:
    assert grid.plain("Evil\x1b[2J\nCo") == "Evil [2J Co"


def test_a_sentence_wraps_with_an_indent() -> None:
    assert grid.wrapped("one two three four", 9, "  ") == ["one two", "  three", "  four"]


def test_one_metric_reads_down_its_periods() -> None:
    rows = (
        row("2024-01", Fraction(1, 2), numerator=57, denominator=114, n=114, low=0.4, high=0.6),
        row("2024-02", None, numerator=0, denominator=0, n=0, reason="empty_denominator"),
        row("2024-03", Fraction(1, 4), numerator=1, denominator=4, n=4, complete=False),
    )
    text = results.as_table([result("nrr", rows, title="Net revenue retention", variant="cohort")], 80)
    lines = text.splitlines()
    assert lines[0] == "Net revenue retention (nrr, cohort)"
    assert lines[2].split() == ["period", "nrr", "of", "n", "95", "%"]
    assert lines[4].split() == ["2024-01", "50.0", "%", "57", "of", "114", "114", "40.0", "to", "60.0"]
    assert "no base" in lines[5]
    assert "25.0 %*" in lines[6]
    assert "* not final: it ends after 2025-01-01" in text
    assert "no base: there was nothing to divide by" in text


def test_several_metrics_read_across_and_every_period_is_shown() -> None:
    periods = [f"2024-{month:02d}" for month in range(1, 13)]
    answers = [
        result("mrr", tuple(row(p, 700_000 + i) for i, p in enumerate(periods)), unit="money", currency="USD"),
        result("nrr", tuple(row(p, Fraction(100 + i, 100)) for i, p in enumerate(periods))),
    ]
    text = results.as_table(answers, 80)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert all(p in text for p in periods)
    assert [line.split()[0] for line in text.splitlines() if line.startswith(("mrr", "nrr"))].count("mrr") > 1
    assert "$700,011" in text and "111.0 %" in text


def test_groups_become_rows() -> None:
    rows = tuple(
        row(period, Fraction(i + j, 10), by={"plan": plan})
        for i, plan in enumerate(["Basic", "Pro"])
        for j, period in enumerate(["2024-01", "2024-02"])
    )
    lines = results.as_table([result("grr", rows)], 80).splitlines()
    assert lines[2].split() == ["plan", "2024-01", "2024-02"]
    assert lines[5].split() == ["Pro", "10.0", "%", "20.0", "%"]


def test_one_period_shows_everything_known_about_it() -> None:
    rows = tuple(row("2024", 5, by={"plan": p}, numerator=5, denominator=10, n=10) for p in ("Basic", "Pro"))
    lines = results.as_table([result("arpa", rows, unit="money", currency="USD")], 80).splitlines()
    assert lines[2].split() == ["plan", "2024", "of", "n"]
    assert lines[4].split() == ["Basic", "$5.00", "5", "of", "10", "10"]


def test_cohorts_read_as_a_triangle() -> None:
    rows = (
        row("2024-01", Fraction(1), by={"age": 0}, n=20),
        row("2024-01", Fraction(1, 2), by={"age": 1}, n=20, complete=False),
        row("2024-02", Fraction(3, 4), by={"age": 0}, n=8),
    )
    lines = results.as_table([result("cohort_retention", rows)], 80).splitlines()
    assert lines[2].split() == ["cohort", "n", "0", "1"]
    assert lines[4].split() == ["2024-01", "20", "100.0", "50.0*"]
    assert lines[5].split() == ["2024-02", "8", "75.0"]


def test_changes_stand_beside_values_and_noise_is_said() -> None:
    compare = Comparison("2023-12", 0.8, -0.071, -0.2, 0.1, True)
    text = results.as_table([result("nrr", (row("2024-01", Fraction(729, 1000), compare=compare),))], 80)
    assert "−7.1 pts~" in text
    assert "within noise" in text


ANSWER = {
    "metrics": [
        {
            "metric": "nrr",
            "variant": "cohort",
            "rows": [
                {
                    "period": "2024-01", "start": "2024-01-01", "end": "2024-02-01", "by": {"plan": 'Pro, "new"'},
                    "value": 1.1420803, "numerator": 9.5, "denominator": 8.0, "n": 4, "low": None, "high": None,
                    "complete": True, "reason": None,
                },
                {
                    "period": "2024-02", "start": "2024-02-01", "end": "2024-03-01", "by": {"plan": "Basic"},
                    "value": None, "numerator": 0.0, "denominator": 0.0, "n": 0, "low": None, "high": None,
                    "complete": False, "reason": "empty_denominator",
                },
            ],
        }
    ]
}  # fmt: skip


def test_csv_is_one_row_for_each_metric_period_and_group() -> None:
    rows = list(csv.DictReader(io.StringIO(results.as_csv(ANSWER))))
    head = "metric variant period start end plan value numerator denominator n low high complete reason"
    assert list(rows[0]) == head.split()
    assert rows[0]["plan"] == 'Pro, "new"' and rows[0]["value"] == "1.1420803" and rows[0]["complete"] == "true"
    assert rows[1]["value"] == "" and rows[1]["reason"] == "empty_denominator" and rows[1]["complete"] == "false"


def test_an_explanation_is_an_account_that_adds_up() -> None:
    people = [{"id": f"c{i:02d}", "name": f"Customer {i}", "contribution": float(i)} for i in range(1, 14)]
    answer = {
        "metric": "nrr", "variant": "cohort", "period": "2024-12", "unit": "share", "currency": None,
        "formula": "the MRR at the end of those who paid at the start, divided by their MRR at the start",
        "value": 0.91, "numerator": 91.0, "denominator": 100.0,
        "parts": [{"name": "MRR at the start", "value": 100.0}],
        "customers": people,
        "variants": [
            {"variant": "cohort", "value": 0.91, "why": "the same customers at both ends"},
            {"variant": "movements", "value": None, "reason": "no_data", "why": "by movements"},
            {"variant": "said", "value": 7.5, "unit": "score", "why": "a reading in a unit of its own"},
        ],
        "definition": "What is kept.\n\n*Formula.* The end / the start.\n*Leaves out:* who is new.",
    }  # fmt: skip
    text = explanation.as_table(answer, 100)
    assert "What it says\nWhat is kept.\n\nFormula: The end / the start.\n\nLeaves out: who is new." in text
    assert "   7.50  a reading in" in text
    assert "= the MRR at the end" in text and "= 91 / 100\n" in text and "= 91.0 %" in text
    assert text.index("c13") < text.index("c12")
    assert "3 more" in text and "6" in text
    assert "movements" in text and "no data" in text
    assert max(map(len, text.splitlines())) <= 100


def test_rows_behind_a_number_show_the_columns_that_tell_them_apart() -> None:
    same = {"table": "subscriptions", "currency": "USD", "note": None}
    rows = [{**same, "subscription_id": f"s{i}", "started_at": f"2024-01-{i:02d}T00:00:00"} for i in range(1, 13)]
    answer = {"metric": "mrr", "period": "2024-12", "unit": "money", "currency": "USD", "value": 12.0, "rows": rows}
    text = explanation.as_table(answer, 60)
    assert "subscriptions, 2 more" in text and "2024-01-10" in text and "T00:00" not in text
    assert "currency" not in text and "note" not in text and "s11" not in text
    assert max(map(len, text.splitlines())) <= 60


def test_two_readings_are_split_by_rule_and_customer() -> None:
    answer = {
        "metric": "mrr", "variant": "default", "period": "2024-12", "unit": "money", "currency": "USD", "value": 1000.0,
        "other": {"name": "chartmogul", "value": 900.0},
        "differences": [{"rule": "past_due", "amount": -100.0, "customers": [{"id": "ada", "amount": -100.0}]}],
    }  # fmt: skip
    text = explanation.as_table(answer, 100)
    assert "Against chartmogul" in text
    assert "past_due" in text and "−$100.00" in text and "ada" in text and "$900.00" in text


def test_a_difference_of_shares_is_in_points() -> None:
    answer = {
        "metric": "nrr", "variant": "cohort", "period": "2024-12", "unit": "share", "currency": None, "value": 0.9,
        "other": {"name": "lago", "value": 0.925},
        "differences": [{"rule": "discounts", "amount": 0.025, "customers": [{"id": "ada", "amount": 0.025}]}],
    }  # fmt: skip
    lines = explanation.as_table(answer, 100).splitlines()
    assert [line.split()[-2:] for line in lines if line.startswith(("here", "discounts", "there"))] == [
        ["90.00", "%"], ["+2.50", "pts"], ["92.50", "%"],
    ]  # fmt: skip
    assert ["ada", "2.50"] in [line.split() for line in lines]


@dataclass(frozen=True)
class Finding:
    """What `tenure check` finds."""

    level: str
    what: str
    where: str | None = None
    todo: str | None = None


def test_findings_stand_by_level_the_gravest_first() -> None:
    found = [Finding("note", "All is loaded."), Finding("error", "Broken.", "subs.csv:3", "Mend it.")]
    lines = lists.findings(found, 80).splitlines()
    assert lines[0] == "1 error" and lines[1] == "- subs.csv:3: Broken. Mend it." and "1 note" in lines
    assert lists.findings([], 80).startswith("Nothing to report")


def test_the_catalogue_fits_its_width() -> None:
    row = {"metric": "nrr", "title": "Net revenue retention", "unit": "share", "better": "up", "variants": ["cohort"]}
    rows = [{**row, "needs": ["subscriptions"], "available": True, "benchmark": None}] * 2
    assert max(map(len, lists.metrics(rows, 50).splitlines())) <= 50
    assert "yes" in lists.metrics(rows, 80)
    text = lists.one_metric(rows[0], "What stays.\n\n*Formula.* end / start. *Empty:* no base.", 80)
    assert "variants    cohort" in text and "\nFormula: end / start.\n" in text and "*" not in text


def test_a_small_divisor_is_shown_whole_enough_to_divide_by() -> None:
    """100 x .8 / .025 = 3,200: by .03, as money is rounded, it would be 2,667."""
    answer = {"metric": "clv", "title": "CLV", "variant": "default", "period": "2024-01", "unit": "money",
              "currency": "USD", "value": 3200.0, "numerator": 80.0, "denominator": 0.025, "parts": [], "customers": [],
              "variants": [], "notes": []}  # fmt: skip
    assert explanation._figures(answer) == ["= 80.00 / 0.02500", "= $3,200"]
