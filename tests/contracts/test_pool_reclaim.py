# SPDX-License-Identifier: AGPL-3.0-only
"""What patrons get back when a restricted earmark has ended. The numbers are worked out by hand:

due = floor(reclaimable * gift / gifts) - taken, reclaimable = received - released - reserved.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.contracts.evm import ETH, Actor, Contract, Log
from tests.contracts.pools import DAY, MOST_RECEIVED, House, names

REFUSES = 1


@dataclass(frozen=True)
class Bakery:
    """A restricted earmark that ends: 70 of the patron, 20 of a friend, 10 moved by the members."""

    house: House
    spender: Contract
    earmark: int
    deadline: int

    def end(self) -> None:
        self.house.evm.warp_to(self.deadline)

    def due(self, patron: Any, asset: Any = ETH) -> int:
        found: int = self.house.pool.reclaimable(self.earmark, asset, patron)
        return found


@pytest.fixture
def bakery(house: House) -> Bakery:
    spender, deadline = house.spender(), house.evm.now + 30 * DAY
    earmark = house.open(spender, restricted=True, deadline=deadline)
    house.give(0, ETH, 10)
    house.give(earmark, ETH, 70, house.patron)
    house.give(earmark, ETH, 20, house.friend)
    house.pool.move(0, earmark, ETH, 10, sender=house.governor)
    return Bakery(house, spender, earmark, deadline)


def test_reclaim__nothing_was_used__returns_every_gift(bakery: Bakery) -> None:
    house = bakery.house
    bakery.end()
    assert [bakery.due(p) for p in (house.patron, house.friend, house.pool)] == [70, 20, 10]
    before = house.real(ETH, house.patron)
    house.pool.reclaim(bakery.earmark, ETH, sender=house.patron)
    assert house.evm.logs == [
        Log(
            "Reclaimed",
            {
                "patron": house.patron.address,
                "earmark_id": bakery.earmark,
                "asset": ETH,
                "amount": 70,
            },
            house.pool.address,
        )
    ]
    assert house.real(ETH, house.patron) == before + 70
    assert house.books(bakery.earmark, ETH) == (30, 100, 0)
    assert house.pool.gift_of(bakery.earmark, ETH, house.patron) == (70, 70)
    assert [bakery.due(p) for p in (house.patron, house.friend, house.pool)] == [0, 20, 10]
    assert (house.pool.held(ETH), house.real(ETH)) == (30, 30)


def test_reclaim__a_part_was_used__floors_each_share(bakery: Bakery) -> None:
    house = bakery.house
    house.pool.reserve(bakery.earmark, ETH, 67, sender=bakery.spender)
    house.pool.release(bakery.earmark, ETH, house.payee, 40, sender=bakery.spender)
    bakery.end()
    # reclaimable = 100 - 40 - 27 = 33: floor(33 * .7) = 23, floor(33 * .2) = 6, floor(33 * .1) = 3
    assert [bakery.due(p) for p in (house.patron, house.friend, house.pool)] == [23, 6, 3]
    house.pool.reclaim(bakery.earmark, ETH, sender=house.friend)
    house.pool.reclaim(bakery.earmark, ETH, sender=house.patron)
    house.pool.reclaim_for_general_fund(bakery.earmark, ETH, sender=house.friend)
    assert house.books(bakery.earmark, ETH) == (28, 100, 27)  # 27 promised and 1 of rounding
    house.check_books(ETH)


def test_reclaim__freed_later__is_added(bakery: Bakery) -> None:
    house = bakery.house
    house.pool.reserve(bakery.earmark, ETH, 67, sender=bakery.spender)
    bakery.end()
    # reclaimable 33, as above
    house.pool.reclaim(bakery.earmark, ETH, sender=house.patron)
    assert house.evm.logs[0].args["amount"] == 23
    house.pool.unreserve(bakery.earmark, ETH, 50, sender=bakery.spender)
    # reclaimable 83: floor(58.1) - 23 = 35, floor(16.6) = 16, floor(8.3) = 8
    assert [bakery.due(p) for p in (house.patron, house.friend, house.pool)] == [35, 16, 8]
    house.pool.reclaim(bakery.earmark, ETH, sender=house.patron)
    assert house.pool.gift_of(bakery.earmark, ETH, house.patron) == (70, 58)
    house.pool.release(bakery.earmark, ETH, house.payee, 17, sender=bakery.spender)
    # a release of what was reserved takes nothing from anybody
    assert [bakery.due(p) for p in (house.patron, house.friend, house.pool)] == [0, 16, 8]
    house.pool.reclaim(bakery.earmark, ETH, sender=house.friend)
    house.pool.reclaim_for_general_fund(bakery.earmark, ETH, sender=house.friend)
    assert house.books(bakery.earmark, ETH) == (1, 100, 0)  # 100 - 17 - 58 - 16 - 8
    assert house.books(0, ETH) == (8, 10, 0)
    house.check_books(ETH)


@pytest.mark.parametrize("first", [0, 1, 2])
def test_reclaim__any_order__nobody_gains_by_being_first(bakery: Bakery, first: int) -> None:
    house = bakery.house
    house.pool.reserve(bakery.earmark, ETH, 67, sender=bakery.spender)
    bakery.end()
    people: list[Any] = [house.patron, house.friend, house.pool]
    order = people[first:] + people[:first]
    taken = {}
    for person in order:
        taken[person.address] = bakery.due(person)
        if person is house.pool:
            house.pool.reclaim_for_general_fund(bakery.earmark, ETH, sender=house.friend)
        else:
            house.pool.reclaim(bakery.earmark, ETH, sender=person)
    assert [taken[person.address] for person in people] == [23, 6, 3]


def test_reclaim__twice__second_is_refused(bakery: Bakery) -> None:
    house = bakery.house
    bakery.end()
    house.pool.reclaim(bakery.earmark, ETH, sender=house.patron)
    with house.evm.reverts("pool: nothing to reclaim"):
        house.pool.reclaim(bakery.earmark, ETH, sender=house.patron)
    house.pool.reclaim_for_general_fund(bakery.earmark, ETH, sender=house.patron)
    with house.evm.reverts("pool: nothing to reclaim"):
        house.pool.reclaim_for_general_fund(bakery.earmark, ETH, sender=house.patron)


def test_reclaim__a_second_before_the_deadline__is_refused(bakery: Bakery) -> None:
    house = bakery.house
    house.evm.warp_to(bakery.deadline - 1)
    assert bakery.due(house.patron) == 0
    with house.evm.reverts("pool: earmark has not ended"):
        house.pool.reclaim(bakery.earmark, ETH, sender=house.patron)
    with house.evm.reverts("pool: earmark has not ended"):
        house.pool.reclaim_for_general_fund(bakery.earmark, ETH, sender=house.patron)
    house.evm.warp(1)
    house.pool.reclaim(bakery.earmark, ETH, sender=house.patron)


def test_reclaim__without_a_gift_or_in_another_asset__is_refused(
    bakery: Bakery, outsider: Actor
) -> None:
    house = bakery.house
    bakery.end()
    with house.evm.reverts("pool: nothing to reclaim"):
        house.pool.reclaim(bakery.earmark, ETH, sender=outsider)
    with house.evm.reverts("pool: nothing to reclaim"):
        house.pool.reclaim(bakery.earmark, house.dollar, sender=house.patron)
    with house.evm.reverts("pool: nothing to reclaim"):
        house.pool.reclaim_for_general_fund(bakery.earmark, house.dollar, sender=outsider)


def test_reclaim__everything_is_promised__is_refused(bakery: Bakery) -> None:
    house = bakery.house
    house.pool.reserve(bakery.earmark, ETH, 100, sender=bakery.spender)
    bakery.end()
    with house.evm.reverts("pool: nothing to reclaim"):
        house.pool.reclaim(bakery.earmark, ETH, sender=house.patron)


def test_reclaim__unrestricted_or_general_fund_or_unknown__is_refused(house: House) -> None:
    plain = house.open(deadline=house.evm.now + 1)
    house.give(plain, ETH, 70)
    house.give(0, ETH, 70)
    house.evm.warp(1)
    with house.evm.reverts("pool: nothing to reclaim"):
        house.pool.reclaim(plain, ETH, sender=house.patron)
    with house.evm.reverts("pool: earmark has not ended"):
        house.pool.reclaim(0, ETH, sender=house.patron)
    for call in (house.pool.reclaim, house.pool.reclaim_for_general_fund):
        with house.evm.reverts("pool: unknown earmark"):
            call(2, ETH, sender=house.patron)


def test_reclaim__after_a_lapse__as_after_a_deadline(house: House) -> None:
    spender = house.spender()
    earmark = house.open(spender, restricted=True)
    house.give(earmark, house.dollar, 50)
    house.pool.reserve(earmark, house.dollar, 20, sender=spender)
    house.evm.warp(400 * DAY)
    house.pool.lapse(earmark, sender=house.friend)
    house.pool.reclaim(earmark, house.dollar, sender=house.patron)
    assert house.dollar.balanceOf(house.patron) == 30
    house.pool.release(earmark, house.dollar, house.payee, 20, sender=spender)
    assert house.books(earmark, house.dollar) == (0, 50, 0)


def test_reclaim__patron_refuses_the_money__is_owed(house: House) -> None:
    earmark = house.open(house.spender(), restricted=True, deadline=house.evm.now + 1)
    patron = house.evm.deploy("OddPayee")
    house.pool.give(earmark, ETH, 70, "", sender=patron, value=70)
    patron.behave(REFUSES, sender=house.hub)
    house.evm.warp(1)
    house.pool.reclaim(earmark, ETH, sender=patron)
    assert names(house.evm.logs) == ["Reclaimed", "Owed"]
    assert house.pool.owed(ETH, patron) == 70
    assert house.pool.gift_of(earmark, ETH, patron) == (70, 70)
    assert house.books(earmark, ETH) == (0, 70, 0)
    house.check_books(ETH, patron)


def test_reclaim_for_general_fund__by_anybody__is_not_received(
    bakery: Bakery, outsider: Actor
) -> None:
    house = bakery.house
    bakery.end()
    house.pool.reclaim_for_general_fund(bakery.earmark, ETH, sender=outsider)
    assert house.evm.logs == [
        Log(
            "Reclaimed",
            {
                "patron": house.pool.address,
                "earmark_id": bakery.earmark,
                "asset": ETH,
                "amount": 10,
            },
            house.pool.address,
        )
    ]
    assert house.books(0, ETH) == (10, 10, 0)
    assert house.books(bakery.earmark, ETH) == (90, 100, 0)
    assert house.pool.gift_of(bakery.earmark, ETH, house.pool) == (10, 10)
    assert (house.pool.held(ETH), house.real(ETH)) == (100, 100)


def test_reclaim__largest_amounts__do_not_overflow(house: House) -> None:
    earmark = house.open(house.spender(), restricted=True, deadline=house.evm.now + 1)
    house.give(earmark, house.dollar, MOST_RECEIVED - 1, house.patron)
    house.give(earmark, house.dollar, 1, house.friend)
    house.evm.warp(1)
    house.pool.reclaim(earmark, house.dollar, sender=house.friend)
    house.pool.reclaim(earmark, house.dollar, sender=house.patron)
    assert house.dollar.balanceOf(house.patron) == MOST_RECEIVED - 1
    assert house.dollar.balanceOf(house.friend) == 1
    assert house.books(earmark, house.dollar) == (0, MOST_RECEIVED, 0)
