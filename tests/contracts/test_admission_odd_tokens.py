# SPDX-License-Identifier: AGPL-3.0-only
"""Buy-ins in tokens of every odd kind: paid whole, or refused by name; no way into the books."""

import pytest

from tests.contracts.buy_ins import PRICE, allow, books, buying_in, kept, offer
from tests.contracts.coop import Coop, Ways, named
from tests.contracts.evm import ETH, Actor, Contract, Evm

# The ways of contracts/mocks/OddToken.vy and FickleToken.vy that matter here, in their order.
NO_ANSWER, SAYS_NO, LIES, REVERTS, FEE, FEE_ON_TOP = (1 << n for n in (0, 1, 2, 4, 5, 6))
KEEPS_ALL, LONG_ANSWER = 1 << 7, 1 << 8
ALLOWS_NOTHING, TAXES, UNREADABLE, BALANCE_EATS_GAS = (1 << n for n in range(4))


@pytest.fixture
def coop(evm: Evm) -> Coop:
    """Founders three; as many may join as there are members."""
    return Coop(evm, ways=Ways(joins_bps=10_000))


@pytest.fixture
def candidate(evm: Evm) -> Actor:
    """Somebody who would like to be a member."""
    return evm.actor("candidate")


@pytest.fixture
def token(coop: Coop, candidate: Actor) -> Contract:
    """A token that behaves, for now; the buy-in is paid in it. She has an offer."""
    made = coop.evm.deploy("OddToken")
    coop.enact(buying_in(coop, made, PRICE), text="buy-in")
    offer(coop, candidate)
    return made


@pytest.fixture
def fickle(coop: Coop, candidate: Actor) -> Contract:
    """Another one."""
    made = coop.evm.deploy("FickleToken")
    coop.enact(buying_in(coop, made, PRICE), text="buy-in")
    offer(coop, candidate)
    return made


@pytest.mark.parametrize("way", [NO_ANSWER, LONG_ANSWER, 0])
def test_accept__a_token_with_an_odd_answer__is_paid(
    coop: Coop, candidate: Actor, token: Contract, way: int
) -> None:
    allow(coop, token, candidate, PRICE)
    token.behave(way, sender=candidate)
    coop.admission.accept(sender=candidate)
    assert books(coop, token) == (PRICE, PRICE)
    assert kept(coop, token) == 0


def test_accept__a_token_that_never_answers__is_paid(coop: Coop, candidate: Actor) -> None:
    silent = coop.evm.deploy("SilentToken")
    coop.enact(buying_in(coop, silent, PRICE), text="buy-in")
    offer(coop, candidate)
    allow(coop, silent, candidate, PRICE)
    coop.admission.accept(sender=candidate)
    assert books(coop, silent) == (PRICE, PRICE)
    coop.admission.leave(sender=candidate)
    assert silent.balanceOf(candidate) == PRICE


def test_accept__money_that_lies_in_the_admission__changes_nothing(
    coop: Coop, candidate: Actor, token: Contract
) -> None:
    """Anyone may send it a token; the next who joins pays her own buy-in all the same."""
    allow(coop, token, candidate, PRICE)
    token.mint(coop.admission, 7, sender=candidate)
    coop.admission.accept(sender=candidate)
    assert books(coop, token) == (PRICE, PRICE)
    assert kept(coop, token) == 7


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        (SAYS_NO, "admission: the token refused"),
        (LIES, "admission: the token refused"),
        (REVERTS, "odd: I never pay"),
        (FEE, "admission: the buy-in arrived in part"),
        (KEEPS_ALL, "admission: the buy-in arrived in part"),
    ],
)
def test_accept__a_token_that_does_not_deliver__is_refused(
    coop: Coop, candidate: Actor, token: Contract, way: int, reason: str
) -> None:
    allow(coop, token, candidate, 2 * PRICE)
    token.behave(way, sender=candidate)
    with coop.evm.reverts(reason):
        coop.admission.accept(sender=candidate)


