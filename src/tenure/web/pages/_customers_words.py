"""What pages say of a customer's health in words: its band as a verb has it, and what costs it most."""

from __future__ import annotations

import re

from tenure.web.pages._customers_state import titled


def band_said(band: str, count: int) -> str:
    """A band as what so many customers do: 'is at risk', 'need attention'."""
    if band.startswith("needs "):
        return band if count == 1 else "need" + band.removeprefix("needs")
    return f"{'is' if count == 1 else 'are'} {band}"


def reason_said(text: str) -> str:
    """The measure that costs most, with its points as whole ones."""
    name, colon, rest = text.partition(":")
    return f"{titled(name)}{colon}" + re.sub(r"\d+\.\d+(?= of 100$)", lambda found: f"{float(found[0]):.0f}", rest)
