"""Customers, one customer and health in a real browser: what is found, kept, taken along, and shown to whom."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tenure.workspace import Workspace

from .site import ROLES, Site, command


def _told(site: Site, *words: str) -> Any:
    done = subprocess.run(command(site.folder, *words, "--format", "json"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _money(amount: float) -> str:
    return f"${amount:,.0f}"


def test_a_segment_is_found_kept_and_taken_along(site: Site, look: Callable[..., Any]) -> None:
    """Filters become chips, sort and totals are the command line's, and a segment can be saved and removed."""
    page = look("manager", "/customers")
    page.click("text=Add filter")
    page.select_option("#column", "plan")
    page.fill("#value", "Growth")
    page.click("text=Add >> nth=-1")
    page.wait_for_selector(".chip")
    assert page.inner_text(".chip").split()[:3] == ["Plan", "is", "Growth"]
    page.click("thead a >> text=Usage")
    page.wait_for_selector("th[aria-sort=descending] >> text=Usage")
    told = _told(site, "customers", "--where", "plan = 'Growth'", "--sort", "usage")
    shown = [cell.strip() for cell in page.locator("tbody th").all_inner_texts()]
    assert shown[:20] == [row["name"] for row in told["customers"]][:20]
    assert f"All {told['found']} in the segment" in page.inner_text("tfoot")
    assert _money(told["totals"]["mrr"]) in page.inner_text("tfoot")
    page.click("text=Save segment")
    page.fill("#save #name", "Growth <b>plan</b>")
    page.check("#save input[type=checkbox]")
    page.click("text=Save it")
    page.wait_for_selector("nav.tabs a[aria-current=page] >> text=Growth <b>plan</b>")
    assert page.locator("nav.tabs b").count() == 0
    assert "Growth &lt;b&gt;plan" in site.get("viewer", "/customers").text
    page.click("text=Remove the segment")
    page.wait_for_selector("nav.tabs a[aria-current=page] >> text=All")
    assert "segment saved" in site.get("admin", "/settings").text


def test_what_does_not_hold_is_said_in_words(site: Site, look: Callable[..., Any]) -> None:
    page = look("viewer", "/customers?q=nobody-of-this-name")
    assert "No customer matches" in page.inner_text("main")
    page.click("text=Remove the last filter")
    page.wait_for_selector("tbody tr")
    for asked, said in (
        ("where=regoin%20=%20'x'", "Did you mean"),
        ("column=mrr&how=from&value=many", "is not a number"),
        ("column=plan&how=is&value=", "has no value"),
        ("sort=nothing", "nothing"),
    ):
        reply = site.get("viewer", f"/customers?{asked}")
        assert reply.status == 422 and said in reply.text, asked
    assert site.get("viewer", "/customers?where=survey_responses.comment%20LIKE%20'%25a%25'").status == 403
    assert site.get("viewer", "/customers?in=s999999").status == 404


@pytest.mark.parametrize("role", ROLES)
def test_the_export_is_the_whole_selection_of_the_role(site: Site, role: str) -> None:
    """424 customers do not fit a page of 50: all that the API tells the role of are in the file, unrounded."""
    rows = list(csv.DictReader(io.StringIO(site.get(role, "/customers/export.csv").text)))
    told = site.api(role, "/api/v1/customers?limit=1000").json()
    assert [row["customer_id"] for row in rows] == [row["customer_id"] for row in told["customers"]]
    assert [float(row["mrr"]) for row in rows] == [row["mrr"] for row in told["customers"]]
    assert ("contact" in rows[0]) is False
    if role == "viewer":
        assert "customers.csv" in site.get("admin", "/settings").text


