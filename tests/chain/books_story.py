# SPDX-License-Identifier: AGPL-3.0-only
"""A year in which everything happens to a pool's money that can: for those who keep its books.

The pot is paid in a token whose issuer can stop it and burn it (contracts/mocks/Scrip.vy).

    ETH and scrip are given, some come without a gift, some are moved; a newcomer buys in and leaves
    epoch 1 is refused, posted again, and paid while the token is stopped: what it pays is owed
    half of the token is burned and the loss accepted; then some more is spent
    epoch 2 is claimed while no grain can be made; both epochs close, the earmark lapses
    and patrons take back what is left
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from millpond.chain import dev_time
from millpond.chain.abi import encode_values, plain
from millpond.chain.answers import NO_ADDRESS
from millpond.chain.client import Transaction, connect
from millpond.chain.contracts import Contract
from millpond.chain.distributions import Terms, claim_of
from millpond.chain.governance import Action
from millpond.chain.journal import Bookkeeping, Told, keep
from millpond.chain.verify_code import PoolParts, find_pool
from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution, Previous, data_hash
from millpond.core.weeks import WEEK_MS, week_span
from scripts._local_chain import local_chain
from tests.chain.books import all_events
from tests.chain.coop import (
    DAY,
    DOLLAR,
    FOUNDERS,
    PATRONS,
    PAYEES,
    STRANGER,
    Coop,
    Story,
    deploy,
)
from tests.chain.nodes import CHAIN_ID
from tests.core import month

ETH = NO_ADDRESS
ONE = 10**18
BUY_IN = ONE // 100
NEWCOMER = PAYEES[3]
REFUSES = 1
"""contracts/mocks/OddPayee.vy: takes nothing."""


@dataclass
class Eventful:
    """The pool after its year, and what its books are compared with."""

    url: str
    coop: Coop
    parts: PoolParts
    documents: list[Distribution]
    payee: Contract
    """A contract that takes nothing: what it was to get is owed."""


@pytest.fixture(scope="session")
def eventful() -> Iterator[Eventful]:
    """The whole year."""
    with local_chain() as url:
        coop = Coop.make(connect(url, CHAIN_ID), signer_cap_bps=2_500)
        coop.dollar = deploy(coop.client, "Scrip")
        payee = deploy(coop.client, "OddPayee")
        first = _begin(coop)
        terms = _first_epoch(coop, first)
        _payments(coop, payee)
        _loss(coop)
        second, terms_2 = _second_epoch(coop, first)
        _end(coop, terms, terms_2)
        yield Eventful(url, coop, find_pool(coop.hub, "credsperiment"), [first, second], payee)


@pytest.fixture(scope="session")
def events(eventful: Eventful) -> list[Told]:
    """All that the pool's contracts have said in it."""
    return all_events(eventful.coop.client, eventful.parts)


@pytest.fixture(scope="session")
def kept(eventful: Eventful, events: list[Told]) -> Bookkeeping:
    """Its books."""
    return keep(eventful.parts, events)


@pytest.fixture(scope="session")
def cooperative() -> Iterator[Story]:
    """The month of 2019-09, paid to two members and to one who is none."""
    with local_chain() as url:
        coop = Coop.make(connect(url, CHAIN_ID))
        coop.open_cred_earmark()
        coop.give_all()
        accounts = (FOUNDERS[0], FOUNDERS[1], PAYEES[0])
        for name, account in zip(("decentralion", "Beanow", "wchargin"), accounts, strict=True):
            coop.link(month.who(name), account)
        document = coop.document()
        coop.post(document)
        coop.payday(document, coop.terms(coop.consent()))
        yield Story(url, coop, [document])


