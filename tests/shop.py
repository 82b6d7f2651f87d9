"""A workspace with two good customers, to which bad things happen. Used by tests of bad input."""

from __future__ import annotations

import re
from pathlib import Path

from golden import Ran, ask, run

HEADER = "subscription_id,customer_id,amount,currency,interval,started_at,ended_at,status"
GOOD = f"{HEADER}\ns1,A,100,USD,month,2024-01-01,,active\ns2,B,50,USD,month,2024-01-01,,active\n"
TOML = """
[workspace]
as_of = 2024-06-01

[sources.books]
type = "files"
[sources.books.tables.subscriptions]
path = "data/subs*.*"
"""


class Shop:
    """A workspace with two good customers, loaded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir()
        self.toml()
        self.write("subs-1.csv", GOOD)
        assert run(folder, "sync", "--strict").code == 0

    def toml(self, more: str = "", text: str = TOML) -> None:
        """Write tenure.toml, with something more at its end."""
        (self.folder / "tenure.toml").write_text(text + more, encoding="utf-8")

    def write(self, name: str, content: str | bytes) -> Path:
        """A file in data/."""
        path = self.folder / "data" / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *argv: str) -> Ran:
        """A command that may refuse but must not break."""
        ran = run(self.folder, *argv)
        assert "itself failed" not in ran.err, ran.err
        assert "Traceback" not in ran.err, ran.err
        return ran

    def mrr(self) -> float:
        """MRR of January 2024."""
        (answer,) = ask(self.folder, "mrr", "--from", "2024-01", "--to", "2024-01")["metrics"]
        value: float = answer["rows"][0]["value"]
        return value

    def rejects(self) -> str:
        """What `tenure check` says."""
        return self.run("check").out

    def recovers(self) -> None:
        """The bad file replaced by a good one (7 more): a plain sync is enough, and what was loaded before stands."""
        before = self.mrr()
        for path in (self.folder / "data").glob("subs-2.*"):
            path.unlink()
        self.write("subs-3.csv", f"{HEADER}\ns3,C,7,USD,month,2024-01-01,,active\n")
        ran = self.run("sync")
        assert ran.code == 0, ran.err
        assert self.mrr() == before + 7


def says(text: str, *words: str) -> None:
    """All of the words are there, in whatever case."""
    for word in words:
        assert word.lower() in text.lower(), f"{word!r} is not in: {text}"


def line(text: str, number: int) -> None:
    """The line number is named."""
    assert re.search(rf"\b{number}\b", text), f"line {number} is not in: {text}"
