"""The best DuckDB SQL we can write by hand for each metric, over the rollups ours reads: mrr_steps joined to customers.

Each query answers (start of the period or cohort, segment, [age,] value) for every period and segment, as a careful
analyst would who knows the rollups: sums by period first, then running totals over the tiny result; never a row per
customer and period. Two ideas carry most of them:

- periods that touch: a level is a running total of `after - before`; who changed inside a period is found from rows
  that know their neighbours (`since`, `until`), so only customers who changed are looked at;
- windows that overlap: a piece (row = value from `day` to before `until`) is joined to the other pieces of its
  customer that run a window later, + where both begin to hold and - where one ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from tenure.periods import add_months

TICKS = 432_432_000
"""Ticks in one unit of currency: the rollups keep money in whole ticks."""


@dataclass(frozen=True)
class Ask:
    """What is asked: periods of a unit ('month', 'day') from `start` to before `stop`, by a column of customers."""

    start: date
    stop: date
    unit: str = "month"
    by: str = "region"
    window: int = 0
    """months that retention looks back; 0: each period against its own start"""

    @property
    def first(self) -> date:
        """The day that stands for all days before the first period."""
        return self.start - timedelta(days=1)


def queries() -> dict[str, Callable[[Ask], str]]:
    """By metric: its query for what is asked."""
    return {
        "customers": lambda a: _levels(a, "customers"),
        "customer_growth": lambda a: _levels(a, "(customers - opened_customers) / nullif(opened_customers, 0)"),
        "mrr": lambda a: _levels(a, f"mrr / {TICKS}"),
        "arr": lambda a: _levels(a, f"12 * mrr / {TICKS}"),
        "net_new_mrr": lambda a: _levels(a, f"(mrr - opened_mrr) / {TICKS}"),
        "arpa": lambda a: _levels(a, f"mrr / nullif(customers, 0) / {TICKS}"),
        "new_mrr": lambda a: _moved(a, "new"),
        "expansion_mrr": lambda a: _moved(a, "expansion"),
        "contraction_mrr": lambda a: _moved(a, "contraction"),
        "churned_mrr": lambda a: _moved(a, "churn"),
        "reactivation_mrr": lambda a: _moved(a, "reactivation"),
        "fx_mrr": lambda a: _sums(a, "sum(fx)", f"x / {TICKS}", "fx <> 0"),
        "new_customers": lambda a: _sums(a, "count(*)", "x", "kind = 'new'"),
        "churned_customers": lambda a: _sums(a, "count(*)", "x", "kind = 'churn'"),
        "quick_ratio": _quick_ratio,
        "nrr": lambda a: _retention(a, "1 - (lost - gained) / nullif(opened_mrr, 0)"),
        "net_revenue_churn_rate": lambda a: _retention(a, "(lost - gained) / nullif(opened_mrr, 0)"),
        "grr": lambda a: _retention(a, "1 - lost / nullif(opened_mrr, 0)"),
        "revenue_churn_rate": lambda a: _retention(a, "lost / nullif(opened_mrr, 0)"),
        "customer_retention_rate": lambda a: _retention(a, "1 - gone / nullif(opened_customers, 0)"),
        "customer_churn_rate": lambda a: _retention(a, "gone / nullif(opened_customers, 0)"),
        "expansion_rate": _expansion_rate,
        "arpc": _revenue_per_customer,
        "arpu": _revenue_per_customer,
        "renewal_rate": _renewal_rate,
        "upsell_rate": lambda a: _sale_rate(a, "upsell"),
        "cross_sell_rate": lambda a: _sale_rate(a, "cross_sell"),
        "cohort_retention": lambda a: _cohorts(a, "(after > 0)::INTEGER - (before > 0)::INTEGER", "size"),
        "revenue_retention": lambda a: _cohorts(a, "after - before", "first_value(v) OVER line"),
        "non_recurring_revenue": _one_off,
    }


def windowed() -> dict[str, Callable[[Ask], str]]:
    """By metric: its query where each period looks back a window."""
    return {
        "nrr": lambda a: _window(a, "kept / nullif(opened, 0)"),
        "grr": lambda a: _window(a, "low / nullif(opened, 0)"),
        "customer_churn_rate": lambda a: _window(a, "1 - still / nullif(members, 0)"),
    }


# -- pieces of queries ------------------------------------------------------------------------------------------------


def _calendar(a: Ask) -> str:
    """days: each day with its period's ends, and one that stands for all before; segment: each customer's group."""
    return f"""
