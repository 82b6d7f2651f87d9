"""Mistakes in tenure.toml and in questions: the word that is wrong and the nearest right one, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden import run
from shop import TOML, Shop, says


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A fresh one."""
    return Shop(tmp_path)


CONFIG = {
    "a key of the workspace": (TOML.replace("as_of", 'timezon = "UTC"\nas_of'), ["timezon", "timezone"]),
    "a table of settings": (TOML + "\n[polcy]\n", ["polcy", "policy"]),
    "a key of a table": (TOML + 'dateformat = "%d"\n', ["dateformat", "date_format"]),
    "a table of the model": (
        TOML.replace("tables.subscriptions", "tables.subscription"),
        ["subscription", "subscriptions"],
    ),
    "a target of columns": (TOML + 'columns = { amout = "x" }\n', ["amout", "amount"]),
    "a constant": (TOML + 'constants = { curency = "USD" }\n', ["curency", "currency"]),
    "a type of source": (TOML.replace('"files"', '"file"'), ["file", "files"]),
    "a business": (TOML.replace("as_of", 'business = "sass"\nas_of'), ["sass", "saas"]),
    "a time zone": (TOML.replace("as_of", 'timezone = "Europe/Berln"\nas_of'), ["Europe/Berln", "Europe/Berlin"]),
    "a currency": (TOML.replace("as_of", 'currency = "USDD"\nas_of'), ["USDD", "currency"]),
    "a rule of the policy": (TOML + '\n[policy]\nchurnat = "service_end"\n', ["churnat", "churn_at"]),
    "an answer of the policy": (TOML + '\n[policy]\nchurn_at = "service_ends"\n', ["service_ends", "service_end"]),
    "a preset": (TOML + '\n[policy]\nrevenue = "stipe"\n', ["stipe", "stripe"]),
    "a date": (TOML.replace("2024-06-01", '"soon"'), ["as_of", "soon"]),
}


@pytest.mark.parametrize("kind", CONFIG)
def test_a_mistake_in_the_settings(shop: Shop, kind: str) -> None:
    """The file, the key and the nearest valid name; nothing runs, and nothing is lost."""
    text, words = CONFIG[kind]
    shop.toml(text=text)
    for command in (["sync"], ["show", "mrr"], ["check"]):
        ran = shop.run(*command)
        assert ran.code == 1, ran
        says(ran.err + ran.out, "tenure.toml", *words)
    shop.toml()
    assert shop.mrr() == 150.0
    shop.recovers()


def test_settings_that_are_no_toml(shop: Shop) -> None:
    """A syntax error is said with the file and its line."""
    shop.toml("\nthis is = = no toml\n")
    ran = shop.run("show", "mrr")
    assert ran.code == 1
    says(ran.err, "tenure.toml", "line")
    shop.toml()
    assert shop.mrr() == 150.0


def test_no_workspace(tmp_path: Path) -> None:
    """A folder without tenure.toml says what to run."""
    ran = run(tmp_path / "nowhere", "show", "mrr")
    assert ran.code in (1, 2)
    says(ran.err, "tenure init")


ASKED = {
    "an unknown metric": (["show", "nrrr"], ["nrrr", "'nrr'"], {1, 2}),
    "an unknown metric to explain": (["explain", "nrrr", "--period", "2024-01"], ["nrrr", "'nrr'"], {1, 2}),
    "an unknown variant": (["show", "mrr", "--variant", "gros"], ["gros", "'gross'"], {1, 2}),
    "an unknown column in --by": (["show", "mrr", "--by", "produkt"], ["produkt", "product"], {1, 2}),
    "an unknown column in --where": (["show", "mrr", "--where", "produkt = 'x'"], ["produkt", "product"], {1, 2}),
    "an unknown segment": (["show", "mrr", "--where", "@big"], ["big", "segment"], {1, 2}),
    "a month too many": (["show", "mrr", "--from", "2024-13"], ["2024-13"], {2}),
    "an impossible day": (["show", "mrr", "--from", "2024-02-30"], ["2024-02-30"], {2}),
    "a week too many": (["show", "mrr", "--from", "2024-W54"], ["2024-W54"], {2}),
    "a quarter too many": (["show", "mrr", "--from", "2024-Q5"], ["2024-Q5"], {2}),
    "words for a period": (["show", "mrr", "--from", "last year"], ["last year"], {2}),
    "a period to explain": (["explain", "mrr", "--period", "yesterday"], ["yesterday"], {2}),
    "backwards": (["show", "mrr", "--from", "2024-03", "--to", "2024-01"], ["2024-03", "2024-01"], {2}),
    "a grain": (["show", "mrr", "--grain", "decade"], ["decade", "month"], {2}),
    "no periods": (["show", "mrr", "--last", "0"], ["--last"], {2}),
    "a window": (["show", "nrr", "--window", "a while"], ["a while"], {2}),
    "a command": (["shw", "mrr"], ["shw"], {2}),
    "an option": (["show", "mrr", "--form", "2024"], ["--form"], {2}),
    "a format": (["show", "mrr", "--format", "xml"], ["xml", "json"], {2}),
    "a source": (["sync", "bocks"], ["bocks", "books"], {1, 2}),
}


@pytest.mark.parametrize("kind", ASKED)
def test_a_mistake_in_the_question(shop: Shop, kind: str) -> None:
    """What is wrong, in the person's own word, with the nearest valid name; nothing on standard output."""
    argv, words, codes = ASKED[kind]
    ran = shop.run(*argv)
    assert ran.code in codes, ran
    assert ran.out == ""
    says(ran.err, *words)
    assert shop.mrr() == 150.0
