"""The commented tenure.toml that a new workspace starts from. Composition floor, beside config."""

from __future__ import annotations


def template(name: str, business: str = "saas") -> str:
    """The text of a new tenure.toml: every key is there, with what it does; what has a default is commented out."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    quoted = "".join(c if c.isprintable() else " " for c in quoted).strip() or "workspace"
    return _TEMPLATE.replace("@NAME@", quoted).replace("@BUSINESS@", business)


_TEMPLATE = """\
# A tenure workspace. Every key is optional; a line that starts with # shows a key, mostly with its default.

[workspace]
name = "@NAME@"
business = "@BUSINESS@"       # saas, ecommerce, b2b, services, retail, marketplace, manufacturing: the core metrics
# touch = "high"              # high or low: refines the core metrics
# currency = "USD"            # the currency that results are in
# timezone = "UTC"            # whose midnight starts a day, e.g. "Europe/Berlin"
# week_start = "monday"
# fiscal_year_start = 1       # the month; 2024 is the fiscal year that ends in 2024
# as_of = 2025-01-01          # freeze "now": nothing recorded at or after it influences any result
# stale_after = 26            # hours without a load after which pages say that the data are old; 0 is never
# warehouse = "duckdb"        # embedded, in this folder; or a URL: "postgresql://...", "spark://..."

# Where the data are. Files whose columns have the names of the model need no mapping: try `tenure import FILE`.
# [sources.billing]           # the name is yours
# type = "files"
# [sources.billing.tables.subscriptions]    # which table of the model the files fill
# path = "data/subs-*.csv"    # csv, tsv, csv.gz, jsonl, parquet or xlsx, from this folder on; * stands for anything
# columns = { customer_id = "account_id", amount = "mrr_amount" }    # model column = "column of the file"
# constants = { currency = "USD", interval = "month" }               # what every row has
# attributes = ["contract"]   # names beyond the model's that `columns` may fill; extra columns are kept anyway
# inclusive_ends = false      # true: the file's end dates are the last day inside
# timezone = "UTC"            # of times without an offset
# date_format = "%d-%m-%Y"    # only where dates are not written 2024-12-31
# sheet = "Sheet1"            # of a spreadsheet; the first one unless said
# select = "SELECT account_id AS customer_id, ... FROM source"       # or one query over the file

# [usage]                     # what events mean
# active = ["*"]              # names of events that count as activity; "*": all
# features = ["*"]            # names of events that are features, or { reports = ["report_viewed", "report_made"] }
# activation = { event = "invited_teammate", count = 1, within_days = 14 }
# value = { event = "report_shared" }
# funnel = ["visit", "cart", "paid"]

# [policy]                    # how things are counted; docs/policy.md lists every key
# revenue = "tenure"          # a preset: whose rules; single keys override it
# churn_at = "service_end"
# csat_positive = "top"

# [segments]                  # named filters: --where @enterprise
# enterprise = "size >= 1000"
# [segments.power]            # by each customer's own figure of any metric
# metric = "mau"
# at_least = 5

# [goals.churn]               # docs/goals.md; tenure goals says how far it is
# metric = "customer_churn_rate"
# by_percent = 10             # or by_points, or to
# start = 2025-01-01
# due = 2025-06-30

# [secrets]                   # never values, only where to find them
# billing_key = "env:BILLING_KEY"           # or "file:path"
"""
