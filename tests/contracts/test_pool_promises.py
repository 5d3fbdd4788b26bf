# SPDX-License-Identifier: AGPL-3.0-only
"""What an earmark's spender does: reserve, unreserve, release, and payday for many at once."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.contracts.evm import ETH, Actor, Contract, Log, address_of
from tests.contracts.pools import DAY, ZERO, House, names

REFUSES, BURNS = 1, 2


@dataclass(frozen=True)
class Promise:
    """An earmark with 100 of each asset, its spender, and 70 of it reserved."""

    house: House
    spender: Contract
    earmark: int
    deadline: int


@pytest.fixture
def promise(house: House) -> Promise:
    spender, deadline = house.spender(), house.evm.now + 30 * DAY
    earmark = house.open(spender, restricted=True, deadline=deadline)
    for asset in (ETH, house.dollar):
        house.give(earmark, asset, 100)
        house.pool.reserve(earmark, asset, 70, sender=spender)
    return Promise(house, spender, earmark, deadline)


def payment(to: Any, amount: int) -> int:
    """One word of a batch: amount << 160 | payee."""
    return amount * 2**160 + int(address_of(to), 16)


# --- reserve ---------------------------------------------------------------------------------


def test_reserve__by_the_spender__sets_money_aside(house: House) -> None:
    spender = house.spender()
    earmark = house.open(spender)
    house.give(earmark, ETH, 100)
    house.evm.warp(5)
    house.pool.reserve(earmark, ETH, 40, sender=spender)
    assert house.evm.logs == [
        Log("Reserved", {"earmark_id": earmark, "asset": ETH, "amount": 40}, house.pool.address)
    ]
    assert house.books(earmark, ETH) == (100, 100, 40)
    assert house.pool.unreserved(earmark, ETH) == 60
    terms = house.pool.earmark(earmark)
    assert (terms.spender, terms.restricted) == (spender.address, False)
    assert (terms.deadline, terms.last_reserve) == (0, house.evm.now)
    house.pool.reserve(earmark, ETH, 60, sender=spender)
    assert house.books(earmark, ETH) == (100, 100, 100)
    assert house.pool.held(ETH) == 100


def test_reserve__more_than_is_unreserved__is_refused(promise: Promise) -> None:
    house = promise.house
    for amount in (31, 101, 2**128 + 1, 2**256 - 1):
        with house.evm.reverts("pool: too little to reserve"):
            house.pool.reserve(promise.earmark, ETH, amount, sender=promise.spender)


def test_reserve__zero__is_refused(promise: Promise) -> None:
    with promise.house.evm.reverts("pool: amount is zero"):
        promise.house.pool.reserve(promise.earmark, ETH, 0, sender=promise.spender)


def test_reserve__by_others__is_refused(promise: Promise, outsider: Actor) -> None:
    house = promise.house
    other = house.spender()
    house.open(other)
    for caller in (outsider, house.governor, house.patron, other):
        with house.evm.reverts("pool: only the spender"):
            house.pool.reserve(promise.earmark, ETH, 1, sender=caller)


def test_reserve__general_fund__has_no_spender(house: House, outsider: Actor) -> None:
    house.give(0, ETH, 100)
    for caller in (outsider, house.governor):
        with house.evm.reverts("pool: only the spender"):
            house.pool.reserve(0, ETH, 1, sender=caller)


def test_reserve__unknown_earmark__is_refused(promise: Promise) -> None:
    with promise.house.evm.reverts("pool: unknown earmark"):
        promise.house.pool.reserve(9, ETH, 1, sender=promise.spender)


def test_reserve__at_the_deadline__is_refused_and_a_second_before_taken(promise: Promise) -> None:
    house = promise.house
    house.evm.warp_to(promise.deadline - 1)
    house.pool.reserve(promise.earmark, ETH, 1, sender=promise.spender)
    terms = house.pool.earmark(promise.earmark)
    assert (terms.deadline, terms.last_reserve) == (promise.deadline, house.evm.now)
    assert (terms.spender, terms.restricted) == (promise.spender.address, True)
    house.evm.warp(1)
    with house.evm.reverts("pool: earmark has ended"):
        house.pool.reserve(promise.earmark, ETH, 1, sender=promise.spender)


# --- unreserve -------------------------------------------------------------------------------


def test_unreserve__by_the_spender__frees_it_also_after_the_end(promise: Promise) -> None:
    house = promise.house
    house.pool.unreserve(promise.earmark, ETH, 30, sender=promise.spender)
    assert house.evm.logs == [
        Log(
            "Unreserved",
            {"earmark_id": promise.earmark, "asset": ETH, "amount": 30},
            house.pool.address,
        )
    ]
    assert house.books(promise.earmark, ETH) == (100, 100, 40)
    house.evm.warp_to(promise.deadline)
    house.pool.unreserve(promise.earmark, ETH, 40, sender=promise.spender)
    assert house.books(promise.earmark, ETH) == (100, 100, 0)
    assert house.books(promise.earmark, house.dollar) == (100, 100, 70)


def test_unreserve__more_than_is_reserved__is_refused(promise: Promise) -> None:
    with promise.house.evm.reverts("pool: more than is reserved"):
        promise.house.pool.unreserve(promise.earmark, ETH, 71, sender=promise.spender)


def test_unreserve__zero__is_refused(promise: Promise) -> None:
    with promise.house.evm.reverts("pool: amount is zero"):
        promise.house.pool.unreserve(promise.earmark, ETH, 0, sender=promise.spender)


def test_unreserve__by_others_or_unknown__is_refused(promise: Promise, outsider: Actor) -> None:
    house = promise.house
    for caller in (outsider, house.governor, house.patron):
        with house.evm.reverts("pool: only the spender"):
            house.pool.unreserve(promise.earmark, ETH, 1, sender=caller)
    with house.evm.reverts("pool: unknown earmark"):
        house.pool.unreserve(9, ETH, 1, sender=promise.spender)


# --- release ---------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 1])
def test_release__of_reserved__pays_and_logs(promise: Promise, which: int) -> None:
    house = promise.house
    asset = [ETH, house.dollar][which]
    before = house.real(asset, house.payee)
    house.pool.release(promise.earmark, asset, house.payee, 25, sender=promise.spender)
    [released] = [log for log in house.evm.logs if log.address == house.pool.address]
    assert released.name == "Released"
    assert released.args == {
        "earmark_id": promise.earmark,
        "asset": address_of(asset),
        "to": house.payee.address,
        "amount": 25,
    }
    assert house.real(asset, house.payee) == before + 25
    assert house.books(promise.earmark, asset) == (75, 100, 45)
    assert (house.pool.held(asset), house.real(asset)) == (75, 75)


def test_release__after_the_end__goes_on(promise: Promise) -> None:
    house = promise.house
    house.evm.warp_to(promise.deadline + DAY)
    house.pool.release(promise.earmark, ETH, house.payee, 70, sender=promise.spender)
    assert house.books(promise.earmark, ETH) == (30, 100, 0)


def test_release__more_than_is_reserved__is_refused(promise: Promise) -> None:
    house = promise.house
    for amount in (71, 100, 2**128 + 1):
        with house.evm.reverts("pool: more than is reserved"):
            house.pool.release(promise.earmark, ETH, house.payee, amount, sender=promise.spender)


def test_release__zero_or_nobody__is_refused(promise: Promise) -> None:
    house = promise.house
    with house.evm.reverts("pool: amount is zero"):
        house.pool.release(promise.earmark, ETH, house.payee, 0, sender=promise.spender)
    for nobody in (ZERO, house.pool):
        with house.evm.reverts("pool: nobody to pay"):
            house.pool.release(promise.earmark, ETH, nobody, 1, sender=promise.spender)


def test_release__by_others_or_unknown__is_refused(promise: Promise, outsider: Actor) -> None:
    house = promise.house
    other = house.spender()
    house.open(other)
    for caller in (outsider, house.governor, house.patron, other):
        with house.evm.reverts("pool: only the spender"):
            house.pool.release(promise.earmark, ETH, outsider, 1, sender=caller)
    with house.evm.reverts("pool: unknown earmark"):
        house.pool.release(9, ETH, outsider, 1, sender=promise.spender)


def test_release__payee_refuses__is_owed_and_leaves_the_earmark(promise: Promise) -> None:
    house = promise.house
    payee = house.evm.deploy("OddPayee")
    payee.behave(REFUSES, sender=house.hub)
    house.pool.release(promise.earmark, ETH, payee, 25, sender=promise.spender)
    assert names(house.evm.logs) == ["Released", "Owed"]
    assert house.books(promise.earmark, ETH) == (75, 100, 45)
    assert house.pool.owed(ETH, payee) == 25
    assert (house.pool.held(ETH), house.real(ETH)) == (100, 100)
    house.check_books(ETH, payee)


def test_release__to_the_governor_that_refuses__is_owed(promise: Promise) -> None:
    house = promise.house
    house.governor.refuse_money(True, sender=house.hub)
    house.pool.release(promise.earmark, ETH, house.governor, 25, sender=promise.spender)
    assert house.pool.owed(ETH, house.governor) == 25


def test_release__two_earmarks_of_one_spender__keep_apart(house: House) -> None:
    spender = house.spender()
    first, second = house.open(spender), house.open(spender)
    house.give(first, ETH, 100)
    house.give(second, ETH, 100)
    house.pool.reserve(first, ETH, 100, sender=spender)
    with house.evm.reverts("pool: more than is reserved"):
        house.pool.release(second, ETH, house.payee, 1, sender=spender)
    house.pool.release(first, ETH, house.payee, 100, sender=spender)
    assert house.books(second, ETH) == (100, 100, 0)


# --- release_many ----------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 1])
def test_release_many__several_payees__are_paid_in_order_and_told_in_one_event(
    promise: Promise, which: int
) -> None:
    house = promise.house
    asset = [ETH, house.dollar][which]
    people = [house.payee, house.friend, house.payee]
    before = [house.real(asset, person) for person in people]
    batch = [payment(person, amount) for person, amount in zip(people, (10, 20, 30), strict=True)]
    house.pool.release_many(promise.earmark, asset, batch, sender=promise.spender)
    told = {"earmark_id": promise.earmark, "asset": address_of(asset), "batch": batch}
    own = [log for log in house.evm.logs if log.address == house.pool.address]
    assert own == [Log("ReleasedMany", told, house.pool.address)]
    if which:
        receivers = [log.args["receiver"] for log in house.evm.logs if log.name == "Transfer"]
        assert receivers == [person.address for person in people]
    assert house.real(asset, house.payee) == before[0] + 40
    assert house.real(asset, house.friend) == before[1] + 20
    assert house.books(promise.earmark, asset) == (40, 100, 10)
    assert (house.pool.held(asset), house.real(asset)) == (40, 40)


def test_release_many__one_refuses__the_others_are_paid(promise: Promise) -> None:
    house = promise.house
    stubborn = house.evm.deploy("OddPayee")
    stubborn.behave(REFUSES, sender=house.hub)
    batch = [payment(house.payee, 10), payment(stubborn, 20), payment(house.friend, 30)]
    before = house.real(ETH, house.friend)
    house.pool.release_many(promise.earmark, ETH, batch, sender=promise.spender)
    assert names(house.evm.logs) == ["ReleasedMany", "Owed"]
    owed = {"account": stubborn.address, "asset": ETH, "amount": 20}
    assert house.evm.logs[-1] == Log("Owed", owed, house.pool.address)
    assert house.real(ETH, house.friend) == before + 30
    assert house.pool.owed(ETH, stubborn) == 20
    assert house.books(promise.earmark, ETH) == (40, 100, 10)
    house.check_books(ETH, stubborn)


def test_release_many__together_more_than_is_reserved__pays_nobody(promise: Promise) -> None:
    house = promise.house
    batch = [payment(house.payee, 40), payment(house.friend, 31)]
    for asset in (ETH, house.dollar):
        with house.evm.reverts("pool: more than is reserved"):
            house.pool.release_many(promise.earmark, asset, batch, sender=promise.spender)
    house.pool.release_many(
        promise.earmark, ETH, [*batch[:1], payment(house.friend, 30)], sender=promise.spender
    )
    assert house.books(promise.earmark, ETH) == (30, 100, 0)


def test_release_many__the_sum_is_asked_before_the_single_payments__whatever_they_are(
    promise: Promise,
) -> None:
    house = promise.house
    for batch, reason in (
        ([payment(ZERO, 71)], "pool: more than is reserved"),
        ([payment(house.friend, 0), payment(ZERO, 71)], "pool: more than is reserved"),
        ([payment(ZERO, 0)], "pool: amount is zero"),
    ):
        with house.evm.reverts(reason):
            house.pool.release_many(promise.earmark, ETH, batch, sender=promise.spender)


def test_release_many__a_zero_or_nobody_inside__pays_nobody(promise: Promise) -> None:
    house = promise.house
    for bad, reason in (
        (payment(house.friend, 0), "pool: amount is zero"),
        (payment(ZERO, 1), "pool: nobody to pay"),
        (payment(house.pool, 1), "pool: nobody to pay"),
    ):
        with house.evm.reverts(reason):
            house.pool.release_many(
                promise.earmark, ETH, [payment(house.payee, 1), bad], sender=promise.spender
            )


def test_release_many__by_others_or_unknown__is_refused(promise: Promise, outsider: Actor) -> None:
    house = promise.house
    batch = [payment(outsider, 1)]
    for caller in (outsider, house.governor):
        with house.evm.reverts("pool: only the spender"):
            house.pool.release_many(promise.earmark, ETH, batch, sender=caller)
    with house.evm.reverts("pool: unknown earmark"):
        house.pool.release_many(9, ETH, batch, sender=promise.spender)


def test_release_many__nobody_to_pay__is_refused(promise: Promise) -> None:
    house = promise.house
    with house.evm.reverts("pool: amount is zero"):
        house.pool.release_many(promise.earmark, ETH, [], sender=promise.spender)


def test_release_many__several_payments_fail__each_is_owed_and_all_is_held(
    promise: Promise,
) -> None:
    house = promise.house
    stubborn, greedy = house.evm.deploy("OddPayee"), house.evm.deploy("OddPayee")
    stubborn.behave(REFUSES, sender=house.hub)
    greedy.behave(BURNS, sender=house.hub)
    batch = [
        *(payment(stubborn, 1), payment(house.payee, 2), payment(greedy, 4)),
        *(payment(stubborn, 8), payment(house.friend, 16)),
    ]
    house.pool.release_many(promise.earmark, ETH, batch, sender=promise.spender)
    owed = [(log.args["account"], log.args["amount"]) for log in house.evm.logs[1:]]
    assert owed == [(stubborn.address, 1), (greedy.address, 4), (stubborn.address, 8)]
    assert (house.pool.owed(ETH, stubborn), house.pool.owed(ETH, greedy)) == (9, 4)
    assert house.books(promise.earmark, ETH) == (69, 100, 39)
    house.check_books(ETH, stubborn, greedy)


def test_release_many__128_payees__is_the_most(promise: Promise) -> None:
    house = promise.house
    house.give(promise.earmark, house.dollar, 300)
    house.pool.reserve(promise.earmark, house.dollar, 300, sender=promise.spender)
    batch = [payment(f"0x{n:040x}", 1) for n in range(1000, 1129)]
    with house.evm.reverts(""):
        house.pool.release_many(promise.earmark, house.dollar, batch, sender=promise.spender)
    house.pool.release_many(promise.earmark, house.dollar, batch[:128], sender=promise.spender)
    assert house.books(promise.earmark, house.dollar) == (272, 400, 242)
    assert all(house.dollar.balanceOf(f"0x{n:040x}") == 1 for n in range(1000, 1128))
