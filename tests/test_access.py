"""What a role adds to every question, and what it refuses, before any workspace is asked."""

from __future__ import annotations

from typing import Any

import pytest

from tenure.access import Seen
from tenure.access_role import Access
from tenure.errors import NotAllowed


class Asked:
    """Stands for a workspace: keeps what it was asked."""

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}

    def __call__(self, method: str, /, *arguments: Any, **options: Any) -> Any:
        self.options = options
        return []


def test_every_question_of_a_csm_carries_their_owner() -> None:
    asked = Asked()
    Seen(asked, Access("csm", "O'Hara")).show("mrr", where="region = 'north'")
    assert asked.options["where"] == ("region = 'north'", "current.owner = 'O''Hara'")
    Seen(asked, Access("manager")).show("mrr")
    assert asked.options["where"] == ()


def test_a_csm_without_an_owner_sees_nobody() -> None:
    asked = Asked()
    Seen(asked, Access("csm", " ")).show("mrr")
    (condition,) = asked.options["where"]
    assert condition == "current.owner IS NULL AND current.owner = 'nobody'"


@pytest.mark.parametrize("by", ["parent_id", "plan,parent_id", ("plan", "customers.parent_id")])
def test_a_csm_does_not_read_the_ids_of_parents(by: Any) -> None:
    with pytest.raises(NotAllowed, match="parent_id"):
        Seen(Asked(), Access("csm", "Ann")).show("mrr", by=by)
    Seen(Asked(), Access("viewer")).show("mrr", by=by)
