# SPDX-License-Identifier: AGPL-3.0-only
"""What the members do by vote: spend, move, put back; and how debts are paid out."""

from typing import Any

import pytest

from tests.contracts.evm import ETH, Actor, Contract, Log
from tests.contracts.pools import DAY, ZERO, House, names

REFUSES = 1


def assets(house: House) -> list[Any]:
    return [ETH, house.dollar]


@pytest.fixture
def stubborn(house: House) -> Contract:
    """A payee that takes no ETH."""
    payee = house.evm.deploy("OddPayee")
    payee.behave(REFUSES, sender=house.hub)
    return payee


# --- spend -----------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [0, 1])
def test_spend__unreserved__pays_and_logs(house: House, which: int) -> None:
    asset = assets(house)[which]
    earmark = house.open()
    house.give(earmark, asset, 100)
    house.give(0, asset, 7)
    before = house.real(asset, house.payee)
    house.pool.spend(earmark, asset, house.payee, 60, sender=house.governor)
    spent = next(log for log in house.evm.logs if log.address == house.pool.address)
    assert spent.name == "Spent"
    assert spent.args == {
        "earmark_id": earmark,
        "asset": getattr(asset, "address", ETH),
        "to": house.payee.address,
        "amount": 60,
    }
    assert house.real(asset, house.payee) == before + 60
    assert house.books(earmark, asset) == (40, 100, 0)
    assert house.books(0, asset) == (7, 7, 0)
    assert (house.pool.held(asset), house.real(asset)) == (47, 47)


def test_spend__everything_then_one_more__second_is_refused(house: House) -> None:
    house.give(0, ETH, 100)
    with house.evm.reverts("pool: more than is unreserved"):
        house.pool.spend(0, ETH, house.payee, 101, sender=house.governor)
    house.pool.spend(0, ETH, house.payee, 100, sender=house.governor)
    with house.evm.reverts("pool: more than is unreserved"):
        house.pool.spend(0, ETH, house.payee, 1, sender=house.governor)


def test_spend__of_another_earmarks_money__is_refused(house: House) -> None:
    earmark = house.open()
    house.give(earmark, ETH, 100)
    with house.evm.reverts("pool: more than is unreserved"):
        house.pool.spend(0, ETH, house.payee, 1, sender=house.governor)
    with house.evm.reverts("pool: more than is unreserved"):
        house.pool.spend(earmark, house.dollar, house.payee, 1, sender=house.governor)


def test_spend__unbooked_surplus__is_refused(house: House) -> None:
    house.evm.set_balance(house.pool, 50)
    with house.evm.reverts("pool: more than is unreserved"):
        house.pool.spend(0, ETH, house.payee, 50, sender=house.governor)


def test_spend__of_reserved_money__is_refused(house: House) -> None:
    spender = house.spender()
    earmark = house.open(spender)
    house.give(earmark, ETH, 100)
    house.pool.reserve(earmark, ETH, 70, sender=spender)
    with house.evm.reverts("pool: more than is unreserved"):
        house.pool.spend(earmark, ETH, house.payee, 31, sender=house.governor)
    house.pool.spend(earmark, ETH, house.payee, 30, sender=house.governor)
    assert house.books(earmark, ETH) == (70, 100, 70)


def test_spend__restricted__is_refused_even_after_its_end(house: House) -> None:
    earmark = house.open(house.spender(), restricted=True, deadline=house.evm.now + DAY)
    house.give(earmark, ETH, 100)
    for _ in range(2):
        with house.evm.reverts("pool: restricted, not for a vote"):
            house.pool.spend(earmark, ETH, house.payee, 1, sender=house.governor)
        house.evm.warp(DAY)


def test_spend__by_others__is_refused(house: House, outsider: Actor) -> None:
    spender = house.spender()
    earmark = house.open(spender)
    house.give(earmark, ETH, 100)
    for caller in (outsider, house.hub, house.patron, spender):
        with house.evm.reverts("pool: only the Governor"):
            house.pool.spend(earmark, ETH, house.payee, 1, sender=caller)


def test_spend__nothing_nobody_unknown__are_refused(house: House) -> None:
    house.give(0, ETH, 100)
    with house.evm.reverts("pool: amount is zero"):
        house.pool.spend(0, ETH, house.payee, 0, sender=house.governor)
    for nobody in (ZERO, house.pool):
        with house.evm.reverts("pool: nobody to pay"):
            house.pool.spend(0, ETH, nobody, 1, sender=house.governor)
    with house.evm.reverts("pool: unknown earmark"):
        house.pool.spend(1, ETH, house.payee, 1, sender=house.governor)


def test_spend__amount_beyond_the_books__is_refused(house: House) -> None:
    house.give(0, ETH, 100)
    for amount in (2**128 + 1, 2**256 - 1):
        with house.evm.reverts("pool: more than is unreserved"):
            house.pool.spend(0, ETH, house.payee, amount, sender=house.governor)


