"""Long work beside the site: a question answered by a process of its own, its answer kept until the data change.

A year of scores takes half a minute; asked in a server's process it would keep everybody waiting. Here it is asked
once, by whoever opens the page first, whichever process serves them; others wait for the same answer, and nobody
waits for it to see the rest of their page. A lock that a process holds for its life says whether one is at work, so
that nothing is left over when one is killed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenure.errors import RequestError, TenureError
from tenure.web.kept import folder_of

OLD = 3 * 86_400
"""Seconds after which an answer that nobody asked for again is let go."""


@dataclass(frozen=True)
class Pending:
    """It is being worked out, for so many seconds; or, not begun, nobody has asked for it yet.

    `usual`: the seconds that the like of it took the last time; 0 where it was never asked before.
    """

    seconds: int
    begun: bool = True
    usual: int = 0


class Aside:
    """Answers methods of a workspace with their JSON, or with Pending. `stamp`: what answers depend on.

    Without `start` it only says what is there.
    """

    def __init__(self, folder: Path, config: Any, stamp: str, *, start: bool = True) -> None:
        self.workspace, self.stamp, self.start = folder, stamp, start
        self.folder = folder_of(config) / "aside"
        self.folder.mkdir(mode=0o700, exist_ok=True)

    def __call__(self, method: str, /, *arguments: Any, **options: Any) -> Any:
        """The answer, if it is there; else work on it begins, and this is Pending."""
        job = json.dumps([self.stamp, method, arguments, options], sort_keys=True)
        path = self.folder / hashlib.sha256(job.encode()).hexdigest()[:32]
        answer = path.with_suffix(".json")
        if answer.exists():
            os.utime(answer)
            return _said(answer)
        handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return Pending(max(0, round(time.time() - os.fstat(handle).st_mtime)), usual=self._usual(method))
            if answer.exists():
                return _said(answer)
            if not self.start:
                return Pending(0, begun=False)
            os.utime(handle)
            self._begin(job, answer, handle)
            return Pending(0)
        finally:
            os.close(handle)

    def _usual(self, method: str) -> int:
        try:
            return int((self.folder / f"{method}.took").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def _begin(self, job: str, answer: Path, handle: int) -> None:
        """Start the process; it inherits the lock, which holds while any of its holders lives."""
        for old in self.folder.iterdir():
            if time.time() - old.stat().st_mtime > OLD:
                old.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "tenure.web.aside", str(self.workspace), str(answer)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=(handle,),
            start_new_session=True,
        )
        assert process.stdin is not None
        process.stdin.write(job.encode())
        process.stdin.close()


def _said(answer: Path) -> Any:
    found = json.loads(answer.read_bytes())
    if "error" in found:
        raise RequestError(found["error"], todo=found["todo"])
    return found["answer"]


def work(folder: str, answer: str, job: str) -> None:
    """Answer one question; what is wrong with it is an answer too."""
    from tenure.workspace import Workspace

    begun = time.monotonic()
    _, method, arguments, options = json.loads(job)
    try:
        found = getattr(Workspace(folder), method)(*arguments, **options)
        kept = {"answer": found.to_json() if hasattr(found, "to_json") else found}
    except TenureError as error:
        kept = {"error": error.what, "todo": error.todo or ""}
    whole = Path(f"{answer}.{os.getpid()}")
    whole.write_text(json.dumps(kept), encoding="utf-8")
    whole.replace(answer)
    if "answer" in kept:
        Path(answer).with_name(f"{method}.took").write_text(f"{time.monotonic() - begun:.0f}", encoding="ascii")


if __name__ == "__main__":
    os.nice(10)
    work(sys.argv[1], sys.argv[2], sys.stdin.read())
