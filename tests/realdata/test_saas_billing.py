"""4,907 invoice lines of 385 customers, against the results of a third party's engine (see the data set's
ORIGIN.txt).  Unspread: a line stands for the calendar month of its invoice date. Spread: a line with service dates is
divided over the calendar months of its service, by days, in whole cents; the cents left over go to the months with
the largest remainders, the earlier month first among equals. Either way lines are summed per customer and month,
credits netted, and each sum is a stretch of that month. Both mappings are one `select` over the export."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from golden import ask, run

from realdata import data, table, workspace

UNSPREAD = """
    SELECT "Customer" AS subscription_id, "Customer" AS customer_id, sum(CAST("Amount" AS DECIMAL(18, 2))) AS amount,
           'USD' AS currency, 'month' AS interval,
           CAST(date_trunc('month', CAST("Invoice Date" AS DATE)) AS DATE) AS started_at,
           CAST(date_trunc('month', CAST("Invoice Date" AS DATE)) + INTERVAL 1 MONTH AS DATE) AS ended_at
    FROM source
    GROUP BY ALL
"""

SPREAD = """
    WITH line AS (  -- money in cents; service dates are text or empty, and its last day is inside
      SELECT row_number() OVER () AS line_id, "Customer" AS customer_id,
             CAST(100 * CAST("Amount" AS DECIMAL(18, 2)) AS BIGINT) AS cents,
             date_trunc('month', CAST("Invoice Date" AS DATE)) AS month,
             TRY_CAST(CAST("Service Start" AS VARCHAR) AS DATE) AS first_day,
             TRY_CAST(CAST("Service End" AS VARCHAR) AS DATE) + 1 AS day_after
      FROM source
    ), span AS (  -- without service dates: the calendar month of the invoice
      SELECT line_id, customer_id, cents, CAST(coalesce(first_day, month) AS DATE) AS first_day,
             CAST(coalesce(day_after, month + INTERVAL 1 MONTH) AS DATE) AS day_after
      FROM line
    ), part AS (  -- a line's days in each month
      SELECT line_id, customer_id, cents, day_after - first_day AS days, CAST(m.month AS DATE) AS month,
             least(day_after, CAST(m.month + INTERVAL 1 MONTH AS DATE))
             - greatest(first_day, CAST(m.month AS DATE)) AS share
      FROM span,
           generate_series(date_trunc('month', first_day), day_after - INTERVAL 1 DAY, INTERVAL 1 MONTH) AS m(month)
    ), cut AS (  -- whole cents, and who is next for one more
      SELECT *, cents * share // days AS whole,
             row_number() OVER (PARTITION BY line_id ORDER BY cents * share % days DESC, month) AS place
      FROM part
    ), dealt AS (
      SELECT *, CASE WHEN place <= cents - sum(whole) OVER (PARTITION BY line_id) THEN whole + 1 ELSE whole END AS given
      FROM cut
    )
    SELECT customer_id AS subscription_id, customer_id, CAST(sum(given) AS DECIMAL(16, 0)) * 0.01 AS amount,
           'USD' AS currency, 'month' AS interval, month AS started_at,
           CAST(month + INTERVAL 1 MONTH AS DATE) AS ended_at
    FROM dealt
    GROUP BY customer_id, month
"""

TOML = """
[workspace]
name = "Billing"
as_of = 2026-01-01

[sources.billing]
type = "files"
[sources.billing.tables.subscriptions]
path = "{path}"
select = '''{select}'''
"""

WATERFALL = {
    "new_mrr": "new_logo",
    "reactivation_mrr": "reactivation",
    "expansion_mrr": "expansion",
    "contraction_mrr": "contraction",
    "churned_mrr": "churn",
    "mrr": "ending",
    "new_customers": "new_logos",
    "churned_customers": "churned_logos",
    "customers": "active_logos",
}
LOSSES = ("contraction_mrr", "churned_mrr")  # the reference prints what was lost without a sign

RATIOS = {
    "arpa": ("arpa", ()),
    "quick_ratio": ("quick_ratio", ()),
    "customer_churn_rate": ("logo_churn_rate", ()),
    "revenue_churn_rate": ("gross_revenue_churn_rate", ()),
    "nrr": ("nrr_12m", ("--window", "12m")),
    "grr": ("grr_12m", ("--window", "12m")),
    "customer_retention_rate": ("logo_retention_12m", ("--window", "12m")),
}


@dataclass(frozen=True)
class Billing:
    """One reading of the export: our workspace and the reference's folder."""

    folder: Path
    reference: Path

    def got(self, metric: str, *options: str) -> dict[str, Any]:
        """Our values by month."""
        (answer,) = ask(self.folder, metric, "--from", "2024-01", "--to", "2025-12", *options)["metrics"]
        return {row["period"]: row["value"] for row in answer["rows"]}

    def expected(self, file: str, column: str) -> dict[str, float | None]:
        """The reference's values by month; None where it has none."""
        rows = table(self.reference / file)
        return {row["period_end"][:7]: float(row[column]) if row[column] else None for row in rows}


