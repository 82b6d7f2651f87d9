"""The model says what MODEL.md says: keys, required columns, kinds, tenses, defaults."""

from __future__ import annotations

import pytest

from tenure.model import KINDS, TABLES, Table, day_of


def test_keys_are_the_first_id_except_where_a_row_is_a_stretch_or_a_day() -> None:
    assert TABLES["contacts"].key == ("contact_id",)
    assert TABLES["subscriptions"].key == ("subscription_id", "product", "started_at")
    assert TABLES["customers"].key == ("customer_id", "valid_from")
    assert TABLES["fx_rates"].key == ("currency", "on")
    assert TABLES["survey_responses"].key == ("response_id", "question")
    assert TABLES["onboarding_steps"].key == ("customer_id", "contact_id", "step")


def test_only_rows_with_an_optional_id_are_keyed_by_content() -> None:
    by_content = {name for name, table in TABLES.items() if table.optional_id}
    assert by_content == {
        "interactions", "outcomes", "advocacy_acts", "costs", "events", "sessions", "resource_views", "ticket_messages",
        "ticket_changes", "reviews", "referrals", "mentions", "visits", "inspections",
    }  # fmt: skip


def test_required_columns() -> None:
    assert TABLES["subscriptions"].required == (
        "subscription_id", "customer_id", "amount", "currency", "interval", "started_at",
    )  # fmt: skip
    assert TABLES["events"].required == ("name", "at")
    assert TABLES["orders"].required == ("order_id",)


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_table_is_whole(table: Table) -> None:
    assert all(c.kind in KINDS for c in table.columns.values())
    assert set(table.key) <= set(table.columns)
    assert table.main_time is None or table.columns[table.main_time].tense == "main"
    for earlier, later in table.order:
        assert {earlier, later} <= set(table.times)
    for state in table.states.values():
        assert state.column in table.columns and set(state.decided_by) <= set(table.times)
        choices = table.columns[state.column].choices
        assert state.reads is None or state.reads in choices
    stored = table.stored()
    assert len(stored) == len(table.columns) + 2 + sum(c.kind == "instant" for c in table.columns.values())


def test_days_tenses_and_defaults() -> None:
    assert [day_of(c) for c in ("at", "created_at", "ends_at", "valid_from")] == [
        "day", "created_day", "ends_day", "valid_from_day",
    ]  # fmt: skip
    assert TABLES["trials"].columns["ends_at"].tense == "planned"
    assert TABLES["subscriptions"].columns["ended_at"].tense == "happened"
    assert TABLES["customers"].columns["valid_to"].tense == "planned"
    assert TABLES["subscriptions"].columns["status"].default == "active"
    assert TABLES["visits"].columns["count"].default == 1
    assert TABLES["ticket_messages"].columns["public"].default is True
    assert TABLES["deals"].columns["won"].default is None
    assert TABLES["invoices"].columns["recurring"].default_if_set == "subscription_id"
    assert TABLES["contracts"].states["outcome"].decided_by == ("decided_on", "ends_on")
