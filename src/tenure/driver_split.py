"""Part one of drivers: which segment a change comes from. Machinery floor.

Every customer's top and bottom in both periods is asked once, with all columns; the rest is arithmetic
(`stats.splits`), so parts of customers sum to their group's, and those of groups to the change, exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tenure.compile.segments import TENURE
from tenure.driver_bands import banded
from tenure.errors import RequestError
from tenure.periods import Period
from tenure.question import Frame, Question
from tenure.result import Row
from tenure.stats.splits import Pair, Shift, Uneven, change_interval, errors, holm, shifts, uneven

if TYPE_CHECKING:
    from tenure.measure import Measure

ERROR_RATE = 0.05
MOST_GROUPS = 30
KEPT_MONEY = ("nrr", "grr")
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Group:
    """One group of one column: its figures in both periods and its part in the change.

    `share`: its mean weight, which is the share of the change it would carry if all groups fared alike.
    """

    name: str
    pair: Pair
    shift: Shift
    share: Fraction
    error: float
    customers: int


@dataclass(frozen=True)
class Column:
    """One way to group the customers, and whether its groups fared differently. `adjusted`: p for all columns tried."""

    name: str
    groups: tuple[Group, ...]
    uneven: Uneven
    adjusted: float

    @property
    def noise(self) -> bool:
        return self.adjusted > ERROR_RATE

    def worst(self, change: Fraction) -> Group:
        """The group that carries most of the change beyond its share by weight."""
        return max(self.groups, key=lambda g: (g.shift.part - g.share * change) * (1 if change >= 0 else -1))


@dataclass(frozen=True)
class Part:
    """A customer's own part in the change."""

    id: str
    name: str
    part: Fraction


@dataclass(frozen=True)
class Split:
    """A change of one metric between two periods, taken apart."""

    before: Row
    after: Row
    scale: Fraction
    ratio: bool
    interval: tuple[float, float] | None
    ways: tuple[tuple[str, Fraction], ...]
    """What customers did, and its part: those who left, shrank, grew. Empty where the metric is not of that kind."""
    columns: tuple[Column, ...]
    skipped: tuple[str, ...]
    behind: tuple[Part, ...]
    """The customers of the group that carries most of it, the largest parts first; their parts sum to its part."""

    @property
    def change(self) -> Fraction:
        return Fraction(self.after.value or 0) - Fraction(self.before.value or 0)

    @property
    def noise(self) -> bool:
        return self.interval is not None and self.interval[0] <= 0 <= self.interval[1]

    @property
    def first(self) -> Column | None:
        """The column that explains most, if any explains more than chance would."""
        return next((column for column in self.columns if not column.noise), None)

    def to_json(self) -> dict[str, Any]:
        """The object of --format json. Parts, and the intervals, are in the metric's own unit."""
        low, high = self.interval or (None, None)
        first = self.columns[0] if self.columns else None
        found: dict[str, Any] = {
            "period": self.after.period, "before_period": self.before.period, "value": _plain(self.after.value),
            "before": _plain(self.before.value), "change": float(self.change), "low": low, "high": high,
            "noise": self.noise, "formula": FORMULA if self.ratio else SUM, "error_rate": ERROR_RATE,
            "ways": [{"way": way, "part": float(part * self.scale)} for way, part in self.ways],
            "columns": [self._column(column) for column in self.columns], "skipped": list(self.skipped),
            "segment": None,
        }  # fmt: skip
        if first is not None:
            worst = first.worst(self.change)
            found["segment"] = {
                "column": first.name, "group": worst.name, "part": float(worst.shift.part * self.scale),
                "noise": first.noise,
                "customers": [{"id": c.id, "name": c.name, "part": float(c.part * self.scale)} for c in self.behind],
            }  # fmt: skip
        return found

    def _column(self, column: Column) -> dict[str, Any]:
        one = column.uneven
        head = {"column": column.name, "explained": one.explained, "p": one.p, "adjusted_p": column.adjusted}
        return {**head, "noise": column.noise, "groups": [self._group(group) for group in column.groups]}

    def _group(self, group: Group) -> dict[str, Any]:
        p, part, half = group.pair, float(group.shift.part * self.scale), Z95 * group.error * float(self.scale)
        all0 = Fraction(self.before.denominator or 0) if self.ratio else Fraction(0)
        all1 = Fraction(self.after.denominator or 0) if self.ratio else Fraction(0)
        return {
            "group": group.name, "customers": group.customers,
            "before": _rate(p.top0, p.bottom0, self.scale, ratio=self.ratio),
            "after": _rate(p.top1, p.bottom1, self.scale, ratio=self.ratio),
            "weight_before": float(p.bottom0 / all0) if all0 else None,
            "weight_after": float(p.bottom1 / all1) if all1 else None,
            "share": float(group.share),
            "mix": float(group.shift.mix * self.scale), "rate": float(group.shift.rate * self.scale),
            "part": part, "low": part - half, "high": part + half,
        }  # fmt: skip


