"""tenure.toml: what a workspace is, read once into a frozen value. Composition floor; the only file that reads TOML.

Every key is optional. What cannot be (a key, table or value that does not exist) is a ConfigError that names the
file, the dotted key and the nearest valid name. Secrets are references to where a value is; the value is read at use
and kept nowhere.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from tenure import catalog, goal_options, segment_options
from tenure.config_template import template
from tenure.errors import ConfigError
from tenure.health_options import scores as health_scores
from tenure.health_score import Score
from tenure.money_codes import CURRENCIES
from tenure.periods import WEEKDAYS
from tenure.source import Source
from tenure.source_options import Options, hint, shown
from tenure.usage import Reached, Usage
from tenure.web_options import Web
from tenure.web_options import read as read_web

FILE = "tenure.toml"
BUSINESSES = ("saas", "ecommerce", "b2b", "services", "retail", "marketplace", "manufacturing")
TOUCHES = ("high", "low")
WAREHOUSES = ("postgresql", "spark", "bigquery", "snowflake", "databricks", "trino")
SOURCES = "tenure.sources"

PolicyCheck = Callable[[Mapping[str, object], str], object]
STALE_AFTER = 26
"""Hours: a day, and a little for a nightly sync that is late."""


@dataclass(frozen=True)
class SourceConfig:
    """One `[sources.NAME]`: its settings are what the source type made of them."""

    name: str
    type: str
    settings: object


@dataclass(frozen=True)
class Config:
    """A workspace's settings, with defaults where the file says nothing."""

    path: Path
    name: str
    business: str = "saas"
    touch: str | None = None
    currency: str = "USD"
    timezone: str = "UTC"
    week_start: str = "monday"
    fiscal_year_start: int = 1
    as_of: date | datetime | None = None
    """a date is 00:00 in the workspace's zone, a datetime is UTC, None is now"""
    now: datetime | None = None
    """the moment that is now where as_of is none; None is the clock's: no setting, for processes that agree on one"""
    stale_after: int = STALE_AFTER
    """hours without a load after which pages say that the data are old; 0 is never"""
    warehouse: str = field(default="duckdb", repr=False)
    """"duckdb" or a URL, which may hold a password: never shown"""
    sources: Mapping[str, SourceConfig] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    policy: Mapping[str, object] = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)
    behaviours: Mapping[str, segment_options.Behaviour] = field(default_factory=dict)
    goals: Mapping[str, goal_options.Goal] = field(default_factory=dict)
    health: Mapping[str, Score] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """name -> where the value is ("env:NAME", "file:PATH"), never the value"""

    web: Web = field(default_factory=Web)

    @property
    def folder(self) -> Path:
        """The workspace's folder, which relative paths start from."""
        return self.path.parent

    def as_of_instant(self) -> datetime:
        """The instant the data stand at, in UTC."""
        if self.as_of is None:
            return self.now or datetime.now(UTC)
        if isinstance(self.as_of, datetime):
            return self.as_of.astimezone(UTC)
        return datetime.combine(self.as_of, datetime.min.time(), ZoneInfo(self.timezone)).astimezone(UTC)

    def resolve(self, name: str) -> str:
        """The value of a secret, read now. Errors name the reference, never a value."""
        if name not in self.secrets:
            raise ConfigError(
                f"There is no secret {name!r}.", where=f"{self.path}: secrets", todo=hint(name, self.secrets)
            )
        kind, _, place = self.secrets[name].partition(":")
        where = f"{self.path}: secrets.{name}"
        if kind == "env":
            value = os.environ.get(place, "")
            if not value:
                raise ConfigError(f"The environment variable {place} is not set.", where=where, todo=f"Set {place}.")
            return value
        try:
            value = (self.folder / Path(place).expanduser()).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not text"
            raise ConfigError(
                f"The file {place} cannot be read: {reason}.", where=where, todo="Put the secret there."
            ) from None
        if not value:
            raise ConfigError(f"The file {place} is empty.", where=where, todo="Put the secret there.")
        return value


def find(start: Path) -> Path:
    """The tenure.toml of `start` or of its nearest parent that has one."""
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / FILE).is_file():
            return folder / FILE
    raise ConfigError(f"There is no {FILE} here or in any folder above.", where=str(start), todo="Run: tenure init")


def read(path: Path, validate_policy: PolicyCheck | None = None) -> Config:
    """The settings in a tenure.toml, or in a folder's. `validate_policy(policy, file)` may refuse `[policy]`."""
    path = path / FILE if path.is_dir() else path
    return parse(_text(path), path, validate_policy)


def parse(text: str, path: Path, validate_policy: PolicyCheck | None = None) -> Config:
    """The settings in `text`, which stands (or will stand) at `path`."""
    try:
        # Decimal: an amount in `constants` stays what the person wrote.
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"This is not TOML: {error}.", where=str(path), todo="Mend that line.") from None
    root = Options(raw, str(path))
    head = root.table("workspace") or Options({}, str(path), "workspace")
    segments, behaviours = segment_options.read(root)
    config = Config(
        path=path,
        name=head.text("name", path.absolute().parent.name),
        business=head.choice("business", BUSINESSES, None) or "saas",
        touch=head.choice("touch", TOUCHES, None),
        currency=_currency(head),
        timezone=head.zone("timezone", "UTC"),
        week_start=head.choice("week_start", WEEKDAYS, None) or "monday",
        fiscal_year_start=head.whole("fiscal_year_start", 1, 1, 12) or 1,
        as_of=_as_of(head),
        stale_after=head.whole("stale_after", STALE_AFTER, 0) or 0,
        warehouse=_warehouse(head),
        sources=_sources(root),
        usage=_usage(root.table("usage")),
        policy=_policy(root, validate_policy),
        segments=segments,
        behaviours=behaviours,
        goals=goal_options.read(root),
        health=health_scores(root),
        secrets=_secrets(root),
        web=read_web(root.table("web")),
    )
    head.done("key of [workspace]")
    root.done("table")
    return config


