"""The small world known by heart: twelve customers and one quarter, every figure checkable on paper. Tests' floor.

Here stand its books; files named world_*.py beside this one add the tables (and settings) of other fields of work.

Workspace: USD, UTC, as_of 2024-04-01. Amounts are USD a month unless said.

customer  region  since       story
Acorn     north   2023-01-10  40 throughout; on 2024-03-20 signs 30 more from 2024-04-05 (only `committed` sees it)
Birch     south   2023-02-10  2,400 a year (200); 2024-02-10 from Team into Pro at 3,600 (300): an upsell of 100;
                              owner Ann until 2024-02-20, then Ben
Cedar     north   2023-01-20  3 seats for 150, renews 2024-01-20 with 2 seats for 100: contraction of 50
Daisy     south   2023-02-01  200, ends exactly on 2024-02-01: in the end of January, churn of February
Elm       north   2023-12-05  60 until 2024-01-15; back on 2024-03-05 at 90 (a reactivation)
Fern      west    2023-02-15  EUR 300 a quarter: 110 at 1.10, 120 from 2024-03-01 at 1.20 (fx of 10)
Grove     south   2023-03-31  100 of Core; adds Insights at 50 on 2024-02-20: a cross-sell
Hazel     west    2024-01-08  trial from 2023-12-20, paying 160 from 2024-01-08; price cut to 140 on 2024-03-18
Iris      north   2024-02-05  70, gone on 2024-02-25: joins and leaves within the month
Juniper   south   2023-12-01  40; asks on 2024-02-12 to cancel, cancelled on 2024-03-15, served until 2024-04-01
Kelp      north   2023-12-10  50, paused from 2024-01-10 to 2024-02-10: churn, then reactivation
Lotus     west    2023-12-10  list 100, half off (50) until 2024-03-10: expansion, no upsell; past due from 2024-03-20

                  Acorn Birch Cedar Daisy Elm Fern Grove Hazel Iris Juniper Kelp Lotus   MRR  customers
end of 2023-12       40   200   150   200  60  110   100     -    -      40   50    50  1000  10
end of 2024-01       40   200   100   200   -  110   100   160    -      40    -    50  1000   9
end of 2024-02       40   300   100     -   -  110   150   160    -      40   50    50  1000   9
end of 2024-03       40   300   100     -  90  120   150   140    -      40   50   100  1130  10

           start   new  expansion  reactivation  contraction  churn  fx   end
January     1000  +160          -             -          -50   -110   -  1000
February    1000   +70       +150           +50            -   -270   -  1000
March       1000     -        +50           +90          -20      - +10  1130
Quarter     1000  +230       +200          +140          -70   -380 +10  1130

Cohorts, both ends at the cohort's rate:
January   10 customers with 1000 keep 840: nrr 84 %, grr 84 %; Elm and Kelp gone: churn rate 2/10
February   9 customers with 1000 keep 950: nrr 95 %, grr 80 %; Daisy gone: 1/9
March      9 customers with 1000 keep 1030: nrr 103 %, grr 98 %; nobody gone
Quarter   10 customers with 1000 keep 980: nrr 98 %, grr 75 % (Elm's min is 60); Daisy gone: 1/10; movements' grr 64 %
          (Elm, Kelp, Daisy -310, Cedar -50); any exit 3/10

Contracts due in the quarter: Cedar 1,800 renewed at 1,200, Birch 2,400 at 3,600, Grove 1,400 at its own, Daisy 2,400
lost, Fern's open (pending). Renewal 3/4; net value 6,200/8,000; gross value 5,000/8,000.
The cohort of 2023-12 (Elm 60, Juniper 40, Kelp 50, Lotus 50 = 200): 4, 2, 3, 4 of 4 at ages 0 to 3; 200, 90, 140,
280 of 200.
Payments 1,100; 1,000 less a refund of 100; 1,200. Customers of the month 11, 10, 10; active users 10, 9, 12.
One-off: an order of 500 in January (a cancelled one of 300 is nothing), an invoice of 250 in February.
"""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

