"""A business without subscriptions: its pages speak of what it has, and of nothing that it has not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tenure.workspace import Workspace

from .site import Site, start

TOML = """
[workspace]
name = "Corner shop"
as_of = 2025-12-15
business = "ecommerce"
currency = "EUR"

[sources.till]
type = "files"
[sources.till.tables.customers]
path = "data/customers.csv"
[sources.till.tables.orders]
path = "data/orders.csv"
"""
BUYERS = 40
PAGES = ("/", "/customers", "/customers/B-7", "/health", "/cohorts", "/goals", "/drivers", "/feedback")
FOREIGN = re.compile(r"\bMRR\b|\bARR\b|\bNRR\b|[Ss]ubscri|[Rr]enew|\bplan\b")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Forty people who buy now and then, for 10 and 12 euros; every third has not come for long."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "tenure.toml").write_text(TOML, encoding="utf-8")
    (folder / "data").mkdir()
    people = ["customer_id,name,created_at,town"]
    orders = ["order_id,customer_id,placed_at,amount,currency,status"]
    for k in range(1, BUYERS + 1):
        people.append(f"B-{k},Buyer {k},2025-01-{k % 28 + 1:02d},{'Ulm' if k % 2 else 'Graz'}")
        for month in range(1, 5 if k % 3 == 0 else 13):
            amount = 10 if k % 2 else 12
            orders.append(f"o{k}-{month},B-{k},2025-{month:02d}-{k % 14 + 1:02d}T10:00:00Z,{amount},EUR,fulfilled")
    (folder / "data" / "customers.csv").write_text("\n".join(people) + "\n", encoding="utf-8")
    (folder / "data" / "orders.csv").write_text("\n".join(orders) + "\n", encoding="utf-8")
    report = Workspace(folder).sync()
    assert not [load for load in report.loads if load.rejected]
    site = start(folder)
    yield site
    site.stop()


def _shown(page: str) -> str:
    """What a reader sees of a page's main part: no marks, no choices that are not taken."""
    main = page[page.index("<main") : page.index("</main>")]
    main = re.sub(r"<select.*?</select>|<fieldset.*?</fieldset>|<pre.*?</pre>", " ", main, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_speaks_of_subscriptions(shop: Site, path: str) -> None:
    reply = shop.get("manager", path)
    assert reply.status == 200
    said = _shown(reply.text)
    assert not FOREIGN.findall(said), said


def test_orders_stand_where_mrr_would(shop: Site) -> None:
    """Of 40 buyers 13 stopped in spring (7 odd, 6 even): in November 13 with an odd number pay 10 and 14 with an even
    one 12, 298 in all. B-7 bought for 10 in eleven of the twelve months that are over."""
    assert "€298 came in by the order in November 2025" in _shown(shop.get("viewer", "/").text)
    assert "Bought for €110 in twelve months" in _shown(shop.get("viewer", "/customers/B-7").text)
