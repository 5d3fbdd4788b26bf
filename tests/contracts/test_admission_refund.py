# SPDX-License-Identifier: AGPL-3.0-only
"""The buy-in comes back: on leaving, on expulsion, to another key, and whatever the money does.

How it is paid is in test_admission_buy_in.py.
"""

from typing import Any

import pytest

from tests.contracts.buy_ins import PRICE, allow, books, buying_in, kept, offer, setting
from tests.contracts.coop import DAY, Coop, Ways, named
from tests.contracts.evm import ETH, Actor, Contract, Evm

# The ways of contracts/mocks/OddToken.vy and FickleToken.vy that matter here, in their order.
REVERTS, UNREADABLE, BALANCE_EATS_GAS = 1 << 4, 1 << 2, 1 << 3
# The ways of contracts/mocks/OddPayee.vy that matter here, in its order.
REFUSES, EATS_GAS = 1, 2
ENOUGH = 760_000


@pytest.fixture
def coop(evm: Evm) -> Coop:
    """Founders three; as many may join as there are members."""
    return Coop(evm, ways=Ways(joins_bps=10_000))


@pytest.fixture
def member(coop: Coop) -> Actor:
    """Somebody who paid her buy-in in ETH."""
    coop.enact(buying_in(coop, ETH, PRICE), text="buy-in")
    payer = coop.evm.actor("member")
    joined(coop, payer)
    return payer


def joined(coop: Coop, newcomer: Any) -> None:
    """She accepts an offer and pays what is due in ETH."""
    offer(coop, newcomer)
    coop.admission.accept(sender=newcomer, value=coop.admission.buy_in()[2])


def with_token(coop: Coop, name: str) -> tuple[Contract, Actor]:
    """Such a token, and a member who paid in it."""
    token, member = coop.evm.deploy(name), coop.evm.actor("member")
    coop.enact(buying_in(coop, token, PRICE), text=name)
    offer(coop, member)
    allow(coop, token, member, PRICE)
    coop.admission.accept(sender=member)
    return token, member


def due(coop: Coop, account: Any) -> int:
    """What her seat is still due."""
    found: int = coop.admission.buy_in_of(account)[2]
    return found


# --- leaving -----------------------------------------------------------------------------------


def test_leave__with_a_buy_in__gives_it_back_at_once(coop: Coop, member: Actor) -> None:
    before = coop.evm.balance(member)
    coop.admission.leave(sender=member)
    assert [log.name for log in coop.evm.logs] == [
        *("MemberRemoved", "MemberLeft", "Released", "BuyInRefunded")
    ]
    (log,) = named(coop.evm, "BuyInRefunded")
    assert log.args == {
        "account": member.address,
        "seat": 4,
        "earmark_id": 1,
        "asset": ETH,
        "amount": PRICE,
    }
    assert coop.evm.balance(member) == before + PRICE
    assert books(coop, ETH) == (0, 0)
    assert tuple(coop.admission.buy_in_of(member)) == (0, ETH, 0)
    with coop.evm.reverts("admission: no buy-in to refund"):
        coop.admission.refund_buy_in(member, sender=member)


def test_leave__by_a_contract__is_told_of_the_contract(coop: Coop) -> None:
    wallet = coop.evm.deploy("Puppet")
    joined(coop, wallet)
    coop.admission.leave(sender=wallet)
    (log,) = named(coop.evm, "MemberLeft")
    assert log.args == {"account": wallet.address}


def test_leave__in_a_token__gives_it_back(coop: Coop) -> None:
    token, member = with_token(coop, "OddToken")
    coop.admission.leave(sender=member)
    assert token.balanceOf(member) == PRICE
    assert books(coop, token) == (0, 0)


def test_leave__after_the_buy_in_changed__gives_back_what_she_paid(
    coop: Coop, member: Actor
) -> None:
    coop.enact(setting(coop, 9 * PRICE), text="dearer")
    coop.enact(buying_in(coop, coop.dollar, 5), text="in another asset")
    before = coop.evm.balance(member)
    coop.admission.leave(sender=member)
    assert coop.evm.balance(member) == before + PRICE


