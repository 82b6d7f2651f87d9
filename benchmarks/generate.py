"""A company of any size as Parquet and CSV files: three years of subscriptions, and the day after.

Everything is drawn from a hash of the row's number, so that the same size gives the same company. A million customers
have about three million stretches: text ids, five billing intervals, trials, gaps, price and plan changes, add-ons.
Files are kept between runs in a folder named after the size.

    python -m benchmarks.generate --customers 200000
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

FIRST, TODAY, TOMORROW = date(2022, 1, 1), date(2025, 1, 1), date(2025, 1, 2)
"""The company opens on FIRST; the files stand at TODAY; one more day of data stands at TOMORROW."""

FORMAT = 4
"""Counts up whenever the files come to hold something else; older ones are made again."""


@dataclass(frozen=True)
class Company:
    """Where the files of one company are."""

    folder: Path
    customers: int
    rows: Mapping[str, int] = field(default_factory=dict)
    """Of the tables that `product` makes, how many rows."""

    def file(self, table: str, kind: str = "parquet") -> Path:
        """One table as it stands at TODAY."""
        return self.folder / f"{table}.{kind}"

    def new(self, table: str) -> Path:
        """What the day after brought."""
        return self.folder / "new_day" / f"{table}.parquet"


def default_folder() -> Path:
    """Where companies are kept between runs."""
    return Path(tempfile.gettempdir()) / "tenure-bench"


def company(customers: int, folder: Path | None = None, events: int | None = None) -> Company:
    """The files of a company of this size, made where they are not there yet."""
    made = Company((folder or default_folder()) / f"{customers}", customers)
    stamp = made.folder / f"format-{FORMAT}"
    if not stamp.exists():
        (made.folder / "new_day").mkdir(parents=True, exist_ok=True)
        _make(made, 5 * customers if events is None else events)
        stamp.touch()
    return made


def _make(made: Company, events: int) -> None:
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = FALSE")
        con.execute(_MACROS)
        con.execute(f"CREATE TABLE people AS {_PEOPLE.format(customers=made.customers, first=FIRST)}")
        con.execute(f"CREATE TABLE stretches AS {_STRETCHES.format(first=FIRST, today=TODAY)}")
        con.execute(f"CREATE TABLE newcomers AS {_NEWCOMERS.format(count=_changed(made) // 6, today=TODAY)}")
        con.execute(f"CREATE TABLE chosen AS {_CHOSEN.format(count=_changed(made) * 5 // 6)}")
        for name, query in (
            ("customers", _CUSTOMERS.format(people="people")),
            ("subscriptions", "SELECT * EXCLUDE (i) FROM stretches ORDER BY hash(subscription_id)"),
            ("contracts", _CONTRACTS.format(today=TODAY)),
            ("orders", _ORDERS.format(count=2 * made.customers, first=FIRST)),
            ("events", _EVENTS.format(count=events, first=FIRST)),
        ):
            con.execute(f"COPY ({query}) TO '{made.file(name)}' (FORMAT parquet)")
        for name in ("subscriptions", "events"):
            con.execute(f"COPY (FROM '{made.file(name)}') TO '{made.file(name, 'csv')}' (HEADER)")
        con.execute(f"COPY ({_CUSTOMERS.format(people='newcomers')}) TO '{made.new('customers')}' (FORMAT parquet)")
        con.execute(f"COPY ({_NEW_DAY.format(today=TODAY)}) TO '{made.new('subscriptions')}' (FORMAT parquet)")


def _changed(made: Company) -> int:
    """Customers who change on the new day: about 3,000 of a million."""
    return max(made.customers * 3 // 1000, 12)


_MACROS = """
CREATE MACRO u(n, salt) AS (hash(n, salt) % 1000003)::DOUBLE / 1000003;
CREATE MACRO code(word, n) AS word || '_' || printf('%08x', (n * 2654435761) % 4294967296);
CREATE MACRO price(plan) AS CASE plan WHEN 'starter' THEN 29 WHEN 'pro' THEN 99 WHEN 'scale' THEN 299 ELSE 999 END;
CREATE MACRO months(every) AS
  CASE every WHEN 'week' THEN 12 / 52 WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 WHEN 'half_year' THEN 6 ELSE 12 END;
