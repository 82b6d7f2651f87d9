"""The workspace as a server's process holds it: readers are answered at once, from the newest version that is ready.

A thread of its own looks out for a newer version (a refresh in another process), for a new tenure.toml and for the
clock. It opens what is new beside what is in force, asks it what readers asked of late, and only then puts it in its
place: so nobody waits for a refresh, nothing fails in it, and a page is of one version throughout.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tenure.errors import StoreError, TenureError
from tenure.session import FRESH_FOR
from tenure.web.answers import Answers, Question, settings_now
from tenure.web.aside import Aside
from tenure.web.rehearsal import rehearsed
from tenure.workspace import Workspace

log = logging.getLogger("tenure.web")

LOOK = 0.5
"""Seconds between two looks for something new."""
REHEARSAL = 60.0
"""Seconds that asking beforehand may take at most: for so long readers see what they saw before."""
SPARING = 10
"""Where it takes long, the clock is followed less often: at most this part of the time is spent on it."""


def _beside(answers: Answers, asked: Question, start: bool) -> Any:
    """A question about every customer of many, answered by a process of its own for all that serve."""
    workspace, (method, arguments, options) = answers.workspace, asked
    ask = Aside(workspace.folder, workspace.config, answers.day, start=start, version=answers.version)
    return ask.whole(method, arguments, dict(options))


class Served:
    """Answers questions to a workspace, from any thread. Call it with a method's name; `now` answers for a request."""

    def __init__(self, folder: Path, first: Callable[[Answers], None] | None = None) -> None:
        """`first`: opens the first pages over answers that are new, before readers get them."""
        self.folder, self._open_first = folder, first
        self._live = Answers(folder, beside=_beside)
        self._switching = threading.Lock()
        self._refused: tuple[int, int] | None = None  # settings that cannot answer: the old ones stay in force
        self._fresh_for = FRESH_FOR
        self._used = time.monotonic()
        threading.Thread(target=self._follow, name="follow", daemon=True).start()

    @property
    def now(self) -> Answers:
        """What is in force. Whoever holds it gets answers of one version, whatever happens meanwhile."""
        self._used = time.monotonic()
        if self._old(3 * self._fresh_for) and self._switching.acquire(blocking=False):
            try:  # nobody asked for long: what was said then is not repeated
                if self._old(3 * self._fresh_for):
                    self._switch(rehearse=False)
            finally:
                self._switching.release()
        return self._live

    @property
    def workspace(self) -> Workspace:
        """The workspace in force, for its settings."""
        return self._live.workspace

    @property
    def stamp(self) -> str:
        """What answers depend on besides their question."""
        return self.now.stamp

    def __call__(self, method: str, /, *arguments: Any, **options: Any) -> Any:
        """The answer of a workspace's method."""
        return self.now(method, *arguments, **options)

    def _follow(self) -> None:
        while True:
            time.sleep(LOOK)
            try:
                with self._switching:
                    if self._changed() or (self._old(self._fresh_for) and self._used > self._live.made):
                        self._switch(rehearse=True)
            except Exception:  # the thread must go on looking, whatever is wrong with what is new
                log.exception("What is new cannot be opened; what there was stays.")
                time.sleep(20 * LOOK)

    def _changed(self) -> bool:
        """Whether there is a newer version, or a tenure.toml that was not tried yet."""
        settings = settings_now(self.folder)
        if settings not in (self._live.settings, self._refused):
            return True
        with contextlib.suppress(StoreError):
            return self._live.version not in (-1, self._live.workspace.version)
        return False

    def _old(self, most: float) -> bool:
        """Whether "now" has moved on."""
        live = self._live
        try:
            return live.version != -1 and live.workspace.config.as_of is None and time.monotonic() - live.made > most
        except TenureError:
            return False

    def _switch(self, *, rehearse: bool) -> None:
        live, begun = self._live, time.monotonic()
        new = Answers(self.folder, beside=_beside)
        if new.settings == self._refused and live.version != -1:
            new = Answers(self.folder, settings_of=live, beside=_beside)
        try:
            assert new.stamp
        except TenureError as error:
            if live.version == -1:
                self._live = new  # there is nothing to stay with
            elif not isinstance(error, StoreError) or error.permanent:
                self._refused = new.settings
            return  # where somebody writes just now: once more at the next look
        if rehearse:
            asked = live.asked_lately()
            new.learn(rehearsed(self.folder, new.version, list(asked), REHEARSAL) if asked else {}, asked)
            if self._open_first:  # most of what they ask was asked beforehand
                self._open_first(new)
        self._fresh_for = max(FRESH_FOR, SPARING * (time.monotonic() - begun))
        self._refused = None if new.settings != live.settings else self._refused
        self._live = new


_served: Served | None = None
_making = threading.Lock()


def served() -> Served:
    """This process's workspace; made at the first question, never before a worker is a process of its own."""
    global _served
    from django.conf import settings

    with _making:
        if _served is None:
            from tenure.web import first

            _served = Served(Path(settings.TENURE_FOLDER), first.opened)
        return _served