def test_leave__without_a_buy_in__gives_nothing_back(coop: Coop, member: Actor) -> None:
    """A founder's leaving takes nothing of the others' buy-ins."""
    coop.admission.leave(sender=coop.founders[0])
    assert named(coop.evm, "BuyInRefunded") == []
    assert books(coop, ETH) == (PRICE, PRICE)
    assert due(coop, member) == PRICE


def test_leave__without_a_buy_in__needs_no_gas_for_one(coop: Coop, member: Actor) -> None:
    coop.admission.leave(sender=coop.founders[0], gas=200_000)
    assert not coop.governor.isMember(coop.founders[0])
    assert due(coop, member) == PRICE


@pytest.mark.parametrize(("gas", "enough"), [(ENOUGH, True), (600_000, False)])
def test_leave__with_little_gas__does_not_lose_the_refund(
    coop: Coop, member: Actor, gas: int, enough: bool
) -> None:
    """A wallet estimates the least gas that does not revert: that must be enough to be paid."""
    if enough:
        coop.admission.leave(sender=member, gas=gas)
        assert due(coop, member) == 0
    else:
        with coop.evm.reverts("admission: too little gas to refund"):
            coop.admission.leave(sender=member, gas=gas)


def test_leave__any_gas_at_all__leaves_paid_or_not_at_all(coop: Coop, member: Actor) -> None:
    for gas in range(100_000, 1_000_000, 17_000):
        mark = coop.evm.snapshot()
        try:
            coop.admission.leave(sender=member, gas=gas)
        except Exception:  # noqa: BLE001  (whatever it is, she is still a member then)
            assert coop.governor.isMember(member)
        else:
            assert due(coop, member) == 0
        coop.evm.restore(mark)


# --- expulsion ---------------------------------------------------------------------------------


def test_refund_buy_in__after_an_expulsion__anyone_may_bring_it_about(
    coop: Coop, member: Actor, outsider: Actor
) -> None:
    with coop.evm.reverts("admission: a member's buy-in stays"):
        coop.admission.refund_buy_in(member, sender=outsider)
    coop.enact(coop.removing(member), text="expel")
    assert due(coop, member) == PRICE
    before = coop.evm.balance(member)
    coop.admission.refund_buy_in(member, sender=outsider)
    (log,) = named(coop.evm, "BuyInRefunded")
    assert log.args == {
        "account": member.address,
        "seat": 4,
        "earmark_id": 1,
        "asset": ETH,
        "amount": PRICE,
    }
    assert coop.evm.balance(member) == before + PRICE
    with coop.evm.reverts("admission: no buy-in to refund"):
        coop.admission.refund_buy_in(member, sender=outsider)


def test_refund_buy_in__of_who_paid_none__is_refused(coop: Coop, outsider: Actor) -> None:
    coop.admission.leave(sender=coop.founders[0])
    for account in (coop.founders[0], outsider, ETH):
        with coop.evm.reverts("admission: no buy-in to refund"):
            coop.admission.refund_buy_in(account, sender=outsider)


# --- payees that do not take it ----------------------------------------------------------------


@pytest.mark.parametrize("way", [REFUSES, EATS_GAS])
def test_leave__a_payee_that_does_not_take_it__is_owed_by_the_pool(coop: Coop, way: int) -> None:
    payee = coop.evm.deploy("OddPayee")
    coop.enact(buying_in(coop, ETH, PRICE), text="buy-in")
    joined(coop, payee)
    payee.behave(way, sender=coop.relayer)
    coop.admission.leave(sender=payee)
    assert not coop.governor.isMember(payee)
    assert coop.pool.owed(ETH, payee) == PRICE
    assert due(coop, payee) == 0


def test_leave__a_payee_that_comes_back__finds_it_locked_and_is_paid_once(coop: Coop) -> None:
    payee = coop.evm.deploy("OddPayee")
    coop.enact(buying_in(coop, ETH, PRICE), text="buy-in")
    joined(coop, coop.evm.actor("another"))
    joined(coop, payee)
    again = coop.admission.calldata("refund_buy_in", payee)
    payee.call_back(coop.admission, again, sender=coop.relayer)
    coop.admission.leave(sender=payee)
    (log,) = named(coop.evm, "CalledBack")
    assert (log.args["ok"], log.args["answer"]) == (False, b"")
    assert coop.evm.balance(payee) == PRICE
    assert books(coop, ETH) == (PRICE, PRICE)


