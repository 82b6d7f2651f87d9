"""Small marks beside figures, as SVG that templates put in place: sparkline, ruler, contribution bar, strip of peers.

Hundreds of them stand on a page, so they are written by hand, some hundred bytes each; colours are names of tokens.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

EMPTY = mark_safe("")


def sparkline(values: Sequence[float | None], width: int = 112, height: int = 26) -> SafeString:
    """A muted line on its own scale, the last point in the colour of the series. Gaps stay gaps."""
    known = [(i, float(v)) for i, v in enumerate(values) if v is not None]
    if not known:
        return EMPTY
    low, high = min(v for _, v in known), max(v for _, v in known)
    span, step = (high - low) or 1.0, (width - 6) / max(1, len(values) - 1)
    flat = high == low

    def at(i: int, v: float) -> tuple[float, float]:
        return 3 + i * step, height / 2 if flat else 3 + (height - 6) * (1 - (v - low) / span)

    path, before = [], -2
    for i, v in known:
        x, y = at(i, v)
        path.append(f"{'L' if before == i - 1 else 'M'}{x:.1f} {y:.1f}")
        before = i
    x, y = at(*known[-1])
    return format_html(
        '<svg class="spark" width="{0}" height="{1}" viewBox="0 0 {0} {1}" aria-hidden="true">'
        '<path d="{2}" fill="none" stroke="var(--muted-line)" stroke-width="1.5"/>'
        '<circle cx="{3}" cy="{4}" r="2.4" fill="var(--series)"/></svg>',
        width,
        height,
        " ".join(path),
        f"{x:.1f}",
        f"{y:.1f}",
    )


def ruler(
    value: float | None,
    low: float | None,
    high: float | None,
    benchmark: float | None = None,
    scale: tuple[float, float] | None = None,
    width: int = 120,
) -> SafeString:
    """An interval at a glance: line = scale, bar = interval, dot = value, tick = benchmark."""
    if value is None or low is None or high is None:
        return EMPTY
    begin, end = scale or around(value, low, high, benchmark)
    span = (end - begin) or 1.0

    def at(v: float) -> str:
        return f"{2 + (width - 4) * min(1.0, max(0.0, (v - begin) / span)):.1f}"

    tick = (
        format_html('<path d="M{0} 2V14" stroke="var(--bench)" stroke-width="2"/>', at(benchmark))
        if benchmark is not None
        else EMPTY
    )
    return format_html(
        '<svg class="ruler" width="{0}" height="16" viewBox="0 0 {0} 16" aria-hidden="true">'
        '<path d="M2 8H{1}" stroke="var(--line-2)"/>'
        '<rect x="{2}" y="5" width="{3}" height="6" rx="1" fill="var(--reactivation)"/>{4}'
        '<circle cx="{5}" cy="8" r="3" fill="var(--series)"/></svg>',
        width,
        width - 2,
        at(low),
        f"{max(1.0, float(at(high)) - float(at(low))):.1f}",
        tick,
        at(value),
    )


def around(value: float, low: float, high: float, benchmark: float | None) -> tuple[float, float]:
    """A scale that shows an interval and its benchmark with room at both ends."""
    known = [value, low, high, *([benchmark] if benchmark is not None else [])]
    begin, end = min(known), max(known)
    room = max((end - begin) * 0.6, abs(value) * 0.05, 1e-9)
    return begin - room, end + room


def contribution(amount: float, most: float, width: int = 120) -> SafeString:
    """From the middle: losses to the left, gains to the right, on one scale for a table."""
    middle = width / 2
    length = middle * min(1.0, abs(amount) / most) if most else 0.0
    x, colour = (middle, "var(--gain)") if amount >= 0 else (middle - length, "var(--churn)")
    return format_html(
        '<svg class="bar" width="{0}" height="12" viewBox="0 0 {0} 12" aria-hidden="true">'
        '<path d="M{1} 0V12" stroke="var(--line-2)"/><rect x="{2}" y="2" width="{3}" height="8" fill="{4}"/></svg>',
        width,
        f"{middle:.1f}",
        f"{x:.1f}",
        f"{length:.1f}",
        colour,
    )


def strip(peers: Sequence[float], own: float | None, width: int = 150) -> SafeString:
    """A customer among its peers: a tick for each of them, a dot for the one."""
    known = [*peers, *([own] if own is not None else [])]
    if not known:
        return EMPTY
    low, high = min(known), max(known)
    span = (high - low) or 1.0

    def at(v: float) -> str:
        return f"{4 + (width - 8) * (v - low) / span:.1f}"

    ticks = "".join(f"M{at(v)} 4V12" for v in peers)
    dot = format_html('<circle cx="{}" cy="8" r="3.2" fill="var(--series)"/>', at(own)) if own is not None else EMPTY
    return format_html(
        '<svg class="strip" width="{0}" height="16" viewBox="0 0 {0} 16" aria-hidden="true">'
        '<path d="M2 8H{1}" stroke="var(--line)"/><path d="{2}" stroke="var(--muted-line)"/>{3}</svg>',
        width,
        width - 2,
        ticks,
        dot,
    )