def test_spend__payee_refuses__is_owed(house: House, stubborn: Contract) -> None:
    house.give(0, ETH, 100)
    house.pool.spend(0, ETH, stubborn, 60, sender=house.governor)
    assert names(house.evm.logs) == ["Spent", "Owed"]
    assert house.evm.logs[1].args == {"account": stubborn.address, "asset": ETH, "amount": 60}
    assert house.books(0, ETH) == (40, 100, 0)
    assert house.pool.owed(ETH, stubborn) == 60
    assert (house.pool.held(ETH), house.real(ETH)) == (100, 100)
    house.pool.spend(0, ETH, stubborn, 40, sender=house.governor)
    assert house.pool.owed(ETH, stubborn) == 100
    house.check_books(ETH, stubborn)


def test_spend__to_the_governor__arrives(house: House) -> None:
    house.give(0, ETH, 100)
    house.pool.spend(0, ETH, house.governor, 60, sender=house.governor)
    assert house.real(ETH, house.governor) == 60


def test_spend__governor_refuses_the_money__is_refused(house: House) -> None:
    house.give(0, ETH, 100)
    house.governor.refuse_money(True, sender=house.hub)
    with house.evm.reverts("pool: the Governor was not paid"):
        house.pool.spend(0, ETH, house.governor, 60, sender=house.governor)


# --- move ------------------------------------------------------------------------------------


def test_move__between_open_earmarks__does_not_count_as_received(house: House) -> None:
    target = house.open()
    house.give(0, ETH, 100)
    house.pool.move(0, target, ETH, 30, sender=house.governor)
    assert house.evm.logs == [
        Log(
            "Moved",
            {"from_id": 0, "to_id": target, "asset": ETH, "amount": 30},
            house.pool.address,
        )
    ]
    assert house.books(0, ETH) == (70, 100, 0)
    assert house.books(target, ETH) == (30, 0, 0)
    assert house.pool.gift_of(target, ETH, house.pool) == (0, 0)
    house.pool.move(target, 0, ETH, 30, sender=house.governor)
    assert house.books(0, ETH) == (100, 100, 0)
    assert house.books(target, ETH) == (0, 0, 0)
    assert (house.pool.held(ETH), house.real(ETH)) == (100, 100)


def test_move__into_restricted__is_received_as_a_gift_of_the_pool(house: House) -> None:
    target = house.open(house.spender(), restricted=True)
    house.give(0, ETH, 100)
    house.give(target, ETH, 5)
    house.pool.move(0, target, ETH, 30, sender=house.governor)
    assert house.books(target, ETH) == (35, 35, 0)
    assert house.pool.gift_of(target, ETH, house.pool) == (30, 0)
    assert house.pool.gift_of(target, ETH, house.patron) == (5, 0)
    house.check_books(ETH)


def test_move__out_of_restricted__is_refused(house: House) -> None:
    source = house.open(house.spender(), restricted=True)
    house.give(source, ETH, 100)
    with house.evm.reverts("pool: restricted, not for a vote"):
        house.pool.move(source, 0, ETH, 1, sender=house.governor)


def test_move__reserved_money__is_refused(house: House) -> None:
    spender = house.spender()
    source = house.open(spender)
    house.give(source, ETH, 100)
    house.pool.reserve(source, ETH, 70, sender=spender)
    with house.evm.reverts("pool: more than is unreserved"):
        house.pool.move(source, 0, ETH, 31, sender=house.governor)


def test_move__into_an_ended_earmark__is_refused_and_out_of_it_taken(house: House) -> None:
    ended = house.open(deadline=house.evm.now + DAY)
    house.give(0, ETH, 100)
    house.give(ended, ETH, 5)
    house.evm.warp(DAY - 1)
    house.pool.move(0, ended, ETH, 1, sender=house.governor)
    house.evm.warp(1)
    with house.evm.reverts("pool: earmark has ended"):
        house.pool.move(0, ended, ETH, 1, sender=house.governor)
    house.pool.move(ended, 0, ETH, 6, sender=house.governor)
    assert house.books(0, ETH) == (105, 100, 0)


def test_move__zero_same_unknown__are_refused(house: House) -> None:
    target = house.open()
    house.give(0, ETH, 100)
    with house.evm.reverts("pool: amount is zero"):
        house.pool.move(0, target, ETH, 0, sender=house.governor)
    with house.evm.reverts("pool: move to the same earmark"):
        house.pool.move(0, 0, ETH, 1, sender=house.governor)
    for pair in ((0, 2), (2, 0)):
        with house.evm.reverts("pool: unknown earmark"):
            house.pool.move(*pair, ETH, 1, sender=house.governor)


def test_move__by_others__is_refused(house: House, outsider: Actor) -> None:
    target = house.open()
    house.give(0, ETH, 100)
    for caller in (outsider, house.hub, house.patron):
        with house.evm.reverts("pool: only the Governor"):
            house.pool.move(0, target, ETH, 1, sender=caller)


# --- put_back --------------------------------------------------------------------------------


