"""Getting started: each customer's onboarding as one row, its steps, and what was used meanwhile."""

from __future__ import annotations

from datetime import timedelta

import ibis
import ibis.expr.types as ir

from tenure.rollup import Asked, PeriodRows, Rollup, World, keyed, ticks
from tenure.rollups.starts import censored
from tenure.rollups.use_days import active_events, feature_events
from tenure.scales import ONE

AFTER, UNTIL = 31, 60
"""The days after completion on which who stays active shows up again."""


def scaled(share: ir.Value) -> ir.Value:
    """A share (a float from 0 to 1) in whole parts of ONE. PostgreSQL would round by way of 15 digits."""
    return ticks(((share * (2 * ONE) + 1) / 2).floor().cast("int64"))


def _steps(world: World) -> ir.Table:
    """Steps with `begun_at`: a step that is done was begun, even where nobody said when."""
    rows = world.past("onboarding_steps")
    return keyed(
        rows.mutate(
            begun_at=ibis.coalesce(rows.started_at, rows.completed_at),
            begun_day=ibis.coalesce(rows.started_day, rows.completed_day),
            must=ibis.coalesce(rows.required, ibis.literal(True)),
            done=rows.completed_at.notnull(),
        )
    )


def onboardings_rows(world: World) -> ir.Table:
    """(cust, start_at, start_day, done, done_at, done_day, share, square): who has begun a step."""
    rows = _steps(world)
    rows = rows.mutate(
        undone=ibis.ifelse(rows.must & ~rows.done, 1, 0),
        last_at=ibis.ifelse(rows.must, rows.completed_at, ibis.null("timestamp")),
        last_day=ibis.ifelse(rows.must, rows.completed_day, ibis.null("date")),
        worth=ibis.coalesce(rows.weight, ibis.literal(1)).cast("float64"),
    )
    people = rows.group_by("cust").agg(
        start_at=rows.begun_at.min(),
        start_day=rows.begun_day.min(),
        undone=rows.undone.sum(),
        last_at=rows.last_at.max(),
        last_day=rows.last_day.max(),
        all_=rows.worth.sum(),
        got=ibis.ifelse(rows.done, rows.worth, 0).sum(),
    )
    people = people.filter(people.start_at.notnull())
    share = ibis.coalesce(people.got / people.all_.nullif(0), 0)
    done = people.undone == 0
    people = people.mutate(done=done, part=share)
    return people.mutate(
        # Where no step is required, an onboarding is over when it begins.
        done_at=ibis.ifelse(people.done, ibis.coalesce(people.last_at, people.start_at), ibis.null("timestamp")),
        done_day=ibis.ifelse(people.done, ibis.coalesce(people.last_day, people.start_day), ibis.null("date")),
        share=scaled(people.part),
        square=scaled(people.part * people.part),
    ).drop("undone", "last_at", "last_day", "all_", "got", "part")


def tasks(world: World) -> ir.Table:
    """(cust, step, start_day, done, before): the steps of those who began; before: the step before it is done too."""
    rows = _steps(world)
    found = rows.group_by("cust", "step").agg(
        position=rows.position.min(),
        begun_day=rows.begun_day.min(),
        left=ibis.ifelse(rows.done, 0, 1).sum(),
    )
    found = found.mutate(done=found.left == 0)
    order = ibis.window(group_by=found.cust, order_by=[ibis.coalesce(found.position, ibis.literal(0)), found.step])
    found = found.mutate(
        start_day=found.begun_day.min().over(ibis.window(group_by=found.cust)),
        before=ibis.coalesce(ibis.ifelse(found.done, 1, 0).lag().over(order), ibis.literal(1)) == 1,
    )
    return found.filter(found.start_day.notnull()).select("cust", "step", "start_day", "done", "before")


def touched(world: World) -> ir.Table:
    """(cust, start_day, features): how many features who finished used between start and completion."""
    people = onboardings_rows(world)
    people = people.filter(people.done).select(o_cust="cust", start_at="start_at", start_day="start_day", end="done_at")
    rows = keyed(feature_events(world)).select("cust", "feature", at_="at")
    used = rows.join(people, [rows.cust == people.o_cust, rows.at_ >= people.start_at, rows.at_ <= people.end])
    counts = used.group_by("o_cust").agg(features=used.feature.nunique()).rename(u_cust="o_cust")
    found = people.join(counts, people.o_cust == counts.u_cust, how="left")
    number = ibis.coalesce(found.features, ibis.literal(0)).cast("int64")
    return found.select(cust="o_cust", start_day="start_day", features=number, square=number * number)


def stayed(world: World) -> ir.Table:
    """(cust, day, done, kept): those whose 60 days are over; day: of completion, or the start of who never finished."""
    rows = onboardings_rows(world)
    rows = rows.select(o_cust="cust", done="done", day=ibis.coalesce(rows.done_day, rows.start_day))
    rows = rows.filter(rows.day < ibis.literal(world.cut - timedelta(days=UNTIL)))
    events = keyed(active_events(world))
    days = events.filter(events.cust.notnull()).select("cust", active=events.day).distinct()
    joined = days.join(rows, [days.cust == rows.o_cust, days.active > rows.day])
    gap = (joined.active.cast("timestamp").epoch_seconds() - joined.day.cast("timestamp").epoch_seconds()) // 86400
    back = joined.filter((gap >= AFTER) & (gap <= UNTIL)).select(b_cust="cust").distinct()
    found = rows.join(back, rows.o_cust == back.b_cust, how="left")
    return found.select(cust="o_cust", day="day", done="done", kept=found.b_cust.notnull())


def times(world: World, asked: Asked) -> ir.Table:
    """(k, cust, reached, seconds): how long onboarding takes those who began in the period."""
    rows = asked.dated(asked.rollup("onboardings"), "start_day")
    return censored(world, asked, rows, "start_at", "done_at")


onboardings = Rollup("onboardings", onboardings_rows, ("onboarding_steps",))
onboarding_tasks = Rollup("onboarding_tasks", tasks, ("onboarding_steps",), own=("step",))
onboarding_touched = Rollup("onboarding_touched", touched, ("onboarding_steps", "events"), kept=True)
onboarding_stayed = Rollup("onboarding_stayed", stayed, ("onboarding_steps", "events"), kept=True)
onboarding_times = PeriodRows("onboarding_times", times, ("onboarding_steps",))
