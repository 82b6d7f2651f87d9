"""What comments are about, by hand: the labels that themes are measured against. Read by themes and by its test.

Labelled before the word lists were tuned on them or run. Misses stay as they are: "Worth every cent" names no price.
"""

from __future__ import annotations

LABELLED: list[tuple[str, set[str]]] = [
    ("Far too expensive for a team of our size", {"price"}),
    ("The invoice was wrong twice and nobody refunded us", {"billing"}),
    ("Your agents reply within minutes, impressive", {"support"}),
    ("I find the interface confusing, where is everything?", {"ease of use"}),
    ("Pages take forever to load since the update", {"speed"}),
    ("The app crashes whenever I open a big file", {"reliability", "mobile"}),
    ("I wish there was a dark mode", {"missing features"}),
    ("Set-up took us three weeks and two consultants", {"onboarding"}),
    ("It does not connect to our CRM", {"integration"}),
    ("The dashboards are beautiful, we use them every Monday", {"reporting"}),
    ("The docs are out of date", {"documentation"}),
    ("My parcel arrived late and damaged", {"delivery"}),
    ("Please make the android version as good as the web one", {"mobile"}),
    ("Logging in with two-factor is a pain", {"security"}),
    ("Our account manager knows our business", {"account manager"}),
    ("Great tool, love it", set()),
    ("Nothing to add", set()),
    ("Waited four days for an answer from the help desk", {"support"}),
    ("Cheaper than the others and simple to learn", {"price", "ease of use"}),
    ("Sync with Salesforce fails every night", {"integration", "reliability"}),
    ("Too many bugs lately, and support ignores us", {"reliability", "support"}),
    ("Exports to Excel are missing columns", {"reporting", "missing features"}),
    ("The training sessions made go-live painless", {"onboarding"}),
    ("We were charged after cancelling", {"billing"}),
    ("Price went up 30 percent at renewal", {"price"}),
    ("Slow support", {"support"}),
    ("The screen freezes", {"reliability"}),
    ("Tutorials helped us a lot", {"documentation"}),
    ("Fast, stable, does what it says", {"speed", "reliability"}),
    ("No API for our warehouse", {"integration", "missing features"}),
    ("Customer service is friendly but cannot solve anything", {"support"}),
    ("Downtime on Black Friday cost us real money", {"reliability"}),
    ("Worth every cent", {"price"}),
    ("It is hard to find anything in the menus", {"ease of use"}),
    ("Delivery in one day, wow", {"delivery"}),
    ("Charts look dated", {"reporting"}),
    ("Wish list: recurring orders", {"missing features"}),
    ("I never got an answer", {"support"}),
    ("Password reset mails never come", {"security"}),
    ("User friendly and intuitive", {"ease of use"}),
]

EVERY, FIRST = 37, 20
UNSEEN: dict[str, str] = {
    "price": "205 464 575 649 723 2018 2240 2573 2610 2721 2758 2943 3128",
    "reliability": "57 168 316 353 390 1315 1759 2425 2869 3313 3424 3461 3498 3683",
    "ease of use": "686 1130 1278 1870 1981 2277 2314 2388 2832 3017 3387",
    "documentation": "279 1537",
    "missing features": "760 3054",
    "delivery": "242",
    "support": "1685",
    "onboarding": "2499",
    "speed": "2906",
}
"""Sentences of product reviews, which no word list was written for: of those rated in `themes` every 37th from the 20th
on (counted from 0), labelled by hand before anything was run on them. What is not named is about none of the themes."""


def unseen(texts: list[str]) -> list[tuple[str, set[str]]]:
    """These sentences with their labels."""
    labels = {(theme, int(place)) for theme, places in UNSEEN.items() for place in places.split()}
    return [(texts[at], {theme for theme, place in labels if place == at}) for at in range(FIRST, len(texts), EVERY)]
