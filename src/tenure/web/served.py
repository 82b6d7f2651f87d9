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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tenure.errors import StoreError, TenureError
from tenure.session import FRESH_FOR
from tenure.web import shared
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

    def begin(self) -> None:
        """Open the first pages after a start, or take the answers of another process that did."""
        live = self._live
        with shared.turn(live.workspace.config):
            assert live.stamp
            told = self._told(live)
            if told is None or told.stamp == live.stamp:
                live.learn(told.opened() if told else {}, {})
                if self._open_first:
                    self._open_first(live)
                if told is None:
                    shared.tell(live.workspace.config, live.stamp, live.known)
                return
        with self._switching:
            self._switch(rehearse=True)  # to the moment at which the other one stands

    def _told(self, live: Answers) -> shared.Told | None:
        """What another process says of the newest data under the newest settings, at a moment that is still now."""
        try:
            told, newest = shared.told(live.workspace.config), f"{live.workspace.version}/{settings_now(self.folder)}"
            fixed = live.workspace.config.as_of is not None
        except TenureError:  # what is wrong is said where the workspace is opened
            return None
        if told is None:
            return None
        moment, _, rest = told.stamp.partition("/")
        age = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
        return told if rest == newest and (fixed or age < self._fresh_for) else None

    def _switch(self, *, rehearse: bool) -> None:
        with contextlib.ExitStack() as held:
            if rehearse:
                with contextlib.suppress(TenureError):
                    held.enter_context(shared.turn(self._live.workspace.config))
            self._switch_in_turn(rehearse=rehearse)

    def _switch_in_turn(self, *, rehearse: bool) -> None:
        live, begun = self._live, time.monotonic()
        told = self._told(live) if rehearse else None
        told = told if told is not None and told.stamp != live.stamp else None
        moment = datetime.fromisoformat(told.stamp.partition("/")[0]) if told else None
        new = Answers(self.folder, beside=_beside, now=moment)
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
            self._prepare(new, live, told if told and told.stamp == new.stamp else None)
        self._fresh_for = max(FRESH_FOR, SPARING * (time.monotonic() - begun))
        self._refused = None if new.settings != live.settings else self._refused
        self._live = new

    def _prepare(self, new: Answers, live: Answers, told: shared.Told | None) -> None:
        """Have what is new answer what was asked of late, as far as no other process has; then tell the others."""
        asked = live.asked_lately()
        if told:
            new.learn(told.opened(), asked)
        missing = [one for one in asked if not new.knows(one)]
        if missing:
            new.learn(rehearsed(self.folder, new.version, missing, REHEARSAL), asked)
        if self._open_first:  # most of what they ask was asked beforehand
            self._open_first(new)
        if told is None:
            shared.tell(new.workspace.config, new.stamp, new.known)


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