# --- money that does not move ------------------------------------------------------------------


def test_leave__a_token_that_refuses__is_owed_by_the_pool(coop: Coop) -> None:
    token, member = with_token(coop, "OddToken")
    token.behave(REVERTS, sender=member)
    coop.admission.leave(sender=member)
    assert not coop.governor.isMember(member)
    assert coop.pool.owed(token, member) == PRICE
    assert due(coop, member) == 0


def test_leave__a_token_of_which_some_is_missing__goes_through_and_stays_due(coop: Coop) -> None:
    """The Pool pays nobody while it is short; she leaves all the same, and is paid later."""
    token, member = with_token(coop, "OddToken")
    token.burn(coop.pool, 1, sender=member)
    coop.admission.leave(sender=member)
    assert not coop.governor.isMember(member)
    assert named(coop.evm, "BuyInRefunded") == []
    assert due(coop, member) == PRICE
    with coop.evm.reverts("pool: this asset is short"):
        coop.admission.refund_buy_in(member, sender=member)
    token.mint(coop.pool, 1, sender=member)
    coop.admission.refund_buy_in(member, sender=member)
    assert token.balanceOf(member) == PRICE
    assert due(coop, member) == 0


@pytest.mark.parametrize("way", [UNREADABLE, BALANCE_EATS_GAS])
def test_leave__a_token_whose_balance_cannot_be_read__goes_through_and_stays_due(
    coop: Coop, way: int
) -> None:
    token, member = with_token(coop, "FickleToken")
    token.behave(way, ETH, sender=member)
    coop.admission.leave(sender=member, gas=ENOUGH)
    assert not coop.governor.isMember(member)
    assert due(coop, member) == PRICE
    token.behave(0, ETH, sender=member)
    coop.admission.refund_buy_in(member, sender=coop.relayer)
    assert token.balanceOf(member) == PRICE


def test_leave__a_token_that_burns_gas__burns_no_more_than_a_refund_may(coop: Coop) -> None:
    """She brings as much gas as a transaction may have; the token gets at most 600,000 of it."""
    token, member = with_token(coop, "FickleToken")
    token.behave(BALANCE_EATS_GAS, ETH, sender=member)
    coop.admission.leave(sender=member)
    assert 600_000 < coop.evm.gas_used < ENOUGH


def test_leave__a_token_whose_code_is_gone__goes_through_and_is_owed(coop: Coop) -> None:
    token, member = with_token(coop, "OddToken")
    coop.evm.erase_code(token)
    coop.admission.leave(sender=member)
    assert not coop.governor.isMember(member)
    assert coop.pool.owed(token, member) == PRICE


def test_leave__a_token_that_comes_back_into_the_admission__finds_it_locked(coop: Coop) -> None:
    token, member = with_token(coop, "OddToken")
    data = coop.admission.calldata("refund_buy_in", member)
    token.call_back(coop.admission, data, sender=member)
    coop.admission.leave(sender=member)
    assert [log.args["ok"] for log in named(coop.evm, "CalledBack")] == [False]
    assert token.balanceOf(member) == PRICE


# --- joining again -----------------------------------------------------------------------------


def test_accept__again_after_leaving__pays_again(coop: Coop, member: Actor) -> None:
    coop.admission.leave(sender=member)
    coop.enact(setting(coop, 3 * PRICE), text="dearer")
    joined(coop, member)
    assert due(coop, member) == 3 * PRICE
    assert books(coop, ETH) == (3 * PRICE, 3 * PRICE)


def test_accept__again_with_a_refund_outstanding__is_paid_the_old_one_first(
    coop: Coop, member: Actor
) -> None:
    """Expelled, never refunded, and taken in again by another vote."""
    coop.enact(coop.removing(member), text="expel")
    offer(coop, member)
    before = coop.evm.balance(member)
    coop.admission.accept(sender=member, value=PRICE)
    assert [log.name for log in coop.evm.logs] == [
        *("MemberAdmitted", "Released", "BuyInRefunded", "Given", "Reserved", "BuyInPaid"),
        "OfferAccepted",
    ]
    assert coop.evm.balance(member) == before
    assert due(coop, member) == PRICE
    assert books(coop, ETH) == (PRICE, PRICE)


