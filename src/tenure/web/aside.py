"""Long work beside the site: a question answered by a process of its own, its answer kept until the data change.

A year of scores takes half a minute; asked in a server's process it would keep everybody waiting. Here it is asked
once, by whoever opens the page first, whichever process serves them; others wait for the same answer, and nobody
waits for it to see the rest of their page. A lock that a process holds for its life says whether one is at work, so
that nothing is left over when one is killed; whoever waits can stop it, and it stays stopped until somebody asks anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tenure.errors import NotThere, RequestError
from tenure.web.aside_work import SEAL, seal
from tenure.web.kept import folder_of
from tenure.web.pending import WAITING, Pending

PLACES, PLACE = {"json": 3, "whole": 1}, ".place"
"""How many processes of each form work at once, whatever is asked: answers about everybody take memory."""
OLD = 3 * 86_400
"""Seconds after which an answer that nobody asked for again is let go."""


class Aside:
    """Answers methods of a workspace with their JSON, or with Pending. `stamp`: what answers depend on.

    Without `start` it only says what is there.
    """

    def __init__(self, folder: Path, config: Any, stamp: str, *, start: bool = True, version: int = -1) -> None:
        """`version`: that of the data that may answer; -1 where any may."""
        self.workspace, self.stamp, self.start, self.version = folder, stamp, start, version
        self.folder, self._config = shelf(config), config

    def __call__(self, method: str, /, *arguments: Any, **options: Any) -> Any:
        """The answer, if it is there; else work on it begins, and this is Pending."""
        found = self._found("json", method, arguments, options)
        return found if isinstance(found, Pending) else _said(json.loads(found))

    def whole(self, method: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """The answer as the object that it is, however many customers it is of; else work on it begins: Pending."""
        found = self._found("whole", method, arguments, options)
        if isinstance(found, Pending):
            return found
        if not hmac.compare_digest(found[:SEAL], seal(self._config, found[SEAL:])):
            raise RequestError("What was worked out beside the site was changed by somebody else.", todo="Remove it.")
        return _said(pickle.loads(found[SEAL:]))

    def _found(self, form: str, method: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> bytes | Pending:
        job = json.dumps([form, method, arguments, options], sort_keys=True)
        path = self.folder / hashlib.sha256(f"{self.stamp} {job}".encode()).hexdigest()[:32]
        answer = path.with_suffix(".answer")
        if answer.exists():
            os.utime(answer)
            return answer.read_bytes()
        stopped = path.with_suffix(".stopped")
        with _lock(path) as (handle, free):
            if not free:
                return self._at_work(path, method, handle)
            if answer.exists():
                return answer.read_bytes()
            if stopped.exists():
                return Pending(0, begun=False, key=path.name, stopped=stopped.read_text(encoding="utf-8"))
            if not self.start:
                return Pending(0, begun=False)
            with _place(self.folder, form) as place:
                if place is None:  # whoever asks again finds it free one day
                    return Pending(0, usual=self._usual(method), rounds=WAITING, key=path.name)
                os.utime(handle)
                self._begin(job, answer, handle, place)
            return Pending(0, usual=self._usual(method), key=path.name)

    def _at_work(self, path: Path, method: str, handle: int) -> Pending:
        seconds = max(0, round(time.time() - os.fstat(handle).st_mtime))
        done, of, rounds = 0, 0, ""
        with contextlib.suppress(OSError, ValueError):
            done, of, rounds = json.loads(path.with_suffix(".far").read_text(encoding="utf-8"))
        return Pending(seconds, True, self._usual(method), done, of, rounds, path.name)

    def _usual(self, method: str) -> int:
        try:
            return int((self.folder / f"{method}.took").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def _begin(self, job: str, answer: Path, *held: int) -> None:
        """Start the process; it inherits the locks, which hold while any of their holders lives."""
        for old in self.folder.iterdir():
            if old.suffix == PLACE:
                continue
            with contextlib.suppress(FileNotFoundError):  # another process sweeps too
                if time.time() - old.stat().st_mtime > OLD:
                    old.unlink()
        answer.with_suffix(".far").unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "tenure.web.aside_work", str(self.workspace), str(self.version), str(answer)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=held,
            start_new_session=True,
        )
        os.pwrite(held[0], f"{process.pid:<12}".encode("ascii"), 0)
        assert process.stdin is not None
        process.stdin.write(job.encode())
        process.stdin.close()


@contextlib.contextmanager
def _place(folder: Path, form: str) -> Iterator[int | None]:
    """One of the few places for processes of a kind, held by a lock; None where all are taken."""
    for number in range(PLACES[form]):
        with _lock(folder / f"{form}-{number}", PLACE) as (handle, free):
            if free:
                yield handle
                return
    yield None


def shelf(config: Any) -> Path:
    """Where answers lie, closed to everybody else."""
    folder = folder_of(config) / "aside"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextlib.contextmanager
def _lock(path: Path, suffix: str = ".lock") -> Iterator[tuple[int, bool]]:
    """The lock of a question, and whether nobody is at work on it."""
    handle = os.open(path.with_suffix(suffix), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except BlockingIOError:
            free = False
        yield handle, free
    finally:
        os.close(handle)


def stop(config: Any, key: str, who: str) -> bool:
    """End the work on a question, and leave a note that it is stopped. Whether any was going on."""
    path = _known(config, key)
    with _lock(path) as (handle, free):
        if free:
            return False
        path.with_suffix(".stopped").write_text(who, encoding="utf-8")
        said = os.pread(handle, 12, 0).strip()
        # Who holds the lock is the process that was begun here, so its number is still its own.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(int(said), signal.SIGTERM) if said else None
    return True


def again(config: Any, key: str) -> None:
    """Forget that it was stopped: who asks next begins it."""
    _known(config, key).with_suffix(".stopped").unlink(missing_ok=True)


def _known(config: Any, key: str) -> Path:
    path = shelf(config) / key
    if not re.fullmatch(r"[0-9a-f]{32}", key) or not path.with_suffix(".lock").exists():
        raise NotThere("Nothing of this kind is being worked out.", todo="Open the page again.")
    return path


def _said(found: Any) -> Any:
    if "error" in found:
        raise RequestError(found["error"], todo=found["todo"])
    return found["answer"]
