"""What a text is about: a short list of themes known beforehand, and phrases that texts share. Ground floor.

Simple and deterministic, so that it can be checked by hand. A known theme is a list of words; a word that ends in a
star stands for all that begin like it. What is left are phrases of two words that several texts share: products and
features nobody could list beforehand. How well this does against people's labels is measured in the tests.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

KNOWN: dict[str, str] = {
    "price": "price* pricing cost costs costly expensive cheap cheaper afford* overpriced value-for-money budget "
    "discount*",
    "billing": "bill billed billing invoice* charged charges refund* receipt* payment* card tax vat",
    "support": "support helpdesk help-desk agent agents customer-service service-team replied reply replies answered "
    "answers response responses ticket tickets get-back got-back",
    "ease of use": "easy easier ease intuitive simple simpler confus* complicated user-friendly interface usability "
    "clumsy navigat* clunky learn learning hard-to difficult-to straightforward ui layout",
    "speed": "slow* sluggish lag lags lagging laggy loading performance takes-forever speed speedy fast faster "
    "timeout*",
    "reliability": "bug bugs buggy crash* error errors outage* downtime broken breaks freez* frozen glitch* unstable "
    "stopped-working not-working reliable unreliable fails failed",
    "missing features": "feature features missing lacks lacking wish would-like functionality customis* customiz*",
    "onboarding": "onboarding set-up setup setting-up getting-started training migrat* implementation go-live kick-off",
    "integration": "integrat* api connect connects connection connector sync syncs syncing synchron* webhook* plugin*",
    "reporting": "report reports reporting dashboard* analytics chart charts export exports exporting",
    "documentation": "documentation docs guide guides tutorial* manual manuals help-article* help-pages knowledge-base",
    "delivery": "deliver* shipping shipment* courier parcel parcels package packages arrived late-delivery",
    "mobile": "mobile android iphone ios ipad tablet phone-app",
    "security": "security secure privacy password* login log-in sign-in two-factor sso gdpr",
    "account manager": "account-manager* csm success-manager* account-team",
}
"""A theme's words; two words joined by a hyphen are a phrase."""
NOT_SPEED = ("support", "delivery")
"""Where one of these is the topic, being slow or fast says something of it, not of the product."""
_STOP = """
a about after again all also always am an and any are as at be because been before being both but by can could did
do does doing done down each even ever every few for from further get gets getting give go going got had has have
having he her here him his how i if in into is it its just keep like lot made make makes many me more most much my
need needs never no nor not now of off often on once one only or other our out over own really same she should since
so some still such take takes than that the their them then there these they thing things this those through time to
too two under until up us use used using very want was way we well were what when where which while who why will
with without work working works would yet you your yes
"""
STOP = frozenset(_STOP.split())
_OPINION = """
amazing annoying awesome awful bad best better big brilliant disappointed disappointing excellent fantastic fine
frustrating glad good great happy hate helpful horrible impressed liked love loved nice ok okay perfect pleased poor
recommend satisfied small smooth sad terrible thank thanks unhappy useful useless wonderful worse worst
"""
OPINION = frozenset(_OPINION.split())
LEAST, LEAST_SHARE = 3, 0.02
"""A phrase is a theme when so many texts, and this share of them, have it."""
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def known_themes(text: str) -> tuple[str, ...]:
    """The known themes of a text, in the order of the list above."""
    said = " ".join(WORD.findall(text.lower()))
    found = [name for name, pattern in _PATTERNS.items() if pattern.search(said)]
    if any(name in found for name in NOT_SPEED) and not re.search(r"\b(load|page|app|screen)", said):
        found = [name for name in found if name != "speed"]
    return tuple(found)


def shared_phrases(texts: Sequence[str]) -> list[str]:
    """Phrases of two words that enough texts share, the most frequent first; words that only judge make none."""
    counts = Counter(phrase for text in texts for phrase in set(_phrases(text)))
    least = max(LEAST, LEAST_SHARE * len(texts))
    return sorted((p for p, n in counts.items() if n >= least), key=lambda p: (-counts[p], p))


def themes_of(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """The themes of each text, known ones first; () where there is none."""
    shared = set(shared_phrases(texts))
    found = []
    for text in texts:
        phrases = dict.fromkeys(p for p in _phrases(text) if p in shared)
        found.append((*known_themes(text), *phrases))
    return found


def _phrases(text: str) -> list[str]:
    """Pairs of neighbours in one clause that both mean something."""
    pairs = []
    for clause in re.split(r"[.,;:!?()\n]", text.lower()):
        words = WORD.findall(clause)
        for one, other in pairwise(words):
            if _means(one) and _means(other) and not known_themes(f"{one} {other}"):
                pairs.append(f"{one} {other}")
    return pairs


def _means(word: str) -> bool:
    return len(word) > 2 and word not in STOP and word not in OPINION and "'" not in word and "’" not in word


def _pattern(words: str) -> re.Pattern[str]:
    parts = [re.escape(word).replace(r"\-", " ").replace(r"\*", r"\w*") for word in words.split()]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b")


_PATTERNS = {name: _pattern(words) for name, words in KNOWN.items()}
