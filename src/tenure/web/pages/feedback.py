"""Feedback: what customers say, how it sounds, what the people who say it pay; from theme to customer."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenure.errors import NotAllowed, UsageError
from tenure.feedback import Feedback
from tenure.feedback_voices import TONES, Voices
from tenure.web import export, numbers
from tenure.web.controls import Control, href, one
from tenure.web.page import Page, Way, shown
from tenure.web.pages._feedback import SHOWN, comments, lines, nps, scores, sides, who
from tenure.web.pages._people import known
from tenure.web.served import served


def feedback(request: HttpRequest) -> HttpResponse:
    """The page."""
    if not served().workspace.version:
        return shown(request, "empty.html", {"title": "Feedback"})
    found, heard, where = _answers(request)
    names = [theme.name for theme in found.themes]
    theme = one(request, "theme", names[0] if names else "", 100)
    tone = _tone(one(request, "tone", longest=20))
    if names and theme not in names:
        raise UsageError(f"There is no theme {theme!r} in this period.", todo=f"Use one of {', '.join(names[:8])}.")
    door, sees = request.door, request.person.access.sees_people
    label = found.period.label
    grain = "month" if len(label) == 7 and "Q" not in label else "quarter" if "Q" in label else "month"
    currency = door.customers(limit=1, columns=("state",)).currency
    context: dict[str, Any] = {
        "title": "Feedback",
        "controls": _controls(request, found, where),
        "kept_state": [],
        "period": numbers.period(label, long=True),
        "lede": _lede(found, heard),
        "found": found,
        "nps": nps(door, _month(found), "month", where) if grain else None,
        "scores": scores(heard),
        "lines": lines(
            found, heard, theme, lambda name: href(request, {"theme": name, "tone": ""}) + "#theme", currency
        ),
        "pays": bool(heard.pays),
        "shown": SHOWN,
        "where": where[0] if where else "",
        "csv": href(request, {}, "/feedback/themes.csv"),
        "sees": sees,
    }
    if theme and names:
        behind = heard.behind.get(theme)
        context |= {
            "theme": theme,
            "behind": behind,
            "tones": [
                (name, href(request, {"theme": theme, "tone": to}) + "#theme", to == tone)
                for name, to in (
                    ("All", ""),
                    *((f"{t.capitalize()} {behind.tones[t] if behind else 0}", t) for t in TONES),
                )
            ],
            "comments": comments(door, heard, theme, tone) if sees else [],
            "texts": next(t.texts for t in found.themes if t.name == theme),
            "who": who(door, heard, theme, currency),
            "sides": sides(heard, theme, currency),
            "counts": [side.customers for side in heard.sides(theme)],
            "comments_csv": href(request, {"theme": theme, "tone": tone}, "/feedback/comments.csv"),
        }
    return shown(request, "feedback.html", context)


def _answers(request: HttpRequest) -> tuple[Feedback, Voices, tuple[str, ...]]:
    period, where = one(request, "period", longest=20) or None, one(request, "where")
    asked = (where,) if where else ()
    return request.door.feedback(period, where=asked), request.door.voices(period, where=asked), asked


def _month(found: Feedback) -> str:
    """The last month of the period."""
    from datetime import timedelta

    return f"{found.period.end - timedelta(days=1):%Y-%m}"


def _tone(word: str) -> str:
    if word and word not in TONES:
        raise UsageError(f"There is no tone {word!r}.", todo=f"Use one of {', '.join(TONES)}.")
    return word


def _lede(found: Feedback, heard: Voices) -> SafeString:
    """How many comments, which theme grew most beyond noise, which sounds worst."""
    said = format_html("{} comments in {}.", f"{found.texts:,}", numbers.period(found.period.label, long=True))
    grew = [theme for theme in found.themes if theme.change is not None and theme.change > 0 and theme.noise is False]
    angry = {name: one.tones["negative"] for name, one in heard.behind.items()}
    worst = max(angry, key=lambda name: angry[name], default="")
    if grew:
        most = max(grew, key=lambda theme: theme.change or 0)
        by = numbers.change(1, most.change, "share")
        said = format_html("{} <b>{}</b> grew most: {} of all comments.", said, most.name.capitalize(), by)
    if worst and angry[worst]:
        said = format_html("{} <b>{}</b> has most negative comments, {}.", said, worst.capitalize(), angry[worst])
    return said


def _controls(request: HttpRequest, found: Feedback, where: tuple[str, ...]) -> list[Control]:
    quarters = [row.period for row in request.door.show("customers", last=8, grain="quarter").rows]
    months = [row.period for row in request.door.show("customers", last=12, grain="month").rows]
    periods = [(label, numbers.period(label, long=True)) for label in (*reversed(quarters), *reversed(months))]
    segments = [("", "all"), *((f"@{name}", name.replace("_", " ")) for name in served().workspace.config.segments)]
    return [
        Control("period", "Period", periods, found.period.label),
        Control("where", "Customers", segments, where[0] if where else ""),
    ]


def themes(request: HttpRequest, form: str) -> HttpResponse:
    """All themes, unrounded."""
    found, heard, _ = _answers(request)
    head = ("theme", "comments", "share", "change", "noise", *TONES, "customers", "mrr", "nps", "low", "high")
    rows = []
    for theme in found.themes:
        behind = heard.behind.get(theme.name)
        tones = [behind.tones[tone] if behind else 0 for tone in TONES]
        numbers_ = [None if v is None else float(v) for v in (theme.nps, theme.low, theme.high)]
        change = None if theme.change is None else float(theme.change)
        paid = [behind.customers, float(behind.mrr)] if behind else [0, 0.0]
        rows.append((theme.name, theme.texts, float(theme.share), change, theme.noise, *tones, *paid, *numbers_))
    return export.table(request, f"themes-{found.period.label}", head, rows, form)


def download(request: HttpRequest) -> HttpResponse:
    """The comments of a theme, for those who may read them."""
    if not request.person.access.sees_people:
        raise NotAllowed("The role viewer does not show what people wrote.", todo="Ask a manager.")
    found, heard, _ = _answers(request)
    theme, tone = one(request, "theme", longest=100), _tone(one(request, "tone", longest=20))
    wanted = [c for c in heard.comments if (not theme or theme in c.themes) and (not tone or c.tone == tone)]
    people = known(request.door, [c.customer for c in wanted if c.customer])
    rows = [
        (c.day, c.customer or "", people.get(c.customer or "", {}).get("name", ""), c.kind, c.band, c.tone, c.body)
        for c in wanted
    ]
    head = ("day", "customer_id", "customer", "kind", "nps_band", "sounds", "comment")
    return export.table(request, f"comments-{found.period.label}", head, rows, "csv")


PAGE = Page(
    "feedback",
    "Feedback",
    (
        Way("feedback", feedback, "feedback"),
        Way("feedback/themes.csv", partial(themes, form="csv"), "feedback-themes-csv"),
        Way("feedback/comments.csv", download, "feedback-comments"),
    ),
    order=8,
)
