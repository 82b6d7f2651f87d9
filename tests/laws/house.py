"""How the house reads itself: its source files, and what each imports. Used by the laws; knows no law."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
PACKAGE = "tenure"


@dataclass(frozen=True)
class Module:
    """One source file. `name` is dotted and without the package: "periods", "metrics.retention"; the package is ""."""

    path: Path
    name: str

    @cached_property
    def text(self) -> str:
        """The source."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """The source, parsed."""
        return ast.parse(self.text, filename=str(self.path))

    @property
    def unit(self) -> str:
        """What a floor lists: the first part of the name."""
        return self.name.split(".")[0]

    @property
    def lines(self) -> int:
        """Length of the file."""
        return self.text.count("\n")

    @property
    def shown(self) -> str:
        """The path as a reader would say it."""
        return str(self.path.relative_to(ROOT))


@lru_cache(maxsize=1)
def modules() -> tuple[Module, ...]:
    """Every module of the package, in order."""
    return tuple(Module(path, _name(path)) for path in sorted((SRC / PACKAGE).rglob("*.py")))


def inner_imports(module: Module) -> set[str]:
    """Modules of this package that `module` imports: at the top, in functions, under TYPE_CHECKING alike."""
    known = {m.name for m in modules()}
    found: set[str] = set()
    for dotted, names in _imports(module):
        if dotted.split(".")[0] != PACKAGE:
            continue
        inner = dotted[len(PACKAGE) + 1 :]
        below = {f"{inner}.{name}".lstrip(".") for name in names}
        submodules = below & known
        found |= submodules
        # `from tenure import errors` is an import of errors; `from tenure import open` one of the package itself.
        if len(submodules) < len(below) or not below:
            found.add(inner)
    return found - {module.name}


def outer_imports(module: Module) -> set[str]:
    """Top-level names of everything else that `module` imports."""
    return {dotted.split(".")[0] for dotted, _ in _imports(module)} - {PACKAGE, "__future__"}


def repository_files() -> list[Path]:
    """Every text file that is, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        names = [p for p in ROOT.rglob("*") if not {".git", ".venv"} & set(p.parts)]
    else:
        names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [p for p in names if p.is_file() and b"\0" not in p.read_bytes()[:4096]]


def functions(module: Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of the module, nested ones too."""
    return [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of names that reach one another (Tarjan), the loops of an import graph."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = []
            while not group or group[-1] != node:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def _name(path: Path) -> str:
    parts = path.relative_to(SRC / PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(module: Module) -> list[tuple[str, list[str]]]:
    """(module named, names taken from it) for each import anywhere in the file; relative ones made absolute."""
    found: list[tuple[str, list[str]]] = []
    is_package = module.path.name == "__init__.py"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, []) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                here = [PACKAGE, *[p for p in module.name.split(".") if p]]
                up = here[: len(here) - node.level + (1 if is_package else 0)]
                base = ".".join([*up, *([node.module] if node.module else [])])
            found.append((base, [alias.name for alias in node.names]))
    return found
