"""What is written of the house is true: links lead somewhere, commands and verbs exist, every metric is documented."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tenure import metric
from tenure.cli import app

from .house import ROOT, repository_files

PAGES = [path for path in repository_files() if path.suffix == ".md"]
BY_HAND = [path for path in PAGES if "Made by `make docs`" not in path.read_text(encoding="utf-8")[:200]]

every_metric = pytest.mark.parametrize("one", list(metric.catalogue().values()), ids=lambda m: str(m.id))


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


@pytest.mark.parametrize("page", BY_HAND, ids=names(BY_HAND))
def test_commands_and_verbs_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    commands = {(info.name or info.callback.__name__).rstrip("_") for info in app.registered_commands if info.callback}
    commands |= {group.name for group in app.registered_groups if group.name}
    used = set(re.findall(r"(?:^|`|/)tenure (?:-C \S+ )?([a-z]+)\b", text, re.MULTILINE))
    assert used <= commands, f"{page.relative_to(ROOT)} uses {sorted(used - commands)}"
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    made = set(re.findall(r"(?:^|`)(?:[A-Z_]+=\S+ )?make ([a-z-]+)", text, re.MULTILINE))
    assert made <= verbs, f"{page.relative_to(ROOT)} uses make {sorted(made - verbs)}"


@every_metric
def test_a_metric_is_documented_in_order(one: metric.Metric) -> None:
    parts = ["Formula", "Counts", "Leaves out", "Empty", "Variants", "Differs", "Benchmark", "Example"]
    doc = one.doc.strip()
    assert re.match(r"[A-Z][^*]+[.]\s", doc), f"{one.id} does not begin with a plain sentence"
    found = re.findall(r"\*([A-Z][a-z ]+)[.:]\*", doc)
    assert set(found) <= set(parts), f"{one.id} has parts with other names: {sorted(set(found) - set(parts))}"
    assert found == sorted(found, key=parts.index), f"{one.id} has its parts in another order: {found}"
    assert {"Formula", "Empty"} <= set(found), f"{one.id} lacks Formula or Empty"
    unsaid = [name for name in one.variants[1:] if name not in doc and not one.readings[name].why]
    assert not unsaid, f"{one.id} does not say what {', '.join(unsaid)} means"


def test_pages_made_from_the_code_are_made_the_same_twice() -> None:
    code = "import sys; sys.path.insert(0, 'scripts'); import docs; print(hash(tuple(docs.pages().items())))"
    env = {"PYTHONHASHSEED": "0", "PATH": "/usr/bin:/bin"}
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env={**env, **more}, capture_output=True, text=True, check=True
        )
        for more in ({}, {"COLUMNS": "200", "LANG": "C", "TZ": "Asia/Tokyo"})
    ]
    assert runs[0].stdout == runs[1].stdout
