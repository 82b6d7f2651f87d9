"""The files of an example company: tenure.toml and one csv for each table. Floor: edges (demo)."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from tenure.demo.company import Company
from tenure.demo.dice import AS_OF, Tables, Value
from tenure.errors import UsageError

MARK = "# The example company "

# Which source a table would come from in a real company: one name for each area.
AREAS = {
    "people": "customers contacts interactions outcomes staff agents deals advocacy_acts",
    "revenue": "subscriptions contracts trials invoices payments orders costs fx_rates",
    "usage": "events sessions features entitlements onboarding_steps resource_views",
    "support": "tickets ticket_messages ticket_changes schedules holidays",
    "voice": "survey_responses reviews referrals mentions",
    "trade": "visits carts projects jobs deliveries inspections stock",
}


def settle(folder: Path, company: Company) -> None:
    """Make the folder, or refuse it: an example must never write over somebody's own work, or over another example."""
    config = folder / "tenure.toml"
    before = config.read_text(encoding="utf-8", errors="replace") if config.exists() else _title(company)
    if not before.startswith(_title(company)):
        what = "another example" if before.startswith(MARK) else "already a workspace, and not an example"
        raise UsageError(f"This folder is {what}.", where=str(config), todo="Name another folder.")
    if not config.exists() and (folder / "data").exists():
        raise UsageError(
            "There is a folder `data` here that the example would write into.",
            where=str(folder),
            todo="Name another folder.",
        )
    (folder / "data").mkdir(parents=True, exist_ok=True)


def _title(company: Company) -> str:
    return f"{MARK}{company.name}, made by `tenure demo`."


def write_config(folder: Path, company: Company, business: str, tables: Tables) -> None:
    """tenure.toml, with its comments."""
    areas = {area: [name for name in names.split() if name in tables] for area, names in AREAS.items()}
    sources = "\n".join(_source(company, area, names) for area, names in areas.items() if names)
    text = f"""{_title(company)} All people, companies and figures are made up.

[workspace]
name = "{company.name}"
business = "{business}"
currency = "{company.currency[:3]}"{company.currency[3:]}
timezone = "UTC"
as_of = {AS_OF:%Y-%m-%d}            # "now" stands still, so that the figures stay the same

# Each source below names the tables it fills. The files' columns carry the model's names, so nothing is mapped;
# a file with other names would say, under its table:   columns = {{ customer_id = "account_id" }}
{sources}
{company.settings}"""
    (folder / "tenure.toml").write_text(text, encoding="utf-8", newline="\n")


def _source(company: Company, area: str, names: list[str]) -> str:
    lines = [f"[sources.{area}]".ljust(30) + f"# {company.about[area]}", 'type = "files"']
    for table in names:
        lines += [f"[sources.{area}.tables.{table}]", f'path = "data/{table}.csv"']
    return "\n".join(lines) + "\n"


def write_tables(folder: Path, tables: Tables) -> None:
    """One csv for each table, the columns of its rows in their order."""
    for name, rows in tables.items():
        with (folder / "data" / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(rows[0])
            writer.writerows([_text(value) for value in row.values()] for row in rows)


def _text(value: Value) -> Value:
    """What the csv writer would not write as wanted: flags in small letters, amounts never with an exponent.

    It writes times as 2024-03-05 14:30:00 (UTC) and nothing for None by itself.
    """
    kind = type(value)
    if kind is bool:
        return "true" if value else "false"
    return f"{value:f}" if kind is Decimal else value
