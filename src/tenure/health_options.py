"""`[health.NAME]` of tenure.toml as scores, each key checked. Settings floor: read by config alone.

[health.main]                      # any number of scores; the first is the workspace's own
preset = "saas"                    # default | saas | shop | three | four; own measures are added to it
[[health.main.measures]]
name = "sponsor"
attribute = "sponsor_score"        # or metric = "nps:latest_score", or score = "another"
weight = 2
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import cast

from tenure.errors import TenureError
from tenure.health_presets import BANDS, PRESETS
from tenure.health_score import (
    BEST,
    MISSING,
    PARENTS,
    Bands,
    Does,
    How,
    Map,
    Measure,
    Missing,
    Override,
    Parents,
    Profile,
    Rule,
    Score,
    Source,
    linear,
    monotone,
)
from tenure.periods import parse_window
from tenure.source_options import Options, hint, shown

SOURCES = ("metric", "attribute", "score")
MAPS = ("points", "steps", "words", "map")
LIFECYCLES = ("prospect", "trial", "free", "paying", "paused", "past_due", "churned", "reactivated")


def scores(root: Options) -> dict[str, Score]:
    """Every score that is declared, by name, in order. No score is made of itself."""
    table = root.table("health")
    found: dict[str, Score] = {}
    for name in table.values if table else ():
        assert table is not None
        found[name] = _score(name, cast(Options, table.table(name)))
    for name, score in found.items():
        for measure in score.measures:
            if measure.source == "score" and measure.of not in found:
                root.fail(f"health.{name}", f"There is no score {measure.of!r}.", hint(measure.of, found))
        circle = _circle(name, found, ())
        if circle:
            root.fail(f"health.{name}", f"The score is made of itself: {' -> '.join(circle)}.", "Take one of them out.")
    return found


def _circle(name: str, scores: Mapping[str, Score], above: tuple[str, ...]) -> tuple[str, ...]:
    if name in above:
        return (*above[above.index(name) :], name)
    return next((found for other in scores[name].scores if (found := _circle(other, scores, (*above, name)))), ())


def _score(name: str, options: Options) -> Score:
    preset = options.choice("preset", PRESETS, None)
    start = PRESETS[preset] if preset else Score(name, (), BANDS["three"])
    own = [_measure(one) for one in _tables(options, "measures")]
    twice = {m.name for m in own if sum(m.name == other.name for other in own) > 1}
    if twice:
        options.fail("measures", f"Two measures are called {min(twice)!r}.", "Give each a name of its own.")
    kept = tuple(m for m in start.measures if m.name not in {o.name for o in own})
    measures = (*kept, *own)
    for key, weight in _numbers(options, "weights").items():
        if key not in {m.name for m in measures}:
            options.fail(f"weights.{key}", f"There is no measure {key!r}.", hint(key, [m.name for m in measures]))
        measures = tuple(replace(m, weight=weight) if m.name == key else m for m in measures)
    if not measures:
        options.fail("measures", "A score needs a measure.", f'Write [[{options.key}.measures]] or preset = "default".')
    _weighed(options, "measures", [m.weight for m in measures])
    groups = tuple(_numbers(options, "groups").items())
    if groups:
        _weighed(options, "groups", [weight for _, weight in groups])
        for one in own:
            if one.group and one.group not in dict(groups):
                options.fail("groups", f"There is no group {one.group!r}.", hint(one.group, dict(groups)))
    elif any(m.group for m in own):
        groups = tuple((g, Fraction(1)) for g in dict.fromkeys(m.group for m in own if m.group))
    names = [m.name for m in measures]
    found = replace(
        start,
        name=name,
        measures=measures,
        bands=_bands(options) or start.bands,
        groups=groups,
        coverage=_number(options, "coverage", start.coverage, 0, 1),
        hysteresis=_number(options, "hysteresis", start.hysteresis, 0, 100),
        profiles=tuple(_profile(one, measures) for one in _tables(options, "profiles")),
        rules=tuple(_rule(one, names) for one in _tables(options, "exceptions")),
        overrides=tuple(_override(one, names) for one in _tables(options, "overrides")),
        parents=cast(Parents, options.choice("parents", PARENTS, start.parents)),
        high_value=_maybe(options, "high_value"),
    )
    options.done("key of a health score")
    return found


def _measure(options: Options) -> Measure:
    said = [source for source in SOURCES if options.has(source)]
    if len(said) != 1:
        options.fail(
            "", "A measure looks at one thing.", 'Write one of metric = "nps", attribute = "..", score = "..".'
        )
    source, of = said[0], options.text(said[0])
    window, past = options.text("window", "30d"), options.whole("trend", 0, 1, 24) or 0
    try:
        reach = parse_window(window)
    except TenureError as error:
        options.fail("window", error.what, error.todo)
    found = Measure(
        name=options.text("name", of.partition(":")[0]),
        of=of,
        source=cast(Source, source),
        map=_map(options, trend=bool(past)),
        weight=_number(options, "weight", Fraction(1), 0),
        window=reach,
        past=past,
        since=options.flag("since_last"),
        within=options.text("within"),
        group=options.text("group"),
        missing=cast(Missing, options.choice("missing", MISSING, "ignore")),
        fresh_for=options.whole("fresh_for", None, 1),
        half_life=options.whole("half_life", None, 1),
    )
    if found.half_life and not found.fresh_for:
        options.fail(
            "half_life", "It is not said for how long a fact counts in full.", "Write fresh_for = 30 beside it."
        )
    if source != "metric" and (past or found.since or found.fresh_for):
        options.fail("", f"trend, since_last and fresh_for need a metric, and this is a {source}.", "Leave them out.")
    if found.within and found.map.how != "percentile":
        options.fail("within", "within belongs to a percentile.", 'Write map = "percentile".')
    options.done("key of a measure")
    return found


def _map(options: Options, *, trend: bool) -> Map:
    said = [name for name in MAPS if options.has(name)]
    reverse = options.flag("reverse")
    if len(said) > 1:
        options.fail(said[1], f"{said[0]} and {said[1]} exclude each other.", "Keep one.")
    if not said:
        return linear((0, 0), (1, 100)) if trend else Map()
    if said[0] == "map":
        how = options.choice("map", ("percentile", "boolean"), None)
        return Map(cast(How, how), reverse=reverse)
    if said[0] == "words":
        table = cast(Options, options.table("words"))
        words = tuple((word, _points(table, word, table.raw(word))) for word in table.values)
        return Map("words", words=words)
    pairs = options.raw(said[0])
    todo = f"Write {said[0]} = [[0, 0], [10, 100]]: a figure and its points, figures rising."
    if not isinstance(pairs, list) or len(pairs) < 2 or not all(isinstance(p, list) and len(p) == 2 for p in pairs):
        options.fail(said[0], f"{shown(pairs)} is not a list of at least two pairs.", todo)
    points = tuple((_fraction(options, said[0], x), _points(options, said[0], y)) for x, y in pairs)
    if not monotone(points):
        options.fail(said[0], "The map is not monotone: figures must rise, points only rise or only fall.", todo)
    return Map("linear" if said[0] == "points" else "steps", points)


def _points(options: Options, name: str, value: object) -> Fraction:
    found = _fraction(options, name, value)
    if not 0 <= found <= BEST:
        options.fail(name, f"{shown(value)} points: they lie from 0 to 100.")
    return found


def _bands(options: Options) -> Bands | None:
    said = options.raw("bands")
    if said is None:
        return None
    if isinstance(said, str):
        return BANDS[options.one_of("bands", said, BANDS, "a preset of bands")]
    todo = 'Write [["at risk", 0], ["needs attention", 50], ["healthy", 75]]: a name and where the band begins.'
    if not isinstance(said, list) or not said or not all(isinstance(b, list) and len(b) in (2, 3) for b in said):
        options.fail("bands", f"{shown(said)} is neither a preset nor a list of bands.", todo)
    cuts: list[tuple[str, Fraction]] = []
    until: Fraction | None = None
    for name, low, *high in said:
        begin = _points(options, "bands", low)
        if not isinstance(name, str) or name in dict(cuts):
            options.fail("bands", f"{shown(name)} does not name a band of its own.", todo)
        if (cuts and begin <= cuts[-1][1]) or (until is not None and begin < until):
            options.fail("bands", f"The bands {cuts[-1][0]!r} and {name!r} overlap.", todo)
        if (not cuts and begin != 0) or (until is not None and begin > until):
            options.fail("bands", f"No band holds what lies just below {float(begin):g}.", todo)
        until = _points(options, "bands", high[0]) if high else None
        if until is not None and until <= begin:
            options.fail("bands", f"The band {name!r} ends before it begins.", todo)
        cuts.append((name, begin))
    if until is not None and until != BEST:
        options.fail("bands", "No band holds 100.", todo)
    return Bands(tuple(cuts))


def _profile(options: Options, measures: Iterable[Measure]) -> Profile:
    where, lifecycle = options.text("where"), options.choice("lifecycle", LIFECYCLES, None)
    if bool(where) == bool(lifecycle):
        options.fail(
            "where", "A profile says for whom it is.", 'Write where = "plan = \'Pro\'" or lifecycle = "trial".'
        )
    weights = _numbers(options, "weights")
    names = [m.name for m in measures]
    for name in weights:
        if name not in names:
            options.fail(f"weights.{name}", f"There is no measure {name!r}.", hint(name, names))
    _weighed(options, "weights", [weights.get(m.name, m.weight) for m in measures])
    found = Profile(options.text("name", lifecycle or where), where or f"state = '{lifecycle}'", weights)
    options.done("key of a profile")
    return found


def _rule(options: Options, names: Iterable[str]) -> Rule:
    does = [name for name in ("cap", "floor", "set") if options.has(name)]
    if len(does) != 1:
        options.fail("", "An exception does one thing.", "Write one of cap = 40, floor = 60, set = 50.")
    measure = options.text("measure")
    if measure:
        options.one_of("measure", measure, names, "a measure of this score")
    found = Rule(
        name=options.text("name", measure or "exception"),
        does=cast(Does, does[0]),
        to=_points(options, does[0], options.raw(does[0])),
        where=options.text("where"),
        measure=measure,
        below=_maybe(options, "below"),
        above=_maybe(options, "above"),
    )
    if not found.where and (not measure or (found.below is None and found.above is None)):
        options.fail(
            "", "It is not said when the exception holds.", "Write where = .. or measure = .. with below or above."
        )
    options.done("key of an exception")
    return found


def _override(options: Options, names: Iterable[str]) -> Override:
    measure = options.text("measure")
    if measure:
        options.one_of("measure", measure, names, "a measure of this score")
    for name in ("customer", "author", "reason"):
        if not options.text(name):
            options.fail(
                name, f"What is set by hand needs {'an' if name == 'author' else 'a'} {name}.", f"Write {name}."
            )
    if not options.has("score"):
        options.fail("score", "It is not said what is set.", "Write score = 60.")
    found = Override(
        options.text("customer"),
        _points(options, "score", options.raw("score")),
        options.text("author"),
        options.text("reason"),
        _day(options, "since"),
        _day(options, "expires"),
        measure,
    )
    if found.expires <= found.since:
        options.fail("expires", "It expires before it begins.")
    options.done("key of an override")
    return found


def _day(options: Options, name: str) -> date:
    value = options.raw(name)
    if type(value) is not date:
        options.fail(name, f"What is set by hand says {name}, as a day.", f"Write {name} = 2025-01-31.")
    return value


def _weighed(options: Options, name: str, weights: Iterable[Fraction]) -> None:
    if not any(weights):
        options.fail(name, "All weights are zero.", "Give at least one measure a weight above 0.")


def _tables(options: Options, name: str) -> list[Options]:
    value = options.raw(name)
    if value is None:
        return []
    if not isinstance(value, list):
        options.fail(name, f"{shown(value)} is not a list of tables.", f"Write [[{options.key}.{name}]].")
    return [Options(one, options.origin, f"{options.key}.{name}[{i}]") for i, one in enumerate(value, 1)]


def _numbers(options: Options, name: str) -> dict[str, Fraction]:
    inner = options.table(name)
    found = {key: _number(inner, key, Fraction(0), 0) for key in inner.values} if inner else {}
    return found


def _maybe(options: Options, name: str) -> Fraction | None:
    return _fraction(options, name, options.raw(name)) if options.has(name) else None


def _number(options: Options, name: str, default: Fraction, low: int, high: int | None = None) -> Fraction:
    value = options.raw(name)
    if value is None:
        return default
    found = _fraction(options, name, value)
    if found < low or (high is not None and found > high):
        reach = f"from {low} to {high}" if high is not None else f"of at least {low}"
        options.fail(name, f"{shown(value)} is not a number {reach}.")
    return found


def _fraction(options: Options, name: str, value: object) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
        options.fail(name, f"{shown(value)} is not a number.")
    return Fraction(value)
