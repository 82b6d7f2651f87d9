"""For `tenure check`: answers, reviews, tickets and opening hours that metrics leave out, and why. Machinery floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.scales import JUDGED, SCALES, WIDEST

if TYPE_CHECKING:
    from tenure.store import Snapshot


def left_out(snapshot: Snapshot) -> list[str]:
    """One sentence for each kind of row that is kept but cannot count."""
    found = []
    for tables, what, query in (
        ("survey_responses", "{} of surveys left out: no score, or one off its scale ({})", _answers()),
        ("reviews", "{} left out of the rating: none, or one off its scale{}", _RATINGS),
        ("mentions", "{} left out of sentiment: theirs lies off -1 to 1{}", _FEELINGS),
        ("tickets", "{} left out of first_contact_resolution: how many answers they had is unknown{}", _TICKETS),
    ):
        if tables in snapshot.tables:
            count, names = snapshot.con.execute(query).fetchone() or (0, "")
            if count:
                noun = {"survey_responses": "answer", "mentions": "post"}.get(tables, tables[:-1])
                found.append(what.format(f"{count:,} {noun}{'' if count == 1 else 's'}", names or "") + ".")
    unread = int(snapshot.meta.get("unread_hours", 0))
    if unread:
        rows = "1 row" if unread == 1 else f"{unread:,} rows"
        found.append(f"{rows} of schedules left out: hours are written 09:00, zones like Europe/Berlin.")
    return found


def _answers() -> str:
    """How many answers count for no metric, and of which kinds of survey."""
    low, high = (" ".join(f"WHEN '{kind}' THEN {ends[i]}" for kind, ends in SCALES.items()) for i in (0, 1))
    judged = ", ".join(f"'{kind}'" for kind in JUDGED)
    return f"""
        WITH answered AS (
            SELECT kind, score, is_positive, coalesce(scale_min, CASE kind {low} END) AS low,
                   coalesce(scale_max, CASE kind {high} END) AS high
            FROM m_survey_responses WHERE answered_at IS NOT NULL AND kind <> 'other'
        ), wrong AS (
            SELECT kind FROM answered
            WHERE NOT coalesce(
                score BETWEEN low AND high AND high > low AND high - low < {WIDEST}
                AND (kind <> 'nps' OR (low = 0 AND high = 10)) AND (kind <> 'acsi' OR (low = 1 AND high = 10))
                AND (kind NOT IN ({judged}) OR is_positive IS NOT NULL OR high - low <= 10), FALSE)
              AND NOT (kind IN ({judged}) AND is_positive IS NOT NULL)
        )
        SELECT coalesce(sum(n), 0), string_agg(kind || ' ' || n, ', ' ORDER BY kind)
        FROM (SELECT kind, count(*) AS n FROM wrong GROUP BY kind)
    """


_RATINGS = """SELECT count(*), '' FROM m_reviews WHERE rating IS NULL
    OR NOT coalesce(rating BETWEEN 0 AND coalesce(scale_max, 5) AND coalesce(scale_max, 5) > 0, FALSE)"""
_FEELINGS = "SELECT count(*), '' FROM m_mentions WHERE sentiment IS NOT NULL AND NOT (sentiment BETWEEN -1 AND 1)"
_TICKETS = "SELECT count(*), '' FROM m_tickets WHERE agent_replies IS NULL AND NOT coalesce(agent_initiated, FALSE)"