days AS (
  SELECT d::DATE AS c, date_trunc('{a.unit}', d)::DATE AS m,
    (date_trunc('{a.unit}', d) + INTERVAL 1 {a.unit})::DATE AS e
  FROM generate_series(TIMESTAMP '{a.start}', TIMESTAMP '{a.stop - timedelta(days=1)}', INTERVAL 1 DAY) t(d)
  UNION ALL SELECT DATE '{a.first}', DATE '{a.first}', DATE '{a.start}'),
segment AS NOT MATERIALIZED (SELECT cust, {a.by} AS g FROM customer_pieces WHERE is_last)"""


def _grid(source: str) -> str:
    """Every period of every segment that something is found in."""
    return f"grid AS (SELECT m, any_value(e) AS e, g FROM days, (SELECT DISTINCT g FROM {source}) GROUP BY m, g)"


def _steps(a: Ask, columns: str, where: str = "TRUE") -> str:
    """Steps with their segment and period."""
    return f"""
SELECT {columns} FROM mrr_steps s JOIN segment USING (cust) JOIN days ON greatest(s.day, DATE '{a.first}') = days.c
WHERE {where}"""


def _levels(a: Ask, value: str) -> str:
    """What is held at the ends of periods: running totals of what steps change."""
    wanted = [w for w in ("mrr", "customers") if w in value]
    change = {"mrr": "after - before", "customers": "(after > 0)::INTEGER - (before > 0)::INTEGER"}
    sums = ", ".join(f"sum({change[w]}) AS {w}" for w in wanted)
    levels = ", ".join(
        f"sum({w}) OVER line AS {w}, sum({w}) OVER line - coalesce({w}, 0) AS opened_{w}" for w in wanted
    )
    return f"""
WITH {_calendar(a)},
moved AS ({_steps(a, f"m, g, {sums}")} GROUP BY m, g),
{_grid("moved")},
level AS (
  SELECT m, g, {levels} FROM grid LEFT JOIN moved USING (m, g) WINDOW line AS (PARTITION BY g ORDER BY m))
SELECT m, g, {value} FROM level WHERE m >= DATE '{a.start}' ORDER BY g, m"""


def _sums(a: Ask, what: str, value: str, where: str) -> str:
    """What happened inside periods."""
    inside = f"s.day >= DATE '{a.start}' AND s.day < DATE '{a.stop}' AND {where}"
    return f"""
WITH {_calendar(a)},
found AS ({_steps(a, f"m, g, {what} AS x", inside)} GROUP BY m, g),
{_grid("segment")}
SELECT m, g, coalesce({value}, 0) FROM grid LEFT JOIN found USING (m, g) WHERE m >= DATE '{a.start}' ORDER BY g, m"""


def _moved(a: Ask, kind: str) -> str:
    return _sums(a, "sum(amount)", f"x / {TICKS}", f"kind = '{kind}'")


def _quick_ratio(a: Ask) -> str:
    inside = f"s.day >= DATE '{a.start}' AND s.day < DATE '{a.stop}' AND kind <> 'fx'"
    sums = "m, g, sum(amount) FILTER (amount > 0) AS won, -sum(amount) FILTER (amount < 0) AS lost"
    return f"""
