"""Who is asking: puts a person on a request, with the workspace as they may see it."""

from __future__ import annotations

from django.http import HttpRequest

from tenure.access import Seen
from tenure.web.served import served


def let_in(request: HttpRequest, person: object) -> None:
    """Say who is asking. All that one request asks is answered by one version of the data."""
    access = getattr(person, "access", None)
    request.person = person
    request.answers = served().now
    request.door = Seen(request.answers, access) if access is not None else None
