"""Who is asking: puts a person on a request, with the workspace as they may see it."""

from __future__ import annotations

from django.http import HttpRequest

from tenure.access import Seen
from tenure.web.served import served


def let_in(request: HttpRequest, person: object) -> None:
    """Say who is asking."""
    access = getattr(person, "access", None)
    request.person = person
    request.door = Seen(served(), access) if access is not None else None
