"""tenure.toml: everything in it means what the contract says; what cannot be is named with file, key and way out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tenure import config
from tenure.config import Config
from tenure.errors import ConfigError
from tenure.source import Mapping
from tenure.sources.files import FilesSettings, FileTable
from tenure.usage import Reached, Usage

WHOLE = """
[workspace]
name = "Acme"
business = "b2b"
touch = "high"
currency = "EUR"
timezone = "Europe/Berlin"
week_start = "sunday"
fiscal_year_start = 4
as_of = 2025-01-01
warehouse = "postgresql://me:hunter2@db/x"

[sources.billing]
type = "files"
[sources.billing.tables.subscriptions]
path = "data/subs-*.csv"
columns = { customer_id = "account_id", amount = "mrr_amount", contract = "deal" }
constants = { currency = "USD", interval = "month", interval_count = 1, list_amount = 9.90 }
inclusive_ends = true
timezone = "America/New_York"
attributes = ["contract"]
date_format = "%d-%m-%Y"
[sources.billing.tables.fx_rates]
path = ["rates.xlsx", "more.xlsx"]
sheet = "Rates"
select = "SELECT * FROM source"

[usage]
active = ["login"]
features = { reports = ["report_viewed", "report_made"] }
activation = { event = "invited_teammate", count = 2, within_days = 14 }
value = { event = "report_shared" }
funnel = ["visit", "cart", "paid"]

[policy]
revenue = "chartmogul"
gross_margin = 0.8

[segments]
enterprise = "size >= 1000"

[secrets]
billing_key = "env:TENURE_TEST_KEY"
other = "file:key.txt"
"""


def parse(text: str, path: Path = Path("w/tenure.toml")) -> Config:
    return config.parse(text, path)


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    said = str(caught.value)
    assert "w/tenure.toml" in said
    return said


def test_an_empty_file_is_all_defaults() -> None:
    got = parse("", Path("/somewhere/acme/tenure.toml"))
    assert got == Config(path=Path("/somewhere/acme/tenure.toml"), name="acme")
    assert (got.business, got.touch, got.currency, got.timezone) == ("saas", None, "USD", "UTC")
    assert (got.week_start, got.fiscal_year_start, got.as_of, got.warehouse) == ("monday", 1, None, "duckdb")
    assert got.usage == Usage(("*",), ("*",), None, None, ())
    assert abs((got.as_of_instant() - datetime.now(UTC)).total_seconds()) < 60


def test_every_key() -> None:
    got = parse(WHOLE)
    assert (got.name, got.business, got.touch, got.currency) == ("Acme", "b2b", "high", "EUR")
    assert (got.timezone, got.week_start, got.fiscal_year_start) == ("Europe/Berlin", "sunday", 4)
    assert got.as_of == date(2025, 1, 1)
    assert got.as_of_instant() == datetime(2024, 12, 31, 23, tzinfo=UTC)
    assert got.usage == Usage(
        active=("login",),
        features={"reports": ("report_viewed", "report_made")},
        activation=Reached("invited_teammate", 2, 14),
        value=Reached("report_shared"),
        funnel=("visit", "cart", "paid"),
    )
    assert got.policy == {"revenue": "chartmogul", "gross_margin": 0.8}
    assert got.segments == {"enterprise": "size >= 1000"}
    assert got.sources["billing"].type == "files"
    settings = got.sources["billing"].settings
    assert isinstance(settings, FilesSettings)
    subs, rates = settings.tables
    assert subs == FileTable(
        "subscriptions",
        ("data/subs-*.csv",),
        Mapping(
            columns={"customer_id": "account_id", "amount": "mrr_amount", "contract": "deal"},
            constants={"currency": "USD", "interval": "month", "interval_count": 1, "list_amount": Decimal("9.90")},
            attributes=("contract",),
            inclusive_ends=True,
            timezone="America/New_York",
            date_format="%d-%m-%Y",
        ),
        where="w/tenure.toml: sources.billing.tables.subscriptions",
    )
    assert (rates.paths, rates.sheet, rates.select) == (("rates.xlsx", "more.xlsx"), "Rates", "SELECT * FROM source")


@pytest.mark.parametrize(
    ("said", "instant"),
    [
        ("2025-01-01", datetime(2024, 12, 31, 23, tzinfo=UTC)),
        ('"2025-01-01"', datetime(2024, 12, 31, 23, tzinfo=UTC)),
        ("2025-01-01T12:00:00Z", datetime(2025, 1, 1, 12, tzinfo=UTC)),
        ("2025-01-01T12:00:00+02:00", datetime(2025, 1, 1, 10, tzinfo=UTC)),
        ("2025-01-01T12:00:00", datetime(2025, 1, 1, 12, tzinfo=UTC)),
        ('"2025-01-01 12:00:00+02:00"', datetime(2025, 1, 1, 10, tzinfo=UTC)),
    ],
)
def test_as_of(said: str, instant: datetime) -> None:
    """A date is midnight in the workspace's zone; a time without an offset is UTC."""
    got = parse(f'[workspace]\ntimezone = "Europe/Berlin"\nas_of = {said}\n')
    assert got.as_of_instant() == instant


