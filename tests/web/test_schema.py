"""openapi.json holds: whatever is asked, the answer is one that it describes, and never a fault of ours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from .site import Site

schemathesis = pytest.importorskip("schemathesis", reason="the development tools are not installed: make setup")

OPTIONS: dict[str, Any] = {
    "max_examples": 12,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.generate],
    "derandomize": True,
}


def test_answers_are_those_described(site: Site) -> None:
    schema = schemathesis.openapi.from_url(f"{site.url}/api/openapi.json")
    headers = {"Authorization": f"Bearer {site.tokens['admin']}"}
    asked = []
    # A well-formed request that these data cannot answer (a metric or column that is not there) is a 422, as described.
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    excluded = [positive_data_acceptance]
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(**OPTIONS)
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            asked.append(case.path)
            reply = case.call(headers=headers)
            assert reply.status_code < 500, reply.text
            case.validate_response(reply, headers=headers, excluded_checks=excluded)

        ask()
    assert len(set(asked)) >= 5
