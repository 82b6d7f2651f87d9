"""The first pages, opened before anybody does, after a start and a refresh: whatever they ask has then been asked.

They are the pages themselves, as a manager opens them without a choice; so there is no list of questions to keep.
"""

from __future__ import annotations

import logging

from django.db import connections
from django.http import HttpRequest

from tenure.access import Seen
from tenure.errors import TenureError
from tenure.web.answers import Answers
from tenure.web.models import Person
from tenure.web.page import Page, pages

log = logging.getLogger("tenure.web")
FIRST = ("customers", "metrics", "overview")
"""What people open in the morning, and wait for, the quickest first. Others are asked for when somebody opens them."""


def opened(answers: Answers) -> None:
    """Open each of them over these answers, which keep what is asked from now on."""
    reader = Person(pk=0, role="manager")
    try:
        with answers.first_asked():
            for page in sorted(pages(), key=lambda page: FIRST.index(page.name) if page.name in FIRST else -1):
                if page.name in FIRST:
                    _open(page, reader, answers)
    finally:
        connections.close_all()  # this thread asks seldom: an open one would be stale by then


def _open(page: Page, reader: Person, answers: Answers) -> None:
    try:
        page.ways[0].view(_request(page.address, reader, answers))
    except TenureError:
        pass  # it is said to whoever opens the page
    except Exception:  # a page that fails must not keep new data from every other page
        log.exception("The page %s cannot be opened beforehand.", page.name)


def _request(address: str, reader: Person, answers: Answers) -> HttpRequest:
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", address, address
    request.person, request.answers = reader, answers
    request.door = Seen(answers, reader.access)
    return request
