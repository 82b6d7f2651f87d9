"""The list of customers, one customer, and what came in: worked by hand on a small company, and bad requests."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from golden import Company, run, table

import tenure
from tenure import model
from tenure.errors import RequestError, UnknownName, UsageError
from tenure.listing import needs
from tenure.metric import catalogue

# As of 2025-01-01: Ada pays 100, 150 from July on; Ben left in June; Cyd joined in December; Dan is a lead.
SUBSCRIPTIONS = """
    subscription_id,customer_id,product,plan,amount,currency,interval,started_at,ended_at,cancel_reason,change_reason
    s1,ada,desk,Basic,100,USD,month,2023-01-01,2024-07-01,,
    s1,ada,desk,Plus,150,USD,month,2024-07-01,,,grew
    s2,ben,desk,Basic,80,USD,month,2023-01-01,2024-06-10,too dear,
    s3,cyd,desk,Plus,40,USD,month,2024-12-05,,,
"""
CUSTOMERS = """
    customer_id,name,domain,owner,plan,created_at,valid_from,valid_to
    ada,Ada & Sons,ada.example,Mia,Basic,2023-01-01,2023-01-01,2024-07-01
    ada,Ada & Sons,ada.example,Mia,Plus,2023-01-01,2024-07-01,
    ben,Ben's,ben.example,Noa,Basic,2023-01-01,2023-01-01,
    cyd,Cyd,cyd.example,Noa,Plus,2024-12-01,2024-12-01,
    dan,Dan,dan.example,Mia,,2024-12-20,2024-12-20,
"""
# Ada: 3 active days in the last 30 (from 2 December on), 9 in the 90 before: usually 3 in 30, so use is as ever.
DAYS = ["2024-12-03", "2024-12-10", "2024-12-31", *(f"2024-10-{day:02d}" for day in range(10, 19))]
EVENTS = table("customer_id,contact_id,name,at", (("ada", "u1", "open", f"{day}T09:00:00Z") for day in DAYS))
TICKETS = """
    ticket_id,customer_id,created_at,first_response_at,resolved_at,status,category
    t1,ada,2024-12-01T10:00:00Z,2024-12-01T12:00:00Z,2024-12-02T10:00:00Z,solved,bug
    t2,ada,2024-12-31T12:00:00Z,,,open,bug
    t3,cyd,2025-02-01T12:00:00Z,,,open,later
"""
ANSWERS = """
    response_id,kind,customer_id,contact_id,asked_at,answered_at,score,comment
    r1,nps,ada,u1,2024-03-01,2024-03-02,4,Slow.
    r2,nps,ada,u1,2024-09-01,2024-09-02,9,Better now.
    r3,nps,ben,,2024-03-01,,,
"""
CONTRACTS = """
    contract_id,customer_id,starts_on,ends_on,outcome
    c1,ada,2023-07-01,2024-07-01,renewed
    c2,ada,2024-07-01,2025-07-01,
