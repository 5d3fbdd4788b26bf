# SPDX-License-Identifier: AGPL-3.0-only
"""The frozen ABIs are what the compiler says, and calls by them are never ambiguous."""

import json

import pytest

from millpond.chain import abi
from millpond.chain.contracts import Contract
from scripts import _frozen
from tests.contracts.compiled import artifact

RENEW = "run: python -m scripts.freeze_abis"


def test_abis__every_deployable_contract__has_one_and_nothing_else_has() -> None:
    assert sorted(_frozen.contracts()) == abi.names(), RENEW


@pytest.mark.parametrize("name", _frozen.contracts())
def test_abis__compiled_again__the_same(name: str) -> None:
    frozen = (_frozen.ABIS / f"{name}.json").read_text("utf-8")
    assert frozen == _frozen.frozen_text(artifact(name).abi), RENEW
    assert json.loads(frozen)


@pytest.mark.parametrize("name", abi.names())
def test_abis__function__is_found_by_name_and_number_of_arguments(name: str) -> None:
    for function_name, overloads in abi.load(name).functions.items():
        counts = [len(function.inputs) for function in overloads]
        assert len(set(counts)) == len(counts), f"{name}.{function_name} is ambiguous"


@pytest.mark.parametrize("name", abi.names())
def test_abis__function__does_not_hide_behind_our_own_names(name: str) -> None:
    own = {word for word in vars(Contract) if not word.startswith("__")}
    own |= {"client", "kind", "address", "abi"}
    assert own & set(abi.load(name).functions) == set()
