"""The company's work with its customers: calls, goals, deals, favours asked; and its own staff. Floor: edges (demo)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from tenure.demo.account import Account
from tenure.demo.dice import AS_OF, MONTHS, Dice, Row, days, month_start, number_rows
from tenure.demo.people import contact_at, owner_at
from tenure.demo.words import GOALS


def interaction_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """Calls and meetings: monthly for large customers, now and then for small ones; a few with nobody's name."""
    rows: list[Row] = []
    for account in accounts:
        gap = 26.0 if account.touch == "high" else 110.0
        at = account.signed_up + days(dice.spread(1, 12))
        while at < AS_OF:
            if account.alive(at):
                kind = dice.weighted([("call", 4.0), ("meeting", 2.0), ("email", 4.0), ("review", 1.0), ("other", 0.3)])
                known = dice.chance(0.99)
                rows.append(
                    {
                        "interaction_id": "", "customer_id": account.id if known else None,
                        "contact_id": contact_at(dice, account, at).id if known else None,
                        "owner": owner_at(account, at), "kind": kind, "at": at,
                    }
                )  # fmt: skip
            at += days(1 + dice.random() * 2 * gap)
    return number_rows(rows, "interaction_id", "I-", "at")


def outcome_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """What customers set out to achieve, agreed in the first weeks; adopters and finishers get there more often."""
    rows: list[Row] = []
    for account in accounts:
        if account.starts is None or account.starts >= AS_OF or (account.touch == "low" and not dice.chance(0.35)):
            continue
        for goal in dice.some(GOALS, dice.between(1, 3)):
            agreed = account.starts + days(dice.spread(3, 60))
            due = agreed.date() + timedelta(days=dice.pick((60, 90, 180)))
            reached = agreed + days((due - agreed.date()).days * dice.spread(0.4, 1.25))
            keen = 0.85 if account.adopts_at is not None else 0.72 if account.finishes else 0.3
            done = dice.chance(keen) and reached < AS_OF and account.alive(reached)
            if agreed < AS_OF and account.alive(agreed):
                rows.append(
                    {
                        "outcome_id": "", "customer_id": account.id, "goal": goal, "agreed_at": agreed, "due_on": due,
                        "achieved_at": reached if done else None,
                    }
                )  # fmt: skip
    return number_rows(rows, "outcome_id", "G-", "agreed_at")


def deal_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """What sales worked on: new customers, renewals of contracts, larger plans and further products."""
    rows: list[Row] = []
    for account in accounts:
        base = [row for row in account.stretches if not row.is_trial]
        if account.touch == "high" or account.starts is None:
            won = account.starts is not None and account.starts < AS_OF
            amount = base[0].list_amount if base else Decimal(1200)
            closed = account.starts if won else account.signed_up + days(dice.spread(15, 60))
            rows.append(_deal(account, "new", amount, account.signed_up, closed, won))
        for contract in account.contracts:
            decided, ends, value = contract["decided_on"], contract["ends_on"], contract["value"]
            assert isinstance(ends, date) and isinstance(value, Decimal)
            opened = dice.clock(ends - timedelta(days=70))
            closed = dice.clock(decided) if isinstance(decided, date) and decided > opened.date() else None
            if opened < AS_OF and contract["terminated_on"] is None and account.alive(opened):
                rows.append(_deal(account, "renewal", value, opened, closed, contract["outcome"] == "renewed"))
        for row in base:
            kind = {"upgrade": "upsell", "seats added": "upsell", "add-on": "cross_sell"}.get(row.change_reason or "")
            if kind is not None:
                opened = row.started_at - days(dice.spread(3, 25))
                rows.append(_deal(account, kind, row.list_amount, opened, row.started_at, True))
            elif row.change_reason == "new" and dice.chance(0.15):  # offered, and not wanted
                opened = row.started_at + days(dice.spread(30, 150))
                if opened < AS_OF and account.alive(opened):
                    closed = opened + days(dice.spread(5, 40))
                    rows.append(
                        _deal(account, dice.pick(("upsell", "cross_sell")), row.list_amount / 4, opened, closed, False)
                    )
    return number_rows(rows, "deal_id", "D-", "opened_at")


def _deal(account: Account, kind: str, amount: Decimal, opened: date, closed: date | None, won: bool) -> Row:
    over = closed is not None and str(closed) < str(AS_OF)
    return {
        "deal_id": "", "customer_id": account.id, "kind": kind,
        "stage": ("won" if won else "lost") if over else "proposal",
        "amount": amount.quantize(Decimal("0.01")), "currency": account.currency, "opened_at": opened,
        "closed_at": closed if over else None, "won": won if over else None,
    }  # fmt: skip


def advocacy_rows(dice: Dice, accounts: list[Account]) -> list[Row]:
    """References, case studies and talks, mostly by those who took up the new feature."""
    rows: list[Row] = []
    kinds = (
        ("reference", 3.0),
        ("testimonial", 3.0),
        ("case_study", 1.0),
        ("event", 2.0),
        ("poll", 2.0),
        ("community", 3.0),
    )
    for account in accounts:
        for _ in range(dice.count(0.7 if account.adopts_at is not None else 0.2)):
            at = account.signed_up + days(dice.spread(90, 600))
            if at < AS_OF and account.alive(at):
                rows.append({"act_id": "", "customer_id": account.id, "kind": dice.weighted(kinds), "at": at})
    return number_rows(rows, "act_id", "A-", "at")


def staff_rows() -> list[Row]:
    """Heads by department on the first of each month; parts of the support desk left in the slow months."""
    sizes = (
        ("Product", 16, 5),
        ("Sales", 7, 4),
        ("Customer success", 5, 4),
        ("Support", 9, 2),
        ("Administration", 4, 1),
    )
    rows: list[Row] = []
    for month in range(1, MONTHS + 1):
        for department, base, growth in sizes:
            left = 4 if department == "Support" and 17 <= month <= 19 else 0
            rows.append(
                {
                    "on": month_start(month),
                    "department": department,
                    "headcount": base + growth * month // MONTHS - left,
                }
            )
    return rows
