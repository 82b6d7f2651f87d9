"""How well themes and sentiment agree with people: precision, recall and F1 against labels. No time is measured.

    LABELS=/path/to/vaderSentiment-3.3.2.tar.gz python -m benchmarks --only themes

Themes: the comments of `labelled`, and a hundred sentences of product reviews. Sentiment: the texts of Hutto and
Gilbert (2014), each rated by twenty people from -4 to 4. These and the sentences lie in the source archive of
vaderSentiment; where it is not here, they are left out and that is said. Intervals are of the texts: 1,000 samples of
them, drawn with a fixed seed.
"""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.generate import Company
from benchmarks.labelled import LABELLED, unseen
from benchmarks.timing import Verdict
from tenure.sentiment import PARTS, feeling
from tenure.themes import known_themes

INNER = "additional_resources/hutto_ICWSM_2014.tar.gz"
GET = "pip download --no-deps --no-binary :all: vaderSentiment==3.3.2"
REVIEWS = "amazonReviewSnippets"
SETS = {
    REVIEWS: "product reviews, by sentence",
    "movieReviewSnippets": "film reviews, by sentence",
    "tweets": "tweets",
    "nytEditorialSnippets": "newspaper comments, by sentence",
}
FELT = 0.5
"""From this mean rating on, of at most 4, people find a text positive; likewise below."""
CLEAR = 0.05
"""From this sentiment on tenure calls a comment positive; likewise below (`feedback_voices`)."""
SAMPLES, SEED = 1000, 20
Counts = npt.NDArray[np.int64]
"""One row for each text: labels found that are right, labels found, labels there."""


@dataclass(frozen=True)
class Rated:
    """A text and the mean of what people rated it."""

    text: str
    rating: float


def shares(counts: Counts) -> tuple[float, float, float]:
    """Precision, recall, and F1: of all labels of all texts together."""
    right, found, there = (float(number) for number in counts.sum(axis=0))
    return right / found if found else 0.0, right / there if there else 0.0, 2 * right / (found + there or 1)


def with_intervals(counts: Counts) -> list[tuple[float, float, float]]:
    """Each of the three with its 95 % interval."""
    rng = np.random.default_rng(SEED)
    drawn = [shares(counts[rng.integers(0, len(counts), len(counts))]) for _ in range(SAMPLES)]
    lows, highs = np.percentile(drawn, [2.5, 97.5], axis=0)
    return list(zip(shares(counts), map(float, lows), map(float, highs), strict=True))


def themed(labelled: Sequence[tuple[str, set[str]]]) -> Counts:
    """The themes of each text against its labels."""
    found = [(set(known_themes(text)), wanted) for text, wanted in labelled]
    return np.array([(len(mine & wanted), len(mine), len(wanted)) for mine, wanted in found], dtype=np.int64)


def toned(rated: Sequence[Rated], felt: npt.NDArray[np.float64], sign: int) -> Counts:
    """Which texts are called positive (or, with sign -1, negative), against those people find so."""
    mine = sign * felt >= CLEAR
    wanted = sign * np.array([one.rating for one in rated]) >= FELT
    return np.column_stack([mine & wanted, mine, wanted]).astype(np.int64)


def ratings(archive: Path, name: str) -> list[Rated]:
    """One set of texts: number, mean rating, text, apart by tabs."""
    with tarfile.open(archive) as outer:
        (member,) = (one for one in outer.getmembers() if one.name.endswith(INNER))
        inner = outer.extractfile(member)
        assert inner is not None
        with tarfile.open(fileobj=io.BytesIO(inner.read())) as tar:
            (file,) = (one for one in tar.getmembers() if one.name.endswith(f"{name}_GroundTruth.txt"))
            held = tar.extractfile(file)
            assert held is not None
            lines = held.read().decode("utf-8", "replace").splitlines()
    rows = [line.split("\t", 2) for line in lines if line.count("\t") >= 2]
    return [Rated(text, float(rating)) for _, rating, text in rows]


def part_themes(made: Company, repeat: int) -> list[Verdict]:
    """Prints the table; there is no time to hold."""
    print(f"{'':44}{'n':>8}{'precision':>22}{'recall':>22}{'F1':>22}", flush=True)
    _print("themes of comments", len(LABELLED), themed(LABELLED))
    archive = os.environ.get("LABELS", "")
    if not Path(archive).is_file():
        print(f"the rest is left out: LABELS names no archive of rated texts. Get it with: {GET}", flush=True)
        return []
    sentences = unseen([one.text for one in ratings(Path(archive), REVIEWS)])
    _print("themes of product reviews, by sentence", len(sentences), themed(sentences))
    for name, said in SETS.items():
        rated = ratings(Path(archive), name)
        felt = np.array([(feeling(one.text) or 0) / PARTS for one in rated])
        for word, sign in (("positive", 1), ("negative", -1)):
            _print(f"{said}: {word}", len(rated), toned(rated, felt, sign))
        near = np.corrcoef(felt, [one.rating for one in rated])[0, 1]
        print(f"{said + ': correlation':<44}{len(rated):>8,}{near:>8.3f} {_fisher(near, len(rated))}", flush=True)
    return []


def _fisher(r: float, n: int) -> str:
    """The 95 % interval of a correlation."""
    low, high = (float(np.tanh(np.arctanh(r) + side * 1.959964 / np.sqrt(n - 3))) for side in (-1, 1))
    return f"({low:.3f} to {high:.3f})"


def _print(name: str, n: int, counts: Counts) -> None:
    told: Iterable[str] = (f"{100 * x:.1f} ({100 * a:.1f} to {100 * b:.1f})" for x, a, b in with_intervals(counts))
    print(f"{name:<44}{n:>8,}{''.join(f'{one:>22}' for one in told)}", flush=True)
