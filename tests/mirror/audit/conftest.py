# SPDX-License-Identifier: AGPL-3.0-only
"""One co-op on anvil for all tests of the audit, and a way to ask it that remembers the answers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from millpond.chain.client import Client, Limits, connect
from millpond.chain.rpc import Rpc
from millpond.mirror.audit.checking import Audit, audit
from millpond.mirror.reads.snapshot import Mirror
from scripts._local_chain import find_anvil, local_chain
from tests.chain.nodes import CHAIN_ID
from tests.mirror.audit.story import Town, settle


class Remembering(Rpc):
    """The way to a node whose chain stands still: what was asked before is not asked again."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._told: dict[str, object] = {}
        self._exchanged: dict[bytes, bytes] = {}

    def tell(self, method: str, params: Sequence[object] = ()) -> object:
        question = repr((method, params))
        if question not in self._told:
            self._told[question] = super().tell(method, params)
        return self._told[question]

    def exchange(self, body: bytes, longest: int = 1 << 26) -> bytes:
        if body not in self._exchanged:
            self._exchanged[body] = super().exchange(body, longest)
        return self._exchanged[body]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A co-op and its mirror; anvil alone serves proofs of storage."""
    if find_anvil() is None:
        pytest.skip("anvil is not installed: it comes with Node (make setup)")
    with local_chain() as url:
        made = settle(url, connect(url, CHAIN_ID), tmp_path_factory.mktemp("town"))
        yield replace(made, client=Client(Remembering(url), CHAIN_ID, Limits()))


@pytest.fixture
def audited(town: Town, tmp_path: Path) -> Callable[..., Audit]:
    """The audit of the mirror with some statements carried out in it."""

    def made(*statements: str, state: bool = True, events: bool = True) -> Audit:
        path = town.copy(tmp_path / "mirror.db", *statements)
        with Mirror(path).snapshot() as now:
            return audit(now, town.client, lambda _: silent, with_state=state, with_events=events)

    return made


def silent(_done: int, _all: int) -> None:
    """Nobody watches."""
