"""The served example company at 100 x its size: what readers wait while a refresh runs, and what the API adds.

`tenure serve` is started as anybody would, and asked over the loopback by as many connections as there are readers,
each as patient as a person. Nothing is asked of any other machine, and everything ends with the part.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from benchmarks.generate import Company
from benchmarks.grown import grown
from benchmarks.timing import Time, Verdict
from tenure.workspace import Workspace

TIMES, READERS, PAUSE, MINUTE = 100, 50, 5.0, 60.0
PATIENCE = 300.0
"""Seconds that a first question may take at this size, before anything is kept."""
AT_ONCE = 16
"""Readers who ask for a page at one moment, twice what a worker answers at once."""
METRICS = (
    "/metrics/nrr?by=plan",
    "/metrics/mrr",
    "/metrics/customer_churn_rate?by=region",
    "/metrics/nps",
    "/metrics/arpa?by=industry",
)
PAGES = (*METRICS, *METRICS, "/", "/metrics", "/catalogue", "/customers/P-1125", "/cohorts")
"""What readers open: metric pages twice as often as all others."""
SLOWER, OVER_ENGINE = 5.0, 1.5
EMAIL, PASSWORD = "reader@example.com", "a long word of the reader"


@dataclass
class Asked:
    """What one reader got: the seconds of every page, and what went wrong."""

    waits: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


class Reader:
    """One connection that stays open, as a browser's does."""

    def __init__(self, address: str, cookie: str = "", token: str = "") -> None:
        self.host = urlsplit(address).netloc
        self.headers = {"Cookie": cookie} if cookie else {"Authorization": f"Bearer {token}"} if token else {}
        self.con = http.client.HTTPConnection(self.host, timeout=PATIENCE)

    def get(self, path: str) -> tuple[int, bytes]:
        """One page. A connection that the server closed while nobody spoke is opened again."""
        for last in (False, True):
            try:
                self.con.request("GET", path, headers={**self.headers, "Accept-Encoding": "gzip"})
                reply = self.con.getresponse()
                body = reply.read()
                return reply.status, gzip.decompress(body) if reply.getheader("Content-Encoding") == "gzip" else body
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.con.close()
                if last:
                    raise
        raise AssertionError

    def visit(self, path: str, asked: Asked) -> None:
        """A page, timed."""
        begun = time.perf_counter()
        try:
            status, body = self.get(path)
        except OSError as error:
            asked.failed.append(f"{path}: {error!r}")
            return
        asked.waits.setdefault(path, []).append(time.perf_counter() - begun)
        if status != 200:
            asked.failed.append(f"{path}: {status} {body[:200]!r}")


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """`tenure serve` over a folder: its address and its process."""
    words = [sys.executable, "-m", "tenure", "-C", str(folder), "serve", "--port", "0"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        assert process.stdout is not None
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address, "the server did not start"
        yield address[0], process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _person(folder: Path) -> str:
    """Somebody who may see everything; the text of a token of theirs."""
    tenure = [sys.executable, "-m", "tenure", "-C", str(folder)]
    subprocess.run(
        [*tenure, "user", "add", EMAIL, "--role", "admin", "--password-stdin"],
        input=PASSWORD, text=True, check=True, capture_output=True,
    )  # fmt: skip
    done = subprocess.run([*tenure, "token", "add", "--user", EMAIL], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _signed_in(address: str) -> str:
    """The cookie of somebody who signed in by the form."""
    con = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    con.request("GET", "/sign-in")
    reply = con.getresponse()
    mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', reply.read().decode())
    csrf = (reply.getheader("Set-Cookie") or "").partition(";")[0]
    form = urlencode({"csrfmiddlewaretoken": mark[1] if mark else "", "email": EMAIL, "password": PASSWORD})
    headers = {"Cookie": csrf, "Content-Type": "application/x-www-form-urlencoded"}
    con.request("POST", "/sign-in", form, headers)
    reply = con.getresponse()
    found = re.search(r"tenure_session=[^;]+", ", ".join(reply.msg.get_all("Set-Cookie") or []))
    assert reply.status == 302 and found, reply.status
    return found[0]


def part_site(made: Company, repeat: int) -> list[Verdict]:
    """Readers during a refresh against one reader of an idle server; the API against the engine."""
    workspace, later = grown(TIMES)
    token = _person(workspace.folder)
    with serving(workspace.folder) as (address, process):
        cookie = _signed_in(address)
        _until_kept(address, cookie)
        idle = _alone(address, cookie, repeat)
        found = [_api(address, token, process, workspace, repeat)]
        alone, _ = _minute(address, cookie, workspace, (), MINUTE / 2)
        found.append(_pages(f"metric page, p95 of {READERS} readers, no refresh", idle, alone, 0, inf))
        asked, versions = _minute(address, cookie, workspace, later)
    most = SLOWER if not asked.failed and versions else 0.0
    return [*found, _pages(f"metric page, p95 of {READERS} readers in a refresh", idle, asked, versions, most)]


def _pages(name: str, idle: float, asked: Asked, versions: int, most: float) -> Verdict:
    """How long metric pages took, against one reader alone. Without a refresh it says what the machine is worth."""
    waits = sorted(wait for path in METRICS for wait in asked.waits.get(path, []))
    p95 = waits[int(0.95 * (len(waits) - 1))]
    count = sum(map(len, asked.waits.values()))
    note = f"{count} pages, {len(asked.failed)} failed, {versions} versions came, median {statistics.median(waits):.3f}"
    for text in asked.failed[:5]:
        print("  failed:", text, flush=True)
    return _say(Verdict(name, Time(p95, p95), Time(idle, idle), most, note=note))


def _until_kept(address: str, cookie: str) -> None:
    """Every page until all workers have answered it: asked by many at once, since an idle one takes whatever comes."""
    for path in dict.fromkeys(PAGES):
        waits: list[float] = []
        quick = 0
        while quick < 3:
            asked = [Asked() for _ in range(AT_ONCE)]
            at_once = [threading.Thread(target=Reader(address, cookie).visit, args=(path, one)) for one in asked]
            for thread in at_once:
                thread.start()
            for thread in at_once:
                thread.join()
            assert not any(one.failed for one in asked), asked
            waits += [one.waits[path][0] for one in asked]
            quick = quick + 1 if max(waits[-len(asked) :]) < 1.0 else 0
        print(f"  {path}: first {waits[0]:.1f} s, then {min(waits):.3f} s", flush=True)


def _alone(address: str, cookie: str, repeat: int) -> float:
    """The usual wait for a metric page where nothing else happens."""
    reader, asked = Reader(address, cookie), Asked()
    for _ in range(4 * repeat):
        for path in METRICS:
            reader.visit(path, asked)
    return statistics.median(wait for waits in asked.waits.values() for wait in waits)


def _minute(
    address: str, cookie: str, workspace: Workspace, later: Sequence[Sequence[Path]], seconds: float = MINUTE
) -> tuple[Asked, int]:
    """Readers for a minute, while a company more after the other comes in and is refreshed."""
    all_asked = [Asked() for _ in range(READERS)]
    end = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_read, args=(address, cookie, number, asked, end))
        for number, asked in enumerate(all_asked)
    ]
    before, loads = workspace.version, 0
    for thread in threads:
        thread.start()
    while time.monotonic() < end and loads < len(later):
        words = [sys.executable, "-m", "tenure", "-C", str(workspace.folder), "import", *map(str, later[loads])]
        subprocess.run(words, check=True, capture_output=True)
        loads += 1
    for thread in threads:
        thread.join()
    whole = Asked()
    for asked in all_asked:
        whole.failed += asked.failed
        for path, waits in asked.waits.items():
            whole.waits.setdefault(path, []).extend(waits)
    return whole, workspace.version - before


