"""Compare: the page says what `tenure compare` says, each role sees its part, and what is wrong is mended there."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from .site import OWNER, Site, command

GROUPS = {"metric": "customer_churn_rate", "where": "plan = 'Starter'", "against": "plan = 'Growth'", "period": "2025"}
EVENT = {"kind": "event", "metric": "mrr_churn_rate", "on": "2025-03-01", "event": "the launch"}


def _told(site: Site, *words: str) -> Any:
    done = subprocess.run(command(site.folder, "compare", *words, "--format", "json"), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("role", ["viewer", "csm"])
def test_two_groups_are_the_command_lines(site: Site, role: str) -> None:
    """Of a csm's own customers for the csm: the same conditions narrowed by owner."""
    only = ["", f" AND owner = '{OWNER}'"][role == "csm"]
    asked = {
        name: f"({text}){only}" if name in ("where", "against") and only else text for name, text in GROUPS.items()
    }
    told = _told(site, *(word for name, text in asked.items() for word in (f"--{name}", text)))
    text = site.whole(role, f"/compare?{urlencode(GROUPS)}").text
    for one in told["groups"]:
        assert f">{one['n']:,}</td>" in text and f"{100 * one['value']:.1f}" in text
    assert ("no more than noise" in text) is bool(told["noise"])
    rows = site.get(role, f"/compare.csv?{urlencode(GROUPS)}").text.splitlines()
    assert rows[0] == "group,value,n,low,high" and float(rows[-1].split(",")[1]) == told["difference"]


def test_before_and_after_is_the_command_lines(site: Site) -> None:
    told = _told(site, "--metric", "mrr_churn_rate", "--on", "2025-03-01", "--event", "the launch")
    text = site.whole("viewer", f"/compare?{urlencode(EVENT)}").text
    assert told["verdict"].split("(")[0].strip() in text and "the launch, 1 Mar 2025" in text
    assert len(site.get("viewer", f"/compare.csv?{urlencode(EVENT)}").text.splitlines()) == 2 + len(
        told["treated"]["months"]
    )


def test_what_is_wrong_is_said_beside_the_choices(look: Callable[..., Any]) -> None:
    """A condition that does not hold: the page says so, keeps what was written and the focus; mended, it answers."""
    page = look("manager", f"/compare?{urlencode({**GROUPS, 'against': ''})}")
    assert "Say what to compare" in page.inner_text("main")
    page.fill("#set-against", "plann = 'Growth'")
    page.press("#set-against", "Enter")
    page.wait_for_selector("[role=alert] >> text=plann")
    assert page.input_value("#set-where") == GROUPS["where"]
    page.fill("#set-against", GROUPS["against"])
    page.press("#set-against", "Tab")
    page.wait_for_selector("[data-row=difference]")
    assert page.locator("[data-row=difference] td.num").nth(0).inner_text()
