"""How long tickets took by other clocks: business hours of the agents' schedules, and only while they were open.

Seconds open between two instants are a difference of sums: every schedule's opening hours stand in `open_hours` as
tiles, each with the seconds open before it, so one look-up at each end is enough.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure import lean
from tenure.rollup import Rollup, World, keyed
from tenure.rollups.tickets import counted, never_reopened, seconds

OPEN = lean.table(
    {"schedule": "string", "day": "int64", "start": "int64", "stop": "int64", "before": "int64", "open": "int64"},
    name="open_hours",
)
DONE = ("solved", "closed")
PENDING = ("pending",)
"""A ticket waits for its customer; `on_hold` waits for somebody else, which the customer waits for too."""


def hours_rows(world: World) -> ir.Table:
    """Tickets with their seconds by each clock: empty where they cannot be told."""
    tickets = counted(world)
    clocks = {"b_": tickets.created_at, "e_": tickets.resolved_at, "r_": tickets.first_response_at}
    # The look-ups carry a few columns alone: layers that list every column of a ticket take long to compile.
    lean = tickets.select("ticket_id", "agent", **{name: _instant(value) for name, value in clocks.items()})
    rows = _scheduled(world, lean, "agent")
    for clock in clocks:
        rows = _opened(rows, clock)
    own = rows.select("ticket_id", business=rows.open_e_ - rows.open_b_, business_response=rows.open_r_ - rows.open_b_)
    ends = lean.filter(lean.e_.notnull()).select("ticket_id", "b_", "e_")
    shared, solved = _by_agent(world, ends), _solved(world, ends)
    found = own.join(shared, own.ticket_id == shared.t_, how="left").drop("t_")
    found = found.join(solved, found.ticket_id == solved.t_, how="left").drop("t_").rename(id_="ticket_id")
    found = tickets.join(found, tickets.ticket_id == found.id_)
    elapsed = seconds(found.created_at, found.resolved_at)
    told = found.known_.notnull() | never_reopened(found)
    effort = ibis.ifelse(told, elapsed - ibis.coalesce(found.rested_, ibis.literal(0, "int64")), ibis.null("int64"))
    measured = {
        "business": found.business,
        "business_response": found.business_response,
        "all_schedules": ibis.ifelse(found.pieces_.isnull(), found.business, found.shared_).cast("int64"),
        "effort": effort.cast("int64"),
        "without_pending": (elapsed - found.pending_).cast("int64"),
    }
    squares = {f"{name}_square": value * value for name, value in measured.items()}
    return keyed(found.select(*world.columns["tickets"], **measured, **squares))


def _instant(value: ir.Value) -> ir.Value:
    return value.epoch_seconds().cast("int64")


def _scheduled(world: World, rows: ir.Table, agent: str) -> ir.Table:
    """The rows with `schedule_`: that of the agent, else the only one there is."""
    agents = world.past("agents").select(a_="agent", own_="schedule")
    only = OPEN.agg(kinds_=OPEN.schedule.nunique(), one_=OPEN.schedule.min())
    joined = rows.join(agents, rows[agent] == agents.a_, how="left").drop("a_").cross_join(only)
    one = ibis.ifelse(joined.kinds_ == 1, joined.one_, ibis.null("string"))
    return joined.mutate(schedule_=ibis.coalesce(joined.own_, one)).drop("own_", "kinds_", "one_")


def _opened(rows: ir.Table, clock: str) -> ir.Table:
    """The rows with open_<clock>: the seconds their schedule was open up to an instant."""
    tile = OPEN.rename(s_="schedule", d_="day", from_="start", to_="stop", before_="before", long_="open")
    rows = rows.mutate(day_=(rows[clock] // 86_400).cast("int64"))
    same = [rows.schedule_ == tile.s_, rows.day_ == tile.d_, rows[clock] >= tile.from_, rows[clock] < tile.to_]
    found = rows.join(tile, same, how="left")
    upto = found.before_ + ibis.least(found[clock] - found.from_, found.long_)
    return found.mutate(**{f"open_{clock}": upto}).drop("s_", "d_", "from_", "to_", "before_", "long_", "day_")


def _by_agent(world: World, ends: ir.Table) -> ir.Table:
    """(t_, pieces_, shared_): business seconds summed over the agents who had the ticket, each by their own schedule.

    The time before the first assignment is the first agent's. Empty where one of them has no schedule.
    """
    changes = world.past("ticket_changes")
    changes = changes.filter(changes.field == "agent").select(
        t_="ticket_id", at_=_instant(changes["at"]), agent_="value"
    )
    rows = changes.join(ends, changes.t_ == ends.ticket_id).drop("ticket_id")
    rows = rows.filter(rows.at_ < rows.e_)
    order = ibis.window(group_by=rows.t_, order_by=[rows.at_, rows.agent_])
    rows = rows.mutate(number_=ibis.row_number().over(order), next_=rows.at_.lead().over(order))
    rows = rows.mutate(
        x_=ibis.ifelse(rows.number_ == 0, rows.b_, ibis.greatest(rows.at_, rows.b_)),
        y_=ibis.greatest(ibis.coalesce(rows.next_, rows.e_), rows.b_),
    )
    rows = _opened(_opened(_scheduled(world, rows, "agent_"), "x_"), "y_")
    piece = rows.open_y_ - rows.open_x_
    rows = rows.mutate(piece_=piece, lost_=ibis.ifelse(piece.isnull(), 1, 0))
    sums = rows.group_by("t_").agg(pieces_=rows.t_.count(), lost_=rows.lost_.sum(), sum_=rows.piece_.sum())
    whole = ibis.ifelse(sums.lost_ == 0, sums.sum_, ibis.null(sums.sum_.type()))
    return sums.select("t_", "pieces_", shared_=whole.cast("int64"))


def _solved(world: World, ends: ir.Table) -> ir.Table:
    """(t_, known_, rested_, pending_): seconds a ticket stood solved, and those it stood pending, before its last
    resolution, by the history of its status."""
    changes = world.past("ticket_changes")
    changes = changes.filter(changes.field == "status").select(t_="ticket_id", at_=_instant(changes["at"]), is_="value")
    rows = changes.join(ends, changes.t_ == ends.ticket_id).drop("ticket_id")
    order = ibis.window(group_by=rows.t_, order_by=[rows.at_, rows.is_])
    rows = rows.mutate(next_=rows.at_.lead().over(order))
    end = ibis.least(ibis.coalesce(rows.next_, rows.e_), rows.e_)
    rest = ibis.greatest(end - ibis.greatest(rows.at_, rows.b_), 0)
    rows = rows.mutate(
        rest_=ibis.ifelse(rows.is_.isin(DONE), rest, 0), wait_=ibis.ifelse(rows.is_.isin(PENDING), rest, 0)
    )
    sums = rows.group_by("t_").agg(known_=rows.t_.count(), rested_=rows.rest_.sum(), pending_=rows.wait_.sum())
    return sums.select("t_", "known_", rested_=sums.rested_.cast("int64"), pending_=sums.pending_.cast("int64"))


ticket_hours = Rollup("ticket_hours", hours_rows, ("tickets", "ticket_changes", "agents", "schedules"), kept=True)
