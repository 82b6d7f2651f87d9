"""What people make: themselves, their tokens, what was done. Never customer data."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from tenure.access_role import ROLES, Access

THEMES = ("auto", "light", "dark")


class People(BaseUserManager):
    """Finds people by their address, whatever its case."""

    def get_by_natural_key(self, email: str | None) -> Person:
        """The person with this address."""
        found: Person = self.get(email=(email or "").strip().lower())
        return found


class Person(AbstractBaseUser):
    """Somebody who may sign in. `owner`: for a csm, the value that their customers carry in `owner`."""

    email = models.CharField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=[(role, role) for role in ROLES])
    owner = models.CharField(max_length=200, blank=True)
    theme = models.CharField(max_length=10, default="auto")
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []
    objects: Any = People()

    @property
    def access(self) -> Access:
        """What this person may see."""
        return Access(self.role, self.owner)

    @property
    def shown(self) -> str:
        """The name to call them by."""
        return str(self.name or self.owner or self.email)


class Token(models.Model):
    """What a program shows instead of a password. Only its hash is kept; `ending` tells several apart."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    hash = models.CharField(max_length=64, unique=True)
    ending = models.CharField(max_length=8)
    label = models.CharField(max_length=100, blank=True)
    created = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField(null=True)
    used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)


class Attempt(models.Model):
    """A sign-in that failed, by whom and from where (hashed), so that guessing is slow even across restarts."""

    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """How it is looked up."""

        indexes = [models.Index(fields=["kind", "key", "at"], name="attempt_lookup")]


class Deed(models.Model):
    """One line of the audit log. Names are copied, so that it stands when a person goes."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    who = models.CharField(max_length=254, blank=True)
    what = models.CharField(max_length=40)
    detail = models.CharField(max_length=1000, blank=True)
    address = models.CharField(max_length=64, blank=True)


class Saved(models.Model):
    """A view that somebody saved: the address of a page with all its choices. `shared`: for everybody."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved")
    name = models.CharField(max_length=100)
    address = models.CharField(max_length=2000)
    shared = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now)


class Note(models.Model):
    """What somebody wrote down about a customer, who is known by their id alone."""

    customer = models.CharField(max_length=300, db_index=True)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="notes")
    author = models.CharField(max_length=254, blank=True)
    text = models.TextField(max_length=10_000)
    at = models.DateTimeField(default=timezone.now)


class Segment(models.Model):
    """A filter over customers that somebody saved under a name. `shared`: for everybody."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="segments")
    name = models.CharField(max_length=100)
    condition = models.CharField(max_length=4000)
    shared = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now)
