"""The role matrix: every page and API path, every role, own and other customers. What is not in the table fails."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import pytest

from .site import OWNER, ROLES, Site

WAYS = """
import json, sys
from tenure.workspace import Workspace
from tenure.web import start
start.django(Workspace.find(sys.argv[1]).config)
from django.urls import get_resolver
from tenure.web.page import pages
import tenure.web.urls
from tenure.web.api import api
ways = [[page.name, way.name] for page in pages() for way in page.ways]
print(json.dumps({"pages": ways, "api": sorted(api.get_openapi_schema()["paths"])}))
"""

ALL = dict.fromkeys(ROLES, 200)
ADMIN = {"admin": 200, "manager": 403, "csm": 403, "viewer": 403}
MANAGES = {"admin": 200, "manager": 200, "csm": 403, "viewer": 403}
SUMMED = {"admin": 200, "manager": 200, "csm": 403, "viewer": 200}
WORDS = {"admin": 200, "manager": 200, "csm": 200, "viewer": 403}
OTHERS = {"admin": 200, "manager": 200, "csm": 404, "viewer": 200}

# name of the way -> (address, what each role gets); {own} and {other} are customers of the csm and of somebody else.
PAGES: dict[str, list[tuple[str, dict[str, int]]]] = {
    "overview": [("/", ALL)],
    "overview-csv": [("/overview.csv", ALL)],
    "overview-xlsx": [("/overview.xlsx", ALL)],
    "metrics": [("/metrics", ALL)],
    "metric": [("/metrics/nps", ALL), ("/metrics/mrr?why=2025-12", ALL)],
    "metric-csv": [("/metrics/nps.csv", ALL)],
    "metric-xlsx": [("/metrics/nps.xlsx", ALL)],
    "metric-png": [("/metrics/nps.png", ALL)],
    "metric-vendors": [("/metrics/mrr/vendors?why=2025-12", ALL)],
    "catalogue": [("/catalogue", ALL)],
    "search": [("/search?q=a", ALL)],
    "customers": [("/customers", ALL), ("/customers?in=%40enterprise&sort=name", ALL)],
    "customers-csv": [("/customers/export.csv", ALL)],
    "customers-xlsx": [("/customers/export.xlsx", ALL)],
    "customer": [("/customers/{own}", ALL), ("/customers/{other}", OTHERS)],
    "customer-csv": [
        ("/customers/timeline.csv?customer={own}", ALL),
        ("/customers/timeline.csv?customer={other}", OTHERS),
    ],
    "customer-past": [
        ("/customers/health-by-month?customer={own}", ALL),
        ("/customers/health-by-month?customer={other}", OTHERS),
    ],
    "health": [("/health", ALL)],
    "health-divergence": [("/health/divergence", ALL)],
    "health-backtest": [("/health/backtest", ALL)],
    "health-csv": [("/health/export.csv", ALL)],
    "health-xlsx": [("/health/export.xlsx", ALL)],
    "cohorts": [("/cohorts", ALL), ("/cohorts?tab=usage&cohort=2025-01&age=3", ALL)],
    "cohorts-csv": [("/cohorts/export.csv", ALL)],
    "cohorts-xlsx": [("/cohorts/export.xlsx?tab=revenue", ALL)],
    "cohorts-customers": [("/cohorts/customers.csv?cohort=2024-03&age=12", ALL)],
    "goals": [("/goals", SUMMED)],
    "goals-csv": [("/goals.csv", SUMMED)],
    "drivers": [("/drivers", ALL)],
    "drivers-csv": [("/drivers.csv?metric=customer_churn_rate", ALL)],
    "compare": [("/compare", ALL), ("/compare?kind=event&metric=mrr_churn_rate&on=2025-03-01", ALL)],
    "compare-csv": [("/compare.csv?metric=nps&where=plan+%3D+%27Growth%27&against=plan+%3D+%27Starter%27", ALL)],
    "feedback": [("/feedback", ALL)],
    "feedback-themes-csv": [("/feedback/themes.csv", ALL)],
    "feedback-comments": [("/feedback/comments.csv?theme=support", WORDS)],
    "data": [("/data", ALL)],
    "rejects": [("/data/rejects", MANAGES)],
    "rejects-csv": [("/data/rejects.csv", MANAGES)],
    "working": [("/working", dict.fromkeys(ROLES, 404))],  # forms are sent there; test_beside.py has them
    "saved": [("/saved", ALL), ("/saved?address=%2Fmetrics%2Fmrr", ALL)],
    "account": [("/account", ALL)],
    "settings": [("/settings", ADMIN)],
    "audit-csv": [("/settings/audit.csv", ADMIN)],
}
API: dict[str, list[tuple[str, dict[str, int]]]] = {
    "/api/v1/show": [("/api/v1/show?metric=mrr", ALL)],
    "/api/v1/explain": [("/api/v1/explain?metric=mrr&period=2025-12", ALL)],
    "/api/v1/metrics": [("/api/v1/metrics", ALL)],
    "/api/v1/customers": [("/api/v1/customers", ALL)],
    "/api/v1/customers/{customer_id}": [("/api/v1/customers/{own}", ALL), ("/api/v1/customers/{other}", OTHERS)],
}


@cache
def _there(folder: str) -> dict[str, list[str]]:
    done = subprocess.run([sys.executable, "-c", WAYS, folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def _customers(site: Site) -> tuple[set[str], set[str]]:
    """Ids of the csm's customers, and of everybody else's, by what the admin is told of owners."""
    rows = site.api("admin", "/api/v1/customers?limit=1000&columns=owner").json()["customers"]
    own = {row["customer_id"] for row in rows if row["attributes"]["owner"] == OWNER}
    return own, {row["customer_id"] for row in rows} - own


def test_every_address_is_in_the_table(site: Site) -> None:
    there = _there(str(site.folder))
    assert {name for _, name in there["pages"]} == set(PAGES)
    assert set(there["api"]) == set(API)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says(site: Site, role: str) -> None:
    own, other = (sorted(ids)[0] for ids in _customers(site))
    wrong = []
    for table, ask in ((PAGES, site.get), (API, site.api), (API, site.get)):
        for address, expected in (line for lines in table.values() for line in lines):
            path = address.format(own=own, other=other)
            status = ask(role, path).status
            if status != expected[role]:
                wrong.append(f"{path} as {role}: {status}, not {expected[role]}")
    assert not wrong, "\n".join(wrong)


def test_nobody_gets_nothing(site: Site) -> None:
    """Pages send to the sign-in, the API says 401."""
    for lines in PAGES.values():
        for address, _ in lines:
            reply = site.get("", address)
            assert (reply.status, reply.headers["Location"].partition("?")[0]) == (302, "/sign-in"), address
    for lines in API.values():
        for address, _ in lines:
            assert site.api("", address.format(own="P-1", other="P-2")).status == 401


def test_no_answer_names_a_customer_that_is_not_the_csms(site: Site) -> None:
    own, other = _customers(site)
    assert own and other
    paths = [address for lines in API.values() for address, _ in lines if "{" not in address]
    paths += [
        "/api/v1/show?metric=mrr&by=customer_id&last=24",
        "/api/v1/customers?limit=1000",
        "/api/v1/customers?search=a",
    ]
    paths += [f"/api/v1/explain?metric=mrr&period={p}" for p in ("2024-06", "2025-12")]
    wide = "owner%20IS%20NOT%20NULL%20OR%20owner%20IS%20NULL"
    paths += [f"/api/v1/customers?limit=1000&where={wide}", f"/api/v1/show?metric=mrr&by=customer_id&where={wide}"]
    texts = {path: site.api("csm", path) for path in paths}
    pages = ["/", "/metrics/mrr?by=customer_id&why=2025-12", "/metrics/mrr.csv?by=customer_id", "/search?q=p-1"]
    pages += ["/customers", f"/customers?where={wide}", "/customers?q=p-1", f"/customers/export.csv?where={wide}"]
    pages += ["/health", "/health/export.csv", f"/customers/{min(own)}"]
    pages += ["/cohorts?cohort=2024-03&age=18", "/cohorts/customers.csv?cohort=2024-03&age=18", "/feedback"]
    pages += ["/feedback/comments.csv", "/drivers?metric=customer_churn_rate", "/data"]
    pages += ["/metrics/mrr/vendors?why=2025-12", "/saved"]
    texts |= {path: site.whole("csm", path) for path in pages}
    for path, reply in texts.items():
        assert reply.status == 200, (path, reply.text[:300])
        named = {
            name for name in other if f'"{name}"' in reply.text or f"/{name}" in reply.text or f",{name}," in reply.text
        }
        assert not named, (path, sorted(named)[:5])


def test_a_viewer_is_shown_no_people_and_no_texts(site: Site) -> None:
    rows = site.api("admin", "/api/v1/customers?limit=40").json()["customers"]
    seen = 0
    for row in rows:
        whole = site.api("admin", f"/api/v1/customers/{row['customer_id']}").json()
        reply = site.api("viewer", f"/api/v1/customers/{row['customer_id']}")
        less = reply.json()
        assert (less["contacts"], less["comments"]) == ([], [])
        assert less["hidden"] == {"contacts": len(whole["contacts"]), "comments": len(whole["comments"])}
        for said in [*(c["name"] for c in whole["contacts"]), *(c["text"] for c in whole["comments"])]:
            seen += 1
            assert not said or said not in reply.text
        if seen > 20:
            break
    assert seen > 20
