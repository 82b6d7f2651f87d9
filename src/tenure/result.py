"""What asking for metrics gives: results with rows, exact inside, plain at the edge. Language floor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tenure.errors import RequestError

Number = int | Fraction | float


FEW = 10
"""Of fewer answers, customers or tickets a figure is shown with how many they are, and no difference is judged."""


@dataclass(frozen=True)
class Comparison:
    """A row against another period: `low` and `high` bound the difference; `noise` is true when they hold 0, and says
    nothing where they do not but either side is of FEW."""

    period: str
    value: Number | None
    difference: Number | None
    low: float | None
    high: float | None
    noise: bool | None

    @property
    def judged(self) -> bool:
        """Whether a page may call the difference better or worse: what is counted, and what is more than noise of
        enough."""
        return self.low is None or self.noise is False


@dataclass(frozen=True)
class Row:
    """One figure: a period, a segment, the value and what it is made of. No data is no value, with its reason."""

    period: str
    start: date
    end: date
    by: Mapping[str, str | int]
    value: Number | None
    numerator: Number | None = None
    denominator: Number | None = None
    n: int | None = None
    low: float | None = None
    high: float | None = None
    complete: bool = True
    reason: str | None = None
    compare: Comparison | None = None

    @property
    def few(self) -> bool:
        """Whether so little was counted that the figure alone would say too much."""
        return self.n is not None and self.n < FEW

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "period": self.period,
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "by": dict(self.by),
            "value": plain(self.value),
            "numerator": plain(self.numerator),
            "denominator": plain(self.denominator),
            "n": self.n,
            "low": self.low,
            "high": self.high,
            "complete": self.complete,
            "reason": self.reason,
        }
        if self.compare is not None:
            other = self.compare
            found["compare"] = {
                "period": other.period,
                "value": plain(other.value),
                "difference": plain(other.difference),
                "low": other.low,
                "high": other.high,
                "noise": other.noise,
            }
        return found


@dataclass(frozen=True)
class Result:
    """One metric over periods and segments."""

    metric: str
    title: str
    variant: str
    unit: str
    better: str
    currency: str | None
    grain: str
    as_of: datetime
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "metric": self.metric,
            "variant": self.variant,
            "unit": self.unit,
            "currency": self.currency,
            "grain": self.grain,
            "as_of": self.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "rows": [row.to_json() for row in self.rows],
        }


@dataclass(frozen=True)
class Results:
    """The answer to one request: a result for each metric asked for."""

    results: tuple[Result, ...] = field(default=())

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __getitem__(self, index: int) -> Result:
        return self.results[index]

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows of all results."""
        return tuple(row for result in self.results for row in result.rows)

    def to_json(self) -> dict[str, Any]:
        """The object of the command line's --format json and of the HTTP API."""
        return {"metrics": [result.to_json() for result in self.results]}

    def records(self) -> list[dict[str, Any]]:
        """One flat dictionary for each row, for tables."""
        found = []
        for result in self.results:
            for row in result.rows:
                flat = row.to_json()
                by, compare = flat.pop("by"), flat.pop("compare", None)
                flat = {"metric": result.metric, "variant": result.variant, **flat, **by}
                if compare:
                    flat |= {f"compare_{key}": value for key, value in compare.items()}
                found.append(flat)
        return found

    def chart(self) -> Any:
        """An Altair chart of the values over time: one panel for each metric, a line for each group, bands where known.

        Needs the extra `charts`. Shares are drawn as percentages; a period without a value leaves a gap.
        """
        try:
            import altair
        except ImportError:
            raise RequestError(
                "Altair is not installed, which draws charts.", todo="Run: pip install 'tenure[charts]'"
            ) from None
        panels = [_panel(altair, result) for result in self.results]
        return panels[0] if len(panels) == 1 else altair.vconcat(*panels)

    def to_arrow(self) -> Any:
        """A pyarrow table of `records`."""
        import pyarrow as pa

        return pa.Table.from_pylist(self.records())

    def to_pandas(self) -> Any:
        """A pandas frame of `records` (needs the extra `frames`)."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> Any:
        """A polars frame of `records` (needs the extra `frames`)."""
        import polars

        return polars.from_arrow(self.to_arrow())


def _panel(altair: Any, result: Result) -> Any:
    """One metric over time."""
    rows = [
        {"start": row.start.isoformat(), "group": ", ".join(map(str, row.by.values())), "value": plain(row.value)}
        | {"low": row.low, "high": row.high}
        for row in result.rows
    ]
    axis = altair.Axis(title=result.title, format="%") if result.unit == "share" else altair.Axis(title=result.title)
    base = altair.Chart(altair.Data(values=rows)).encode(x=altair.X("start:T", axis=altair.Axis(title=None)))
    if any(row.by for row in result.rows):
        base = base.encode(color=altair.Color("group:N", legend=altair.Legend(title=None)))
    band = base.mark_area(opacity=0.15).encode(y=altair.Y("low:Q", axis=axis), y2="high:Q")
    line = base.mark_line(point=True).encode(y=altair.Y("value:Q", axis=axis))
    return (band + line if any(row.low is not None for row in result.rows) else line).properties(title=result.title)


def plain(value: Number | None) -> float | None:
    """A number as JSON carries it: unrounded, as near as a float is."""
    return None if value is None else float(value)
