"""The pages in a real browser: figures equal the command line's, every number is a door, all can read them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from .site import ROLES, Site, command

PAGES = (
    "/",
    "/metrics",
    "/metrics/mrr",
    "/metrics/nps?by=plan&why=2025-12",
    "/catalogue?q=churn",
    "/customers?where=plan+%3D+%27Growth%27&save=1",
    "/customers/P-1125?remove=1",
    "/health",
    "/search?q=a",
    "/saved?address=%2Fmetrics%2Fmrr%3Fby%3Dplan",
    "/compare?metric=nps&where=plan+%3D+%27Growth%27&against=plan+%3D+%27Starter%27&period=2025",
    "/account",
)


def test_sign_in_and_question_a_number_down_to_a_customer(site: Site, look: Callable[..., Any]) -> None:
    page = look("", "/metrics/mrr")
    page.fill("#email", "admin@example.com")
    page.fill("#password", "a long word of admin")
    page.click("text=Sign in >> nth=-1")
    page.wait_for_url("**/metrics/mrr")
    page.goto(site.url + "/")
    page.click("section.figures .value a >> nth=0")
    page.wait_for_selector("#why")
    assert "Monthly recurring revenue" in page.inner_text("#why-title")
    assert page.locator("#why tbody a[href^='/customers/']").count() == 10
    page.keyboard.press("Escape")
    page.wait_for_selector("#why", state="detached")


def test_a_control_changes_the_page_and_its_address(look: Callable[..., Any]) -> None:
    page = look("manager", "/metrics/mrr")
    page.select_option("select[name=by]", "plan")
    page.wait_for_selector("th[scope=row] >> text=Enterprise")
    assert "by=plan" in page.url
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"


def test_figures_are_the_command_lines(site: Site, look: Callable[..., Any]) -> None:
    """The overview rounds what `tenure show` prints: whole dollars from 100 on, NPS whole and signed."""
    words = ("show", "mrr", "customers", "nps", "--last", "1", "--format", "json")
    done = subprocess.run(command(site.folder, *words), capture_output=True, text=True, check=False)
    mrr, customers, nps = (metric["rows"][0]["value"] for metric in json.loads(done.stdout)["metrics"])
    page = look("viewer", "/")
    cell = "tr[data-metric={}] td.main"
    assert page.inner_text(cell.format("mrr")) == f"${mrr:,.0f}"
    assert page.inner_text(cell.format("customers")) == f"{customers:,.0f}"
    assert page.inner_text(cell.format("nps")) == f"{nps:+.0f}".replace("-", "−")


@pytest.mark.parametrize("role", ROLES)
def test_an_export_is_what_the_role_sees(site: Site, role: str) -> None:
    rows = list(csv.DictReader(io.StringIO(site.get(role, "/metrics/mrr.csv?by=plan&from=2025-01&to=2025-12").text)))
    told = site.api(role, "/api/v1/show?metric=mrr&by=plan&from=2025-01&to=2025-12").json()["metrics"][0]["rows"]
    assert [float(row["value"]) for row in rows] == [row["value"] for row in told]
    if role == "admin":
        assert "mrr-default.csv" in site.get("admin", "/settings").text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_everybody_can_read_them(look: Callable[..., Any], scheme: str, width: int) -> None:
    """Each page is seen light and dark, wide and on a phone: by turns light and wide, then dark and on a phone, or the
    other way round. `make test-all` sees each in all four."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    wrong = []
    page = look("admin", "/settings", width=width, scheme=scheme)
    base = page.url.removesuffix("/settings")
    turn = (scheme == "dark") != (width < 1000)
    for number, path in enumerate(("/settings", *PAGES)):
        if number % 2 != turn and "TENURE_WORLDS" not in os.environ:
            continue
        page.goto(base + path)
        found = axe.run(
            page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
        )
        for one in found.response["violations"]:
            wrong.append(f"{path} {one['id']}: {one['help']}: {[n['html'][:120] for n in one['nodes'][:3]]}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            wrong.append(f"{path} is {wide} px wide")
    assert not wrong, "\n".join(wrong)


HOSTILE = [
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a" * 5000,
    "\u202eevil\u0000",
    "../../etc/passwd",
    "{{7*7}}",
    "%00",
    "-1",
    "9" * 400,
    "ünï©ødé 漢字 🎈",
    "SELECT * FROM m_contacts",
]
FIELDS = (
    "from",
    "to",
    "grain",
    "by",
    "where",
    "variant",
    "compare",
    "window",
    "why",
    "group",
    "vendor",
    "period",
    "q",
    "offset",
)


def test_hostile_input_is_answered_in_words(site: Site) -> None:
    from urllib.parse import quote

    for text in HOSTILE:
        asked = quote(text, safe="")
        paths = [f"/metrics/nps?{name}={asked}" for name in FIELDS] + [
            f"/?period={asked}",
            f"/?where={asked}",
            f"/search?q={asked}",
        ]
        paths += [
            f"/catalogue?q={asked}",
            f"/metrics/{asked}",
            f"/api/v1/customers/{asked}",
            f"/settings?offset={asked}",
        ]
        for path in paths:
            reply = site.get("admin", path)
            assert reply.status < 500, (path[:200], reply.text[:300])
            if reply.headers["Content-Type"].startswith("text/html"):
                assert "<script>alert" not in reply.text and "<img src=x" not in reply.text, path
