"""Who says a theme, how it sounds, what they pay; expected values counted by hand."""

from __future__ import annotations

from fractions import Fraction

from tenure.feedback_voices import Comment, Voices, _behind, _tone

PAYS = {"a": Fraction(100), "b": Fraction(30)}


def _said(customer: str | None, tone: str | None, band: str | None, *themes: str) -> Comment:
    return Comment("2025-01-01", "text", "nps", customer, band, tone, themes)


COMMENTS = (
    _said("a", "negative", "detractor", "speed"),
    _said("a", "positive", "promoter", "support"),
    _said("b", "positive", "promoter", "support"),
    _said(None, "mixed", None, "speed"),
    _said("c", None, None, "speed"),
)


def test_behind_a_theme_are_its_customers_once_with_what_they_pay() -> None:
    """speed: one negative, one mixed, one untold; a pays 100, c nothing known, nobody is no customer."""
    found = _behind(COMMENTS, PAYS)["speed"]
    assert (found.tones, found.customers, found.mrr) == ({"negative": 1, "mixed": 1, "positive": 0}, 2, 100)


def test_sides_hold_customers_who_mention_it_against_those_who_wrote_without() -> None:
    """speed: a (both comments count) and c; NPS of a's answers: one promoter, one detractor = 0. Without: b, +100."""
    voices = Voices("2025-01", COMMENTS, _behind(COMMENTS, PAYS), PAYS, {})
    with_, without = voices.sides("speed")
    assert (with_.customers, with_.comments, with_.mrr, with_.nps, with_.answers) == (2, 3, 100, 0, 2)
    assert (with_.negative, without.negative) == (Fraction(1, 2), 0)
    assert (without.customers, without.comments, without.mrr, without.nps) == (1, 1, 30, 100)


def test_a_tone_is_clear_beyond_a_twentieth() -> None:
    at = [-50_000, -49_999, 0, 49_999, 50_000]
    assert [_tone(felt) for felt in at] == ["negative", "mixed", "mixed", "mixed", "positive"]