"""
CONTACTS = "contact_id,customer_id,name,email\nu1,ada,Ulla Hart,ulla@ada.example\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("listed") / "firm"
    Company(
        made,
        customers=CUSTOMERS,
        subscriptions=SUBSCRIPTIONS,
        events=EVENTS,
        tickets=TICKETS,
        survey_responses=ANSWERS,
        contracts=CONTRACTS,
        contacts=CONTACTS,
    )
    return made


@pytest.fixture(scope="module")
def ws(folder: Path) -> tenure.Workspace:
    return tenure.open(folder)


def ids(found: Any) -> list[str]:
    return [row["customer_id"] for row in found.rows]


def test_what_is_said_of_each(ws: tenure.Workspace) -> None:
    """Ada: 150 now, 100 a year ago; 3 active days, usually 9 / 3; one open ticket; the later NPS; the open contract."""
    ada, cyd, *others = ws.customers().rows
    said = {key: ada[key] for key in ("customer_id", "name", "state", "mrr", "mrr_year_ago", "mrr_change")}
    assert said == {
        "customer_id": "ada",
        "name": "Ada & Sons",
        "state": "paying",
        "mrr": 150.0,
        "mrr_year_ago": 100.0,
        "mrr_change": 50.0,
    }
    assert (ada["active_days"], ada["usual_days"], ada["usage"], ada["active_users"]) == (3, 3.0, 1.0, 1)
    assert (ada["open_tickets"], ada["nps"], ada["nps_on"]) == (1, 9.0, "2024-09-02")
    assert (ada["next_renewal"], ada["customer_since"], ada["last_active"]) == (
        "2025-07-01",
        "2023-01-01",
        "2024-12-31",
    )
    assert ada["attributes"] == {"domain": "ada.example", "owner": "Mia", "plan": "Plus"}
    # 24 closes: 100 until June 2024 (18 months), 150 from July on (6).
    assert ada["mrr_months"] == [100.0] * 18 + [150.0] * 6
    assert (cyd["customer_id"], cyd["mrr"], cyd["mrr_year_ago"], cyd["open_tickets"]) == ("cyd", 40.0, 0.0, 0)
    assert {row["customer_id"]: row["state"] for row in others} == {"ben": "churned", "dan": "prospect"}


def test_use_is_held_against_a_third_of_the_days_before(ws: tenure.Workspace) -> None:
    """Ada: 3 days of use in the last 30, 9 in the 90 before them, so 3 in 30: use is 1 of its own past, not 1 / 3."""
    from tenure.health.divergence import _use

    use = _use(ws, date(2025, 1, 1))
    told = zip(ws.ids(), use.num, use.den, use.known, strict=True)
    assert {name: Fraction(int(num), int(den)) for name, num, den, known in told if known} == {"ada": 1}


def test_totals_are_of_all_found_not_of_the_page(ws: tenure.Workspace) -> None:
    found = ws.customers(limit=1, offset=1)
    assert (ids(found), found.found) == (["cyd"], 4)
    assert found.totals == {
        "customers": 2, "mrr": 190.0, "mrr_year_ago": 180.0, "open_tickets": 1, "active_users": 1,
    }  # fmt: skip
    (mrr,) = ws.show("mrr", from_="2024-12").rows
    assert mrr.value == found.totals["mrr"]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"search": "ADA son"}, ["ada"]),
        ({"search": "noa"}, ["cyd", "ben"]),
        ({"search": "' OR 1=1 --"}, []),
        ({"search": "%"}, []),
        ({"where": "plan = 'Plus'"}, ["ada", "cyd"]),
        ({"where": "mrr < 100 and mrr > 0"}, ["cyd"]),
        ({"where": ["state = 'churned'", "owner = 'Noa'"]}, ["ben"]),
        ({"sort": "name"}, ["ada", "ben", "cyd", "dan"]),
        ({"sort": "name", "descending": True}, ["dan", "cyd", "ben", "ada"]),
        # Nobody but Ada has an NPS: who has none stands last, whichever way.
        ({"sort": "nps", "descending": False}, ["ada", "ben", "cyd", "dan"]),
        ({"sort": "nps"}, ["ada", "ben", "cyd", "dan"]),
        ({"sort": "owner", "limit": 2}, ["ada", "dan"]),
    ],
    ids=str,
)
def test_found_sorted_and_cut(ws: tenure.Workspace, asked: dict[str, Any], answer: list[str]) -> None:
    assert ids(ws.customers(**asked)) == answer


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"sort": "mmr"}, UnknownName, "Did you mean 'mrr'?"),
        ({"sort": "mrr_ticks"}, UnknownName, "mrr"),
        ({"columns": ("ownr",)}, UnknownName, "Did you mean 'owner'?"),
        ({"where": "regoin = 'EU'"}, UnknownName, "regoin"),
        ({"where": "1; DROP TABLE x"}, UsageError, "condition"),
        ({"where": "@nobody"}, UnknownName, "segment"),
        ({"limit": 0}, UsageError, "1 or more"),
        ({"offset": -1}, UsageError, "from 0"),
        ({"search": "x" * 201}, UsageError, "200"),
        ({"where": "mrr = 'much'"}, RequestError, ""),
    ],
    ids=str,
)
def test_bad_requests_say_what_is_wrong(
    ws: tenure.Workspace, asked: dict[str, Any], error: type[Exception], says: str
) -> None:
    with pytest.raises(error) as caught:
        ws.customers(**asked)
    assert says in str(caught.value)


def test_as_it_stood(ws: tenure.Workspace) -> None:
    """On the first of April 2024 Ada and Ben paid, 100 and 80, Ada was on Basic, and her first score was the last.
    There were no tickets yet, so that nothing is known of them."""
    found = ws.at(date(2024, 4, 1)).customers()
    assert [(row["customer_id"], row["mrr"], row["attributes"]["plan"]) for row in found.rows] == [
        ("ada", 100.0, "Basic"),
        ("ben", 80.0, "Basic"),
    ]
    assert (found.rows[0]["nps"], found.rows[0]["open_tickets"]) == (4.0, None)


def test_one_customer(ws: tenure.Workspace) -> None:
    """Ada: new at 100, then 50 more when the plan changed; a ticket of 2 and 24 hours, one open for 12."""
    found = ws.customer("ada").to_json()
    moved = [(m["on"], m["kind"], m["amount"], m["after"], m["reasons"]) for m in found["money"]["movements"]]
    assert moved == [("2024-07-01", "expansion", 50.0, 150.0, ["grew"]), ("2023-01-01", "new", 100.0, 100.0, [])]
    assert {"item": "s1", "what": "plan", "from": "Basic", "to": "Plus"} in found["money"]["movements"][0]["changes"]
    assert [item["running"] for item in found["money"]["items"]] == [True, False]
    assert [(m["month"], m["mrr"]) for m in found["money"]["months"][16:19]] == [
        ("2024-05", 100.0),
        ("2024-06", 100.0),
        ("2024-07", 150.0),
    ]
    clocks = [
        (t["ticket_id"], t["first_response_hours"], t["resolution_hours"], t["open_hours"]) for t in found["tickets"]
    ]
    assert clocks == [("t2", None, None, 12.0), ("t1", 2.0, 24.0, None)]
    assert found["attribute_history"] == [
        {"at": "2024-07-01T00:00:00Z", "attribute": "plan", "from": "Basic", "to": "Plus"}
    ]
    # c2 ends on 2025-07-01, 181 days after 2025-01-01 (31 + 28 + 31 + 30 + 31 + 30).
    assert [(c["contract_id"], c["days_left"]) for c in found["contracts"]] == [("c2", 181), ("c1", None)]
    assert [(a["response_id"], a["says"]) for a in found["answers"]["answers"]] == [
        ("r2", "promoter"),
        ("r1", "detractor"),
    ]
    assert found["now"] == {
        key: value for key, value in ws.customers(search="ada").rows[0].items() if key in found["now"]
    }


def test_why_a_customer_left(ws: tenure.Workspace) -> None:
    first = ws.customer("ben").to_json()["money"]["movements"][0]
    assert (first["kind"], first["amount"], first["reasons"]) == ("churn", -80.0, ["too dear"])


def test_names_and_words_stand_apart(ws: tenure.Workspace) -> None:
    """Without `contacts` and `comments` nothing of a person's name, address or words is left."""
    found = ws.customer("ada").to_json()
    assert [person["name"] for person in found.pop("contacts")] == ["Ulla Hart"]
    assert [comment["text"] for comment in found.pop("comments")] == ["Better now.", "Slow."]
    rest = json.dumps(found)
    assert not [word for word in ("Ulla", "ulla@", "Better", "Slow") if word in rest]


