"""Words about goals: figures in sentences, and the part of a customer's experience a goal is about. Language floor."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenure.goal_options import Goal
    from tenure.metric import Metric


def step(goal: Goal, unit: str) -> str:
    """How far a goal goes, so that percent and points cannot be mixed up."""
    amount = short(Fraction(goal.amount))
    return (
        f"{amount} %" if goal.target == "by_percent" else f"{amount} points" if unit in ("share", "points") else amount
    )


def said(value: Fraction, unit: str, currency: str | None = None) -> str:
    """A figure in a sentence: shares in percent, points (of NPS) whole and with their sign."""
    if unit == "share":
        return f"{short(value * 100)} %"
    if unit == "points" and not currency:
        whole = round(value)
        return f"{'+' if whole > 0 else '−' if whole < 0 else '±'}{abs(whole)}"
    return f"{short(value)} {currency or ''}".strip()


def short(value: Fraction) -> str:
    """At most two decimals, none that are 0."""
    digits = f"{float(value):,.2f}"
    return digits.rstrip("0").rstrip(".")


_OF_CSM = {"csat", "service_satisfaction", "outcome_rate", "interactions", "tickets", "open_tickets", "resolution_time",
           "first_contact_resolution", "first_response_time", "reopen_rate", "resource_views"}  # fmt: skip
_OF_PRODUCT = {"ces", "nps", "health", "health_share", "acsi", "rating", "sentiment", "dau", "wau", "mau", "stickiness",
               "time_on_platform", "engagement", "activation_rate", "time_to_value", "feature_adoption_rate",
               "feature_breadth", "onboarding_completion_rate", "onboarding_step_rate", "onboarding_time",
               "onboarding_features", "onboarding_progress", "onboarded_retention", "defect_rate"}  # fmt: skip


def component(goal: Goal, metric: Metric) -> str:
    """The component of a customer's experience that a goal is about: as said, else by its metric; money is billing."""
    if goal.component:
        return goal.component
    return "csm" if metric.id in _OF_CSM else "product" if metric.id in _OF_PRODUCT else "billing"
