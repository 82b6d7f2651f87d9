"""Product use of a company of any size: sessions of some eight events by a customer's contacts, over three years.

Everything is drawn from a hash of the row's number. Of 100M events there are 4.2M users and some 12M days of use.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.generate import _MACROS, FIRST, TODAY, Company

FORMAT = 1
PER_SESSION, PER_USER = 8, 24
FEATURES = 40


def events(company: Company, count: int) -> tuple[Path, Path]:
    """The files of so many events and of one day more, made where they are not there yet."""
    file, new = company.folder / f"events-{count}-{FORMAT}.parquet", company.folder / f"day-{count}-{FORMAT}.parquet"
    if not new.exists():
        users, sessions = max(count // PER_USER, 10), count // PER_SESSION
        numbers = {"users": users, "customers": company.customers, "each": PER_SESSION, "features": FEATURES}
        with duckdb.connect() as con:
            con.execute("SET enable_progress_bar = FALSE")
            con.execute(_MACROS)
            whole = _EVENTS.format(first=FIRST, seconds=1096 * 86400 - 7200, base=0, sessions=sessions, **numbers)
            con.execute(f"COPY ({whole}) TO '{file}' (FORMAT parquet)")
            day = sessions // 1096
            last = _EVENTS.format(first=TODAY, seconds=86400 - 7200, base=sessions, sessions=day, **numbers)
            con.execute(f"COPY ({last}) TO '{new}' (FORMAT parquet)")
    return file, new


# Sessions in the order of time, as logs are.
_EVENTS = """
WITH sessions AS (
  SELECT {base} + n AS s, (u({base} + n, 'who') ** 2 * {users})::BIGINT AS who,
    TIMESTAMP '{first}' + to_seconds(({seconds} * n) // {sessions}) AS start
  FROM range({sessions}) r(n))
SELECT code('evt', s * {each} + e) AS event_id, code('cus', who % {customers}) AS customer_id,
  code('con', who) AS contact_id, 'feature_' || (({features} * u(s * {each} + e, 'name') ** 2)::INTEGER) AS name,
  start + to_seconds(e * (20 + (200 * u(s, 'pace'))::INTEGER)) AS at
FROM sessions, range({each}) r(e)"""
