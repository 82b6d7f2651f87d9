"""What refresh makes in Python, since no engine can: how texts sound, and opening hours as instants. Machinery floor.

Both become stored tables, so that every engine has them. Texts are judged once; those that are gone are forgotten.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tenure.hours import Hours, Tile, seconds_of, tiles
from tenure.sentiment import feeling

if TYPE_CHECKING:
    from tenure.config import Config
    from tenure.store import Writer

TEXTS = {
    "survey_responses": "SELECT comment AS body FROM m_survey_responses",
    "reviews": "SELECT body FROM m_reviews",
    "mentions": "SELECT body FROM m_mentions WHERE sentiment IS NULL",
}
"""Where texts are that may need a sentiment."""
OF_HOURS = ("schedules", "holidays", "tickets")
JUDGE = 1
"""Counts up whenever the same text would be judged otherwise."""
EARLIEST, LATEST = date(1970, 1, 1), date(2100, 12, 31)
AT_ONCE = 20_000


def make(tx: Writer, config: Config, changed: set[str], anew: bool) -> list[str]:
    """Bring both tables up to date; the names of those that changed."""
    done = []
    if changed & TEXTS.keys() or "feelings" not in tx.rollups or tx.meta.get("judge") != JUDGE:
        done += _feelings(tx)
    if anew or changed & set(OF_HOURS) or "open_hours" not in tx.rollups:
        done += _hours(tx, config, bool(anew or changed & {"schedules", "holidays"}))
    return done


def _feelings(tx: Writer) -> list[str]:
    known = "feelings" in tx.rollups and tx.meta.get("judge") == JUDGE
    old = "SELECT body, feeling FROM feelings" if known else "SELECT '' AS body, 0::BIGINT AS feeling WHERE FALSE"
    union = " UNION ".join(f"({text})" for text in TEXTS.values())
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE texts AS SELECT body FROM ({union}) WHERE trim(body) <> ''")
    tx.con.execute(f"CREATE OR REPLACE TEMP TABLE told AS {old}")
    tx.con.execute("CREATE OR REPLACE TEMP TABLE fresh (body VARCHAR, feeling BIGINT)")
    waiting = tx.con.execute("SELECT body FROM texts ANTI JOIN told USING (body) ORDER BY body").fetchall()
    for start in range(0, len(waiting), AT_ONCE):
        bodies = [body for (body,) in waiting[start : start + AT_ONCE]]
        tx.con.execute("INSERT INTO fresh SELECT unnest(?), unnest(?)", [bodies, [feeling(body) for body in bodies]])
    gone = tx.con.execute("SELECT count(*) FROM told ANTI JOIN texts USING (body)").fetchone()
    if known and not waiting and not (gone and gone[0]):
        return []
    if known and not (gone and gone[0]):
        tx.put_rollup("feelings", "SELECT body, feeling FROM fresh", key="body", overlay=True)
    else:
        kept = "SELECT body, feeling FROM told SEMI JOIN texts USING (body) UNION ALL SELECT body, feeling FROM fresh"
        tx.put_rollup("feelings", kept, key="body")
    tx.meta["judge"] = JUDGE
    return ["feelings"]


def _hours(tx: Writer, config: Config, anew: bool) -> list[str]:
    first, last = _range(tx)
    if not anew and tx.meta.get("hours") == [str(first), str(last)] and "open_hours" in tx.rollups:
        return []
    rows = tx.con.execute("SELECT schedule, weekday, opens, closes, timezone FROM m_schedules").fetchall()
    good: list[Hours] = []
    unread: list[Hours] = []
    for schedule, weekday, opens, closes, zone in rows:
        one = Hours(str(schedule), str(weekday), str(opens), str(closes), str(zone or config.timezone))
        (good if schedule and _readable(one) else unread).append(one)
    off = tx.con.execute(
        'SELECT schedule, "on" FROM m_holidays WHERE schedule IS NOT NULL AND "on" IS NOT NULL'
    ).fetchall()
    found = list(tiles(good, off, first, last)) if good else []
    _put(tx, found)
    tx.meta |= {"hours": [str(first), str(last)], "unread_hours": len(unread)}
    return ["open_hours"]


def _range(tx: Writer) -> tuple[date, date]:
    """Whole years that hold every ticket, and the next one, so that a day more changes nothing."""
    found = tx.con.execute(
        "SELECT min(created_at), max(greatest(created_at, resolved_at, first_response_at)) FROM m_tickets"
    ).fetchone()
    first, last = found if found and found[0] else (datetime(2024, 1, 1), datetime(2024, 1, 1))
    return max(date(first.year, 1, 1), EARLIEST), min(date(min(last.year, 2099) + 1, 12, 31), LATEST)


def _readable(one: Hours) -> bool:
    try:
        seconds_of(one.opens)
        seconds_of(one.closes)
        ZoneInfo(one.timezone)
    except (ValueError, OSError, KeyError):
        return False
    return True


def _put(tx: Writer, found: list[Tile]) -> None:
    """Column by column, which is quick enough for decades of many schedules."""
    names = ("day", "start", "stop", "before", "open")
    tx.con.execute(
        "CREATE OR REPLACE TEMP TABLE made_hours (schedule VARCHAR, day BIGINT, start BIGINT, stop BIGINT, "
        "before BIGINT, open BIGINT)"
    )
    for begin in range(0, len(found), AT_ONCE):
        part = found[begin : begin + AT_ONCE]
        columns: list[list[object]] = [[tile.schedule for tile in part]]
        columns += [[getattr(tile, name) for tile in part] for name in names]
        tx.con.execute("INSERT INTO made_hours SELECT " + ", ".join(["unnest(?)"] * 6), columns)
    tx.put_rollup("open_hours", "SELECT * FROM made_hours")
