"""Signing in: addresses and passwords, slowly where somebody guesses."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from tenure.access_role import ROLES
from tenure.errors import UsageError, suggest
from tenure.web.models import Attempt, Person

if TYPE_CHECKING:
    from django.http import HttpRequest

WITHIN = timedelta(minutes=15)
MOST = {"account": 10, "address": 50}
"""Failures within the time above after which nobody is let try again."""
SHORTEST = 8


class ByEmail:
    """Django's way to ask who somebody is."""

    def authenticate(self, request: HttpRequest | None, email: str = "", password: str = "") -> Person | None:
        """The person, if address and password are right. Takes as long for an address that nobody has."""
        try:
            person = Person.objects.get_by_natural_key(email)
        except Person.DoesNotExist:
            make_password(password)
            return None
        return person if person.check_password(password) and person.is_active else None

    def get_user(self, key: Any) -> Person | None:
        """The person of a session, as long as they may sign in."""
        found: Person | None = Person.objects.filter(pk=key, is_active=True).first()
        return found


def too_many(email: str, address: str) -> bool:
    """Whether so many sign-ins failed lately that this one is not tried."""
    since = timezone.now() - WITHIN
    return any(
        Attempt.objects.filter(kind=kind, key=key, at__gte=since).count() >= MOST[kind]
        for kind, key in _keys(email, address)
    )


def failed(email: str, address: str) -> None:
    """Remember a sign-in that failed, and forget old ones."""
    Attempt.objects.filter(at__lt=timezone.now() - 4 * WITHIN).delete()
    Attempt.objects.bulk_create([Attempt(kind=kind, key=key) for kind, key in _keys(email, address)])


def succeeded(email: str) -> None:
    """The account's failures count no more; those of the address do."""
    Attempt.objects.filter(kind="account", key=_keys(email, "")[0][1]).delete()


def _keys(email: str, address: str) -> list[tuple[str, str]]:
    keys = (("account", email.strip().lower()), ("address", address))
    return [(kind, hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()) for kind, text in keys]


def add(email: str, role: str, password: str, owner: str = "", name: str = "") -> Person:
    """A new person. What cannot be is a UsageError that says why."""
    address = checked_email(email)
    if role not in ROLES:
        near = suggest(role, ROLES)
        raise UsageError(
            f"There is no role {role!r}.",
            where="--role",
            todo=f"Did you mean {near!r}?" if near else f"Use one of {', '.join(ROLES)}.",
        )
    checked_password(password, address)
    if Person.objects.filter(email=address).exists():
        raise UsageError(f"{address} is there already.", todo="Change what they may do in Settings.")
    person = Person(email=address, role=role, owner=owner.strip()[:200], name=name.strip()[:200])
    person.set_password(password)
    person.save()
    return person


def checked_email(text: str) -> str:
    """An address, in small letters."""
    address = text.strip().lower()
    local, _, domain = address.partition("@")
    if not local or not domain or len(address) > 254 or any(c.isspace() or not c.isprintable() for c in address):
        raise UsageError(f"{text[:80]!r} is no e-mail address.", todo="Write name@company.example.")
    return address


def checked_password(password: str, email: str) -> None:
    """Long enough, and not the address itself."""
    if len(password) < SHORTEST:
        raise UsageError(f"The password is shorter than {SHORTEST} characters.", todo="Choose a longer one.")
    if len(password) > 1000:
        raise UsageError("The password is longer than 1,000 characters.", todo="Choose a shorter one.")
    if password.lower() in (email, email.partition("@")[0]):
        raise UsageError("The password is the address.", todo="Choose another one.")
