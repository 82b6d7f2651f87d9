"""What all charts share: the size of a plot, a scale with round steps, grid lines, labels. Part of charts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

Words = Callable[[float], str]


@dataclass(frozen=True)
class Frame:
    """A plot: its size in pixels, the values at its foot and head, and the room around it."""

    width: int
    height: int
    low: float
    high: float
    left: int = 44
    right: int = 8
    top: int = 8
    bottom: int = 22

    def y(self, value: float) -> float:
        """Where a value stands; what leaves the plot is held at its edge."""
        span = (self.high - self.low) or 1.0
        share = min(1.0, max(0.0, (value - self.low) / span))
        return self.top + (self.height - self.top - self.bottom) * (1 - share)

    def x(self, index: float, count: int) -> float:
        """Where the point `index` of `count` stands, from edge to edge."""
        room = self.width - self.left - self.right
        return self.left + room * (index / (count - 1) if count > 1 else 0.5)

    @property
    def floor(self) -> float:
        """The foot of the plot."""
        return self.height - self.bottom


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Three to five round values from below `low` to above `high`."""
    if not math.isfinite(low) or not math.isfinite(high):
        return [0.0, 1.0]
    if high <= low:
        pad = abs(high) * 0.1 or 1.0
        low, high = low - pad, high + pad
    rough = (high - low) / max(1, most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * k for k in (1, 2, 2.5, 5, 10) if power * k >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def grid(frame: Frame, at: Sequence[float], words: Words) -> str:
    """Horizontal lines with their values at the left."""
    found = []
    for value in at:
        y = frame.y(value)
        found.append(f'<path d="M{frame.left} {y:.1f}H{frame.width - frame.right}" stroke="var(--grid)"/>')
        found.append(f'<text x="{frame.left - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(words(value))}</text>')
    return "".join(found)


def below(frame: Frame, labels: Sequence[tuple[float, str]], anchor: str = "middle") -> str:
    """Labels under the plot, at their places."""
    y = frame.height - 5
    return "".join(f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>' for x, text in labels)


def svg(frame: Frame, inside: str, label: str, kind: str = "") -> str:
    """The picture: one label for all of it, since a table stands beside it."""
    size = f'width="{frame.width}" height="{frame.height}" viewBox="0 0 {frame.width} {frame.height}"'
    said = f'class="{escape(kind)}" ' if kind else ""
    return f'<svg {said}{size} role="img" aria-label="{escape(label)}">{inside}</svg>'
