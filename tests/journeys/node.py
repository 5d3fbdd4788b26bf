# SPDX-License-Identifier: AGPL-3.0-only
"""A co-op on a real node, for clients and wallets that somebody else wrote."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from millpond.chain import dev_time
from millpond.chain.answers import Address, Receipt
from millpond.chain.client import Client, Transaction, connect
from millpond.chain.governance import Action, Draft
from millpond.chain.signers import LocalSigner, Signer
from millpond.core import typed_data
from millpond.core.canonical import keccak256
from millpond.core.subjects import address_bytes, checksum_address, to_hex
from scripts._devchain_chain import CHAIN_ID
from scripts._local_chain import find_anvil, local_chain
from tests.chain.coop import DAY, ETH, FOUNDERS, PATRONS, RELAYER, STRANGER, Coop

DELAY = 3600
"""Seconds from an ordinary proposal to its vote, in the rules of the co-op."""


@contextmanager
def real_node() -> Iterator[str]:
    """The URL of a fresh anvil."""
    if find_anvil() is None:
        pytest.skip("anvil is not installed: it comes with Node (make setup)")
    with local_chain() as url:
        yield url


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Whatever the block does to the chain is undone at its end."""
    point = client.rpc.tell("evm_snapshot", [])
    try:
        yield
    finally:
        assert client.rpc.tell("evm_revert", [point])


def funded_coop(url: str) -> Coop:
    """The co-op, a day old, with a thousand wei in its general fund."""
    coop = Coop.make(connect(url, CHAIN_ID))
    coop.pool.give.send(PATRONS[0], 0, ETH, 1000, "for a start", value=1000)
    dev_time.advance(coop.client, DAY)
    return coop


def offer(coop: Coop, *newcomers: Signer) -> None:
    """Membership is offered to them by vote."""
    until = coop.client.now() + 300 * DAY
    addresses = [newcomer.address for newcomer in newcomers]
    coop.carry([Action.of(coop.admission.offer, addresses, until)], "Offer membership")


def accept(coop: Coop, newcomer: Signer) -> None:
    """She joins by her signature, which the relayer brings."""
    deadline = coop.client.now() + DAY
    acceptance = typed_data.acceptance(
        coop.domain(coop.admission), candidate=newcomer.address, times_joined=0, deadline=deadline
    )
    signature = newcomer.sign_typed(acceptance)
    coop.admission.accept_for.send(RELAYER, newcomer.address, deadline, signature)


def join(coop: Coop, *newcomers: Signer) -> None:
    """All of them, one in each period in which a co-op of five lets one join."""
    offer(coop, *newcomers)
    for newcomer in newcomers:
        accept(coop, newcomer)
        dev_time.advance(coop.client, 7 * DAY)


def payment(coop: Coop, text: str, amount: int = 5, by: LocalSigner = FOUNDERS[0]) -> Draft:
    """A proposal to pay the stranger, made now by a member."""
    action = Action.of(coop.pool.spend, 0, ETH, STRANGER.address, amount)
    draft = Draft.of([action], text, by.address, keccak256(text.encode()))
    coop.governor.propose.send(by, *draft.arguments)
    return draft


def opened(coop: Coop, text: str, by: LocalSigner = FOUNDERS[0]) -> Draft:
    """The same, with its vote open."""
    draft = payment(coop, text, by=by)
    dev_time.advance(coop.client, DELAY + 1)
    return draft


def changed_by(client: Client, receipt: Receipt) -> set[Address]:
    """The accounts of which a transaction changed balance, nonce, code or a word of storage."""
    how = {"tracer": "prestateTracer", "tracerConfig": {"diffMode": True}}
    found: Any = client.rpc.ask("debug_traceTransaction", [to_hex(receipt.transaction_hash), how])
    return {Address(checksum_address(address_bytes(account))) for account in found["post"]}


def send_with(
    client: Client, key: LocalAccount, transaction: Transaction, **fields: Any
) -> Receipt:
    """A transaction of which some fields are not left to the client, such as its gas."""
    prepared = client.prepare(transaction, Address(key.address))
    changed: Any = {**prepared.fields(), **fields}
    return client.send_raw(bytes(key.sign_transaction(changed).raw_transaction), prepared)
