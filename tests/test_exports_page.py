"""What docs/exports.md shows can be copied: its settings load such files, to the right figures."""

from __future__ import annotations

import re
from pathlib import Path

from golden import ask, run

PAGE = Path(__file__).resolve().parents[1] / "docs" / "exports.md"
SUBS = """subscription_id,customer_id,amount,currency,interval,started_at
s1,A,"99,00",USD,month,2024-01-01
s2,B,"1.234,50",USD,month,2024-01-01
"""
LIST = (
    "id,Customer ID,Plan,Quantity,Currency,Interval,Amount,Status,Start Date (UTC),Canceled At (UTC),Ended At (UTC)\n"
    "b1,C,pro,1,usd,month,49.00,active,2024-01-05 13:45,,\n"
    "b2,D,pro,2,usd,month,98.00,canceled,2024-02-01 08:00,2024-06-20 10:00,2024-07-01 08:00\n"
    'b3,E,year,1,usd,year,"1,188.00",trialing,2024-03-20 09:00,,\n'
)


def test_the_settings_of_the_page_load_what_it_speaks_of(tmp_path: Path) -> None:
    """In March 99.00 + 1,234.50 with decimal commas, 49 and 98 of the list, whose third row is a trial: 1,480.50; in
    August the cancelled 98 are gone: 1,382.50."""
    _, commas, listed, *_ = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "subs.csv").write_text(SUBS, encoding="utf-8")
    (tmp_path / "data" / "subscriptions.csv").write_text(LIST, encoding="utf-8")
    toml = f'[workspace]\nas_of = 2025-01-01\n[sources.books]\ntype = "files"\n{commas}'
    toml += f'[sources.billing]\ntype = "files"\n{listed}'
    (tmp_path / "tenure.toml").write_text(toml, encoding="utf-8")
    ran = run(tmp_path, "sync", "--strict")
    assert ran.code == 0, ran.err + ran.out
    (answer,) = ask(tmp_path, "mrr", "--from", "2024-03", "--to", "2024-08")["metrics"]
    values = [row["value"] for row in answer["rows"]]
    assert (values[0], values[-1]) == (1480.5, 1382.5)
