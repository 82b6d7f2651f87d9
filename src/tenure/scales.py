"""How scores are kept: as whole parts of one, so that sums are exact; and the scales surveys have. Language floor."""

from __future__ import annotations

SCORE = 10_000
"""Parts of a point of a score: the digits the model stores."""
EASE = 27_720 * 10**5
"""Parts of a point of what was divided: ease from 0 to 100, stars out of five. Exact on scales of up to 12 points."""
EASE_ROOT = EASE // 1000
"""Squares of those are kept in parts of this, squared: enough for an interval, and they cannot overflow."""
FEELING = 10**6
"""Parts of one of a sentiment from -1 to 1."""
ONE = 10**15
"""Parts of a share of 1: shares of customers are summed as whole numbers."""
WIDEST = 1000
"""A scale of more points than this is a mistake."""
SCALES = {"nps": (0, 10), "csat": (1, 5), "service": (1, 5), "ces": (1, 7), "acsi": (1, 10), "employee": (1, 5)}
"""The scale of a kind of survey whose answers do not tell theirs."""
JUDGED = ("csat", "service", "employee")
"""Kinds whose answers are positive or not, which the source may say itself."""
ACSI = {"satisfaction": 3885, "expectations": 3190, "ideal": 2925}
"""The three questions, with the weights the State of Ohio published, in ten-thousandths."""