"""

_PERSON = """
  CASE WHEN u(i, 'region') < 0.4 THEN 'EU' WHEN u(i, 'region') < 0.75 THEN 'NA' WHEN u(i, 'region') < 0.92 THEN 'APAC'
       ELSE 'LATAM' END AS region,
  CASE WHEN u(i, 'plan') < 0.45 THEN 'starter' WHEN u(i, 'plan') < 0.8 THEN 'pro' WHEN u(i, 'plan') < 0.96 THEN 'scale'
       ELSE 'enterprise' END AS plan,
  (1 + exp(u(i, 'size') * 8))::BIGINT AS size,
  CASE WHEN u(i, 'every') < 0.55 THEN 'month' WHEN u(i, 'every') < 0.8 THEN 'year'
       WHEN u(i, 'every') < 0.9 THEN 'quarter' WHEN u(i, 'every') < 0.95 THEN 'half_year' ELSE 'week' END AS every
"""

_PEOPLE = f"""
SELECT i, DATE '{{first}}' + (1096 * u(i, 'joined') ** 1.3)::INTEGER AS joined, {_PERSON}
FROM range({{customers}}) r(i)"""

_NEWCOMERS = f"""
SELECT i, DATE '{{today}}' AS joined, {_PERSON}
FROM (SELECT max(i) + 1 AS base FROM people), range({{count}}) r(n), LATERAL (SELECT base + n AS i)"""

_CUSTOMERS = """
SELECT code('cus', i) AS customer_id, 'Company ' || i AS name, joined::TIMESTAMP AS created_at, region, plan, size,
  CASE WHEN size < 20 THEN 'small' WHEN size < 200 THEN 'middle' ELSE 'large' END AS tier
FROM {people}"""

# Each customer: a chain of stretches, perhaps a trial first, perhaps gaps, the last one open or not. Some add-ons.
_STRETCHES = """
WITH drawn AS (
  SELECT p.*, k, 1 + (5 * u(i, 'count'))::INTEGER AS n,
    k = 0 AND u(i, 'trial') < 0.3 AS is_trial,
    CASE WHEN k = 0 AND u(i, 'trial') < 0.3 THEN 14 ELSE 25 + (330 * u(i, k || 'length'))::INTEGER END AS length,
    CASE WHEN k > 0 AND u(i, k || 'gap') < 0.2 THEN 5 + (90 * u(i, k || 'pause'))::INTEGER ELSE 0 END AS gap
  FROM people p, range(6) r(k)),
placed AS (
  SELECT *, joined + (sum(length + gap) OVER chain - length)::INTEGER AS start FROM drawn WHERE k < n
  WINDOW chain AS (PARTITION BY i ORDER BY k)),
core AS (
  SELECT i, 'core' AS product, start, every, is_trial,
    CASE WHEN u(i, k || 'upgrade') < 0.12 THEN 'scale' ELSE plan END AS plan, 1 + size // 50 AS quantity,
    CASE WHEN k + 1 = n AND u(i, 'stays') < 0.7 THEN NULL ELSE start + length END AS stop,
    CASE WHEN is_trial THEN 0 WHEN u(i, k || 'same') < 0.2 THEN 1
         ELSE 0.7 + 0.1 * (7 * u(i, k || 'price'))::INTEGER END AS factor
  FROM placed WHERE start < DATE '{today}'),
addon AS (
  SELECT i, 'addon' AS product, joined + 60 + (400 * u(i, 'addon from'))::INTEGER AS start, every, FALSE AS is_trial,
    plan, 1 AS quantity, NULL::DATE AS stop, 0.25 AS factor
  FROM people WHERE u(i, 'addon') < 0.12)
