"""Files tell by their columns which table they are, and say why; where they do not, the two nearest are named."""

from __future__ import annotations

import pytest

from tenure.errors import InputError, UnknownName
from tenure.model import TABLES
from tenure.recognise import recognise


@pytest.mark.parametrize("table", TABLES)
def test_every_table_knows_its_own_columns(table: str) -> None:
    """All of them, and the required ones with one more: no mapping is needed."""
    found = recognise(list(TABLES[table].columns), "f.csv")
    assert (found.table, found.columns) == (table, {})
    assert found.why.startswith(f"f.csv is read as {table}: it has ")


@pytest.mark.parametrize(
    ("columns", "table", "renamed"),
    [
        ("customer_id,name", "customers", {}),
        ("customer_id,region,plan", "customers", {}),
        ("Customer ID,Company size,created", "customers", {"customer_id": "Customer ID", "created_at": "created"}),
        ("contact_id,customer_id,email,name", "contacts", {}),
        ("subscription_id,customer_id,amount,currency,interval,started_at", "subscriptions", {}),
        (
            "subscription_id,account_id,mrr,currency,interval,start_date,end_date,contract",
            "subscriptions",
            {"customer_id": "account_id", "amount": "mrr", "started_at": "start_date", "ended_at": "end_date"},
        ),
        ("customer_id,name,at", "events", {}),
        ("customer_id,event,timestamp", "events", {"name": "event", "at": "timestamp"}),
        ("invoice_id,customer_id,issued_at,amount,currency,status", "invoices", {}),
        ("payment_id,customer_id,at,amount,currency,status", "payments", {}),
        ("order_id,customer_id,placed_at,amount,currency", "orders", {}),
        ("currency,on,rate", "fx_rates", {}),
        ("on,department,headcount", "staff", {}),
        ("ticket_id,customer_id,created_at,status", "tickets", {}),
        ("response_id,kind,score,customer_id,answered_at", "survey_responses", {}),
        ("category,line,at,amount,currency", "costs", {}),
        ("trial_id,customer_id,started_at,converted_at", "trials", {}),
    ],
)
def test_usual_files(columns: str, table: str, renamed: dict[str, str]) -> None:
    found = recognise(columns.split(","), "f.csv")
    assert (found.table, found.columns) == (table, renamed)
    for wanted, said in renamed.items():
        assert f"{said!r} is taken for {wanted}" in found.why


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("colour,taste", ["none of them is known (colour, taste)", "--as", "first line"]),
        ("customer_id", ["Nearest", "customers", "--as"]),
        ("id,value,amount", ["Nearest", "--as"]),
        ("subscription_id,customer_id,amount,started_at", ["subscriptions", "without currency, interval"]),
        ("customer_id,at,kind", ["Nearest", "interactions", "advocacy_acts"]),
    ],
)
def test_files_that_do_not_tell(columns: str, words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        recognise(columns.split(","), "strange.csv")
    for word in ("strange.csv", *words):
        assert word in str(caught.value), str(caught.value)


def test_a_named_table_takes_usual_names_too() -> None:
    found = recognise(["account_id", "name", "score"], "f.csv", "customers")
    assert (found.table, found.columns) == ("customers", {"customer_id": "account_id"})
    assert "'account_id' is taken for customer_id" in found.why
    with pytest.raises(UnknownName, match="'customers'"):
        recognise(["a"], "f.csv", "customer")
