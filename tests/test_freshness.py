"""How old the data are is said in words: the moments are written into the files by hand, and so is "now"."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenure import freshness
from tenure.config import Config
from tenure.errors import InputError, StoreError
from tenure.workspace import Workspace

LOADS = {'["crm", "customers", "a.csv"]': {"loaded_at": "2025-03-01T08:00:00Z", "read": 9, "rejected": 0}}


def _asked(folder: Path, now: str, loads: object = LOADS, **settings: object) -> freshness.Freshness:
    config = Config(folder / "tenure.toml", "x", **settings)  # type: ignore[arg-type]
    return freshness.freshness(config, loads, datetime.fromisoformat(now).replace(tzinfo=UTC))  # type: ignore[arg-type]


def test_after_a_day_without_a_load_the_data_are_old(tmp_path: Path) -> None:
    """26 hours after 1 March 08:00 is 2 March 10:00; on 4 March at 09:00 three days have passed."""
    assert _asked(tmp_path, "2025-03-02T10:00:00").notices == ()
    (notice,) = _asked(tmp_path, "2025-03-02T10:00:01").notices
    assert "1 Mar 2025, 08:00 UTC" in notice.what and "26 hours" in notice.what
    assert "3 days" in _asked(tmp_path, "2025-03-04T09:00:00").notices[0].what
    assert _asked(tmp_path, "2025-03-04T09:00:00").data_to == datetime(2025, 3, 1, 8, tzinfo=UTC)
    assert _asked(tmp_path, "2025-03-04T09:00:00", stale_after=100).notices == ()
    assert _asked(tmp_path, "2035-03-04T09:00:00", stale_after=0).notices == ()
    assert _asked(tmp_path, "2035-03-04T09:00:00", as_of=datetime(2025, 1, 1, tzinfo=UTC)).notices == ()


def test_refused_rows_are_said(tmp_path: Path) -> None:
    loads = {**LOADS, "[]": {"loaded_at": "2025-03-01T08:00:00Z", "read": 9, "rejected": 3}}
    (notice,) = _asked(tmp_path, "2025-03-01T09:00:00", loads).notices
    assert notice.what == "3 rows of the data were refused and count in no figure."


def test_a_sync_that_fails_is_told_until_one_succeeds(tmp_path: Path) -> None:
    """A sync that finds nothing new makes the data young again; another's writing is no failure."""
    (tmp_path / ".tenure").mkdir()
    with pytest.raises(InputError), freshness.written_down(tmp_path):
        raise InputError("There is no file a.csv.", where="a.csv", todo="Put it back.")
    (notice,) = _asked(tmp_path, "2025-03-01T09:00:00").notices
    assert notice.level == "error" and notice.detail == "There is no file a.csv. Put it back. a.csv"
    with pytest.raises(StoreError), freshness.written_down(tmp_path):
        raise StoreError("Another process is writing.", permanent=False)
    assert _asked(tmp_path, "2025-03-01T09:00:00").notices == (notice,)
    with freshness.written_down(tmp_path):
        pass
    written = tmp_path / ".tenure" / freshness.FILE
    assert set(json.loads(written.read_text(encoding="utf-8"))) == {"at"}
    written.write_text('{"at": "2025-03-09T08:00:00Z"}', encoding="utf-8")
    assert _asked(tmp_path, "2025-03-10T09:00:00").notices == ()
    written.write_text("{half", encoding="utf-8")
    assert "10 days" not in str(_asked(tmp_path, "2025-03-01T09:00:00"))


def test_a_workspace_tells_it(tmp_path: Path) -> None:
    """A source whose file has gone fails; what was there stays, and is told."""
    (tmp_path / "tenure.toml").write_text(
        '[sources.crm]\ntype = "files"\n[sources.crm.tables.customers]\npath = "customers.csv"\n', encoding="utf-8"
    )
    (tmp_path / "customers.csv").write_text("customer_id,name\nA,Aha\n", encoding="utf-8")
    workspace = Workspace(tmp_path)
    workspace.sync()
    assert workspace.freshness().notices == ()
    (tmp_path / "customers.csv").unlink()
    with pytest.raises(InputError):
        workspace.sync()
    assert "last sync failed" in workspace.freshness().notices[0].what
