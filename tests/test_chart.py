"""Results as charts, for notebooks: what is drawn are the rows."""

from __future__ import annotations

import sys

import pytest
from laws.places import Place, place

from tenure.errors import RequestError


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return place("small", tmp_path_factory.mktemp("chart"))


def test_a_chart_draws_the_rows(small: Place) -> None:
    """MRR by region has no interval, so lines alone; the churn rate has one, so a band lies under its line."""
    pytest.importorskip("altair")
    found = small.workspace.show("mrr", "customer_churn_rate", from_="2024-01", to="2024-03", by="region")
    lines, banded = found.chart().to_dict()["vconcat"]
    assert lines["mark"]["type"] == "line"
    assert [layer["mark"]["type"] for layer in banded["layer"]] == ["area", "line"]
    drawn = [(row["start"], row["group"], row["value"]) for row in lines["data"]["values"]]
    told = [(row.start.isoformat(), row.by["region"], float(row.value or 0)) for row in found[0].rows]
    assert drawn == told
    assert lines["encoding"]["color"]["field"] == "group"


def test_without_altair_it_says_how_to_get_it(small: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(RequestError, match="Altair is not installed"):
        small.workspace.show("mrr", last=1).chart()
