"""The files of the example company: tenure.toml and one csv for each table. Floor: edges (demo)."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from tenure.demo.dice import AS_OF, Tables, Value
from tenure.demo.onboarding import FEATURES
from tenure.errors import UsageError

MARK = "# The example company Parcelwise, made by `tenure demo`. All people, companies and figures are made up."

# Which source a table would come from in a real company: one name for each area.
AREAS = {
    "people": "customers contacts interactions outcomes staff agents deals advocacy_acts",
    "revenue": "subscriptions contracts trials invoices payments orders costs fx_rates",
    "usage": "events sessions features entitlements onboarding_steps resource_views",
    "support": "tickets ticket_messages ticket_changes schedules holidays",
    "voice": "survey_responses reviews referrals mentions",
    "trade": "visits carts projects jobs deliveries inspections stock",
}
_ABOUT = {
    "people": "the customer list and what the team does with it",
    "revenue": "what is sold, billed and paid, and what it costs",
    "usage": "what people do in the product",
    "support": "the help desk",
    "voice": "surveys, reviews and posts",
    "trade": "the small shop, roll-outs, partners and the printers",
}


def settle(folder: Path) -> None:
    """Make the folder, or refuse it: an example must never write over somebody's own work."""
    config = folder / "tenure.toml"
    if config.exists() and not config.read_text(encoding="utf-8", errors="replace").startswith(MARK):
        raise UsageError(
            "This folder is already a workspace, and not an example.", where=str(config), todo="Name another folder."
        )
    if not config.exists() and (folder / "data").exists():
        raise UsageError(
            "There is a folder `data` here that the example would write into.",
            where=str(folder),
            todo="Name another folder.",
        )
    (folder / "data").mkdir(parents=True, exist_ok=True)


def write_config(folder: Path, business: str) -> None:
    """tenure.toml, with its comments."""
    (folder / "tenure.toml").write_text(_config(business), encoding="utf-8", newline="\n")


def _config(business: str) -> str:
    features = "\n".join(f'{name} = ["{event}"]' for name, _, _, event, _, _ in FEATURES)
    active = ", ".join(f'"{event}"' for _, _, _, event, _, _ in FEATURES)
    sources = "\n".join(_source(area) for area in AREAS)
    return f"""{MARK}

[workspace]
name = "Parcelwise"
business = "{business}"
currency = "USD"              # amounts in EUR and GBP are converted by data/fx_rates.csv
timezone = "UTC"
as_of = {AS_OF:%Y-%m-%d}            # "now" stands still, so that the figures stay the same

# Each source below names the tables it fills. The files' columns carry the model's names, so nothing is mapped;
# a file with other names would say, under its table:   columns = {{ customer_id = "account_id" }}
{sources}
[usage]
active = [{active}, "teammate_invited"]   # not "signed_up"
activation = {{ event = "teammate_invited", count = 1, within_days = 14 }}
value = {{ event = "label_printed" }}
funnel = ["signed_up", "orders_imported", "label_printed", "teammate_invited"]

[usage.features]              # feature = the events that are its use
{features}

[policy]
gross_margin = 0.8

[segments]                    # use one with: --where @enterprise
enterprise = "size >= 1000"
self_serve = "touch = 'low'"
europe = "region = 'Europe'"
promo = "came_by = 'promo'"

[health.main]                 # tenure health; whether it was right: tenure health --backtest
preset = "saas"
hysteresis = 2                # points beyond its edge before a band is left
"""


def _source(area: str) -> str:
    lines = [f"[sources.{area}]".ljust(30) + f"# {_ABOUT[area]}", 'type = "files"']
    for table in AREAS[area].split():
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
