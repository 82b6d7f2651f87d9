"""Who uses which feature, in each period: the customers of the period, what they may use, how often they do."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from tenure.periods import FIRST_DAY
from tenure.rollup import Asked, PeriodRows, World, keyed
from tenure.rollups.onboardings import scaled
from tenure.rollups.use_days import NAMES, any_bits, feature_events, spelled, with_bits


def firsts(world: World, asked: Asked) -> ir.Table:
    """(k, cust, word, mask): which features the customers of the period used in it, not spelled yet."""
    return asked.of_members(_masks(asked))


def _masks(asked: Asked) -> ir.Table:
    """(k, base, stop, cust, word, mask): the features each customer used in the period, as bits."""
    rows = asked.dated(asked.rollup("feature_use"), "day")
    return rows.group_by("k", "base", "stop", "cust", "word").agg(mask=any_bits(rows.mask))


def _used(asked: Asked) -> ir.Table:
    return spelled(_masks(asked))


def habits(world: World, asked: Asked) -> ir.Table:
    """(k, cust, word, mask, twice): the features used in the period, and those on a second day of it, not spelled yet.

    What is used again is what an earlier day of the period had too: no row for each customer and feature.
    """
    rows = asked.dated(asked.rollup("feature_use"), "day")
    before = ibis.window(group_by=[rows.k, rows.cust, rows.word], order_by=rows.day, between=(None, -1))
    rows = rows.mutate(twice=rows.mask & any_bits(rows.mask).over(before))
    rows = rows.group_by("k", "base", "stop", "cust", "word").agg(mask=any_bits(rows.mask), twice=any_bits(rows.twice))
    return asked.of_members(rows.mutate(twice=ibis.coalesce(rows.twice, ibis.literal(0, "int64"))))


def _again(rows: ir.Table) -> ir.Table:
    """One row for each feature, with `again`: whether it was used on a second day."""
    return spelled(rows, again=lambda found: (found.twice & found.bit) != 0)


def frequent(world: World, asked: Asked) -> ir.Table:
    """(k, cust, word, mask, days, active, customers): of each day the features used on it (`days` 1), and of each
    customer those used in the period (`customers` 1) with the days on which it was `active` at all; not spelled yet.

    Sums of both say what a row for each customer and feature would, of which there are seven times as many.
    """
    rows = asked.of_members(asked.dated(asked.rollup("feature_use"), "day"))
    days = asked.dated(asked.rollup("customer_days"), "day")
    return _with_periods(rows, "days", days)


def depth(world: World, asked: Asked) -> ir.Table:
    """(k, cust, word, mask, users, active, customers): of each user the features used in the period (`users` 1), and of
    each customer those that any of them used (`customers` 1) with all its `active` users; not spelled yet."""
    events = feature_events(world)
    events = events.filter(events.customer_id.notnull()).join(NAMES, "feature")
    events = events.mutate(user=ibis.coalesce(events.contact_id, events.customer_id))
    rows = asked.dated(events.select("customer_id", "user", "day", "word", "bit"), "day")
    rows = rows.group_by("k", "base", "stop", "customer_id", "user", "word").agg(mask=any_bits(rows.bit))
    rows = asked.of_members(keyed(rows))
    days = asked.dated(asked.rollup("user_days"), "day")
    return _with_periods(rows, "users", days.filter(days.since < days.base))


def _with_periods(rows: ir.Table, counted: str, active: ir.Table) -> ir.Table:
    """Rows (k, cust, word, mask), each `counted` once; and one for each period and customer among them, counted as one
    of the `customers`, with how many rows of the `active` it has."""
    used = rows.group_by("k", "cust", "word").agg(mask=any_bits(rows.mask))
    counts = active.group_by(d_k=active.k, d_cust=active.cust).agg(active=active.count())
    found = used.join(counts, [used.k == counts.d_k, used.cust == counts.d_cust], how="left")
    none, one = ibis.literal(0, "int64"), ibis.literal(1, "int64")
    columns = ("k", "cust", "word", "mask")
    each = rows.select(*columns, **{counted: one}, active=none, customers=none)
    # A feature's event need not be one that counts as activity.
    periods = found.select(*columns, **{counted: none}, active=ibis.coalesce(found.active, none), customers=one)
    return ibis.union(each, periods)


def ever(world: World, asked: Asked) -> ir.Table:
    """(k, cust, word, mask): the features that the customers of the period have used by its end, not spelled yet."""
    rows, periods = asked.rollup("feature_use"), asked.periods
    rows = rows.join(periods, rows.day < periods.stop)
    rows = rows.group_by("k", "base", "stop", "cust", "word").agg(mask=any_bits(rows.mask))
    return asked.of_members(rows)


def ever_spans(world: World, asked: Asked) -> ir.Table:
    """(cust, word, mask, from_day, to_day): the same, from the first period in which it is so to the last in a row.

    Of each customer and period only the features that are new; a customer who leaves and comes back knows them still.
    """
    days = asked.slots()
    rows = asked.rollup("feature_use").cross_join(asked.first())
    rows = rows.filter(rows.day < rows["last"]).mutate(at_=lambda t: ibis.greatest(t.day, t["first"]))
    rows = rows.join(days, rows.at_ == days.p_day)
    rows = rows.group_by("cust", "word", "slot").agg(mask=any_bits(rows.mask))
    order = [rows.cust, rows.word]
    rows = rows.mutate(known=any_bits(rows.mask).over(ibis.cumulative_window(group_by=order, order_by=rows.slot)))
    before = rows.known.lag().over(ibis.window(group_by=[rows.cust, rows.word], order_by=rows.slot))
    rows = rows.mutate(mask=rows.mask & ~ibis.coalesce(before, ibis.literal(0, "int64")))
    rows = rows.filter(rows.mask != 0).select("cust", "word", "mask", "slot")
    stays = asked.stays()
    rows = rows.join(stays, [rows.cust == stays.s_cust, rows.slot <= stays.end]).drop("s_cust")
    rows = rows.mutate(from_=ibis.greatest(rows.slot, rows.begin, 1))
    periods = asked.periods
    begins, ends = periods.select(b_k="k", from_day="base"), periods.select(e_k="k", to_day="stop")
    rows = rows.join(begins, rows.from_ == begins.b_k + 1).join(ends, rows.end == ends.e_k + 1)
    return rows.select("cust", "word", "mask", "from_day", "to_day")


def allowed(world: World, asked: Asked) -> ir.Table:
    """(k, cust, feature, used): what the customers of the period may use on one of its days, and whether they do."""
    rows = _entitled(world, asked).select("k", "base", "stop", "cust", "feature", "word", "bit").distinct()
    found = _with_use(asked, asked.of_members(rows))
    used = ibis.coalesce((found.mask & found.bit) != 0, ibis.literal(False))
    return found.mutate(used=used).drop("word", "bit", "mask")


def _entitled(world: World, asked: Asked) -> ir.Table:
    """(k, base, stop, cust, feature, word, bit): stretches of what one may use; no bit where nobody ever did.

    Bits come along from the few stretches, since to compare texts takes longer once each has a row for every period.
    """
    rows = keyed(world.past("entitlements"))
    rows = rows.filter(rows.cust.notnull()).select("cust", "feature", "started_day", "ended_day")
    names = NAMES.rename(n_feature="feature")
    rows = rows.join(names, rows.feature == names.n_feature, how="left").drop("n_feature")
    periods = asked.periods
    begun = ibis.coalesce(rows.started_day, ibis.literal(FIRST_DAY)) < periods.stop
    return rows.join(periods, [begun, rows.ended_day.isnull() | (rows.ended_day > periods.base)])


def _with_use(asked: Asked, rows: ir.Table) -> ir.Table:
    """The rows (k, cust, word, ...) with `mask`: the features of the word that the customer used in the period."""
    use = _masks(asked).select(u_k="k", u_cust="cust", u_word="word", mask="mask")
    found = rows.join(use, [rows.k == use.u_k, rows.cust == use.u_cust, rows.word == use.u_word], how="left")
    return found.mutate(mask=ibis.coalesce(found.mask, ibis.literal(0, "int64"))).drop("u_k", "u_cust", "u_word")


def _entitled_counts(world: World, asked: Asked) -> ir.Table:
    """(k, cust, all_, used): how many features a customer of the period may use, and how many of them it does."""
    rows, who = _entitled(world, asked), ["k", "base", "stop", "cust"]
    known = rows.filter(rows.word.notnull()).group_by(*who, "word").agg(may=any_bits(rows.bit))
    found = _with_use(asked, known)
    found = with_bits(found.mutate(mask=found.mask & found.may)).rename(used="bits")
    found = with_bits(found.mutate(mask=found.may)).select(*who, all_="bits", used="used")
    others = rows.filter(rows.word.isnull()).select(*who, "feature").distinct()  # nobody ever used these
    others = others.group_by(*who).agg(all_=others.count()).mutate(used=ibis.literal(0, "int64"))
    both = ibis.union(found, others.select(*who, "all_", "used"))
    return asked.of_members(both.group_by(*who).agg(all_=both.all_.sum(), used=both.used.sum()))


def breadth(world: World, asked: Asked) -> ir.Table:
    """(k, cust, share, square): of the features that a customer of the period may use, the share it used."""
    found = _breadth(world, asked)
    return found.mutate(share=scaled(found.part), square=scaled(found.part * found.part)).drop("part")


def _breadth(world: World, asked: Asked) -> ir.Table:
    """(k, cust, part): with entitlements those who have one, else every customer of the period and all features.

    All features are those that are named, else the table of features, else what was ever used.
    """
    if "entitlements" in world.loaded:
        counts = _entitled_counts(world, asked)
        return counts.select("k", "cust", part=counts.used.cast("float64") / counts.all_.cast("float64"))
    if world.usage.named is None and "features" in world.loaded:
        known = world.past("features").select(f_feature="feature").distinct()
        use = _used(asked)
        use = use.semi_join(known, use.feature == known.f_feature)
        counts = use.group_by(u_k=use.k, u_cust=use.cust).agg(used=use.count())
    else:
        known = None
        use = with_bits(_masks(asked))
        counts = use.group_by(u_k=use.k, u_cust=use.cust).agg(used=use.bits.sum().cast("int64"))
    members = asked.members()
    found = members.join(counts, [members.k == counts.u_k, members.cust == counts.u_cust], how="left")
    if known is not None:
        found = found.cross_join(known.agg(all_=known.count()))
    elif world.usage.named is not None:
        found = found.mutate(all_=ibis.literal(len(world.usage.named)))
    else:
        found = _with_ever(world, asked, found)
    found = found.filter(found.all_ > 0)
    used = ibis.coalesce(found.used, ibis.literal(0)).cast("float64")
    return found.select("k", "cust", part=used / found.all_.cast("float64"))


def _with_ever(world: World, asked: Asked, found: ir.Table) -> ir.Table:
    """The rows (k, ..) with `all_`: how many features were ever used, by all that is known or by the period's end."""
    seen = asked.rollup("feature_use")
    if not asked.by_end:
        seen = seen.filter(seen.day < ibis.literal(world.cut))
        known = spelled(seen.group_by("word").agg(mask=any_bits(seen.mask)))
        return found.cross_join(known.agg(all_=known.count()))
    daily, periods = seen.group_by("day", "word").agg(mask=any_bits(seen.mask)), asked.periods
    upto = daily.join(periods, daily.day < periods.stop)
    known = spelled(upto.group_by("k", "word").agg(mask=any_bits(upto.mask)))
    counts = known.group_by(n_k=known.k).agg(all_=known.count())
    return found.join(counts, found.k == counts.n_k).drop("n_k")


def active_members(world: World, asked: Asked) -> ir.Table:
    """(k, cust): the customers of the period with an active event in it."""
    rows = asked.dated(asked.rollup("customer_days"), "day")
    return asked.of_members(rows.filter(rows.since < rows.base).select("k", "base", "stop", "cust"))


USE = ("events",)
OWN = ("feature",)
feature_users = PeriodRows("feature_users", firsts, USE, OWN, then=spelled)
feature_habits = PeriodRows("feature_habits", habits, USE, OWN, then=_again)
feature_frequent = PeriodRows("feature_frequent", frequent, USE, OWN, then=spelled)
feature_depth = PeriodRows("feature_depth", depth, USE, OWN, then=spelled)
feature_ever = PeriodRows("feature_ever", ever, USE, OWN, spans=ever_spans, then=spelled)
feature_allowed = PeriodRows("feature_allowed", allowed, ("entitlements", "events"), OWN)
feature_breadth = PeriodRows("feature_breadth", breadth, USE, single=True, by_end=True)
members_active = PeriodRows("members_active", active_members, USE)
