"""A workspace that stays at one version, and what it has answered. What is asked again is answered without waiting.

The engine's connection and its caches are not made for several threads, so questions that are new take turns.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from tenure.web.pending import Pending, StillWorking
from tenure.workspace import Workspace

KEPT = 600
"""Answers kept in each process."""
REMEMBERED = 900.0
"""Seconds for which a question that was asked is asked again beforehand when the data change."""

GIVES_WAY = 0.01
"""Seconds that pages opened beforehand leave to readers who wait, between two questions."""

AT_ONCE = frozenset({"freshness"})
"""What needs no engine, and changes with the clock: nothing of it is kept."""

HEAVY = frozenset({"health", "health_movers", "health_gallery"})
"""What looks at every customer in Python. Of many customers it takes long, so a process of its own does it."""
ONE, ALL = "health_of", "health_gallery"
"""One customer's health is asked of everybody's: a process for each would be as many as there are readers."""
MANY = 10_000
"""Customers from which on a question of these is worked out beside the site."""

Question = tuple[str, tuple[Any, ...], tuple[tuple[str, Any], ...]]


Beside = Callable[["Answers", Question, bool], Any]
"""What has a process of its own answer a question, or sees whether one has: the answer, else Pending."""


class Answers:
    """Answers questions at one version, from any thread. Call it with a method's name."""

    def __init__(
        self,
        folder: Path,
        *,
        settings_of: Answers | None = None,
        beside: Beside | None = None,
        now: datetime | None = None,
    ) -> None:
        """With `settings_of`, under its settings, whatever tenure.toml says now. `beside` answers what is heavy.

        `now`: the moment at which it stands, where tenure.toml names none.
        """
        self.settings = settings_now(folder)
        self.workspace = Workspace(folder)
        if settings_of is not None:
            self.settings = settings_of.settings
            self.workspace.__dict__["config"] = settings_of.workspace.config
        if now is not None:
            self.workspace.__dict__["config"] = replace(self.workspace.config, now=now)
        self.made = time.monotonic()
        self.version = -1
        self._stamp = ""
        self._lock = threading.RLock()
        self._kept: OrderedDict[Question, Any] = OrderedDict()
        self._asked: dict[Question, float] = {}
        self._beside = beside
        self._first: set[Question] = set()
        self._here = threading.local()

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
        if self._is("opening"):
            self._first.add(asked)
        return found

    def at_once(self, method: str, /, *arguments: Any, **options: Any) -> Any:
        """The same; but what takes minutes does not begin, it is only there or not."""
        before, self._here.lazy = self._is("lazy"), True
        try:
            return self(method, *arguments, **options)
        finally:
            self._here.lazy = before

    def _answer(self, asked: Question) -> Any:
        if asked in self._kept:
            return self._kept[asked]
        if self._beside and asked[0] == ONE and self._is_many:
            return self._one(*asked[1])
        if self._beside and self._is_long(asked):
            # What takes minutes begins when somebody asks for it, not because a page is opened beforehand.
            found = self._beside(self, asked, not (self._is("lazy") or self._is("opening")))
            if isinstance(found, Pending):
                raise StillWorking(found)
            with self._lock:
                self._keep(asked, found)
            return found
        if self._is("opening"):
            time.sleep(GIVES_WAY)  # a lock is not given to who waits longest
        with self._lock:
            if asked not in self._kept:
                self._keep(asked, self.ask(asked))
            return self._kept[asked]

    def _one(self, customer: str, score: str | None = None) -> Any:
        """One of many customers' health: of the answer about all of them."""
        every = self._answer((ALL, (score,), ()))
        with self._lock:  # what it says is worked out where it is looked at
            return every.portrait(customer)

    def ask(self, asked: Question) -> Any:
        """Ask the workspace, whatever is kept. Only one may do so at a time."""
        assert self.stamp
        method, arguments, options = asked
        return getattr(self.workspace, method)(*arguments, **dict(options))

    @property
    def _is_many(self) -> bool:
        return bool(self.stamp) and self.workspace.size > MANY

    def _is_long(self, asked: Question) -> bool:
        return asked[0] in (*HEAVY, ONE) and self._is_many

    def _keep(self, asked: Question, answer: Any) -> None:
        self._kept[asked] = answer
        while len(self._kept) > KEPT:
            gone, _ = self._kept.popitem(last=False)
            self._asked.pop(gone, None)

    def _is(self, how: str) -> bool:
        """How this thread asks."""
        return bool(getattr(self._here, how, False))

    @contextlib.contextmanager
    def first_asked(self) -> Iterator[None]:
        """What this thread asks meanwhile is what the first pages ask: it counts as asked lately for good."""
        self._here.opening = True
        try:
            yield
        finally:
            self._here.opening = False

    def asked_lately(self) -> dict[Question, float]:
        """What readers asked in the last while, the latest first, each with its moment; not what takes minutes."""
        since = time.monotonic() - REMEMBERED
        every = [one for one in list(self._asked.items()) if not self._is_long(one[0])]
        found = [(asked, at) for asked, at in every if at >= since or asked in self._first]
        return dict(sorted(found, key=lambda one: (one[0][0] in HEAVY, one[0] not in self._first, -one[1])))

    def learn(self, answers: Mapping[Question, Any], asked: Mapping[Question, float]) -> None:
        """Take answers that another process gave, and when they were last asked for here."""
        with self._lock:
            for question, answer in answers.items():
                self._keep(question, answer)
                if question in asked:
                    self._asked[question] = asked[question]

    def knows(self, asked: Question) -> bool:
        """Whether a question has its answer."""
        return asked in self._kept

    @property
    def known(self) -> dict[Question, Any]:
        """What was asked lately, with its answers."""
        asked = self.asked_lately()
        with self._lock:
            return {question: self._kept[question] for question in asked if question in self._kept}


def settings_now(folder: Path) -> tuple[int, int]:
    """What changes whenever tenure.toml is written."""
    try:
        found = (folder / "tenure.toml").stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
