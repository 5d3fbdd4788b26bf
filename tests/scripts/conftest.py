# SPDX-License-Identifier: AGPL-3.0-only
"""Both local chains behind one fixture: each test runs on every chain this machine can start."""

import contextlib
import io
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ape.api import ProviderAPI
from ape.logging import logger
from vyper import compile_code  # type: ignore[import-untyped]
from web3 import HTTPProvider, Web3
from web3.types import RPCEndpoint

from millpond.chain.client import connect
from scripts import _demo_story as story
from scripts._devchain_chain import CHAIN_ID
from scripts._local_chain import find_anvil, local_chain
from scripts._stage import Cast, Stage
from tests.scripts.epochs import Month
from tests.scripts.town import Town, install, undone

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


@pytest.fixture(scope="session", autouse=True)
def settings_read_once() -> Iterator[None]:
    """ape makes a provider's settings anew whenever it looks at one of them, some twenty times in
    each command: half of its time. They do not change while the tests run."""
    read: Any = ProviderAPI.settings.fget
    kept: dict[tuple[object, ...], object] = {}

    def settings(provider: Any) -> object:
        key = type(provider), provider.network.name, repr(provider.provider_settings)
        if key not in kept:
            kept[key] = read(provider)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ProviderAPI, "settings", property(settings))
        yield


@pytest.fixture(scope="session")
def square(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A co-op of seven founders, a day after it was founded."""
    logger.set_level(logging.ERROR)  # ape tells of every connection
    with local_chain() as url:
        stage = Stage(url, tmp_path_factory.mktemp("square"), connect(url, CHAIN_ID), Cast())
        install(stage)
        with contextlib.redirect_stdout(io.StringIO()):
            story.found(stage)
            stage.wait_days(2)
        yield stage


@pytest.fixture(scope="session")
def month_end(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """That co-op four weeks after patrons gave to its earmark; its first document is signed."""
    logger.set_level(logging.ERROR)
    with local_chain() as url:
        folder = tmp_path_factory.mktemp("month")
        stage = Stage(url, folder, connect(url, CHAIN_ID), Cast())
        install(stage)
        with contextlib.redirect_stdout(io.StringIO()):
            for chapter in (story.found, story.open_earmark, story.fund, story.build):
                chapter(stage)
        yield stage


@pytest.fixture
def month(month_end: Stage, tmp_path: Path) -> Iterator[Month]:
    """That day for one test, with a copy of the documents, undone afterwards."""
    undoing = undone(month_end)
    next(undoing)
    shutil.copytree(month_end.folder / "distributions", tmp_path / "distributions")
    yield Month(month_end, tmp_path)
    next(undoing, None)


@pytest.fixture
def town(square: Stage, tmp_path: Path) -> Iterator[Town]:
    """That co-op for one test, undone afterwards."""
    undoing = undone(square)
    next(undoing)
    yield Town(square, tmp_path)
    next(undoing, None)
