"""`tenure feedback` as a table. Edge: layout only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenure.render import numbers
from tenure.render.grid import Column, plain, table, wrapped

MOST = 15


def as_table(found: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """The themes with their figures, then examples of the first ones."""
    texts = int(found["texts"])
    period = found["period"] or f"{found['start']} to {found['end']}"
    if not texts:
        return f"Nobody wrote anything in {period}."
    themes = list(found["themes"])[:MOST]
    without = int(found["without_theme"])
    lines = [f"{period}: {texts:,} {'text' if texts == 1 else 'texts'}, {without:,} without a theme", ""]
    if not themes:
        return lines[0]
    lines += table(
        [
            Column("theme", [plain(t["theme"]) for t in themes], number=False),
            Column("texts", [f"{t['texts']:,}" for t in themes]),
            Column("share", [f"{100 * t['share']:.0f} %" for t in themes]),
            Column("change", [_change(t) for t in themes]),
            Column("sentiment", ["" if t["sentiment"] is None else _signed(t["sentiment"], 2) for t in themes]),
            Column("NPS", ["" if t["nps"] is None else numbers.value(t["nps"], "points") for t in themes]),
            Column("answers", [f"{t['answers']:,}" if t["answers"] else "" for t in themes]),
        ],
        width,
        colour=colour,
    )
    for theme in themes[:5]:
        lines += ["", plain(theme["theme"])]
        for example in theme["examples"][:2]:
            lines += wrapped(f"- {plain(example)}", width, "  ")
    return "\n".join(lines)


def _change(theme: Mapping[str, Any]) -> str:
    """In points; a change that may be noise says so."""
    if theme["change"] is None:
        return ""
    return f"{_signed(100 * theme['change'], 0)} pts" + (" (noise)" if theme["noise"] else "")


def _signed(x: float, digits: int) -> str:
    """With its sign; what rounds to nothing has none."""
    text = f"{abs(x):.{digits}f}"
    sign = "±" if not float(text) else "+" if x > 0 else "−"
    return f"{sign}{text}"
