"""What customers will still bring, by models fitted to all of them: renewals and buying. Machinery floor.

Models of `stats.clv`, over the horizon and discount that the metric states. Where there is too little to fit, there is
no value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from tenure.compile.spread import Spread
from tenure.errors import RequestError
from tenure.lasting import DISCOUNT, Of

MONTH = 30.4375
BUYING = ("buying", "buying_pareto")
"""Rows behind these: (cust, repeat purchases, days to the last, days watched, mean of a repeat purchase in cents)."""
RENEWING = "renewing"
FITTED = (*BUYING, RENEWING)
Models = Mapping[str, Mapping[str, float]]
"""By the name of each model its parameters; those of time in days, those of money in cents."""


@dataclass(frozen=True)
class Fitted:
    """Models and what they say: of each customer what its purchases will bring, or (None) of everybody alike."""

    models: Models
    values: Mapping[int | None, float]


def monthly_discount() -> float:
    """The rate of one month that makes DISCOUNT a year."""
    return float((1 + float(DISCOUNT)) ** (1 / 12) - 1)


def fitted(of: Of, spread: Spread) -> Fitted | None:
    """The models behind `of`, fitted to these customers; None where none fits."""
    try:
        return _renewing(of, spread) if of.what == RENEWING else _buying(of, spread)
    except RequestError:
        return None


def renewals(of: Of, spread: Spread) -> float | None:
    """The discounted months a customer is expected to stay within the horizon, from the first on."""
    found = fitted(of, spread)
    return None if found is None else found.values[None]


def of_each(of: Of, spread: Spread) -> Mapping[int | None, float] | None:
    """By customer: what their purchases of the horizon are worth, discounted; None where no model fits."""
    found = fitted(of, spread)
    return None if found is None else found.values


def said(models: Models) -> list[str]:
    """What was fitted, as one note."""
    told = [f"{name} ({', '.join(f'{one} {value:.4g}' for one, value in of.items())})" for name, of in models.items()]
    return [f"Fitted, time in days, money in cents: {'; '.join(told)}."] if told else []


def _renewing(of: Of, spread: Spread) -> Fitted:
    from tenure.stats.clv import sbg

    months: dict[int, tuple[int, int]] = {}
    for length, ended, still in spread:
        # Who leaves within the third month leaves at its renewal, the third; who is in it yet has renewed twice.
        for faced, left, there in ((max(1, -(-length // of.per)), ended, 0), (length // of.per, 0, still)):
            known = months.get(int(faced), (0, 0))
            months[int(faced)] = (known[0] + left, known[1] + there)
    model = sbg.fit(months).model
    ahead = float(model.expected_renewals(0, of.horizon, monthly_discount()))
    return Fitted({sbg.NAME: asdict(model)}, {None: ahead})


def _buying(of: Of, spread: Spread) -> Fitted:
    from tenure.stats.clv import bg_nbd, gamma_gamma, pareto_nbd
    from tenure.stats.clv.buyers import Buyers
    from tenure.stats.clv.value import of_buyers

    columns = list(zip(*spread, strict=True)) or [()] * 5
    cust, x, last, watched, cents = columns
    buyers = Buyers.of(x, last, watched)
    how = bg_nbd if of.what == "buying" else pareto_nbd
    model = how.fit(buyers).model
    money = gamma_gamma.fit(x, cents).model
    values = of_buyers(model, buyers, money.expected(x, cents) / 100, of.horizon, monthly_discount(), MONTH)
    each: dict[int | None, float] = dict(zip(map(int, cust), map(float, values), strict=True))
    return Fitted({how.NAME: asdict(model), gamma_gamma.NAME: asdict(money)}, each)
