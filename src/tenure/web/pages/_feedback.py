"""What the feedback page writes: its themes with what is behind them, the chosen one's comments, who says it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenure.access import Seen
from tenure.charts.bars import distribution
from tenure.charts.trend import Point, trend
from tenure.errors import RequestError
from tenure.feedback import Feedback, Theme
from tenure.feedback_voices import TONES, Side, Voices
from tenure.render import numbers as plain
from tenure.web import numbers
from tenure.web.drawing import both
from tenure.web.pages._people import known

SHOWN, COMMENTS = 16, 30
KINDS = {"nps": "NPS", "csat": "CSAT", "ces": "CES", "service": "Service", "review": "Review", "post": "Post"}
COLOURS = {"negative": "churn", "mixed": "muted-line", "positive": "series"}


@dataclass(frozen=True)
class Line:
    """One theme in words and marks."""

    theme: Theme
    share: str
    change: str
    direction: str
    bar: SafeString
    negative: int
    positive: int
    customers: int
    mrr: str
    href: str
    chosen: bool


def lines(found: Feedback, heard: Voices, chosen: str, link: Any, currency: str) -> list[Line]:
    """The themes, the most frequent first."""
    made = []
    for theme in found.themes:
        behind = heard.behind.get(theme.name)
        tones = dict(behind.tones) if behind else dict.fromkeys(TONES, 0)
        change = "" if theme.change is None else f"{plain.signed(theme.change * 100, 1)}{numbers.NARROW}pts"
        clear = theme.noise is False
        made.append(
            Line(
                theme,
                numbers.text(theme.share, "share"),
                change,
                "" if clear else "grey",
                bar(tones),
                tones["negative"],
                tones["positive"],
                behind.customers if behind else 0,
                numbers.money(behind.mrr, currency) if behind and heard.pays else "",
                link(theme.name),
                theme.name == chosen,
            )
        )
    return made


def bar(tones: dict[str, int], width: int = 240) -> SafeString:
    """How comments sound: negative, mixed, positive, as parts of one bar."""
    whole = sum(tones.values())
    if not whole:
        return format_html("")
    x, parts = 0.0, format_html("")
    for tone in TONES:
        long = width * tones[tone] / whole
        if long:
            rect = '{}<rect x="{}" y="2" width="{}" height="10" fill="var(--{})"/>'
            parts = format_html(rect, parts, f"{x:.1f}", f"{max(0.5, long - 1):.1f}", COLOURS[tone])
        x += long
    label = ", ".join(f"{tones[tone]} {tone}" for tone in TONES)
    return format_html(
        '<svg class="bar" width="{0}" height="14" viewBox="0 0 {0} 14" role="img" aria-label="{1}">{2}</svg>',
        width,
        label,
        parts,
    )


def comments(door: Seen, heard: Voices, theme: str, tone: str) -> list[dict[str, Any]]:
    """The theme's comments, the latest first, each with its customer."""
    wanted = [one for one in heard.comments if not theme or theme in one.themes]
    wanted = [one for one in wanted if not tone or one.tone == tone][:COMMENTS]
    people = known(door, [one.customer for one in wanted if one.customer])
    return [
        {
            "body": one.body,
            "day": numbers.day(one.day),
            "kind": KINDS.get(one.kind, one.kind.replace("_", " ").capitalize()),
            "band": one.band or "",
            "tone": one.tone or "",
            "customer": people.get(one.customer or ""),
        }
        for one in wanted
    ]


NO_PLAN = "no plan now"


