"""What counts: presets, single rules over them, and what is said to those who write something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenure.errors import ConfigError
from tenure.policy import PRESETS, REVENUE_RULES, SETTINGS, Policy, parse

RULES = {rule.key: rule for rule in REVENUE_RULES}


def test_every_rule_and_setting_can_be_read() -> None:
    assert len(RULES) == len(REVENUE_RULES)
    assert not RULES.keys() & {setting.key for setting in SETTINGS}
    for rule in REVENUE_RULES:
        assert rule.question.endswith("?") and rule.default in rule.answers and len(rule.answers) > 1
        assert all(rule.answers.values())


def test_presets_answer_with_answers_there_are() -> None:
    assert list(PRESETS) == ["tenure", "chartmogul", "stripe", "profitwell", "baremetrics", "lago"]
    for preset in PRESETS.values():
        assert all(answer in RULES[key].answers for key, answer in preset.items())


def test_a_preset_says_only_where_it_differs() -> None:
    assert dict(Policy().all_rules()) == {rule.key: rule.default for rule in REVENUE_RULES}
    for preset in PRESETS.values():
        assert all(RULES[key].default != answer for key, answer in preset.items())


@pytest.mark.parametrize(
    ("preset", "key", "answer"),
    [
        ("stripe", "discounts", "forever_only"),
        ("lago", "discounts", "gross"),
        ("chartmogul", "discounts", "deducted"),
        ("profitwell", "past_due", "auto_churn"),
        ("profitwell", "same_period", "ignore"),
        ("lago", "reactivation", "expansion"),
        ("lago", "fx", "none"),
        ("chartmogul", "free_is", "active_free"),
        ("chartmogul", "simultaneous", "60min"),
        ("stripe", "partial_cancel", "churn"),
    ],
)
def test_what_vendors_publish(preset: str, key: str, answer: str) -> None:
    assert Policy.of_preset(preset).rule(key) == answer


def test_a_single_rule_overrides_the_preset() -> None:
    found = parse({"revenue": "lago", "discounts": "deducted", "gross_margin": 0.8}, "tenure.toml")
    assert found.preset == "lago"
    assert found.rule("discounts") == "deducted"
    assert found.rule("reactivation") == "expansion"
    assert found.setting("gross_margin") == 0.8
    assert found.setting("order_customer_days") == 365
    assert parse({}, "tenure.toml") == Policy()


def test_a_reading_fixes_rules_for_itself() -> None:
    policy = parse({"churn_at": "scheduled_at"}, "tenure.toml")
    fixed = policy.with_rules((("discounts", "gross"),))
    assert (fixed.rule("discounts"), fixed.rule("churn_at")) == ("gross", "scheduled_at")
    assert policy.rule("discounts") == "deducted"


@pytest.mark.parametrize(
    ("raw", "where", "says"),
    [
        ({"revenue": "chartmogle"}, "policy.revenue", "'chartmogul'"),
        ({"discounts": "gros"}, "policy.discounts", "'gross'"),
        ({"discount": "gross"}, "policy.discount", "'discounts'"),
        ({"churn_at": 3}, "policy.churn_at", "service_end"),
        ({"csat_positive": "best"}, "policy.csat_positive", "top"),
        ({"gross_margin": "0.8"}, "policy.gross_margin", "revenue kept"),
        ({"gross_margin": -1}, "policy.gross_margin", "revenue kept"),
        ({"cac_lag_months": 1.5}, "policy.cac_lag_months", "whole months"),
        ({"past_due_days": True}, "policy.past_due_days", "days"),
    ],
)
def test_what_cannot_be_names_the_file_the_key_and_the_way_out(raw: dict[str, object], where: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(raw, "acme/tenure.toml")
    assert caught.value.where == f"acme/tenure.toml: {where}"
    assert says in (caught.value.todo or "")


def test_the_workspace_reads_it(tmp_path: Path) -> None:
    import tenure

    (tmp_path / "tenure.toml").write_text('[policy]\nrevenue = "stripe"\npaused = "excluded"\n', encoding="utf-8")
    policy = tenure.open(tmp_path).policy
    assert (policy.rule("discounts"), policy.rule("paused")) == ("forever_only", "excluded")
