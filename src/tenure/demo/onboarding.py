"""Getting started: the steps of every newcomer, and which features a plan holds. Floor: edges (demo)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from tenure.demo.account import Account
from tenure.demo.dice import AS_OF, Dice, Row, days, past
from tenure.demo.stories import LAUNCH_FEATURE, LAUNCHED_ON

# Step, required, weight, the event that shows it was done.
STEPS = (
    ("connect shop", True, "2", None), ("import orders", True, "2", "orders_imported"),
    ("print first label", True, "3", "label_printed"), ("set up tracking page", False, "1", "tracking_page_viewed"),
    ("invite teammates", True, "1", "teammate_invited"), ("go-live call", True, "1", None),
)  # fmt: skip

# Feature, family, released, the event that is its use, the plans that hold it, how often it is used.
FEATURES = (
    ("label_printing", "shipping", date(2023, 9, 4), "label_printed", "Starter Growth Scale Enterprise", 10.0),
    ("tracking_page", "shipping", date(2023, 9, 4), "tracking_page_viewed", "Starter Growth Scale Enterprise", 6.0),
    ("bulk_import", "orders", date(2023, 11, 13), "orders_imported", "Starter Growth Scale Enterprise", 3.5),
    ("rate_compare", "carriers", date(2024, 3, 18), "rates_compared", "Starter Growth Scale Enterprise", 2.5),
    ("returns", "orders", date(2023, 11, 13), "return_created", "Growth Scale Enterprise", 2.0),
    ("reports", "insight", date(2024, 5, 27), "report_viewed", "Growth Scale Enterprise", 2.5),
    ("delay_alerts", "insight", date(2025, 2, 10), "delay_alert_opened", "Scale Enterprise", 1.5),
    (LAUNCH_FEATURE, "carriers", LAUNCHED_ON, "route_planned", "Starter Growth Scale Enterprise", 4.0),
)


def onboarding_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """Steps are handed out at sign-up, done one after another by most, left lying by some."""
    rows: list[Row] = []
    for account in accounts:
        stop = len(STEPS) if account.finishes and account.starts is not None else dice.between(1, 3)
        at = account.signed_up
        until = account.left_at or AS_OF
        for position, (step, required, weight, _) in enumerate(STEPS, start=1):
            began = at + days(dice.skewed(0.4))
            done = began + days(dice.skewed(1.6))
            skipped = position > stop or (not required and dice.chance(0.4))
            gave_up = skipped and position == stop + 1 and dice.chance(0.5)
            seen = not skipped or gave_up
            rows.append(
                {
                    "customer_id": account.id, "contact_id": account.contacts[0].id, "step": step, "position": position,
                    "required": required, "weight": Decimal(weight), "assigned_at": account.signed_up,
                    "started_at": began if seen and began < until else None,
                    "completed_at": done if not skipped and done < until else None,
                }
            )  # fmt: skip
            at = done if not skipped else at
    return rows


def step_events(steps: list[Row]) -> list[Row]:
    """What the product saw of the steps that were done."""
    events = {step: event for step, _, _, event in STEPS}
    return [
        {
            "event_id": "",
            "customer_id": row["customer_id"],
            "contact_id": row["contact_id"],
            "name": events[str(row["step"])],
            "at": row["completed_at"],
        }
        for row in steps
        if row["completed_at"] is not None and events[str(row["step"])] is not None
    ]


def feature_rows() -> list[Row]:
    """What the product can do, and since when."""
    return [{"feature": name, "family": family, "released_on": on} for name, family, on, *_ in FEATURES]


def held(account: Account, at: datetime) -> list[tuple[str, str, float]]:
    """Feature, event and frequency of what the plan of that moment holds and is out."""
    plan = account.plan_at(at)
    plan = "Starter" if plan == "Free" else plan
    return [(name, event, often) for name, _, on, event, plans, often in FEATURES if on <= at.date() and plan in plans]


def entitlement_rows(accounts: list[Account]) -> list[Row]:
    """From the plan's beginning or the feature's release to the plan's end."""
    rows: list[Row] = []
    for account in accounts:
        for start, end in account.lives:
            spans = [(start, account.plan_at(start)), *((at, plan) for at, plan in account.plans if start < at < end)]
            for (since, plan), until in zip(spans, [*(at for at, _ in spans[1:]), end], strict=True):
                rows += _entitled(account, plan, since, until)
    return _joined(rows)


def _entitled(account: Account, plan: str, since: datetime, until: datetime) -> list[Row]:
    plan = "Starter" if plan == "Free" else plan
    rows: list[Row] = []
    for name, _, on, _, plans, _ in FEATURES:
        start = max(since, datetime(on.year, on.month, on.day) + timedelta(hours=6))
        if plan in plans and start < min(until, AS_OF):
            rows.append({"customer_id": account.id, "feature": name, "started_at": start, "ended_at": past(until)})
    return rows


def _joined(rows: list[Row]) -> list[Row]:
    """Stretches of one feature that touch or overlap are one."""
    rows.sort(key=lambda row: (str(row["customer_id"]), str(row["feature"]), str(row["started_at"])))
    joined: list[Row] = []
    for row in rows:
        last = joined[-1] if joined else None
        same = last is not None and (last["customer_id"], last["feature"]) == (row["customer_id"], row["feature"])
        if last is not None and same and (last["ended_at"] is None or str(last["ended_at"]) >= str(row["started_at"])):
            ends = (last["ended_at"], row["ended_at"])
            last["ended_at"] = None if None in ends else max(ends, key=str)
        else:
            joined.append(row)
    return joined
