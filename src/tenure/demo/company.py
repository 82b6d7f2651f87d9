"""What an example company is: its tables by chance, its settings, and what to try on it. Floor: edges (demo)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tenure.demo.dice import Tables


@dataclass(frozen=True)
class Company:
    """One made-up company. Another type of business is one more of these, in a file of its own."""

    name: str
    does: str  # a sentence: what it sells, and to whom
    make: Callable[[int, bool], Tables]  # by seed; without its planted story where the second is False
    about: Mapping[str, str]  # what each source holds, as a comment
    settings: str  # tenure.toml from [usage] on
    tries: tuple[str, ...]  # commands worth trying, without `tenure -C DIR`
    currency: str = "USD              # amounts in EUR and GBP are converted by data/fx_rates.csv"
