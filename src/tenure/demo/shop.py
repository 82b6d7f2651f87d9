"""What a shop is, who buys there and what: the purchases that every other table of a shop follows.
Floor: edges (demo)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from tenure.demo.dice import AS_OF, FIRST_DAY, Dice, Row, days, past
from tenure.demo.habits import Person, Pull, following
from tenure.demo.helpdesk import Team

PROMISED_DAYS = 4
LATE_IS_LAST = 0.78  # the share of people for whom a late parcel is the last one


@dataclass(frozen=True)
class Shop:
    """Where two shops differ."""

    prefix: str  # of customers' ids
    currency: str
    newcomers: tuple[int, ...]  # of each month
    places: tuple[tuple[str, float], ...]  # where people live, or the store next door, by weight
    a_year: float  # purchases, of somebody who stays
    members: float  # the share in the loyalty programme
    goods: tuple[tuple[str, int, int, float], ...]  # department, mean price, its cost in per cent, weight
    online: float  # the share of purchases; the rest is bought in the stores
    stores: tuple[str, ...]
    strollers: int  # a day in each store
    tills: float  # sales a day and store to people without a card
    pull: Pull
    local: Callable[[str, date], float]  # a store's own, in addition
    late: Callable[[datetime], float]  # the share of parcels that come late
    team: Team
    headcount: tuple[tuple[str, int, int], ...]  # department, at first, how many more in the end


@dataclass
class Purchase:
    """One order, in the shop's own words."""

    person: Person | None
    at: datetime
    department: str
    amount: Decimal
    cost: Decimal
    channel: str
    store: str | None
    status: str
    arrives: datetime | None = None
    id: str = ""

    @property
    def undone(self) -> bool:
        """Whether it was called off without having gone wrong, so that nobody has anything to say about it."""
        return self.status == "cancelled" and not self.wrong

    @property
    def due(self) -> datetime:
        """When the parcel should be there."""
        return self.at + timedelta(days=PROMISED_DAYS)

    @property
    def wrong(self) -> bool:
        """Whether it went wrong: the parcel came, or will come, after the promise."""
        return self.arrives is not None and self.arrives > self.due


def purchases(dice: Dice, shop: Shop, people: list[Person]) -> list[Purchase]:
    """Everything that was bought, in order of time."""
    made = _at_tills(dice, shop)
    for person in people:
        at = person.first
        while at is not None:
            bought = _purchase(dice, shop, person, at)
            made.append(bought)
            stays = not dice.chance(LATE_IS_LAST if bought.wrong else person.stop)
            at = following(dice, person.a_year, at, _pull_of(shop, person)) if stays else None
    made.sort(key=lambda one: one.at)
    for number, one in enumerate(made, start=1):
        one.id = f"O-{number:05d}"
    return made


def _pull_of(shop: Shop, person: Person) -> Pull:
    if person.place not in shop.stores:
        return shop.pull
    return lambda day: shop.pull(day) * shop.local(person.place, day)


def _at_tills(dice: Dice, shop: Shop) -> list[Purchase]:
    """Sales to nobody known, on the days the stores are open."""
    made = []
    for day in _open_days():
        for store in shop.stores:
            mean = shop.tills * shop.pull(day) * shop.local(store, day) * (1.6 if day.weekday() == 5 else 0.9)
            for _ in range(dice.count(mean)):
                at = dice.clock(day, 9, 19)
                made.append(_bought(dice, shop, None, at, "store", store))
    return made


def _open_days() -> list[date]:
    every = [FIRST_DAY + timedelta(days=number) for number in range((AS_OF.date() - FIRST_DAY).days)]
    return [day for day in every if day.weekday() < 6 and (day.month, day.day) not in ((1, 1), (12, 25))]


def _purchase(dice: Dice, shop: Shop, person: Person, at: datetime) -> Purchase:
    online = dice.chance(shop.online)
    store = None if online else person.place
    made = _bought(dice, shop, person, at, "online" if online else "store", store)
    if online and made.status != "cancelled":
        late = dice.chance(shop.late(at))
        made.arrives = made.due + (days(dice.spread(0.4, 8)) if late else -days(dice.spread(0.2, 2.6)))
        if made.arrives >= AS_OF and made.status != "refunded":
            made.status = "placed"
    return made


def _bought(dice: Dice, shop: Shop, person: Person | None, at: datetime, channel: str, store: str | None) -> Purchase:
    name, price, per_cent, _ = dice.weighted([(one, one[3]) for one in shop.goods])
    amount = Decimal(int(price * dice.spread(0.5, 1.2) * dice.weighted([(1, 6.0), (2, 3.0), (3, 1.0)]) * 100)) / 100
    cost = (amount * per_cent / 100).quantize(Decimal("0.01"))
    back = 0.05 if channel == "online" else 0.015
    status = dice.weighted([("fulfilled", 1 - 2 * back), ("refunded", 1.4 * back), ("cancelled", 0.6 * back)])
    return Purchase(person, at, name, amount, cost, channel, store, status)


def customer_rows(people: list[Person]) -> list[Row]:
    """The customer list; nobody looks after single shoppers, so there is no owner."""
    return [
        {
            "customer_id": one.id, "name": one.name, "created_at": one.since, "region": one.place,
            "tier": "member" if one.member else "guest", "came_by": one.came_by,
        }
        for one in people
    ]  # fmt: skip


def order_rows(shop: Shop, bought: list[Purchase]) -> list[Row]:
    """With the department and the store, to group by."""
    return [
        {
            "order_id": one.id, "customer_id": one.person.id if one.person else None, "placed_at": one.at,
            "amount": one.amount, "cost": one.cost, "currency": shop.currency, "channel": one.channel,
            "status": one.status, "department": one.department, "store": one.store,
        }
        for one in bought
    ]  # fmt: skip


def delivery_rows(bought: list[Purchase]) -> list[Row]:
    """Parcels whose promise lies before the data end."""
    rows: list[Row] = []
    for one in bought:
        if one.arrives is not None and one.person is not None and one.due < AS_OF:
            rows.append(
                {
                    "delivery_id": f"DL-{len(rows) + 1:05d}", "customer_id": one.person.id, "order_id": one.id,
                    "promised_at": one.due, "delivered_at": past(one.arrives),
                }
            )  # fmt: skip
    return rows
