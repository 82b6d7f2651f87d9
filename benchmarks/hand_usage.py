"""The best DuckDB SQL we can write by hand for different users, over the rollups ours reads: user_days, customer_days.

Each query answers (start of the period, segment, value). `since` says when a user was seen before, so nothing is ever
counted distinct: a user's first day of a period has `since` before it, a window of n days is a running total.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.hand_sql import Ask, _calendar

Query = Callable[[Ask], str]
CUSTOMERS = "customer_days"


def queries() -> dict[tuple[str, str | None], Query]:
    """By metric and variant: its query for what is asked."""
    return {
        ("mau", None): _inside,
        ("mau", "trailing"): lambda a: _trailing(a, 30),
        ("mau", "customers"): lambda a: _inside(a, CUSTOMERS),
        ("wau", None): lambda a: _trailing(a, 7),
        ("wau", "customers"): lambda a: _trailing(a, 7, CUSTOMERS),
        ("dau", None): _daily,
        ("dau", "customers"): lambda a: _daily(a, CUSTOMERS),
        ("stickiness", None): _stickiness,
        ("stickiness", "customers"): lambda a: _stickiness(a, CUSTOMERS),
    }


def raw() -> dict[tuple[str, ...], Query]:
    """From the raw events, the best formulation each: mau alone; all three from one pass."""
    return {("mau",): _raw_mau, ("dau", "wau", "mau"): _raw_together}


def _segmented(a: Ask, table: str) -> str:
    return f"(SELECT r.*, g FROM {table} r JOIN segment USING (cust) WHERE day >= DATE '{a.start}')"


def _inside(a: Ask, table: str = "user_days") -> str:
    return f"""WITH {_calendar(a)}
SELECT m, g, count(*) AS v FROM {_segmented(a, table)} r JOIN days ON r.day = days.c
WHERE since < m GROUP BY m, g ORDER BY g, m"""


def _daily(a: Ask, table: str = "user_days") -> str:
    return f"""WITH {_calendar(a)},
sums AS (SELECT day, g, count(*) AS v FROM {_segmented(a, table)} GROUP BY day, g)
SELECT m, g, sum(v) / any_value(date_diff('day', m, e)) AS v FROM sums JOIN days ON sums.day = days.c
GROUP BY m, g ORDER BY g, m"""


def _stickiness(a: Ask, table: str = "user_days") -> str:
    return f"""WITH {_calendar(a)}
SELECT m, g, count(*) / any_value(date_diff('day', m, e)) / count(*) FILTER (since < m) AS v
FROM {_segmented(a, table)} r JOIN days ON r.day = days.c GROUP BY m, g ORDER BY g, m"""


def _trailing(a: Ask, n: int, table: str = "user_days") -> str:
    return f"""WITH {_calendar(a)},
rows_ AS (
  SELECT day, since, gap, g FROM {table} JOIN segment USING (cust)
  WHERE day >= DATE '{a.start}' - {n} AND day < DATE '{a.stop}'),
own AS (SELECT day, g, count(*) AS c, count(*) FILTER (gap >= {n}) AS fresh FROM rows_ GROUP BY day, g),
again AS (SELECT since, g, count(*) AS c FROM rows_ WHERE gap < {n} GROUP BY since, g),
moves AS (
  SELECT day AS d, g, fresh AS v FROM own UNION ALL SELECT day + {n}, g, -c FROM own
  UNION ALL SELECT since + {n}, g, c FROM again),
summed AS (SELECT m, g, sum(v) AS v FROM moves JOIN days ON greatest(d, DATE '{a.first}') = c GROUP BY m, g),
grid AS (SELECT m, g FROM (SELECT DISTINCT m FROM days), (SELECT DISTINCT g FROM summed))
SELECT m, g, sum(coalesce(v, 0)) OVER (PARTITION BY g ORDER BY m) AS v FROM grid LEFT JOIN summed USING (m, g)
QUALIFY m >= DATE '{a.start}' ORDER BY g, m"""


def _raw_mau(a: Ask) -> str:
    """A bit for each month of each user, put together once; the segment is joined to users, not to events."""
    months = f"date_diff('month', DATE '{a.start}', day)"
    bits = ", ".join(f"count(*) FILTER (b & {1 << k} > 0) AS v{k}" for k in range(24))
    return f"""WITH users AS (
  SELECT contact_id, any_value(customer_id) AS customer_id, bit_or(1 << {months}) AS b FROM m_events
  WHERE day >= DATE '{a.start}' AND day < DATE '{a.stop}' GROUP BY contact_id),
wide AS (SELECT {a.by} AS g, {bits} FROM users JOIN m_customers USING (customer_id) GROUP BY g)
SELECT (DATE '{a.start}' + to_months(replace(k, 'v', '')::INTEGER))::DATE AS m, g, v
FROM (UNPIVOT wide ON COLUMNS('v.*') INTO NAME k VALUE v) ORDER BY g, m"""


def _raw_together(a: Ask) -> str:
    """The days of each user once: all are dau, a user's first of a month mau, and wau is a running total."""
    parts = " UNION ALL ".join(f"SELECT '{name}' AS what, * FROM {name}" for name in ("dau", "wau", "mau"))
    return f"""WITH {_calendar(a)},
per AS (
  SELECT contact_id, day, any_value(customer_id) AS customer_id FROM m_events
  WHERE day >= DATE '{a.start}' - 7 AND day < DATE '{a.stop}' GROUP BY contact_id, day),
rows_ AS MATERIALIZED (
  SELECT day, {a.by} AS g, lag(day) OVER (PARTITION BY contact_id ORDER BY day) AS since
  FROM per JOIN m_customers USING (customer_id)),
sums AS (SELECT day, g, count(*) AS v FROM rows_ GROUP BY day, g),
dau AS (
  SELECT m, g, sum(v) / any_value(date_diff('day', m, e)) AS v FROM sums JOIN days ON day = c
  WHERE m >= DATE '{a.start}' GROUP BY m, g),
moves AS (
  SELECT greatest(day, coalesce(since + 7, day)) AS d, g, count(*) AS v FROM rows_ GROUP BY ALL
  UNION ALL SELECT day + 7, g, -count(*) FROM rows_ GROUP BY ALL),
weeks AS (SELECT m, g, sum(v) AS v FROM moves JOIN days ON greatest(d, DATE '{a.first}') = c GROUP BY m, g),
wau AS (SELECT m, g, sum(v) OVER (PARTITION BY g ORDER BY m) AS v FROM weeks QUALIFY m >= DATE '{a.start}'),
mau AS (
  SELECT m, g, count(*) AS v FROM rows_ JOIN days ON day = c
  WHERE m >= DATE '{a.start}' AND (since IS NULL OR since < m) GROUP BY m, g)
{parts} ORDER BY ALL"""
