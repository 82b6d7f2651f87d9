"""The words of the command line: every option's type, name and help, once. Edge: holds no rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

Business = Annotated[
    Literal["saas", "ecommerce", "b2b", "services", "retail", "marketplace", "manufacturing"],
    Option("--business", help="The kind of business; it picks the core metrics."),
]
DemoFolder = Annotated[Path, Argument(metavar="DIR", show_default="demo")]
InitFolder = Annotated[Path, Argument(metavar="DIR", show_default="this folder")]

Files = Annotated[list[Path], Argument(metavar="FILE", help="csv, csv.gz, tsv, jsonl, parquet or xlsx.")]
AsTable = Annotated[
    str | None, Option("--as", metavar="TABLE", help="The table that they hold; else it is recognised.")
]
SourceName = Annotated[str | None, Option("--source", metavar="NAME", help="The source to file them under.")]

Sources = Annotated[list[str] | None, Argument(metavar="SOURCE", help="Only these sources.")]
Full = Annotated[bool, Option("--full", help="Read everything again, not only what is new.")]
Strict = Annotated[bool, Option("--strict", help="Exit with 1 when a row was rejected.")]

Word = Annotated[str | None, Argument(metavar="WORD", help="Only those whose id, title or text holds it.")]
Metric = Annotated[str, Argument(metavar="METRIC")]
Metrics = Annotated[list[str] | None, Argument(metavar="METRIC", help="Default: the core set of the business.")]

From = Annotated[
    str | None,
    Option("--from", metavar="P", help="First period: 2024-12, 2024-Q4, 2024, 2024-W50 or 2024-12-31."),
]
To = Annotated[str | None, Option("--to", metavar="P", help="Last period, included.")]
Last = Annotated[int | None, Option("--last", min=1, metavar="N", help="The last N complete periods (default 12).")]
Grain = Annotated[
    Literal["day", "week", "month", "quarter", "year", "total"] | None,
    Option("--grain", help="Length of a period (default: that of --from, else month)."),
]
By = Annotated[
    list[str] | None,
    Option("--by", metavar="COLUMN[,COLUMN]", help="Split by columns of the customers or of the facts."),
]
Where = Annotated[
    list[str] | None,
    Option(
        "--where", metavar="CONDITION", help='Only where this holds: "size >= 1000", or @segment. Repeat to narrow.'
    ),
]
Variant = Annotated[
    str | None,
    Option("--variant", metavar="NAME", help="Another reading of the metric: `tenure metrics METRIC` lists them."),
]
Compare = Annotated[
    Literal["previous", "year"] | None,
    Option("--compare", help="Set each period against the one before it, or against a year before."),
]
Window = Annotated[
    str | None,
    Option("--window", metavar="12m", help="For retention: the cohort stands this long before the period's end."),
]
Period = Annotated[
    str, Option("--period", metavar="P", help="The period: 2024-12, 2024-Q4, 2024, 2024-W50 or 2024-12-31.")
]
MaybePeriod = Annotated[
    str | None, Option("--period", metavar="P", help="The period: 2024-12, 2024-Q4, ...; the last complete quarter.")
]
Versus = Annotated[
    str | None,
    Option(
        "--versus",
        metavar="VARIANT-or-PRESET",
        help="Split the difference to another reading by rule and by customer.",
    ),
]
Format = Annotated[Literal["table", "json"], Option("--format", help="How to print the answer.")]
ShowFormat = Annotated[Literal["table", "json", "csv"], Option("--format", help="How to print the answer.")]
Directory = Annotated[
    Path | None,
    Option("-C", metavar="DIR", help="Work in DIR (default: this folder, or its nearest parent with a tenure.toml)."),
]
