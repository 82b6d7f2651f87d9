"""A workspace that stays at one version, and what it has answered. What is asked again is answered without waiting.

The engine's connection and its caches are not made for several threads, so questions that are new take turns.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tenure.errors import TenureError
from tenure.workspace import Workspace

KEPT = 600
"""Answers kept in each process."""
REMEMBERED = 900.0
"""Seconds for which a question that was asked is asked again beforehand when the data change."""

AT_ONCE = frozenset({"freshness"})
"""What needs no engine, and changes with the clock: nothing of it is kept."""

HEAVY = frozenset({"health", "health_movers", "health_of"})
"""What looks at every customer in Python. Of many customers it takes minutes, so a process of its own does it."""
MANY = 10_000
"""Customers from which on a question of these is worked out beside the site."""
LONGEST = 1800.0
"""Seconds after which that is given up."""

Question = tuple[str, tuple[Any, ...], tuple[tuple[str, Any], ...]]


Beside = Callable[[Path, int, list[Question], float], Mapping[Question, Any]]
"""What has a process answer questions of a version, as many as it can in so many seconds."""


class StillWorking(TenureError):
    """The answer is being worked out; whoever asks again in a while gets it."""

    def __init__(self) -> None:
        super().__init__("This is still being worked out.", todo="It shows here when it is there.")


class Answers:
    """Answers questions at one version, from any thread. Call it with a method's name."""

    def __init__(self, folder: Path, *, settings_of: Answers | None = None, beside: Beside | None = None) -> None:
        """With `settings_of`, under its settings, whatever tenure.toml says now. `beside` answers what is heavy."""
        self.settings = settings_now(folder)
        self.workspace = Workspace(folder)
        if settings_of is not None:
            self.settings = settings_of.settings
            self.workspace.__dict__["config"] = settings_of.workspace.config
        self.made = time.monotonic()
        self.version = -1
        self._stamp = ""
        self._lock = threading.RLock()
        self._kept: OrderedDict[Question, Any] = OrderedDict()
        self._asked: dict[Question, float] = {}
        self._beside, self._working = beside, threading.Lock()

    @property
    def stamp(self) -> str:
        """What answers depend on besides their question."""
        if not self._stamp:
            with self._lock:
                version = self.workspace.version
                self._stamp = f"{self.workspace.hold()}/{self.settings}"
                self.version = version
        return self._stamp

    @property
    def day(self) -> str:
        """What answers depend on that take long: "now" counts as its day."""
        moment, _, rest = self.stamp.partition("/")
        return f"{moment[:10]}/{rest}"

    def __call__(self, method: str, /, *arguments: Any, **options: Any) -> Any:
        """The answer of a workspace's method."""
        if method in AT_ONCE:
            return getattr(self.workspace, method)(*arguments, **options)
        asked = (method, arguments, tuple(sorted((k, _frozen(v)) for k, v in options.items())))
        found = self._answer(asked)
        self._asked[asked] = time.monotonic()
        return found

    def _answer(self, asked: Question) -> Any:
        if asked in self._kept:
            return self._kept[asked]
        if self._beside and asked[0] in HEAVY and self._many:
            if self._working.acquire(blocking=False):
                args = (self._beside, asked)
                threading.Thread(target=self._work_beside, args=args, name="beside", daemon=True).start()
            raise StillWorking
        with self._lock:
            if asked not in self._kept:
                self._keep(asked, self.ask(asked))
            return self._kept[asked]

    def ask(self, asked: Question) -> Any:
        """Ask the workspace, whatever is kept. Only one may do so at a time."""
        assert self.stamp
        method, arguments, options = asked
        return getattr(self.workspace, method)(*arguments, **dict(options))

    @property
    def _many(self) -> bool:
        return bool(self.stamp) and self.workspace.size > MANY

    def _work_beside(self, beside: Beside, asked: Question) -> None:
        """Have a process answer it, one after the other."""
        try:
            self.learn(beside(self.workspace.folder, self.version, [asked], LONGEST), {asked: time.monotonic()})
        finally:
            self._working.release()

    def _keep(self, asked: Question, answer: Any) -> None:
        self._kept[asked] = answer
        while len(self._kept) > KEPT:
            gone, _ = self._kept.popitem(last=False)
            self._asked.pop(gone, None)

    def asked_lately(self) -> dict[Question, float]:
        """What readers asked in the last while, the latest first, each with its moment."""
        since = time.monotonic() - REMEMBERED
        found = [(asked, at) for asked, at in list(self._asked.items()) if at >= since]
        return dict(sorted(found, key=lambda one: (one[0][0] in HEAVY, -one[1])))

    def learn(self, answers: Mapping[Question, Any], asked: Mapping[Question, float]) -> None:
        """Take answers that another process gave, and when they were last asked for."""
        with self._lock:
            for question, answer in answers.items():
                self._keep(question, answer)
                self._asked[question] = asked[question]


def settings_now(folder: Path) -> tuple[int, int]:
    """What changes whenever tenure.toml is written."""
    try:
        found = (folder / "tenure.toml").stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