FORMULA = (
    "part = mix + rate; mix = (weight after - weight before) x (mean of its two rates - mean of the whole's two); "
    "rate = mean of its two weights x (rate after - rate before); parts sum to the change, nothing is left over"
)
SUM = "part = the group's sum after - its sum before; parts sum to the change"


def split(measure: Measure, question: Question, whole: Frame, split_: Frame, asked: bool) -> Split:
    """The change between the two periods of the frames; `split_` comes by customer_id and the columns to try.

    `asked`: the columns were named, so none is left out for having many groups.
    """
    before, after = rows_of(measure, question, whole)
    ratio, scale = _shape(question, before, after)
    names = split_.segments.by[1:]
    rows = rows_of(measure, question, split_)
    people = _people(rows, len(split_.periods), names, split_.periods, ratio=ratio)
    _must_sum(question, people, before, after, scale, ratio=ratio)
    pairs = [person.pair for person in people]
    columns, skipped = _columns(people, names, ratio=ratio, asked=asked)
    behind: tuple[Part, ...] = ()
    if columns:
        worst = columns[0].worst(Fraction(after.value or 0) - Fraction(before.value or 0))
        behind = _behind(measure, people, columns[0].name, worst.name, ratio=ratio)
    bounds = change_interval(pairs, ratio=ratio)
    interval = (bounds[0] * float(scale), bounds[1] * float(scale)) if bounds else None
    ways = _ways(pairs) if ratio and question.metric.id in KEPT_MONEY else ()
    return Split(before, after, scale, ratio, interval, ways, columns, skipped, behind)


def _ways(pairs: Sequence[Pair]) -> tuple[tuple[str, Fraction], ...]:
    """Kept money by what each customer did: (top - bottom) / all bottoms, after less before. Sums to the change."""
    total = sum(pairs, Pair())
    found = dict.fromkeys(("left", "paid less", "paid more"), Fraction(0))
    for pair in pairs:
        for sign, top, bottom, whole in (
            (-1, pair.top0, pair.bottom0, total.bottom0),
            (1, pair.top1, pair.bottom1, total.bottom1),
        ):
            if top != bottom:
                way = "left" if not top else "paid less" if top < bottom else "paid more"
                found[way] += sign * (top - bottom) / whole
    return tuple(found.items())


@dataclass(frozen=True)
class _Person:
    """A customer in both periods, with the groups it was in then."""

    id: str
    sides: tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]
    groups: tuple[Mapping[str, str], Mapping[str, str]]

    @property
    def pair(self) -> Pair:
        (t0, b0), (t1, b1) = self.sides
        return Pair(t0, b0, t1, b1)


def rows_of(measure: Measure, question: Question, frame: Frame) -> list[Row]:
    """Rows of both periods; periods that do not touch are asked for one after the other."""
    first, second = frame.periods
    if first.end == second.start:
        return list(measure.results([question], frame)[0].rows)
    parts = [measure.results([question], replace(frame, periods=[period]))[0].rows for period in frame.periods]
    return [row for rows in parts for row in rows]


def _shape(question: Question, before: Row, after: Row) -> tuple[bool, Fraction]:
    """Whether the metric is a ratio, and its value over top / bottom."""
    rows = (before, after)
    if all(row.denominator is not None for row in rows):
        scales = {
            Fraction(row.value or 0) * Fraction(row.denominator or 0) / Fraction(row.numerator or 1)
            for row in rows
            if row.numerator
        }
        if len(scales) <= 1:
            return True, scales.pop() if scales else Fraction(1)
    elif all(row.numerator is not None for row in rows):
        return False, Fraction(1)
    raise _no_sum(question)


