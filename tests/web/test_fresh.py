"""A refresh in another process shows up by itself: no restart, no failed request, no page of two versions."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import world

from tenure.access import Seen
from tenure.access_role import Access
from tenure.errors import RequestError
from tenure.web.answers import Answers
from tenure.web.aside import Aside, stop
from tenure.web.pending import WAITING, Pending, StillWorking
from tenure.web.served import Served
from tenure.workspace import Workspace

from .site import Site, start

PATHS = ("/metrics/mrr", "/customers", "/catalogue?q=churn", "/api/v1/show?metric=customers&last=1")
PATIENCE = 120.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small world, loaded."""
    made = world.write(tmp_path / "small")
    Workspace(made).sync()
    return made


@pytest.fixture
def small(folder: Path) -> Iterator[Site]:
    """It, served."""
    site = start(folder)
    yield site
    site.stop()


def _add(folder: Path, name: str) -> None:
    """One customer more, from another hand."""
    file = folder / f"{name}.csv"
    file.write_text(f"customer_id,name,created_at\n{name},{name} Limited,2024-01-05\n", encoding="utf-8")
    Workspace(folder).load_files([file], "customers")


def test_readers_see_a_refresh_and_no_failure(small: Site) -> None:
    """Three versions come while two readers ask all the while, a fifth of a second after each answer."""
    failed: list[str] = []
    asked: list[str] = []
    over = threading.Event()

    def read(role: str) -> None:
        while not over.is_set():
            for path in PATHS:
                reply = small.get(role, path)
                asked.append(path)
                if reply.status != 200:
                    failed.append(f"{path}: {reply.status} {reply.text[:300]}")
                over.wait(0.2)

    for role in ("admin", "viewer"):
        small.jar(role)
    readers = [threading.Thread(target=read, args=(role,)) for role in ("admin", "viewer")]
    for reader in readers:
        reader.start()
    try:
        for name in ("NEW1", "NEW2", "NEW3"):
            _add(small.folder, name)
            until = time.monotonic() + PATIENCE
            seen = 0
            while seen < 4:  # by every worker
                seen = seen + 1 if f"{name} Limited" in small.get("admin", f"/customers?q={name}").text else 0
                assert time.monotonic() < until, f"{name} does not show up"
                time.sleep(0.1)
    finally:
        over.set()
        for reader in readers:
            reader.join()
    assert not failed, failed[:3]
    assert len(asked) > 20


def test_what_is_held_stays_at_its_version(folder: Path) -> None:
    """A page that began before a refresh ends as it began; what was asked is asked again beforehand."""
    served = Served(folder)
    before = served.now
    door = Seen(before, Access("manager"))
    count = door.customers(limit=1).found
    (asked,) = before.asked_lately()
    _add(folder, "LATE")
    until = time.monotonic() + PATIENCE
    while served.now is before:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert door.customers(limit=2).found == count and served.now.version == before.version + 1
    assert served.now.stamp != before.stamp
    assert asked in served.now.asked_lately()
    assert Seen(served.now, Access("manager")).customers(limit=1).found == count + 1


def test_settings_that_cannot_answer_leave_the_old_ones_in_force(folder: Path) -> None:
    """A tenure.toml with a mistake changes nothing; data that come meanwhile are shown; mended, it holds."""
    served = Served(folder)
    assert served.now.stamp
    settings = folder / "tenure.toml"
    good = settings.read_text(encoding="utf-8")
    settings.write_text(good + "\n[nonsense]\nx = 1\n", encoding="utf-8")
    version = served.now.version
    _wait_refused(served)
    file = folder / "more.csv"
    file.write_text("customer_id,name,created_at\nM,M Limited,2024-01-05\n", encoding="utf-8")
    settings.write_text(good, encoding="utf-8")
    Workspace(folder).load_files([file], "customers")
    settings.write_text(good + "\n[nonsense]\nx = 2\n", encoding="utf-8")
    _until(lambda: served.now.version > version)
    assert Seen(served.now, Access("viewer")).customers(search="M Limited").found == 1
    settings.write_text(good.replace("Small world", "Mended"), encoding="utf-8")
    os.utime(settings)
    _until(lambda: served.workspace.config.name == "Mended")


