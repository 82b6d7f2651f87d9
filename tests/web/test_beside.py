"""Long work: it says that it goes on, holds nobody, and is there when it is done."""

from __future__ import annotations

import fcntl
import time
from pathlib import Path
from typing import Any

from tenure.web.aside import Aside
from tenure.web.pending import Pending
from tenure.web.served import Served

from .site import Site


def _while_pending(site: Site, path: str, mark: str) -> list[float]:
    """Ask for other pages until a part is there; how long each took."""
    waits, until = [], time.monotonic() + 300
    while mark in site.get("manager", path).text:
        begun = time.monotonic()
        assert site.get("viewer", "/catalogue?q=churn").status == 200
        waits.append(time.monotonic() - begun)
        assert time.monotonic() < until
        time.sleep(0.5)
    return waits


def test_the_back_test_is_asked_for_and_then_there(site: Site) -> None:
    """Nothing begins by itself; asked for, it says so, others are served, and its sentences are those worked out."""
    offered = site.get("manager", "/health").text
    assert "Test the score" in offered or "Was the score right" in offered
    first = site.get("manager", "/health/backtest?go=1").text
    assert "Scoring the months of a year" in first or 'class="verdict"' in first
    waits = _while_pending(site, "/health/backtest", "Scoring the months of a year")
    done = site.get("manager", "/health/backtest").text
    served = Served(site.folder)
    ask = Aside(site.folder, served.now.workspace.config, served.now.day, start=False)
    found: Any = ask("backtest", None, where=())
    assert not isinstance(found, Pending)
    for sentence in found["sentences"]:
        assert sentence.split(",")[0].replace("'", "&#x27;") in done.replace("\u202f", " ") or sentence[:20] in done
    for row in found["bands"]:
        assert f'<td class="num">{row["left"]}</td>' in done and f"{row['customer_months']:,}" in done
    assert all(wait < 30 for wait in waits), waits
    text = site.get("csm", "/health/backtest?go=1").text
    assert "Scoring the months" in text or 'class="verdict"' in text  # a csm's is of their own customers: another one


def test_drivers_say_how_far_they_are_and_hold_nobody(site: Site) -> None:
    path = "/drivers?metric=mrr_churn_rate&period=2025-Q1"
    assert "Working it out" in site.get("viewer", path).text
    assert _while_pending(site, path, "Working it out")
    done = site.get("viewer", path).text
    assert 'id="goes"' in done and "a difference, not a cause" in done.lower()
    lines = site.get("viewer", "/drivers.csv?metric=mrr_churn_rate&period=2025-Q1").text.splitlines()
    assert lines[0].startswith("factor,group")
    assert "Working it out" not in site.get("admin", path).text  # worked out once, for all who see everybody


def test_long_work_is_stopped_and_begun_again(site: Site, look: Any) -> None:
    """In a browser: it says how far it is; Stop ends its process, and it stays ended until somebody asks for it."""
    page = look("viewer", "/drivers?metric=nrr&period=2024-Q4")
    page.wait_for_selector(".progress progress")
    assert "steps" in page.inner_text("#working") or "Begun" in page.inner_text("#working")
    page.click("#working >> text=Stop")
    page.wait_for_selector("#working >> text=Stopped by The viewer")
    assert page.url.endswith("/drivers?metric=nrr&period=2024-Q4")
    key = page.locator("#working input[name=key]").get_attribute("value")
    lock = site.folder / ".tenure-web" / "aside" / f"{key}.lock"
    until = time.monotonic() + 30
    while not _is_free(lock):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert "Stopped by The viewer" in site.get("manager", "/drivers?metric=nrr&period=2024-Q4").text
    assert "long work stopped" in site.get("admin", "/settings").text
    page.click("#working >> text=Work it out")
    page.wait_for_selector("#goes")  # it is asked again by itself until it is there
    assert page.locator("#goes").count() == 1


def test_only_what_is_at_work_is_stopped(site: Site) -> None:
    """Keys of nothing, and hostile ones, are answered in words; a form without its mark is refused."""
    for key in ("", "0" * 32, "../../web.sqlite3", "x" * 500, "\u6f22"):
        assert site.post("viewer", "/working", {"do": "stop", "key": key, "back": "/"}).status == 404
        assert site.post("viewer", "/working", {"do": "again", "key": key}).status == 404
    assert site.post("viewer", "/working", {"do": "else", "key": "0" * 32}).status == 422
    assert site.ask("/working", data={"do": "stop", "key": "0" * 32}, jar=site.jar("viewer")).status == 403
    aside = site.folder / ".tenure-web" / "aside"
    site.whole("viewer", "/drivers?metric=mrr_churn_rate&period=2025-Q1")
    key = next(aside.glob("*.lock")).stem
    done = site.post("viewer", "/working", {"do": "again", "key": key, "back": "//elsewhere.example/x"})
    assert (done.status, done.headers["Location"]) == (302, "/")


def _is_free(lock: Path) -> bool:
    """Whether no process is at work on it."""
    with lock.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_presets_stand_side_by_side(site: Site) -> None:
    path = "/metrics/mrr/vendors?why=2025-12"
    _while_pending(site, path, 'id="working"')
    text = site.get("viewer", path).text
    for preset in ("stripe", "lago"):
        told = site.api("viewer", f"/api/v1/explain?metric=mrr&period=2025-12&versus={preset}").json()
        assert f">{preset}<" in text and f"${told['other']['value']:,.0f}" in text
    assert site.get("viewer", "/metrics/mrr/vendors").status == 422
    assert site.get("viewer", "/metrics/nothing/vendors?why=2025-12").status == 404
