"""The door to what takes long: a person's view of the workspace whose answers are worked out beside the site."""

from __future__ import annotations

from django.http import HttpRequest

from tenure.access import Seen
from tenure.web.aside import Aside
from tenure.web.served import served


def beside(request: HttpRequest) -> Seen:
    """Who asks is bound as ever; an answer may be `aside.Pending`."""
    workspace = served()
    ask = Aside(workspace.folder, workspace.workspace.config, workspace.stamp)

    def answer(method: str, /, *arguments: object, **options: object) -> object:
        long = method in ("backtest", "health_history")
        return ask(method, *arguments, **options) if long else workspace(method, *arguments, **options)

    return Seen(answer, request.person.access)