def _no_sum(question: Question) -> RequestError:
    return RequestError(
        f"{question.metric.id} ({question.variant}) is no sum or ratio of sums over customers, "
        "so its change cannot be split exactly.",
        todo="Compare groups with: tenure show " + question.metric.id + " --by COLUMN --compare previous.",
    )


def _people(
    rows: Sequence[Row], count: int, names: Sequence[str], periods: Sequence[Period], *, ratio: bool
) -> list[_Person]:
    labels = {period.label: k for k, period in enumerate(periods)}
    found: dict[tuple[str, tuple[str, ...]], list[tuple[Fraction, Fraction]]] = {}
    seen: dict[str, list[tuple[str, ...] | None]] = {}
    for row in rows:
        top, bottom = Fraction(row.numerator or 0), Fraction(row.denominator or 0) if ratio else Fraction(0)
        if not top and not bottom:
            continue
        who, groups, k = str(row.by["customer_id"]), tuple(str(row.by[name]) for name in names), labels[row.period]
        side = found.setdefault((who, groups), [(Fraction(0), Fraction(0))] * count)
        side[k] = (side[k][0] + top, side[k][1] + bottom)
        seen.setdefault(who, [None] * count)[k] = groups
    people: list[_Person] = []
    spare: dict[str, list[tuple[tuple[str, ...], list[tuple[Fraction, Fraction]]]]] = {}
    for (who, groups), sides in found.items():
        spare.setdefault(who, []).append((groups, sides))
    for who, held in spare.items():
        people += _sides(who, held, names)
    return people


def _sides(
    who: str, held: Sequence[tuple[tuple[str, ...], list[tuple[Fraction, Fraction]]]], names: Sequence[str]
) -> list[_Person]:
    """One person where the customer was in one group in each period; one for each group where it was in several."""
    nothing = (Fraction(0), Fraction(0))
    per = [[(groups, sides[k]) for groups, sides in held if sides[k] != nothing] for k in (0, 1)]
    if max(map(len, per)) > 1:
        return [
            _Person(who, (sides[0], sides[1]), (dict(zip(names, g, strict=True)), dict(zip(names, g, strict=True))))
            for g, sides in held
        ]
    first, second = (one[0] if one else None for one in per)
    g0, g1 = (first or second or held[0])[0], (second or first or held[0])[0]
    sides = (first[1] if first else nothing, second[1] if second else nothing)
    return [_Person(who, sides, (dict(zip(names, g0, strict=True)), dict(zip(names, g1, strict=True))))]


def _must_sum(
    question: Question, people: Sequence[_Person], before: Row, after: Row, scale: Fraction, *, ratio: bool
) -> None:
    for k, row in enumerate((before, after)):
        tops = sum((person.sides[k][0] for person in people), Fraction(0))
        bottoms = sum((person.sides[k][1] for person in people), Fraction(0))
        if tops != Fraction(row.numerator or 0) or (ratio and bottoms != Fraction(row.denominator or 0)):
            raise _no_sum(question)


def _columns(
    people: Sequence[_Person], names: Sequence[str], *, ratio: bool, asked: bool
) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    tried, skipped = [], []
    for name in names:
        labels = _labels(people, name)
        groups = sorted({label for pair in labels for label in pair})
        if len(groups) < 2 or (len(groups) > MOST_GROUPS and not asked):
            skipped.append(name)
            continue
        tried.append((name, labels, groups))
    total = sum((person.pair for person in people), Pair())
    found = []
    for name, labels, groups in tried:
        sums = {group: Pair() for group in groups}
        members: dict[str, set[str]] = {group: set() for group in groups}
        for person, (g0, g1) in zip(people, labels, strict=True):
            (t0, b0), (t1, b1) = person.sides
            sums[g0] += Pair(t0, b0)
            sums[g1] += Pair(top1=t1, bottom1=b1)
            members[g0].add(person.id)
            members[g1].add(person.id)
        place = {group: k for k, group in enumerate(groups)}
        codes = [(place[g0], place[g1]) for g0, g1 in labels]
        spread = errors([person.pair for person in people], codes, len(groups), ratio=ratio)
        parts = shifts(sums, ratio=ratio)
        made = tuple(
            Group(g, sums[g], parts[g], _share(sums[g], total, ratio=ratio), spread[place[g]], len(members[g]))
            for g in groups
        )
        found.append((name, made, uneven(*_fared(people, codes, ratio=ratio))))
    adjusted = holm([one.p for _, _, one in found])
    columns = [Column(name, made, one, p) for (name, made, one), p in zip(found, adjusted, strict=True)]
    return tuple(sorted(columns, key=lambda c: (c.adjusted, -c.uneven.explained, c.name))), tuple(skipped)


