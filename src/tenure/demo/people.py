"""Who the customers are and what kind of customer each will be; the tables customers and contacts.
Floor: edges (demo)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import tenure.demo.cast as cast
from tenure.demo.account import Account, Contact
from tenure.demo.dice import AS_OF, Dice, Row, add_months, days, month_start
from tenure.demo.stories import LAUNCHED_ON

CAMPAIGN_MONTHS = (12, 16)
HANDED_OVER = datetime(2025, 1, 20, 9, 0)
ROLES = ("admin", "operations", "finance", "warehouse", "developer", "marketing")


@dataclass(frozen=True)
class Market:
    """Who signs up, and on what terms: where two companies that sell software differ."""

    # of each month; the campaign of months 12 to 16 brought many, and many who did not stay
    sign_ups: tuple[int, ...] = (
        30, 14, 14, 15, 15, 16, 14, 13, 17, 19, 18, 22, 24, 24, 25, 23, 18, 16, 14, 14, 15, 16, 15, 13,
    )  # fmt: skip
    industries: tuple[str, ...] = cast.INDUSTRIES
    plans: tuple[tuple[str, float], ...] = (("Starter", 3.6), ("Growth", 3.8), ("Scale", 1.9), ("Enterprise", 0.5))
    promo_starters: float = 6.0  # instead of the weight above, of those who came by the campaign
    no_term: float = 0.22  # who pays by the month without a contract
    terms: tuple[tuple[int, float], ...] = ((12, 6.0), (6, 4.0))  # months of a contract
    trials: float = 0.62  # of the two small plans
    seats: int = 1  # times as many as usual
    finishes: float = 0.8  # onboarding


def make_accounts(dice: Dice, market: Market) -> list[Account]:
    """Everyone who ever signed up, in the order of signing up."""
    moments = [
        dice.clock(month_start(month) + timedelta(days=dice.between(0, 27)))
        for month, joined in enumerate(market.sign_ups, start=1)
        for _ in range(joined)
    ]
    accounts: list[Account] = []
    names: set[str] = set()
    for number, moment in enumerate(sorted(moments), start=1):
        accounts.append(_account(dice, market, number, names, moment))
    large = [account for account in accounts[:60] if account.plan in ("Scale", "Enterprise")]
    for child in accounts[100::33]:
        child.parent = dice.pick(large).id
    for account in accounts:
        account.contacts = _contacts(dice, account)
    return accounts


def _account(dice: Dice, market: Market, number: int, names: set[str], moment: datetime) -> Account:
    industry = dice.pick(market.industries)
    country, region, currency = dice.weighted([((c, r, m), weight) for c, r, m, weight in cast.PLACES])
    campaign = month_start(CAMPAIGN_MONTHS[0]) <= moment.date() < month_start(CAMPAIGN_MONTHS[1] + 1)
    came_by = "promo" if campaign and dice.chance(0.5) else dice.weighted(
        [("search", 4.0), ("partner", 2.5), ("event", 1.5), ("referral", 2.0)]
    )  # fmt: skip
    small = came_by == "promo"
    plan = dice.weighted(
        [(name, market.promo_starters if small and name == "Starter" else weight) for name, weight in market.plans]
    )
    term = 0 if plan == "Starter" or dice.chance(market.no_term) else dice.weighted(market.terms)
    interval = {
        12: lambda: dice.weighted([("year", 6.0), ("quarter", 2.0), ("month", 2.0)]),
        6: lambda: dice.weighted([("half_year", 4.0), ("month", 6.0)]),
        0: lambda: dice.weighted([("month", 30.0), ("week", 1.0)]),
    }[min(term, 12)]()
    trial = plan in ("Starter", "Growth") and dice.chance(market.trials)
    starts = _first_paid_day(dice, moment, trial, small)
    finishes = dice.chance(0.42 if small else market.finishes)
    adopts_at, expands_at = _adoption(dice, starts, finishes, plan)
    name = cast.company_name(dice.random, industry)
    while name in names:
        name = cast.company_name(dice.random, industry)
    names.add(name)
    owner = dice.pick(cast.OWNERS[:5])
    if moment >= HANDED_OVER and owner == cast.LEAVER:
        owner = cast.HEIR
    return Account(
        id=f"P-{1000 + number}", name=name, domain=f"{cast.slug(name)}.example", industry=industry, country=country,
        region=region, currency=currency, size=dice.between(*cast.PEOPLE_EMPLOYED[plan]), plan=plan,
        seats=dice.between(*cast.SEATS[plan]) * market.seats, interval=interval, term=term, came_by=came_by,
        owner=owner, signed_up=moment, trial=trial, starts=starts, finishes=finishes, adopts_at=adopts_at,
        expands_at=expands_at, pays_late=dice.chance(0.12),
    )  # fmt: skip


def _first_paid_day(dice: Dice, moment: datetime, trial: bool, small: bool) -> datetime | None:
    """Trials run 14 days; most who pay do so by their end, a few much later. Who buys at once starts within days."""
    if not trial:
        return moment + days(dice.spread(0.1, 9))
    if not dice.chance(0.72 if small else 0.8):
        return None
    late = dice.weighted([(dice.spread(-6, 0), 6.0), (dice.spread(0, 5), 3.0), (dice.spread(9, 20), 0.6)])
    return moment + days(14 + late)


def _adoption(
    dice: Dice, starts: datetime | None, finishes: bool, plan: str
) -> tuple[datetime | None, datetime | None]:
    """Who takes up the launched feature, when, and when that leads to a larger plan (in months 11 to 13)."""
    early, throw, day = dice.random(), dice.random(), dice.between(0, 22)
    after, grows = dice.between(8, 60), dice.between(0, 90)
    if starts is None or not finishes:
        return None, None
    if starts.date() < LAUNCHED_ON - timedelta(days=7):
        if early > (0.5 if plan == "Starter" else 0.68):
            return None, None
        adopts = dice.clock(LAUNCHED_ON + timedelta(days=day))
        return adopts, dice.clock(date(2024, 11, 1) + timedelta(days=grows)) if throw < 0.85 else None
    return (starts + timedelta(days=after) if early < 0.35 else None), None


def _contacts(dice: Dice, account: Account) -> list[Contact]:
    number = {"Starter": 1, "Growth": 2, "Scale": 3, "Enterprise": 5}[account.plan] + dice.between(0, 2)
    made = []
    for place in range(number):
        first, last = dice.pick(cast.FIRST_NAMES), dice.pick(cast.LAST_NAMES)
        since = account.signed_up if place == 0 else account.signed_up + days(dice.skewed(12 * place))
        if since < AS_OF:
            made.append(
                Contact(
                    f"{account.id}-{place + 1}", f"{first}.{last}@{account.domain}".lower(), f"{first} {last}",
                    ROLES[0] if place == 0 else dice.pick(ROLES[1:]), since,
                )
            )  # fmt: skip
    return made


def customer_rows(accounts: list[Account]) -> list[Row]:
    """One row per stretch of constant attributes: plan and owner have histories."""
    rows: list[Row] = []
    for account in accounts:
        changes: dict[datetime, dict[str, str]] = {account.signed_up: {"plan": account.plan, "owner": account.owner}}
        for moment, plan in account.plans:
            changes.setdefault(max(moment, account.signed_up), {})["plan"] = plan
        if account.owner == cast.LEAVER and account.alive(HANDED_OVER) and account.signed_up < HANDED_OVER:
            changes.setdefault(HANDED_OVER, {})["owner"] = cast.HEIR
        now: dict[str, str] = {}
        moments = sorted(changes)
        for moment, until in zip(moments, [*moments[1:], None], strict=True):
            before = dict(now)
            now.update(changes[moment])
            if now == before:
                rows[-1]["valid_to"] = until
            else:
                rows.append(_customer_row(account, now["plan"], now["owner"], moment, until))
    return rows


def _customer_row(account: Account, plan: str, owner: str, since: datetime, until: datetime | None) -> Row:
    return {
        "customer_id": account.id, "name": account.name, "domain": account.domain, "created_at": account.signed_up,
        "owner": owner, "industry": account.industry, "region": account.region, "country": account.country,
        "size": account.size, "plan": plan, "tier": _tier(account), "touch": account.touch,
        "lifecycle": _lifecycle(account), "parent_id": account.parent, "came_by": account.came_by,
        "valid_from": since, "valid_to": until,
    }  # fmt: skip


def _tier(account: Account) -> str:
    return "A" if account.plan == "Enterprise" else "B" if account.plan == "Scale" else "C"


def _lifecycle(account: Account) -> str:
    """As the customer list shows it today: no history."""
    if account.starts is None or account.starts >= AS_OF:
        return "prospect"
    if account.left_at is not None:
        return "churned"
    return "onboarding" if add_months(account.starts, 2) > AS_OF else "live"


def contact_rows(accounts: list[Account]) -> list[Row]:
    """Everyone at every customer."""
    return [
        {
            "contact_id": one.id, "customer_id": account.id, "email": one.email, "name": one.name,
            "role": one.role, "created_at": one.created_at,
        }
        for account in accounts
        for one in account.contacts
    ]  # fmt: skip


def owner_at(account: Account, moment: datetime) -> str:
    """The CSM who looked after a customer then."""
    handed = account.owner == cast.LEAVER and moment >= HANDED_OVER
    return cast.HEIR if handed else account.owner


def contact_at(dice: Dice, account: Account, moment: datetime) -> Contact:
    """Someone who was already there."""
    there = [one for one in account.contacts if one.created_at <= moment]
    return dice.pick(there) if there else account.contacts[0]
