"""The house keeps its shape: floors, one place for each outside thing, small files that say what they are.

A law is changed only as one clear step of its own, with the reason in docs/decisions.md; never to let a change through.
"""

from __future__ import annotations

import ast
import re
import sys

import pytest

from .house import ROOT, Module, circles, functions, inner_imports, modules, outer_imports, repository_files

# Imports go down only, or sideways without a circle. Imports inside functions and under TYPE_CHECKING count.
# A file is where its first name is: metrics/retention.py belongs to `metrics`, load_rows.py to `load`.
FLOORS = [
    # ground: words without data
    (
        "errors",
        "periods",
        "money",
        "money_codes",
        "model",
        "stats",
        "catalog",
        "sentiment",
        "hours",
        "themes",
        "progress",
    ),
    # language: the singular says what one IS
    (
        "expr",
        "metric",
        "policy",
        "source",
        "rollup",
        "filter",
        "result",
        "words",
        "business",
        "texts",
        "lean",
        "lasting",
        "tree",
        "usage",
        "scales",
        "stand_ins",
        "segment",
        "goal",
        "health_score",
        "health_presets",
    ),
    # collections: the plural holds the ones there ARE
    ("metrics", "rollups", "sources"),
    # settings: tenure.toml as a value, which machinery takes
    ("config", "health_options", "web_options"),
    # machinery, data in: files to rows, rows to versions
    ("store", "recognise", "load", "worlds", "refresh", "sync"),
    # machinery, numbers out: expressions to queries, queries to results
    (
        "warehouse",
        "warehouses",
        "compile",
        "engine",
        "evaluate",
        "question",
        "cohorts",
        "measure",
        "comparison",
        "grouping",
        "table",
        "spreads",
        "lifetimes",
        "intervals",
        "per_customer",
        "each",
        "judged",
    ),
    # what is asked about results and the catalogue
    (
        "listing",
        "evidence",
        "explain",
        "check",
        "feedback",
        "directory",
        "profile",
        "timeline",
        "goals",
        "scorecards",
        "membership",
        "intake",
        "freshness",
        "readings",
    ),
    # judgements: rules over results
    ("health", "driver", "drivers", "interventions", "two_groups", "models", "risk", "survival"),
    # composition: one door
    ("workspace", "session", "access"),
    # edges: what people and machines call; they hold no rules
    ("", "__main__", "cli", "render", "charts", "demo", "web"),
]

# Everything that is not ours and not Python's, and the only places that may know it.
OUTSIDE = {
    "duckdb": ("store", "load", "sources", "sync"),
    "ibis": (
        "compile",
        "directory",
        "engine",
        "grouping",
        "evidence",
        "lean",
        "profile",
        "rollup",
        "rollups",
        "texts",
        "warehouses",
    ),
    "sqlglot": ("filter", "compile", "texts", "warehouses"),
    "pyarrow": ("store", "load", "sources", "sync", "warehouse", "warehouses", "result"),
    "pandas": ("result",),
    "altair": ("result",),
    "polars": ("result",),
    "openpyxl": ("load", "sources", "web"),
    "pydantic": ("config", "web"),
    "numpy": ("stats", "each", "health"),
    "sklearn": ("models",),
    "scipy": ("stats",),
    "tomllib": ("config",),
    "tomlkit": ("config",),
    "vaderSentiment": ("sentiment",),
    "psycopg": ("warehouses",),
    "pyspark": ("warehouses",),
    "py4j": ("warehouses",),
    "typer": ("cli",),
    "rich": ("cli", "render"),
    "django": ("web",),
    "django_htmx": ("web",),
    "ninja": ("web",),
    "whitenoise": ("web",),
    "gunicorn": ("web",),
    "vl_convert": ("web",),
}

LONGEST_FILE, LONGEST_FUNCTION = 400, 60

# Names that are nobody's in particular, although a source file bears them.
PLAIN_SOURCES = {"files", "warehouse", "base", "reading"}

every_module = pytest.mark.parametrize("module", modules(), ids=lambda m: m.name or "tenure")


