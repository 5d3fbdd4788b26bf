# SPDX-License-Identifier: AGPL-3.0-only
"""Every source names its licence and stays short enough to be read in one sitting."""

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.house import vyper_tree
from tests.house.tree import contract_files, files, lines_of, named, parsed, python_files

LICENCE = "SPDX-License-Identifier: AGPL-3.0-only"
# Kinds of files that can say it; JSON, locks, prose and data cannot, and LICENSE covers them.
SOURCES = {
    *(".py", ".vy", ".vyi", ".sh", ".toml", ".yaml", ".yml"),
    *(".js", ".mjs", ".ts", ".css", ".html", ".sql"),
}
WITHOUT_SUFFIX = {"Makefile", "run", "setup", ".gitignore"}
PYTHON_LINES, VYPER_LINES, FUNCTION_LINES = 400, 300, 45


def _sources() -> list[Path]:
    return [path for path in files() if path.suffix in SOURCES or path.name in WITHOUT_SUFFIX]


def test_sources__each__names_the_licence_in_its_first_lines() -> None:
    silent = [
        named(path)
        for path in _sources()
        if not any(LICENCE in line for line in path.read_text("utf-8").splitlines()[:3])
    ]
    assert silent == []


def test_licence__is_the_whole_agpl() -> None:
    [licence] = [path for path in files() if named(path) == "LICENSE"]
    text = licence.read_text("utf-8")
    assert " ".join(text.split()[:7]) == "GNU AFFERO GENERAL PUBLIC LICENSE Version 3,"
    assert "END OF TERMS AND CONDITIONS" in text
    assert lines_of(text) == 544


@pytest.mark.parametrize("path", python_files(), ids=named)
def test_python__a_file__is_short(path: Path) -> None:
    text = path.read_text("utf-8")
    if "do not edit." in text[:300]:
        pytest.skip("written by a script, whose own length counts")
    assert lines_of(text) <= PYTHON_LINES


@pytest.mark.parametrize("path", contract_files(), ids=named)
def test_vyper__a_file__is_short(path: Path) -> None:
    length = lines_of(path.read_text("utf-8"))
    assert length <= VYPER_LINES


def test_python__any_function__is_short() -> None:
    assert _long_python() == {}


def test_vyper__any_function__is_short() -> None:
    long = {}
    for path in contract_files():
        source = path.read_text("utf-8").splitlines()
        for function in vyper_tree.functions(path):
            length = _length(source, function.body)
            if length > FUNCTION_LINES:
                long[f"{named(path)} {function.name}"] = length
    assert long == {}


def _long_python() -> dict[str, int]:
    long = {}
    for path in python_files():
        source = path.read_text("utf-8").splitlines()
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                has_docstring = ast.get_docstring(node) is not None
                length = _length(source, node.body[1:] if has_docstring else node.body)
                if length > FUNCTION_LINES:
                    long[f"{named(path)} {node.name}"] = length
    return long


def _length(source: list[str], body: list[Any]) -> int:
    """The lines of a function that say something, without its signature and its docstring."""
    if not body:
        return 0
    return lines_of("\n".join(source[body[0].lineno - 1 : body[-1].end_lineno]))
