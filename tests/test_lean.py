"""Lean tables mean what Ibis' own mean: the same columns, types and rows, however a query is put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pytest

from tenure import lean, texts

Maker = Callable[[Mapping[str, Any], str], ir.Table]
PEOPLE = {"who": "int64", "team": "string", "since": "date", "paid": "int64"}
DEEDS = {"by": "int64", "on": "date", "what": "string", "paid": "int64"}
ROWS = """
CREATE TABLE people (who BIGINT, team VARCHAR, since DATE, paid BIGINT);
INSERT INTO people VALUES (1, 'red', '2024-01-05', 10), (2, 'red', '2024-02-01', NULL), (3, NULL, '2024-02-01', 7);
CREATE TABLE deeds ("by" BIGINT, "on" DATE, what VARCHAR, paid BIGINT);
INSERT INTO deeds VALUES (1, '2024-03-01', 'a', 1), (1, '2024-03-02', 'b', 2), (3, '2024-03-02', 'a', 4),
    (9, NULL, 'c', 8);
"""


def steps(people: ir.Table, deeds: ir.Table) -> dict[str, ir.Table]:
    """One table after another: chosen, changed, kept, named, grouped."""
    old, named = people.filter(people.paid > 5), people.rename(name="who")
    return {
        "names": people.select("team", "who"),
        "values": people.select(people.who, twice=people.paid * 2, team="team"),
        "later": people.select("who", more=ibis._.paid + 1, one=lambda t: t.who),
        "numbers": people.mutate(one=1, half=0.5, team=people.team.upper()),
        "of a table before": old.mutate(x=people.paid + old.who),
        "kept by a table before": old.filter(people.who < 3),
        "several conditions": people.filter((people.who > 1) & (people.team == "red"), people.since.notnull()),
        "a condition to come": people.filter(ibis._.who > 1),
        "nobody": people.filter(ibis.literal(False)),
        "without": people.drop("team", "paid"),
        "renamed": named.filter(named.name > 1),
        "days": people.select(later=(people.since.cast("timestamp") + ibis.interval(days=3)).cast("timestamp").date()),
        "sums": people.group_by("team").agg(n=people.count(), s=people.paid.sum(where=people.who > 1)),
        "sums by a list": people.group_by(["team", "since"]).agg(n=ibis._.count()),
        "sums by a value": people.group_by(first=people.team.left(1)).agg(top=people.paid.max()),
        "over all": people.agg(n=people.count(), teams=people.team.nunique()),
        "share of all": people.mutate(share=people.paid / people.paid.sum()),
        "ranks": people.mutate(r=ibis.row_number().over(ibis.window(group_by="team", order_by=people.who))),
        "only firsts": people.filter(ibis.row_number().over(group_by=people.team, order_by=people.who) == 0),
        "once": ibis.union(deeds.select("paid"), people.select("paid")).distinct(),
        "ordered": people.order_by(ibis.desc("who")).limit(2),
    }


def joins(people: ir.Table, deeds: ir.Table) -> dict[str, ir.Table]:
    """Two tables and more side by side."""
    done = deeds.rename(did="paid")
    both = people.join(done, people.who == done.by)
    left = people.join(done, [people.who == done.by, done.what == "a"], how="left")
    once = left.drop("by", "what")
    rich = people.filter(people.paid > 1).rename(other="who", team_="team", since_="since", wealth="paid")
    three = both.join(rich, rich.wealth >= done.did)
    return {
        "columns of both": both,
        "kept on the left": left,
        "without the right": once,
        "chosen": both.select("team", x=done.did + people.paid),
        "chosen of what is joined": both.select("team", x=both.did + both.paid),
        "without, joined twice": ibis.union(
            once.join(rich, once.did == rich.wealth, how="left").select("who", "other"),
            once.join(rich, once.who == rich.other).select("who", "other"),
        ),
        "three": three.select("who", "what", "other"),
        "three without": three.drop("team_", "since_"),
        "three, kept": three.filter(three.who != three.other).select("who", "other"),
        "those who did": people.semi_join(done, people.who == done.by),
        "those who did, by name": people.semi_join(deeds.rename(who="by"), "who"),
        "every pair": people.select("who").cross_join(deeds.agg(last=deeds.on.max())).filter(lambda t: t.who > 1),
        "the same names": people.join(deeds, people.who == deeds.by).drop("paid_right"),
        "with itself": people.join(people.view(), "team").select("who", "who_right"),
        "of a join": both.group_by("team").agg(n=both.count()),
        "changed after": both.mutate(paid=both.did),
        "by a table before": old_names(people, done),
    }


def old_names(people: ir.Table, done: ir.Table) -> ir.Table:
    """A condition that names a column of the table that a side was made from."""
    some = people.filter(people.who < 3)
    return some.join(done, people.who == done.by)


def answer(query: ir.Table) -> tuple[list[str], list[str], list[Any]]:
    """A query's columns, their types and its rows."""
    con = duckdb.connect()
    con.execute(ROWS)
    found = con.execute(texts.sql(query, "duckdb"))
    names = [column[0] for column in found.description or ()]
    return names, [str(kind) for kind in query.schema().types], sorted(found.fetchall(), key=str)


@pytest.mark.parametrize("made", [steps, joins])
def test_they_say_what_ibis_says(made: Callable[[ir.Table, ir.Table], dict[str, ir.Table]]) -> None:
    ours = made(lean.table(PEOPLE, "people"), lean.table(DEEDS, "deeds"))
    theirs = made(ibis.table(PEOPLE, name="people"), ibis.table(DEEDS, name="deeds"))
    for name, query in ours.items():
        assert answer(query) == answer(theirs[name]), name
    for name in ("those who did", "of a join", "three without", "sums by a list", "later"):
        assert name not in ours or isinstance(ours[name], lean.Lean), name


def test_names_that_are_not_there_are_refused() -> None:
    people = lean.table(PEOPLE, "people")
    with pytest.raises(AttributeError, match="nobody"):
        people.nobody  # noqa: B018
    for ask in (lambda: people.drop("nobody"), lambda: people.select("nobody"), lambda: people["nobody"]):
        with pytest.raises(Exception, match="nobody"):
            ask()