@pytest.fixture(scope="module", params=["unspread", "spread"])
def billing(request: Any, tmp_path_factory: Any) -> Billing:
    """The export loaded in both readings."""
    source = data("saas_billing")
    select = UNSPREAD if request.param == "unspread" else SPREAD
    folder = workspace(tmp_path_factory.mktemp(request.param), TOML.format(path=source / "billing.csv", select=select))
    ran = run(folder, "sync", "--strict")
    assert ran.code == 0, ran.err
    return Billing(folder, source / f"reference_{request.param}")


@pytest.mark.parametrize("metric", WATERFALL)
def test_waterfall(billing: Billing, metric: str) -> None:
    """Every movement, level and count of 24 months, to the cent."""
    sign = -1 if metric in LOSSES else 1
    want = {
        month: sign * (value or 0.0) for month, value in billing.expected("waterfall.csv", WATERFALL[metric]).items()
    }
    assert len(want) == 24
    assert billing.got(metric) == want


def test_waterfall_nets_by_month_the_same(billing: Billing) -> None:
    """Stretches are calendar months, so a customer moves once a month: `monthly` gives the same movements."""
    for metric in ("new_mrr", "reactivation_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr"):
        assert billing.got(metric, "--variant", "monthly") == billing.got(metric), metric


@pytest.mark.parametrize("metric", RATIOS)
def test_ratios(billing: Billing, metric: str) -> None:
    """ARPA, quick ratio, monthly churn, and NRR, GRR and customers kept over 12 months: to 1e-9, or absent on both
    sides."""
    column, options = RATIOS[metric]
    want = billing.expected("metrics.csv", column)
    got = billing.got(metric, *options)
    assert got.keys() == want.keys()
    for month, value in want.items():
        assert got[month] == (None if value is None else pytest.approx(value, rel=1e-9)), month


def test_arr(billing: Billing) -> None:
    """12 x MRR, to the cent (the reference's floats carry noise below it)."""
    want = billing.expected("metrics.csv", "arr")
    assert {month: round(value, 2) for month, value in billing.got("arr").items()} == {
        month: round(value or 0.0, 2) for month, value in want.items()
    }


@pytest.mark.parametrize("metric", ["cohort_retention", "revenue_retention"])
def test_triangle(billing: Billing, metric: str) -> None:
    """All 300 cells of the retention triangle: 24 cohorts, ages to 2025-12. The parts are exact, the ratios to 1e-9."""
    part, whole, ratio = {
        "cohort_retention": ("active_logos", "logos_start", "logo_retention"),
        "revenue_retention": ("revenue", "revenue_start", "ndr"),
    }[metric]
    want = {(row["vintage"][:7], int(row["age"])): row for row in table(billing.reference / "retention.csv")}
    assert len(want) == 300
    (answer,) = ask(billing.folder, metric, "--from", "2024-01", "--to", "2025-12")["metrics"]
    got = {(row["period"], row["by"]["age"]): row for row in answer["rows"]}
    assert got.keys() == want.keys()
    for cell, row in want.items():
        assert got[cell]["numerator"] == float(row[part]), cell
        assert got[cell]["denominator"] == float(row[whole]), cell
        assert got[cell]["value"] == pytest.approx(float(row[ratio]), rel=1e-9), cell


def test_churn_events(billing: Billing) -> None:
    """Its README's published totals: 214 churn events unspread, 106 spread."""
    events = sum(billing.got("churned_customers").values())
    assert events == {"reference_unspread": 214, "reference_spread": 106}[billing.reference.name]
