"""What readers asked of late, asked of newer data by a process of its own: readers keep theirs to themselves meanwhile.

In a thread of the server it would hold the interpreter against every page. The process gives way to all others; it is
given questions and gives answers through its pipes, and nothing of either is ever on disk.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

from tenure.errors import TenureError
from tenure.web.answers import Answers, Question

GIVES_WAY = 10
"""How nice it is to others: readers who wait come first, and nobody waits for it."""


def rehearsed(folder: Path, version: int, questions: list[Question], seconds: float) -> dict[Question, Any]:
    """The answers of a version to questions, as many as there is time for; none where there is a newer one already."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tenure.web.rehearsal", str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    late = threading.Timer(seconds, process.kill)
    late.start()
    found: dict[Question, Any] = {}
    try:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(pickle.dumps(questions))
            process.stdin.close()
        with contextlib.suppress(EOFError, pickle.UnpicklingError):  # it ends with the last answer, or with its time
            if pickle.load(process.stdout) == version:
                while True:
                    asked, answer = pickle.load(process.stdout)
                    found[asked] = answer
    finally:
        late.cancel()
        process.kill()
        process.wait()
        process.stdout.close()
    return found


def work(folder: str, questions: list[Question], out: IO[bytes]) -> None:
    """Give the version's number, then questions with their answers as they come."""
    answers = Answers(Path(folder))
    assert answers.stamp
    out.write(pickle.dumps(answers.version))
    for asked in questions:
        with contextlib.suppress(TenureError, pickle.PicklingError, TypeError):  # it is asked again when needed
            out.write(pickle.dumps((asked, answers.ask(asked))))
            out.flush()


def _with_its_server(parent: int) -> None:
    """End when the server ends, however it does."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    os.nice(GIVES_WAY)
    threading.Thread(target=_with_its_server, args=(os.getppid(),), daemon=True).start()
    # What anything else prints must not get between the answers.
    pipe = os.dup(1)
    os.dup2(2, 1)
    with contextlib.suppress(TenureError, BrokenPipeError), os.fdopen(pipe, "wb") as stream:
        work(sys.argv[1], pickle.load(sys.stdin.buffer), stream)