WITH {_calendar(a)},
found AS ({_steps(a, sums, inside)} GROUP BY m, g),
{_grid("segment")}
SELECT m, g, CASE WHEN lost > 0 THEN coalesce(won, 0) / lost END
FROM grid LEFT JOIN found USING (m, g) WHERE m >= DATE '{a.start}' ORDER BY g, m"""


def _retention(a: Ask, value: str) -> str:
    """Of those there at the start, what is left: the start less what customers who changed lost, plus what they gained.

    A step that is its customer's only one in the period says both ends by itself; of several, the first knows the
    start and the last the end.
    """
    parts = {
        "lost": "greatest(t - n, 0)",
        "gained": "CASE WHEN t > 0 AND n > t THEN n - t ELSE 0 END",
        "gone": "(t > 0 AND n = 0)::INTEGER",
    }
    wanted = [w for w in parts if w in value]
    opened = "opened_mrr" if "opened_mrr" in value else "opened_customers"
    change = "after - before" if opened == "opened_mrr" else "(after > 0)::INTEGER - (before > 0)::INTEGER"
    only = f"since < m AND until >= e AND m >= DATE '{a.start}'"
    alone = ", ".join(f"sum({_ends(parts[w])}) FILTER ({only}) AS {w}" for w in wanted)
    grouped = ", ".join(f"sum({parts[w]}) AS {w}" for w in wanted)
    shown = ", ".join(f"coalesce(x.{w}, 0) + coalesce(y.{w}, 0) AS {w}" for w in wanted)
    return f"""
WITH {_calendar(a)},
s AS ({_steps(a, "s.cust, m, g, before, after, since, until, e")}),
several AS (
  SELECT m, g, sum(before) FILTER (since < m) AS t, sum(after) FILTER (until >= e) AS n FROM s
  WHERE m >= DATE '{a.start}' AND NOT (since < m AND until >= e) GROUP BY m, g, cust),
more AS (SELECT m, g, {grouped} FROM several GROUP BY m, g),
moved AS (SELECT m, g, sum({change}) AS v, {alone} FROM s GROUP BY m, g),
{_grid("moved")},
level AS (
  SELECT m, g, sum(v) OVER (PARTITION BY g ORDER BY m) - coalesce(v, 0) AS {opened}, {shown}
  FROM grid LEFT JOIN moved x USING (m, g) LEFT JOIN more y USING (m, g))
SELECT m, g, {value} FROM level WHERE m >= DATE '{a.start}' ORDER BY g, m"""


def _ends(part: str) -> str:
    """The same of a step that is its customer's only one: its own before and after."""
    return re.sub(r"\bt\b", "before", re.sub(r"\bn\b", "after", part))


def _expansion_rate(a: Ask) -> str:
    """Expansion of those who paid at the start: of all, less that of who joined or returned in the period before it."""
    return f"""
WITH {_calendar(a)},
s AS ({_steps(a, "s.cust, m, g, before, after, since, until, e, kind, amount")}),
opened AS (SELECT cust, m, before FROM s WHERE since < m AND until < e AND m >= DATE '{a.start}'),
own AS (
  SELECT m, g, sum(amount) AS x FROM s WHERE kind = 'expansion' AND since < m AND m >= DATE '{a.start}' GROUP BY m, g),
later AS (
  SELECT s.m, g, sum(amount) AS y FROM s JOIN opened o ON s.cust = o.cust AND s.m = o.m AND o.before > 0
  WHERE kind = 'expansion' AND since >= s.m GROUP BY s.m, g),
moved AS (SELECT m, g, sum(after - before) AS v FROM s GROUP BY m, g),
{_grid("moved")},
level AS (
  SELECT m, g, sum(v) OVER (PARTITION BY g ORDER BY m) - coalesce(v, 0) AS mrr, coalesce(x, 0) + coalesce(y, 0) AS won
  FROM grid LEFT JOIN moved USING (m, g) LEFT JOIN own USING (m, g) LEFT JOIN later USING (m, g))
SELECT m, g, won / nullif(mrr, 0) FROM level WHERE m >= DATE '{a.start}' ORDER BY g, m"""


