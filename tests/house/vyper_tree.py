# SPDX-License-Identifier: AGPL-3.0-only
"""Vyper sources as the compiler's own parser sees them."""

from functools import cache
from pathlib import Path
from typing import Any

from vyper.ast import nodes, parse_to_ast  # type: ignore[import-untyped]

from tests.house.tree import named


@cache
def parsed(path: Path) -> Any:
    """A source as a tree."""
    where = named(path)
    return parse_to_ast(path.read_text("utf-8"), module_path=where, resolved_path=where)


def functions(path: Path) -> list[Any]:
    """The functions of a source."""
    found: list[Any] = parsed(path).get_children(nodes.FunctionDef)
    return found


def decorators(function: Any) -> set[str]:
    """external, view, nonreentrant, ..."""
    names = (getattr(each, "func", each) for each in function.decorator_list)
    return {name.id for name in names}


def docstring(node: Any) -> str:
    """A docstring, or nothing."""
    found = getattr(node, "doc_string", None)
    return "" if found is None else str(found.value)


def strings(path: Path) -> list[tuple[str, int]]:
    """Every string literal and its line; docstrings are no literals."""
    found = parsed(path).get_descendants(nodes.Str)
    return [(str(node.value), node.lineno) for node in found]
