"""The sheet of colours: each said once, the same in pictures that leave the site, and light on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tenure.web
from tenure.web.tokens_of_looks import LIGHT

SHEET = (Path(tenure.web.__file__).parent / "static" / "tenure" / "app.css").read_text(encoding="utf-8")


def blocks() -> dict[str, dict[str, str]]:
    """The tokens that each rule of the root sets."""
    found = re.findall(r"^\s*(:root[^{}\n]*?) \{\n([^{}]*)\}", SHEET, re.MULTILINE)
    return {name: dict(re.findall(r"--([a-z0-9-]+): ([^;]+);", inside)) for name, inside in found}


def test_tokens_are_said_once_for_light_and_once_for_each_way_to_dark() -> None:
    assert list(blocks()) == [":root", ':root:not([data-theme="light"])', ':root[data-theme="dark"]']
    light, by_system, by_choice = blocks().values()
    assert by_system == by_choice
    fonts_and_aliases = {"gain", "new", "series", "text", "display", "code"}
    assert set(light) - fonts_and_aliases == set(by_choice)


def test_pictures_have_the_light_colours() -> None:
    light = blocks()[":root"]
    resolved = {name: light[value[6:-1]] if value.startswith("var(--") else value for name, value in light.items()}
    assert {name: resolved[name] for name in LIGHT} == LIGHT
    assert set(light) - set(LIGHT) == {"text", "display", "code"}


@pytest.mark.parametrize("chosen", ["auto", "dark"])
def test_paper_is_light(look: Callable[..., Any], chosen: str) -> None:
    """The body's background is #151613 on a dark screen and #FBFAF7 in print, by the system's wish and by one's own."""
    page = look("viewer", "/catalogue", scheme="dark")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", chosen)
    colours = (
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.documentElement).colorScheme]"
    )
    assert page.evaluate(colours) == ["rgb(21, 22, 19)", "dark"]
    page.emulate_media(media="print")
    assert page.evaluate(colours) == ["rgb(251, 250, 247)", "light"]
