# SPDX-License-Identifier: AGPL-3.0-only
"""Our contracts keep the rules of vyper_lint.py, and each rule finds what it forbids."""

from pathlib import Path

import pytest
from vyper.ast import nodes  # type: ignore[import-untyped]

from tests.house.tree import CONTRACTS, contract_files, interface_files, named
from tests.house.vyper_lint import RULES, Rule
from tests.house.vyper_tree import all_sources, annotated, sources_of

LICENCE = "# SPDX-License-Identifier: AGPL-3.0-only\n"
PRAGMAS = LICENCE + "# pragma version 0.4.3\n# pragma nonreentrancy on\n"
COUNTER = """
interface Other:
    def take() -> uint256: nonpayable
    def list() -> DynArray[uint256, 3]: view

count: uint256
kept: DynArray[uint256, 3]

@internal
def _next() -> uint256:
    self.count += 1
    return self.count

@external
def act(other: address, a: uint256, yes: bool):
"""
# rule -> bodies of `act`, or whole sources, that break it and no other
BAD = {
    "other_pragmas": [
        LICENCE + "# pragma version ^0.4.3\n# pragma nonreentrancy on\n",
        PRAGMAS + "# pragma evm-version cancun\n",
        PRAGMAS + "# pragma experimental-codegen\n",
    ],
    "unlocked_by_default": [
        LICENCE + "# pragma version 0.4.3\n",
        LICENCE + "# pragma version 0.4.3\n# pragma nonreentrancy off\n",
    ],
    "several_effects": [
        "assert self._next() + self._next() > 3",
        "self.count += self._next()",
        "self.count = extcall Other(other).take()",
        "b: uint256 = extcall Other(other).take() + self._next()",
        "b: uint256 = self.kept.pop() + self._next()",
        "self.kept.append(self._next())",
        "if extcall Other(other).take() > self._next():\n        pass",
        "send(other, self._next())",
        "raw_call(other, b'', value=self._next())",
    ],
    "own_balance": ["assert self.balance > a", "send(other, self.balance)"],
    "unbounded_loop": ["for one: uint256 in self.kept:\n        self.count += one"],
    "call_in_loop_header": [
        "for one: uint256 in staticcall Other(other).list():\n        self.count += one",
        "for one: uint256 in range(extcall Other(other).take(), bound=3):\n        pass",
    ],
    "who_began": ["assert tx.origin == other"],
    "chance_or_blocks": [
        "assert block.number > a",
        "assert convert(block.prevrandao, uint256) > a",
        "assert convert(blockhash(a), uint256) > a",
    ],
    "unchecked_arithmetic": ["self.count = unsafe_sub(a, 1)", "self.count = unsafe_mul(a, 2)"],
    "unread_outcome": [
        "ok: bool = raw_call(other, b'', revert_on_failure=False)",
        """ok: bool = False
    answer: Bytes[32] = b''
    ok, answer = raw_call(other, b'', max_outsize=32, revert_on_failure=False)
    self.count = len(answer)""",
    ],
    "choice_of_nothing": ["b: bytes32 = empty(bytes32) if yes else empty(bytes32)"],
    "open_to_reentry": [
        PRAGMAS + "a: uint256\n\n@external\n@reentrant\ndef act():\n    self.a = 1\n",
        PRAGMAS + "@external\n@payable\n@reentrant\ndef __default__():\n    pass\n",
    ],
    "delegate_call": ["raw_call(other, b'', is_delegate_call=True)"],
    "self_destruction": ["selfdestruct(other)"],
}
# What comes close to the forbidden and is allowed.
GOOD = [
    "self.count = a + self.count",
    "b: uint256 = self._next()\n    self.count += b",
    "listed: DynArray[uint256, 3] = self.kept\n    listed.append(self._next())",
    "for i: uint256 in range(a, bound=4):\n        self.count += i",
    "for one: uint256 in [1, 2, 3]:\n        self.count += one",
    "if a > 1:\n        self.count = 1\n    else:\n        self.kept.append(2)",
    "ok: bool = raw_call(other, b'', revert_on_failure=False)\n    assert ok",
    "if raw_call(other, b'', revert_on_failure=False):\n        self.count = 1",
    "raw_call(other, b'')",
    "raw_call(other, b'', is_delegate_call=False)",
    "b: bytes32 = empty(bytes32) if yes else keccak256('b')",
    "assert block.timestamp > a and other.balance > a",
]
SNIPPETS = [(name, text) for name, texts in BAD.items() for text in texts]


def _broken(text: str, folder: Path) -> set[str]:
    """The rules that a source breaks, or a body of the function `act`."""
    source = folder / "Snippet.vy"
    source.write_text(text if text.startswith(LICENCE) else f"{PRAGMAS}{COUNTER}    {text}\n")
    [module] = annotated(source, folder).values()
    return {rule.name for rule in RULES if rule.findings("Snippet.vy", module)}


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_contracts__any_source__keeps_the_rule(rule: Rule) -> None:
    found: dict[str, list[int]] = {}
    for path, module in all_sources().items():
        found |= rule.findings(named(path), module)
    lines = [f"{where}, line {line}" for where in found for line in found[where]]
    excused = [each for each in lines if each.rpartition(", line ")[0] in rule.excused]
    assert sorted(set(lines) - set(excused)) == [], rule.why
    assert set(rule.excused) <= set(found), "an excuse that nobody needs any more"


@pytest.mark.parametrize(("name", "text"), SNIPPETS)
def test_rule__a_source_that_breaks_it__trips_it_and_no_other(
    name: str, text: str, tmp_path: Path
) -> None:
    assert _broken(text, tmp_path) == {name}


@pytest.mark.parametrize("text", GOOD)
def test_rule__what_only_comes_close__trips_none(text: str, tmp_path: Path) -> None:
    assert _broken(text, tmp_path) == set()


def test_rules__each__has_a_name_of_its_own_and_a_source_that_breaks_it() -> None:
    assert [rule.name for rule in RULES] == list(BAD)


def test_lint__looks_at__every_contract_module_and_interface() -> None:
    assert set(all_sources()) == {*contract_files(), *interface_files()}


# --- who is made of what ----------------------------------------------------------------------


def test_governor__whatever_it_is_made_of__cannot_read_grain() -> None:
    grain = CONTRACTS / "interfaces" / "IGrain.vyi"
    assert grain in sources_of("CredDistributor")
    assert grain not in sources_of("Governor")


@pytest.mark.parametrize("name", ["earmarks", "gifts", "payments", "promises"])
def test_books__of_the_pool__are_in_no_other_contract(name: str) -> None:
    module = CONTRACTS / "modules" / f"{name}.vy"
    users = [contract.stem for contract in CONTRACTS.glob("*.vy") if _uses(contract.stem, module)]
    assert users == ["Pool"]


def _uses(contract: str, module: Path) -> bool:
    return module in sources_of(contract)


@pytest.mark.parametrize("path", interface_files(), ids=named)
def test_interface__has_declarations_and_nothing_that_runs(path: Path) -> None:
    for function in all_sources()[path].get_children(nodes.FunctionDef):
        assert [type(each) for each in function.body] == [nodes.Expr]
