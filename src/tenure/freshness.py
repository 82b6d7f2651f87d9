"""How old the data are, and whether they came in as they should. Floor: what is asked about.

A sync writes down how it ended beside the versions, since one that fails changes none of them. Where "now" stands still
(as_of), nothing grows old.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.errors import StoreError, TenureError

if TYPE_CHECKING:
    from tenure.config import Config

FILE = "last_sync.json"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True)
class Notice:
    """Something that touches every figure: what is so, and what to do; `detail` is for who looks after the data."""

    level: str
    what: str
    todo: str
    detail: str = ""


@dataclass(frozen=True)
class Freshness:
    """Up to when the data reach, and what is wrong with that."""

    data_to: datetime
    notices: tuple[Notice, ...]


@contextmanager
def written_down(folder: Path) -> Iterator[None]:
    """Around a sync: how it ended. That another process writes just now is no failure."""
    try:
        yield
    except TenureError as error:
        if not isinstance(error, StoreError) or error.permanent:
            _write(folder, {"failed": f"{error.what} {error.todo or ''}".strip(), "where": error.where or ""})
        raise
    _write(folder, {})


def freshness(config: Config, loads: Mapping[str, Any], now: datetime) -> Freshness:
    """Of a version's loads, as they stand at a moment."""
    ended = _read(config.folder)
    moments = [_at(entry.get("loaded_at")) for entry in loads.values()]
    if ended and "failed" not in ended:
        moments.append(_at(ended.get("at")))
    last = max((at for at in moments if at), default=None)
    found = [*_failed(ended), *_refused(loads)]
    if config.as_of is not None or last is None:
        return Freshness(config.as_of_instant(), tuple(found))
    age = now - last
    if config.stale_after and age > timedelta(hours=config.stale_after):
        what = f"The data stand at {_said(last)}: nothing has come in for {_long(age)}."
        found.insert(0, Notice("stale", what, "Run tenure sync, or load newer files. This page follows by itself."))
    return Freshness(last, tuple(found))


def _failed(ended: Mapping[str, str]) -> Iterator[Notice]:
    at = _at(ended.get("at"))
    if "failed" in ended and at:
        what = f"The last sync failed, on {_said(at)}. It changed nothing."
        todo = "The figures are those of the data before it."
        yield Notice("error", what, todo, " ".join(filter(None, (ended["failed"], ended.get("where", "")))))


def _refused(loads: Mapping[str, Any]) -> Iterator[Notice]:
    rows = sum(int(entry.get("rejected") or 0) for entry in loads.values())
    if rows:
        what = f"{rows:,} row{'' if rows == 1 else 's'} of the data {'was' if rows == 1 else 'were'} refused"
        yield Notice("stale", f"{what} and count{'s' if rows == 1 else ''} in no figure.", "See Data for the reasons.")


def _said(at: datetime) -> str:
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M} UTC"


def _long(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC) if text else None


def _read(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / ".tenure" / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _write(folder: Path, ended: dict[str, str]) -> None:
    ended["at"] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    home = folder / ".tenure"
    if home.is_dir():
        draft = home / f"{FILE}.{os.getpid()}"
        draft.write_text(json.dumps(ended), encoding="utf-8")
        draft.replace(home / FILE)
