# SPDX-License-Identifier: AGPL-3.0-only
"""One node and one co-op for a file; each test begins where the co-op was founded."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from scripts._local_chain import find_anvil, local_chain
from tests.api.relay.yard import Yard


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    """The co-op, on a node of its own. Only anvil has a pool of waiting transactions."""
    if find_anvil() is None:
        pytest.skip("needs anvil: npm ci")
    with local_chain() as url:
        yield Yard.made(url, tmp_path_factory.mktemp("founded"))


@pytest.fixture
def yard(founded: Yard, tmp_path: Path) -> Iterator[Yard]:
    """The same with an empty queue; what a test does to the chain is undone."""
    snapshot = founded.ask("evm_snapshot")
    yield replace(founded, folder=tmp_path)
    founded.ask("anvil_dropAllTransactions")
    founded.ask("evm_revert", snapshot)
    founded.ask("evm_setAutomine", True)
    founded.ask("anvil_setNextBlockBaseFeePerGas", hex(10**9))
    founded.mine()
