# SPDX-License-Identifier: AGPL-3.0-only
"""Grain as a thank-you to patrons: at a voted rate, capped in each period, for gifts that stay."""

from typing import Any

import pytest

from tests.contracts.coop import Coop
from tests.contracts.evm import ETH, Actor, Evm, Log
from tests.contracts.grains import MAX_SUPPLY
from tests.contracts.pools import DAY, HALF, WHOLE, ZERO, House, names, permit, pool_house

# Ten grain for an ether, at most twenty-five in a week.
RATE, CAP, WEEK = 10 * WHOLE, 25 * WHOLE, 7 * DAY
ETHER = 10**18
TEN_YEARS = 3_653 * DAY


@pytest.fixture
def house(evm: Evm) -> House:
    """A pool that may mint its grain."""
    return pool_house(evm, with_grain=True)


@pytest.fixture
def earmark(house: House) -> int:
    """One whose gifts of ETH are thanked."""
    number = house.open()
    thank(house, number)
    return number


def thank(house: House, earmark: int, asset: Any = ETH, *terms: int) -> None:
    """Decide it."""
    words = terms or (RATE, CAP, WEEK)
    house.pool.set_patron_grain(earmark, asset, *words, sender=house.governor)


def grain_of(house: House, who: Any) -> int:
    found: int = house.grain.balanceOf(who)
    return found


# --- set_patron_grain --------------------------------------------------------------------------


def test_set_patron_grain__by_vote__is_kept_and_told(house: House) -> None:
    earmark = house.open()
    assert house.pool.patron_grain_of(earmark, ETH) == (0, 0, 0, 0, 0)
    thank(house, earmark)
    assert house.evm.logs == [
        Log(
            "PatronGrainSet",
            {"earmark_id": earmark, "asset": ETH, "rate": RATE, "cap": CAP, "period": WEEK},
            house.pool.address,
        )
    ]
    assert house.pool.patron_grain_of(earmark, ETH) == (RATE, CAP, WEEK, house.evm.now, 0)
    assert house.pool.patron_grain_of(earmark, house.dollar) == (0, 0, 0, 0, 0)
    assert house.pool.earmark(earmark) == (ZERO, False, 0, house.evm.now)


def test_set_patron_grain__by_others__is_refused(house: House, outsider: Actor) -> None:
    for caller in (outsider, house.hub, house.patron):
        with house.evm.reverts("pool: only the Governor"):
            house.pool.set_patron_grain(0, ETH, RATE, CAP, WEEK, sender=caller)


def test_set_patron_grain__for_what_may_return__is_refused(house: House) -> None:
    spent_by_another = house.open(house.spender())
    restricted = house.open(house.spender(), restricted=True)
    for earmark in (spent_by_another, restricted):
        with house.evm.reverts("pool: no grain for what may return"):
            thank(house, earmark)


def test_set_patron_grain__unknown_earmark__is_refused(house: House) -> None:
    with house.evm.reverts("pool: unknown earmark"):
        thank(house, 1)


def test_set_patron_grain__for_grain_itself__is_refused(house: House) -> None:
    with house.evm.reverts("pool: no grain for grain"):
        thank(house, 0, house.grain)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ((0, CAP, WEEK), "pool: a rate and a cap, or none"),
        ((RATE, 0, WEEK), "pool: a rate and a cap, or none"),
        ((RATE, CAP, 0), "pool: a period of at most ten years"),
        ((0, 0, WEEK), "pool: a period of at most ten years"),
        ((RATE, CAP, TEN_YEARS + 1), "pool: a period of at most ten years"),
        ((RATE, CAP, 2**256 - 1), "pool: a period of at most ten years"),
        ((HALF, CAP, WEEK), "packing: over 128 bits"),
        ((RATE, HALF, WEEK), "packing: over 128 bits"),
    ],
)
def test_set_patron_grain__terms_out_of_bounds__are_refused(
    house: House, terms: tuple[int, int, int], reason: str
) -> None:
    with house.evm.reverts(reason):
        thank(house, 0, ETH, *terms)


@pytest.mark.parametrize("terms", [(HALF - 1, HALF - 1, TEN_YEARS), (1, 1, 1)])
def test_set_patron_grain__terms_at_the_edge__are_taken(
    house: House, terms: tuple[int, int, int]
) -> None:
    thank(house, 0, ETH, *terms)
    assert house.pool.patron_grain_of(0, ETH)[:3] == terms
    house.give(0, ETH, 10**24)
    assert grain_of(house, house.patron) == (1 if terms[1] == 1 else HALF - 1)


# --- thanks ------------------------------------------------------------------------------------


