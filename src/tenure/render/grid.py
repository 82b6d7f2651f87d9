"""Aligned columns of text that fit the width. Edge: layout only, knows no metric.

Words to the left, numbers to the right, headers as their column; a rule under the head; cells are never broken. What
cannot fit is said with an ellipsis in words, never in a number: columns of numbers that do not fit go to a next block.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

GAP = "  "
NARROWEST = 12


@dataclass(frozen=True)
class Column:
    """A column: its header, its cells, and whether they are numbers (right) or words (left)."""

    head: str
    cells: Sequence[str]
    number: bool = True

    @property
    def width(self) -> int:
        """The widest cell."""
        return max([cells_wide(self.head), *map(cells_wide, self.cells)])


def table(columns: Sequence[Column], width: int, *, colour: bool = False) -> list[str]:
    """The lines of one table. Word columns give way, from the widest, where it does not fit."""
    widths = [column.width for column in columns]
    while sum(widths) + len(GAP) * (len(widths) - 1) > width:
        words = [i for i, column in enumerate(columns) if not column.number and widths[i] > NARROWEST]
        if not words:
            break
        widths[max(words, key=lambda i: widths[i])] -= 1
    head = _line([c.head for c in columns], columns, widths)
    rule = GAP.join("─" * w for w in widths)
    body = [_line([c.cells[i] for c in columns], columns, widths) for i in range(len(columns[0].cells))]
    return [f"\x1b[1m{head}\x1b[0m" if colour else head, rule, *body]


def blocks(names: Sequence[Column], numbers: Sequence[Column], width: int, *, colour: bool = False) -> list[list[str]]:
    """One table, or several that repeat the name columns, so that every number column is shown whole."""
    taken = sum(min(column.width, 2 * NARROWEST) for column in names) + len(GAP) * len(names)
    found: list[list[Column]] = [[]]
    used = taken
    for column in numbers:
        if found[-1] and used + column.width > width:
            found.append([])
            used = taken
        found[-1].append(column)
        used += column.width + len(GAP)
    return [table([*names, *some], width, colour=colour) for some in found]


def cells_wide(text: str) -> int:
    """How many terminal cells a text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, width: int) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if cells_wide(text) <= width:
        return text
    while text and cells_wide(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def plain(text: object) -> str:
    """A value from the data as one line of visible text: a terminal must not obey what a customer is called."""
    return "".join(c if c.isprintable() else " " for c in str(text))


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """A sentence over as many lines as it needs; those after the first are indented."""
    lines, line = [], ""
    for word in text.split():
        if line and cells_wide(line) + 1 + cells_wide(word) > width:
            lines.append(line)
            line = indent + word
        else:
            line = f"{line} {word}" if line.strip() else (line + word)
    return [*lines, line] if line else lines


def _line(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    padded = []
    for cell, column, width in zip(cells, columns, widths, strict=True):
        shown = cell if column.number else cut(cell, width)
        space = " " * (width - cells_wide(shown))
        padded.append(space + shown if column.number else shown + space)
    return GAP.join(padded).rstrip()
