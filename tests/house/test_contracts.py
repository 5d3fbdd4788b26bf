# SPDX-License-Identifier: AGPL-3.0-only
"""How our contracts are written: headers and refusals. What they never do is in vyper_lint.py."""

import re
from collections import Counter
from pathlib import Path

import pytest
from vyper.ast import nodes  # type: ignore[import-untyped]

from tests.house.tree import CONTRACTS, ROOT, contract_files, files, named
from tests.house.vyper_tree import docstring, functions, parsed, strings

PRAGMA = "# pragma version 0.4.3"
HEADER = ("@title", "@license AGPL-3.0-only", "@author", "@notice")
DEPLOYABLE_HEADER = ("@custom:holds", "@custom:halt")
REASON = re.compile(r"[a-z][a-z ]*: \S.*")
# The functions that pass a reason on instead of naming it.
PASSES_ON = {("contracts/modules/checks.vy", name) for name in ("_need", "_refuse")}
TESTS = ROOT / "tests"

contracts = pytest.mark.parametrize("path", contract_files(), ids=named)


def _vyper_files() -> list[Path]:
    return [path for path in files() if path.suffix in {".vy", ".vyi"}]


@pytest.mark.parametrize("path", _vyper_files(), ids=named)
def test_vyper__every_file__pins_the_compiler_and_nothing_about_the_evm(path: Path) -> None:
    pragmas = [line for line in path.read_text("utf-8").splitlines() if line.startswith("# pragma")]
    assert pragmas[0] == PRAGMA
    assert [line for line in pragmas if "version" in line] == [PRAGMA]
    assert [line for line in pragmas if "evm-version" in line or "experimental" in line] == []


@contracts
def test_contract__header__says_what_it_is_what_it_holds_and_how_to_halt_it(path: Path) -> None:
    header = docstring(parsed(path))
    wanted = HEADER + (DEPLOYABLE_HEADER if path.parent == CONTRACTS else ())
    assert [tag for tag in wanted if tag not in header] == []


# --- refusals ---------------------------------------------------------------------------------


def _reasons() -> list[tuple[str, str]]:
    """(revert string, where): every literal of that form in the code of contracts and modules."""
    return [
        (text, f"{named(path)}:{line}")
        for path in contract_files()
        for text, line in strings(path)
        if REASON.fullmatch(text)
    ]


@contracts
def test_contract__every_refusal__has_a_reason_of_its_own_words(path: Path) -> None:
    bare = []
    for function in functions(path):
        if (named(path), function.name) in PASSES_ON:
            continue
        for node in function.get_descendants((nodes.Assert, nodes.Raise)):
            reason = node.msg if isinstance(node, nodes.Assert) else node.exc
            if not isinstance(reason, nodes.Str) or not REASON.fullmatch(reason.value):
                bare.append(f"{function.name}, line {node.lineno}")
    assert bare == []


def test_contracts__every_reason__is_used_in_one_place_only() -> None:
    counts = Counter(text for text, _ in _reasons())
    assert len(counts) > 50
    assert [entry for entry in _reasons() if counts[entry[0]] > 1] == []


def test_contracts__every_reason__is_named_by_a_test() -> None:
    texts = [path.read_text("utf-8") for path in files() if _is_a_test(path)]
    unnamed = [entry for entry in _reasons() if not any(entry[0] in text for text in texts)]
    assert unnamed == []


def _is_a_test(path: Path) -> bool:
    return path.suffix == ".py" and path.is_relative_to(TESTS) and path.parent.name != "house"


@pytest.mark.parametrize("path", _vyper_files(), ids=named)
def test_vyper__no_file__hides_a_reason_in_a_comment(path: Path) -> None:
    assert "# dev:" not in path.read_text("utf-8")