def _revenue_per_customer(a: Ask) -> str:
    """MRR day by day, over who was a customer on one day of the period: at its end, or left after its first day."""
    return f"""
WITH {_calendar(a)},
moved AS ({_steps(a, _REVENUE)} GROUP BY m, g),
{_grid("moved")},
level AS (
  SELECT m, e, g, sum(v) OVER line - coalesce(v, 0) AS opened, coalesce(inside, 0) AS inside,
    sum(c) OVER line + coalesce(gone, 0) AS people
  FROM grid LEFT JOIN moved USING (m, g) WINDOW line AS (PARTITION BY g ORDER BY m))
SELECT m, g, (opened * (e - m) + inside) / day(last_day(m)) / nullif(people, 0) / {TICKS} FROM level
WHERE m >= DATE '{a.start}' ORDER BY g, m"""


_REVENUE = """m, g, sum(after - before) AS v, sum((after > 0)::INTEGER - (before > 0)::INTEGER) AS c,
  sum((after - before) * (e - s.day)) AS inside,
  count(*) FILTER (kind = 'churn' AND s.day > m AND until >= e) AS gone"""


def _renewal_rate(a: Ask) -> str:
    return f"""
WITH {_calendar(a)},
found AS (
  SELECT m, g, count(*) FILTER (outcome = 'renewed') AS renewed,
    count(*) FILTER (outcome IN ('renewed', 'churned')) AS decided
  FROM made_terms t JOIN segment USING (cust) JOIN days ON t.due_day = days.c GROUP BY m, g),
{_grid("segment")}
SELECT m, g, renewed / nullif(decided, 0) FROM grid LEFT JOIN found USING (m, g)
WHERE m >= DATE '{a.start}' ORDER BY g, m"""


def _sale_rate(a: Ask, kind: str) -> str:
    """Who bought, of those who paid at the start; each once a period."""
    return f"""
WITH {_calendar(a)},
sold AS (
  SELECT DISTINCT m, cust FROM made_sales b JOIN days ON b.day = days.c
  WHERE kind = '{kind}' AND m >= DATE '{a.start}'),
bought AS (
  SELECT m, g, count(*) AS n FROM sold
  JOIN mrr_steps s ON s.cust = sold.cust AND s.day < m AND s.until >= m AND s.after > 0
  JOIN segment ON segment.cust = sold.cust GROUP BY m, g),
moved AS ({_steps(a, "m, g, sum((after > 0)::INTEGER - (before > 0)::INTEGER) AS v")} GROUP BY m, g),
{_grid("moved")},
level AS (
  SELECT m, g, sum(v) OVER (PARTITION BY g ORDER BY m) - coalesce(v, 0) AS people, coalesce(n, 0) AS n
  FROM grid LEFT JOIN moved USING (m, g) LEFT JOIN bought USING (m, g))
SELECT m, g, n / nullif(people, 0) FROM level WHERE m >= DATE '{a.start}' ORDER BY g, m"""


def _cohorts(a: Ask, change: str, bottom: str) -> str:
    """By the month of the first day as a customer, at the end of each later one."""
    return f"""
WITH {_calendar(a)},
first AS (SELECT cust, g, m AS cohort FROM mrr_steps s JOIN segment USING (cust) JOIN days ON s.day = days.c
          WHERE kind = 'new' AND m >= DATE '{a.start}'),
size AS (SELECT cohort, g, count(*) AS size FROM first GROUP BY cohort, g),
moved AS (
  SELECT cohort, m, g, sum({change}) AS x FROM mrr_steps s JOIN first USING (cust) JOIN days ON s.day = days.c
  GROUP BY cohort, m, g),
cells AS (SELECT cohort, g, size, m FROM size JOIN (SELECT DISTINCT m FROM days) ON m >= cohort),
level AS (
  SELECT cohort, g, m, size, sum(coalesce(x, 0)) OVER (PARTITION BY g, cohort ORDER BY m) AS v
  FROM cells LEFT JOIN moved USING (cohort, g, m))
SELECT cohort, g, datediff('{a.unit}', cohort, m), v / nullif({bottom}, 0) FROM level
WINDOW line AS (PARTITION BY g, cohort ORDER BY m) ORDER BY 2, 1, 3"""


