"""Timing by turns, and verdicts: a ratio beside its bound."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True)
class Time:
    """The best of several runs: seconds on the clock, and of the processor (both cores)."""

    wall: float
    cpu: float

    def __add__(self, other: Time) -> Time:
        return Time(self.wall + other.wall, self.cpu + other.cpu)


@dataclass(frozen=True)
class Verdict:
    """One comparison: ours, theirs, the most that ours may take (`factor` x theirs + `allowance` seconds)."""

    name: str
    ours: Time
    theirs: Time
    factor: float
    allowance: float = 0.0
    note: str = ""

    @property
    def ratio(self) -> float:
        """By the clock, the allowance taken off."""
        return max(self.ours.wall - self.allowance, 0) / self.theirs.wall

    @property
    def cpu_ratio(self) -> float:
        """By processor time, the allowance taken off: steadier where others use the machine too."""
        return max(self.ours.cpu - self.allowance, 0) / self.theirs.cpu

    @property
    def holds(self) -> bool:
        return self.ratio <= self.factor

    def line(self) -> str:
        """As a row of the table."""
        return (
            f"{self.name:44} {self.theirs.wall:8.3f} {self.ours.wall:8.3f} {self.ratio:7.2f} "
            f"{self.theirs.cpu:8.3f} {self.ours.cpu:8.3f} {self.cpu_ratio:7.2f} {self.factor:6.2f} "
            f"{'holds' if self.holds else 'MISSED'}{'  ' + self.note if self.note else ''}"
        )


HEAD = (
    f"{'':44} {'theirs':>8} {'ours':>8} {'ratio':>7} {'theirs':>8} {'ours':>8} {'ratio':>7} {'at':>6}\n"
    f"{'':44} {'clock':>8} {'clock':>8} {'clock':>7} {'cpu':>8} {'cpu':>8} {'cpu':>7} {'most':>6}"
)


def race(works: Sequence[Work], repeat: int) -> list[Time]:
    """The best of `repeat` runs of each, taken by turns so that a busy moment hits all alike."""
    best = [Time(float("inf"), float("inf"))] * len(works)
    for _ in range(repeat):
        for i, work in enumerate(works):
            wall, cpu = time.perf_counter(), _cpu()
            work()
            found = Time(time.perf_counter() - wall, _cpu() - cpu)
            best[i] = Time(min(best[i].wall, found.wall), min(best[i].cpu, found.cpu))
    return best


def _cpu() -> float:
    """Processor seconds of this process and of those it has waited for."""
    mine, waited = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + waited.ru_utime + waited.ru_stime


def peak_mb() -> int:
    """The most memory this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
