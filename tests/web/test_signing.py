"""Signing in: slowly where somebody guesses, never to another site; what is sent with every answer; what is kept."""

from __future__ import annotations

import http.cookiejar
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .site import Site, command, sign_in, start


def test_headers_allow_nothing_from_elsewhere(site: Site) -> None:
    for reply in (
        site.get("admin", "/"),
        site.get("", "/sign-in"),
        site.get("", "/nothing"),
        site.api("", "/api/v1/show"),
    ):
        policy = reply.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
    text = site.get("admin", "/").text
    assert "style=" not in text and "<style" not in text and "<script>" not in text and "onclick" not in text


def test_where_to_go_after_signing_in_is_here(site: Site) -> None:
    for onward in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"):
        reply = sign_in(site, http.cookiejar.CookieJar(), "viewer@example.com", "a long word of viewer", onward)
        assert reply.headers["Location"] == "/", onward


def test_a_form_without_its_mark_is_refused(site: Site) -> None:
    reply = site.ask("/account", data={"do": "theme", "theme": "dark"}, jar=site.jar("viewer"))
    assert reply.status == 403


def test_what_others_made_cannot_be_taken_back(site: Site) -> None:
    """A token of the admin's, revoked by its number as a viewer, still holds."""
    for number in ("1", "-1", "1 OR 1=1", "9" * 30):  # the admin's was made first
        assert site.post("viewer", "/account", {"do": "revoke", "token": number}).status == 404
    assert site.api("admin", "/api/v1/metrics?word=nps").status == 200


def test_the_command_line_prints_the_token_alone(site: Site) -> None:
    words = ("token", "add", "--user", "manager@example.com", "--days", "2")
    done = subprocess.run(command(site.folder, *words), capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.count("\n") == 1
    assert "not shown again" in done.stderr
    reply = site.ask("/api/v1/metrics?word=nps", Authorization=f"Bearer {done.stdout.strip()}")
    assert reply.status == 200


@pytest.mark.skipif(sys.platform != "linux", reason="needs SIGKILL of a process group")
def test_guessing_is_stopped_and_nothing_saved_is_lost_by_kill(company: Path, tmp_path: Path) -> None:
    """Killed without warning between a change and the next question; failures are counted across it."""
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / "tenure.toml").write_text("[workspace]\nname = 'Killed'\n", encoding="utf-8")
    site = start(folder)
    assert site.post("admin", "/account", {"do": "theme", "theme": "dark"}).status == 302
    for _ in range(6):
        assert sign_in(site, http.cookiejar.CookieJar(), "csm@example.com", "wrong").status == 422
    subprocess.run(["pkill", "-KILL", "-P", str(site.process.pid)], check=False)
    site.stop(signal.SIGKILL)
    again = start(folder, site.tokens)
    again._jars = site._jars
    try:
        assert 'data-theme="dark"' in again.get("admin", "/account").text  # the session holds, and so does the choice
        for _ in range(4):
            sign_in(again, http.cookiejar.CookieJar(), "csm@example.com", "wrong")
        reply = sign_in(again, http.cookiejar.CookieJar(), "csm@example.com", "a long word of csm")
        assert reply.status == 429 and reply.headers["Retry-After"]
        assert "Nothing is loaded" in again.get("admin", "/").text
    finally:
        assert again.stop() == 0  # SIGTERM is a clean end


def test_what_cannot_be_served_is_said_in_words(site: Site, tmp_path: Path) -> None:
    taken = command(site.folder, "serve", "--port", site.url.rpartition(":")[2])
    done = subprocess.run(taken, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1 and "taken" in done.stderr and "--port" in done.stderr
    (tmp_path / "tenure.toml").write_text("[web]\ndatabse = 'x'\n", encoding="utf-8")
    done = subprocess.run(command(tmp_path, "serve"), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1 and "Did you mean 'database'?" in done.stderr
