"""The door to what takes long: a person's view of the workspace whose answers are worked out beside the site."""

from __future__ import annotations

import time

from django.http import HttpRequest

from tenure.access import Seen
from tenure.web.aside import Aside
from tenure.web.pending import Pending
from tenure.web.served import served

LONG = ("backtest", "compare", "divergence", "drivers", "health_history", "readings", "two_groups")


def beside(request: HttpRequest, *, start: bool = True, wait: float = 0.0) -> Seen:
    """Who asks is bound as ever; an answer is JSON, or `aside.Pending`. Without `start`, no work begins."""
    answers = request.answers
    ask = Aside(served().folder, answers.workspace.config, answers.day, start=start, version=answers.version)

    def answer(method: str, /, *arguments: object, **options: object) -> object:
        if method not in LONG:
            return answers(method, *arguments, **options)
        until = time.monotonic() + wait
        while isinstance(found := ask(method, *arguments, **options), Pending) and time.monotonic() < until:
            time.sleep(0.2)
        return found

    return Seen(answer, request.person.access)
