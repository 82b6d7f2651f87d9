"""How a text sounds, from -1 to 1: VADER's lexicon and rules (Hutto and Gilbert 2014), for English. Ground floor.

The lexicon comes with the package; nothing is downloaded. A text without a letter of the Latin alphabet or an emoji of
the lexicon is not judged, since no word of it could be known: its sentiment is unknown, not neutral.
"""

from __future__ import annotations

from functools import cache
from typing import Any

PARTS = 10**6
LONGEST = 5000
"""Of a longer text, its beginning is judged."""


def feeling(text: str) -> int | None:
    """The sentiment of a text in millionths; None where it cannot be told."""
    judge = _judge()
    text = text[:LONGEST]
    known = any("a" <= letter <= "z" for letter in text.lower()) or any(letter in judge.emojis for letter in text)
    if not known:
        return None
    return round(float(judge.polarity_scores(text)["compound"]) * PARTS)


@cache
def _judge() -> Any:
    """The lexicon, read once."""
    from vaderSentiment.vaderSentiment import (  # type: ignore[import-untyped]  # the package ships no types
        SentimentIntensityAnalyzer,
    )

    return SentimentIntensityAnalyzer()
