# SPDX-License-Identifier: AGPL-3.0-only
"""The quick way to a mutant makes the same code as the compiler does, and refuses the same."""

from random import Random
from typing import Any

import pytest
from vyper.exceptions import VyperException  # type: ignore[import-untyped]

from bench.mutants.children import worked
from bench.mutants.coverage import Marks, Watch
from bench.mutants.making import in_use, whole
from bench.mutants.mutations import Mutant, mutants
from bench.mutants.workshop import NotHere, Workshop, code_of
from tests.contracts.changed import QUICK, compiled
from tests.contracts.compiled import CONTRACTS, artifact
from tests.contracts.evm import Evm

FILES = ("Hub.vy", "modules/pool_names.vy", "modules/later_parts.vy", "modules/cloning.vy")


@pytest.fixture(scope="module")
def hub() -> Workshop:
    """The Hub, ready to be changed."""
    return Workshop("Hub")


def _text(file: str) -> str:
    return (CONTRACTS / file).read_text("utf-8")


def _code(make: Any) -> str:
    try:
        return code_of(make()).hex()
    except VyperException as error:
        return type(error).__name__


def _compared(hub: Workshop, mutant: Mutant) -> list[str]:
    path, text = CONTRACTS / mutant.file, mutant.applied(_text(mutant.file))
    quick = _code(lambda: hub.mutant(path, mutant.function, text))
    return [quick, _code(lambda: whole("Hub", {path: text}))]


def test_workshop__without_a_change__makes_what_the_compiler_makes(hub: Workshop) -> None:
    abi, creation, runtime = compiled("Hub", {}, QUICK)
    made = hub.artifact
    assert (made.abi, made.creation.hex()) == (abi, creation[2:])
    assert made.runtime.hex() == runtime[2:]


def test_workshop__mutants_of_several_modules__are_what_the_compiler_makes(hub: Workshop) -> None:
    random = Random(5)  # noqa: S311  (the same ones in every run)
    chosen = [
        mutant
        for file in FILES
        for mutant in random.sample([m for m in mutants(file, _text(file)) if m.inside], 1)
    ]
    pieces = [(mutant.id, lambda mutant=mutant: _compared(hub, mutant)) for mutant in chosen]
    found = list(worked(pieces, 1, 300))
    assert [each.trouble for each in found] == [""] * len(chosen)
    for each in found:
        assert each.answer[0] == each.answer[1], each.name
    assert any(len(each.answer[0]) > 1_000 for each in found), "none of them compiles"


def test_workshop__a_function_that_is_not_there__is_for_the_compiler(hub: Workshop) -> None:
    with pytest.raises(NotHere, match="no function nothing"):
        hub.mutant(CONTRACTS / "Hub.vy", "nothing", _text("Hub.vy"))


def test_in_use__a_mutant__is_what_tests_deploy_and_a_mock_of_its_module_follows() -> None:
    path = CONTRACTS / "modules" / "packing.vy"
    text = path.read_text("utf-8")
    line = next(each for each in text.splitlines() if each.startswith("    return "))
    changed = {path: text.replace(line, f"    assert False\n{line}", 1)}
    with in_use({"Pins": artifact("NftGate")}, changed):
        assert artifact("Pins").runtime == artifact("NftGate").runtime
        inside = artifact("PackingHarness").runtime
    assert inside != artifact("PackingHarness").runtime


def test_marks__of_a_question__show_where_it_went() -> None:
    marks = Marks()
    watch = Watch(marks)
    lines = _text("Pins.vy").splitlines()
    at = {text.strip(): number for number, text in enumerate(lines, 1)}
    gone_through = (
        "found: uint256 = account.balance",
        "if token != empty(address):",
        'assert found >= least, "pins: the balance is too small"',
    )
    with in_use(marks.marked(("Pins",)), {}), watch.on():
        evm = Evm()
        pins, somebody = evm.deploy("Pins"), evm.actor("somebody")
        assert watch.take() == set()
        pins.require_balance("0x" + "00" * 20, somebody, 1)
    assert watch.take() == {("Pins.vy", at[line]) for line in gone_through}
    assert watch.take() == set()
