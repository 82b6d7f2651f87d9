"""Charts on pages: each drawn for wide screens, for laptops and for phones, never scaled down; a picture to keep."""

from __future__ import annotations

import re
from typing import Protocol

from django.utils.safestring import SafeString, mark_safe

from tenure.web.tokens_of_looks import LIGHT

WIDE, LAPTOP, PHONE = 760, 620, 330


class Draw(Protocol):
    """Draws a chart at a width; `kind` is the class that says for which screens."""

    def __call__(self, *, width: int, kind: str) -> str:
        """The SVG."""


def both(draw: Draw, wide: int = WIDE, laptop: int = LAPTOP) -> SafeString:
    """A chart at all its sizes. What it writes of people's texts it has escaped itself."""
    sizes = ((wide, "wide-only"), (laptop, "laptop"), (PHONE, "narrow"))
    return mark_safe("".join(draw(width=width, kind=kind) for width, kind in sizes))


def standalone(svg: str, title: str) -> str:
    """A drawing that needs no style sheet: colours in place of tokens, in light, on paper, with its title."""
    from html import escape

    said = re.sub(r"var\(--([a-z0-9-]+)\)", lambda found: LIGHT.get(found[1], "#1C1B18"), svg)
    size = re.search(r'width="(\d+)" height="(\d+)"', said)
    wide, tall = (int(size[1]), int(size[2])) if size else (WIDE, 240)
    inside = said[said.index(">") + 1 : said.rindex("</svg>")]
    inside = re.sub(r"<text (?![^>]*fill=)", f'<text fill="{LIGHT["ink-3"]}" ', inside)
    head = f'<text x="12" y="24" fill="{LIGHT["ink"]}" font-size="15" font-weight="600">{escape(title)}</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide + 24}" height="{tall + 52}" '
        f'viewBox="0 0 {wide + 24} {tall + 52}" font-family="Inter, system-ui, sans-serif" font-size="12">'
        f'<rect width="100%" height="100%" fill="{LIGHT["paper"]}"/>{head}'
        f'<g transform="translate(12 40)">{inside}</g></svg>'
    )


def png(svg: str) -> bytes:
    """A picture of a drawing that stands alone, at twice its size."""
    import vl_convert

    found: bytes = vl_convert.svg_to_png(svg, scale=2)
    return found