def floor_of(name: str) -> int | None:
    """The floor of a module, found by its unit, or by the unit's part before the first underscore."""
    unit = name.split(".")[0]
    for candidate in (unit, unit.split("_")[0]):
        for number, floor in enumerate(FLOORS):
            if candidate in floor:
                return number
    return None


@every_module
def test_a_module_has_a_floor_and_imports_only_down(module: Module) -> None:
    here = floor_of(module.name)
    assert here is not None, f"{module.shown} stands on no floor: give it a place in FLOORS"
    up = sorted(other for other in inner_imports(module) if (floor_of(other) or 0) > here)
    assert not up, f"{module.shown} imports from above: {', '.join(other or 'tenure' for other in up)}"


def test_the_map_of_the_floors_is_true() -> None:
    """The package's docstring shows the floors; a name with a slash is a package."""
    shown = next(m for m in modules() if m.name == "")
    said = re.findall(
        r"^    [a-z ]+?  +(\S+(?: \S+)*(?:\n {8,}.+)*)$", ast.get_docstring(shown.tree) or "", re.MULTILINE
    )
    floors = [{word.rstrip("/") for word in line.split()} for line in said]
    assert floors == [set(floor) - {"", "__main__"} for floor in FLOORS]
    packages = {m.unit for m in modules() if m.path.name == "__init__.py"} - {""}
    assert {word.rstrip("/") for line in said for word in line.split() if word.endswith("/")} == packages


def test_there_are_no_circles() -> None:
    assert circles({m.name: inner_imports(m) for m in modules()}) == []


@every_module
def test_outside_things_have_one_place(module: Module) -> None:
    home = {module.unit, module.unit.split("_")[0]}
    for thing in sorted(outer_imports(module)):
        if thing in OUTSIDE:
            assert home & set(OUTSIDE[thing]), f"{module.shown} imports {thing}; only {', '.join(OUTSIDE[thing])} may"
        else:
            assert thing in sys.stdlib_module_names, f"{module.shown} imports {thing}, which OUTSIDE does not know"


@every_module
def test_a_module_says_what_it_is(module: Module) -> None:
    said = ast.get_docstring(module.tree) or ""
    assert len(said.split()) >= 4, f"{module.shown} opens without a docstring that says its job and its floor"


@every_module
def test_files_and_functions_stay_small(module: Module) -> None:
    assert module.lines <= LONGEST_FILE, f"{module.shown} has {module.lines} lines, more than {LONGEST_FILE}"
    long = {f.name: f.end_lineno - f.lineno + 1 for f in functions(module) if f.end_lineno}
    long = {name: size for name, size in long.items() if size > LONGEST_FUNCTION}
    assert not long, f"{module.shown} has functions over {LONGEST_FUNCTION} lines: {long}"


def test_no_file_names_a_place_that_only_its_author_has() -> None:
    """Workplaces and registries: a stranger's machine has neither those paths nor those hosts."""
    words = ["/" + "work/", "/" + "root/", "/" + "opt/pypi", "pypi" + ".org", "python" + "hosted", "npm" + "js.org"]
    places = re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)
    found = []
    for path in repository_files():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if places.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not found, "\n".join(found)


def vendors() -> list[str]:
    """The sources that are somebody's: one file each, named after the vendor."""
    found = [m.name.split(".")[1] for m in modules() if m.name.startswith("sources.") and m.name.count(".") == 1]
    return [name for name in found if name not in PLAIN_SOURCES and not name.startswith("_")]


@pytest.mark.skipif(not vendors(), reason="no vendor's source yet")
@pytest.mark.parametrize("vendor", vendors())
def test_a_units_name_stands_in_one_file(vendor: str) -> None:
    word = re.compile(rf"\b{re.escape(vendor)}\b", re.IGNORECASE)
    allowed = {"sources." + vendor, "policy"}
    named = [m.shown for m in modules() if m.name not in allowed and word.search(m.text)]
    assert not named, f"{vendor} is named outside its own file: {', '.join(named)}"