TOML = """\
[workspace]
name = "Small world"
currency = "USD"
timezone = "UTC"
as_of = 2024-04-01
"""

NAMES = ("Acorn", "Birch", "Cedar", "Daisy", "Elm", "Fern", "Grove", "Hazel", "Iris", "Juniper", "Kelp", "Lotus")
NORTH, WEST = ("Acorn", "Cedar", "Elm", "Iris", "Kelp"), ("Fern", "Hazel", "Lotus")

CUSTOMERS = """\
customer_id,name,region,owner,valid_from,valid_to,created_at
"""

SUBSCRIPTIONS = """\
subscription_id,customer_id,product,product_family,plan,quantity,amount,list_amount,discount_kind,discount_ends_at,\
currency,interval,status,is_trial,signed_at,started_at,ended_at,cancel_requested_at,cancelled_at
s-acorn,acorn,core,core,team,1,40,,,,USD,month,active,false,,2023-01-10,,,
s-acorn-2,acorn,core,core,team,1,30,,,,USD,month,active,false,2024-03-20,2024-04-05,,,
s-birch,birch,core,core,team,1,2400,,,,USD,year,active,false,,2023-02-10,2024-02-10,,
s-birch,birch,core,core,pro,1,3600,,,,USD,year,active,false,,2024-02-10,,,
s-cedar,cedar,core,core,team,3,150,,,,USD,month,active,false,,2023-01-20,2024-01-20,,
s-cedar,cedar,core,core,team,2,100,,,,USD,month,active,false,,2024-01-20,,,
s-daisy,daisy,core,core,team,1,200,,,,USD,month,active,false,,2023-02-01,2024-02-01,,
s-elm,elm,core,core,team,1,60,,,,USD,month,active,false,,2023-12-05,2024-01-15,,
s-elm-2,elm,core,core,team,1,90,,,,USD,month,active,false,,2024-03-05,,,
s-fern,fern,core,core,team,1,300,,,,EUR,quarter,active,false,,2023-02-15,,,
s-grove,grove,core,core,team,1,100,,,,USD,month,active,false,,2023-03-31,,,
s-grove-2,grove,insights,insights,team,1,50,,,,USD,month,active,false,,2024-02-20,,,
s-hazel,hazel,core,core,team,1,160,,,,USD,month,active,true,,2023-12-20,2024-01-08,,
s-hazel,hazel,core,core,team,1,160,,,,USD,month,active,false,,2024-01-08,2024-03-18,,
s-hazel,hazel,core,core,team,1,140,,,,USD,month,active,false,,2024-03-18,,,
s-iris,iris,core,core,team,1,70,,,,USD,month,active,false,,2024-02-05,2024-02-25,,
s-juniper,juniper,core,core,team,1,40,,,,USD,month,active,false,,2023-12-01,2024-04-01,2024-02-12,2024-03-15
s-kelp,kelp,core,core,team,1,50,,,,USD,month,active,false,,2023-12-10,2024-01-10,,
s-kelp,kelp,core,core,team,1,50,,,,USD,month,paused,false,,2024-01-10,2024-02-10,,
s-kelp,kelp,core,core,team,1,50,,,,USD,month,active,false,,2024-02-10,,,
s-lotus,lotus,core,core,team,1,50,100,repeating,2024-03-10,USD,month,active,false,,2023-12-10,2024-03-20,,
s-lotus,lotus,core,core,team,1,100,,,,USD,month,past_due,false,,2024-03-20,,,
"""

FX_RATES = """\
currency,on,rate
EUR,2023-01-01,1.10
EUR,2024-03-01,1.20
"""

