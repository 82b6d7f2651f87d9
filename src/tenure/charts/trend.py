"""A line over time: its 95 % band, grey context, a dashed benchmark, the last point dotted. Part of charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from tenure.charts.frame import Frame, Words, below, grid, svg, ticks


@dataclass(frozen=True)
class Point:
    """A period's figure. `final`: whether it can no longer change."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    final: bool = True


@dataclass(frozen=True)
class Span:
    """The values that an axis shows; small multiples share one."""

    low: float
    high: float


def span_of(lines: Sequence[Sequence[Point]], benchmark: float | None = None, *, zero: bool = False) -> Span:
    """An axis for lines: their values whole, their bands as far as they do not dwarf them."""
    values = [p.value for line in lines for p in line if p.value is not None]
    if not values:
        return Span(0.0, 1.0)
    values += [benchmark] if benchmark is not None else []
    low, high = min(values), max(values)
    reach = (high - low) or abs(high) * 0.2 or 1.0
    bands = [v for line in lines for p in line if p.value is not None for v in (p.low, p.high) if v is not None]
    low = max(min([low, *bands]), low - reach)
    high = min(max([high, *bands]), high + reach)
    return Span(min(0.0, low) if zero else low, high)


def leaves(line: Sequence[Point], span: Span) -> bool:
    """Whether a band is cut by the axis, which the subtitle then says."""
    at = ticks(span.low, span.high)
    return any(
        (p.low is not None and p.low < at[0] - 1e-9) or (p.high is not None and p.high > at[-1] + 1e-9) for p in line
    )


def trend(
    line: Sequence[Point],
    words: Words,
    label: str,
    *,
    width: int = 760,
    height: int = 240,
    span: Span | None = None,
    context: Sequence[float | None] = (),
    benchmark: float | None = None,
    kind: str = "",
) -> str:
    """One line with its band."""
    chosen = span or span_of([line], benchmark)
    at = ticks(chosen.low, chosen.high)
    longest = max(len(words(v)) for v in at)
    frame = Frame(width, height, at[0], at[-1], left=12 + 7 * longest)
    count = len(line)
    parts = [grid(frame, at, words), _band(frame, line)]
    if benchmark is not None and at[0] <= benchmark <= at[-1]:
        y = frame.y(benchmark)
        parts.append(
            f'<path d="M{frame.left} {y:.1f}H{width - frame.right}" stroke="var(--bench)" stroke-dasharray="3 3"/>'
        )
    if context:
        parts.append(_path(frame, context, count, "var(--muted-line)", 1.5))
    parts.append(_path(frame, [p.value if p.final else None for p in line], count, "var(--series)", 2))
    parts.append(_open_end(frame, line))
    last = [(i, p) for i, p in enumerate(line) if p.value is not None]
    if last:
        i, point = last[-1]
        fill = "var(--series)" if point.final else "var(--paper)"
        parts.append(
            f'<circle cx="{frame.x(i, count):.1f}" cy="{frame.y(point.value or 0):.1f}" r="3.5" fill="{fill}" '
            'stroke="var(--series)" stroke-width="1.5"/>'
        )
    parts.append(below(frame, _labels(frame, [p.label for p in line]), "middle"))
    return svg(frame, "".join(parts), label, kind)


def _band(frame: Frame, line: Sequence[Point]) -> str:
    found = []
    known = [(i, p.low, p.high) for i, p in enumerate(line)]
    for there, run in groupby(known, key=lambda one: one[1] is not None and one[2] is not None):
        part = list(run)
        if not there:
            continue
        up = [f"{frame.x(i, len(line)):.1f} {frame.y(high or 0):.1f}" for i, _, high in part]
        down = [f"{frame.x(i, len(line)):.1f} {frame.y(low or 0):.1f}" for i, low, _ in reversed(part)]
        found.append(f'<path d="M{"L".join([*up, *down])}Z" fill="var(--series)" fill-opacity="var(--band)"/>')
    return "".join(found)


def _path(frame: Frame, values: Sequence[float | None], count: int, colour: str, width: float) -> str:
    path, before = [], -2
    for i, value in enumerate(values):
        if value is None:
            continue
        path.append(f"{'L' if before == i - 1 else 'M'}{frame.x(i, count):.1f} {frame.y(value):.1f}")
        before = i
    return (
        f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"/>'
        if path
        else ""
    )


def _open_end(frame: Frame, line: Sequence[Point]) -> str:
    """What can still change, dashed, from the last final point on."""
    first = next((i for i, p in enumerate(line) if not p.final), None)
    if first is None:
        return ""
    part = [(i, p.value) for i, p in enumerate(line) if i >= max(0, first - 1) and p.value is not None]
    if len(part) < 2:
        return ""
    steps = "L".join(f"{frame.x(i, len(line)):.1f} {frame.y(value):.1f}" for i, value in part)
    return f'<path d="M{steps}" fill="none" stroke="var(--series)" stroke-width="1.5" stroke-dasharray="3 3"/>'


def _labels(frame: Frame, labels: Sequence[str]) -> list[tuple[float, str]]:
    """As many labels as there is room for, the first and every so many after it."""
    count = len(labels)
    if not count:
        return []
    widest = max(len(text) for text in labels) * 7 + 16
    room = frame.width - frame.left - frame.right
    every = max(1, -(-count * widest // max(1, room)))
    found = []
    for i in range(0, count, every):
        x = frame.x(i, count)
        half = len(labels[i]) * 3.4
        found.append((min(max(x, half + 2), frame.width - half - 2), labels[i]))
    return found