def _fared(
    people: Sequence[_Person], labels: Sequence[tuple[int, int]], *, ratio: bool
) -> tuple[list[float], list[int], list[int]]:
    """How each customer fared, its group, and among whom it is compared. Each counts once, however large it is.

    A ratio: its own rate, after with a plus and before with a minus, among those of the same period in the groups of
    that period. A sum: its change over its size, among those who were there before, after, or both times.
    """
    values, groups, kinds = [], [], []
    for person, codes in zip(people, labels, strict=True):
        (t0, b0), (t1, b1) = person.sides
        if not ratio:
            values.append(float((t1 - t0) / (abs(t0) + abs(t1))))
            groups.append(codes[1])
            kinds.append(bool(t0) + 2 * bool(t1))
            continue
        for k, (top, bottom, sign) in enumerate(((t0, b0, -1), (t1, b1, 1))):
            if bottom:
                values.append(sign * float(top / bottom))
                groups.append(codes[k])
                kinds.append(k)
    counts = {kind: kinds.count(kind) for kind in set(kinds)} if ratio else {}
    return [value / counts.get(kind, 1) for value, kind in zip(values, kinds, strict=True)], groups, kinds


def _share(one: Pair, total: Pair, *, ratio: bool) -> Fraction:
    """The mean of a weight before and after."""
    if ratio:
        return (one.bottom0 / total.bottom0 + one.bottom1 / total.bottom1) / 2
    whole = total.top0 + total.top1
    return (one.top0 + one.top1) / whole if whole else Fraction(0)


def _labels(people: Sequence[_Person], name: str) -> list[tuple[str, str]]:
    raw = [(person.groups[0][name], person.groups[1][name]) for person in people]
    bands = banded([label for pair in raw for label in pair], months=name == TENURE)
    return [(bands[g0], bands[g1]) for g0, g1 in raw]


def _behind(measure: Measure, people: Sequence[_Person], column: str, group: str, *, ratio: bool) -> tuple[Part, ...]:
    """The customers of a group with their parts, which sum to the group's.

    A customer's part is c1 - c0 - R-bar (w1 - w0), with c = top / all bottoms and w = bottom / all bottoms.
    """
    total = sum((person.pair for person in people), Pair())
    middle = (total.top0 / total.bottom0 + total.top1 / total.bottom1) / 2 if ratio else Fraction(0)
    parts: dict[str, Fraction] = {}
    for person, labels in zip(people, _labels(people, column), strict=True):
        for k, (label, sign) in enumerate(zip(labels, (-1, 1), strict=True)):
            if label != group:
                continue
            top, bottom = person.sides[k]
            whole = (total.bottom0, total.bottom1)[k] if ratio else Fraction(1)
            parts[person.id] = parts.get(person.id, Fraction(0)) + sign * (top - middle * bottom) / whole
    told = measure.engine.warehouse.run("SELECT customer_id, name FROM customer_keys")
    names = {str(i): str(n) for i, n in zip(told["customer_id"], told["name"], strict=True)}
    found = [Part(who, names.get(who, ""), part) for who, part in parts.items() if part]
    return tuple(sorted(found, key=lambda one: (-abs(one.part), one.id)))


def _rate(top: Fraction, bottom: Fraction, scale: Fraction, *, ratio: bool) -> float | None:
    if not ratio:
        return float(top)
    return float(top / bottom * scale) if bottom else None


def _plain(value: Any) -> float | None:
    return None if value is None else float(value)
