"""The audit log: who signed in, took data out, changed something, and from where."""

from __future__ import annotations

from django.http import HttpRequest

from tenure.web.models import Deed


def note(what: str, *, who: str = "", detail: str = "", request: HttpRequest | None = None) -> None:
    """Write one line."""
    if request is not None:
        person = getattr(request, "person", None)
        who = who or (person.email if person is not None else "")
    Deed.objects.create(who=who[:254], what=what, detail=detail[:1000], address=address_of(request))


def address_of(request: HttpRequest | None) -> str:
    """Where a request comes from. Behind a proxy that is believed ([web] https), what that proxy saw."""
    if request is None:
        return ""
    from django.conf import settings

    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TENURE_HTTPS else ""
    # The last entry is the proxy's own word; those before it are the client's.
    return str(forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", ""))[:64]
