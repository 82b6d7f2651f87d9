"""The best DuckDB SQL we can write by hand for features and time, over the rollups ours reads.

`feature_use` holds the features of a customer's day as bits of a word; `feature_names` says which bit is whose.
"""

from __future__ import annotations

from benchmarks.hand_sql import Ask, _calendar
from benchmarks.hand_usage import Query


def queries() -> dict[tuple[str, str | None], Query]:
    """By metric and variant: its query for what is asked."""
    return {
        ("feature_adoption_rate", None): lambda a: _adoption(a, "members"),
        ("feature_adoption_rate", "active_only"): lambda a: _adoption(a, "active"),
        ("feature_adoption_rate", "ever"): _ever,
        ("feature_adoption_rate", "adopted"): _adopted,
        ("feature_adoption_rate", "frequency"): _frequency,
        ("feature_adoption_rate", "depth"): _depth,
        ("feature_breadth", None): _breadth,
        ("time_on_platform", None): _time,
        ("time_on_platform", "per_session"): lambda a: _time(a, "count(*)"),
    }


BITS = 62
"""Of a word; the sign and one more stay free."""
_HELD = "held AS (SELECT cust, day, until FROM mrr_steps WHERE after <> 0)"
_WAS = "EXISTS (FROM held h WHERE h.cust = u.cust AND h.day < u.e AND h.until > u.m)"
"""Whether the customer of a row was one at the close of a day of the period."""


def _members(a: Ask) -> str:
    """n: the customers of each period and segment."""
    return f"""{_HELD},
periods AS (SELECT DISTINCT m, e FROM days WHERE m >= DATE '{a.start}'),
members AS (
  SELECT m, g, count(DISTINCT cust) AS n FROM held JOIN segment USING (cust)
  JOIN periods p ON day < e AND until > m GROUP BY m, g)"""


def _used(a: Ask) -> str:
    """Bits of each customer and period put together once; then who of them was a customer."""
    return f"""used AS (
  SELECT m, any_value(e) AS e, cust, word, bit_or(mask) AS mask FROM feature_use r JOIN days ON r.day = days.c
  WHERE r.day >= DATE '{a.start}' GROUP BY m, cust, word),
mine AS (SELECT m, cust, word, mask FROM used u WHERE {_WAS})"""


_SPELLED = "JOIN feature_names n ON n.word = mine.word AND mask & bit <> 0"


def _active(a: Ask) -> str:
    """n: the customers of each period and segment who were active in it."""
    return f"""{_HELD},
u AS (
  SELECT m, e, cust FROM customer_days JOIN days ON day = c WHERE day >= DATE '{a.start}' AND since < m),
active AS (SELECT m, g, count(*) AS n FROM u JOIN segment USING (cust) WHERE {_WAS} GROUP BY m, g)"""


def _adoption(a: Ask, of: str) -> str:
    return f"""WITH {_calendar(a)}, {_members(a) if of == "members" else _active(a)}, {_used(a)},
tops AS (SELECT m, g, feature, count(*) AS v FROM mine JOIN segment USING (cust) {_SPELLED} GROUP BY ALL)
SELECT m, g, feature, v / n AS v FROM tops JOIN {of} USING (m, g) ORDER BY g, feature, m"""


def _ever(a: Ask) -> str:
    """What is new of a customer's bits in each month, from the first month in a row as a customer to the last: +1, -1.

    No row for each customer, feature and month: there are hundreds of millions of those.
    """
    month = "date_diff('month', DATE '{a.start}', {day})".replace("{a.start}", str(a.start))
    last = f"least(until, DATE '{a.stop}') - 1"
    return f"""WITH {_calendar(a)}, {_members(a)},
used AS (
  SELECT cust, word, greatest({month.format(day="day")}, 0) AS s, bit_or(mask) AS mask FROM feature_use
  WHERE day < DATE '{a.stop}' GROUP BY ALL),
known AS (SELECT *, bit_or(mask) OVER (PARTITION BY cust, word ORDER BY s) AS upto FROM used),
fresh AS (
  SELECT cust, word, s, mask & ~coalesce(lag(upto) OVER (PARTITION BY cust, word ORDER BY s), 0) AS mask FROM known),
spans AS (
  SELECT cust, greatest({month.format(day="day")}, 0) AS b, {month.format(day=last)} AS e
  FROM held WHERE day < DATE '{a.stop}' AND until > DATE '{a.start}'),
parts AS (
  SELECT *, b > coalesce(lag(e) OVER (PARTITION BY cust ORDER BY b, e), -9) + 1 AS opens FROM spans),
numbered AS (SELECT *, sum(opens::INTEGER) OVER (PARTITION BY cust ORDER BY b, e) AS stay FROM parts),
stays AS (SELECT cust, min(b) AS b, max(e) AS e FROM numbered GROUP BY cust, stay),
there AS (
  SELECT g, word, mask, greatest(s, b) AS b, e FROM fresh JOIN stays USING (cust) JOIN segment USING (cust)
  WHERE mask <> 0 AND s <= e),
counts AS (
  SELECT g, feature, b, e, count(*) AS c FROM there JOIN feature_names n ON n.word = there.word AND mask & bit <> 0
  GROUP BY ALL),
moves AS (
  SELECT g, feature, b AS s, sum(c) AS v FROM counts GROUP BY ALL
  UNION ALL SELECT g, feature, e + 1, -sum(c) FROM counts GROUP BY ALL),
summed AS (SELECT g, feature, s, sum(v) AS v FROM moves GROUP BY ALL),
grid AS (
  SELECT m, {month.format(day="m")} AS s, g, feature
  FROM periods, (SELECT DISTINCT g, feature FROM summed)),
tops AS (
  SELECT m, g, feature, sum(coalesce(v, 0)) OVER (PARTITION BY g, feature ORDER BY s) AS v
  FROM grid LEFT JOIN summed USING (g, feature, s))
SELECT m, g, feature, v / n AS v FROM tops JOIN members USING (m, g) WHERE v > 0 ORDER BY g, feature, m"""