def test_give__thanked__mints_at_the_rate_and_tells(house: House, earmark: int) -> None:
    house.give(earmark, ETH, 2 * ETHER)
    assert names(house.evm.logs) == ["Given", "Transfer", "PatronGrain"]
    assert house.evm.logs[2] == Log(
        "PatronGrain",
        {"patron": house.patron.address, "earmark_id": earmark, "amount": 20 * WHOLE},
        house.pool.address,
    )
    assert grain_of(house, house.patron) == house.grain.totalSupply() == 20 * WHOLE
    assert house.pool.patron_grain_of(earmark, ETH).minted == 20 * WHOLE
    assert house.books(earmark, ETH) == (2 * ETHER, 2 * ETHER, 0)


def test_give_with_permit__thanked__mints_to_the_patron(house: House) -> None:
    # a token of 6 decimals: three grain for a dollar
    thank(house, 0, house.dollar, 3 * 10**30, CAP, WEEK)
    house.dollar.mint(house.patron, 2_000_000, sender=house.patron)
    signed = permit(house, 2_000_000, house.evm.now)
    arguments = (0, house.dollar, 2_000_000, "", False, *signed)
    house.pool.give_with_permit(*arguments, sender=house.patron)
    assert grain_of(house, house.patron) == 6 * WHOLE