def _read(address: str, cookie: str, number: int, asked: Asked, end: float) -> None:
    """One reader: a page every PAUSE seconds, not all at the same moment."""
    reader = Reader(address, cookie)
    time.sleep(PAUSE * number / READERS)
    turn = number
    while time.monotonic() < end:
        begun = time.monotonic()
        reader.visit(PAGES[turn % len(PAGES)], asked)
        turn += 1
        time.sleep(max(0.0, PAUSE - (time.monotonic() - begun)))


def _api(address: str, token: str, process: int, workspace: Workspace, repeat: int) -> Verdict:
    """A 24-month metric by segment that nobody asked before, each time another window; the best of each side."""
    reader = Reader(address, token=token)
    best = [Time(float("inf"), float("inf"))] * 2
    windows = [(f"{2023 + (m - 1) // 12}-{(m - 1) % 12 + 1:02d}", f"{2025 + (m - 1) // 12}-{(m - 1) % 12 + 1:02d}")
               for m in range(2, 2 + 3 * repeat + 2)]  # fmt: skip
    windows = [(first, last) for first, last in windows if last <= "2025-12"]
    for number, (first, last) in enumerate(windows):
        query = urlencode({"metric": "nrr", "by": "region", "from": first, "to": last, "window": "12m"})
        wall, cpu = time.perf_counter(), _cpu_of(process)
        status, body = reader.get(f"/api/v1/show?{query}")
        theirs = Time(time.perf_counter() - wall, _cpu_of(process) - cpu)
        assert status == 200, body[:300]
        wall, used = time.perf_counter(), time.process_time()
        answer = workspace.show("nrr", by="region", from_=first, to=last, window="12m").to_json()
        own = Time(time.perf_counter() - wall, time.process_time() - used)
        rows = json.loads(body)["metrics"][0]["rows"]
        assert [row["value"] for row in rows] == [row["value"] for row in answer["metrics"][0]["rows"]]
        if number >= 3:  # by then both workers and this process are warm
            best = [Time(min(b.wall, t.wall), min(b.cpu, t.cpu)) for b, t in zip(best, (theirs, own), strict=True)]
    return _say(Verdict("API, nrr by region over 24 months, engine", best[0], best[1], OVER_ENGINE))


def _cpu_of(process: int) -> float:
    """Processor seconds of a process and its children that live."""
    ticks = 0
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                told = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(folder.name) == process or int(told[1]) == process:
                ticks += int(told[11]) + int(told[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _say(verdict: Verdict) -> Verdict:
    print(verdict.line(), flush=True)
    return verdict