def write_new(folder: Path, *, name: str | None = None, business: str = "saas") -> Path:
    """A commented tenure.toml in `folder`, which is made if need be, beside a place for files; never replaces one."""
    path = folder / FILE
    if path.exists():
        raise ConfigError(
            "This is a workspace already.", where=str(path), todo="Choose another folder, or edit the file."
        )
    if business not in BUSINESSES:
        raise ConfigError(f"There is no business type {business!r}.", todo=hint(business, BUSINESSES))
    text = template(name or folder.absolute().name, business)
    parse(text, path)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError("There is no such file.", where=str(path), todo="Run: tenure init") from None
    except UnicodeDecodeError:
        raise ConfigError("This file is not UTF-8 text.", where=str(path), todo="Save it as UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"This file cannot be read: {error.strerror}.", where=str(path)) from None


def _currency(head: Options) -> str:
    code = head.text("currency", "USD")
    if code not in CURRENCIES:
        near = code.strip().upper()
        todo = f"Did you mean {near!r}?" if near in CURRENCIES else 'Write a code such as "USD".'
        head.fail("currency", f"{code!r} is not an ISO 4217 currency code.", todo)
    return code


def _as_of(head: Options) -> date | datetime | None:
    value = head.raw("as_of")
    todo = "Write 2025-01-01, or 2025-01-01T09:00:00Z for a moment."
    if isinstance(value, str):
        try:
            text = value.strip()
            value = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else datetime.fromisoformat(text)
        except ValueError:
            head.fail("as_of", f"{shown(value)} is not a date or a time.", todo)
    if isinstance(value, datetime):
        # As everywhere, a time without an offset is UTC.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if value is None or isinstance(value, date):
        return value
    head.fail("as_of", f"{shown(value)} is not a date or a time.", todo)


def _warehouse(head: Options) -> str:
    said = head.text("warehouse", "duckdb")
    scheme, slashes, _ = said.partition("://")
    if said == "duckdb" or (slashes and scheme in WAREHOUSES):
        return said
    # The rest of a URL may hold a password, so the message says its scheme alone.
    near = hint(scheme, ["duckdb", *WAREHOUSES])
    head.fail("warehouse", f"There is no warehouse {scheme!r}.", f'{near} Write "duckdb" or a URL (postgresql://...).')


def _sources(root: Options) -> dict[str, SourceConfig]:
    found: dict[str, SourceConfig] = {}
    table = root.table("sources")
    for name in table.values if table else ():
        assert table is not None
        options = cast(Options, table.table(name))
        kind = options.choice("type", catalog.names(SOURCES), "files") or "files"
        settings = catalog.member(SOURCES, Source, kind).settings(options)
        options.done(f"key of a {kind} source")
        found[name] = SourceConfig(name, kind, settings)
    return found


def _usage(options: Options | None) -> Usage:
    if options is None:
        return Usage()
    features: tuple[str, ...] | Mapping[str, tuple[str, ...]]
    if isinstance(options.raw("features"), Mapping):
        inner = cast(Options, options.table("features"))
        features = {name: inner.names(name) for name in inner.values}
    else:
        features = options.names("features", ("*",))
    usage = Usage(
        active=options.names("active", ("*",)),
        features=features,
        activation=_reached(options.table("activation")),
        value=_reached(options.table("value")),
        funnel=options.names("funnel"),
    )
    options.done("key of [usage]")
    return usage


def _reached(options: Options | None) -> Reached | None:
    if options is None:
        return None
    event = options.text("event")
    if not event:
        options.fail("event", "It is not said which event counts.", 'Write event = "its name".')
    reached = Reached(event, options.whole("count", 1, 1) or 1, options.whole("within_days", None, 1))
    options.done()
    return reached


def _policy(root: Options, check: PolicyCheck | None) -> dict[str, object]:
    options = root.table("policy")
    if options is None:
        return {}
    said = {key: float(value) if isinstance(value, Decimal) else value for key, value in options.values.items()}
    if check is not None:
        check(said, root.origin)
    return said


def _secrets(root: Options) -> dict[str, str]:
    options = root.table("secrets")
    todo = 'Write "env:NAME_OF_A_VARIABLE" or "file:path/to/it".'
    found: dict[str, str] = {}
    for name, value in options.values.items() if options else ():
        # A value that is not a reference may be the secret itself: it is not repeated.
        if not isinstance(value, str) or not re.fullmatch(r"(env:[A-Za-z_]\w*|file:.+)", value):
            root.fail(f"secrets.{name}", "A secret is not written here, only where to find it.", todo)
        found[name] = value
    return found