SELECT i, code('sub', i) || product AS subscription_id, code('cus', i) AS customer_id, product,
  product AS product_family, plan, quantity, (price(plan) * months(every) * factor)::DECIMAL(18, 2) AS amount,
  'USD' AS currency,
  every AS interval, 1 AS interval_count, 'active' AS status, is_trial,
  start + INTERVAL (i % 86400) SECOND AS started_at, stop + INTERVAL (i % 86400) SECOND AS ended_at
FROM (SELECT * FROM core UNION ALL SELECT * FROM addon WHERE start < DATE '{today}')"""

_CONTRACTS = """
WITH terms AS (
  SELECT i, k, (joined + INTERVAL (k) YEAR)::DATE AS starts, (joined + INTERVAL (k + 1) YEAR)::DATE AS ends, plan
  FROM people, range(3) r(k) WHERE u(i, 'contract') < 0.4)
SELECT code('con', i) || k AS contract_id, code('cus', i) AS customer_id, starts AS starts_on, ends AS ends_on,
  (12 * price(plan))::DECIMAL(18, 2) AS value, 'USD' AS currency,
  CASE WHEN ends >= DATE '{today}' THEN 'open' WHEN u(i, k || 'renews') < 0.85 THEN 'renewed'
       ELSE 'churned' END AS outcome,
  CASE WHEN ends < DATE '{today}' THEN ends END AS decided_on
FROM terms WHERE starts < DATE '{today}'"""

_ORDERS = """
SELECT code('ord', n) AS order_id, code('cus', i) AS customer_id,
  DATE '{first}' + INTERVAL ((1096 * 86400 * u(n, 'at'))::BIGINT) SECOND AS placed_at,
  (5 + 200 * u(n, 'amount'))::DECIMAL(18, 2) AS amount, 'USD' AS currency,
  CASE WHEN u(n, 'status') < 0.03 THEN 'refunded' ELSE 'fulfilled' END AS status
FROM range({count}) r(n), LATERAL (SELECT n // 2 AS i)"""

_EVENTS = """
SELECT code('evt', n) AS event_id,
  code('cus', (u(n, 'who') ** 2 * (SELECT count(*) FROM people))::BIGINT) AS customer_id,
  ['report_viewed', 'login', 'export', 'invite', 'search'][1 + n % 5] AS name,
  DATE '{first}' + INTERVAL ((1096 * 86400 * u(n, 'at'))::BIGINT) SECOND AS at
FROM range({count}) r(n)"""

# The day after: open stretches of those chosen end; two thirds of them go on at another price; newcomers start.
_CHOSEN = """
SELECT i, row_number() OVER (ORDER BY hash(i, 'chosen')) AS rank FROM stretches
WHERE ended_at IS NULL AND product = 'core' AND NOT is_trial
QUALIFY rank <= {count}"""

_NEW_DAY = """
WITH ended AS (
  SELECT s.* REPLACE (DATE '{today}' + INTERVAL (9) HOUR AS ended_at) FROM stretches s SEMI JOIN chosen USING (i)
  WHERE s.ended_at IS NULL AND s.product = 'core'),
again AS (
  SELECT e.* REPLACE (e.ended_at AS started_at, NULL AS ended_at, (e.amount * 1.1)::DECIMAL(18, 2) AS amount)
  FROM ended e JOIN chosen c USING (i) WHERE c.rank % 3 > 0),
fresh AS (
  SELECT i, code('sub', i) || 'core' AS subscription_id, code('cus', i) AS customer_id, 'core' AS product,
    'core' AS product_family, plan, 1 AS quantity, (price(plan) * months(every))::DECIMAL(18, 2) AS amount,
    'USD' AS currency, every AS interval, 1 AS interval_count, 'active' AS status, FALSE AS is_trial,
    joined + INTERVAL (10) HOUR AS started_at, NULL::TIMESTAMP AS ended_at
  FROM newcomers)
SELECT * EXCLUDE (i) FROM (SELECT * FROM ended UNION ALL SELECT * FROM again UNION ALL SELECT * FROM fresh)"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the files of a company.")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    print(company(asked.customers, asked.folder).folder)


if __name__ == "__main__":
    main()
