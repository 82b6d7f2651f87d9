"""Power goes at any moment: nothing acknowledged is lost, and readers never see half. Real processes, really killed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tenure.errors import StoreError
from tenure.store import Store

SECONDS = 8.0

# Each version holds as many orders as its number, adds that many events, and says its number in a rollup: a reader that
# ever saw parts of two versions would see numbers that do not fit. Every committed number is printed at once.
WRITER = """
import sys
from pathlib import Path
from tenure.store import Store

store = Store(Path(sys.argv[1]))
while True:
    with store.write() as tx:
        n = tx.version
        tx.replace_table("orders", f"SELECT 'o' || range AS order_id, {n}::DECIMAL(18,4) AS amount FROM range({n})")
        tx.add_part("events", f"SELECT 'e{n}-' || range AS event_id, 'x' AS name FROM range({n})")
        tx.put_rollup("told", f"SELECT {n} AS version, repeat('x', 100000) AS bulk")
        tx.meta["n"] = n
        tx.commit()
    print(n, flush=True)
"""


def check(store: Store) -> int:
    """The version of a snapshot that is whole."""
    with store.snapshot() as snap:
        n = snap.version
        if n == 0:
            return 0
        con = snap.con
        assert con.execute("SELECT count(*), max(amount)::INT FROM m_orders").fetchone() == (n, n)
        assert con.execute("SELECT version FROM told").fetchone() == (n,)
        assert con.execute("SELECT count(*) FROM m_events").fetchone() == (n * (n + 1) // 2,)
        assert snap.meta == {"n": n}
        return n


@pytest.mark.timeout(120)
def test_writers_are_killed_and_readers_do_not_notice(tmp_path: Path) -> None:
    store, stop = Store(tmp_path), threading.Event()
    seen: list[int] = []
    troubles: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.is_set():
                seen.append(check(store))
        except BaseException as error:
            troubles.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    acknowledged = kills = 0
    dice = random.Random(7)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and not troubles:
        command = [sys.executable, "-c", WRITER, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            if kills:  # the first goes at any moment of its start, the others somewhere in their work
                writer.stdout.readline()
            time.sleep(dice.uniform(0, 0.4))
            writer.kill()
            told = [int(line) for line in writer.stdout.read().split() if line.isdigit()]
        kills += 1
        now = check(store)
        acknowledged = max([acknowledged, *told])
        assert now >= acknowledged, "a version that was acknowledged is gone"
        acknowledged = now
    stop.set()
    for reader in readers:
        reader.join()
    assert not troubles, troubles[0]
    assert kills >= 3 and acknowledged >= kills - 1 and max(seen) > 0
    with store.write() as tx:  # the lock of a killed writer is nobody's
        tx.meta["n"] = tx.version
    named = {p for n in (tmp_path / ".tenure" / "versions").iterdir() for p in _named(n)}
    there = {
        p.relative_to(tmp_path / ".tenure" / "parts").as_posix() for p in (tmp_path / ".tenure" / "parts").glob("*/*")
    }
    assert there <= named, "leftovers stayed"


def _named(version: Path) -> set[str]:
    from tenure.store.manifest import parse

    return parse(version.read_text(), version).files()


def test_a_second_process_is_refused_while_one_writes(tmp_path: Path) -> None:
    code = "import sys, time\nfrom pathlib import Path\nfrom tenure.store import Store\n" + (
        "with Store(Path(sys.argv[1])).write():\n    print('in', flush=True)\n    time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "in\n"
        with pytest.raises(StoreError, match=str(writer.pid)), Store(tmp_path).write():
            pass
        writer.kill()
    with Store(tmp_path).write() as tx:
        tx.add_part("orders", "SELECT 'o' AS order_id")
        assert tx.commit() == 1
