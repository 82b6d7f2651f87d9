"""The best DuckDB SQL we can write by hand for the stored days of use: the events are read once for all of them.

A user's day with its features as bits comes from one pass; customers' days, keys and features are sums of that.
"""

from __future__ import annotations

from pathlib import Path

from tenure.periods import FIRST_DAY
from tenure.rollups.use_days import NEVER
from tenure.store import Store
from tenure.workspace import Workspace

MADE = ("feature_names", "customer_keys", "user_days", "customer_days", "feature_use")


def make(workspace: Workspace, folder: Path) -> None:
    """Write every rollup of days over the workspace's tables as a Parquet file into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with Store(workspace.folder).write() as tx:
        tx.con.execute("CREATE TEMP TABLE names AS " + _NAMES)
        tx.con.execute("CREATE TEMP TABLE daily AS " + _DAILY)
        tx.con.execute("CREATE TEMP TABLE keys AS " + _KEYS)
        tx.con.execute("CREATE TEMP TABLE mine AS " + _MINE)
        for name, query in zip(MADE, ("FROM names", "FROM keys", _USER_DAYS, _CUSTOMER_DAYS, _USE), strict=True):
            tx.con.execute(f"COPY ({query}) TO '{folder / name}.parquet' (FORMAT parquet)")


_NAMES = """
SELECT name AS feature, 0::BIGINT AS word, 1::BIGINT << (row_number() OVER (ORDER BY name) - 1)::INTEGER AS bit
FROM (SELECT DISTINCT name FROM m_events)"""

_DAILY = """
SELECT coalesce(contact_id, customer_id) AS "user", customer_id, day, count(*) AS n, bit_or(bit) AS mask
FROM m_events JOIN names ON name = feature GROUP BY ALL"""

_KEYS = """
SELECT (row_number() OVER (ORDER BY customer_id) - 1)::BIGINT AS cust, customer_id, any_value(name) AS name,
  coalesce(min(created_day), min(day)) AS first_day, coalesce(min(created_at), min(day)::TIMESTAMP) AS first_at,
  min(created_day) IS NOT NULL AS dated
FROM (
  SELECT customer_id, name, created_day, created_at, NULL::DATE AS day FROM m_customers
  UNION ALL SELECT customer_id, NULL, NULL, NULL, min(day) FROM daily GROUP BY customer_id)
GROUP BY customer_id"""

_MINE = 'SELECT "user", cust, day, n, mask FROM daily LEFT JOIN keys USING (customer_id)'


def _since(who: str) -> str:
    before = f"lag(day) OVER (PARTITION BY {who} ORDER BY day)"
    return f"coalesce({before}, DATE '{FIRST_DAY}') AS since, coalesce(day - {before}, {NEVER})::BIGINT AS gap, n"


_USER_DAYS = f'SELECT "user", cust, day, {_since(chr(34) + "user" + chr(34) + ", cust")} FROM mine'
_SUMS = "(SELECT cust, day, sum(n)::BIGINT AS n FROM mine WHERE cust IS NOT NULL GROUP BY cust, day)"
_CUSTOMER_DAYS = f"SELECT cust, day, {_since('cust')} FROM {_SUMS}"
_USE = "SELECT cust, day, 0::BIGINT AS word, bit_or(mask) AS mask FROM mine WHERE cust IS NOT NULL GROUP BY cust, day"
