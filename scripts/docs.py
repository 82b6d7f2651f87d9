"""Writes the pages that are made by machine, from what the code says of itself: commands, model, metrics, policy.

    python scripts/docs.py            write them
    python scripts/docs.py --check    exit with 1 when a page differs from what would be written

Deterministic: the same code gives the same pages, whatever the terminal, time or place.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ["COLUMNS"] = "80"

from typer.main import get_command

from tenure import cli, metric, model, policy
from tenure.metric import Metric
from tenure.model import Column, Table

DOCS = Path(__file__).resolve().parents[1] / "docs"
MADE = "<!-- Made by `make docs` from {source}. Edit that, not this page. -->"


def pages() -> dict[str, str]:
    """Every page made by machine, by its path below docs/."""
    made = {"cli.md": commands(), "model.md": tables(), "policy.md": policies(), "metrics/README.md": index()}
    for one in metric.catalogue().values():
        made[f"metrics/{one.id}.md"] = metric_page(one)
    return made


def commands() -> str:
    """Every `--help`, word for word."""
    root = get_command(cli.app)
    parts = [_help(root, "tenure")]
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        parts.append(f"## tenure {name}\n\n{_help(command, f'tenure {name}')}")
    intro = """# The command line

Answers go to standard output and nothing else does; progress, warnings and errors go to standard error. Exit codes:
0 done; 1 the data or the request cannot be answered (the message says why and what to do); 2 wrong usage."""
    return _page("src/tenure/cli.py", intro, *parts)


def tables() -> str:
    """The customer model: every table and column."""
    intro = """# The customer model

Every source is mapped to these tables, and every metric reads only them. A file with these columns needs no mapping.
Columns in **bold** are required, others may be absent. † marks a row's main time: with `as_of`, rows whose main time
is at or after it do not exist, and what *happened* at or after it reads as empty, while what is *planned* stays. Every
table may also carry `updated_at` (the newer row wins) and `deleted` (the row is gone). Further columns are kept under
their own names and can segment and filter."""
    return _page("src/tenure/model.py", intro, *(_table(table) for table in model.TABLES.values()))


def policies() -> str:
    """Every key of `[policy]`."""
    intro = """# What counts: `[policy]`

Companies and vendors disagree on these questions. `revenue` chooses a preset that answers all of them; a single rule
set beside it overrides the preset. `tenure explain mrr --period P --versus PRESET` splits the difference between two
readings by rule and by customer.

