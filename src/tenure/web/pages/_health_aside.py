"""The door to what takes long: a person's view of the workspace whose answers are worked out beside the site."""

from __future__ import annotations

from django.http import HttpRequest

from tenure.access import Seen
from tenure.web.aside import Aside
from tenure.web.served import served

LONG = ("backtest", "divergence", "health_history")


def beside(request: HttpRequest, *, start: bool = True) -> Seen:
    """Who asks is bound as ever; an answer is JSON, or `aside.Pending`. Without `start`, no work begins."""
    workspace = served()
    ask = Aside(workspace.folder, workspace.workspace.config, workspace.stamp, start=start)

    def answer(method: str, /, *arguments: object, **options: object) -> object:
        return ask(method, *arguments, **options) if method in LONG else workspace(method, *arguments, **options)

    return Seen(answer, request.person.access)