def test_put_back__eth__returns_without_being_received(house: House) -> None:
    house.give(0, ETH, 100)
    house.pool.spend(0, ETH, house.governor, 60, sender=house.governor)
    house.pool.put_back(ETH, 25, sender=house.governor, value=25)
    assert house.evm.logs == [Log("PutBack", {"asset": ETH, "amount": 25}, house.pool.address)]
    assert house.books(0, ETH) == (65, 100, 0)
    assert (house.pool.held(ETH), house.real(ETH)) == (65, 65)


def test_put_back__token__credits_what_lies_there_beyond_the_books(house: House) -> None:
    house.give(0, house.dollar, 100)
    house.pool.spend(0, house.dollar, house.governor, 60, sender=house.governor)
    house.dollar.transfer(house.pool, 25, sender=house.governor)
    house.pool.put_back(house.dollar, 25, sender=house.governor)
    assert house.books(0, house.dollar) == (65, 100, 0)


def test_put_back__less_or_more_than_the_surplus__credits_the_smaller(house: House) -> None:
    house.dollar.mint(house.pool, 30, sender=house.hub)
    house.pool.put_back(house.dollar, 10, sender=house.governor)
    assert house.books(0, house.dollar) == (10, 0, 0)
    house.pool.put_back(house.dollar, 2**256 - 1, sender=house.governor)
    assert house.evm.logs[0].args["amount"] == 20
    assert house.books(0, house.dollar) == (30, 0, 0)
    assert house.pool.surplus(house.dollar) == 0


def test_put_back__nothing_there__changes_nothing(house: House) -> None:
    before = house.evm.state()
    house.pool.put_back(house.dollar, 25, sender=house.governor)
    house.pool.put_back(ETH, 0, sender=house.governor)
    assert house.evm.logs == []
    house.dollar.mint(house.pool, 30, sender=house.hub)
    house.pool.put_back(house.dollar, 0, sender=house.governor)
    assert house.evm.logs == []
    assert house.books(0, house.dollar) == (0, 0, 0)
    assert house.pool.surplus(house.dollar) == 30
    assert before[house.pool.address.lower()] == house.evm.state()[house.pool.address.lower()]


@pytest.mark.parametrize("sent", [0, 24, 26])
def test_put_back__value_is_not_the_amount__is_refused(house: House, sent: int) -> None:
    with house.evm.reverts("pool: value is not what is put back"):
        house.pool.put_back(ETH, 25, sender=house.governor, value=sent)


def test_put_back__eth_with_a_token__is_refused(house: House) -> None:
    house.dollar.mint(house.pool, 30, sender=house.hub)
    with house.evm.reverts("pool: ETH put back with a token"):
        house.pool.put_back(house.dollar, 25, sender=house.governor, value=25)


def test_put_back__by_others__is_refused(house: House, outsider: Actor) -> None:
    for caller in (outsider, house.hub, house.patron):
        with house.evm.reverts("pool: only the Governor"):
            house.pool.put_back(ETH, 25, sender=caller, value=25)


# --- withdraw --------------------------------------------------------------------------------


def test_withdraw__by_whoever_is_owed__pays_to_any_address(
    house: House, stubborn: Contract
) -> None:
    house.give(0, ETH, 100)
    house.pool.spend(0, ETH, stubborn, 60, sender=house.governor)
    before = house.real(ETH, house.friend)
    house.pool.withdraw(ETH, house.friend, sender=stubborn)
    assert house.evm.logs == [
        Log(
            "Withdrawn",
            {"account": stubborn.address, "asset": ETH, "to": house.friend.address, "amount": 60},
            house.pool.address,
        )
    ]
    assert house.real(ETH, house.friend) == before + 60
    assert house.pool.owed(ETH, stubborn) == 0
    assert (house.pool.held(ETH), house.real(ETH)) == (40, 40)
    assert house.books(0, ETH) == (40, 100, 0)
    with house.evm.reverts("pool: nothing is owed"):
        house.pool.withdraw(ETH, house.friend, sender=stubborn)


def test_withdraw__fails_again__is_refused_and_still_owed(house: House, stubborn: Contract) -> None:
    house.give(0, ETH, 100)
    house.pool.spend(0, ETH, stubborn, 60, sender=house.governor)
    with house.evm.reverts("pool: withdrawal failed"):
        house.pool.withdraw(ETH, stubborn, sender=stubborn)
    assert house.pool.owed(ETH, stubborn) == 60


def test_withdraw__to_nobody__is_refused(house: House, stubborn: Contract) -> None:
    house.give(0, ETH, 100)
    house.pool.spend(0, ETH, stubborn, 60, sender=house.governor)
    for nobody in (ZERO, house.pool):
        with house.evm.reverts("pool: nobody to pay"):
            house.pool.withdraw(ETH, nobody, sender=stubborn)


def test_withdraw__by_others_or_another_asset__is_refused(
    house: House, stubborn: Contract, outsider: Actor
) -> None:
    house.give(0, ETH, 100)
    house.give(0, house.dollar, 100)
    house.pool.spend(0, ETH, stubborn, 60, sender=house.governor)
    for caller, asset in ((outsider, ETH), (house.governor, ETH), (stubborn, house.dollar)):
        with house.evm.reverts("pool: nothing is owed"):
            house.pool.withdraw(asset, outsider, sender=caller)
