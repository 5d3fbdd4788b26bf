# SPDX-License-Identifier: AGPL-3.0-only
"""A real node for a whole file, and clients of it."""

from collections.abc import Iterator

import pytest

from millpond.chain import abi
from millpond.chain.abi import encode_values, plain
from millpond.chain.client import Client, Transaction, connect
from millpond.chain.contracts import Contract
from millpond.chain.coop import SPENDER_KINDS
from millpond.chain.governance import Action
from millpond.chain.signers import LocalSigner
from millpond.chain.verify_code import PoolParts, find_pool
from millpond.core.distribution import Previous, data_hash
from millpond.core.weeks import WEEK_MS, week_span
from scripts._local_chain import local_chain
from tests.chain.coop import (
    DOLLAR,
    MAINTAINERS,
    PATRONS,
    PAYEES,
    STRANGER,
    Coop,
    Story,
    WalletSigner,
)
from tests.chain.nodes import CHAIN_ID, QUICK
from tests.contracts.compiled import artifact
from tests.core import month


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


@pytest.fixture(scope="session")
def paid() -> Iterator[Story]:
    """The month of 2019-09 posted, consented to and paid; two of seventeen have an account."""
    with local_chain() as url:
        client = connect(url, CHAIN_ID)
        coop = Coop.make(client)
        coop.open_cred_earmark()
        coop.give_all()
        coop.link(month.who("decentralion"), PAYEES[0])
        coop.link(month.who("Beanow"), PAYEES[1])
        document = coop.document()
        coop.post(document)
        terms = coop.terms(coop.consent())
        coop.payday(document, terms)
        yield Story(url, coop, [document])


@pytest.fixture(scope="session")
def long() -> Iterator[Story]:
    """A first attempt refused, the second paid under a cap of 25 %, a second epoch under review.

    One of the maintainers is a contract wallet.
    """
    with local_chain() as url:
        client = connect(url, CHAIN_ID)
        wallet = WalletSigner(client)
        coop = Coop.make(client, signer_cap_bps=2_500, wallet=wallet.address)
        coop.open_cred_earmark()
        coop.give_all()
        coop.link(month.who("decentralion"), PAYEES[0])
        first = coop.document()
        coop.post(first, [MAINTAINERS[0], wallet])
        coop.refuse()
        coop.post(first, [MAINTAINERS[0], wallet])
        coop.payday(first, coop.terms(coop.consent()))
        coop.give(PATRONS[0], 1, 100 * DOLLAR)
        end = first.weeks[-1].end_ms
        week = month.scores().history(week_span(end, end + WEEK_MS))
        second = coop.document(2, Previous(1, data_hash(first), end), week)
        coop.post(second)
        yield Story(url, coop, [first, second])


@pytest.fixture(scope="session")
def grown() -> Iterator[tuple[str, Coop, PoolParts]]:
    """A co-op with a second distributor, a spender of each kind and badges, on its own node."""
    with local_chain() as url:
        coop = Coop.make(connect(url, CHAIN_ID))
        people: list[tuple[str, list[bytes]]] = [(who.address, []) for who in MAINTAINERS]
        setup = coop.distributor.encode("setup", people, 2, 5)
        coop.carry(
            [Action.of(coop.hub.install, b"cred-distributor".ljust(32, b"\0"), setup)],
            "A second distributor",
        )
        coop.carry(
            [Action.of(coop.hub.install, kind, b"") for kind in SPENDER_KINDS], "All spenders"
        )
        coop.hub.make_badges.send(STRANGER, "credsperiment")
        yield url, coop, find_pool(coop.hub, "credsperiment")
