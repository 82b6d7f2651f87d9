"""How good predicted chances were: ranking (AUC) and distance (Brier), with intervals. Ground floor."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from .distributions import Z95, Interval


def auc(chances: Sequence[float], happened: Sequence[bool]) -> float | None:
    """How often one to whom it happened had the higher chance than one to whom it did not; ties count half."""
    yes = sum(happened)
    no = len(happened) - yes
    if not yes or not no:
        return None
    order = sorted(range(len(chances)), key=lambda k: chances[k])
    total, start = 0.0, 0
    while start < len(order):
        stop = start
        while stop < len(order) and chances[order[stop]] == chances[order[start]]:
            stop += 1
        total += sum(happened[k] for k in order[start:stop]) * (start + 1 + stop) / 2
        start = stop
    return (total - yes * (yes + 1) / 2) / (yes * no)


def auc_interval(value: float, yes: int, no: int) -> Interval:
    """95 % interval of an AUC by its size and the numbers of both (Hanley and McNeil 1982)."""
    q1, q2 = value / (2 - value), 2 * value * value / (1 + value)
    variance = (value * (1 - value) + (yes - 1) * (q1 - value**2) + (no - 1) * (q2 - value**2)) / (yes * no)
    half = Z95 * sqrt(max(0.0, variance))
    return max(0.0, value - half), min(1.0, value + half)


def brier(chances: Sequence[float], happened: Sequence[bool]) -> tuple[float, float, float]:
    """The mean squared distance between chance and outcome, with its 95 % interval."""
    squares = [(chance - yes) ** 2 for chance, yes in zip(chances, happened, strict=True)]
    n = len(squares)
    mean = sum(squares) / n
    half = Z95 * sqrt(sum((x - mean) ** 2 for x in squares) / max(1, n - 1) / n)
    return mean, max(0.0, mean - half), min(1.0, mean + half)
