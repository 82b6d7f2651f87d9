"""Rebuilding what metrics read, only where inputs changed. Machinery floor.

The unit of recomputation is the customer: after a load, the steps of the customers it touched are built anew and laid
over the rest (`refresh_keys`); of what is made from events, the days from the first touched one on (`refresh_days`). A
change of settings, or one that cannot be told apart cheaply, rebuilds everything.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any

from tenure import model, refresh_days, refresh_items, refresh_keys, refresh_told, texts
from tenure.errors import StoreError
from tenure.refresh_keys import TOUCHED
from tenure.refresh_made import make
from tenure.rollup import World, rollups
from tenure.rollups.mrr_steps import looks_at_months
from tenure.worlds import clock_of, columns_of, world_of

if TYPE_CHECKING:
    from tenure.config import Config
    from tenure.policy import Policy
    from tenure.store import Writer

Progress = Callable[[str, int, int | None], None]
PIECES, STEPS = "customer_pieces", "mrr_steps"
DAYS = ("user_days", "customer_days", "feature_use")
"""The rollups that are kept, in the order in which they are made; those of days have a way of their own."""
FORMAT = 8
"""Counts up whenever a rollup's rows come to mean something else; older ones are rebuilt."""


def refresh(tx: Writer, config: Config, policy: Policy, on_progress: Progress | None = None) -> list[str]:
    """Bring the stored rollups up to date; the names of those that changed. The caller commits."""
    report = on_progress or (lambda label, done, total: None)
    since = int(tx.meta.get("refreshed", 0))
    settings = settings_digest(config, policy)
    anew = tx.meta.get("settings") != settings or "customer_keys" not in tx.rollups
    changed = {name for name in model.TABLES if tx.changed_at(name) > since}
    if not anew and not changed:
        return []
    loaded = frozenset(name for name in model.TABLES if tx.state(name).parts)
    if anew or "subscriptions" in changed or "foreign" not in tx.meta:
        tx.meta["foreign"] = _any_foreign(tx, config.currency, loaded, 0 if anew else since)
    if anew:
        refresh_items.forget(tx)
    world = world_of(config, policy, columns_of(tx.con), loaded, tx.meta)
    # What is stored are levels, day by day; movements that are told apart otherwise are made when they are asked for.
    world = world.with_rules((("simultaneous", "day"),))
    touched = changed & refresh_keys.owned()
    unknown = touched if anew else refresh_keys.note(tx, touched, since)
    small = not anew and not unknown
    done: list[str] = []
    if small and touched:
        done += ["customer_keys"] if refresh_keys.number_some(tx, world, since, _sql) else []
    elif not small:
        refresh_keys.number_all(tx, world, _sql, noted=not anew)
        done.append("customer_keys")
    for step, name in enumerate((PIECES, STEPS)):
        inputs = _inputs(world, name)
        if anew or name not in tx.rollups or changed & inputs:
            report(f"Rebuilding {name}", step, 2 + len(DAYS))
            few = not anew and name in tx.rollups and changed & inputs <= refresh_keys.owned() - unknown
            few = _build(tx, world, name, changed & inputs if few else None, since)
            small &= few or name != PIECES
            done.append(name)
    made = f"made_{PIECES}" if PIECES in done else None
    tx.meta |= refresh_told.follow(tx, made) if small and "whole" in tx.meta else refresh_told.look(tx)
    for step, rollup in enumerate(rollups()[name] for name in DAYS):
        report(f"Rebuilding {rollup.name}", 2 + step, 2 + len(DAYS))
        if anew or changed & set(rollup.reads) or rollup.name not in tx.rollups:
            refresh_days.build(tx, world, rollup, since, anew, _sql)
            done.append(rollup.name)
    done += make(tx, config, changed, anew)
    # A survey's questions are rows with its id: where no file ever had a question, every row is a survey.
    once = all("question" not in part.columns for part in tx.state("survey_responses").parts)
    tx.meta |= {"settings": settings, "refreshed": tx.version, "asked_once": once}
    if "user_days" in done:
        tx.meta |= refresh_days.told(tx, since, anew=anew)
    report("Rebuilding", 2 + len(DAYS), 2 + len(DAYS))
    return done


def settings_digest(config: Config, policy: Policy) -> str:
    """Of everything in the settings that stored rollups depend on."""
    inside_a_day = config.as_of is not None and clock_of(config).local_as_of.time() != time.min
    partial = str(config.as_of_instant()) if inside_a_day else ""
    if looks_at_months(policy.rule):
        partial = str(clock_of(config).cut)
    told = [FORMAT, config.currency, config.timezone, partial, policy.all_rules(), str(policy.setting("past_due_days"))]
    told += [sorted(config.usage.active), repr(config.usage.features)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _any_foreign(tx: Writer, currency: str, loaded: frozenset[str], since: int) -> bool:
    """Whether any subscription is in another currency. Where none was, only what came after `since` can be."""
    if "subscriptions" not in loaded:
        return False
    state = tx.state("subscriptions")
    parts = [part for part in state.parts if tx.meta.get("foreign", True) or part.added > since]
    rows = tx.rows_sql("subscriptions", parts=parts, only=["currency"])
    found = tx.con.execute(f"SELECT EXISTS (FROM ({rows}) WHERE currency <> ?)", [currency]).fetchone()
    return bool(found and found[0])


def _inputs(world: World, name: str) -> set[str]:
    """The model tables a rollup is made from: refunds count only under the rule that looks at them."""
    refunds = {"payments", "invoices"} if name == STEPS and world.rule("refunds") == "full_refund_cancels" else set()
    return set(rollups()[name].reads) | refunds


def _sql(world: World, name: str, build: Callable[[World], Any]) -> str:
    """A rollup's SQL; it depends on when the data stand only where rules look at whole months."""
    seen = world
    if name in (PIECES, STEPS):  # whatever other tables there are, the text is the same
        inputs = _inputs(world, name)
        columns = {table: found for table, found in world.columns.items() if table in inputs}
        seen = replace(world, columns=columns, loaded=world.loaded & inputs)
    key = (name, seen.signature(moment=looks_at_months(world.rule)))
    return texts.kept(key, lambda: texts.sql(build(world), "duckdb"))


def _build(tx: Writer, world: World, name: str, changed: set[str] | None, since: int) -> bool:
    """Make a rollup: all of it, or only what customers have there whose rows changed in any of these tables.

    Whether that was enough: rows with a new column do not fit among older ones.
    """
    build = rollups()[name].build
    by_items = name == STEPS and refresh_items.fit(world)
    if changed is not None:
        refresh_keys.choose(tx, changed)
        tables = _inputs(world, name) & world.loaded
        with contextlib.nullcontext() if by_items else refresh_keys.narrowed(tx, tables, since):
            seen = refresh_items.bring(tx, world, _sql, few=True) if by_items else replace(world, only=TOUCHED)
            query = _sql(seen, name, build)
            tx.con.execute(f"CREATE OR REPLACE TEMP TABLE made_{name} AS {query}")
        keys = f"SELECT cust FROM {TOUCHED}"
        with contextlib.suppress(StoreError):
            tx.put_rollup(name, f"SELECT * FROM made_{name}", key="cust", overlay=True, keys_sql=keys)
            return True
    world = refresh_items.bring(tx, world, _sql, few=False) if by_items else world
    tx.put_rollup(name, _sql(world, name, build), key="cust")
    return False
