"""The command line as a caller meets it: its words, its exit codes, what goes to which stream.

Everything runs as a process of its own, as people and scripts run it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = ("demo", "init", "import", "sync", "refresh", "metrics", "show", "explain", "check")

SUBSCRIPTIONS = """subscription_id,customer_id,amount,currency,interval,started_at,ended_at,plan
s1,ada,100,USD,month,2024-01-10,,Pro
s2,bob,1200,USD,year,2024-01-15,2024-03-01,Basic
s3,cyd,50,USD,month,2024-02-01,,Basic
"""


def run(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """One command line, in `folder`."""
    env = {**os.environ, "COLUMNS": "100", **environment}
    command = [sys.executable, "-m", "tenure", *arguments]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with three subscriptions, loaded."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "subs.csv").write_text(SUBSCRIPTIONS, encoding="utf-8")
    (folder / "tenure.toml").write_text(
        """
[workspace]
name = "Shop"
as_of = 2024-05-01

[sources.billing]
type = "files"
[sources.billing.tables.subscriptions]
path = "subs.csv"
""",
        encoding="utf-8",
    )
    done = run("sync", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_help_names_every_command(tmp_path: Path) -> None:
    done = run("--help", folder=tmp_path)
    assert done.returncode == 0 and done.stderr == ""
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", done.stdout, re.MULTILINE), command


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, tmp_path: Path) -> None:
    done = run(command, "--help", folder=tmp_path)
    assert done.returncode == 0
    assert f"Usage: tenure {command}" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    from importlib.metadata import version

    assert run("--version", folder=tmp_path).stdout == f"tenure {version('tenure')}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["show", "--grain", "decade"],
        ["show", "--last", "0"],
        ["show", "--format", "xml"],
        ["show", "--nope"],
        ["explain", "mrr"],
        ["import"],
        ["demo", "--business", "bakery"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_said_on_standard_error(arguments: list[str], tmp_path: Path) -> None:
    done = run(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Error" in done.stderr and "Traceback" not in done.stderr


def test_no_workspace_is_1_and_says_what_to_do(tmp_path: Path) -> None:
    done = run("show", folder=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "tenure.toml" in done.stderr and "tenure init" in done.stderr and str(tmp_path) in done.stderr


def test_a_wrong_key_names_file_key_and_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "tenure.toml").write_text("[workspace]\ncurency = 'USD'\n", encoding="utf-8")
    done = run("check", folder=tmp_path)
    assert done.returncode == 1
    assert "tenure.toml" in done.stderr and "workspace.curency" in done.stderr and "'currency'" in done.stderr


def test_init_makes_a_workspace_once(tmp_path: Path) -> None:
    done = run("init", "acme", "--business", "b2b", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "acme" / "tenure.toml").read_text(encoding="utf-8")
    assert 'business = "b2b"' in text and "#" in text
    assert (tmp_path / "acme" / "data").is_dir()  # where the file's own examples look for exports
    again = run("init", "acme", folder=tmp_path)
    assert again.returncode == 1 and "already" in again.stderr
    assert (tmp_path / "acme" / "tenure.toml").read_text(encoding="utf-8") == text


def test_show_answers_on_standard_output_alone(shop: Path) -> None:
    done = run("show", "mrr", "--from", "2024-01", "--to", "2024-04", "--format", "json", folder=shop)
    assert done.returncode == 0 and done.stderr == ""
    answer = json.loads(done.stdout)["metrics"][0]
    assert (answer["metric"], answer["unit"], answer["currency"], answer["grain"]) == ("mrr", "money", "USD", "month")
    assert answer["as_of"] == "2024-05-01T00:00:00Z"
    assert [row["value"] for row in answer["rows"]] == [200.0, 250.0, 150.0, 150.0]
    fields = "period start end by value numerator denominator n low high complete reason"
    assert set(answer["rows"][0]) >= set(fields.split())


def test_a_subfolder_works_in_its_workspace(shop: Path) -> None:
    below = shop / "notes"
    below.mkdir(exist_ok=True)
    assert run("show", "mrr", "--last", "1", folder=below).returncode == 0
    assert run("-C", str(shop), "show", "mrr", "--last", "1", folder=shop.parent).returncode == 0


def test_tables_read_well_and_pipes_get_no_colour(shop: Path) -> None:
    done = run("show", "mrr", "--from", "2024-01", "--to", "2024-04", folder=shop)
    assert "$250" in done.stdout and "\x1b" not in done.stdout
    wide = run("show", "--last", "12", folder=shop, COLUMNS="80")
    assert wide.returncode == 0 and max(map(len, wide.stdout.splitlines())) <= 80


def test_csv_has_a_row_for_every_period_and_group(shop: Path) -> None:
    done = run(
        "show",
        "mrr",
        "nrr",
        "--from",
        "2024-01",
        "--to",
        "2024-04",
        "--by",
        "subscriptions.plan",
        "--format",
        "csv",
        folder=shop,
    )
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {(row["metric"], row["subscriptions.plan"]) for row in rows} >= {
        ("mrr", "Pro"),
        ("mrr", "Basic"),
        ("nrr", "Pro"),
    }
    assert [r["value"] for r in rows if (r["metric"], r["subscriptions.plan"]) == ("mrr", "Pro")] == ["100.0"] * 4


def test_the_reader_of_a_pipe_may_leave(shop: Path) -> None:
    command = f"{sys.executable} -m tenure show mrr --grain day --last 100 --format json | head -1"
    done = subprocess.run(["bash", "-c", command], cwd=shop, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout == "{\n" and done.stderr == ""


def test_an_unknown_metric_names_the_nearest(shop: Path) -> None:
    done = run("show", "mmr", folder=shop)
    assert done.returncode == 1
    assert "'mmr'" in done.stderr and "'mrr'" in done.stderr


def test_metrics_lists_the_catalogue_with_or_without_a_workspace(shop: Path, tmp_path: Path) -> None:
    here = json.loads(run("metrics", "--format", "json", folder=shop).stdout)["metrics"]
    assert set(here[0]) >= {"metric", "title", "unit", "better", "variants", "needs", "available", "benchmark"}
    assert {row["metric"]: row["available"] for row in here}["mrr"] is True
    outside = run("metrics", folder=tmp_path)
    assert outside.returncode == 0 and "nrr" in outside.stdout
    assert "cohort" in run("metrics", "nrr", folder=tmp_path).stdout
    assert run("metrics", "zzzz", folder=tmp_path).returncode == 1


def test_explain_shows_formula_parts_and_customers(shop: Path) -> None:
    done = run("explain", "mrr", "--period", "2024-02", folder=shop)
    assert done.returncode == 0, done.stderr
    assert "$250" in done.stdout and "ada" in done.stdout
    found = json.loads(run("explain", "mrr", "--period", "2024-02", "--format", "json", folder=shop).stdout)
    assert found["value"] == 250.0 and {"id", "contribution"} <= set(found["customers"][0])
    assert sum(c["contribution"] for c in found["customers"]) == pytest.approx(found["numerator"])


def test_explain_versus_splits_the_difference(shop: Path) -> None:
    arguments = ["explain", "mrr", "--period", "2024-02", "--versus", "chartmogul"]
    done = run(*arguments, folder=shop)
    assert done.returncode == 0 and "chartmogul" in done.stdout
    found = json.loads(run(*arguments, "--format", "json", folder=shop).stdout)
    other = found["other"]["value"] if isinstance(found["other"], dict) else found["other"]
    assert found["value"] + sum(d["amount"] for d in found["differences"]) == pytest.approx(other)


def test_rejects_are_counted_and_strict_fails(tmp_path: Path) -> None:
    broken = SUBSCRIPTIONS + "s9,dan,12,USD,month,2024-13-45,,Pro\n"
    (tmp_path / "subs.csv").write_text(broken, encoding="utf-8")
    (tmp_path / "tenure.toml").write_text(
        '[sources.billing]\ntype = "files"\n[sources.billing.tables.subscriptions]\npath = "subs.csv"\n',
        encoding="utf-8",
    )
    done = run("sync", folder=tmp_path)
    assert done.returncode == 0
    assert "1 row was rejected" in done.stderr and "rejected" in done.stdout
    assert run("sync", "--full", "--strict", folder=tmp_path).returncode == 1
    found = run("check", folder=tmp_path)
    assert "subs.csv" in found.stdout


def test_import_says_what_it_recognised(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(SUBSCRIPTIONS, encoding="utf-8")
    assert run("init", folder=tmp_path).returncode == 0
    done = run("import", "export.csv", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "subscriptions" in done.stdout + done.stderr
    gone = run("import", "nowhere.csv", folder=tmp_path)
    assert gone.returncode == 1 and "nowhere.csv" in gone.stderr


def test_refresh_reads_no_source_and_is_quiet_when_nothing_changed(shop: Path) -> None:
    assert run("refresh", folder=shop).returncode == 0
    assert "Nothing" in run("refresh", folder=shop).stdout


def test_a_healthy_workspace_passes_its_check(shop: Path) -> None:
    done = run("check", folder=shop)
    assert done.returncode == 0, done.stdout
    assert isinstance(json.loads(run("check", "--format", "json", folder=shop).stdout)["findings"], list)


def test_an_error_of_ours_asks_for_a_report(tmp_path: Path) -> None:
    code = "from tenure import cli, cli_say; import sys; sys.exit(cli_say.crashed(ValueError('a\\nb')))"
    for debug in ("", "1"):
        env = {**os.environ, "TENURE_DEBUG": debug}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 1 and done.stdout == ""
        assert "ValueError: a" in done.stderr and "report" in done.stderr


def test_the_demo_makes_a_company_and_says_where_to_go(tmp_path: Path) -> None:
    done = run("demo", "example", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^nrr .*\d %", done.stdout, re.MULTILINE)
    tried = [line.split(" -C ")[1] for line in done.stdout.splitlines() if " -C example " in line]
    assert [words.split()[1] for words in tried] == [
        "show", "explain", "explain", "drivers", "health", "user", "serve"
    ]  # fmt: skip
    for words in tried[:4]:  # the proof of a score takes its time, and the last two wait for people
        again = run("-C", *words.split(), folder=tmp_path)
        assert again.returncode == 0, f"{words}: {again.stderr}"