def test_chosen_rows_alone_are_taken_along(site: Site, look: Callable[..., Any]) -> None:
    """Two rows are ticked and exported; ids of others' customers give a csm nothing, and hostile ones no fault."""
    page = look("manager", "/customers?sort=name&order=up")
    boxes = page.locator("tbody input[type=checkbox]")
    ids = [boxes.nth(k).get_attribute("value") for k in (1, 3)]
    for k in (1, 3):
        boxes.nth(k).check()
    with page.expect_download() as taken:
        page.click("text=Export chosen")
    rows = list(csv.DictReader(io.StringIO(Path(taken.value.path()).read_text(encoding="utf-8"))))
    assert [row["customer_id"] for row in rows] == ids
    assert "2 rows" in site.get("admin", "/settings").text
    csm = list(csv.DictReader(io.StringIO(site.get("csm", "/customers/export.csv?id=P-1203&id=P-1125").text)))
    assert [row["customer_id"] for row in csm] == ["P-1125"]
    for text in HOSTILE:
        reply = site.get("manager", "/customers/export.csv?id=" + quote(text, safe=""))
        assert reply.status in (200, 400, 422), (text[:40], reply.status)
        assert len(reply.text.splitlines()) <= 1 or reply.status != 200


def test_one_customer_as_each_role(site: Site, look: Callable[..., Any]) -> None:
    """The figures are the command line's; notes go from one person to another, and a viewer reads no texts."""
    told = _told(site, "customer", "P-1125")
    judged = _told(site, "health", "P-1125")
    page = look("csm", "/customers/P-1125")
    text = page.inner_text("main")
    assert _money(told["now"]["mrr"]) in text
    assert f"{judged['score']:.2f}" in page.inner_text("#health tfoot")
    gives = [float(cell) for cell in page.locator("#health tbody td.main").all_inner_texts() if cell]
    assert sum(gives) == pytest.approx(judged["score"], abs=0.02)
    assert told["contacts"][0]["name"] in text and f"All {told['timeline']['found']}" in page.inner_text("#timeline")
    page.fill("#note", "Called. <script>alert(1)</script>\nThey wait for exports.")
    page.click("#notes button")
    page.wait_for_selector("#notes .things")
    note = page.inner_text("#notes .things li")
    assert "<script>alert(1)</script>" in note and "The csm" in note
    assert "They wait for exports." in site.get("manager", "/customers/P-1125").text
    assert "Note by The csm" in site.get("manager", "/customers/P-1125?show=notes").text
    seen = site.get("viewer", "/customers/P-1125").text
    assert "They wait" not in seen and "1 note." in seen
    assert told["contacts"][0]["name"] not in seen and "does not show who they are" in seen
    page.click("#notes >> text=Remove")
    page.click("text=Remove the note >> nth=-1")
    page.wait_for_selector("#notes >> text=No notes yet")


def test_notes_are_written_and_removed_by_who_may(site: Site) -> None:
    path = "/customers/P-1125"
    assert site.post("viewer", path, {"do": "note", "text": "x"}).status == 403
    assert site.post("csm", "/customers/P-1203", {"do": "note", "text": "x"}).status == 404
    assert site.post("csm", path, {"do": "note", "text": " "}).status == 422
    assert site.post("csm", path, {"do": "nothing"}).status == 422
    assert site.ask(path, data={"do": "note", "text": "x"}, jar=site.jar("csm")).status == 403  # without the mark
    assert site.post("manager", path, {"do": "note", "text": "by the manager"}).status == 302
    page = site.get("csm", path).text
    assert "by the manager" in page and "remove=" not in page
    key = site.get("manager", path).text.partition("?remove=")[2].partition("#")[0]
    assert site.post("csm", path, {"do": "remove", "note": key}).status == 403
    assert site.post("admin", "/customers/P-1203", {"do": "remove", "note": key}).status == 404
    assert site.post("admin", path, {"do": "remove", "note": key}).status == 302
    assert site.post("admin", path, {"do": "remove", "note": key}).status == 404
    assert (
        site.post("viewer", "/customers", {"do": "save", "name": "x", "where": "mrr > 0", "shared": "1"}).status == 403
    )
    assert site.post("viewer", "/customers", {"do": "save", "name": "x", "where": "mrr >"}).status == 422
    assert site.post("viewer", "/customers", {"do": "forget", "segment": "9" * 30}).status == 404


