# SPDX-License-Identifier: AGPL-3.0-only
"""The floors hold: what may import what (docs in backend/README.md)."""

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, ROOT, named, parsed, python_files

# room -> the rooms it may import; a file directly in the package is a room of its own
FLOORS = {
    "core": set(),
    "settings": {"core"},
    "chain": {"core"},
    "sources": {"core"},
    "mirror": {"core", "chain"},
    "api": {"core", "chain", "mirror", ""},
    "client": {"core", "api"},
    "web": set(),
    "data": set(),
    "cli": {"core", "settings", "chain", "sources", "mirror", "api"},
    "": set(),
}
# no network, no clock, no disk, no chance, no ape
NOT_IN_CORE = {
    *("aiohttp", "ape", "asyncio", "glob", "http", "httpx", "io", "multiprocessing", "os"),
    *("pathlib", "random", "requests", "secrets", "shutil", "socket", "sqlite3", "subprocess"),
    *("tempfile", "threading", "time", "urllib", "web3"),
}
CLOCKS = {"now", "utcnow", "today"}


def _imports(path: Path) -> set[str]:
    """The modules that a file imports, in full: `from a.b import c` is a.b and a.b.c."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)}: relative import"
            found |= {f"{node.module}.{name.name}" for name in node.names} | {str(node.module)}
    return found


def _room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py").replace("__init__", "").replace("__main__", "cli")


def _package_files() -> list[Path]:
    return [path for path in python_files() if path.is_relative_to(PACKAGE)]


@pytest.mark.parametrize("path", _package_files(), ids=named)
def test_package__a_file__imports_only_from_its_own_floor_and_below(path: Path) -> None:
    room = _room(path)
    assert room in FLOORS, f"{named(path)} is in no room of the house"
    ours = {name.split(".")[1] for name in _imports(path) if name.startswith("millpond.")}
    # What the package says of itself as a whole.
    ours = {"" if name == "__version__" else name for name in ours}
    above = ours - FLOORS[room] - {room}
    assert above == set()


def test_package__any_file__imports_neither_ape_nor_the_scripts_nor_the_tests() -> None:
    upwards = {
        f"{named(path)}: {name}"
        for path in _package_files()
        for name in _imports(path)
        if name.split(".")[0] in {"ape", "scripts", "tests", "bench"} or name.startswith("ape_")
    }
    assert upwards == set()


def test_everywhere__ape__is_imported_in_scripts_and_tests_only() -> None:
    rooms = {
        path.relative_to(ROOT).parts[0]
        for path in python_files()
        for name in _imports(path)
        if name.split(".")[0] == "ape" or name.startswith("ape_")
    }
    assert rooms <= {"scripts", "tests"}


def test_core__any_file__has_no_network_no_clock_no_disk_and_no_float_literal() -> None:
    broken = []
    for path in (each for each in _package_files() if _room(each) == "core"):
        taken = {name.split(".")[0] for name in _imports(path)} & NOT_IN_CORE
        broken += [f"{named(path)}: imports {name}" for name in sorted(taken)]
        for node in ast.walk(parsed(path)):
            where = f"{named(path)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                broken.append(f"{where}: a float")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                broken += [f"{where}: {node.func.id}()"] * (node.func.id in {"open", "input"})
            if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
                broken.append(f"{where}: the clock")
    assert broken == []


def test_package__whatever_it_imports__is_a_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    declared = {_name(line) for group in groups for line in group}
    providers = packages_distributions()
    undeclared = set()
    for path in _package_files():
        for module in {name.split(".")[0] for name in _imports(path)}:
            if module in sys.stdlib_module_names or module == "millpond":
                continue
            if not {_name(each) for each in providers.get(module, [])} & declared:
                undeclared.add(f"{named(path)}: {module}")
    assert undeclared == set()


def _name(requirement: str) -> str:
    """A distribution's name in one spelling, from a requirement such as web3>=7.16,<9."""
    letters = "".join(c if c.isalnum() or c in "-_." else " " for c in requirement).split()[0]
    return letters.lower().replace("_", "-").replace(".", "-")
