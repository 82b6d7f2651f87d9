"""Start-up matters: what answers without data imports nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"duckdb", "ibis", "pyarrow", "pandas", "numpy", "scipy", "pydantic", "sqlglot", "rich", "openpyxl", "polars"}
# typer reads the options of a command (not of `tenure --help`) with pydantic, since 0.29.
HEAVY_FOR_A_COMMAND = HEAVY - {"pydantic"}

PROBE = """
import sys
sys.argv = ["tenure", *{arguments!r}]
try:
    from tenure.cli import main
    main()
except SystemExit as end:
    code = end.code or 0
sys.stderr.write("\\n" + " ".join(sorted({{name.split(".")[0] for name in sys.modules}})))
sys.exit(code)
"""


def imported_by(code: str, folder: Path) -> set[str]:
    """The top-level modules that a fresh Python holds after running `code`."""
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def test_importing_tenure_is_quick(tmp_path: Path) -> None:
    code = "import sys, tenure; sys.stderr.write(' '.join({name.split('.')[0] for name in sys.modules}))"
    assert not imported_by(code, tmp_path) & (HEAVY | {"typer"})


def test_statistics_load_numpy_only_when_they_need_it(tmp_path: Path) -> None:
    code = "import sys, tenure.stats; sys.stderr.write(' '.join({name.split('.')[0] for name in sys.modules}))"
    assert not imported_by(code, tmp_path) & (HEAVY | {"typer"})


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    assert not imported_by(PROBE.format(arguments=["--help"]), tmp_path) & HEAVY


@pytest.mark.parametrize(
    "arguments", [["show", "--help"], ["metrics"], ["metrics", "--format", "json"], ["metrics", "nrr"]], ids=" ".join
)
def test_a_commands_help_and_the_catalogue_import_no_data_library(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "tenure.toml").write_text("[workspace]\nname = 'Empty'\n", encoding="utf-8")
    assert not imported_by(PROBE.format(arguments=arguments), tmp_path) & HEAVY_FOR_A_COMMAND