def _one_off(a: Ask) -> str:
    return f"""
WITH {_calendar(a)},
found AS (
  SELECT m, c.{a.by} AS g, sum(amount) AS x FROM m_orders o JOIN m_customers c USING (customer_id)
  JOIN days ON o.placed_day = days.c WHERE coalesce(o.status, 'placed') NOT IN ('cancelled', 'refunded') GROUP BY ALL),
{_grid("found")}
SELECT m, g, coalesce(x, 0)::DOUBLE FROM grid LEFT JOIN found USING (m, g) WHERE m >= DATE '{a.start}' ORDER BY g, m"""


def _window(a: Ask, value: str) -> str:
    """Retention against the state a window before each period's end, by joining pieces a window apart."""
    wanted = [w for w in ("kept", "low", "still") if w in value]
    what = {"kept": "n.v", "low": "least(t.v, n.v)", "still": "1"}
    made = ", ".join(f"{what[w]} AS {w}" for w in wanted)
    running = ", ".join(f"sum({w}) OVER (PARTITION BY g ORDER BY k) AS {w}" for w in wanted)
    opened = "members" if "members" in value else "opened"
    base = "1" if opened == "members" else "v"
    low, high = add_months(add_months(a.start, 1 if a.unit == "month" else 0), -a.window) - timedelta(days=1), a.stop
    return f"""
WITH periods AS (
  SELECT row_number() OVER (ORDER BY m) - 1 AS k, m, (m + INTERVAL 1 {a.unit})::DATE AS e,
    (m + INTERVAL 1 {a.unit} - INTERVAL {a.window} MONTH)::DATE AS b
  FROM (SELECT d::DATE AS m FROM generate_series(TIMESTAMP '{a.start}', TIMESTAMP '{a.stop - timedelta(days=1)}',
        INTERVAL 1 {a.unit}) t(d))),
marks AS MATERIALIZED (
  SELECT d::DATE AS day, (SELECT count(*) FROM periods WHERE b <= d) AS kb,
    (SELECT count(*) FROM periods WHERE e <= d) AS ke
  FROM generate_series(TIMESTAMP '{low}', TIMESTAMP '{high}', INTERVAL 1 DAY) t(d)),
segment AS NOT MATERIALIZED (SELECT cust, {a.by} AS g FROM customer_pieces WHERE is_last),
pieces AS MATERIALIZED (
  SELECT cust, g, after::BIGINT AS v, f.kb AS b0, u.kb AS b1, f.ke AS e0, u.ke AS e1
  FROM mrr_steps s JOIN segment USING (cust)
  JOIN marks f ON greatest(s.day, DATE '{low}') = f.day
  JOIN marks u ON least(greatest(s.until, DATE '{low}'), DATE '{high}') = u.day
  WHERE after > 0 AND s.day < DATE '{high}' AND s.until > DATE '{low}'),
then_ AS (SELECT * FROM pieces WHERE b0 < b1),
now_ AS (SELECT cust, v, e0, e1 FROM pieces WHERE e0 < e1),
met AS (
  SELECT g, greatest(b0, e0) AS lo, least(b1, e1) AS hi, {made}
  FROM (SELECT cust, g, v, b0, b1 FROM then_) t JOIN now_ n USING (cust) WHERE greatest(b0, n.e0) < least(b1, n.e1)),
changes AS (
  SELECT lo AS k, g, {", ".join(wanted)}, 0 AS base FROM met
  UNION ALL SELECT hi, g, {", ".join(f"-{w}" for w in wanted)}, 0 FROM met
  UNION ALL SELECT b0, g, {", ".join("0" for _ in wanted)}, {base} FROM then_
  UNION ALL SELECT b1, g, {", ".join("0" for _ in wanted)}, -{base} FROM then_),
summed AS (SELECT k, g, {", ".join(f"sum({w}) AS {w}" for w in wanted)}, sum(base) AS base FROM changes GROUP BY k, g),
level AS (
  SELECT m, g, {running}, sum(base) OVER (PARTITION BY g ORDER BY k) AS {opened}
  FROM (SELECT k, m, g FROM periods, (SELECT DISTINCT g FROM segment)) LEFT JOIN summed USING (k, g))
SELECT m, g, {value} FROM level ORDER BY g, m"""
