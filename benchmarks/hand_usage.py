"""The best DuckDB SQL we can write by hand for product use, over the rollups ours reads: user_days and its like.

Each query answers (start of the period, segment, value). `since` says when a user was seen before, so nothing is ever
counted distinct: a user's first day of a period has `since` before it, a window of n days is a running total.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.hand_sql import Ask, _calendar


def queries() -> dict[tuple[str, str | None], Callable[[Ask], str]]:
    """By metric and variant: its query for what is asked."""
    return {
        ("mau", None): _inside,
        ("mau", "trailing"): lambda a: _trailing(a, 30),
        ("wau", None): lambda a: _trailing(a, 7),
        ("dau", None): _daily,
        ("mau", "customers"): lambda a: _inside(a, "customer_days"),
        ("stickiness", None): _stickiness,
        ("feature_adoption_rate", None): _adoption,
    }


def raw() -> dict[tuple[str, str | None], Callable[[Ask], str]]:
    """The same from the raw events, the best formulation each."""
    return {
        ("mau", None): _raw_inside,
        ("wau", None): lambda a: _raw_trailing(a, 7),
        ("dau", None): lambda a: _raw_daily(a),
    }


def _segmented(a: Ask, table: str) -> str:
    return f"(SELECT r.*, g FROM {table} r JOIN segment USING (cust) WHERE day >= DATE '{a.start}')"


def _inside(a: Ask, table: str = "user_days") -> str:
    return f"""WITH {_calendar(a)}
SELECT m, g, count(*) AS v FROM {_segmented(a, table)} r JOIN days ON r.day = days.c
WHERE since < m GROUP BY m, g ORDER BY g, m"""


def _daily(a: Ask) -> str:
    return f"""WITH {_calendar(a)},
sums AS (SELECT day, g, count(*) AS v FROM {_segmented(a, "user_days")} GROUP BY day, g)
SELECT m, g, sum(v) / any_value(date_diff('day', m, e)) AS v FROM sums JOIN days ON sums.day = days.c
GROUP BY m, g ORDER BY g, m"""


def _stickiness(a: Ask) -> str:
    return f"""WITH {_calendar(a)}
SELECT m, g, count(*) / any_value(date_diff('day', m, e)) / count(*) FILTER (since < m) AS v
FROM {_segmented(a, "user_days")} r JOIN days ON r.day = days.c GROUP BY m, g ORDER BY g, m"""


def _trailing(a: Ask, n: int) -> str:
    return f"""WITH {_calendar(a)},
rows_ AS (SELECT day, since, g FROM user_days JOIN segment USING (cust) WHERE day >= DATE '{a.start}' - {n}),
moves AS (
  SELECT greatest(day, since + {n}) AS d, g, count(*) AS v FROM rows_ GROUP BY ALL
  UNION ALL SELECT day + {n}, g, -count(*) FROM rows_ GROUP BY ALL),
summed AS (SELECT m, g, sum(v) AS v FROM moves JOIN days ON greatest(d, DATE '{a.first}') = c GROUP BY m, g),
grid AS (SELECT m, g FROM (SELECT DISTINCT m FROM days), (SELECT DISTINCT g FROM summed))
SELECT m, g, sum(coalesce(v, 0)) OVER (PARTITION BY g ORDER BY m) AS v FROM grid LEFT JOIN summed USING (m, g)
QUALIFY m >= DATE '{a.start}' ORDER BY g, m"""


def _adoption(a: Ask) -> str:
    """Bits of each customer and period put together once; then who of them was a customer; then one row a feature."""
    return f"""WITH {_calendar(a)},
used AS (
  SELECT m, any_value(e) AS e, cust, word, bit_or(mask) AS mask FROM feature_use r JOIN days ON r.day = days.c
  WHERE r.day >= DATE '{a.start}' GROUP BY m, cust, word),
held AS (SELECT cust, day, until FROM mrr_steps WHERE after <> 0),
mine AS (
  SELECT m, cust, word, mask FROM used u WHERE EXISTS (
    FROM held h WHERE h.cust = u.cust AND h.day < u.e AND h.until > u.m)),
tops AS (
  SELECT m, g, feature, count(*) AS v FROM mine JOIN segment USING (cust)
  JOIN feature_names n ON n.word = mine.word AND mask & bit <> 0 GROUP BY ALL),
members AS (
  SELECT m, g, count(DISTINCT cust) AS n FROM held JOIN segment USING (cust)
  JOIN (SELECT DISTINCT m, e FROM days) p ON day < e AND until > m WHERE m >= DATE '{a.start}' GROUP BY m, g)
SELECT m, g, feature, v / n AS v FROM tops JOIN members USING (m, g) ORDER BY g, feature, m"""


def _raw(a: Ask) -> str:
    return f"""(SELECT contact_id, day, g FROM m_events JOIN customer_keys USING (customer_id) JOIN segment USING (cust)
  WHERE day >= DATE '{a.start}' AND day < DATE '{a.stop}')"""


def _raw_inside(a: Ask) -> str:
    months = f"date_diff('month', DATE '{a.start}', day)"
    bits = ", ".join(f"count(*) FILTER (b & {1 << k} > 0) AS v{k}" for k in range(24))
    return f"""WITH {_calendar(a)},
users AS (SELECT contact_id, g, bit_or(1 << {months}) AS b FROM {_raw(a)} GROUP BY ALL),
wide AS (SELECT g, {bits} FROM users GROUP BY g)
SELECT DATE '{a.start}' + to_months(replace(k, 'v', '')::INTEGER) AS m, g, v FROM (UNPIVOT wide ON COLUMNS('v.*')
INTO NAME k VALUE v) ORDER BY g, m"""


def _raw_daily(a: Ask) -> str:
    return f"""WITH {_calendar(a)},
sums AS (SELECT day, g, count(DISTINCT contact_id) AS v FROM {_raw(a)} GROUP BY day, g)
SELECT m, g, sum(v) / any_value(date_diff('day', m, e)) AS v FROM sums JOIN days ON sums.day = days.c
GROUP BY m, g ORDER BY g, m"""


def _raw_trailing(a: Ask, n: int) -> str:
    return f"""WITH {_calendar(a)},
per AS (SELECT DISTINCT contact_id, g, day FROM (SELECT contact_id, day, g FROM m_events
  JOIN customer_keys USING (customer_id) JOIN segment USING (cust)
  WHERE day >= DATE '{a.start}' - {n} AND day < DATE '{a.stop}')),
rows_ AS (SELECT day, g, lag(day) OVER (PARTITION BY contact_id ORDER BY day) AS since FROM per),
moves AS (
  SELECT greatest(day, coalesce(since + {n}, day)) AS d, g, count(*) AS v FROM rows_ GROUP BY ALL
  UNION ALL SELECT day + {n}, g, -count(*) FROM rows_ GROUP BY ALL),
summed AS (SELECT m, g, sum(v) AS v FROM moves JOIN days ON greatest(d, DATE '{a.first}') = c GROUP BY m, g)
SELECT m, g, sum(v) OVER (PARTITION BY g ORDER BY m) AS v FROM summed QUALIFY m >= DATE '{a.start}' ORDER BY g, m"""
