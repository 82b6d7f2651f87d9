"""The customer model: every table, column, key and choice that sources map into and metrics read. Ground floor.

The names are the contract: a file with these columns imports without any mapping. This module is data only; `load`
makes rows obey it, `store` serves them, rollups and metrics read nothing else.

    TABLES["subscriptions"].columns["amount"]   -> Column(kind="decimal", required=True)
    day_of("started_at")                        -> "started_day", the date of that instant in the workspace's zone
"""

from __future__ import annotations

from dataclasses import dataclass, field

KINDS = ("id", "text", "int", "decimal", "rate", "float", "flag", "instant", "date", "currency", "enum")

SQL_TYPES = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "enum": "VARCHAR",
    "currency": "VARCHAR",
    "int": "BIGINT",
    "decimal": "DECIMAL(18,4)",
    "rate": "DECIMAL(20,12)",
    "float": "DOUBLE",
    "flag": "BOOLEAN",
    "instant": "TIMESTAMP",
    "date": "DATE",
}
"""How each kind is stored. An instant is UTC without a zone and has a DATE companion named by `day_of`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a model table.

    `tense` is what `as_of` does to a time: a row whose `main` time is at or after as_of does not exist, what `happened`
    at or after it reads as empty, what is `planned` stays. `default` fills an empty value; `default_if_set` names the
    column whose presence makes an empty flag true.
    """

    name: str
    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()
    default: object = None
    default_if_set: str = ""
    tense: str = ""

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.kind]

    @property
    def day(self) -> str | None:
        """The DATE companion of an instant, None for any other kind."""
        return day_of(self.name) if self.kind == "instant" else None


@dataclass(frozen=True, slots=True)
class State:
    """A column that was decided at a time: the first of `decided_by` that is set.

    Where that time is at or after as_of the column reads as `reads`; where none is set it is taken as it is.
    """

    column: str
    decided_by: tuple[str, ...]
    reads: object


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the model.

    `key` makes a row one of its kind. With `optional_id` (the key is one id that may be empty) a row without it is
    keyed by its content and occurrence. `order` lists (earlier, later) pairs of times: later < earlier is a reject.
    """

    name: str
    columns: dict[str, Column]
    key: tuple[str, ...]
    main_time: str | None
    optional_id: bool = False
    states: dict[str, State] = field(default_factory=dict)
    order: tuple[tuple[str, str], ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns.values() if c.required)

    @property
    def times(self) -> tuple[str, ...]:
        """Every instant and date column."""
        return tuple(c.name for c in self.columns.values() if c.kind in ("instant", "date"))

    @property
    def customer(self) -> str | None:
        """The column that says whose row it is, None for tables that belong to nobody."""
        return "customer_id" if "customer_id" in self.columns else None

    def stored(self) -> dict[str, str]:
        """Every stored column and its SQL type, in order: the model's with their days, then updated_at and deleted."""
        out: dict[str, str] = {}
        for column in (*self.columns.values(), UPDATED_AT, DELETED):
            out[column.name] = column.sql_type
            if column.day and column is not UPDATED_AT:
                out[column.day] = "DATE"
        return out


UPDATED_AT = Column("updated_at", "instant")
DELETED = Column("deleted", "flag", default=False)
"""Every table may carry these two: the newer row wins; a deleted row is a tombstone. updated_at has no day."""


def day_of(column: str) -> str:
    """The name of an instant's DATE companion: at -> day, created_at -> created_day, valid_from -> valid_from_day."""
    if column == "at":
        return "day"
    return f"{column.removesuffix('_at')}_day"


_PLANNED = {"ends_on", "due_on", "due_at", "discount_ends_at", "valid_to"}
_DEFAULTS: dict[str, object] = {"interval_count": 1, "quantity": 1, "share": 1, "weight": 1}
_TRUE_FLAGS = {"higher_is_better", "required", "public"}
_UNKNOWN_FLAGS = {"is_positive", "won", "recurring"}


def _column(table: str, word: str, main: str | None) -> Column:
    """One column from its word in the list below: `name:kind`, `name:a|b|c` (choices), a trailing ! means required."""
    name, _, kind = word.rstrip("!").partition(":")
    choices: tuple[str, ...] = ()
    if "|" in kind:
        choices, kind = tuple(kind.split("|")), "enum"
    if not kind:
        kind = _kind_by_name(name)
    default = _DEFAULTS.get(name)
    if kind == "flag" and name not in _UNKNOWN_FLAGS:
        default = name in _TRUE_FLAGS
    if (table, name) in {("subscriptions", "status"), ("visits", "count")}:
        default = "active" if name == "status" else 1
    tense = ""
    if kind in ("instant", "date"):
        planned = name in _PLANNED or (table, name) in {("trials", "ends_at"), ("holidays", "on")}
        # An attribute's stretch is learned when it begins: like created_at, valid_from decides whether the row exists.
        tense = "main" if name in (main, "valid_from") else "planned" if planned else "happened"
    if_set = "subscription_id" if (table, name) == ("invoices", "recurring") else ""
    return Column(name, kind, word.endswith("!"), choices, default, if_set, tense)


