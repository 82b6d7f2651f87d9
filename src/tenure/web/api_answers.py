"""How the HTTP API answers: the same text as the command line's JSON, tags that spare a second answer, problems."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from ninja.security import HttpBearer

from tenure.errors import NotAllowed, NotThere, StoreError, TenureError, UnknownName, UsageError
from tenure.render.results import as_json
from tenure.web import tokens
from tenure.web.asking import let_in
from tenure.web.page import status_of

PROBLEM = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    401: "Nobody is signed in",
    403: "Not shown to you",
    404: "Not there",
    405: "This method is not known here",
    422: "The request cannot be answered",
    429: "Too many requests",
    500: "tenure itself failed",
    503: "Not just now",
}


class SignInFirst(TenureError):
    """No token, or one that does not hold."""


class TooMany(TenureError):
    """More requests than a person may make in a minute; `wait` is when the next one may come."""

    def __init__(self, rate: int, wait: float) -> None:
        super().__init__(f"More than {rate} requests came within a minute.", todo=f"Wait {wait:.0f} seconds.")
        self.wait = max(1, round(wait))


class Bearer(HttpBearer):
    """A token, or the session of somebody who is signed in."""

    openapi_name = "token"

    def __call__(self, request: HttpRequest) -> Any:
        """Who is asking."""
        header = request.headers.get("Authorization", "")
        if header:
            scheme, _, text = header.partition(" ")
            let_in(request, tokens.owner_of(text.strip()) if scheme.lower() == "bearer" else None)
        person = request.person
        if person is None:
            raise SignInFirst(
                "This token does not hold." if header else "There is no token.",
                where="Authorization",
                todo="Send Authorization: Bearer TOKEN. tenure token add makes one.",
            )
        _limit(person.pk)
        return person

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Not asked: __call__ does it all."""
        return None


_buckets: dict[Any, tuple[float, float]] = {}


def _limit(who: Any) -> None:
    """A bucket of requests for each person, filled again with time; each process has its own."""
    from django.conf import settings

    rate = settings.TENURE_RATE
    now = time.monotonic()
    left, then = _buckets.get(who, (float(rate), now))
    left = min(float(rate), left + (now - then) * rate / 60)
    if left < 1:
        _buckets[who] = (left, now)
        raise TooMany(rate, (1 - left) * 60 / rate)
    _buckets[who] = (left - 1, now)


def answered(request: HttpRequest, known: type[Schema], make: Callable[[], Mapping[str, Any]]) -> HttpResponse:
    """What `make` gives, unless the asker has it already. `known`: the parameters there are."""
    _refuse_unknown(request, known)
    tag = _tag(request)
    held = [part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")]
    if tag in held or "*" in held:
        return _tagged(HttpResponse(status=304), tag)
    text = as_json(make()) + "\n"
    return _tagged(HttpResponse(text, content_type="application/json; charset=utf-8"), tag)


def links(request: HttpRequest, limit: int, offset: int, found: int) -> str:
    """The pages around this one (RFC 8288)."""
    ways = {
        "next": offset + limit if offset + limit < found else None,
        "prev": max(0, offset - limit) if offset else None,
    }
    said = []
    for rel, at in ways.items():
        if at is not None:
            query = request.GET.copy()
            query["offset"] = str(at)
            said.append(f'<{request.path}?{query.urlencode()}>; rel="{rel}"')
    return ", ".join(said)


def _tag(request: HttpRequest) -> str:
    access = request.person.access
    asked = (request.answers.stamp, access.role, access.owner, request.get_full_path())
    return '"' + hashlib.sha256(repr(asked).encode("utf-8", "surrogatepass")).hexdigest()[:32] + '"'


def _tagged(response: HttpResponse, tag: str) -> HttpResponse:
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization, Cookie"
    return response


def _refuse_unknown(request: HttpRequest, known: type[Schema]) -> None:
    names = {field.alias or name for name, field in known.model_fields.items()}
    for name in request.GET:
        if name not in names:
            raise UnknownName("parameter", name, names, where="the address")


def problem_of(error: TenureError) -> HttpResponse:
    """An error as a problem."""
    status = 401 if isinstance(error, SignInFirst) else 429 if isinstance(error, TooMany) else status_of(error)
    response = problem(status, error.what, where=error.where, todo=error.todo, kind=_kind(error))
    if isinstance(error, SignInFirst):
        response["WWW-Authenticate"] = 'Bearer realm="tenure"'
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.wait)
    if status == 503:
        response["Retry-After"] = "5"
    return response


def problem(
    status: int, detail: str, *, where: str | None = None, todo: str | None = None, kind: str = "about:blank"
) -> HttpResponse:
    """RFC 9457's object."""
    found = {"type": kind, "title": TITLES.get(status, "It failed"), "status": status, "detail": detail}
    found |= {key: value for key, value in (("where", where), ("todo", todo)) if value}
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    return HttpResponse(text, status=status, content_type=PROBLEM, headers={"Cache-Control": "no-store"})


def _kind(error: TenureError) -> str:
    for kind, name in (
        (SignInFirst, "sign-in"),
        (TooMany, "too-many-requests"),
        (NotAllowed, "not-allowed"),
        (NotThere, "not-there"),
        (UnknownName, "unknown-name"),
        (UsageError, "wrong-usage"),
        (StoreError, "store"),
    ):
        if isinstance(error, kind):
            return f"urn:tenure:problem:{name}"
    return "urn:tenure:problem:request"
