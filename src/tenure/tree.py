"""Walking and rewriting expressions, whatever nodes they are made of. Language floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from tenure.expr import Across, Expr, Moves, Rows, Steps


def children(node: object) -> Iterator[object]:
    """The nodes directly below one."""
    for name in _names(node):
        value = getattr(node, name)
        if isinstance(value, tuple):
            yield from _flatten(value)
        else:
            yield value


_FIELDS: dict[Any, tuple[str, ...]] = {}


def _names(node: object) -> tuple[str, ...]:
    """The fields of a node, which are asked for again and again and slow to find; none where it is no node."""
    kind: Any = type(node)
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return _FIELDS[kind]


def _flatten(value: tuple[object, ...]) -> Iterator[object]:
    for item in value:
        if isinstance(item, tuple):
            yield from _flatten(item)
        else:
            yield item


def walk(node: object) -> Iterator[object]:
    """The node and all below it, top first."""
    yield node
    for child in children(node):
        yield from walk(child)


def leaves(expr: Expr) -> list[Across]:
    """The leaves of an outer expression, each once, in order."""
    found = dict.fromkeys(node for node in walk(expr) if isinstance(node, Across))
    return list(found)


def rewrite(node: Expr, change: Callable[[object], object]) -> Expr:
    """The expression with every node put through `change`, from the leaves up."""
    found = _rewrite(node, change)
    assert isinstance(found, Expr)
    return found


def _rewrite(node: object, change: Callable[[object], object]) -> object:
    if isinstance(node, tuple):
        return tuple(_rewrite(item, change) for item in node)
    if not isinstance(node, Expr | Steps | Moves | Rows) or not is_dataclass(node):
        return node
    new: dict[str, Any] = {name: _rewrite(getattr(node, name), change) for name in _names(node)}
    if any(new[name] is not getattr(node, name) for name in new):
        node = replace(node, **new)
    return change(node)
