# SPDX-License-Identifier: AGPL-3.0-only
"""Every external function says what it does, what it takes, in which unit, and what it refuses."""

import re
from pathlib import Path
from typing import Any

import pytest
from vyper.ast import nodes  # type: ignore[import-untyped]
from vyper.ast.natspec import parse_natspec  # type: ignore[import-untyped]

from tests.house.tree import contract_files, interface_files, named
from tests.house.vyper_tree import all_sources, decorators, docstring, functions, known

# Words that say nothing beside the name of what they describe.
EMPTY = {"a", "an", "the", "of", "this", "that", "its", "given", "to", "for", "in", "is"}
# What an argument of such a name must say of itself.
UNITS = {
    r"amount": "smallest unit",
    r"cred|total_cred": "micro-cred",
    r"deadline|closes_at|issued_at|timepoint": "since 1970",
    r"values": "wei|Wei",
    r"\w+_hash|\w+_hashes|\w+Hash": "keccak256",
    r"support": "0 against, 1 for, 2 abstain",
}
# Arguments are in snake_case, but for those whose names a standard prescribes.
PRESCRIBED = {
    "proposalId": "OpenZeppelin's Governor",
    "descriptionHash": "OpenZeppelin's Governor",
}
REFUSES = re.compile(r"\b[Rr]everts?\b")

documented = pytest.mark.parametrize("path", [*contract_files(), *interface_files()], ids=named)


def _reachable(path: Path) -> list[Any]:
    """The functions that somebody outside calls, a constructor with arguments among them."""
    return [
        function
        for function in functions(path)
        if "external" in decorators(function)
        or ("deploy" in decorators(function) and function.args.args)
    ]


def _arguments(function: Any) -> list[str]:
    return [argument.arg for argument in function.args.args]


def _params(function: Any) -> dict[str, str]:
    """Argument -> what is said of it."""
    found = re.findall(r"@param\s+(\w+)\s+([^@]*)", docstring(function))
    return {name: " ".join(text.split()) for name, text in found}


def _results(function: Any) -> int:
    if function.returns is None:
        return 0
    several = isinstance(function.returns, nodes.Tuple)
    return len(function.returns.elements) if several else 1


@documented
def test_natspec__any_source__is_what_the_compiler_takes(path: Path) -> None:
    parse_natspec(all_sources()[path])


@documented
def test_natspec__every_external_function__has_a_notice(path: Path) -> None:
    silent = [f.name for f in _reachable(path) if not re.search(r"@notice\s+\S", docstring(f))]
    assert silent == []


@documented
def test_natspec__every_argument__is_described_in_its_order(path: Path) -> None:
    wrong = {f.name: _arguments(f) for f in _reachable(path) if list(_params(f)) != _arguments(f)}
    assert wrong == {}


@documented
def test_natspec__every_result__is_described(path: Path) -> None:
    said = {f.name: len(re.findall(r"@return\s+\S", docstring(f))) for f in _reachable(path)}
    assert said == {f.name: _results(f) for f in _reachable(path)}


@documented
def test_natspec__a_description__says_more_than_the_name(path: Path) -> None:
    hollow = {
        f"{function.name} {name}": text
        for function in _reachable(path)
        for name, text in _params(function).items()
        if not _words(text) - EMPTY - _words(name)
    }
    assert hollow == {}


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower().replace("_", " ")))


@documented
def test_natspec__amounts_times_and_hashes__say_their_unit(path: Path) -> None:
    without = {
        f"{function.name} {name}": unit
        for function in _reachable(path)
        for name, text in _params(function).items()
        for kind, unit in UNITS.items()
        if re.fullmatch(kind, name) and not re.search(unit, text)
    }
    assert without == {}


@documented
def test_natspec__arguments__are_in_snake_case_unless_prescribed(path: Path) -> None:
    names = {name for function in functions(path) for name in _arguments(function)}
    odd = {name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)}
    assert odd <= set(PRESCRIBED)


@pytest.mark.parametrize("path", contract_files(), ids=named)
def test_natspec__every_function_that_can_refuse__says_when(path: Path) -> None:
    silent = []
    for function in all_sources()[path].get_children(nodes.FunctionDef):
        kind = known(function, "func_type")
        if kind.is_external and _refuses(kind) and not REFUSES.search(docstring(function)):
            silent.append(function.name)
    assert silent == []


def _refuses(kind: Any) -> bool:
    """Whether a function, or one of ours that it calls, has an assert or a raise."""
    everywhere = (kind, *kind.reachable_internal_functions)
    return any(each.decl_node.get_descendants((nodes.Assert, nodes.Raise)) for each in everywhere)