def test_the_timeline_is_whole_and_newest_first(ws: tenure.Workspace) -> None:
    """Movements 2, contracts signed 2 and renewed 1, plan changed 1, first use of the one feature 1, tickets opened 2
    and resolved 1, answers 2: twelve."""
    found = ws.customer("ada", limit=100).to_json()["timeline"]
    assert found["types"] == {"money": 2, "contract": 3, "attribute": 1, "feature": 1, "ticket": 3, "answer": 2}
    times = [entry["at"] for entry in found["entries"]]
    assert (found["found"], times) == (12, sorted(times, reverse=True))
    page = ws.customer("ada", limit=2, offset=1, types=("ticket",)).to_json()["timeline"]
    assert (page["found"], [entry["id"] for entry in page["entries"]]) == (3, ["t1", "t1"])
    with pytest.raises(UnknownName, match="ticket"):
        ws.customer("ada", types=("tikcet",))


@pytest.mark.parametrize(
    ("asked", "says"),
    [("adda", "'ada'"), ("Ada & Sons", "'ada' (Ada & Sons)"), ("", "--search"), ("x' --", "--search")],
)
def test_nobody_of_that_id(ws: tenure.Workspace, asked: str, says: str) -> None:
    with pytest.raises(UnknownName) as caught:
        ws.customer(asked)
    assert says in str(caught.value)


