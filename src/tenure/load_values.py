"""How a value as written becomes one of the model: SQL expressions only. Part of load.

Each kind has a quick reading for values in their usual form and a full one that also takes blanks around, other case
and the like; wherever both answer they answer the same. A reading that is NULL where the text is not means: not usable.
"""

from __future__ import annotations

from dataclasses import dataclass

from tenure.model import Column
from tenure.money_codes import CURRENCIES
from tenure.store.tables import literal

FIRST_DAY = "1000-01-01"
"""Earlier is a year of two digits, as in 05/06/24, that the engine took for the first century."""

UTC = ("", "UTC", "Etc/UTC", "GMT")

_FLAGS = {
    "TRUE": ("true", "yes", "1", "t", "y", "1.0"),
    "FALSE": ("false", "no", "0", "f", "n", "0.0"),
}

_EXPECTED = {
    "decimal": "is not a number",
    "rate": "is not a number",
    "float": "is not a number",
    "int": "is not a whole number",
    "flag": "is not yes or no",
    "instant": "is not a date or time",
    "date": "is not a date",
    "currency": "is not an ISO 4217 currency code",
}


@dataclass(frozen=True, slots=True)
class Zones:
    """The workspace's zone, in which dates begin, and the source's, in which its times without offset are told."""

    workspace: str
    source: str
    date_format: str = ""

    def begin(self, date: str) -> str:
        """The instant at which a date begins in the workspace."""
        return _to_utc(f"CAST({date} AS TIMESTAMP)", self.workspace)

    def local(self, naive: str) -> str:
        """The instant of a time without offset."""
        return _to_utc(naive, self.source)

    def day(self, instant: str) -> str:
        """The workspace's date at an instant."""
        if self.workspace in UTC:
            return f"CAST({instant} AS DATE)"
        return f"CAST(timezone({literal(self.workspace)}, timezone('UTC', {instant})) AS DATE)"


def _to_utc(naive: str, zone: str) -> str:
    return naive if zone in UTC else f"timezone('UTC', timezone({literal(zone)}, {naive}))"


def text_of(raw: str, kind: str) -> str:
    """Any stored value as the text a person would write: a whole DOUBLE without its point."""
    if kind == "VARCHAR":
        return raw
    if kind in ("DOUBLE", "FLOAT"):
        whole = f"{raw} = trunc({raw}) AND abs({raw}) < 1e15"
        return f"CASE WHEN {whole} THEN CAST(CAST({raw} AS BIGINT) AS VARCHAR) ELSE CAST({raw} AS VARCHAR) END"
    return f"CAST({raw} AS VARCHAR)"


def cleaned(column: Column, raw: str, kind: str) -> str | None:
    """A value that must be read as text, without what people add to it: blanks, other case. None: read it as it is.

    Only the full reading does this, in a step of its own: the readings below name their text many times.
    """
    if column.kind in ("id", "text") or _is_ready(column, kind):
        return None
    text = f"nullif(trim({text_of(raw, kind)}), '')"
    if column.kind == "instant":  # the engine wants seconds before an offset
        short = f"substr({text}, 17, 1) IN ('Z', 'z', '+', '-')"
        return f"CASE WHEN {short} THEN left({text}, 16) || ':00' || substr({text}, 17) ELSE {text} END"
    if column.kind == "enum":
        return f"lower(replace(replace({text}, ' ', '_'), '-', '_'))"
    return f"upper({text})" if column.kind == "currency" else text


def value(column: Column, raw: str, kind: str, zones: Zones, *, full: bool, next_day: bool) -> str:
    """The model's value of `raw`, a SQL expression of type `kind`; NULL where it is empty or not usable.

    `full`: it is `cleaned` where that applies. `next_day`: a date alone means the end of that day.
    """
    if column.kind in ("id", "text"):
        return f"nullif({text_of(raw, kind)}, '')"
    if _is_ready(column, kind):
        if column.kind in ("instant", "date"):
            return _time_of(raw, kind, column.kind, zones, next_day)
        return raw if column.kind == "flag" else _number(column, raw)
    text = text_of(raw, kind)
    if column.kind == "instant":
        return _instant_of_text(text, zones, next_day)
    if column.kind == "date":
        return _date_of_text(text, zones)
    if column.kind == "flag":
        cases = " ".join(f"WHEN lower({text}) IN ({_list(words)}) THEN {sql}" for sql, words in _FLAGS.items())
        return f"CASE {cases} END"
    if column.kind == "enum":
        return f"CASE WHEN {text} IN ({_list(column.choices)}) THEN {text} END"
    if column.kind == "currency":
        # The quick reading leaves codes to be looked up once they are stored: a long IN for every row is slow.
        return f"CASE WHEN {text} IN ({_list(sorted(CURRENCIES))}) THEN {text} END" if full else text
    return _number(column, text)


def _is_ready(column: Column, kind: str) -> bool:
    """Whether values of this type need no reading of text."""
    if column.kind in ("instant", "date"):
        return kind == "DATE" or kind == "BOOLEAN" or kind.startswith("TIMESTAMP") or _is_number(kind)
    if column.kind in ("int", "decimal", "rate", "float"):
        return _is_number(kind)
    return column.kind == "flag" and kind == "BOOLEAN"