def _adopted(a: Ask) -> str:
    """Used again is what an earlier day of the month had too. A row for each customer, month and feature took 5 GB."""
    return f"""WITH {_calendar(a)}, {_members(a)},
d AS (
  SELECT m, e, cust, word, mask, mask & bit_or(mask) OVER (
    PARTITION BY cust, word, m ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS again
  FROM feature_use r JOIN days ON r.day = days.c WHERE r.day >= DATE '{a.start}'),
u AS (
  SELECT m, any_value(e) AS e, cust, word, bit_or(mask) AS mask, coalesce(bit_or(again), 0) AS again
  FROM d GROUP BY m, cust, word),
mine AS (SELECT m, cust, word, mask, again FROM u WHERE {_WAS}),
tops AS (
  SELECT m, g, feature, count(*) FILTER (again & bit <> 0) AS v FROM mine JOIN segment USING (cust) {_SPELLED}
  GROUP BY ALL)
SELECT m, g, feature, v / n AS v FROM tops JOIN members USING (m, g) ORDER BY g, feature, m"""


def _frequency(a: Ask) -> str:
    """Days with a feature from the rows of days, active days from the features of a month."""
    return f"""WITH {_calendar(a)}, {_HELD},
u AS (SELECT m, e, cust, word, mask FROM feature_use r JOIN days d ON r.day = d.c WHERE r.day >= DATE '{a.start}'),
daily AS (SELECT * FROM u WHERE {_WAS}),
monthly AS (SELECT m, cust, word, bit_or(mask) AS mask FROM daily GROUP BY m, cust, word),
active AS (
  SELECT m, cust, count(*) AS active FROM customer_days JOIN days ON day = c WHERE day >= DATE '{a.start}'
  GROUP BY m, cust),
used AS (SELECT m, g, feature, count(*) AS v FROM daily AS mine JOIN segment USING (cust) {_SPELLED} GROUP BY ALL),
tops AS (
  SELECT m, g, feature, sum(active) AS v FROM monthly AS mine JOIN segment USING (cust) JOIN active USING (m, cust)
  {_SPELLED} GROUP BY ALL)
SELECT m, g, feature, used.v / tops.v AS v FROM used JOIN tops USING (m, g, feature) ORDER BY g, feature, m"""


def _depth(a: Ask) -> str:
    """From the events, as ours, since no rollup knows which user used what; the features of a benchmark fit one word.

    One row for each user and period with its features as bits; how many users have each is counted side by side, so
    that no row is spelled out until there are as few as periods and segments.
    """
    bits = range(BITS)
    users = ", ".join(f"count(*) FILTER ((mask >> {k}) & 1 = 1) AS v{k}" for k in bits)
    sums = ", ".join(f"sum(v{k}) AS t{k}, sum(active) FILTER (v{k} > 0) AS b{k}" for k in bits)
    tops, bottoms = (", ".join(f"{name}{k}" for k in bits) for name in "tb")
    return f"""WITH {_calendar(a)}, {_HELD},
users AS (
  SELECT m, any_value(e) AS e, customer_id, coalesce(contact_id, customer_id) AS u, bit_or(bit) AS mask
  FROM m_events JOIN feature_names ON name = feature JOIN days ON m_events.day = days.c
  WHERE m_events.day >= DATE '{a.start}' AND customer_id IS NOT NULL GROUP BY m, customer_id, u),
each AS (
  SELECT m, any_value(e) AS e, customer_id, count(*) AS active, {users} FROM users GROUP BY m, customer_id),
u AS (SELECT each.*, cust FROM each JOIN customer_keys USING (customer_id)),
wide AS (SELECT m, g, {sums} FROM u JOIN segment USING (cust) WHERE {_WAS} GROUP BY m, g),
long AS (
  SELECT m, g, unnest([{tops}]) AS t, unnest([{bottoms}]) AS b, unnest(range({BITS})) AS k FROM wide)
SELECT m, g, feature, t / b AS v FROM long JOIN feature_names ON bit = 1::BIGINT << k::INTEGER
WHERE t > 0 ORDER BY g, feature, m"""


def _breadth(a: Ask) -> str:
    return f"""WITH {_calendar(a)}, {_members(a)}, {_used(a)},
tops AS (SELECT m, g, sum(bit_count(mask)) AS v FROM mine JOIN segment USING (cust) GROUP BY m, g)
SELECT m, g, coalesce(v, 0) / n / (SELECT count(*) FROM feature_names) AS v FROM members LEFT JOIN tops USING (m, g)
ORDER BY g, m"""


def _time(a: Ask, each: str = 'count(DISTINCT "user")') -> str:
    """Sessions that events told, which ours makes once for a connection."""
    return f"""WITH {_calendar(a)}
SELECT m, g, sum(seconds) / 3600 / {each} AS v FROM made_event_sessions r JOIN segment USING (cust)
JOIN days ON r.started_day = days.c WHERE started_day >= DATE '{a.start}' GROUP BY m, g ORDER BY g, m"""
