# SPDX-License-Identifier: AGPL-3.0-only
"""Contracts of changed sources are what the compiler makes of just those changes."""

import pytest

from tests.contracts.changed import QUICK, Build, Tree, changed, weakened
from tests.contracts.compiled import EIP_170_LIMIT, artifact
from tests.contracts.evm import Evm, Reverted

CAP = ("Grain.vy", 'assert amount <= AMOUNT_MASK - supply, "grain: the supply is full"', "pass")
NOBODY = ("Pins.vy", "pins: nobody is there to answer", "pins: nobody is at home")


def test_tree__no_change__makes_what_the_compilers_command_makes() -> None:
    assert Tree().artifact("Grain").creation == artifact("Grain").creation


def test_tree__another_build__makes_other_code_of_the_same_abi() -> None:
    built = changed(build=Build("none")).artifact("Grain")
    assert built.abi == artifact("Grain").abi
    assert len(built.runtime) > len(artifact("Grain").runtime)


def test_weakened__one_contract_changed__others_are_as_shipped() -> None:
    badges, pins = artifact("Badges"), artifact("Pins")
    with weakened(NOBODY):
        assert artifact("Badges") == badges
        assert b"pins: nobody is at home" in artifact("Pins").runtime
    assert artifact("Pins") == pins
    assert b"pins: nobody is at home" not in pins.runtime


def test_weakened__build_above_the_limit__fits_only_on_a_chain_made_inside() -> None:
    with weakened(build=QUICK):
        assert len(artifact("Admission").runtime) > EIP_170_LIMIT
        Evm().deploy("Admission")
        creation = artifact("Admission").creation
    with pytest.raises(Reverted, match="CreateContractSizeLimit"):
        Evm().create(creation)


def test_changed__text_not_there_once__says_so() -> None:
    with pytest.raises(AssertionError, match=r"Grain\.vy has 0 times: no such text"):
        changed(("Grain.vy", "no such text", ""))
    with pytest.raises(AssertionError, match="times: assert"):
        changed(("Grain.vy", "assert", ""))
    assert changed(CAP).artifact("Grain").runtime != artifact("Grain").runtime
