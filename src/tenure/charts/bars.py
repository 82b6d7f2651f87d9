"""Bars with their counts on top, and an amount in steps with its changes. Part of charts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tenure.charts.frame import Frame, Words, below, grid, svg, ticks


def distribution(
    counts: Sequence[tuple[str, int, str]], label: str, *, width: int = 420, height: int = 180, kind: str = ""
) -> str:
    """One bar for each (name, count, colour token): answers by score."""
    most = max((count for _, count, _ in counts), default=0) or 1
    frame = Frame(width, height, 0, most, left=2, right=2, top=20)
    slot = (width - 4) / max(1, len(counts))
    bar = min(40.0, slot * 0.74)
    parts, names = [], []
    for i, (name, count, colour) in enumerate(counts):
        x, y = 2 + slot * i + (slot - bar) / 2, frame.y(count)
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{frame.floor - y:.1f}" fill="var(--{colour})"/>'
        )
        parts.append(f'<text class="amount" x="{x + bar / 2:.1f}" y="{y - 6:.1f}" text-anchor="middle">{count}</text>')
        names.append((x + bar / 2, name))
    return svg(frame, "".join(parts) + below(frame, names), label, kind)


def steps(
    levels: Sequence[tuple[str, float]],
    changes: Sequence[tuple[int, str, str]],
    words: Words,
    label: str,
    *,
    width: int = 760,
    height: int = 200,
    kind: str = "",
) -> str:
    """An amount that stands until it changes. `changes`: (index of the level, what to write, colour token)."""
    at = ticks(0.0, max((v for _, v in levels), default=0.0) or 1.0)
    frame = Frame(width, height, at[0], at[-1], left=12 + 7 * max(len(words(v)) for v in at), top=18)
    count = len(levels)
    points = []
    for i, (_, value) in enumerate(levels):
        points += [(frame.x(i, count + 1), frame.y(value)), (frame.x(i + 1, count + 1), frame.y(value))]
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    parts = [grid(frame, at, words)]
    if points:
        area = f"M{points[0][0]:.1f} {frame.floor:.1f}L{line}L{points[-1][0]:.1f} {frame.floor:.1f}Z"
        parts.append(f'<path d="{area}" fill="var(--series)" fill-opacity="var(--band)"/>')
        parts.append(f'<path d="M{line}" fill="none" stroke="var(--series)" stroke-width="2"/>')
    for index, text, colour in changes:
        x, y = frame.x(index, count + 1), frame.y(max(levels[index][1], levels[index - 1][1] if index else 0.0))
        parts.append(f'<text x="{x:.1f}" y="{y - 6:.1f}" fill="var(--{colour})">{escape(text)}</text>')
    widest = max((len(name) for name, _ in levels), default=0) * 7 + 12
    every = max(1, count // 6, -(-count * widest // max(1, width - frame.left)))
    parts.append(below(frame, [(frame.x(i, count + 1), levels[i][0]) for i in range(0, count, every)], "start"))
    return svg(frame, "".join(parts), label, kind)


def columns(
    amounts: Sequence[tuple[str, float | None, bool]],
    words: Words,
    label: str,
    *,
    width: int = 760,
    height: int = 280,
    kind: str = "",
) -> str:
    """An amount of each period, from 0: (name, amount, whether the period is over; one that is not is half as dark)."""
    known = [amount for _, amount, _ in amounts if amount is not None]
    at = ticks(min(0.0, *known, 0.0), max(0.0, *known, 0.0))
    frame = Frame(width, height, at[0], at[-1], left=14 + 7 * max(len(words(v)) for v in at), top=12, bottom=24)
    slot = (width - frame.left - frame.right) / max(1, len(amounts))
    bar, foot = min(34.0, slot * 0.66), frame.y(0.0)
    parts, names = [grid(frame, at, words)], []
    every = max(1, -(-len(amounts) * (7 * max((len(n) for n, _, _ in amounts), default=0) + 8) // max(1, width - 60)))
    for i, (name, amount, over) in enumerate(amounts):
        x = frame.left + slot * i + (slot - bar) / 2
        if amount is not None:
            top, end = sorted((foot, frame.y(amount)))
            faint = "" if over else ' fill-opacity=".5"'
            parts.append(
                f'<rect x="{x:.1f}" y="{top:.1f}" width="{bar:.1f}" height="{end - top:.1f}" '
                f'fill="var(--series)"{faint}/>'
            )
        if (len(amounts) - 1 - i) % every == 0:
            names.append((x + bar / 2, name))
    return svg(frame, "".join(parts) + below(frame, names), label, kind)
