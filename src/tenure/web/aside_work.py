"""The process that answers one question beside the site, and says how far it is. It gives way to everything else."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import pickle
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from tenure import progress
from tenure.errors import TenureError
from tenure.web.kept import secret_of

SEAL = hashlib.sha256().digest_size


def seal(config: Any, told: bytes) -> bytes:
    """What only this site can have written before an answer."""
    return hmac.new(secret_of(config).encode(), told, hashlib.sha256).digest()


def work(folder: str, version: int, answer: str, job: str) -> None:
    """Answer one question; what is wrong with it is an answer too. Of newer data than it is about there is none."""
    from tenure.workspace import Workspace

    begun, path = time.monotonic(), Path(answer)
    form, method, arguments, options = json.loads(job)
    progress.tell(lambda *far: whole(path.with_suffix(".far"), json.dumps(far).encode()))
    workspace = Workspace(folder)
    if version not in (-1, workspace.version):
        return
    try:
        found = getattr(workspace, method)(*arguments, **options)
        kept = {"answer": found.to_json() if form == "json" and hasattr(found, "to_json") else found}
    except TenureError as error:
        kept = {"error": error.what, "todo": error.todo or ""}
    except Exception:  # without an answer, the page that waits for it would begin the same again for ever
        traceback.print_exc()
        kept = {"error": "This could not be worked out: something is wrong with tenure.", "todo": "Tell who runs it."}
    told = json.dumps(kept).encode() if form == "json" else pickle.dumps(kept)
    whole(path, told if form == "json" else seal(workspace.config, told) + told)
    if "answer" in kept:
        path.with_name(f"{method}.took").write_text(f"{time.monotonic() - begun:.0f}", encoding="ascii")


def whole(path: Path, told: bytes) -> None:
    """Write a file so that nobody reads a part of it."""
    made = path.with_name(f"{path.name}.{os.getpid()}")
    made.write_bytes(told)
    made.replace(path)


if __name__ == "__main__":
    os.nice(10)
    work(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.stdin.read())
