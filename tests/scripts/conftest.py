# SPDX-License-Identifier: AGPL-3.0-only
"""Both local chains behind one fixture: each test runs on every chain this machine can start."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from vyper import compile_code  # type: ignore[import-untyped]
from web3 import HTTPProvider, Web3
from web3.types import RPCEndpoint

from scripts._local_chain import find_anvil, local_chain

ANVIL = find_anvil()
ENGINES = {"in-process": None} | ({"anvil": ANVIL} if ANVIL else {})


class Node:
    """A web3 client of a local chain, and the plain answers of its JSON-RPC."""

    def __init__(self, url: str) -> None:
        self.url = url
        # web3's types want checksummed types of its own everywhere; tests speak plain JSON-RPC.
        self.web3: Any = Web3(HTTPProvider(url))
        self.founder = self.web3.eth.accounts[0]

    def ask(self, method: str, *params: object) -> object:
        """The result, or the error object as it came."""
        reply = self.web3.provider.make_request(RPCEndpoint(method), list(params))
        return reply["error"] if reply.get("error") else reply["result"]


@pytest.fixture(params=ENGINES, ids=list(ENGINES))
def node(request: pytest.FixtureRequest) -> Iterator[Node]:
    """A new chain."""
    with local_chain(anvil=ENGINES[request.param]) as url:
        yield Node(url)


@pytest.fixture(scope="session")
def probe_code() -> dict[str, object]:
    """ABI and bytecode of probe.vy."""
    source = Path(__file__).with_name("probe.vy").read_text("utf-8")
    compiled: dict[str, object] = compile_code(source, output_formats=["abi", "bytecode"])
    return compiled


@pytest.fixture
def probe(node: Node, probe_code: dict[str, object]) -> Any:
    """The probe, deployed by the founder as the chain's first transaction."""
    abi = probe_code["abi"]
    factory = node.web3.eth.contract(abi=abi, bytecode=probe_code["bytecode"])
    sent = factory.constructor().transact({"from": node.founder})
    receipt = node.web3.eth.wait_for_transaction_receipt(sent)
    return node.web3.eth.contract(address=receipt["contractAddress"], abi=abi)