CONTRACTS = """\
contract_id,customer_id,starts_on,ends_on,value,currency,renews,outcome,decided_on
c-birch-1,birch,2023-02-10,2024-02-10,2400,USD,,,
c-birch-2,birch,2024-02-10,2025-02-09,3600,USD,c-birch-1,,
c-cedar-1,cedar,2023-01-20,2024-01-20,1800,USD,,,
c-cedar-2,cedar,2024-01-20,2025-01-19,1200,USD,c-cedar-1,,
c-daisy,daisy,2023-02-01,2024-02-01,2400,USD,,churned,2024-01-31
c-fern,fern,2023-02-15,2024-02-15,1320,USD,,open,
c-grove,grove,2023-03-31,2024-03-30,1400,USD,,renewed,2024-03-25
"""

PAYMENTS = """\
payment_id,customer_id,at,amount,currency,status,refund_of
p-1,birch,2024-01-15,700,USD,succeeded,
p-2,grove,2024-01-20,400,USD,succeeded,
p-3,grove,2024-01-21,999,USD,failed,
p-4,hazel,2024-02-08,1000,USD,succeeded,
p-5,hazel,2024-02-20,100,USD,refunded,p-4
p-6,lotus,2024-03-25,1200,USD,succeeded,
"""

ORDERS = """\
order_id,customer_id,placed_at,amount,currency,channel,status
o-1,hazel,2024-01-12,500,USD,online,fulfilled
o-2,grove,2024-01-15,300,USD,online,cancelled
"""

INVOICES = """\
invoice_id,customer_id,recurring,issued_at,amount,currency,status
i-1,cedar,false,2024-02-14,250,USD,paid
i-2,cedar,false,2024-02-15,900,USD,void
i-3,cedar,true,2024-02-20,100,USD,paid
"""

# users active on the 12th of each month, by customer
USERS = {
    "2024-01": {"acorn": 1, "birch": 2, "cedar": 1, "daisy": 1, "fern": 1, "grove": 2, "hazel": 1, "lotus": 1},
    "2024-02": {"acorn": 1, "birch": 2, "cedar": 1, "fern": 1, "grove": 2, "hazel": 1, "iris": 1},
    "2024-03": {"acorn": 1, "birch": 3, "cedar": 1, "elm": 1, "fern": 1, "grove": 2, "hazel": 2, "kelp": 1},
}

