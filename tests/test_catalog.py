"""A collection is what its folder holds: a new file is found by being there, two of one name are refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tenure import catalog
from tenure.errors import TenureError, UnknownName
from tenure.source import Source


def collection(folder: Path, monkeypatch: pytest.MonkeyPatch, **modules: str) -> str:
    """A package of some modules, importable for one test."""
    name = f"plural_{folder.name}"
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text("")
    for module, text in modules.items():
        (folder / name / f"{module}.py").write_text(text)
    monkeypatch.syspath_prepend(folder)
    return name


def test_names_are_read_from_the_folder_without_importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = collection(tmp_path, monkeypatch, b="raise SystemError", a="x = 1", _help="raise SystemError")
    assert catalog.names(name) == ("a", "b")
    assert not {f"{name}.a", f"{name}.b"} & set(sys.modules)


def test_members_are_values_at_the_top_by_their_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "from fractions import Fraction\none = Fraction(1)\ntwo = Fraction(2)\n_half = Fraction(1, 2)\nother = 3\n"
    name = collection(tmp_path, monkeypatch, b="from .a import one\nthree = type(one)(3)\n", a=text)
    from fractions import Fraction

    assert catalog.members(name, Fraction) == {"one": Fraction(1), "two": Fraction(2), "three": Fraction(3)}
    assert list(catalog.members(name, Fraction)) == ["one", "two", "three"]
    with pytest.raises(UnknownName, match="Did you mean 'three'"):
        catalog.member(name, Fraction, "threee")


def test_two_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = collection(tmp_path, monkeypatch, a="x = 1000", b="x = 1001")
    with pytest.raises(TenureError, match="called 'x'"):
        catalog.members(name, int)


def test_the_sources_there_are() -> None:
    assert "files" in catalog.names("tenure.sources")
    assert catalog.member("tenure.sources", Source, "files").type == "files"
    assert "files" in catalog.members("tenure.sources", Source)


def test_an_installed_plug_in_adds_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = collection(tmp_path, monkeypatch, a="one = 1")
    (tmp_path / "added.py").write_text("seven = 7\n")
    about = tmp_path / "added-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: added\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{name}]\nmore = added\nbroken = nothing_like_it\n")
    catalog.installed.cache_clear()
    assert catalog.names(name) == ("a", "broken", "more")
    with pytest.raises(TenureError, match="nothing_like_it"):
        catalog.members(name, int)
    (about / "entry_points.txt").write_text(f"[{name}]\nmore = added\n")
    catalog.names.cache_clear()
    catalog.installed.cache_clear()
    assert catalog.members(name, int) == {"one": 1, "seven": 7}


def test_no_such_collection() -> None:
    with pytest.raises(TenureError, match=r"tenure\.nothing"):
        catalog.names("tenure.nothing")
