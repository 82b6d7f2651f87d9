"""What customers will still bring, by models fitted to all of them: renewals and buying. Machinery floor.

Models of `stats.clv`, over the horizon and discount that the metric states. Where there is too little to fit, there is
no value.
"""

from __future__ import annotations

from collections.abc import Mapping

from tenure.compile.spread import Spread
from tenure.errors import RequestError
from tenure.lasting import DISCOUNT, Of

MONTH = 30.4375
BUYING = ("buying", "buying_pareto")
"""Rows behind these: (cust, repeat purchases, days to the last, days watched, mean of a repeat purchase in cents)."""


def monthly_discount() -> float:
    """The rate of one month that makes DISCOUNT a year."""
    return float((1 + float(DISCOUNT)) ** (1 / 12) - 1)


def renewals(of: Of, spread: Spread) -> float | None:
    """The discounted months a customer is expected to stay within the horizon, from the first on."""
    from tenure.stats.clv import sbg

    months: dict[int, tuple[int, int]] = {}
    for length, ended, still in spread:
        # Who leaves within the third month leaves at its renewal, the third; who is in it yet has renewed twice.
        for faced, left, there in ((max(1, -(-length // of.per)), ended, 0), (length // of.per, 0, still)):
            known = months.get(int(faced), (0, 0))
            months[int(faced)] = (known[0] + left, known[1] + there)
    try:
        model = sbg.fit(months).model
    except RequestError:
        return None
    return float(model.expected_renewals(0, of.horizon, monthly_discount()))


def of_each(of: Of, spread: Spread) -> Mapping[int, float] | None:
    """By customer: what their purchases of the horizon are worth, discounted; None where no model fits."""
    from tenure.stats.clv import bg_nbd, gamma_gamma, pareto_nbd
    from tenure.stats.clv.buyers import Buyers
    from tenure.stats.clv.value import of_buyers

    columns = list(zip(*spread, strict=True)) or [()] * 5
    cust, x, last, watched, cents = columns
    try:
        buyers = Buyers.of(x, last, watched)
        model = (bg_nbd if of.what == "buying" else pareto_nbd).fit(buyers).model
        worth = gamma_gamma.fit(x, cents).model.expected(x, cents) / 100
        values = of_buyers(model, buyers, worth, of.horizon, monthly_discount(), MONTH)
    except RequestError:
        return None
    return dict(zip(map(int, cust), map(float, values), strict=True))
