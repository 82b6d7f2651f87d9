"""A formula in words: English, from the expression alone, and never the same words for two parts of one formula."""

from __future__ import annotations

import re

import pytest

from tenure.expr import END, START, Aged, Col, FirstWith, Rows, Steps, count, distinct, least, total
from tenure.metric import catalogue
from tenure.tree import leaves, rewrite
from tenure.words import words

mrr, customer = Steps("mrr"), Steps("customer")
then, now = mrr.at(START), mrr.at(END)
READINGS = [(one.id, name) for one in catalogue().values() for name in one.variants]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (total(now), "MRR at the end"),
        (total(now) - total(then), "MRR at the end, less MRR at the start"),
        (12 * total(now), "12 times MRR at the end"),
        (count(now > 0), "the number of customers who pay at the end"),
        (
            count((customer.at(START) > 0) & ~(customer.at(END) > 0)),
            "the number of those who were customers at the start and are not customers at the end",
        ),
        (
            total(now.where(then > 0)) / total(then),
            "MRR at the end of those who paid at the start, divided by MRR at the start",
        ),
        (total(least(then, now)), "the smaller, one by one, of MRR at the start and MRR at the end"),
        (total(mrr.at(END, rates=START)), "MRR at the end (at the rates of the start)"),
        (total(mrr.at(END, rates=END)), "MRR at the end"),
        (total(Steps("mrr", (("discounts", "gross"),)).at(END)), "MRR (discounts = gross) at the end"),
        (total(mrr.moved("new", "expansion", "reactivation")), "MRR from new customers, expansion and reactivation"),
        (total(mrr.moved("churn")), "MRR lost to churn, as a negative amount"),
        (-total(mrr.moved("contraction", "churn")), "MRR lost to contraction and churn"),
        (
            total(then) + total(mrr.moved("churn").where(then > 0)),
            "MRR at the start, less MRR lost to churn by those who paid at the start",
        ),
        (total(mrr.moved("fx")), "what exchange rates did to MRR"),
        (total(mrr.times("churn")), "the number of exits"),
        (distinct(Rows("events", "day"), "user"), "the number of different users in the period's events"),
        (
            total(Rows("terms", "due_day").count(Col("outcome").is_("renewed"))),
            "the number of renewed contracts due in the period",
        ),
        (
            total(now) / (total(now) - total(then)),
            "MRR at the end, divided by (MRR at the end, less MRR at the start)",
        ),
        (
            total(now) / ((total(then) + total(now)) / 2),
            "MRR at the end, divided by the mean of MRR at the start and MRR at the end",
        ),
        (Aged(now), "MRR k periods later of those who joined in the period, divided by theirs at the period's end"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_it_reads_as_english(expression: object, said: str) -> None:
    assert words(expression) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(("metric", "variant"), READINGS)
def test_no_code_shows_through(metric: str, variant: str) -> None:
    said = words(catalogue()[metric].readings[variant].expr)
    bare = re.sub(r" \([a-z_]+ = [a-z0-9_]+\)", "", said)  # a rule and its answer, as they stand in [policy]
    assert not re.search(r"[_'\"\[\]{}<>=]|Op\(|None", re.sub(r"(period|day)'s", r"\1", bare)), said
    assert said.count("(") == said.count(")")
    assert said == said.strip() and len(said) < 420


@pytest.mark.parametrize(("metric", "variant"), READINGS)
def test_no_two_parts_read_alike(metric: str, variant: str) -> None:
    """`explain` names the parts of a figure by these words, before and after what the workspace decides."""
    expression = catalogue()[metric].readings[variant].expr
    paying = rewrite(expression, lambda n: Steps("mrr", n.rules) if isinstance(n, Steps) else n)
    first = rewrite(paying, lambda n: n.choices[0][1] if isinstance(n, FirstWith) else n)
    last = rewrite(paying, lambda n: n.otherwise if isinstance(n, FirstWith) else n)
    for found in (first, last):
        parts = leaves(found)
        assert len({words(part) for part in parts}) == len(parts), [words(part) for part in parts]
