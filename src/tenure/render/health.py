"""`tenure health` as tables. Edge: layout only."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from tenure.render.grid import Column, plain, table, wrapped

MOST = 40


def standing(found: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """The bands, then everyone, the lowest first."""
    lines = [f"Health {found['score']!r} on {found['as_of']}", ""]
    bands = [band for band in found["bands"] if band["customers"] or band["band"] != "insufficient_data"]
    paid = any(band["mrr"] for band in bands)  # a business without subscriptions has no MRR to show
    columns = [
        Column("band", [plain(_words(band["band"])) for band in bands], number=False),
        Column("customers", [f"{band['customers']:,}" for band in bands]),
        *([Column("MRR", [_money(band["mrr"]) for band in bands])] if paid else []),
    ]
    lines += table(columns, width, colour=colour)
    rows = found["customers"][:MOST]
    if rows:
        lines += ["", *_customers(rows, width, paid, colour=colour)]
    more = len(found["customers"]) - len(rows)
    if more:
        lines += ["", f"and {more:,} more: --format csv lists them all."]
    return "\n".join(lines)


def _customers(rows: Sequence[Mapping[str, Any]], width: int, paid: bool, *, colour: bool) -> list[str]:
    return table(
        [
            Column("customer", [plain(row["customer"]) for row in rows], number=False),
            Column("score", [_score(row["score"]) for row in rows]),
            Column("band", [plain(_words(row["band"])) for row in rows], number=False),
            Column("known", [f"{100 * row['coverage']:.0f} %" for row in rows]),
            *([Column("MRR", [_money(row["mrr"]) for row in rows])] if paid else []),
            Column("tier", [row["tier"] for row in rows], number=False),
            Column("main reason", [plain(row["reason"] or "") for row in rows], number=False),
        ],
        width,
        colour=colour,
    )


def portrait(found: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """One customer: what each measure gives, and what changed."""
    head = f"{plain(found['customer'])} on {found['as_of']}: {_score(found['score'])}, {_words(found['band'])}"
    told = [
        f"{100 * found['coverage']:.0f} % of the weights are known",
        *([f"MRR {_money(found['mrr'])}"] if found["mrr"] else []),
    ]
    told += [found["tier"]] * bool(found["tier"]) + [f"profile {found['profile']}"] * bool(found["profile"])
    lines = [head, "; ".join(told), ""]
    parts = found["contributions"]
    lines += table(
        [
            Column("measure", [plain(part["measure"]) for part in parts], number=False),
            Column("figure", [_figure(part["figure"]) for part in parts]),
            Column("points", [_score(part["points"]) for part in parts]),
            Column("weight", [f"{100 * part['weight']:.1f} %" if part["weight"] else "" for part in parts]),
            Column(
                "gives",
                [f"{part['contribution']:.2f}" if part["weight"] or part["contribution"] else "" for part in parts],
            ),
            Column("note", [plain(part["note"] or "") for part in parts], number=False),
        ],
        width,
        colour=colour,
    )
    if found["score"] is None:
        lines += wrapped(f"No score: {found['reason']}.", width, "")
    then = found["before"]
    if then is not None:
        before = f"{then['day']}: {_score(then['score'])}, {_words(then['band'])}."
        lines += ["", before + (" What changed since:" if found["changes"] else "")]
        for one in found["changes"]:
            moved = f" ({_score(one['then'])} to {_score(one['now'])})" if one["kind"] != "rule" else ""
            lines.append(f"  {one['change']:+.2f}  {one['kind']}: {plain(one['name'])}{moved}")
    return "\n".join(lines)


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as they are in JSON; a name that begins like a formula gets an apostrophe before it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {k: f"'{v}" if isinstance(v, str) and v[:1] in ("=", "+", "-", "@") else v for k, v in row.items()}
        )
    return text.getvalue()


def _words(band: str) -> str:
    return "too little is known" if band == "insufficient_data" else band


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _figure(value: float | str | None) -> str:
    return "-" if value is None else plain(value) if isinstance(value, str) else f"{value:,.4g}"


def _money(value: float) -> str:
    return f"{value:,.0f}"


def backtest(found: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """The verdict in sentences, then the figures behind it."""
    lines: list[str] = []
    for sentence in found["sentences"]:
        lines += wrapped(sentence, width, "")
    if found["bands"]:
        lines += ["", *_rates("band", found["bands"], width, colour=colour)]
    if found["calibration"]:
        lines += ["", *_rates("score", found["calibration"], width, colour=colour)]
    if found["compared"]:
        rows = found["compared"]
        lines += [""]
        lines += table(
            [
                Column("compared", [plain(f"{row['kind']} {row['name']}") for row in rows], number=False),
                Column("customers", [f"{row['customers']:,}" for row in rows]),
                Column("left", [f"{row['churned']:,}" for row in rows]),
                Column("AUC", ["too few" if row["auc"] is None else f"{row['auc']:.2f}" for row in rows]),
                Column("95 %", [_reach(row, 1) for row in rows]),
            ],
            width,
            colour=colour,
        )
    return "\n".join(lines)


def _rates(head: str, rows: Sequence[Mapping[str, Any]], width: int, *, colour: bool) -> list[str]:
    return table(
        [
            Column(head, [plain(row["band"]) for row in rows], number=False),
            Column("customers", [f"{row['customers']:,}" for row in rows]),
            Column("months seen", [f"{row['customer_months']:,}" for row in rows]),
            Column("left after", [f"{row['left']:,}" for row in rows]),
            Column("rate", ["" if row["rate"] is None else f"{100 * row['rate']:.1f} %" for row in rows]),
            Column("95 %", [_reach(row, 100) for row in rows]),
        ],
        width,
        colour=colour,
    )


def _reach(row: Mapping[str, Any], times: int) -> str:
    if row["low"] is None:
        return ""
    digits = 1 if times == 100 else 2
    return f"{times * row['low']:.{digits}f} to {times * row['high']:.{digits}f}"


def divergence(found: Mapping[str, Any], width: int, *, colour: bool = False) -> str:
    """Customers with both sides, by what is at stake."""
    rows = found["customers"]
    head = f"Health and money disagree on {found['as_of']}, and did {found['days']} days before"
    if not rows:
        return f"{head}: nobody."
    lines = [f"{head}: {len(rows):,} of {found['scored']:,} customers, MRR {_money(found['mrr'])}", ""]
    lines += table(
        [
            Column("customer", [plain(row["customer"]) for row in rows], number=False),
            Column("score", [_score(row["score"]) for row in rows]),
            Column("health", [plain(row["band"]) for row in rows], number=False),
            Column("MRR", [_money(row["mrr"]) for row in rows]),
            Column("the other side", [plain("; ".join(row["signs"])) for row in rows], number=False),
        ],
        width,
        colour=colour,
    )
    return "\n".join(lines)