def test_give__rounding__is_down_and_nothing_is_not_minted(house: House) -> None:
    thank(house, 0, ETH, WHOLE // 3, CAP, WEEK)
    house.give(0, ETH, 2)
    assert names(house.evm.logs) == ["Given"]
    house.give(0, ETH, 10)
    assert grain_of(house, house.patron) == 3


def test_give__other_assets_and_earmarks__are_not_thanked(house: House, earmark: int) -> None:
    house.give(earmark, house.dollar, 5)
    house.give(0, ETH, 5)
    house.give(house.open(), ETH, 5)
    assert grain_of(house, house.patron) == 0


def test_give__earmark_with_gifts_before__is_thanked_from_now_on(house: House) -> None:
    """The mark of a plain book goes when something binds it, and comes back for no gift."""
    for earmark in (0, house.open()):
        house.give(earmark, ETH, ETHER)
        assert grain_of(house, house.patron) == 0
        thank(house, earmark)
        for _ in range(2):
            house.give(earmark, ETH, ETHER // 10)
        assert grain_of(house, house.patron) == 2 * WHOLE
        house.grain.transfer(house.friend, 2 * WHOLE, sender=house.patron)
        house.pool.spend(earmark, ETH, house.payee, ETHER, sender=house.governor)


def test_give__after_sync_and_moves_into_a_thanked_fund__is_thanked(house: House) -> None:
    thank(house, 0)
    house.evm.set_balance(house.pool, 7)
    house.pool.sync(ETH, sender=house.friend)
    assert house.grain.totalSupply() == 0
    house.pool.move(0, house.open(), ETH, 3, sender=house.governor)
    house.give(0, ETH, ETHER)
    assert grain_of(house, house.patron) == 10 * WHOLE


def test_give__over_the_cap__gets_what_is_left_of_it_then_nothing(
    house: House, earmark: int
) -> None:
    house.give(earmark, ETH, 2 * ETHER)
    house.give(earmark, ETH, ETHER, house.friend)
    assert grain_of(house, house.friend) == 5 * WHOLE
    house.give(earmark, ETH, ETHER, house.payee)
    assert names(house.evm.logs) == ["Given"]
    assert grain_of(house, house.payee) == 0
    assert house.pool.patron_grain_of(earmark, ETH).minted == CAP


def test_give__in_the_next_period__has_the_whole_cap_again(house: House, earmark: int) -> None:
    start = house.evm.now
    house.give(earmark, ETH, 3 * ETHER)
    house.evm.warp_to(start + WEEK - 1)
    house.give(earmark, ETH, ETHER, house.friend)
    assert grain_of(house, house.friend) == 0
    house.evm.warp(1)
    house.give(earmark, ETH, ETHER, house.friend)
    assert grain_of(house, house.friend) == 10 * WHOLE
    assert house.pool.patron_grain_of(earmark, ETH)[3:] == (start + WEEK, 10 * WHOLE)
    # a gift that is late begins a period then, not when the last one was over
    house.evm.warp(3 * WEEK)
    house.give(earmark, ETH, ETHER, house.friend)
    assert house.pool.patron_grain_of(earmark, ETH)[3:] == (house.evm.now, 10 * WHOLE)


def test_set_patron_grain__again__begins_anew_and_zero_ends_it(house: House, earmark: int) -> None:
    house.give(earmark, ETH, 3 * ETHER)
    thank(house, earmark, ETH, 2 * RATE, CAP, DAY)
    assert house.pool.patron_grain_of(earmark, ETH) == (2 * RATE, CAP, DAY, house.evm.now, 0)
    house.give(earmark, ETH, ETHER, house.friend)
    assert grain_of(house, house.friend) == 20 * WHOLE
    thank(house, earmark, ETH, 0, 0, 0)
    house.give(earmark, ETH, ETHER, house.payee)
    assert names(house.evm.logs) == ["Given"]
    assert grain_of(house, house.payee) == 0


def test_give__by_the_pools_own__is_not_thanked(house: House, earmark: int) -> None:
    part, installed = house.spender(), house.spender()
    house.governor.add_hub_part(part, sender=house.hub)
    house.governor.add_part(installed, sender=house.hub)
    for giver in (part, installed, house.governor):
        house.pool.give(earmark, ETH, ETHER, "", sender=giver, value=ETHER)
        assert names(house.evm.logs) == ["Given"]
    assert house.grain.totalSupply() == 0
    # a contract that is no part of the pool is a patron as any
    other = house.spender()
    house.pool.give(earmark, ETH, ETHER, "", sender=other, value=ETHER)
    assert grain_of(house, other) == 10 * WHOLE


def test_give__after_a_loss__is_thanked_for_what_arrived(house: House) -> None:
    token = house.evm.deploy("OddToken")
    thank(house, 0, token, WHOLE, CAP, WEEK)
    house.give(0, token, 100, house.friend)
    token.burn(house.pool, 50, sender=house.hub)
    house.pool.accept_loss(token, 1, sender=house.governor)
    house.give(0, token, 40)
    assert house.books(0, token)[0] == 180
    assert grain_of(house, house.patron) == 40


# --- a mint that is not possible never blocks a gift -------------------------------------------


def test_give__pool_is_no_minter__is_not_thanked_and_not_counted(evm: Evm) -> None:
    house = pool_house(evm, with_grain=True)
    thank(house, 0)
    house.governor.set_pool(house.pool, sender=house.hub)
    house.grain.set_minter(house.pool, False, sender=house.governor)
    house.give(0, ETH, ETHER)
    assert names(house.evm.logs) == ["Given"]
    assert house.pool.patron_grain_of(0, ETH).minted == 0
    house.grain.set_minter(house.pool, True, sender=house.governor)
    house.give(0, ETH, ETHER)
    assert grain_of(house, house.patron) == 10 * WHOLE


def test_give__supply_is_full__is_not_thanked(evm: Evm) -> None:
    house = pool_house(evm, with_grain=True)
    thank(house, 0, ETH, RATE, MAX_SUPPLY, WEEK)
    thank(house, 0, house.dollar, MAX_SUPPLY, MAX_SUPPLY, WEEK)
    house.give(0, house.dollar, 10**18, house.friend)
    assert house.grain.totalSupply() == MAX_SUPPLY
    house.give(0, ETH, 1)
    assert names(house.evm.logs) == ["Given"]


# --- for a real co-op --------------------------------------------------------------------------


def test_give__coop_decided_it_by_vote__is_thanked(coop: Coop) -> None:
    pool, grain = coop.pool, coop.grain
    terms = (0, ETH, RATE, CAP, WEEK)
    coop.enact(
        (grain, 0, grain.calldata("set_minter", pool, True)),
        (pool, 0, pool.calldata("set_patron_grain", *terms)),
    )
    pool.give(0, ETH, ETHER, "", sender=coop.patron, value=ETHER)
    assert grain.balanceOf(coop.patron) == 10 * WHOLE
    assert pool.patron_grain_of(0, ETH).minted == 10 * WHOLE


def test_give__without_the_flag__reads_nothing_more() -> None:
    """What others have decided costs no other gift a slot: a gift beside it costs the same."""
    used: list[int] = []
    for thanked in (False, True):
        house = pool_house(Evm(), with_grain=True)
        plain, other = house.open(), house.open()
        if thanked:
            thank(house, other)
        house.give(plain, ETH, 5)
        house.give(plain, ETH, 5)
        used.append(house.evm.gas_used)
    assert used[0] == used[1]


# --- numbers with a first bit ------------------------------------------------------------------


def test_period__of_an_uneven_length__ends_to_the_second(house: House) -> None:
    """Period and beginning stand in one word."""
    house.evm.warp(1 - house.evm.now % 2)
    thank(house, 0, ETH, RATE, CAP, WEEK + 1)
    start = house.evm.now
    house.give(0, ETH, ETHER)
    thanked = grain_of(house, house.patron)
    assert tuple(house.pool.patron_grain_of(0, ETH)) == (RATE, CAP, WEEK + 1, start, thanked)
    house.evm.warp(WEEK)
    house.give(0, ETH, 1)
    thanked = grain_of(house, house.patron)
    assert tuple(house.pool.patron_grain_of(0, ETH)) == (RATE, CAP, WEEK + 1, start, thanked)
    house.evm.warp(1)
    house.give(0, ETH, 1)
    assert tuple(house.pool.patron_grain_of(0, ETH)) == (RATE, CAP, WEEK + 1, start + WEEK + 1, 10)
