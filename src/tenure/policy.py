"""What counts: the questions on which companies and vendors disagree, as named rules. Language floor.

A workspace's `[policy]` chooses a preset (`revenue = "chartmogul"`) and may override single rules. A metric's variant
may fix a rule too (`mrr --variant gross` fixes discounts = "gross"). What each vendor does is as published by it, read
in November 2026; where a vendor says nothing, tenure's own rule stands. docs/policy.md is made from this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenure.errors import ConfigError, suggest


@dataclass(frozen=True)
class Rule:
    """One question, the answers it may have (each with its meaning), and the default."""

    key: str
    question: str
    answers: Mapping[str, str]
    default: str


REVENUE_RULES: tuple[Rule, ...] = (
    Rule(
        "discounts",
        "Are discounts taken off MRR?",
        {
            "deducted": "all, while they are in force",
            "gross": "none: the list amount counts",
            "forever_only": "only those that last forever",
            "recurring_only": "those that repeat, not those given once",
        },
        "deducted",
    ),
    Rule(
        "churn_at",
        "When does a cancelled subscription stop counting?",
        {
            "service_end": "when the service ends",
            "cancelled_at": "when the billing system ends it",
            "scheduled_at": "when the customer asks for it",
        },
        "service_end",
    ),
    Rule(
        "past_due",
        "Do past-due subscriptions count?",
        {
            "counts": "yes, until they end",
            "excluded": "no",
            "auto_churn": "for the first `past_due_days` days",
        },
        "counts",
    ),
    Rule(
        "paused",
        "Do paused subscriptions count?",
        {
            "excluded": "no: churn or contraction at the pause, reactivation or expansion at the return",
            "counts": "yes, as if they ran",
            "churn": "no, the same as excluded: a pause is churn",
        },
        "excluded",
    ),
    Rule(
        "trial",
        "Do trials count?",
        {"excluded": "no, not even paid ones", "paid_counts": "those that are paid for"},
        "excluded",
    ),
    Rule(
        "free_is",
        "Is a customer whose MRR has fallen to 0 still one?",
        {"churned": "no", "active_free": "yes, while a subscription runs"},
        "churned",
    ),
    Rule(
        "metered",
        "Does metered use count?",
        {"excluded": "no", "included": "a third in its month and in each of the two months after (a trailing mean)"},
        "excluded",
    ),
    Rule("minimum", "Do minimum commitments count?", {"excluded": "no", "included": "yes"}, "excluded"),
    Rule(
        "refunds",
        "Does a refund move MRR?",
        {"no_effect": "no", "full_refund_cancels": "a full refund ends the subscription it paid for"},
        "no_effect",
    ),
    Rule(
        "week",
        "How many months is a week?",
        {"52_a_year": "12/52", "exact": "12 x 7 / 365.25"},
        "52_a_year",
    ),
    Rule(
        "reactivation",
        "What is the MRR of a customer who returns?",
        {"reactivation": "a movement of its own", "new": "new", "expansion": "expansion"},
        "reactivation",
    ),
    Rule(
        "same_period",
        "Do customers count who join and leave within one calendar month?",
        {"both": "yes: new, then churn", "ignore": "no, not at all"},
        "both",
    ),
    Rule(
        "simultaneous",
        "Which changes of one customer are one movement?",
        {
            "day": "those of one local day",
            "60min": "those less than 60 minutes apart",
            "month": "those of one calendar month",
        },
        "day",
    ),
    Rule(
        "partial_cancel",
        "One of a customer's subscriptions ends, others go on: what is that?",
        {"contraction": "contraction", "churn": "churn"},
        "contraction",
    ),
    Rule(
        "counts_from",
        "From when does a signed subscription count?",
        {
            "start": "from its start to its end",
            "signing": "from its signature, and only until its cancellation is asked for (committed MRR)",
        },
        "start",
    ),
    Rule(
        "terms",
        "Which billing terms count?",
        {"any": "all", "annual": "those of twelve months or more"},
        "any",
    ),
    Rule(
        "fx",
        "What is a change of exchange rates?",
        {
            "own_line": "a line of its own, fx",
            "in_movements": "expansion or contraction",
            "at_signing": "nothing: each stretch keeps the rate of the day it was signed",
            "none": "nothing: amounts are added as they stand, whatever their currency",
        },
        "own_line",
    ),
)

PRESETS: Mapping[str, Mapping[str, str]] = {
    "tenure": {},
    "chartmogul": {
        "churn_at": "cancelled_at",
        "free_is": "active_free",
        "simultaneous": "60min",
        "fx": "in_movements",
    },
    "stripe": {
        "discounts": "forever_only",
        "churn_at": "scheduled_at",
        "paused": "counts",
        "partial_cancel": "churn",
    },
    "profitwell": {
        "past_due": "auto_churn",
        "paused": "churn",
        "same_period": "ignore",
        "fx": "at_signing",
    },
    "baremetrics": {"churn_at": "cancelled_at"},
    "lago": {
        "discounts": "gross",
        "churn_at": "cancelled_at",
        "reactivation": "expansion",
        "fx": "none",
    },
}


@dataclass(frozen=True)
class Setting:
    """A number (`whole`: without a fraction) or word that a metric reads: key, meaning, default, what it may be."""

    key: str
    meaning: str
    default: float | int | str | None
    choices: tuple[str, ...] = ()
    whole: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("gross_margin", "the part of revenue kept, 0 to 1; none: revenue is shown, and labelled so", None),
    Setting("past_due_days", "for past_due = auto_churn: days a past-due subscription still counts", 30, whole=True),
    Setting(
        "order_customer_days", "without subscriptions: an order makes a customer for this many days", 365, whole=True
    ),
    Setting("retention_share", "the part of retained revenue that retention work takes credit for", 1),
    Setting(
        "cac_lag_months",
        "the sales cycle in whole months, for cac's lagged variant: costs that long before",
        1,
        whole=True,
    ),
    Setting(
        "fcr_days", "a reopening or a new ticket on the topic within so many days undoes a first contact", 7, whole=True
    ),
    Setting(
        "fcr_patience_days",
        "for first_contact_resolution's mature variant: days a customer may take to come back",
        7,
        whole=True,
    ),
    Setting(
        "fcr_transfers",
        "whether a ticket that went on to another agent or team can be a lasting first contact (mature)",
        "counted",
        ("counted", "undo"),
    ),
    Setting("engagement_days", "the weight of days of use in engagement", 1),
    Setting("engagement_breadth", "the weight of breadth of use in engagement", 1),
    Setting("engagement_hours", "the weight of session hours in engagement", 1),
    Setting("loyalty_purchases", "the weight of repeat purchases or renewals in loyalty", 1),
    Setting("loyalty_nps", "the weight of NPS in loyalty", 1),
    Setting("loyalty_referrals", "the weight of referrals in loyalty", 1),
    Setting("csat_positive", "which answers are positive", "top", ("top", "top2", "top3", "yes")),
)


@dataclass(frozen=True)
class Policy:
    """The rules and settings in force."""

    preset: str = "tenure"
    rules: tuple[tuple[str, str], ...] = ()
    settings: Mapping[str, float | int | str | None] = field(default_factory=dict)

    def rule(self, key: str) -> str:
        """The answer in force for one rule."""
        return dict(self.all_rules())[key]

    def all_rules(self) -> tuple[tuple[str, str], ...]:
        """Every rule with the answer in force, in the order of REVENUE_RULES."""
        chosen = {**PRESETS[self.preset], **dict(self.rules)}
        return tuple((rule.key, chosen.get(rule.key, rule.default)) for rule in REVENUE_RULES)

    def setting(self, key: str) -> float | int | str | None:
        """One setting, or its default."""
        default = next(s.default for s in SETTINGS if s.key == key)
        return self.settings.get(key, default)

    def with_rules(self, rules: tuple[tuple[str, str], ...]) -> Policy:
        """The same policy with some rules fixed."""
        return Policy(self.preset, tuple({**dict(self.rules), **dict(rules)}.items()), self.settings)

    @staticmethod
    def of_preset(name: str) -> Policy:
        """A preset as it is."""
        return Policy(name)


def parse(raw: Mapping[str, object], where: str) -> Policy:
    """`[policy]` of tenure.toml; `where` names the file. Raises ConfigError with the key and the nearest valid name."""
    rules = {rule.key: rule for rule in REVENUE_RULES}
    settings = {setting.key: setting for setting in SETTINGS}
    preset = "tenure"
    chosen: dict[str, str] = {}
    values: dict[str, float | int | str | None] = {}
    for key, value in raw.items():
        place = f"{where}: policy.{key}"
        if key == "revenue":
            preset = _one_of(value, PRESETS, place)
        elif key in rules:
            chosen[key] = _one_of(value, rules[key].answers, place)
        elif key in settings:
            values[key] = _setting(settings[key], value, place)
        else:
            near = suggest(key, ["revenue", *rules, *settings])
            raise ConfigError("There is no such key.", where=place, todo=f"Did you mean {near!r}?" if near else None)
    return Policy(preset, tuple(chosen.items()), values)


def _one_of(value: object, known: Mapping[str, object], place: str) -> str:
    if isinstance(value, str) and value in known:
        return value
    near = suggest(str(value), list(known))
    hint = f"Did you mean {near!r}? " if near else ""
    raise ConfigError(f"{value!r} is not an answer.", where=place, todo=f"{hint}Use one of {', '.join(known)}.")


def _setting(setting: Setting, value: object, place: str) -> float | int | str:
    if setting.choices:
        return _one_of(value, dict.fromkeys(setting.choices), place)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ConfigError(f"{value!r} is not a number from 0 on.", where=place, todo=f"It is {setting.meaning}.")
    if setting.whole and value != int(value):
        raise ConfigError(f"{value!r} is not a whole number.", where=place, todo=f"It is {setting.meaning}.")
    return value