def test_health_says_what_the_command_line_says(site: Site, look: Callable[..., Any]) -> None:
    told = _told(site, "health")
    page = look("viewer", "/health")
    table = page.inner_text("[aria-label=Bands]")
    for band in told["bands"]:
        assert str(band["customers"]) in table and _money(band["mrr"]) in table.replace("$0.00", "$0")
    low = [one for one in told["customers"] if one["score"] is not None and one["band"] != "healthy"]
    scores = page.locator("#low tbody td.main").all_inner_texts()
    assert scores == [f"{one['score']:.1f}" for one in low[:25]]
    page.wait_for_selector("#divergence table")
    apart = _told(site, "health", "--divergence")
    assert page.locator("#divergence tbody tr").count() == len(apart["customers"])
    assert page.is_visible("text=Was the score right")  # offered, or there where somebody asked before
    page.click("#low tbody a >> nth=0")
    page.wait_for_selector("#health tfoot")
    assert scores[0] in f"{float(page.inner_text('#health tfoot td.num')):.1f}"


def test_movers_are_the_differences_of_two_lists(company: Path) -> None:
    """Whoever fell most has then - now as the largest difference of two standings, and its parts sum to it."""
    workspace = Workspace(company)
    moved = workspace.health_movers()
    lists = (workspace.health(as_of=moved.before), workspace.health())
    then, now = ({j.customer: j.score for j in one.judgements if j.score is not None} for one in lists)
    falls = {one: now[one] - then[one] for one in now.keys() & then.keys() if now[one] != then[one]}
    assert moved.fell[0].by == min(falls.values()) and moved.rose[0].by == max(falls.values())
    assert moved.falling == sum(fall < 0 for fall in falls.values())
    for one in (*moved.fell, *moved.rose):
        assert sum(change.by for change in one.changes) == one.by == falls[one.now.customer]


def test_long_work_is_done_once_beside_the_site(company: Path) -> None:
    """The first who asks is told to wait, and so is who asks meanwhile; then the answer is there, for the same data."""
    import time

    from tenure.web.aside import Aside
    from tenure.web.pending import Pending

    workspace = Workspace(company)
    ask = Aside(company, workspace.config, "one version")
    assert Aside(company, workspace.config, "one version", start=False)("health_scores") == Pending(0, begun=False)
    assert isinstance(ask("health_scores"), Pending) and isinstance(ask("health_scores"), Pending)
    deadline = time.monotonic() + 60
    while isinstance(found := ask("health_scores"), Pending):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert found == ["main"]
    assert isinstance(Aside(company, workspace.config, "another", start=False)("health_scores"), Pending)


HOSTILE = [
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "a" * 3000,
    "\u202eevil\x00",
    "../../etc/passwd",
    "9" * 400,
    "漢字 🎈",
]
WAYS = (
    *(f"/customers?{name}=" for name in ("q", "in", "where", "sort", "order", "page", "columns", "column", "save")),
    "/customers?column=plan&how=has&value=",
    "/customers?column=mrr&how=from&value=",
    "/customers/export.csv?where=",
    "/customers/",
    "/customers/P-1125?show=",
    "/customers/P-1125?page=",
    "/customers/P-1125?remove=",
    "/customers/timeline.csv?customer=",
    "/customers/health-by-month?customer=",
    "/health?score=",
    "/health?page=",
    "/health/backtest?go=1&score=",
    "/health/export.csv?score=",
)


def test_hostile_input_is_answered_in_words(site: Site) -> None:
    for text in HOSTILE:
        for way in WAYS:
            reply = site.get("manager", way + quote(text, safe=""))
            assert reply.status < 500, (way, text[:40], reply.text[:300])
            assert "<script>alert" not in reply.text, way