def who(door: Seen, heard: Voices, theme: str, currency: str) -> list[tuple[str, str]]:
    """Who says it, by plan: customers and what they pay; nothing where there are no plans."""
    ids = {one.customer for one in heard.comments if theme in one.themes and one.customer}
    people = known(door, sorted(ids))
    plans: dict[str, list[str]] = {}
    for one in ids:
        plans.setdefault(people.get(one, {}).get("plan") or NO_PLAN, []).append(one)
    if set(plans) == {NO_PLAN}:  # a business without plans
        return []
    ranked = sorted(plans.items(), key=lambda pair: -len(pair[1]))

    def said(some: list[str]) -> str:
        paid = sum(heard.pays.get(one, 0) for one in some)
        more = f", {numbers.money(paid, currency)}" if heard.pays else ""
        return f"{len(some)} {'customer' if len(some) == 1 else 'customers'}{more}"

    return [*((plan, said(some)) for plan, some in ranked), ("All", said(sorted(ids)))]


def sides(heard: Voices, theme: str, currency: str) -> list[tuple[str, str, str, str, str]]:
    """With it and without: name, figure and interval of those with, then of those without."""
    with_, without = heard.sides(theme)
    rows = [("NPS of comments", *_nps(with_), *_nps(without))]
    rows.append(("Comments that sound negative", _share(with_), "", _share(without), ""))
    if heard.pays:
        each = [
            numbers.money(side.mrr / side.customers, currency) if side.customers else "" for side in (with_, without)
        ]
        rows.append(("MRR of a customer", each[0], "", each[1], ""))
    return rows


def _nps(side: Side) -> tuple[str, str]:
    if side.nps is None:
        return "no answer", ""
    return numbers.text(side.nps, "points"), numbers.interval(side.low, side.high, "points")


def _share(side: Side) -> str:
    return "none heard" if side.negative is None else numbers.text(side.negative, "share")


def nps(door: Seen, label: str, grain: str, where: tuple[str, ...]) -> dict[str, Any] | None:
    """NPS by month up to the period with its band, and what its last figure says."""
    try:
        (result,) = door.show("nps", last=24 if grain == "month" else 12, to=label, grain=grain, where=where)
    except RequestError:
        return None
    rows = [row for row in result.rows if row.value is not None]
    if not rows:
        return None
    points = [
        Point(numbers.period(r.period), None if r.value is None else float(r.value), r.low, r.high, r.complete)
        for r in result.rows
    ]
    last = rows[-1]
    draw = partial(_trend, points, f"NPS from {points[0].label} to {points[-1].label}")
    return {
        "value": numbers.text(last.value, "points"),
        "interval": numbers.interval(last.low, last.high, "points"),
        "period": numbers.period(last.period, long=True),
        "chart": both(draw, wide=780),
        "rows": [
            (
                numbers.period(row.period),
                "no value" if row.value is None else numbers.text(row.value, "points"),
                numbers.interval(row.low, row.high, "points"),
                row.n or 0,
            )
            for row in reversed(result.rows)
        ],
    }


def _trend(points: list[Point], label: str, *, width: int, kind: str) -> str:
    return trend(points, lambda value: numbers.text(value, "points"), label, width=width, height=220, kind=kind)


def scores(heard: Voices) -> dict[str, Any] | None:
    """Answers by score, and how they make the figure."""
    whole = sum(heard.scores.values())
    if not whole:
        return None
    bands = {"promoters": range(9, 11), "passives": range(7, 9), "detractors": range(7)}
    counts = {name: sum(heard.scores.get(score, 0) for score in of) for name, of in bands.items()}
    colours = ["churn"] * 7 + ["muted-line"] * 2 + ["series"] * 2
    bars = [(str(score), heard.scores.get(score, 0), colours[score]) for score in range(11)]
    label = ", ".join(f"{count} answers of {score}" for score, count, _ in bars)

    def draw(*, width: int, kind: str) -> str:
        return distribution(bars, label, width=width, height=200, kind=kind)

    up, down = counts["promoters"] * 100 / whole, counts["detractors"] * 100 / whole
    return {
        "title": ", ".join(f"{count} {name if count != 1 else name[:-1]}" for name, count in counts.items()),
        "sum": f"{whole:,} answers. {up:.1f} % − {down:.1f} % = {plain.signed(up - down, 1)}",
        "chart": both(draw, wide=336, laptop=336),
    }