def _wait_refused(served: Served) -> None:
    before = served.now
    _until(lambda: served._refused is not None)
    assert served.now is before


def _until(holds: object) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.05)


def test_answers_are_given_again_without_asking(folder: Path) -> None:
    answers = Answers(folder)
    first = answers("customers", where=(), limit=3)
    assert answers("customers", limit=3, where=[]) is first
    assert answers("freshness") is not answers("freshness")


def test_of_many_customers_health_is_worked_out_beside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks is told how far it is, and other questions do not wait; who only looks begins nothing; then it is
    there, and is not asked for again."""
    monkeypatch.setattr("tenure.web.answers.MANY", 0)
    asked: list[tuple[str, bool]] = []
    there: dict[str, str] = {}

    def beside(answers: Answers, question: Any, start: bool) -> object:
        asked.append((question[0], start))
        return there.get(question[0], Pending(7, begun=start))

    answers = Answers(folder, beside=beside)
    with pytest.raises(StillWorking) as told:
        answers("health")
    assert told.value.pending == Pending(7) and answers("customers", limit=1).found > 0
    with pytest.raises(StillWorking), answers.first_asked():
        answers("health")
    with pytest.raises(StillWorking):
        answers.at_once("health_movers")
    assert asked == [("health", True), ("health", False), ("health_movers", False)]
    there["health"] = "worked out"
    assert answers("health") == answers("health") == "worked out" and len(asked) == 4
    assert not [method for method, _, _ in answers.asked_lately() if method != "customers"]  # no rehearsal of minutes


def test_health_of_many_is_the_same_beside_the_site(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Worked out by a process of its own, for all that serve; what somebody else wrote there is refused."""
    monkeypatch.setattr("tenure.web.answers.MANY", 0)
    one, other = Served(folder), Served(folder)

    def there() -> bool:
        try:
            return bool(one.now("health"))
        except StillWorking:
            return False

    _until(there)
    told = Workspace(folder).health().to_json()
    assert told["customers"] and one.now("health").to_json() == other.now("health").to_json() == told
    standing = one.now("health")
    every = {judged.customer: judged for judged in standing.judgements}
    for band in standing.score.bands.names:  # who is in a band, without judging anybody anew
        assert standing.within(band).customers == [who for who, judged in every.items() if judged.band == band]
    asked = [*list(every)[:2], "nobody"]
    assert list(standing.judgements.of(asked)) == asked[:2]
    assert standing.judgements.of(asked)[asked[0]].to_json() == every[asked[0]].to_json()
    (kept,) = (folder / ".tenure-web" / "aside").glob("*.answer")
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    with pytest.raises(RequestError, match="changed by somebody else"):
        Served(folder).now("health")


@pytest.mark.parametrize("moves", [False, True], ids=["as_of fixed", "as_of moves"])
def test_what_one_process_answered_beforehand_the_others_take(folder: Path, moves: bool) -> None:
    """After a start and after a refresh, two that serve stand at one moment, and only one has asked."""
    settings = folder / "tenure.toml"
    if moves:
        lines = settings.read_text(encoding="utf-8").splitlines()
        settings.write_text("\n".join(line for line in lines if not line.startswith("as_of")), encoding="utf-8")
    asked: list[str] = []

    def open_first(answers: Answers) -> None:
        with answers.first_asked():
            if not answers.knows(("customers", (), (("limit", 2),))):
                asked.append(answers.stamp)
            answers("customers", limit=2)

    both = [Served(folder, open_first) for _ in range(2)]
    for served in both:
        served.begin()
    one, other = both
    assert one.now.stamp == other.now.stamp and asked == [one.now.stamp]
    before = one.now.version
    _add(folder, "SHARED")
    _until(lambda: one.now.version == other.now.version == before + 1)
    assert one.now.stamp == other.now.stamp
    told = other.now("customers", limit=2)
    assert told.found == one.now("customers", limit=2).found == Workspace(folder).customers(limit=1).found
    kept = folder / ".tenure-web" / "shared" / "answers"
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")  # what somebody else wrote is not opened
    asked.clear()
    Served(folder, open_first).begin()
    assert len(asked) == 1


