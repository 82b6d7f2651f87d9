"""The HTTP API says what the command line says, to whom it may, in its own form."""

from __future__ import annotations

import json
import subprocess

import pytest

from .site import OWNER, Site, command

ASKED = [
    (
        "/api/v1/show?metric=mrr&metric=nrr&from=2025-01&to=2025-12&by=plan",
        "show mrr nrr --from 2025-01 --to 2025-12 --by plan",
    ),
    (
        "/api/v1/show?metric=nps&last=3&grain=quarter&compare=previous",
        "show nps --last 3 --grain quarter --compare previous",
    ),
    ("/api/v1/explain?metric=nrr&period=2025-12&versus=stripe", "explain nrr --period 2025-12 --versus stripe"),
    ("/api/v1/metrics", "metrics"),
    ("/api/v1/customers?limit=5&sort=name&order=up", "customers --limit 5 --sort name --order up"),
    ("/api/v1/customers/P-1058", "customer P-1058"),
]


@pytest.mark.parametrize(("path", "words"), ASKED, ids=[words for _, words in ASKED])
def test_the_api_answers_the_very_text_of_the_command_line(site: Site, path: str, words: str) -> None:
    done = subprocess.run(
        command(site.folder, *words.split(), "--format", "json"), capture_output=True, text=True, check=False
    )
    reply = site.api("admin", path)
    assert reply.status == 200, reply.text
    assert reply.text == done.stdout


def test_a_csm_sees_what_the_condition_on_the_owner_gives(site: Site) -> None:
    """Owners of the example company do not change hands, so `owner` and `current.owner` are the same there."""
    words = ("show", "mrr", "nps", "--last", "6", "--where", f"owner = '{OWNER}'", "--format", "json")
    done = subprocess.run(command(site.folder, *words), capture_output=True, text=True, check=False)
    assert site.api("csm", "/api/v1/show?metric=mrr&metric=nps&last=6").json() == json.loads(done.stdout)


def test_a_csm_without_customers_sees_nothing(site: Site) -> None:
    rows = site.api("nobody", "/api/v1/show?metric=mrr&metric=customers&last=1").json()["metrics"]
    assert [metric["rows"][0]["value"] for metric in rows] == [0, 0]
    assert site.api("nobody", "/api/v1/customers").json()["found"] == 0


def test_an_answer_that_is_held_is_not_sent_again(site: Site) -> None:
    first = site.api("admin", "/api/v1/show?metric=mrr")
    again = site.api("admin", "/api/v1/show?metric=mrr", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert site.api("viewer", "/api/v1/show?metric=mrr", If_None_Match=first.headers["ETag"]).status == 200


PROBLEMS = [
    ("admin", "/api/v1/show?metric=nrrr", 422, "Did you mean 'nrr'?"),
    ("admin", "/api/v1/show?metrc=nrr", 422, "Did you mean 'metric'?"),
    ("admin", "/api/v1/show?last=0", 422, "last"),
    ("admin", "/api/v1/show?grain=moon", 422, "grain"),
    ("admin", "/api/v1/explain?metric=nrr", 422, "period"),
    ("admin", "/api/v1/customers/nobody-of-this-name", 404, "no customer"),
    ("csm", "/api/v1/customers/P-1058", 404, "no customer"),
    ("viewer", "/api/v1/show?metric=nps&by=comment", 403, "viewer"),
    ("viewer", "/api/v1/show?metric=nps&where=survey_responses.comment%20LIKE%20%27%25a%25%27", 403, "viewer"),
    ("", "/api/v1/show", 401, "token"),
    ("admin", "/api/v1/nothing", 404, ""),
]


@pytest.mark.parametrize(("role", "path", "status", "says"), PROBLEMS)
def test_problems_have_one_form(site: Site, role: str, path: str, status: int, says: str) -> None:
    reply = site.api(role, path)
    assert reply.status == status, reply.text
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json()["status"] == status
    assert says in reply.text
