"""Loyalty by plain words, from DEFINITIONS sections 0 and 25: the mean of what customers do and say. Tests' floor."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .ask import Question
from .movements import Scope
from .retention import Answer
from .spans import Span

if TYPE_CHECKING:
    from .voice import Voice


def loyalty(voice: Voice, span: Span, scope: Scope) -> Answer:
    """Buying again (renewing, where nothing is ordered), recommending and referring, each from 0 to 100.

    A part without a value is left out; where no table knows of a part, it has no value.
    """
    question = Question(span, scope)
    ordered = bool(voice.books.orders)
    again = voice.oracle.ask("repeat_purchase_rate" if ordered else "renewal_rate", None, question).value
    nps = voice.ask("nps", "default", span, scope).value
    refers = voice.ask("referral_rate", "default", span, scope).value
    parts = [
        again * 100 if again is not None else None,
        (nps + 100) / 2 if nps is not None else None,
        refers * 100 if refers is not None and (voice.folder / "referrals.csv").exists() else None,
    ]
    known = [part for part in parts if part is not None]
    return Answer(sum(known, Fraction(0)) / len(known)) if known else Answer(None, reason="empty_denominator")
