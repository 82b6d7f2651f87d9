"""The core metrics of each type of business, from article 001 (rows M70-M76 of the inventory). Language floor.

Article 003 advises to choose by touch: with high touch health, NPS and expansion, with low touch active users, feature
adoption and first contact resolution.
"""

from __future__ import annotations

_CORE = {
    "saas": ("customer_churn_rate", "clv", "expansion_mrr"),
    "ecommerce": ("conversion_rate", "cart_abandonment_rate", "rating"),
    "b2b": ("nps", "customer_retention_rate", "cac"),
    "services": ("csat", "project_success_rate"),
    "retail": ("foot_traffic", "average_transaction_value", "inventory_turnover"),
    "marketplace": ("rating", "job_completion_rate"),
    "manufacturing": ("on_time_delivery_rate", "defect_rate"),
}
_SUBSCRIBED = ("mrr", "nrr", "grr", "customer_churn_rate")
_TOUCH = {
    "high": ("health", "nps", "expansion_rate"),
    "low": ("mau", "feature_adoption_rate", "first_contact_resolution"),
}
TYPES = tuple(_CORE)


def core_set(business: str, touch: str | None = None, *, subscriptions: bool = True) -> list[str]:
    """The ids of the metrics to start from, in order. Those without data are left out where they are shown."""
    always = ("customers", *(_SUBSCRIBED if subscriptions else ()))
    wanted = [*always, *_CORE.get(business, ()), *_TOUCH.get(touch or "", ())]
    return list(dict.fromkeys(wanted))
