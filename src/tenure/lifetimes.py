"""What customers will still bring, by models fitted to all of them: renewals and buying. Machinery floor.

Models of `stats.clv`, over the horizon and discount that the metric states. Where there is too little to fit, there is
no value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tenure.compile.spread import Spread
from tenure.errors import RequestError
from tenure.lasting import DISCOUNT, Of

if TYPE_CHECKING:  # scipy is slow to import, and few metrics need it
    from tenure.stats.clv.bg_nbd import BgNbd
    from tenure.stats.clv.buyers import Buyers
    from tenure.stats.clv.gamma_gamma import GammaGamma
    from tenure.stats.clv.pareto_nbd import ParetoNbd
    from tenure.stats.clv.sbg import ShiftedBetaGeometric

MONTH = 30.4375
BUYING = ("buying", "buying_pareto")
"""Rows behind these: (cust, repeat purchases, days to the last, days watched, mean of a repeat purchase in cents)."""


def monthly_discount() -> float:
    """The rate of one month that makes DISCOUNT a year."""
    return float((1 + float(DISCOUNT)) ** (1 / 12) - 1)


def renewals(of: Of, spread: Spread) -> float | None:
    """The discounted months a customer is expected to stay within the horizon, from the first on."""
    model = _staying(of, spread)
    return None if model is None else float(model.expected_renewals(0, of.horizon, monthly_discount()))


def of_each(of: Of, spread: Spread) -> Mapping[int, float] | None:
    """By customer: what their purchases of the horizon are worth, discounted; None where no model fits."""
    from tenure.stats.clv.value import of_buyers

    found = _buying(of.what, spread)
    if found is None:
        return None
    buyers, model, money = found
    cust, x, _, _, cents = zip(*spread, strict=True)
    try:
        values = of_buyers(model, buyers, money.expected(x, cents) / 100, of.horizon, monthly_discount(), MONTH)
    except RequestError:
        return None
    return dict(zip(map(int, cust), map(float, values), strict=True))


def fitted(of: Of, spread: Spread) -> list[str]:
    """The models behind a lifetime with their parameters, in words; none where nothing was fitted.

    Times are days; the scale of gamma-gamma is money.
    """
    if of.what in BUYING:
        found = _buying(of.what, spread)
        if found is None:
            return []
        buyers, model, money = found
        name = "Pareto/NBD" if of.what == "buying_pareto" else "BG/NBD"
        worth = replace(money, gamma=money.gamma / 100)
        return [
            f"{name} fitted to {len(buyers.x):,} buyers, in days: {_named(model)}.",
            f"Gamma-gamma fitted to what {sum(1 for row in spread if row[1]):,} who came back paid: {_named(worth)}.",
        ]
    staying = _staying(of, spread) if of.what == "renewing" else None
    return [] if staying is None else [f"sBG fitted to how long they stayed: {_named(staying)}."]


def _named(model: BgNbd | ParetoNbd | GammaGamma | ShiftedBetaGeometric) -> str:
    return ", ".join(f"{field.name} {getattr(model, field.name):.4g}" for field in fields(model))


def _staying(of: Of, spread: Spread) -> ShiftedBetaGeometric | None:
    """How long customers stay, from renewal to renewal; None where there is too little to fit."""
    from tenure.stats.clv import sbg

    months: dict[int, tuple[int, int]] = {}
    for length, ended, still in spread:
        # Who leaves within the third month leaves at its renewal, the third; who is in it yet has renewed twice.
        for faced, left, there in ((max(1, -(-length // of.per)), ended, 0), (length // of.per, 0, still)):
            known = months.get(int(faced), (0, 0))
            months[int(faced)] = (known[0] + left, known[1] + there)
    try:
        return sbg.fit(months).model
    except RequestError:
        return None


@lru_cache(maxsize=2)
def _buying(what: str, spread: Spread) -> tuple[Buyers, BgNbd | ParetoNbd, GammaGamma] | None:
    """Buyers, how they buy and what they pay; None where there is too little to fit. The last ones are kept: whoever
    asks for a value asks for each customer's next."""
    from tenure.stats.clv import bg_nbd, gamma_gamma, pareto_nbd
    from tenure.stats.clv.buyers import Buyers

    _, x, last, watched, cents = list(zip(*spread, strict=True)) or [()] * 5
    try:
        buyers = Buyers.of(x, last, watched)
        model = (bg_nbd if what == "buying" else pareto_nbd).fit(buyers).model
        return buyers, model, gamma_gamma.fit(x, cents).model
    except RequestError:
        return None
