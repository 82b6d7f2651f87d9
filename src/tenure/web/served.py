"""The workspace as a server's process holds it: one at a time asks it, the newest version answers, answers are kept.

The engine's connection and its caches are not made for several threads, so questions take turns; an answer that was
given before is given again without waiting, as long as nothing it depends on has changed. A refresh in another process
is seen at the next question. When tenure.toml changes, the new settings hold as soon as they can answer.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

from tenure.errors import StoreError, TenureError
from tenure.session import FRESH_FOR
from tenure.workspace import Workspace

KEPT = 600
"""Answers kept in each process."""


class Served:
    """Answers questions to a workspace, from any thread. Call it with a method's name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._workspace = Workspace(folder)
        self._settings = self._settings_now()
        self._lock = threading.RLock()
        self._answers: OrderedDict[Any, Any] = OrderedDict()
        self._stamp, self._version, self._stamped = "", -1, 0.0

    @property
    def workspace(self) -> Workspace:
        """The workspace, for its settings."""
        return self._workspace

    @property
    def stamp(self) -> str:
        """What answers depend on besides their question."""
        fresh = self._workspace.config.as_of is not None or time.monotonic() - self._stamped < FRESH_FOR
        if fresh and self._version == self._workspace.version and self._settings == self._settings_now():
            return self._stamp
        with self._lock:
            return self._restamped()

    def __call__(self, method: str, /, *arguments: Any, **options: Any) -> Any:
        """The answer of a workspace's method."""
        asked = (method, arguments, tuple(sorted((k, _frozen(v)) for k, v in options.items())))
        key = (self.stamp, asked)
        if key in self._answers:
            return self._answers[key]
        with self._lock:
            key = (self._restamped(), asked)
            if key not in self._answers:
                self._keep(key, getattr(self._workspace, method)(*arguments, **options))
            return self._answers[key]

    def _keep(self, key: Any, answer: Any) -> None:
        self._answers[key] = answer
        while len(self._answers) > KEPT:
            self._answers.popitem(last=False)

    def _restamped(self) -> str:
        """The stamp of now; under the lock."""
        self._reread()
        version = self._workspace.version
        stamp = f"{self._workspace.stamp()}/{self._settings}"
        if stamp != self._stamp:
            self._answers.clear()
            self._stamped = time.monotonic()
        self._stamp, self._version = stamp, version
        return stamp

    def _reread(self) -> None:
        """Follow tenure.toml. Settings that cannot answer, or not yet, leave the old ones in force."""
        now = self._settings_now()
        if now == self._settings:
            return
        new = Workspace(self.folder)
        try:
            new.stamp()
        except StoreError as error:
            if error.permanent:
                self._settings = now
            return
        except TenureError:
            self._settings = now
            return
        self._workspace, self._settings = new, now

    def _settings_now(self) -> tuple[int, int]:
        try:
            found = (self.folder / "tenure.toml").stat()
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


_served: Served | None = None
_making = threading.Lock()


def served() -> Served:
    """This process's workspace; made at the first question, never before a worker is a process of its own."""
    global _served
    from django.conf import settings

    with _making:
        if _served is None:
            _served = Served(Path(settings.TENURE_FOLDER))
        return _served
