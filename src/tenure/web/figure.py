"""One figure as pages show it: value, change, interval, n, benchmark, whether it is final, always in this order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenure.metric import catalogue
from tenure.result import FEW, Result, Row
from tenure.web import marks, numbers
from tenure.web.controls import address

COUNTED = "counted"


@dataclass(frozen=True)
class Figure:
    """A row of a result, in words and marks. `series`: it over time; `link`: the state its page opens in."""

    result: Result
    row: Row
    series: Sequence[Row] = ()
    link: str = ""
    note: str = ""

    @property
    def id(self) -> str:
        """The metric's id."""
        return self.result.metric

    @property
    def title(self) -> str:
        """The metric's name."""
        return self.result.title

    @property
    def better(self) -> str:
        """Whether more is better."""
        return self.result.better

    @property
    def sentence(self) -> str:
        """What it means."""
        return catalogue()[self.id].sentence

    @property
    def has_value(self) -> bool:
        """Whether there is one."""
        return self.row.value is not None

    @property
    def value(self) -> SafeString:
        """The value, its unit set apart, underlined while it can change."""
        said = numbers.value(self.row.value, self.result.unit, self.result.currency)
        return said if self.row.complete else format_html('<span class="notfinal">{}</span>', said)

    @property
    def why_not(self) -> str:
        """Why there is no value."""
        return numbers.why_not(self.row.reason)

    @property
    def change(self) -> str:
        """How far it moved since the period it is compared with."""
        other = self.row.compare
        if not self.row.complete:
            return "not final"
        return numbers.change(other.value, other.difference, self.result.unit) if other else ""

    @property
    def direction(self) -> str:
        """Better, worse or neither, as a class; neither too where the change is noise or of few."""
        other = self.row.compare
        if not self.row.complete or other is None or not other.judged:
            return "grey"
        return numbers.direction(other.difference, self.better)

    @property
    def few(self) -> bool:
        """Whether it is of so few that nothing is concluded from it; counts and sums say themselves of how many."""
        return self.row.few and self.sampled

    @property
    def unjudged(self) -> str:
        """Why a change is called neither better nor worse."""
        other = self.row.compare
        if not self.row.complete or other is None or other.judged:
            return ""
        return "within noise" if other.noise else f"n below {FEW}: not judged"

    @property
    def versus(self) -> str:
        """What it is compared with."""
        return numbers.period(self.row.compare.period) if self.row.compare else ""

    @property
    def interval(self) -> str:
        """The 95 % interval, or that it was counted."""
        return numbers.interval(self.row.low, self.row.high, self.result.unit) or COUNTED

    @property
    def sampled(self) -> bool:
        """Whether there is an interval."""
        return self.row.low is not None and self.row.high is not None

    @property
    def n(self) -> str:
        """What was counted; few as `k of n`."""
        row = self.row
        if row.n is None:
            return ""
        top, bottom = row.numerator, row.denominator
        if row.n < FEW and self.result.unit == "share" and top is not None and bottom == row.n and top == int(top):
            return f"{int(top)} of {row.n}"
        return f"{row.n:,}"

    @property
    def benchmark(self) -> str:
        """What it can be held against, without its source."""
        return (catalogue()[self.id].benchmark or "").partition(" (")[0]

    @property
    def spark(self) -> SafeString:
        """The series as a line."""
        return marks.sparkline([None if r.value is None else float(r.value) for r in self.series])

    @property
    def long_spark(self) -> SafeString:
        """The same, wider, under a headline figure."""
        return marks.sparkline([None if r.value is None else float(r.value) for r in self.series], 190, 30)

    @property
    def ruler(self) -> SafeString:
        """The interval as a bar."""
        value = None if self.row.value is None else float(self.row.value)
        reach = [float(v) for r in self.series for v in (r.value, r.low, r.high) if v is not None]
        known = [v for v in (value, self.row.low, self.row.high) if v is not None]
        scale = (min(reach + known), max(reach + known)) if reach and known else None
        return marks.ruler(value, self.row.low, self.row.high, scale=scale)

    @property
    def href(self) -> str:
        """Its page."""
        return self.link or f"/metrics/{quote(self.id)}"

    @property
    def why(self) -> str:
        """Its page, opened on this number."""
        return self.href + ("&" if "?" in self.href else "?") + "why=" + quote(self.row.period) + "#why"

    @property
    def place(self) -> str:
        """Its page's part that opens."""
        return address(self.href)