def test_however_many_are_looked_at_health_is_asked_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many customers one process works out what shows each in full: as it shows where they are few."""
    monkeypatch.setattr("tenure.web.answers.MANY", 0)
    served, few = Served(folder), Workspace(folder)
    every = few.health().judgements.customers
    for who in every:
        with pytest.raises(StillWorking):
            served.now("health_of", who, None)
    aside = folder / ".tenure-web" / "aside"
    assert len(list(aside.glob("*.lock"))) == 1
    _until(lambda: list(aside.glob("*.answer")))
    for who in every:
        assert served.now("health_of", who, None).to_json() == few.health_of(who).to_json()
    with pytest.raises(RequestError, match="no customer"):
        served.now("health_of", "nobody at all", None)
    assert len(list(aside.glob("*.lock"))) == 1


def test_however_many_ask_few_processes_begin(folder: Path) -> None:
    """Of five questions three are at work, of those about everybody one; the others begin when there is room."""
    config = Workspace(folder).config
    ask = Aside(folder, config, "few")
    periods = [f"2024-0{month}" for month in range(1, 6)]
    told = [ask("explain", "mrr", period) for period in periods]
    assert [one.rounds for one in told] == ["", "", "", WAITING, WAITING] and all(one.begun for one in told)
    every = [ask.whole("health", (None,), {"where": [f"customer_id <> '{name}'"]}) for name in "abc"]
    assert [one.rounds for one in every] == ["", WAITING, WAITING]
    for one in (*told[:3], every[0]):
        assert stop(config, one.key, "the test")
    _until(lambda: ask("explain", "mrr", periods[3]).rounds != WAITING)
    stop(config, told[3].key, "the test")


OPENED = """
import sys
from pathlib import Path
from tenure.workspace import Workspace
from tenure.web import start
start.django(Workspace.find(sys.argv[1]).config, "testserver")
from django.test import Client
from tenure.web import first, people
from tenure.web.served import served
answers = served().now
first.opened(answers)
asked = set(answers._kept)
assert asked and asked == set(answers.asked_lately())
reader = Client()
reader.force_login(people.add("first@example.com", "manager", "a long word of somebody"))
for address in ("/", "/metrics", "/customers"):
    assert reader.get(address).status_code == 200, address
assert served().now is answers
print(sorted(str(one) for one in set(answers._kept) - asked))
"""


def test_first_pages_ask_nothing_that_was_not_asked_beforehand(folder: Path) -> None:
    """After a start a manager opens overview, metrics and customers: every question has its answer."""
    done = subprocess.run([sys.executable, "-c", OPENED, str(folder)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr[-2000:] + done.stdout


BROKEN = """
import sys
from dataclasses import replace
from tenure.workspace import Workspace
from tenure.web import start
start.django(Workspace.find(sys.argv[1]).config, "testserver")
from tenure.web import first
from tenure.web.served import served
def broken(request):
    raise KeyError("a page of ours is wrong")
wrong = [replace(one, ways=(replace(one.ways[0], view=broken),)) for one in first.pages() if one.name == "overview"]
others = [one for one in first.pages() if one.name != "overview"]
first.pages = lambda: wrong + others
answers = served().now
first.opened(answers)
print(len(answers._kept) > 0)
"""


def test_a_page_that_fails_keeps_nothing_new_from_the_others(folder: Path) -> None:
    """Opened beforehand, it is logged; the pages after it are opened, and new data take over."""
    done = subprocess.run([sys.executable, "-c", BROKEN, str(folder)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr[-2000:]
    assert "The page overview cannot be opened beforehand" in done.stderr
