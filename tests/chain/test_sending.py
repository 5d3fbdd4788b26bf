# SPDX-License-Identifier: AGPL-3.0-only
"""Where a contract will lie, and which transactions do the same."""

from typing import Any

import pytest
import rlp  # type: ignore[import-untyped]

from millpond.chain.answers import Address
from millpond.chain.client import Client, connect
from millpond.chain.rpc import RpcRefused
from millpond.chain.sending import Transaction, created_by
from millpond.chain.signers import LocalSigner
from millpond.core.canonical import keccak256
from millpond.core.subjects import address_bytes
from tests.chain.nodes import CHAIN_ID, QUICK, Reply, error, odd_node, through

ADA = Address("0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
BEA = Address("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC")


@pytest.mark.parametrize("nonce", [0, 1, 127, 128, 255, 256, 65_535, 65_536, 2**64 - 2])
def test_created_by__any_nonce__is_as_an_rlp_library_has_it(nonce: int) -> None:
    wanted = keccak256(rlp.encode([address_bytes(ADA), nonce]))[12:]
    assert address_bytes(created_by(ADA, nonce)) == wanted


def test_deed__whatever_is_done_differently__is_another() -> None:
    deeds = [
        Transaction(ADA, b"", 0),
        Transaction(BEA, b"", 0),
        Transaction(None, b"", 0),
        Transaction(None, b"\x14" + address_bytes(ADA), 0),
        Transaction(ADA, b"\x01", 0),
        Transaction(ADA, b"", 1),
    ]
    assert len({each.deed for each in deeds}) == len(deeds)
    assert Transaction(ADA, b"", 0, "a gift").deed == deeds[0].deed


@pytest.mark.parametrize("arrives", [True, False])
def test_send_raw__refused__is_done_if_the_node_has_it_and_else_refused(
    client: Client, node_url: str, arrives: bool
) -> None:
    """The words of nodes differ, "already known" or others; so it is asked for by its hash."""

    def refuse(question: dict[str, Any]) -> Reply | None:
        if question["method"] != "eth_sendRawTransaction":
            return None
        if arrives:
            through(node_url, lambda _: None)(question)
        return error(-32000, "whatever")

    before = client.balance(BEA)
    with odd_node(through(node_url, refuse)) as node:
        by = connect(node.url, CHAIN_ID, QUICK)
        if arrives:
            assert LocalSigner(0).send(by, Transaction(BEA, b"", 1)).block_number > 0
        else:
            with pytest.raises(RpcRefused, match="whatever"):
                LocalSigner(0).send(by, Transaction(BEA, b"", 1))
    assert client.balance(BEA) == before + arrives
