"""Health: bands and what they pay, who moved and why, those at risk, where health and money disagree, the back-test."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse

from tenure.errors import NotAllowed, RequestError, UnknownName
from tenure.web import export
from tenure.web.controls import Control, address, href, number, one
from tenure.web.page import Page, Way, shown
from tenure.web.pages import _health_parts as parts
from tenure.web.pages._beside import beside
from tenure.web.pending import Pending

SIZE = 25


def health(request: HttpRequest) -> HttpResponse:
    """The page."""
    door = request.door
    try:
        scores = door.health_scores()
    except NotAllowed:
        raise
    except RequestError as error:
        return shown(request, "health.html", {"title": "Health", "nothing": error})
    score = _score(request)
    standing = door.health(score)
    currency, pays = parts.currency_of(door), parts.pays_monthly(door)
    page = number(request, "page", 1, 1, 100_000)
    low = [judged for judged in standing.judgements if judged.band in standing.score.bands.names[:-1]]
    here = low[(page - 1) * SIZE : page * SIZE]
    moved = door.health_movers(score)
    people = parts.named(door, [one.customer for one in here] + parts.moving(moved))
    context: dict[str, Any] = {
        "title": "Health",
        "score": standing.score.name,
        "scores": scores,
        "controls": [Control("score", "Score", [(name, name) for name in scores], standing.score.name)],
        "lede": parts.lede(standing, moved),
        "bands": parts.bands(standing, currency),
        "bar": parts.bar(standing, money=pays),
        "pays": pays,
        "measures": parts.measures(standing),
        "low": [parts.line(judged, people, standing, currency) for judged in here],
        "owned": any(one.get("attributes", {}).get("owner") for one in people.values()),
        "low_found": len(low),
        "low_mrr": parts.sum_of(low, currency),
        "first": (page - 1) * SIZE + 1,
        "last": (page - 1) * SIZE + len(here),
        "before": href(request, {"page": page - 1}) + "#low" if page > 1 else "",
        "after": href(request, {"page": page + 1}) + "#low" if page * SIZE < len(low) else "",
        "moved": parts.moves(moved, people),
        "notes": standing.notes,
        "exports": [(form, address(f"/health/export.{form}", score=score)) for form in ("csv", "xlsx")],
        "divergence": _part(request, "divergence") if pays else None,
        "backtest": _part(request, "backtest", start=False),
    }
    return shown(request, "health.html", context)


def _score(request: HttpRequest) -> str | None:
    """The score that the address asks for; one that is not there starts no work."""
    asked = one(request, "score", longest=100) or None
    if asked is not None:
        known = request.door.health_scores()
        if asked not in known:
            raise UnknownName("health score", asked, known, where="score")
    return asked


def _part(request: HttpRequest, name: str, *, start: bool = True) -> dict[str, Any]:
    """A part that takes long: what it says, or how far it is."""
    score = _score(request)
    found = getattr(beside(request, start=start), name)(score)
    back = address("/health", score=score) + f"#{name}"
    told: dict[str, Any] = {"again": address(f"/health/{name}", score=score, go=1), "back": back, "pending": None}
    if isinstance(found, Pending):
        return told | {"pending": found}
    return told | (parts.diverging if name == "divergence" else parts.tested)(found, request.door)


def later(request: HttpRequest, name: str) -> HttpResponse:
    """A part that takes long, on its own; to ask for it with `go` begins the work."""
    told = _part(request, name, start=bool(one(request, "go", longest=10)))
    context = {"title": "Health", "part": name, name: told, "score": _score(request)}
    return shown(request, "health_part.html", context)


def take(request: HttpRequest, form: str) -> HttpResponse:
    """Everyone's score."""
    standing = request.door.health(_score(request))
    head = ("customer_id", "score", "band", "known", "mrr", "tier", "reason")
    rows = [
        [one.customer, *(told[key] for key in ("score", "band", "coverage", "mrr", "tier", "reason"))]
        for one, told in ((one, one.to_json()) for one in standing.judgements)
    ]
    return export.table(request, f"health-{standing.score.name}", head, rows, form)


PAGE = Page(
    "health",
    "Health",
    (
        Way("health", health, "health"),
        Way("health/divergence", partial(later, name="divergence"), "health-divergence"),
        Way("health/backtest", partial(later, name="backtest"), "health-backtest"),
        Way("health/export.csv", partial(take, form="csv"), "health-csv"),
        Way("health/export.xlsx", partial(take, form="xlsx"), "health-xlsx"),
    ),
    order=5,
)