def test_accept__a_token_that_writes_the_pools_interest_now__is_no_part_of_the_buy_in(
    coop: Coop, candidate: Actor, token: Contract
) -> None:
    """She would take it with her when she leaves."""
    allow(coop, token, candidate, PRICE)
    token.call_back(token, token.calldata("mint", coop.pool, 500), sender=candidate)
    coop.admission.accept(sender=candidate)
    assert books(coop, token) == (PRICE, PRICE)
    token.behave(0, sender=candidate)
    coop.admission.leave(sender=candidate)
    assert token.balanceOf(candidate) == PRICE
    assert coop.pool.surplus(token) == 1000  # it came with each of two transfers


def test_accept__a_token_with_a_fee_on_top__has_nothing_left_for_its_way_on(
    coop: Coop, candidate: Actor, token: Contract
) -> None:
    allow(coop, token, candidate, 2 * PRICE)
    token.behave(FEE_ON_TOP, sender=candidate)
    with coop.evm.reverts(""):
        coop.admission.accept(sender=candidate)


def test_accept__a_token_that_taxes_the_pool__is_refused(
    coop: Coop, candidate: Actor, fickle: Contract
) -> None:
    """All of it reached the Admission, and less of it the earmark."""
    allow(coop, fickle, candidate, PRICE)
    fickle.behave(TAXES, coop.pool, sender=candidate)
    with coop.evm.reverts("admission: a part was lost on the way"):
        coop.admission.accept(sender=candidate)


def test_accept__a_token_that_allows_nothing__is_refused(
    coop: Coop, candidate: Actor, fickle: Contract
) -> None:
    allow(coop, fickle, candidate, PRICE)
    fickle.behave(ALLOWS_NOTHING, ETH, sender=candidate)
    with coop.evm.reverts("admission: the token allows nothing"):
        coop.admission.accept(sender=candidate)


@pytest.mark.parametrize("way", [UNREADABLE, BALANCE_EATS_GAS])
def test_accept__a_token_whose_balance_cannot_be_read__is_refused(
    coop: Coop, candidate: Actor, fickle: Contract, way: int
) -> None:
    allow(coop, fickle, candidate, PRICE)
    fickle.behave(way, ETH, sender=candidate)
    with coop.evm.reverts("fickle: not today" if way == UNREADABLE else ""):
        coop.admission.accept(sender=candidate)


def called_back(coop: Coop) -> tuple[bool, bytes]:
    """What came of the last call that a token made on its way."""
    log = named(coop.evm, "CalledBack")[-1]
    return log.args["ok"], log.args["answer"]


@pytest.mark.parametrize("name", ["accept", "leave", "refund_buy_in", "object_to_rebind"])
def test_accept__a_token_that_comes_back_into_the_admission__finds_it_locked(
    coop: Coop, candidate: Actor, token: Contract, name: str
) -> None:
    allow(coop, token, candidate, PRICE)
    args = (candidate,) if name == "refund_buy_in" else ()
    data = coop.admission.calldata(name, *args)
    token.call_back(coop.admission, data, sender=candidate)
    coop.admission.accept(sender=candidate)
    assert called_back(coop) == (False, b"")
    assert books(coop, token) == (PRICE, PRICE)


def test_accept__a_token_that_has_money_moved_in_meanwhile__adds_nothing_to_her_due(
    coop: Coop, candidate: Actor, token: Contract
) -> None:
    """Attack: a passed proposal moves the co-op's own money into the earmark while her buy-in is
    on its way; had the Admission looked at the earmark before the token was called, it would owe
    the newcomer that money too."""
    coop.give(1000, token)
    move = coop.pool.calldata("move", 0, 1, token, 1000)
    proposal = coop.passed((coop.pool, 0, move), text="move")
    allow(coop, token, candidate, PRICE)
    execute = coop.governor.calldata("execute", *proposal.content)
    token.call_back(coop.governor, execute, sender=candidate)
    coop.admission.accept(sender=candidate)
    assert coop.pool.balance_of(1, token) == PRICE + 1000
    assert coop.pool.reserved(1, token) == PRICE
    assert tuple(coop.admission.buy_in_of(candidate)) == (1, token.address, PRICE)