def _begin(coop: Coop) -> Distribution:
    """Gifts of all kinds, a buy-in, grain for a patron."""
    coop.open_cred_earmark()
    coop.give_all()
    patron, pool, scrip = PATRONS[0], coop.pool, coop.dollar.address
    pool.give.send(patron, 0, ETH, 5 * ONE, "first", False, value=5 * ONE)
    patron.send(coop.client, Transaction(pool.address, b"", 7, "a few wei"))
    pool.sync.send(STRANGER, ETH)
    asset = encode_values(plain("address", "uint256"), [ETH, BUY_IN], "the buy-in")
    purpose = ("https://credsperiment.example/buy-in", keccak256(b"buy-in"))
    coop.carry(
        [
            Action.of(pool.move, 0, 1, scrip, 30 * DOLLAR),
            Action.of(pool.open_earmark, 2, *purpose, coop.admission.address, False, 0, asset),
            Action.of(coop.grain.set_minter, pool.address, True),
            Action.of(pool.set_patron_grain, 0, ETH, 10 * ONE, 15 * ONE, 30 * DAY),
            Action.of(coop.admission.offer, [NEWCOMER.address], coop.client.now() + 90 * DAY),
            Action.of(pool.spend, 0, ETH, coop.governor.address, ONE),
            Action.of(pool.give, 0, ETH, ONE // 4, "a round trip", False, value=ONE // 4),
        ],
        "What the year begins with",
    )
    coop.admission.accept.send(NEWCOMER, value=BUY_IN)
    pool.give.send(patron, 0, ETH, ONE, "thanks", True, value=ONE)
    coop.grain.transfer.send(patron, STRANGER.address, ONE)
    coop.link(month.who("decentralion"), PAYEES[0])
    coop.link(month.who("Beanow"), PAYEES[1])
    return coop.document()


def _first_epoch(coop: Coop, document: Distribution) -> Terms:
    """Refused, posted again, and owed: the token is stopped on payday. One of two fetches it."""
    coop.post(document)
    coop.refuse()
    coop.post(document)
    terms = coop.terms(coop.consent())
    coop.dollar.stop.send(STRANGER, True)
    coop.payday(document, terms)
    coop.dollar.stop.send(STRANGER, False)
    coop.pool.withdraw.send(PAYEES[0], coop.dollar.address, STRANGER.address)
    return terms


def _payments(coop: Coop, payee: Contract) -> None:
    """By vote: one is paid, one cannot be. The newcomer leaves, with her buy-in."""
    payee.behave.send(STRANGER, REFUSES)
    coop.carry(
        [
            Action.of(coop.pool.spend, 0, coop.dollar.address, STRANGER.address, 10 * DOLLAR),
            Action.of(coop.pool.spend, 0, ETH, payee.address, 3 * ONE),
            Action.of(coop.pool.move, 0, 2, ETH, 5),
        ],
        "Two payments",
    )
    coop.admission.leave.send(NEWCOMER)


def _loss(coop: Coop) -> None:
    """Half of the scrip is gone; three units in the books pay for one and a half."""
    there = int(coop.dollar.balanceOf(coop.pool.address))
    coop.dollar.burn.send(STRANGER, coop.pool.address, there // 2)
    accept = Action.of(coop.pool.accept_loss, coop.dollar.address, ONE // 3)
    coop.carry([accept], "Half of the scrip is gone")
    spend = Action.of(coop.pool.spend, 0, coop.dollar.address, STRANGER.address, 3)
    coop.carry([spend], "Three units")


def _second_epoch(coop: Coop, first: Distribution) -> tuple[Distribution, Terms]:
    """Paid to who claims herself, without the grain: the members have taken it away."""
    coop.give(PATRONS[0], 1, 100 * DOLLAR)
    end = first.weeks[-1].end_ms
    week = month.scores().history(week_span(end, end + WEEK_MS))
    document = coop.document(2, Previous(1, data_hash(first), end), week)
    coop.post(document)
    terms = coop.terms(coop.consent())
    minter = Action.of(coop.grain.set_minter, coop.distributor.address, False)
    coop.carry([minter], "No grain for a while")
    subject = month.who("decentralion")
    index, cred, proof = claim_of(document, subject)
    before = coop.distributor.epoch_hash_of(1)
    claims = [(terms.packed, index, cred)]
    coop.distributor.claim.send(PAYEES[0], subject, before, claims, proof, PAYEES[0].address)
    return document, terms


def _end(coop: Coop, first: Terms, second: Terms) -> None:
    """Both epochs close; the earmark lapses; patrons and the general fund get the rest."""
    dev_time.advance_to(coop.client, second.closes_at)
    coop.distributor.close_epoch.send(STRANGER, bytes(32), first.packed)
    before = coop.distributor.epoch_hash_of(1)
    coop.distributor.close_epoch.send(STRANGER, before, second.packed)
    dev_time.advance(coop.client, 40 * DAY)
    coop.pool.lapse.send(STRANGER, 1)
    coop.pool.reclaim.send(PATRONS[1], 1, coop.dollar.address)
    coop.pool.reclaim_for_general_fund.send(STRANGER, 1, coop.dollar.address)
