# SPDX-License-Identifier: AGPL-3.0-only
"""The clock of a dev chain, and of no other."""

from typing import Any

import pytest

from millpond.chain import dev_time
from millpond.chain.client import Client, connect
from millpond.core.errors import BadInput, ChainError, SignerError
from tests.chain.nodes import QUICK, Reply, error, odd_node, result, through


def test_advance__seconds__pass_on_the_chain(client: Client) -> None:
    before = client.now()
    after = dev_time.advance(client, 7 * 86_400)
    assert after == client.now()
    assert 0 <= after - before - 7 * 86_400 <= 60


def test_advance_to__a_time__reached_once(client: Client) -> None:
    wanted = client.now() + 5_000
    reached = dev_time.advance_to(client, wanted)
    assert reached >= wanted
    assert dev_time.advance_to(client, wanted) == reached


def test_advance__backwards__refused(client: Client) -> None:
    with pytest.raises(BadInput, match="cannot go back"):
        dev_time.advance(client, -1)


def test_mine__one_block(client: Client) -> None:
    before = client.block().number
    dev_time.mine(client)
    assert client.block().number == before + 1


def test_advance__real_chain__refused_and_nothing_asked(node_url: str) -> None:
    def real(question: dict[str, Any]) -> Reply | None:
        return result("0xa") if question["method"] == "eth_chainId" else None

    with odd_node(through(node_url, real)) as node:
        client = connect(node.url, 10, QUICK)
        for act in (dev_time.mine, lambda c: dev_time.advance(c, 5)):
            with pytest.raises(SignerError, match="moving the clock may be used on a dev chain"):
                act(client)
        assert node.count("evm_setNextBlockTimestamp") == node.count("evm_mine") == 0


def test_advance__node_without_a_movable_clock__named(client: Client, node_url: str) -> None:
    def fixed(question: dict[str, Any]) -> Reply | None:
        return error(-32601, "unknown") if question["method"].startswith("evm_") else None

    with odd_node(through(node_url, fixed)) as node:
        still = connect(node.url, client.chain_id, QUICK)
        with pytest.raises(ChainError, match="cannot move its clock"):
            dev_time.advance(still, 5)


def test_advance__node_that_ignores_it__named(client: Client, node_url: str) -> None:
    def ignores(question: dict[str, Any]) -> Reply | None:
        return result("0x0") if question["method"] == "evm_setNextBlockTimestamp" else None

    with odd_node(through(node_url, ignores)) as node:
        slow = connect(node.url, client.chain_id, QUICK)
        with pytest.raises(ChainError, match="honours evm_setNextBlockTimestamp") as caught:
            dev_time.advance(slow, 86_400)
    assert "not 86400 seconds" in caught.value.message