def expected(column: Column) -> str:
    """What is wrong with a value that could not be read."""
    if column.kind == "enum":
        return f"is not one of {', '.join(column.choices)}"
    return _EXPECTED[column.kind]


def _list(words: tuple[str, ...] | list[str]) -> str:
    return ", ".join(literal(word) for word in words)


def _is_number(kind: str) -> bool:
    return kind.startswith("DECIMAL") or kind.lstrip("U").rstrip("0123456789") in (
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE",
    )  # fmt: skip


def _number(column: Column, raw: str) -> str:
    """Exact: never a float on the way of a decimal; an int is taken only where nothing is lost."""
    if column.kind == "float":
        return f"CASE WHEN isfinite(TRY_CAST({raw} AS DOUBLE)) THEN TRY_CAST({raw} AS DOUBLE) END"
    if column.kind == "int":
        exact = f"TRY_CAST({raw} AS DECIMAL(38,6))"
        return f"CASE WHEN {exact} = trunc({exact}) THEN TRY_CAST({exact} AS BIGINT) END"
    return f"TRY_CAST({raw} AS {column.sql_type})"


def _time_of(raw: str, kind: str, wanted: str, zones: Zones, next_day: bool) -> str:
    """Values that are dates or times already; numbers and flags are neither."""
    if kind == "DATE":
        date = f"CASE WHEN isfinite({raw}) THEN {raw} END"
        if wanted == "date":
            return date
        return zones.begin(f"({date} + 1)" if next_day else date)
    if kind == "TIMESTAMP WITH TIME ZONE":
        instant = f"CASE WHEN isfinite({raw}) THEN make_timestamp(epoch_us({raw})) END"
        return instant if wanted == "instant" else f"CAST({instant} AS DATE)"
    if kind.startswith("TIMESTAMP"):
        naive = f"CASE WHEN isfinite(CAST({raw} AS TIMESTAMP)) THEN CAST({raw} AS TIMESTAMP) END"
        return zones.local(naive) if wanted == "instant" else f"CAST({naive} AS DATE)"
    return f"CAST(NULL AS {'TIMESTAMP' if wanted == 'instant' else 'DATE'})"


def _sane(text: str, cast: str) -> str:
    """The cast, but not of the words the engine also takes (infinity, epoch) nor of a year that is cut short."""
    kind = cast.rsplit(" ", 1)[-1].rstrip(")")
    return f"CASE WHEN {text} >= '0' AND {text} < ':' AND {cast} >= {kind} '{FIRST_DAY}' THEN {cast} END"


def _whole_year(parsed: str) -> str:
    """What a pattern found, unless it took 24 for the year 24."""
    return f"CASE WHEN {parsed} >= '{FIRST_DAY}' THEN {parsed} END"


def _instant_of_text(text: str, zones: Zones, next_day: bool) -> str:
    naive = _sane(text, f"TRY_CAST({text} AS TIMESTAMP)")
    date = _sane(text, f"TRY_CAST({text} AS DATE)")
    begin = zones.begin(f"({date} + 1)" if next_day else date)
    offset = f"make_timestamp(epoch_us({_sane(text, f'TRY_CAST({text} AS TIMESTAMPTZ)')}))"
    # The engine's cast to TIMESTAMP drops an offset without a word, so those go by another way. Z means UTC.
    tail = f"substr({text}, 11)"
    has_offset = f"(contains({tail}, '+') OR contains({tail}, '-'))"
    if zones.source not in UTC:
        has_offset = f"({has_offset} OR upper(right({text}, 1)) = 'Z' OR upper(right({text}, 3)) IN ('UTC', 'GMT'))"
    plain = f"length({text}) = 19 AND substr({text}, 17, 1) = ':'"
    iso = (
        f"CASE WHEN {plain} THEN {zones.local(naive)} WHEN length({text}) <= 10 THEN {begin} "
        f"WHEN {has_offset} THEN {offset} ELSE {zones.local(naive)} END"
    )
    pattern = zones.date_format
    if not pattern:
        return iso
    parsed = _whole_year(f"try_strptime({text}, {literal(pattern)})")
    if "%z" in pattern or "%Z" in pattern:
        found = f"make_timestamp(epoch_us({parsed}))"
    elif any(code in pattern for code in ("%H", "%I", "%c", "%X", "%T")):
        found = zones.local(parsed)
    else:
        found = zones.begin(f"({parsed} + INTERVAL 1 DAY)" if next_day else parsed)
    return f"CASE WHEN regexp_matches({text}, '^[0-9]{{4}}-') THEN {iso} ELSE {found} END" if _odd(pattern) else found


def _date_of_text(text: str, zones: Zones) -> str:
    iso = _sane(text, f"TRY_CAST({text} AS DATE)")
    if not zones.date_format:
        return iso
    found = f"CAST({_whole_year(f'try_strptime({text}, {literal(zones.date_format)})')} AS DATE)"
    if not _odd(zones.date_format):
        return found
    return f"CASE WHEN regexp_matches({text}, '^[0-9]{{4}}-') THEN {iso} ELSE {found} END"


def _odd(pattern: str) -> bool:
    """Whether a value of this pattern can never look like an ISO date, so that ISO dates can be taken beside it."""
    return not pattern.startswith(("%Y", "%G", "%c", "%x"))