TABLE = '[sources.a.tables.subscriptions]\npath = "x.csv"\n'
WRONG = [
    ("[workspce]", ["workspce", "'workspace'"]),
    ("workspace = 3", ["workspace", "table"]),
    ("[workspace]\ncurency = 'USD'", ["workspace.curency", "'currency'"]),
    ("[workspace]\nname = ''", ["workspace.name"]),
    ("[workspace]\nname = 3", ["workspace.name", "3"]),
    ("[workspace]\nbusiness = 'sass'", ["workspace.business", "'saas'"]),
    ("[workspace]\ntouch = 'medium'", ["workspace.touch", "high"]),
    ("[workspace]\ncurrency = 'usd'", ["workspace.currency", "'USD'"]),
    ("[workspace]\ncurrency = 'USX'", ["workspace.currency", "USX", "ISO 4217"]),
    ("[workspace]\ntimezone = 'Europe/Berln'", ["workspace.timezone", "'Europe/Berlin'"]),
    ("[workspace]\nweek_start = 'mon'", ["workspace.week_start", "'monday'"]),
    ("[workspace]\nfiscal_year_start = 13", ["workspace.fiscal_year_start", "13", "12"]),
    ("[workspace]\nfiscal_year_start = true", ["workspace.fiscal_year_start", "true"]),
    ("[workspace]\nas_of = 'soon'", ["workspace.as_of", "soon", "2025-01-01"]),
    ("[workspace]\nas_of = 12:00:00", ["workspace.as_of"]),
    ("[workspace]\nas_of = 2024-02-30", ["line 2"]),
    ("[workspace]\nwarehouse = 'duckbd'", ["workspace.warehouse", "'duckdb'"]),
    ("[workspace]\nwarehouse = 'postgres://a:hunter2@b/c'", ["workspace.warehouse", "'postgresql'"]),
    ("[sources.a]\ntype = 'file'", ["sources.a.type", "'files'"]),
    ("[sources.a]\ntypo = 'files'", ["sources.a.typo", "'type'"]),
    ("[sources.a.tables.subscription]\npath = 'x'", ["sources.a.tables.subscription", "'subscriptions'"]),
    ("[sources.a.tables.subscriptions]", ["sources.a.tables.subscriptions.path"]),
    (TABLE + "dateformat = '%d'", ["sources.a.tables.subscriptions.dateformat", "'date_format'"]),
    (TABLE + "date_format = 'dd-mm'", ["sources.a.tables.subscriptions.date_format", "%d"]),
    (TABLE + "columns = { amout = 'x' }", ["sources.a.tables.subscriptions.columns.amout", "'amount'"]),
    (TABLE + "columns = { contract = 'x' }", ["columns.contract", 'attributes = ["contract"]']),
    (TABLE + "columns = { amount = 3 }", ["columns.amount", "3"]),
    (TABLE + "constants = { curency = 'USD' }", ["constants.curency", "'currency'"]),
    (TABLE + "constants = { currency = ['USD'] }", ["constants.currency"]),
    (TABLE + "columns = { plan = 'x' }\nconstants = { plan = 'y' }", ["constants.plan"]),
    (TABLE + "inclusive_ends = 'yes'", ["inclusive_ends", "true"]),
    (TABLE + "timezone = 'CET/x'", ["timezone", "CET/x"]),
    (TABLE + "attributes = 'a, b'\ncolumns = { b = 'x' }", ["columns.b"]),
    ("[usage]\nactiv = ['x']", ["usage.activ", "'active'"]),
    ("[usage]\nactive = [3]", ["usage.active"]),
    ("[usage]\nfeatures = { a = 3 }", ["usage.features.a"]),
    ("[usage]\nactivation = { count = 3 }", ["usage.activation.event"]),
    ("[usage]\nactivation = { event = 'x', within = 3 }", ["usage.activation.within", "'within_days'"]),
    ("[usage]\nactivation = { event = 'x', count = 0 }", ["usage.activation.count"]),
    ("[usage]\nvalue = 'x'", ["usage.value", "table"]),
    ("[segments]\n'a b' = 'size > 1'", ["segments.a b"]),
    ("[segments]\nbig = 3", ["segments.big", "3"]),
    ("[secrets]\nkey = 'hunter2'", ["secrets.key", "env:"]),
    ("name = = 'x'", ["line 1"]),
]


