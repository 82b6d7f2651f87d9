"""What the HTTP API takes and gives, in types: what openapi.json is made of."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Grain = Literal["day", "week", "month", "quarter", "year", "total"]
Text = Annotated[str, Field(max_length=2000)]
Words = Annotated[list[Text], Field(max_length=50)]


class ShowAsk(Schema):
    """As the options of `tenure show`."""

    metric: Words = Field([], description="A metric's id; repeat it for several. Without one, the core set.")
    from_: Text | None = Field(None, alias="from", description="First period: 2024-12, 2024-Q4, 2024, 2024-W50.")
    to: Text | None = Field(None, description="Last period, included.")
    last: int | None = Field(None, ge=1, le=1200, description="The last N complete periods (12 by default).")
    grain: Grain | None = Field(None, description="The length of a period.")
    by: Words = Field([], description="Columns to group by; repeated or joined by commas.")
    where: Words = Field([], description="A condition such as region = 'EU', or @segment; repeat it for several.")
    variant: Text | None = Field(None, description="Another way to count.")
    compare: Literal["previous", "year"] | None = Field(None, description="Each row against another period.")
    window: Text | None = Field(None, description="For retention: how long before the end the cohort stands: 12m.")


class ExplainAsk(Schema):
    """As the options of `tenure explain`."""

    metric: Text = Field(description="A metric's id.")
    period: Text = Field(description="2024-12, 2024-Q4, 2024, 2024-W50 or 2024-12-31.")
    where: Words = Field([], description="A condition, or @segment; repeat it for several.")
    variant: Text | None = None
    versus: Text | None = Field(None, description="A variant or a vendor preset to compare with.")


class MetricsAsk(Schema):
    """As the argument of `tenure metrics`."""

    word: Text | None = Field(None, description="Only metrics whose id, title or text holds it.")


class CustomersAsk(Schema):
    """As the options of `tenure customers`."""

    where: Words = Field([], description="A condition, or @segment; repeat it for several.")
    search: Text = Field("", description="Words in id, name, domain or owner.")
    sort: Text = Field("mrr", description="A column of the list, or of the customers.")
    order: Literal["up", "down"] | None = Field(None, description="Smallest or greatest first.")
    limit: int = Field(50, ge=1, le=1000, description="Customers on a page.")
    offset: int = Field(0, ge=0, le=100_000_000, description="Customers before it.")
    columns: Words = Field([], description="Only these columns; repeated or joined by commas.")


class CustomerAsk(Schema):
    """Which part of a customer's timeline is wanted."""

    limit: int = Field(50, ge=1, le=1000, description="Entries of the timeline on a page.")
    offset: int = Field(0, ge=0, le=100_000_000, description="Entries before it.")
    types: Words = Field([], description="Only entries of these types.")


class Open(Schema):
    """An object that may say more than is promised here."""

    model_config = ConfigDict(extra="allow")


class Compare(Open):
    """A row against another period."""

    period: str
    value: float | None
    difference: float | None
    low: float | None
    high: float | None
    noise: bool | None


class Row(Open):
    """One figure."""

    period: str
    start: str
    end: str
    by: dict[str, str | int]
    value: float | None
    numerator: float | None
    denominator: float | None
    n: int | None
    low: float | None
    high: float | None
    complete: bool
    reason: str | None
    compare: Compare | None = None


class Shown(Open):
    """One metric over periods and groups."""

    metric: str
    variant: str
    unit: str
    currency: str | None
    grain: str
    as_of: str
    rows: list[Row]


class ShowAnswer(Open):
    """The object of `tenure show --format json`."""

    metrics: list[Shown]


class Listed(Open):
    """A metric of the catalogue."""

    metric: str
    title: str
    unit: str
    better: str
    variants: list[str]
    needs: list[str]
    available: bool | None
    benchmark: str | None


class MetricsAnswer(Open):
    """The object of `tenure metrics --format json`."""

    metrics: list[Listed]


class Part(Open):
    """A part of a number."""

    name: str
    value: float | None


class Contribution(Open):
    """A customer behind a number."""

    id: str
    name: str
    contribution: float | None


class ExplainAnswer(Open):
    """The object of `tenure explain --format json`."""

    metric: str
    period: str
    value: float | None
    parts: list[Part]
    customers: list[Contribution]


class CustomerRow(Open):
    """A customer in the list."""

    customer_id: str
    name: str | None


class CustomersAnswer(Open):
    """The object of `tenure customers --format json`."""

    as_of: str
    currency: str
    found: int
    limit: int
    offset: int
    columns: list[str]
    attributes: list[str]
    customers: list[CustomerRow]


class CustomerAnswer(Open):
    """The object of `tenure customer --format json`."""

    as_of: str
    currency: str
    customer_id: str
    name: str | None


class Problem(Open):
    """Why there is no answer (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    where: str | None = None
    todo: str | None = None
