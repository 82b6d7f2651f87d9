"""Saved views: kept, listed and removed by who may; never an address of another site."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from .site import ROLES, Site

VIEW = "/metrics/nrr?by=plan&from=2025-01"


def _key(text: str, name: str) -> str:
    """The number of a view in the list."""
    found = re.search(re.escape(f">{name}<") + r'.*?name="view" value="(\d+)"', text, re.S)
    return found[1] if found else ""


def test_a_view_is_kept_shared_and_removed(site: Site, look: Callable[..., Any]) -> None:
    page = look("manager", VIEW)
    page.click("text=Save view")
    page.fill("#name", "Plans <b>2025</b>")
    page.check("input[name=shared]")
    page.click("button:has-text('Save view')")
    page.wait_for_url("**" + VIEW)
    assert page.locator("ul.saved b").count() == 0
    for role in ROLES:
        text = site.get(role, "/").text
        assert "Plans &lt;b&gt;2025&lt;/b&gt;" in text and f'href="{VIEW.replace("&", "&amp;")}"' in text
    assert "view saved" in site.get("admin", "/settings").text
    key = _key(site.get("manager", "/saved").text, "Plans &lt;b&gt;2025&lt;/b&gt;")
    assert key and 'name="view"' not in site.get("viewer", "/saved").text
    assert site.post("viewer", "/saved", {"do": "forget", "view": key}).status == 404
    assert site.post("admin", "/saved", {"do": "forget", "view": key}).status == 302
    assert "Plans &lt;b&gt;" not in site.get("csm", "/").text
    assert "view removed" in site.get("admin", "/settings").text


def test_what_is_not_shared_is_ones_own(site: Site) -> None:
    """A manager's view, which names a customer that is not the csm's, is neither listed nor removed by others."""
    mine = {"do": "save", "name": "One of mine", "address": "/metrics/mrr?where=customer_id+%3D+%27P-1203%27"}
    assert site.post("manager", "/saved", mine).status == 302
    key = _key(site.get("manager", "/saved").text, "One of mine")
    assert key
    for role in ("admin", "csm", "viewer"):
        assert "One of mine" not in site.get(role, "/saved").text + site.get(role, "/").text
        assert "P-1203" not in site.get(role, "/saved").text
        assert site.post(role, "/saved", {"do": "forget", "view": key}).status == 404
    assert site.post("manager", "/saved", {"do": "forget", "view": key}).status == 302


def test_only_managers_share_and_never_a_customer(site: Site) -> None:
    for role, status in (("csm", 403), ("viewer", 403)):
        assert site.post(role, "/saved", {"do": "save", "name": "x", "address": "/", "shared": "1"}).status == status, (
            role
        )
    shared = {"do": "save", "name": "x", "address": "/customers/P-1125", "shared": "1"}
    assert site.post("manager", "/saved", shared).status == 422
    without = site.ask("/saved", data={"do": "save", "name": "x", "address": "/"}, jar=site.jar("csm"))
    assert without.status == 403  # the form's mark


ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "/\\elsewhere.example",
    "javascript:alert(1)",
    "/nothing",
    "/sign-out",
    "/static/tenure/app.css",
    "/metrics/mrr.csv",
    "/api/v1/show",
    "/metrics/mrr\r\nSet-Cookie: a=b",
    "",
    "/" + "a" * 5000,
    "/metrics/\u202e",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_an_address_is_one_of_a_page_here(site: Site, address: str) -> None:
    assert site.post("admin", "/saved", {"do": "save", "name": "x", "address": address}).status == 422
    assert site.get("admin", "/saved?address=" + quote(address, safe="")).status in (200, 422)
    assert "elsewhere.example" not in re.sub(r"<code>.*?</code>", "", site.get("admin", "/saved").text)


def test_a_page_that_a_role_is_not_shown_is_not_kept(site: Site) -> None:
    assert site.post("viewer", "/saved", {"do": "save", "name": "x", "address": "/settings"}).status == 422
    assert site.post("admin", "/saved", {"do": "nothing"}).status == 422
    for name in ("", " ", "a" * 61, "a\u202eb"):
        assert site.post("admin", "/saved", {"do": "save", "name": name, "address": "/"}).status == 422
    for view in ("", "-1", "x", "9" * 40, "1 OR 1=1"):
        assert site.post("admin", "/saved", {"do": "forget", "view": view}).status == 404
