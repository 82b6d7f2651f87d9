"""The best DuckDB SQL we can write by hand for support and voice, over the stored tables: nothing is made beforehand.

Each query answers (start of the period, segment, value). A customer's segment comes from the customers themselves, so
that one join by id is all that is needed.
"""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.hand_sql import Ask, _calendar

Query = Callable[[Ask], str]


def support() -> dict[tuple[str, str | None], Query]:
    """By metric and variant: its query over tickets."""
    seconds = "epoch(resolved_at) - epoch(created_at)"
    waited = "epoch(first_response_at) - epoch(created_at)"
    asked = "NOT coalesce(agent_initiated, FALSE) AND agent_replies IS NOT NULL"
    solved = "resolved_at IS NOT NULL"
    at_once = f"(({solved}) OR closed_at IS NOT NULL) AND agent_replies <= 1 AND coalesce(reopened_count, 0) = 0"
    return {
        ("tickets", None): lambda a: _tickets(a, "created_day", "count(*)"),
        ("open_tickets", None): _open,
        ("first_contact_resolution", None): lambda a: _tickets(a, "created_day", _share(at_once, asked)),
        ("reopen_rate", None): lambda a: _tickets(a, "created_day", _share("coalesce(reopened_count, 0) > 0", solved)),
        ("resolution_time", None): lambda a: _tickets(a, "resolved_day", f"avg({seconds}) / 3600"),
        ("resolution_time", "median"): lambda a: _tickets(a, "resolved_day", f"median({seconds}) / 3600"),
        ("first_response_time", None): lambda a: _tickets(a, "created_day", f"avg({waited}) / 3600"),
        ("first_response_time", "median"): lambda a: _tickets(a, "created_day", f"median({waited}) / 3600"),
    }


def voice() -> dict[tuple[str, str | None], Query]:
    """By metric and variant: its query over answers. Every answer of this company has the usual scale of its kind."""
    promote = "(count(*) FILTER (score >= 9) - count(*) FILTER (score < 7))"
    answered = "count(*) FILTER (answered_at IS NOT NULL)"
    return {
        ("nps", None): lambda a: _answers(a, "answered_day", f"100 * {promote} / count(*)", _valid("nps", 0, 10)),
        ("csat", None): lambda a: _answers(a, "answered_day", _share("score >= 4", "TRUE"), _valid("csat", 1, 5)),
        ("ces", None): lambda a: _answers(a, "answered_day", "avg(score)", _valid("ces", 1, 7)),
        ("response_rate", None): lambda a: _answers(a, "asked_day", f"{answered} / count(*)", "TRUE"),
    }


_SEGMENT = "(SELECT customer_id, {by} AS g FROM m_customers)"
_COUNTED = "NOT coalesce(is_spam, FALSE) AND merged_into IS NULL AND status <> 'deleted'"


def _share(yes: str, of: str) -> str:
    return f"count(*) FILTER ({of} AND {yes}) / count(*) FILTER ({of})"


def _valid(kind: str, low: int, high: int) -> str:
    return f"kind = '{kind}' AND answered_at IS NOT NULL AND score BETWEEN {low} AND {high}"


def _rows(a: Ask, table: str, clock: str, value: str, where: str) -> str:
    inside = f"{clock} >= DATE '{a.start}' AND {clock} < DATE '{a.stop}'"
    return f"""WITH {_calendar(a)}
SELECT m, g, {value} AS v FROM {table} r JOIN {_SEGMENT.format(by=a.by)} USING (customer_id)
JOIN days ON r.{clock} = days.c WHERE {inside} AND {where} GROUP BY m, g ORDER BY g, m"""


def _tickets(a: Ask, clock: str, value: str) -> str:
    return _rows(a, "m_tickets", clock, value, _COUNTED)


def _answers(a: Ask, clock: str, value: str, where: str) -> str:
    return _rows(a, "m_survey_responses", clock, value, where)


def _open(a: Ask) -> str:
    """Created by then less ended by then: running totals, no join of tickets and periods."""
    return f"""WITH {_calendar(a)},
moves AS (
  SELECT unnest([created_day, coalesce(least(resolved_day, closed_day), resolved_day, closed_day)]) AS d,
    unnest([1, -1]) AS v, g
  FROM m_tickets JOIN {_SEGMENT.format(by=a.by)} USING (customer_id) WHERE {_COUNTED}),
summed AS (
  SELECT m, g, sum(v) AS v FROM moves JOIN days ON greatest(d, DATE '{a.first}') = c WHERE d IS NOT NULL GROUP BY m, g)
SELECT m, g, sum(v) OVER (PARTITION BY g ORDER BY m) AS v FROM summed QUALIFY m >= DATE '{a.start}' ORDER BY g, m"""
