"""A goal as a line: how it went, the way to the target, and where the trend leads when it is due. Part of charts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def pace(
    values: Sequence[float | None],
    label: str,
    *,
    baseline: float,
    target: float,
    start: float,
    due: float,
    forecast: tuple[float, float, float] | None = None,
    width: int = 200,
    height: int = 44,
    kind: str = "spark",
) -> str:
    """`start` and `due` are places in periods after the first value. The dashed line is the way to the target.

    The forecast is its value, low and high when the goal is due: a band that widens from the last value.
    """
    known = [(float(i), value) for i, value in enumerate(values) if value is not None]
    bounds = [baseline, target, *(value for _, value in known)]
    low, high = min(bounds), max(bounds)
    reach = (high - low) or abs(high) or 1.0
    if forecast:
        # A wide forecast is cut at the edge rather than flattening the line it belongs to.
        low = min(low, max(forecast[1], low - reach))
        high = max(high, min(forecast[2], high + reach))
    span, long = (high - low) or 1.0, max(due, len(values) - 1.0, 1.0)

    def at(x: float, value: float) -> str:
        held = min(high, max(low, value))
        return f"{3 + (width - 10) * max(0.0, x) / long:.1f} {4 + (height - 8) * (1 - (held - low) / span):.1f}"

    parts = []
    if forecast and known:
        x, last = known[-1]
        fan = f"M{at(x, last)}L{at(due, forecast[2])}L{at(due, forecast[1])}Z"
        parts.append(f'<path d="{fan}" fill="var(--series)" fill-opacity="var(--band)"/>')
        parts.append(f'<path d="M{at(x, last)}L{at(due, forecast[0])}" stroke="var(--series)" stroke-dasharray="2 3"/>')
    way = f"M{at(start, baseline)}L{at(due, target)}"
    parts.append(f'<path d="{way}" stroke="var(--bench)" stroke-dasharray="4 3"/>')
    right, top = at(due, target).split()
    parts.append(f'<path d="M{right} {float(top) - 4:.1f}v8" stroke="var(--bench)" stroke-width="2"/>')
    if known:
        line = "L".join(at(i, value) for i, value in known)
        parts.append(f'<path d="M{line}" fill="none" stroke="var(--series)" stroke-width="1.8"/>')
        right, top = at(*known[-1]).split()
        parts.append(f'<circle cx="{right}" cy="{top}" r="2.6" fill="var(--series)"/>')
    return (
        f'<svg class="{kind}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(label, quote=True)}">{"".join(parts)}</svg>'
    )
