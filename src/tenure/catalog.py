"""Finds what a plural folder, or an installed plug-in, holds. Ground floor: the one rule for all collections.

A collection is a package such as `tenure.metrics`. Its members are the values of one kind that stand at the top of
its modules; a module whose name starts with an underscore helps the others and holds none. There is no list to keep:
a new file is found by being there. An installed plug-in adds members through an entry point of the group
`tenure.<plural>`, which names a module or a single value.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Hashable, Iterator
from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from types import ModuleType
from typing import TypeVar, cast

from tenure.errors import TenureError, UnknownName

T = TypeVar("T")


@lru_cache
def names(package: str) -> tuple[str, ...]:
    """Names of the modules and plug-ins of a collection, sorted; reads the folder and imports none of them."""
    own = {info.name for info in pkgutil.iter_modules(_folders(package)) if not info.name.startswith("_")}
    return tuple(sorted(own | {point.name for point in entry_points(group=package)}))


def members(package: str, kind: type[T]) -> dict[str, T]:
    """Every member of `kind` in the collection, by its name, in the order of modules and of their lines."""
    return cast("dict[str, T]", dict(_members(package, cast("Hashable", kind))))


def member(package: str, kind: type[T], name: str) -> T:
    """The member called `name`; imports only the module or plug-in of that name where there is one."""
    found = _values(package, kind, name) if name in names(package) else {}
    if name not in found:
        found = members(package, kind)
    if name not in found:
        raise UnknownName(kind.__name__.lower(), name, found)
    return found[name]


@lru_cache
def _members(package: str, hashed: Hashable) -> dict[str, object]:
    kind = cast("type[object]", hashed)
    found: dict[str, object] = {}
    for module in names(package):
        for name, value in _values(package, kind, module).items():
            if found.setdefault(name, value) is not value:
                raise TenureError(
                    f"Two of {package} are called {name!r}.", where=f"{package}.{module}", todo="Rename one of them."
                )
    return found


def _values(package: str, kind: type[T], module: str) -> dict[str, T]:
    """What one module or plug-in adds: the values of `kind` at its top, by name."""
    found: dict[str, T] = {}
    for holder in _holders(package, module):
        values = list(vars(holder).items()) if isinstance(holder, ModuleType) else [(module, holder)]
        for variable, value in values:
            if isinstance(value, kind) and not variable.startswith("_"):
                found.setdefault(_name(value, variable), value)
    return found


def _holders(package: str, module: str) -> Iterator[object]:
    points: tuple[EntryPoint, ...] = tuple(entry_points(group=package, name=module))
    if find_spec(f"{package}.{module}"):
        yield import_module(f"{package}.{module}")
    for point in points:
        try:
            yield point.load()
        except Exception as error:  # a plug-in is others' code and may raise anything
            raise TenureError(
                f"The plug-in {point.value!r} cannot be loaded: {error}.",
                where=f"entry point {package}: {point.name}",
                todo="Update the package that brings it, or remove it.",
            ) from error


def _name(value: object, variable: str) -> str:
    """What a member is called: its `id`, `type` or `name`, else the variable that holds it."""
    for attribute in ("id", "type", "name"):
        said = getattr(value, attribute, None)
        if isinstance(said, str) and said:
            return said
    return getattr(value, "__name__", variable)


def _folders(package: str) -> list[str]:
    spec = find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        raise TenureError(f"There is no collection {package!r}.")
    return list(spec.submodule_search_locations)
