"""Movements: per period gains climb and losses fall, thin rules join the levels. Part of charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tenure.charts.frame import Frame, Words, grid, svg, ticks


@dataclass(frozen=True)
class Moves:
    """One period: amounts by kind (the kinds are names of colour tokens), gains above 0 and losses below."""

    label: str
    amounts: Sequence[tuple[str, float]]
    net: str
    final: bool = True


def waterfall(
    start: float,
    moves: Sequence[Moves],
    words: Words,
    label: str,
    *,
    width: int = 760,
    height: int = 360,
    kind: str = "",
) -> str:
    """The way from the first level to the last. The axis may start above 0."""
    tops, bottoms, level = [start], [start], start
    for step in moves:
        tops.append(level + sum(a for _, a in step.amounts if a > 0))
        level += sum(a for _, a in step.amounts)
        bottoms.append(level)
    at = ticks(min(min(bottoms), min(tops)), max(tops))
    longest = max(len(words(v)) for v in at)
    frame = Frame(width, height, at[0], at[-1], left=14 + 7 * longest, top=28, bottom=24)
    slot = (width - frame.left - frame.right) / max(1, len(moves))
    bar = min(18.0, slot * 0.36)
    parts, level = [grid(frame, at, words)], start
    for i, step in enumerate(moves):
        x = frame.left + slot * i + (slot - 2 * bar - 2) / 2
        parts.append(_step(frame, step, level, x, bar, slot))
        level += sum(a for _, a in step.amounts)
        y = frame.y(level)
        if i < len(moves) - 1:
            parts.append(f'<path d="M{x + 2 * bar + 2:.1f} {y:.1f}h{slot - 2 * bar - 2:.1f}" stroke="var(--ink-3)"/>')
        parts.append(_below(frame, x + bar + 1, step.label, slot, i))
    y = frame.y(start)
    y += 16 if y < frame.floor - 18 else -8
    parts.append(f'<text class="strong" x="{frame.left + 2}" y="{y:.1f}">{escape(words(start))}</text>')
    return svg(frame, "".join(parts), label, kind)


def _step(frame: Frame, step: Moves, level: float, x: float, bar: float, slot: float) -> str:
    parts, here = [], level
    for name, amount in [m for m in step.amounts if m[1] > 0]:
        parts.append(_block(frame, name, here, here + amount, x, bar))
        here += amount
    top = here
    for name, amount in [m for m in step.amounts if m[1] < 0]:
        parts.append(_block(frame, name, here + amount, here, x + bar + 2, bar))
        here += amount
    if slot > 26:
        middle, above = x + bar + 1, frame.y(top) - 7
        parts.append(
            f'<text class="amount" x="{middle:.1f}" y="{above:.1f}" text-anchor="middle">{escape(step.net)}</text>'
        )
    inside = "".join(parts)
    return inside if step.final else f'<g opacity=".5">{inside}</g>'


def _block(frame: Frame, name: str, low: float, high: float, x: float, bar: float) -> str:
    y = frame.y(high)
    tall = max(0.5, frame.y(low) - y)
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{tall:.1f}" fill="var(--{name})"/>'


def _below(frame: Frame, x: float, text: str, slot: float, index: int) -> str:
    every = max(1, -(-(len(text) * 7 + 4) // max(1, int(slot))))
    if index % every:
        return ""
    return f'<text x="{x:.1f}" y="{frame.height - 6}" text-anchor="middle">{escape(text)}</text>'