def _kind_by_name(name: str) -> str:
    if name.endswith("_id"):
        return "id"
    if name == "at" or name.endswith("_at"):
        return "instant"
    if name == "on" or name.endswith("_on"):
        return "date"
    return "currency" if name == "currency" else "text"


def _table(
    name: str,
    words: str,
    *,
    key: str = "",
    main: str | None = None,
    states: tuple[State, ...] = (),
    order: tuple[tuple[str, str], ...] = (),
) -> Table:
    columns = {c.name: c for c in (_column(name, w, main) for w in words.split())}
    keys = tuple(key.split()) or (next(iter(columns)),)
    first = columns[keys[0]]
    optional = len(keys) == 1 and first.name.endswith("_id") and not first.required
    return Table(name, columns, keys, main, optional, {s.column: s for s in states}, order)


_CHANNELS = "online|store|other"
_LIST = (
    # People and companies
    _table(
        "customers",
        "customer_id! name domain created_at owner industry region country size:int plan tier touch:high|low lifecycle"
        " parent_id valid_from:instant valid_to:instant",
        key="customer_id valid_from",
        main="created_at",
    ),
    _table("contacts", "contact_id! customer_id email name role created_at", main="created_at"),
    _table(
        "interactions",
        "interaction_id customer_id contact_id owner kind:call|meeting|email|review|other at",
        main="at",
    ),
    _table("outcomes", "outcome_id customer_id goal agreed_at due_on achieved_at", main="agreed_at"),
    _table("staff", "on department headcount:decimal", key="on department", main="on"),
    _table("agents", "agent:id team schedule:id", key="agent"),
    _table(
        "deals",
        "deal_id! customer_id kind:new|renewal|upsell|cross_sell stage amount:decimal currency opened_at closed_at"
        " won:flag",
        main="opened_at",
        states=(State("won", ("closed_at",), None), State("stage", ("closed_at",), None)),
    ),
    _table(
        "advocacy_acts",
        "act_id customer_id kind:reference|case_study|testimonial|event|poll|community at",
        main="at",
    ),
    # Revenue
    _table(
        "subscriptions",
        "subscription_id! customer_id! product product_family plan quantity:decimal amount:decimal! list_amount:decimal"
        " discount_kind:once|repeating|forever discount_ends_at currency!"
        " interval:day|week|month|quarter|half_year|year! interval_count:int usage_type:licensed|metered|minimum"
        " status:active|past_due|paused|unpaid|incomplete is_trial:flag signed_at started_at! ended_at"
        " cancel_requested_at cancelled_at cancel_reason change_reason",
        key="subscription_id product started_at",
        main="started_at",
        order=(("started_at", "ended_at"),),
    ),
    _table(
        "contracts",
        "contract_id! customer_id! signed_on starts_on ends_on value:decimal currency auto_renew:flag renews:id"
        " terminated_on outcome:open|renewed|churned decided_on",
        main="starts_on",
        states=(State("outcome", ("decided_on", "ends_on"), "open"),),
        order=(("starts_on", "ends_on"),),
    ),
    _table(
        "trials",
        "trial_id! customer_id started_at ends_at converted_at",
        main="started_at",
        order=(("started_at", "ends_at"),),
    ),
    _table(
        "invoices",
        "invoice_id! customer_id subscription_id recurring:flag issued_at due_at paid_at amount:decimal currency"
        " status:draft|open|paid|void|uncollectible",
        main="issued_at",
        states=(State("status", ("paid_at",), "open"),),
    ),
    _table(
        "payments",
        "payment_id! customer_id invoice_id at amount:decimal fee:decimal currency status:succeeded|failed|refunded"
        " refund_of:id",
        main="at",
    ),
    _table(
        "orders",
        f"order_id! customer_id placed_at amount:decimal cost:decimal currency channel:{_CHANNELS}"
        " status:placed|fulfilled|cancelled|refunded",
        main="placed_at",
    ),
    _table(
        "costs",
        "cost_id category:acquisition|retention|support|goods|other"
        " line:advertising|salaries|commissions|tooling|loyalty|communications|other channel share:rate at"
        " amount:decimal currency customer_id",
        main="at",
    ),
    _table("fx_rates", "currency! on! rate:rate!", key="currency on", main="on"),
    # Product use
    _table("events", "event_id customer_id contact_id name! at!", main="at"),
    _table(
        "sessions",
        "session_id customer_id contact_id started_at ended_at",
        main="started_at",
        order=(("started_at", "ended_at"),),
    ),
    _table("features", "feature:id! family released_on", key="feature"),
    _table(
        "entitlements",
        "customer_id! feature:id! started_at ended_at",
        key="customer_id feature started_at",
        main="started_at",
        order=(("started_at", "ended_at"),),
    ),
    _table(
        "onboarding_steps",
        "customer_id! contact_id step! position:int required:flag weight:decimal assigned_at started_at completed_at",
        key="customer_id contact_id step",
        main="started_at",
        order=(("started_at", "completed_at"),),
    ),
    _table(
        "resource_views",
        "view_id customer_id contact_id resource kind:view|interaction|download at",
        main="at",
    ),
    # Support
    _table(
        "tickets",
        "ticket_id! customer_id contact_id agent:id team channel category priority"
        " status:new|open|pending|on_hold|solved|closed|deleted created_at! first_response_at first_resolved_at"
        " resolved_at closed_at reopened_count:int reopen_source:native|history|last_only agent_replies:int"
        " customer_replies:int reassignments:int agent_initiated:flag merged_into:id is_spam:flag",
        main="created_at",
        states=(State("status", ("resolved_at", "closed_at"), "open"),),
        order=(
            ("created_at", "resolved_at"),
            ("created_at", "first_resolved_at"),
            ("created_at", "first_response_at"),
        ),
    ),
    _table("ticket_messages", "message_id ticket_id! at author:customer|agent|system public:flag body", main="at"),
    _table("ticket_changes", "change_id ticket_id! at field:status|agent|team|priority value", main="at"),
    _table(
        "schedules",
        "schedule:id weekday:monday|tuesday|wednesday|thursday|friday|saturday|sunday opens closes timezone",
        key="schedule weekday opens",
    ),
    _table("holidays", "schedule:id on", key="schedule on"),
    # Voice of the customer
    _table(
        "survey_responses",
        "response_id! survey kind:nps|csat|ces|service|acsi|employee|other question customer_id contact_id owner"
        " channel asked_at delivered_at opened_at answered_at score:decimal scale_min:decimal scale_max:decimal"
        " higher_is_better:flag is_positive:flag comment touchpoint:ticket|order|interaction|none touchpoint_id",
        key="response_id question",
        main="asked_at",
        states=tuple(State(c, ("answered_at",), None) for c in ("score", "is_positive", "comment")),
        order=(("asked_at", "answered_at"),),
    ),
    _table("reviews", "review_id customer_id at rating:decimal scale_max:decimal source body", main="at"),
    _table("referrals", "referral_id customer_id at referred converted_at", main="at"),
    _table("mentions", "mention_id customer_id at source body sentiment:float", main="at"),
    # Trade and operations
    _table("visits", "visit_id visitor:id customer_id at channel:site|app|store place count:int", main="at"),
    _table(
        "carts",
        "cart_id! customer_id created_at items:int ordered_at order_id",
        main="created_at",
        states=(State("order_id", ("ordered_at",), None),),
    ),
    _table(
        "projects",
        "project_id! customer_id started_at due_on finished_at budget:decimal cost:decimal"
        " outcome:success|failure|open",
        main="started_at",
        states=(State("outcome", ("finished_at",), "open"),),
    ),
    _table(
        "jobs",
        "job_id! provider customer_id accepted_at completed_at status:accepted|completed|cancelled",
        main="accepted_at",
        states=(State("status", ("completed_at",), "accepted"),),
    ),
    _table("deliveries", "delivery_id! customer_id order_id promised_at delivered_at", main="promised_at"),
    _table("inspections", "inspection_id at product units:int defects:int", main="at"),
    _table("stock", "on! product! value:decimal currency", key="on product", main="on"),
)

TABLES: dict[str, Table] = {t.name: t for t in _LIST}
"""Every table of the model by its name."""

REJECTS: dict[str, str] = {
    "source": "VARCHAR",
    "table_name": "VARCHAR",
    "file": "VARCHAR",
    "line": "BIGINT",
    "reason": "VARCHAR",
    "row": "VARCHAR",
    "loaded_at": "TIMESTAMP",
}
"""The columns of `rejects`, the table of rows that could not be used, and their SQL types."""