@pytest.mark.parametrize(("text", "words"), WRONG, ids=[text.replace("\n", " ") for text, _ in WRONG])
def test_what_cannot_be_is_named(text: str, words: list[str]) -> None:
    said = refusal(text)
    for word in words:
        assert word in said, said
    assert "hunter2" not in said


def test_the_policy_is_checked_by_whom_it_concerns() -> None:
    seen: list[tuple[object, str]] = []
    config.parse(WHOLE, Path("w/tenure.toml"), lambda policy, where: seen.append((policy, where)))
    assert seen == [({"revenue": "chartmogul", "gross_margin": 0.8}, "w/tenure.toml")]


def test_secrets_are_read_at_use_and_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key.txt").write_text("from file\n")
    got = parse(WHOLE, tmp_path / "tenure.toml")
    monkeypatch.delenv("TENURE_TEST_KEY", raising=False)
    with pytest.raises(ConfigError, match="TENURE_TEST_KEY is not set"):
        got.resolve("billing_key")
    monkeypatch.setenv("TENURE_TEST_KEY", "from env")
    assert got.resolve("billing_key") == "from env"
    assert got.resolve("other") == "from file"
    (tmp_path / "key.txt").unlink()
    with pytest.raises(ConfigError, match=r"key\.txt"):
        got.resolve("other")
    with pytest.raises(ConfigError, match=r"Did you mean .billing_key."):
        got.resolve("biling_key")
    assert "TENURE_TEST_KEY" not in repr(got)
    assert "hunter2" not in repr(got)


def test_find_looks_upwards(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(ConfigError, match="tenure init"):
        config.find(tmp_path / "a" / "b")
    (tmp_path / "tenure.toml").write_text("")
    assert config.find(tmp_path / "a" / "b") == tmp_path / "tenure.toml"
    assert config.read(tmp_path).name == tmp_path.name


def test_reading_what_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="tenure init"):
        config.read(tmp_path / "tenure.toml")
    (tmp_path / "tenure.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        config.read(tmp_path)
    (tmp_path / "tenure.toml").write_bytes(b'\xef\xbb\xbf[workspace]\r\nname = "x"\r\n')
    assert config.read(tmp_path).name == "x"


@pytest.mark.parametrize("business", config.BUSINESSES)
def test_a_new_workspace_reads_as_it_says(tmp_path: Path, business: str) -> None:
    path = config.write_new(tmp_path / "new", business=business)
    assert config.read(path) == Config(path=path, name="new", business=business)
    with pytest.raises(ConfigError, match="already"):
        config.write_new(tmp_path / "new")


def test_what_the_template_shows_is_valid(tmp_path: Path) -> None:
    """Every commented key, taken out of its comment, is accepted."""
    text = config.template('O"Brien \\ Söhne\n')
    bare = "\n".join(
        line[2:] if line.startswith("# ") and ("=" in line or line[2] == "[") else line for line in text.split("\n")
    )
    bare = bare.replace("\n\n[", "\n[", 1)
    got = parse(bare)
    assert got.name == 'O"Brien \\ Söhne'
    assert got.touch == "high"
    assert got.as_of == date(2025, 1, 1)
    assert set(got.sources) == {"billing"}
    assert got.usage.activation == Reached("invited_teammate", 1, 14)
    assert set(got.policy) == {"revenue", "churn_at", "csat_positive"}
    assert set(got.segments) == {"enterprise"}
    assert set(got.secrets) == {"billing_key"}


def test_no_business_of_that_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'saas'"):
        config.write_new(tmp_path / "x", business="sass")
    assert not (tmp_path / "x").exists()
