"""Cohorts, goals, drivers, feedback and data in a real browser: figures are the workspace's, roles see their part."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tenure.workspace import Workspace

from .site import OWNER, Site

PAGES = (
    "/cohorts?cohort=2024-10&age=12",
    "/cohorts?tab=revenue&show=count",
    "/cohorts?tab=usage&grain=quarter",
    "/goals",
    "/drivers",
    "/drivers?metric=customer_churn_rate",
    "/feedback",
    "/data",
    "/data/rejects",
)
Look = Callable[..., Any]


@pytest.fixture(scope="module")
def workspace(company: Path) -> Workspace:
    return Workspace(company)


def test_a_cell_opens_the_customers_who_left(look: Look, workspace: Workspace) -> None:
    """What stands in a cell is what the command line says; the list below has as many as the cell lacks."""
    (result,) = workspace.show("cohort_retention", from_="2024-10", to="2024-10")
    row = next(row for row in result.rows if row.by["age"] == 12)
    gone = int((row.denominator or 0) - (row.numerator or 0))
    assert gone > 0
    page = look("manager", "/cohorts")
    cell = page.locator("table.heat tbody tr", has_text="Oct 2024").locator("td.num >> nth=13")
    assert cell.inner_text().strip() == f"{float(row.value or 0) * 100:.0f}"
    cell.locator("a").click()
    page.wait_for_selector("#left")
    assert "cohort=2024-10" in page.url and "age=12" in page.url
    assert page.inner_text("#left-title").startswith(f"{gone} of {row.n} ")
    assert page.locator("#left tbody a[href^='/customers/']").count() == gone
    page.select_option("select[name=grain]", "quarter")
    page.wait_for_selector("text=Quarter 6")
    page.click("nav.tabs >> text=Revenue")
    page.wait_for_selector("text=grew")
    assert "tab=revenue" in page.url and "grain=quarter" in page.url


@pytest.mark.parametrize("mode", ["", "active_bounded", "active_unbounded", "active_continuous", "active_return_by"])
def test_those_listed_are_those_counted(workspace: Workspace, mode: str) -> None:
    """Two ways to the same figure: the cell counts by cohort and age, the list asks each customer's own figures."""
    variant = mode or None
    found = workspace.cohorts("cohort_retention", from_="2024-09", to="2024-10", variant=variant)
    for line in found.lines:
        for age in (0, 1, 7):
            people = workspace.cohort_members("cohort_retention", line.label, age, variant).people
            assert (len(people), sum(one.kept for one in people)) == (line.size, line.cells[age].numerator)


def test_from_a_theme_to_its_customers(site: Site, look: Look, workspace: Workspace) -> None:
    feedback, voices = workspace.feedback(), workspace.voices()
    assert [theme.texts for theme in feedback.themes] == [
        sum(theme.name in one.themes for one in voices.comments) for theme in feedback.themes
    ]
    page = look("manager", "/feedback")
    first = page.locator("section[aria-labelledby=themes] tbody tr >> nth=0")
    assert first.locator("td >> nth=0").inner_text() == f"{feedback.themes[0].texts}"
    name = feedback.themes[1].name
    page.click(f"section[aria-labelledby=themes] >> text={name.capitalize()}")
    page.wait_for_selector(f"#said >> text={name.capitalize()}")
    assert page.locator("#theme q.quote").count() == min(30, feedback.themes[1].texts)
    assert page.locator("#theme .things a[href^='/customers/']").count() > 0
    assert "A difference, not a cause" in page.inner_text("#theme")
    bodies = {one.body for one in voices.comments if len(one.body) > 20}
    shown = site.get("viewer", "/feedback").text
    assert "does not show what people wrote" in shown
    assert not any(body in shown for body in bodies)
    rows = list(csv.DictReader(io.StringIO(site.get("csm", "/feedback/comments.csv").text)))
    mine = {str(row["customer_id"]) for row in workspace.customers(where=f"owner = '{OWNER}'", limit=None).rows}
    assert rows and {row["customer_id"] for row in rows} <= mine


def test_goals_say_how_to_declare_one(site: Site, look: Look) -> None:
    """The example company has none; the empty page shows one that can be copied."""
    page = look("manager", "/goals")
    if page.locator("table").count() == 0:
        assert "[goals.churn]" in page.inner_text("pre.sample")
    assert site.get("csm", "/goals").status == 403


def test_drivers_are_asked_for_and_never_causes(look: Look, workspace: Workspace) -> None:
    answer = workspace.drivers("customer_churn_rate").to_json()
    page = look("viewer", "/drivers")
    page.click("text=Work it out for churn")
    page.wait_for_selector("#goes")
    findings = [one for one in answer["goes_with"]["factors"] if one["finding"]]
    assert page.locator("section[aria-labelledby=goes] tbody tr").count() == len(answer["goes_with"]["factors"])
    assert page.locator("#main td .tag.watch").count() == len(findings)
    said = page.inner_text("#main").lower()
    assert "a difference, not a cause" in said
    assert "because of" not in said and "drives" not in said and "leads to churn" not in said


def test_data_says_what_came_in(site: Site, look: Look, workspace: Workspace) -> None:
    status = workspace.sources_status()
    page = look("manager", "/data")
    rows = page.locator("section[aria-labelledby=sources] tbody tr")
    assert rows.count() == len(status.sources)
    assert rows.nth(0).locator("td >> nth=2").inner_text() == f"{status.sources[0]['read']:,}"
    assert page.locator("#checks").count() == 1
    assert "shown to managers" in site.get("viewer", "/data").text
    assert site.get("csm", "/data/rejects.csv").status == 403
    assert "refused-rows.csv" in (site.get("admin", "/data/rejects.csv").text and site.get("admin", "/settings").text)


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1440), ("light", 390)])
def test_everybody_can_read_them(look: Look, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = look("manager", "/account", width=width, scheme=scheme)
    base, wrong = page.url.removesuffix("/account"), []
    for path in PAGES:
        page.goto(base + path)
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        for one in axe.run(page, options={"runOnly": rules}).response["violations"]:
            wrong.append(f"{path} {one['id']}: {one['help']}: {[n['html'][:120] for n in one['nodes'][:3]]}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            wrong.append(f"{path} is {wide} px wide")
    assert not wrong, "\n".join(wrong)


def test_hostile_addresses_are_answered_in_words(site: Site) -> None:
    hostile = ["' OR 1=1 --", '"><img src=x onerror=alert(1)>', "a" * 3000, "\u202e\u0000", "-1", "9" * 300, "漢字"]
    names = {
        "/cohorts": ("tab", "grain", "last", "mode", "where", "show", "cohort", "age"),
        "/cohorts/customers.csv": ("cohort", "age"),
        "/feedback": ("period", "where", "theme", "tone"),
        "/goals": ("view", "owner"),
        "/drivers": ("metric", "period", "compare", "where", "column"),
        "/data/rejects": ("source", "table", "reason", "offset"),
    }
    for path, fields in names.items():
        for field in fields:
            for text in hostile:
                reply = site.get("admin", f"{path}?{field}={quote(text, safe='')}")
                assert reply.status < 500, (path, field, text[:40], reply.text[:300])
                assert "<img src=x" not in reply.text or "csv" in (reply.headers["Content-Type"] or "")