```toml
[policy]
revenue = "tenure"
churn_at = "service_end"
```"""
    names = list(policy.PRESETS)
    rows = [["rule", *names]]
    for rule in policy.REVENUE_RULES:
        answers = [dict(policy.Policy.of_preset(name).all_rules())[rule.key] for name in names]
        rows.append(
            [
                f"`{rule.key}`",
                *(a if a != rule.default or n == "tenure" else "·" for a, n in zip(answers, names, strict=True)),
            ]
        )
    presets = f"## Presets of `revenue`\n\nA dot means: as in `{names[0]}`.\n\n{_grid(rows)}"
    rules = ["## Rules"]
    for rule in policy.REVENUE_RULES:
        said = [
            f"- `{name}`: {meaning}{' (default)' if name == rule.default else ''}"
            for name, meaning in rule.answers.items()
        ]
        rules.append(f"### {rule.key}\n\n{rule.question}\n\n" + "\n".join(said))
    settings = [["key", "default", "values", "meaning"]]
    for one in policy.SETTINGS:
        default = "none" if one.default is None else f"`{one.default}`"
        settings.append([f"`{one.key}`", default, ", ".join(f"`{c}`" for c in one.choices), one.meaning])
    return _page("src/tenure/policy.py", intro, presets, *rules, f"## Settings\n\n{_grid(settings)}")


def index() -> str:
    """All metrics, one line each."""
    rows = [["metric", "title", "unit", "in a sentence"]]
    rows += [[f"[{m.id}]({m.id}.md)", m.title, m.unit, m.sentence] for m in metric.catalogue().values()]
    return _page("src/tenure/metrics/", "# Metrics", _grid(rows))


def metric_page(one: Metric) -> str:
    """One metric: its documentation, its variants, how to ask for it."""
    better = {"up": "more is better", "down": "less is better", "neither": "neither direction is better"}[one.better]
    facts = [f"`{one.id}`", one.unit, better]
    if one.aliases:
        facts.append(f"also called {', '.join(f'`{alias}`' for alias in one.aliases)}")
    parts = [f"# {one.title}\n\n{'; '.join(facts)}", _paragraphs(one.doc)]
    if len(one.variants) > 1:
        rows = [["variant", "reading"]]
        for name in one.variants:
            why = one.readings[name].why or ("the default" if name == one.default else "")
            rows.append([f"`{name}`", why])
        parts.append(f"## Variants\n\n{_grid(rows)}")
    if one.benchmark:
        parts.append(f"## Benchmark\n\n{one.benchmark}")
    ask = [f"tenure show {one.id} --last 12"]
    ask += [f"tenure show {one.id} --window 12m"] if one.windowed else []
    ask += [f"tenure show {one.id} --variant {one.variants[1]}"] if len(one.variants) > 1 else []
    ask.append(f"tenure explain {one.id} --period 2024-12")
    parts.append("## Ask for it\n\n```sh\n" + "\n".join(ask) + "\n```")
    return _page("src/tenure/metrics/", *parts)


def _help(command: object, name: str) -> str:
    context = command.make_context(name, [], resilient_parsing=True, terminal_width=80)  # type: ignore[attr-defined]
    return f"```text\n{context.get_help().rstrip()}\n```"


def _table(table: Table) -> str:
    rows = [["column", "kind", "note"]]
    rows += [[_column(table, c), c.kind, _note(c)] for c in table.columns.values()]
    key = ", ".join(f"`{name}`" for name in table.key)
    without = "; a row without it is keyed by its content" if table.optional_id else ""
    return f"## {table.name}\n\nKey: {key}{without}.\n\n{_grid(rows)}"


def _column(table: Table, column: Column) -> str:
    name = f"**{column.name}**" if column.required else column.name
    return f"{name}†" if column.name == table.main_time else name


def _note(column: Column) -> str:
    notes = []
    if column.choices:
        notes.append(", ".join(column.choices))
    if column.default is not None:
        shown = str(column.default).lower() if isinstance(column.default, bool) else column.default
        notes.append(f"default {shown}")
    if column.default_if_set:
        notes.append(f"default true where {column.default_if_set} is set")
    if column.tense in ("happened", "planned"):
        notes.append(column.tense)
    return "; ".join(notes)


def _paragraphs(doc: str) -> str:
    """A metric's documentation with each of its parts (*Formula.*, *Empty:*, ...) in a paragraph of its own."""
    return re.sub(r"\s+(?=\*[A-Z][a-z ]+[.:]\*)", "\n\n", doc.strip())


def _grid(rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _page(source: str, *parts: str) -> str:
    return "\n\n".join([MADE.format(source=source), *parts]) + "\n"


def differences(made: dict[str, str]) -> Iterator[str]:
    """What on disk is not what would be written: stale, missing and left-over pages."""
    for name, text in made.items():
        path = DOCS / name
        if not path.exists():
            yield f"docs/{name} is missing"
        elif path.read_text(encoding="utf-8") != text:
            yield f"docs/{name} is stale"
    for path in sorted((DOCS / "metrics").glob("*.md")):
        if f"metrics/{path.name}" not in made:
            yield f"docs/metrics/{path.name} belongs to no metric"


def main() -> int:
    """Write, or with --check only compare."""
    made = pages()
    if "--check" in sys.argv[1:]:
        found = list(differences(made))
        if found:
            print("\n".join(found), "Run: make docs", sep="\n", file=sys.stderr)
        return 1 if found else 0
    (DOCS / "metrics").mkdir(parents=True, exist_ok=True)
    for path in (DOCS / "metrics").glob("*.md"):
        if f"metrics/{path.name}" not in made:
            path.unlink()
    for name, text in made.items():
        (DOCS / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
