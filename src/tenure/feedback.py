"""`tenure feedback`: what customers write about, as themes people can read. Machinery floor.

Each theme with its share of the texts, how they sound, the NPS of those who mention it, what changed since the period
before, and examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tenure import stats
from tenure.compile.calendar import slots
from tenure.compile.rows import in_periods
from tenure.expr import Rows
from tenure.measure import Measure
from tenure.periods import Period
from tenure.question import Frame
from tenure.scales import FEELING
from tenure.themes import themes_of

TEXTS = Rows("feedback", "day", of="survey_responses or reviews or mentions")
EXAMPLES = 3


@dataclass(frozen=True)
class Text:
    """One text of a period: how it sounds (in millionths, if that can be told), the NPS band of who wrote it."""

    period: int
    day: str
    body: str
    feeling: int | None
    band: str | None
    themes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Theme:
    """One theme in a period. `change`: of the share, in points, since the period before; None without texts then."""

    name: str
    texts: int
    share: Fraction
    sentiment: Fraction | None
    nps: Fraction | None
    answers: int
    low: float | None
    high: float | None
    change: Fraction | None
    noise: bool | None
    examples: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        numbers = {name: _plain(getattr(self, name)) for name in ("share", "sentiment", "nps", "low", "high", "change")}
        found: dict[str, Any] = {"theme": self.name, "texts": self.texts, **numbers}
        return found | {"answers": self.answers, "noise": self.noise, "examples": list(self.examples)}


@dataclass(frozen=True)
class Feedback:
    """The themes of a period, the most frequent first; `none`: texts without a theme."""

    period: Period
    texts: int
    none: int
    themes: tuple[Theme, ...]

    def to_json(self) -> dict[str, Any]:
        """The object of the command line's --format json."""
        return {
            "period": self.period.label,
            "start": self.period.start.isoformat(),
            "end": self.period.end.isoformat(),
            "texts": self.texts,
            "without_theme": self.none,
            "themes": [theme.to_json() for theme in self.themes],
        }


def feedback(measure: Measure, frame: Frame) -> Feedback:
    """The themes of the frame's last period, held against the one before."""
    texts = _texts(measure, frame)
    found = themes_of([text.body for text in texts])
    texts = [Text(t.period, t.day, t.body, t.feeling, t.band, themes) for t, themes in zip(texts, found, strict=True)]
    last = len(frame.periods) - 1
    here, before = [t for t in texts if t.period == last], [t for t in texts if t.period < last]
    names = dict.fromkeys(name for text in here for name in text.themes)
    themes = [_theme(name, here, before) for name in names]
    themes.sort(key=lambda theme: (-theme.texts, theme.name))
    return Feedback(frame.periods[-1], len(here), sum(not t.themes for t in here), tuple(themes))


def _texts(measure: Measure, frame: Frame) -> list[Text]:
    engine = measure.engine
    engine.set_calendar(slots(frame.periods, measure.clock.cut, None))
    rows = in_periods(engine.relation(TEXTS), TEXTS, frame.segments)
    query = rows.select("k", "day", "body", "feeling", "band")
    answer = engine.warehouse.run(engine.sql(query))
    lines = zip(*(answer[name] for name in ("k", "day", "body", "feeling", "band")), strict=True)
    found = [
        Text(int(k), str(day), str(body), None if felt is None else int(felt), None if band is None else str(band))
        for k, day, body, felt, band in lines
    ]
    return sorted(found, key=lambda text: (text.period, text.day, text.body, text.band or ""))


def _theme(name: str, here: Sequence[Text], before: Sequence[Text]) -> Theme:
    mine, old = [t for t in here if name in t.themes], [t for t in before if name in t.themes]
    felt = [t.feeling for t in mine if t.feeling is not None]
    bands = [t.band for t in mine if t.band is not None]
    wave = stats.Wave(bands.count("promoter"), bands.count("passive"), bands.count("detractor"))
    low, high = stats.nps_interval(wave) or (None, None)
    share = Fraction(len(mine), len(here))
    change = share - Fraction(len(old), len(before)) if before else None
    noise = None
    if before:
        bounds = stats.newcombe((len(old), len(before)), (len(mine), len(here)))
        noise = bounds[0] <= 0 <= bounds[1]
    sentiment = Fraction(sum(felt), FEELING * len(felt)) if felt else None
    return Theme(
        name, len(mine), share, sentiment, wave.nps, len(bands), low, high, change, noise, _examples(mine, sentiment)
    )


def _examples(texts: Sequence[Text], sentiment: Fraction | None) -> tuple[str, ...]:
    """Those that sound most like the theme as a whole, each once; of equal ones the latest."""
    middle = sentiment * FEELING if sentiment is not None else Fraction(0)
    ranked = sorted(texts, key=lambda t: (t.day, t.body), reverse=True)
    ranked.sort(key=lambda t: abs((t.feeling or 0) - middle))
    return tuple(dict.fromkeys(t.body for t in ranked))[:EXAMPLES]


def _plain(value: Fraction | float | None) -> float | None:
    return None if value is None else float(value)
