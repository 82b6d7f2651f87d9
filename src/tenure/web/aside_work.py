"""The process that answers one question beside the site, and says how far it is. It gives way to everything else."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import pickle
import sys
import time
from pathlib import Path
from typing import Any

from tenure import progress
from tenure.errors import TenureError
from tenure.web.kept import secret_of

SEAL = hashlib.sha256().digest_size
WAITING = "waiting"
"""What is said instead of a round, while another question about every customer is being answered."""


def seal(config: Any, told: bytes) -> bytes:
    """What only this site can have written before an answer."""
    return hmac.new(secret_of(config).encode(), told, hashlib.sha256).digest()


def work(folder: str, version: int, answer: str, job: str) -> None:
    """Answer one question; what is wrong with it is an answer too. Of newer data than it is about there is none."""
    from tenure.workspace import Workspace

    begun, path = time.monotonic(), Path(answer)
    form, method, arguments, options = json.loads(job)
    progress.tell(lambda *far: _whole(path.with_suffix(".far"), json.dumps(far).encode()))
    workspace = Workspace(folder)
    if form == "whole":
        _whole(path.with_suffix(".far"), json.dumps((0, 0, WAITING)).encode())
        turn = os.open(path.with_name("one.lock"), os.O_RDWR | os.O_CREAT, 0o600)  # held until this process ends
        fcntl.flock(turn, fcntl.LOCK_EX)
        path.with_suffix(".far").unlink(missing_ok=True)
    if version not in (-1, workspace.version):
        return
    try:
        found = getattr(workspace, method)(*arguments, **options)
        kept = {"answer": found.to_json() if form == "json" and hasattr(found, "to_json") else found}
    except TenureError as error:
        kept = {"error": error.what, "todo": error.todo or ""}
    told = json.dumps(kept).encode() if form == "json" else pickle.dumps(kept)
    _whole(path, told if form == "json" else seal(workspace.config, told) + told)
    if "answer" in kept:
        path.with_name(f"{method}.took").write_text(f"{time.monotonic() - begun:.0f}", encoding="ascii")


def _whole(path: Path, told: bytes) -> None:
    """Write a file so that nobody reads a part of it."""
    made = path.with_name(f"{path.name}.{os.getpid()}")
    made.write_bytes(told)
    made.replace(path)


if __name__ == "__main__":
    os.nice(10)
    work(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.stdin.read())
