"""What one process that serves has answered beforehand, for the others that serve the same workspace.

First pages and what readers asked of late are worked out once for a version of the data, not once in every process.
The answers lie beside the site's database, sealed with its secret, since only the site's own may be read so.
"""

from __future__ import annotations

import contextlib
import fcntl
import hmac
import os
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenure.web.aside_work import SEAL, seal, whole
from tenure.web.kept import folder_of

LARGEST = 4_000_000
"""Bytes of an answer that is shared; a larger one is a whole list that somebody took along."""


@dataclass(frozen=True)
class Told:
    """Answers to questions, each as pickled, and the stamp of what gave them."""

    stamp: str
    answers: Mapping[Any, bytes]

    def opened(self) -> dict[Any, Any]:
        """The answers as the objects that they are."""
        return {asked: pickle.loads(answer) for asked, answer in self.answers.items()}


def _folder(config: Any) -> Path:
    folder = folder_of(config) / "shared"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextlib.contextmanager
def turn(config: Any) -> Iterator[None]:
    """One process at a time works out answers; who comes after it finds them."""
    handle = os.open(_folder(config) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def told(config: Any) -> Told | None:
    """What another process answered last; None where nobody did, or somebody else wrote it."""
    try:
        found = (_folder(config) / "answers").read_bytes()
    except OSError:
        return None
    if not hmac.compare_digest(found[:SEAL], seal(config, found[SEAL:])):
        return None
    kept = pickle.loads(found[SEAL:])
    return kept if isinstance(kept, Told) else None


def tell(config: Any, stamp: str, answers: Mapping[Any, Any]) -> None:
    """Let the others have these answers; one that cannot be handed over, or is large, is left out."""
    found: dict[Any, bytes] = {}
    for asked, answer in answers.items():
        with contextlib.suppress(pickle.PicklingError, TypeError, AttributeError):
            if len(pickled := pickle.dumps(answer)) <= LARGEST:
                found[asked] = pickled
    kept = pickle.dumps(Told(stamp, found))
    whole(_folder(config) / "answers", seal(config, kept) + kept)