def test_accept__on_the_first_seat_again__is_paid_the_old_one_first(coop: Coop) -> None:
    """A founder has paid nothing; when she comes back she pays as all do."""
    founder, *coop.voters = coop.founders
    coop.enact(buying_in(coop, ETH, PRICE), text="buy-in")
    coop.admission.leave(sender=founder)
    for text in ("once", "twice"):
        coop.enact(coop.offering(founder), text=text)
        coop.admission.accept(sender=founder, value=PRICE)
        coop.enact(coop.removing(founder), text=f"expelled {text}")
    assert due(coop, founder) == PRICE
    assert books(coop, ETH) == (PRICE, PRICE)


def test_accept__again_when_nothing_is_due_any_more__is_paid_the_old_one(
    coop: Coop, member: Actor
) -> None:
    coop.enact(coop.removing(member), setting(coop, 0), text="expel and none")
    offer(coop, member)
    before = coop.evm.balance(member)
    coop.admission.accept(sender=member)
    assert coop.evm.balance(member) == before + PRICE
    assert due(coop, member) == 0


def test_accept__again_while_the_old_one_cannot_be_paid__waits(coop: Coop) -> None:
    """One seat has one buy-in: nothing is taken on top of what cannot be given back."""
    token, member = with_token(coop, "OddToken")
    coop.enact(coop.removing(member), text="expel")
    offer(coop, member)
    token.burn(coop.pool, 1, sender=member)
    allow(coop, token, member, PRICE)
    with coop.evm.reverts("admission: her old buy-in waits"):
        coop.admission.accept(sender=member)
    token.mint(coop.pool, 1, sender=member)
    coop.admission.accept(sender=member)
    assert token.balanceOf(member) == due(coop, member) == PRICE


def test_accept__again_for_nothing_while_it_cannot_be_paid__keeps_it_for_the_end(
    coop: Coop,
) -> None:
    token, member = with_token(coop, "OddToken")
    coop.enact(coop.removing(member), setting(coop, 0), text="expel and none")
    offer(coop, member)
    token.burn(coop.pool, 1, sender=member)
    coop.admission.accept(sender=member)
    assert due(coop, member) == PRICE
    token.mint(coop.pool, 1, sender=member)
    coop.admission.leave(sender=member)
    assert token.balanceOf(member) == PRICE


# --- another key -------------------------------------------------------------------------------


def test_leave__after_a_rebind__the_new_key_gets_it(coop: Coop, member: Actor) -> None:
    new = coop.evm.actor("new key")
    coop.rebind(member, new)
    assert tuple(coop.admission.buy_in_of(member)) == (0, ETH, 0)
    assert tuple(coop.admission.buy_in_of(new)) == (1, ETH, PRICE)
    with coop.evm.reverts("admission: no buy-in to refund"):
        coop.admission.refund_buy_in(member, sender=member)
    before = coop.evm.balance(new)
    coop.admission.leave(sender=new)
    assert coop.evm.balance(new) == before + PRICE


def test_accept__the_old_key_with_an_offer_of_its_own__pays_for_another_seat(
    coop: Coop, member: Actor
) -> None:
    new = coop.evm.actor("new key")
    coop.rebind(member, new)
    joined(coop, member)
    assert due(coop, member) == due(coop, new) == PRICE
    assert books(coop, ETH) == (2 * PRICE, 2 * PRICE)


# --- the books ---------------------------------------------------------------------------------


def test_books__of_many_coming_and_going__what_is_reserved_is_what_is_due(coop: Coop) -> None:
    coop.enact(buying_in(coop, ETH, PRICE), text="buy-in")
    people = [coop.evm.actor(f"person {n}") for n in range(4)]
    for turn, person in enumerate(people):
        coop.enact(setting(coop, PRICE + turn), text=f"price {turn}")
        joined(coop, person)
    coop.enact(coop.removing(people[0]), text="expel")
    coop.admission.leave(sender=people[1])
    coop.evm.warp(DAY)
    owing = sum(due(coop, person) for person in people)
    assert owing == 3 * PRICE + 0 + 2 + 3
    assert books(coop, ETH) == (owing, owing)
    assert kept(coop, ETH) == 0
