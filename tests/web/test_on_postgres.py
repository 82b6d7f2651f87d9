"""People and what they save in PostgreSQL, by one setting: made by the same migrations, read back by any worker."""

from __future__ import annotations

import http.cookiejar
from collections.abc import Iterator
from pathlib import Path

import pytest
import world

from tenure.workspace import Workspace

from .site import Site, sign_in, start

LONG = "漢字 🎈 " * 900
HOSTILE = ("a\x00b", "'; DROP TABLE web_person; --", LONG)


@pytest.fixture(scope="module")
def on_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small world, whose site keeps people in PostgreSQL; the address comes from the environment."""
    folder = world.write(tmp_path_factory.mktemp("on_postgres") / "small")
    toml = folder / "tenure.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + '\n[web]\ndatabase = "env:TENURE_WEB_DATABASE"\n', "utf-8")
    Workspace(folder).sync()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TENURE_WEB_DATABASE", postgres_url)
        site = start(folder)
        yield site
        assert site.stop() == 0


def _rows(url: str, sql: str) -> list[tuple[object, ...]]:
    import psycopg

    with psycopg.connect(url) as con:
        return con.execute(sql).fetchall()  # type: ignore[arg-type]


def _somebody(site: Site) -> str:
    rows = site.api("admin", "/api/v1/customers?limit=1").json()["customers"]
    return f"/customers/{rows[0]['customer_id']}"


def test_what_is_saved_is_read_back_from_postgres(on_postgres: Site, postgres_url: str) -> None:
    site, path = on_postgres, _somebody(on_postgres)
    assert site.post("manager", path, {"do": "note", "text": "Called.\nThey wait for exports, 漢字 🎈."}).status == 302
    for role in ("admin", "manager"):
        assert "They wait for exports, 漢字 🎈." in site.get(role, path).text
    assert site.post("manager", "/account", {"do": "theme", "theme": "dark"}).status == 302
    again = http.cookiejar.CookieJar()
    assert sign_in(site, again, "manager@example.com", "a long word of manager").status == 302
    assert 'data-theme="dark"' in site.ask("/account", jar=again).text
    assert "signed in" in site.get("admin", "/settings").text
    assert _rows(postgres_url, "SELECT author, text FROM web_note") == [
        ("The manager", "Called.\nThey wait for exports, 漢字 🎈.")
    ]
    assert not (site.folder / ".tenure-web" / "web.sqlite3").exists()


def test_its_migrations_are_all_there_in_postgres(on_postgres: Site, postgres_url: str) -> None:
    made = {name for (name,) in _rows(postgres_url, "SELECT name FROM django_migrations WHERE app = 'web'")}
    files = (Path(__file__).parents[2] / "src/tenure/web/migrations").glob("0*.py")
    assert made == {file.stem for file in files}


@pytest.mark.parametrize("text", HOSTILE, ids=["nul", "sql", "long"])
def test_postgres_is_given_nothing_that_it_refuses(on_postgres: Site, text: str) -> None:
    """It knows no character 0 and holds texts to their lengths, where SQLite takes anything."""
    site, path = on_postgres, _somebody(on_postgres)
    forms = [
        (path, {"do": "note", "text": text}),
        (path, {"do": "remove", "note": text}),
        ("/account", {"do": "token", "label": text}),
        ("/account", {"do": "password", "old": text, "new": text}),
        ("/account", {"do": "revoke", "token": text}),
        ("/customers", {"do": "save", "name": text, "where": "mrr > 0"}),
        ("/customers", {"do": "save", "name": "x", "where": text}),
        ("/customers", {"do": "forget", "segment": text}),
        ("/saved", {"do": "save", "name": text, "address": "/metrics/mrr"}),
        ("/saved", {"do": "save", "name": "x", "address": "/metrics/mrr?where=" + text}),
        ("/saved", {"do": "forget", "view": text}),
        ("/settings", {"do": "add", "email": text, "role": "viewer", "owner": text, "name": text, "password": text}),
        ("/settings", {"do": "change", "person": "1", "role": text, "owner": text}),
    ]
    for where, data in forms:
        reply = site.post("admin", where, data)
        assert reply.status < 500, (where, data["do"], reply.text[:500])
    assert sign_in(site, http.cookiejar.CookieJar(), text, text).status in (400, 422, 429)
    assert site.api("admin", "/api/v1/metrics?word=nps").status == 200
