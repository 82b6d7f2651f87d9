"""What the first page costs a reader: bytes over the wire as a browser counts them, and no need of any script."""

from __future__ import annotations

from typing import Any

from .site import Site

MOST = 150_000
"""Bytes of the first load of the overview, beside the font: 150 KB."""


def _cookies(site: Site, context: Any) -> None:
    for cookie in site.jar("manager"):
        context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": site.url}])


def test_the_first_overview_is_light(site: Site, browser: Any) -> None:
    """Chromium's own count of encoded bytes, headers with them; the second load takes files from the cache."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        _cookies(site, context)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        urls: dict[str, str] = {}
        taken: dict[str, float] = {}
        session.on("Network.requestWillBeSent", lambda e: urls.update({e["requestId"]: e["request"]["url"]}))
        session.on("Network.loadingFinished", lambda e: taken.update({urls[e["requestId"]]: e["encodedDataLength"]}))
        page.goto(site.url + "/", wait_until="networkidle", timeout=90_000)
        fonts = {url: size for url, size in taken.items() if url.endswith(".woff2")}
        rest = {url: size for url, size in taken.items() if url not in fonts}
        assert fonts and len(rest) >= 4, taken  # the page, its styles, its scripts
        assert all(url.startswith(site.url) for url in taken), taken
        assert sum(rest.values()) <= MOST, rest
        first = dict(rest)
        taken.clear()
        page.goto(site.url + "/metrics", wait_until="networkidle", timeout=90_000)
        again = {url for url, size in taken.items() if url in first and size}
        assert not again, again  # styles, scripts and the font are kept for good
    finally:
        context.close()


def test_pages_are_whole_before_any_script_runs(site: Site, browser: Any) -> None:
    """With scripts off: charts are drawn, controls have a button, details open."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(90_000)
    try:
        _cookies(site, context)
        page = context.new_page()
        page.goto(site.url + "/")
        assert page.locator("section.figures svg.spark").count() >= 3
        assert page.locator(".chart svg[role=img]:visible").count() == 1
        assert page.locator("tr[data-metric] svg.ruler").count() >= 3
        page.goto(site.url + "/metrics/mrr")
        assert page.locator(".chart svg[role=img]:visible").count() == 1
        page.select_option("select[name=by]", "plan")
        page.click("form.controls button.apply")
        page.wait_for_url("**by=plan**")
        assert page.locator(".chart svg[role=img]:visible").count() >= 3
    finally:
        context.close()