# (metric, variant or None) -> period -> figure, worked by hand from the table above; (a, b) is the ratio a / b
Figure = int | tuple[int, int]
FIGURES: dict[tuple[str, str | None], dict[str, Figure]] = {
    ("mrr", None): {"2023-12": 1000, "2024-01": 1000, "2024-02": 1000, "2024-03": 1130, "2024-Q1": 1130},
    ("mrr", "gross"): {"2023-12": 1050, "2024-01": 1050, "2024-02": 1050, "2024-03": 1130},
    ("mrr", "paid_trial_counts"): {"2023-12": 1160, "2024-01": 1000},
    ("mrr", "paused_counts"): {"2024-01": 1050, "2024-02": 1000},
    ("mrr", "exclude_past_due"): {"2024-02": 1000, "2024-03": 1030},
    ("mrr", "committed"): {"2024-03": 1120},
    ("arr", None): {"2024-01": 12000, "2024-03": 13560},
    ("new_mrr", None): {"2024-01": 160, "2024-02": 70, "2024-03": 0, "2024-Q1": 230},
    ("expansion_mrr", None): {"2024-01": 0, "2024-02": 150, "2024-03": 50, "2024-Q1": 200},
    ("reactivation_mrr", None): {"2024-01": 0, "2024-02": 50, "2024-03": 90, "2024-Q1": 140},
    ("contraction_mrr", None): {"2024-01": -50, "2024-02": 0, "2024-03": -20, "2024-Q1": -70},
    ("churned_mrr", None): {"2024-01": -110, "2024-02": -270, "2024-03": 0, "2024-Q1": -380},
    ("fx_mrr", None): {"2024-01": 0, "2024-02": 0, "2024-03": 10, "2024-Q1": 10},
    ("transfer_mrr", None): {"2024-01": 0, "2024-02": 0, "2024-03": 0, "2024-Q1": 0},
    ("net_new_mrr", None): {"2024-01": 0, "2024-02": 0, "2024-03": 130, "2024-Q1": 130},
    ("expansion_rate", None): {
        "2024-01": (0, 1000),
        "2024-02": (150, 1000),
        "2024-03": (50, 1000),
        "2024-Q1": (200, 1000),
    },
    ("expansion_rate", "net"): {"2024-01": (-160, 1000), "2024-03": (30, 1000), "2024-Q1": (-20, 1000)},
    ("nrr", None): {"2024-01": (840, 1000), "2024-02": (950, 1000), "2024-03": (1030, 1000), "2024-Q1": (980, 1000)},
    ("nrr", "movements"): {"2024-01": (840, 1000), "2024-03": (1030, 1000), "2024-Q1": (980, 1000)},
    ("grr", None): {"2024-01": (840, 1000), "2024-02": (800, 1000), "2024-03": (980, 1000), "2024-Q1": (750, 1000)},
    ("grr", "movements"): {"2024-01": (840, 1000), "2024-Q1": (640, 1000)},
    ("quick_ratio", None): {"2024-01": (160, 160), "2024-02": (270, 270), "2024-03": (140, 20), "2024-Q1": (570, 450)},
    ("quick_ratio", "no_reactivation"): {"2024-02": (220, 270), "2024-03": (50, 20)},
    ("arpa", None): {"2024-01": (1000, 9), "2024-03": (1130, 10)},
    ("arpc", None): {"2024-01": (1100, 11), "2024-02": (900, 10), "2024-03": (1200, 10)},
    ("arpu", None): {"2024-01": (1100, 10), "2024-02": (900, 9), "2024-03": (1200, 12)},
    ("non_recurring_revenue", None): {"2024-01": 500, "2024-02": 250, "2024-03": 0, "2024-Q1": 750},
    ("customers", None): {"2023-12": 10, "2024-01": 9, "2024-02": 9, "2024-03": 10, "2024-Q1": 10},
    ("new_customers", None): {"2024-01": 1, "2024-02": 1, "2024-03": 0, "2024-Q1": 2},
    ("churned_customers", None): {"2024-01": 2, "2024-02": 2, "2024-03": 0, "2024-Q1": 4},
    ("customer_growth", None): {"2024-01": (-1, 10), "2024-02": (0, 9), "2024-03": (1, 9), "2024-Q1": (0, 10)},
    ("customer_retention_rate", None): {"2024-01": (8, 10), "2024-02": (8, 9), "2024-03": (9, 9), "2024-Q1": (9, 10)},
    ("customer_retention_rate", "counts"): {"2024-01": (8, 10), "2024-02": (8, 9), "2024-Q1": (8, 10)},
    ("customer_churn_rate", None): {"2024-01": (2, 10), "2024-02": (1, 9), "2024-03": (0, 9), "2024-Q1": (1, 10)},
    ("customer_churn_rate", "any_exit"): {"2024-01": (2, 10), "2024-02": (1, 9), "2024-Q1": (3, 10)},
    ("customer_churn_rate", "incl_new"): {"2024-01": (2, 11), "2024-02": (2, 11), "2024-Q1": (4, 14)},
    ("customer_churn_rate", "avg_base"): {"2024-01": (4, 19), "2024-Q1": (4, 10)},
    ("revenue_churn_rate", None): {
        "2024-01": (160, 1000),
        "2024-02": (200, 1000),
        "2024-03": (20, 1000),
        "2024-Q1": (250, 1000),
    },
    ("revenue_churn_rate", "movements"): {"2024-01": (160, 1000), "2024-Q1": (360, 1000)},
    ("revenue_churn_rate", "churned_only"): {"2024-01": (110, 1000), "2024-02": (200, 1000), "2024-Q1": (200, 1000)},
    ("net_revenue_churn_rate", None): {"2024-01": (160, 1000), "2024-03": (-30, 1000), "2024-Q1": (20, 1000)},
    ("renewal_rate", None): {"2024-01": (1, 1), "2024-02": (1, 2), "2024-03": (1, 1), "2024-Q1": (3, 4)},
    ("renewal_rate", "gross_value"): {"2024-Q1": (5000, 8000)},
    ("renewal_rate", "net_value"): {"2024-Q1": (6200, 8000)},
    ("upsell_rate", None): {"2024-01": (0, 10), "2024-02": (1, 9), "2024-03": (0, 9), "2024-Q1": (1, 10)},
    ("upsell_rate", "revenue"): {"2024-02": (100, 1000), "2024-Q1": (100, 1000)},
    ("cross_sell_rate", None): {"2024-01": (0, 10), "2024-02": (1, 9), "2024-03": (0, 9), "2024-Q1": (1, 10)},
    ("cross_sell_rate", "revenue"): {"2024-02": (50, 1000), "2024-Q1": (50, 1000)},
}
# the cohort of 2023-12 at ages 0, 1, 2, 3
COHORT: dict[tuple[str, str | None], list[tuple[int, int]]] = {
    ("cohort_retention", None): [(4, 4), (2, 4), (3, 4), (4, 4)],
    ("revenue_retention", None): [(200, 200), (90, 200), (140, 200), (280, 200)],
    ("cohort_retention", "active_bounded"): [(0, 4), (1, 4), (0, 4), (2, 4)],
    ("cohort_retention", "active_unbounded"): [(3, 4), (3, 4), (2, 4), (2, 4)],
}


