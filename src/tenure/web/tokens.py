"""Tokens of the HTTP API: made once, kept as a hash, shown never again."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from tenure.web.models import Person, Token

PREFIX = "tenure_"
A_MINUTE = timedelta(minutes=1)


def make(person: Person, days: int | None = None, label: str = "") -> str:
    """A new token of a person; its text exists here and nowhere else."""
    text = PREFIX + secrets.token_urlsafe(32)
    expires = None if days is None else timezone.now() + timedelta(days=days)
    Token.objects.create(person=person, hash=_hash(text), ending=text[-4:], label=label[:100], expires=expires)
    return text


def owner_of(text: str) -> Person | None:
    """Whose token this is, if it still holds."""
    now = timezone.now()
    token: Token | None = Token.objects.select_related("person").filter(hash=_hash(text), revoked=None).first()
    if token is None or (token.expires is not None and token.expires <= now):
        return None
    if not token.person.is_active:
        return None
    if token.used is None or now - token.used > A_MINUTE:
        Token.objects.filter(pk=token.pk).update(used=now)
    found: Person = token.person
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
