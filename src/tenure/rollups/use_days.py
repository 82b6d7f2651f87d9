"""Days of use: one row per user (or customer) and local day with an active event, and which features were used on it.

`since` is the day before on which the same one was active, `gap` the days between. With them nothing is ever counted
distinct: the different users of a stretch of days are the rows whose `since` lies before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from tenure import lean
from tenure.periods import FIRST_DAY
from tenure.rollup import Rollup, World, keyed
from tenure.usage import ALL

NEVER = 100_000
"""The gap of who was never seen before: longer than any window."""

_DAYS = (("since", "date"), ("gap", "int64"), ("n", "int64"))
USER_DAYS = (("user", "string"), ("cust", "int64"), ("day", "date"), *_DAYS)
CUSTOMER_DAYS = (("cust", "int64"), ("day", "date"), *_DAYS)
FEATURE_USE = (("cust", "int64"), ("day", "date"), ("word", "int64"), ("mask", "int64"))
FEATURE_NAMES = (("feature", "string"), ("word", "int64"), ("bit", "int64"))

NAMES = lean.table(dict(FEATURE_NAMES), name="feature_names")
"""Every feature with its place: a bit of a word. A word holds BITS of them."""

BITS = 62


@ibis.udf.agg.builtin  # type: ignore[untyped-decorator]  # Ibis has no types
def any_bits(bits: int) -> int:
    """All bits that any row has: a function of every engine, though Ibis knows it for some alone (see `texts`)."""
    return 0


def with_bits(rows: ir.Table) -> ir.Table:
    """The rows with `bits`, how many their mask has, by sums of neighbours: engines name a function for it variously.

    A layer for each step, since each names the one before twice.
    """
    rows = rows.mutate(bits=rows.mask - ((rows.mask >> 1) & 0x5555555555555555))
    rows = rows.mutate(bits=(rows.bits & 0x3333333333333333) + ((rows.bits >> 2) & 0x3333333333333333))
    rows = rows.mutate(bits=(rows.bits + (rows.bits >> 4)) & 0x0F0F0F0F0F0F0F0F)
    for width in (8, 16, 32):
        rows = rows.mutate(bits=rows.bits + (rows.bits >> width))
    return rows.mutate(bits=rows.bits & 0x7F)


def active_events(world: World) -> ir.Table:
    """Events that count as activity, with `user`: the contact, or the customer where there is none."""
    rows = world.past("events")
    if ALL not in world.usage.active:
        rows = rows.filter(rows["name"].isin(list(world.usage.active)))
    return rows.mutate(user=ibis.coalesce(rows.contact_id, rows.customer_id))


def feature_events(world: World) -> ir.Table:
    """Events that are the use of a feature, with `feature`: once for each feature that the event stands for."""
    rows = world.past("events")
    features = world.usage.features
    if not isinstance(features, Mapping):
        rows = rows if ALL in features else rows.filter(rows["name"].isin(list(features)))
        return rows.mutate(feature=rows["name"])
    parts = [
        rows.filter(rows["name"].isin(list(names))).mutate(feature=ibis.literal(feature))
        for feature, names in features.items()
    ]
    if not parts:
        return rows.filter(ibis.literal(False)).mutate(feature=rows["name"])
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def user_days(world: World) -> ir.Table:
    """(user, cust, day, since, gap, n)."""
    rows = active_events(world)
    rows = rows.filter(rows.user.notnull())
    daily = rows.group_by("user", "customer_id", "day").agg(n=rows.count())
    return _with_since(world, keyed(daily), ("user", "cust"), "user_days", USER_DAYS)


def customer_days(world: World) -> ir.Table:
    """(cust, day, since, gap, n)."""
    rows = _days_of_users(world)
    rows = rows.filter(rows.cust.notnull())
    daily = rows.group_by("cust", "day").agg(n=rows.n.sum())
    return _with_since(world, daily, ("cust",), "customer_days", CUSTOMER_DAYS)


def _days_of_users(world: World) -> ir.Table:
    """The days of users that those of customers are summed from; of a tail, those that were just made."""
    if not world.storing:
        return user_days(world)
    return lean.table(dict(USER_DAYS), name="user_days" if world.tail is None else tail_of("user_days"))


def users_there(world: World) -> ir.Table:
    """(user): who has an active event in a tail."""
    return active_events(world).select("user").distinct()


def customers_there(world: World) -> ir.Table:
    """(cust): who has one, as customers."""
    return _days_of_users(world).select("cust").distinct()


def last_seen(world: World, name: str) -> ir.Table:
    """(user, cust, last), or (cust, last): under whom each of a tail was seen before, and when last."""
    schema, who = (USER_DAYS, ("user", "cust")) if name == "user_days" else (CUSTOMER_DAYS, ("cust",))
    stored, there = lean.table(dict(schema), name=name), lean.table({who[0]: dict(schema)[who[0]]}, name=there_of(name))
    seen = stored.filter(stored.day < ibis.literal(world.tail)).semi_join(there, who[0])
    return seen.group_by(*who).agg(last=seen.day.max())


def there_of(name: str) -> str:
    """The table that holds who is in a tail. It is made first: a few, which an engine must know to plan well."""
    return f"there_{name}"


def tail_of(name: str) -> str:
    """The table that holds the days of a tail while they are made."""
    return f"tail_{name}"


def seen_of(name: str) -> str:
    """The table that holds, of who is in a tail, what was known before."""
    return f"seen_{name}"


def feature_use(world: World) -> ir.Table:
    """(cust, day, word, mask): the features a customer used on a day, as bits, since most use many of them."""
    rows = feature_events(world)
    rows = rows.filter(rows.customer_id.notnull()).select("customer_id", "day", "feature")
    rows = rows.join(NAMES, "feature")
    daily = rows.group_by("customer_id", "day", "word").agg(mask=any_bits(rows.bit))
    return keyed(daily).select("cust", "day", "word", "mask")


def spelled(rows: ir.Table, **more: Callable[[ir.Table], ir.Value]) -> ir.Table:
    """Rows with (word, mask) as one row for each feature of theirs; `more`: columns that its bit says."""
    names = NAMES.rename(n_word="word")
    found = rows.join(names, [rows.word == names.n_word, (rows.mask & names.bit) != 0])
    if more:
        found = found.mutate(**{name: say(found) for name, say in more.items()})
    return found.drop("n_word", "word", "mask", "bit")


def _with_since(
    world: World, daily: ir.Table, who: Sequence[str], name: str, schema: tuple[tuple[str, str], ...]
) -> ir.Table:
    """With when each was seen before: on an earlier day of these, else on the last one that is stored."""
    order = ibis.window(group_by=[daily[key] for key in who], order_by=daily.day)
    before = daily.day.lag().over(order)
    daily = daily.mutate(before=before)
    since: ir.Value = daily.before
    if world.tail is not None:
        types = dict(schema)
        last = lean.table({**{key: types[key] for key in who}, "last": "date"}, name=seen_of(name))
        last = last.rename({f"l_{key}": key for key in who})
        same = [_same(daily[key], last[f"l_{key}"], key) for key in who]
        daily = daily.join(last, same, how="left")
        since = ibis.coalesce(daily.before, daily["last"])
    daily = daily.mutate(since=since)
    gap = (daily.day.cast("timestamp").epoch_seconds() - daily.since.cast("timestamp").epoch_seconds()) // 86400
    found = daily.mutate(
        gap=ibis.coalesce(gap, ibis.literal(NEVER)).cast("int64"),
        since=ibis.coalesce(daily.since, ibis.literal(FIRST_DAY)),
        n=daily.n.cast("int64"),
    )
    return found.select(*dict(schema))


def _same(one: ir.Value, other: ir.Value, key: str) -> ir.Value:
    """Equal; a user's customer may be nobody."""
    none = ibis.literal(-1)
    return ibis.coalesce(one, none) == ibis.coalesce(other, none) if key == "cust" else one == other


users = Rollup("user_days", user_days, ("events",), stored=True, by_day=True, schema=USER_DAYS, there=users_there)
customers = Rollup(
    "customer_days", customer_days, ("events",), stored=True, by_day=True, schema=CUSTOMER_DAYS, there=customers_there
)
features = Rollup("feature_use", feature_use, ("events",), stored=True, by_day=True, schema=FEATURE_USE)