def write(folder: Path) -> Path:
    """Write the world's CSV files and tenure.toml into `folder` (made where missing) and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "subscriptions": SUBSCRIPTIONS,
        "fx_rates": FX_RATES,
        "contracts": CONTRACTS,
        "payments": PAYMENTS,
        "orders": ORDERS,
        "invoices": INVOICES,
        "customers": CUSTOMERS + "".join(",".join(row) + "\n" for row in _customers()),
        "events": "customer_id,contact_id,name,at\n" + "".join(",".join(row) + "\n" for row in _events()),
    }
    for module in _others():
        for table, text in module.TABLES.items():
            texts[table] = joined(texts[table], text) if table in texts else text
    toml = settings() + '\n[sources.books]\ntype = "files"\n'
    for table, text in texts.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
        toml += f'[sources.books.tables.{table}]\npath = "{table}.csv"\n'
    (folder / "tenure.toml").write_text(toml, encoding="utf-8")
    return folder


def settings() -> str:
    """tenure.toml without the sources: of this world, and of the tables that other files add."""
    return TOML + "".join(getattr(module, "SETTINGS", "") for module in _others())


def _others() -> list[ModuleType]:
    names = sorted(path.stem for path in Path(__file__).parent.glob("world_*.py"))
    return [importlib.import_module(name) for name in names]


def joined(one: str, other: str) -> str:
    """Two CSV texts of one table as one, whatever columns each has."""
    both = [*rows(one), *rows(other)]
    file = io.StringIO()
    writer = csv.DictWriter(file, list(dict.fromkeys(name for row in both for name in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(both)
    return file.getvalue()


def rows(text: str) -> list[dict[str, str]]:
    """The rows of one of the CSV texts above."""
    return list(csv.DictReader(text.splitlines()))


def _customers() -> Iterator[tuple[str, ...]]:
    """One row a customer, two for Birch, whom Ben takes over from Ann on 2024-02-20."""
    for name in NAMES:
        region = "north" if name in NORTH else "west" if name in WEST else "south"
        if name == "Birch":
            yield "birch", name, region, "Ann", "2023-01-01", "2024-02-20", ""
            yield "birch", name, region, "Ben", "2024-02-20", "", ""
        else:
            yield (
                name.lower(),
                name,
                region,
                "Ann" if name < "Grove" else "Ben",
                "2023-01-01",
                "",
                "2024-01-08" * (name == "Hazel"),
            )


def _events() -> Iterator[tuple[str, ...]]:
    """One event on the 12th for every active user of a month."""
    for month, users in USERS.items():
        for customer, count in users.items():
            for number in range(1, count + 1):
                yield customer, f"{customer}-u{number}", "report_viewed", f"{month}-12T09:30:00Z"
