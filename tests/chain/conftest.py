# SPDX-License-Identifier: AGPL-3.0-only
"""A real node for a whole file, and clients of it."""

from collections.abc import Iterator

import pytest

from millpond.chain import abi
from millpond.chain.abi import encode_values, plain
from millpond.chain.client import Client, Transaction, connect
from millpond.chain.contracts import Contract
from millpond.chain.signers import LocalSigner
from scripts.local_chain import local_chain
from tests.chain.nodes import CHAIN_ID, QUICK
from tests.contracts.compiled import artifact


@pytest.fixture(scope="module")
def node_url() -> Iterator[str]:
    """A fresh chain, shared by the tests of one file: anvil, or the one in Python without it."""
    with local_chain() as url:
        yield url


@pytest.fixture(scope="module")
def client(node_url: str) -> Client:
    """A client of it."""
    return connect(node_url, CHAIN_ID, QUICK)


@pytest.fixture(scope="session")
def patron() -> LocalSigner:
    """A funded test wallet."""
    return LocalSigner(0)


@pytest.fixture(scope="session")
def outsider() -> LocalSigner:
    """Another funded test wallet."""
    return LocalSigner(1)


@pytest.fixture(scope="module")
def bench(client: Client, patron: LocalSigner) -> Contract:
    """contracts/mocks/Bench.vy, deployed: something of every kind."""
    built = artifact("Bench")
    args = encode_values(plain("address"), [patron.address], "Bench")
    receipt = patron.send(client, Transaction(None, built.creation + args, 0, "Bench"))
    assert receipt.contract_address is not None
    return Contract(client, "Bench", receipt.contract_address, abi.parse("Bench", built.abi))