def test_the_list_fits_its_terminal(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no room beside the names stands below them, so that no line is broken."""
    monkeypatch.setenv("COLUMNS", "60")
    out = run(folder, "customers").out
    assert max(map(len, out.splitlines())) <= 60 and out.count("customer  name") > 1
    assert "next renewal" in out or "open tickets" in out


def test_at_the_command_line(folder: Path) -> None:
    answer = json.loads(run(folder, "customers", "--where", "mrr > 0", "--format", "json").out)
    assert [row["customer_id"] for row in answer["customers"]] == ["ada", "cyd"]
    text = run(folder, "customers", "--sort", "name").out
    assert "1 to 4 of 4, sorted by name; all together: 2 customers, $190 MRR." in text
    lines = run(folder, "customers", "--columns", "mrr,owner", "--format", "csv").out.splitlines()
    assert lines[:2] == ["customer_id,name,mrr,owner", "ada,Ada & Sons,150.0,Mia"]
    page = run(folder, "customer", "ada").out
    assert page.startswith("Ada & Sons (ada), paying") and "2024-07-01 expansion +$50.00 to $150 (grew)" in page
    gone = run(folder, "customer", "adda")
    assert (gone.code, gone.out) == (1, "") and "Did you mean 'ada'?" in gone.err


def test_only_a_list_of_customers(tmp_path: Path) -> None:
    """Nothing but customers: they are listed, what nothing is known of is empty, and nobody's money is 0."""
    firm = Company(tmp_path, customers="customer_id,name,created_at\na,Ann,2024-01-01\n")
    ws = tenure.open(firm.folder)
    found = ws.customers()
    assert (found.found, found.totals["mrr"], found.rows[0]["mrr"], found.rows[0]["usage"]) == (1, None, None, None)
    assert ws.customer("a").to_json()["timeline"]["found"] == 0


def test_what_came_in(tmp_path: Path) -> None:
    """One row of two is refused, a ticket has no customer, one names a stranger."""
    firm = Company(
        tmp_path,
        customers="customer_id,created_at\na,2024-01-01\n",
        tickets="ticket_id,customer_id,created_at\nt1,,2024-01-02\nt2,zed,2024-01-03\n",
    )
    (tmp_path / "late.csv").write_text("event_id,customer_id,name,at\n1,a,open,yesterday\n2,a,open,2024-01-05\n")
    assert run(firm.folder, "import", "late.csv", "--as", "events").code == 0
    ws = tenure.open(tmp_path)
    found = ws.sources_status().to_json()
    books, by_hand = found["sources"]
    assert (books["source"], books["read"], books["rejected"], books["configured"]) == ("books", 3, 0, True)
    assert (by_hand["source"], by_hand["read"], by_hand["rejected"], by_hand["configured"]) == ("import", 2, 1, False)
    assert books["last_load"].endswith("Z") and by_hand["tables"][0]["table"] == "events"
    tickets = next(one for one in found["tables"] if one["table"] == "tickets")
    assert (tickets["rows"], tickets["unattributed"], tickets["unknown_customers"]) == (2, 1, 1)
    assert (tickets["first"], tickets["last"]) == ("2024-01-02", "2024-01-03")
    (reason,) = found["rejects"]["reasons"]
    assert (found["rejects"]["rows"], reason["table"], reason["rows"], reason["samples"][0]["line"]) == (
        1,
        "events",
        1,
        2,
    )
    assert ws.rejects(table="events") == reason["samples"] and ws.rejects(table="tickets") == []
    assert ws.rejects(reason="' OR 1=1 --") == []
    subscriptions = next(one for one in found["missing"] if one["tables"] == ["subscriptions"])
    assert "mrr" in subscriptions["enough_for"] and "amount" in subscriptions["columns"]["subscriptions"]


def test_what_metrics_need_can_be_loaded() -> None:
    """Every need is a table of the model: a derived one would be missing for ever."""
    for metric in catalogue().values():
        for need in needs(metric.reading(None).expr):
            assert set(need.split(" or ")) <= model.TABLES.keys(), (metric.id, need)


def test_two_moments_in_one_process(ws: tenure.Workspace) -> None:
    """What is compiled for one moment is not taken for another: now, on the first of April, now again."""
    then = ws.at(date(2024, 4, 1))
    for _ in range(2):
        assert ws.customer("ada").to_json()["now"]["mrr"] == 150.0
        early = then.customer("ada").to_json()
        assert (early["now"]["mrr"], early["tickets"], len(early["money"]["movements"])) == (100.0, [], 1)
        assert [ticket["open_hours"] for ticket in ws.customer("ada").to_json()["tickets"]] == [12.0, None]
