"""How one customer uses the product, against its own past and the customers on the same plan. Part of profile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any

import ibis
import ibis.expr.types as ir

from tenure import stats
from tenure.compile.calendar import PERIODS, slots
from tenure.compile.plan import whole
from tenure.directory_columns import RECENT, USUAL, steps_of
from tenure.expr import Rows
from tenure.profile_rows import Reader
from tenure.rollups.use_days import spelled

WEEKS = 52
NOW = 4
"""The last weeks are held against the 26 before them."""
PAST = 26
TENTH = Fraction(1, 10)


def usage(read: Reader) -> dict[str, Any]:
    """Active users, active days and events of each of the last 52 weeks; the usual range; the median of the peers."""
    if not read.has("events"):
        return {"weeks": [], "usual": None, "peers": 0}
    weeks = read.clock.last(WEEKS, "week")
    read.engine.set_calendar(slots(weeks, read.cut, None))
    users = {whole(row["k"]): row for row in read.ask(("weeks",), lambda: _weeks(read))}
    days = {whole(row["k"]): row["days"] for row in read.ask(("week days",), lambda: _days(read))}
    medians, number = _medians(read, len(weeks))
    rows: list[dict[str, Any]] = [
        {
            "week": week.label,
            "start": week.start.isoformat(),
            "active_users": whole(users[k]["users"]) if k in users else 0,
            "active_days": whole(days.get(k, 0)),
            "events": whole(users[k]["events"]) if k in users else 0,
            "peers_active_users": medians.get(k),
        }
        for k, week in enumerate(weeks)
    ]
    return {"weeks": rows, "usual": _usual([whole(row["active_users"]) for row in rows]), "peers": number}


def _inside(rows: ir.Table) -> ir.Table:
    return rows.join(PERIODS, [rows.day >= PERIODS.base, rows.day < PERIODS.stop])


def _weeks(read: Reader) -> ir.Table:
    """(k, users, events): who was seen earlier in a week is not counted again."""
    rows = _inside(read.mine(read.engine.relation(Rows("user_days", "day"))))
    return rows.group_by("k").agg(users=ibis.ifelse(rows.since < rows.base, 1, 0).sum(), events=rows.n.sum())


def _days(read: Reader) -> ir.Table:
    rows = _inside(read.mine(read.engine.relation(Rows("customer_days", "day"))))
    return rows.group_by("k").agg(days=rows.count())


def _medians(read: Reader, weeks: int) -> tuple[dict[int, float], int]:
    """By week, the median of the active users of peers who were customers when it ended; how many peers there are."""
    histograms = read.ask(("peers' weeks",), lambda: _peers_weeks(read))
    seen: dict[int, list[tuple[int, int]]] = {}
    for row in histograms:
        seen.setdefault(whole(row["t_k"]), []).append((whole(row["users_"]), whole(row["number"])))
    found = {k: stats.percentile(sorted(histogram)) for k, histogram in seen.items()}
    last = sum(number for _, number in seen.get(weeks - 1, ()))
    return {k: float(value) for k, value in found.items() if value is not None}, last


def _peers_weeks(read: Reader) -> ir.Table:
    """(t_k, users_, number): how many peers had so many active users in a week."""
    steps = steps_of(read.engine).semi_join(read.peers, [("cust", "p_cust")])
    held = [steps.day < PERIODS.stop, steps.until >= PERIODS.stop, steps.after > 0]
    there = steps.join(PERIODS, held).select(t_k="k", t_cust="cust")
    rows = _inside(read.engine.relation(Rows("user_days", "day")).semi_join(read.peers, [("cust", "p_cust")]))
    rows = rows.filter(rows.since < rows.base)
    counts = rows.group_by("k", "cust").agg(users=rows.count())
    both = there.join(counts, [there.t_k == counts.k, there.t_cust == counts.cust], how="left")
    both = both.mutate(users_=ibis.coalesce(both.users, ibis.literal(0)).cast("int64"))
    return both.group_by("t_k", "users_").agg(number=both.count())


def _usual(users: Sequence[int]) -> dict[str, Any] | None:
    """Median and the range in which 8 of 10 weeks lie, of the 26 weeks before the last four; None without use then."""
    past = users[-NOW - PAST : -NOW]
    if not any(past):
        return None
    histogram = sorted(Counter(past).items())
    low, middle, high = (stats.percentile(histogram, share) for share in (TENTH, Fraction(1, 2), 1 - TENTH))
    now = Fraction(sum(users[-NOW:]), NOW)
    assert low is not None and middle is not None and high is not None
    word = "below" if now < low else "above" if now > high else "as usual"
    return {"low": float(low), "median": float(middle), "high": float(high), "now": float(now), "word": word}


def features(read: Reader) -> list[dict[str, Any]]:
    """Each feature: last use, days of use in the last 30 and as usual before, the share of peers that used it in 30.

    What the customer may use, or what is on offer, and never used stands last.
    """
    if not read.has("events"):
        return []
    found = {str(row["feature"]): row for row in read.ask(("features",), lambda: _features(read))}
    share = {str(row["feature"]): whole(row["users"]) for row in read.ask(("peers' features",), lambda: _near(read))}
    (number,) = (whole(row["n"]) for row in read.ask(("peers",), lambda: read.peers.agg(n=read.peers.count())))
    allowed = {str(row["feature"]) for row in read.rows("entitlements") if row["ended_at"] is None}
    names = [*found, *sorted((allowed | set(share)) - found.keys())]
    rows = [
        {
            "feature": name,
            "first_used": found[name]["first_used"] if name in found else None,
            "last_used": found[name]["last_used"] if name in found else None,
            "days": whole(found[name]["days"]) if name in found else 0,
            "usual_days": whole(found[name]["before"]) * RECENT / USUAL if name in found else 0.0,
            "peers_share": share.get(name, 0) / number if number else None,
            "entitled": name in allowed if allowed else None,
        }
        for name in names
    ]
    return sorted(rows, key=lambda row: (-row["days"], -(row["peers_share"] or 0), row["feature"]))


def _features(read: Reader) -> ir.Table:
    """(feature, first_used, last_used, days, before): `before` are days of the 90 before the last 30."""
    begin, far = read.cut - timedelta(days=RECENT), read.cut - timedelta(days=RECENT + USUAL)
    use = read.engine.relation(Rows("feature_use", "day"))
    mine = spelled(read.mine(use.filter(use.day < read.cut)))
    recent, usual = mine.day >= begin, (mine.day >= far) & (mine.day < begin)
    return mine.group_by("feature").agg(
        first_used=mine.day.min(),
        last_used=mine.day.max(),
        days=ibis.ifelse(recent, 1, 0).sum(),
        before=ibis.ifelse(usual, 1, 0).sum(),
    )


def _near(read: Reader) -> ir.Table:
    """(feature, users): how many peers used each in the last 30 days."""
    use = read.engine.relation(Rows("feature_use", "day"))
    use = use.filter((use.day >= read.cut - timedelta(days=RECENT)) & (use.day < read.cut))
    near = spelled(use.semi_join(read.peers, [("cust", "p_cust")])).select("cust", "feature").distinct()
    return near.group_by("feature").agg(users=near.count())


def onboarding(read: Reader) -> dict[str, Any]:
    """The steps in their order, and how far the required ones are done."""
    names = ("step", "position", "required", "weight", "assigned_at", "started_at", "completed_at", "contact_id")
    rows = [{name: row[name] for name in names} for row in read.rows("onboarding_steps")]
    rows.sort(key=lambda row: (row["position"] is None, row["position"] or 0, row["step"], row["contact_id"] or ""))
    must = [row for row in rows if row["required"] is not False]
    done = [row for row in must if row["completed_at"] is not None]
    return {"required": len(must), "done": len(done), "complete": bool(rows) and len(done) == len(must), "steps": rows}
