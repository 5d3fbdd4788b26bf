# SPDX-License-Identifier: AGPL-3.0-only
"""Tokens that misbehave: single cases beside the whole table in test_pool_odd_tokens.py.

Whatever a token does, it can spoil its own books at most, and no other asset is touched.
"""

from dataclasses import dataclass

import pytest

from tests.contracts.evm import ETH, Actor, Contract
from tests.contracts.odd_tokens import (
    EATS_GAS,
    FEE,
    FEE_ON_TOP,
    FROM_ZERO,
    HUGE_BALANCE,
    JUNK,
    KEEPS_ALL,
    LIES,
    LONG_ANSWER,
    MOST_IS_ALL,
    NO_ANSWER,
    NOT_SO_MUCH,
    REVERTS,
    SAYS_NO,
)
from tests.contracts.pools import WHOLE, House, names

PAYS = [0, NO_ANSWER, LIES, JUNK, LONG_ANSWER]
FAILS = [SAYS_NO, REVERTS, EATS_GAS]


@dataclass(frozen=True)
class Oddity:
    """A pool with 1,000 of an odd token in the general fund and 1,000 reserved for a spender."""

    house: House
    token: Contract
    spender: Contract
    earmark: int

    def behave(self, way: int) -> None:
        self.token.behave(way, sender=self.house.hub)


@pytest.fixture
def odd(house: House) -> Oddity:
    token, spender = house.evm.deploy("OddToken"), house.spender()
    earmark = house.open(spender, restricted=True, deadline=house.evm.now + 100)
    house.give(0, token, 1000)
    house.give(earmark, token, 1000)
    house.give(0, ETH, 1000)
    house.pool.reserve(earmark, token, 1000, sender=spender)
    return Oddity(house, token, spender, earmark)


def allowed(odd: Oddity, amount: int) -> None:
    """The patron has `amount` more and lets the pool take it."""
    odd.token.mint(odd.house.patron, amount, sender=odd.house.hub)
    odd.token.approve(odd.house.pool, amount, sender=odd.house.patron)


# --- coming in -------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [NO_ANSWER, LONG_ANSWER])
def test_give__odd_but_honest__is_credited(odd: Oddity, way: int) -> None:
    allowed(odd, 100)
    odd.behave(way)
    odd.house.pool.give(0, odd.token, 100, "", sender=odd.house.patron)
    assert odd.house.books(0, odd.token) == (1100, 1100, 0)
    odd.house.check_books(odd.token)


def test_give__fee__credits_what_arrives(odd: Oddity) -> None:
    allowed(odd, 300)
    odd.behave(FEE)
    odd.house.pool.give(odd.earmark, odd.token, 300, "", sender=odd.house.patron)
    assert odd.house.evm.logs[-1].args["amount"] == 297
    assert odd.house.books(odd.earmark, odd.token) == (1297, 1297, 1000)
    assert odd.house.pool.gift_of(odd.earmark, odd.token, odd.house.patron) == (1297, 0)
    odd.house.check_books(odd.token)


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        (SAYS_NO, "pool: token refused the gift"),
        (LIES, "pool: token refused the gift"),
        (JUNK, ""),  # an answer that is neither yes nor no
        (REVERTS, "odd: I never pay"),
        (KEEPS_ALL, "pool: no token arrived"),
        (HUGE_BALANCE, "pool: no token arrived"),
        (EATS_GAS, ""),
    ],
)
def test_give__refused_or_lost__is_refused(odd: Oddity, way: int, reason: str) -> None:
    allowed(odd, 100)
    odd.behave(way)
    with odd.house.evm.reverts(reason):
        odd.house.pool.give(0, odd.token, 100, "", sender=odd.house.patron, gas=3_000_000)


def test_give__more_arrives_meanwhile__is_a_surplus_and_nobodys_gift(odd: Oddity) -> None:
    """A sender's hook can carry out what others send; a token can write its interest only now. Out
    of an earmark that ends, the patron would take it away."""
    house, token = odd.house, odd.token
    earmark = house.open(odd.spender, restricted=True, deadline=house.evm.now + 100)
    allowed(odd, 1)
    token.call_back(token, token.calldata("mint", house.pool, 1000), sender=house.hub)
    house.pool.give(earmark, token, 1, "", sender=house.patron)
    assert house.evm.logs[-1].args["amount"] == 1
    assert house.books(earmark, token) == (1, 1, 0)
    assert house.pool.gift_of(earmark, token, house.patron) == (1, 0)
    assert house.pool.surplus(token) == 1000
    with house.evm.reverts("pool: gift of nothing"):
        house.pool.give(earmark, token, 0, "", sender=house.patron)
    assert (house.books(earmark, token), house.pool.surplus(token)) == ((1, 1, 0), 1000)
    odd.behave(0)
    house.pool.sync(token, sender=house.friend)
    assert house.books(0, token) == (2000, 2000, 0)


def test_give__frozen_patron__is_refused(odd: Oddity) -> None:
    allowed(odd, 100)
    odd.token.freeze(odd.house.patron, True, sender=odd.house.hub)
    with odd.house.evm.reverts("odd: frozen"):
        odd.house.pool.give(0, odd.token, 100, "", sender=odd.house.patron)


def test_give_with_permit__token_without_permit__needs_an_allowance(odd: Oddity) -> None:
    allowed(odd, 100)
    signed = (odd.house.evm.now, 27, b"\x01" * 32, b"\x02" * 32)
    arguments = (0, odd.token, 100, "", False, *signed)
    odd.house.pool.give_with_permit(*arguments, sender=odd.house.patron)
    assert odd.house.books(0, odd.token) == (1100, 1100, 0)
    with odd.house.evm.reverts("odd: not allowed so much"):
        odd.house.pool.give_with_permit(*arguments, sender=odd.house.patron)


def test_sync__huge_balance__is_refused(odd: Oddity, outsider: Actor) -> None:
    odd.behave(HUGE_BALANCE)
    with odd.house.evm.reverts("packing: over 128 bits"):
        odd.house.pool.sync(odd.token, sender=outsider)


# --- going out -------------------------------------------------------------------------------


@pytest.mark.parametrize("way", PAYS)
def test_spend_and_release__odd_but_paying__are_paid(odd: Oddity, way: int) -> None:
    house = odd.house
    odd.behave(way)
    house.pool.spend(0, odd.token, house.payee, 300, sender=house.governor)
    house.pool.release(odd.earmark, odd.token, house.payee, 400, sender=odd.spender)
    odd.behave(0)
    assert odd.token.balanceOf(house.payee) == 700
    assert house.pool.owed(odd.token, house.payee) == 0
    assert house.books(0, odd.token) == (700, 1000, 0)
    assert house.books(odd.earmark, odd.token) == (600, 1000, 600)
    assert house.pool.held(odd.token) == house.real(odd.token) == 1300


@pytest.mark.parametrize("way", FAILS)
def test_spend_and_release__failing__are_owed_and_paid_later(odd: Oddity, way: int) -> None:
    house = odd.house
    odd.behave(way)
    house.pool.spend(0, odd.token, house.payee, 300, sender=house.governor)
    assert names(house.evm.logs)[-2:] == ["Spent", "Owed"]
    house.pool.release(odd.earmark, odd.token, house.payee, 400, sender=odd.spender)
    assert house.pool.owed(odd.token, house.payee) == 700
    assert house.pool.held(odd.token) == house.real(odd.token) == 2000
    with house.evm.reverts("pool: withdrawal failed"):
        house.pool.withdraw(odd.token, house.friend, sender=house.payee)
    odd.behave(0)
    house.check_books(odd.token, house.payee)
    house.pool.withdraw(odd.token, house.friend, sender=house.payee)
    assert odd.token.balanceOf(house.friend) == 700
    assert house.pool.held(odd.token) == house.real(odd.token) == 1300


@pytest.mark.parametrize("way", FAILS)
def test_spend__to_the_governor_failing__is_refused(odd: Oddity, way: int) -> None:
    odd.behave(way)
    with odd.house.evm.reverts("pool: the Governor was not paid"):
        odd.house.pool.spend(0, odd.token, odd.house.governor, 300, sender=odd.house.governor)


def test_release_many__one_payee_frozen__all_others_are_paid(odd: Oddity) -> None:
    house = odd.house
    odd.token.freeze(house.friend, True, sender=house.hub)
    people = [house.payee, house.friend, house.patron]
    batch = [300 * 2**160 + int(person.address, 16) for person in people]
    house.pool.release_many(odd.earmark, odd.token, batch, sender=odd.spender)
    assert [house.real(odd.token, person) for person in people] == [300, 0, 300]
    assert house.pool.owed(odd.token, house.friend) == 300
    house.pool.withdraw(odd.token, house.payee, sender=house.friend)
    assert house.real(odd.token, house.payee) == 600
    house.check_books(odd.token, house.friend)


@pytest.mark.parametrize("way", FAILS)
def test_reclaim__failing__is_owed(odd: Oddity, way: int) -> None:
    house = odd.house
    house.pool.unreserve(odd.earmark, odd.token, 1000, sender=odd.spender)
    house.evm.warp(100)
    odd.behave(way)
    house.pool.reclaim(odd.earmark, odd.token, sender=house.patron)
    assert house.pool.owed(odd.token, house.patron) == 1000
    odd.behave(0)
    house.check_books(odd.token, house.patron)


def test_spend__fee_of_the_payee__costs_the_pool_no_more(odd: Oddity) -> None:
    odd.behave(FEE)
    odd.house.pool.spend(0, odd.token, odd.house.payee, 300, sender=odd.house.governor)
    assert odd.house.real(odd.token, odd.house.payee) == 297
    odd.house.check_books(odd.token)


def test_spend__token_takes_more_than_was_sent__only_its_own_books_are_short(odd: Oddity) -> None:
    house = odd.house
    odd.behave(FEE_ON_TOP)
    house.pool.spend(0, odd.token, house.payee, 300, sender=house.governor)
    assert (house.pool.held(odd.token), house.real(odd.token)) == (1700, 1697)
    assert house.pool.surplus(odd.token) == 0
    house.check_books(ETH)


def test_spend__token_says_no_but_pays__is_not_owed_again(odd: Oddity) -> None:
    house = odd.house
    odd.behave(LIES)
    house.pool.spend(0, odd.token, house.payee, 300, sender=house.governor)
    assert names(house.evm.logs) == ["Spent"]
    assert house.pool.owed(odd.token, house.payee) == 0
    assert house.real(odd.token, house.payee) == 300


@pytest.mark.parametrize("way", [0, JUNK])
def test_spend__token_says_yes_beside_a_surplus__is_paid(odd: Oddity, way: int) -> None:
    house = odd.house
    odd.token.mint(house.pool, 5000, sender=house.hub)
    odd.behave(way)
    house.pool.spend(0, odd.token, house.payee, 300, sender=house.governor)
    assert names(house.evm.logs) == ["Spent"]
    assert house.real(odd.token, house.payee) == 300
    assert house.pool.surplus(odd.token) == 5000


def test_spend__token_lies_beside_a_surplus__is_paid_and_not_owed(odd: Oddity) -> None:
    house = odd.house
    odd.token.mint(house.pool, 5000, sender=house.hub)
    odd.behave(LIES)
    house.pool.spend(0, odd.token, house.payee, 300, sender=house.governor)
    assert house.pool.owed(odd.token, house.payee) == 0
    assert house.real(odd.token, house.payee) == 300
    assert house.pool.surplus(odd.token) == 5000
    house.check_books(odd.token, house.payee)


def test_spend__more_than_the_token_moves_at_once__is_owed_and_goes_in_no_parts(
    odd: Oddity,
) -> None:
    """As UNI, which counts in 96 bits: what is owed is paid as a whole, so members spend less."""
    house, much = odd.house, 2**96
    house.give(0, odd.token, much)
    odd.behave(NOT_SO_MUCH)
    house.pool.spend(0, odd.token, house.payee, much, sender=house.governor)
    assert house.pool.owed(odd.token, house.payee) == much
    house.pool.spend(0, odd.token, house.payee, 1000, sender=house.governor)
    assert house.real(odd.token, house.payee) == 1000
    house.check_books(odd.token, house.payee)


def test_give__largest_number_stands_for_all__counts_what_came(odd: Oddity) -> None:
    house = odd.house
    odd.token.mint(house.patron, 77, sender=house.hub)
    odd.token.approve(house.pool, 2**256 - 1, sender=house.patron)
    odd.behave(MOST_IS_ALL)
    house.pool.give(0, odd.token, 2**256 - 1, "", sender=house.patron)
    assert house.books(0, odd.token) == (1077, 1077, 0)


def test_give__allowance_changes_from_zero_only__works_with_exact_allowances(odd: Oddity) -> None:
    """As USDT. A gift uses up an exact allowance, so the next one can be allowed."""
    house = odd.house
    odd.behave(FROM_ZERO)
    for _ in range(2):
        allowed(odd, 50)
        house.pool.give(0, odd.token, 50, "", sender=house.patron)
    assert house.books(0, odd.token) == (1100, 1100, 0)


@pytest.mark.parametrize("amount", [2**127 - 2001, 2**127 - 1001])
def test_give_and_spend__huge_amounts__are_exact(odd: Oddity, amount: int) -> None:
    house = odd.house
    house.give(0, odd.token, amount)
    house.pool.spend(0, odd.token, house.payee, amount, sender=house.governor)
    assert house.real(odd.token, house.payee) == amount
    assert house.books(0, odd.token) == (1000, amount + 1000, 0)


def test_upgrade__token_changes_for_the_worse_and_back__loses_nobodys_money(odd: Oddity) -> None:
    """Its issuer may replace its code at any time, between a gift and a payment too."""
    house = odd.house
    for way in (SAYS_NO, REVERTS, EATS_GAS):
        odd.behave(way)
        house.pool.spend(0, odd.token, house.payee, 100, sender=house.governor)
    odd.behave(0)
    assert house.pool.owed(odd.token, house.payee) == 300
    house.pool.withdraw(odd.token, house.payee, sender=house.payee)
    assert house.real(odd.token, house.payee) == 300
    house.check_books(odd.token, house.payee)


# --- a token that lost value -------------------------------------------------------------------


SHORT = "pool: this asset is short"


def test_outflows__a_token_that_lost_value__wait_for_everybody(odd: Oddity) -> None:
    """Whoever came first would be paid in full, out of what is promised to the others."""
    house = odd.house
    odd.token.burn(house.pool, 1, sender=house.hub)
    with house.evm.reverts(SHORT):
        house.pool.spend(0, odd.token, house.payee, 10, sender=house.governor)
    with house.evm.reverts(SHORT):
        house.pool.release(odd.earmark, odd.token, house.payee, 10, sender=odd.spender)
    before = house.real(odd.token)
    odd.token.mint(house.pool, 1, sender=house.hub)
    house.pool.spend(0, odd.token, house.payee, 10, sender=house.governor)
    assert house.real(odd.token) == before + 1 - 10


def test_reclaim__a_token_that_lost_value__waits(house: House) -> None:
    token = house.evm.deploy("OddToken")
    earmark = house.open(house.spender(), restricted=True, deadline=house.evm.now + 100)
    house.give(earmark, token, 1_000)
    house.evm.warp(100)
    token.burn(house.pool, 400, sender=house.hub)
    with house.evm.reverts(SHORT):
        house.pool.reclaim(earmark, token, sender=house.patron)


def test_withdraw__a_token_that_lost_value__waits(odd: Oddity) -> None:
    house = odd.house
    odd.behave(SAYS_NO)
    house.pool.spend(0, odd.token, house.payee, 300, sender=house.governor)
    odd.behave(0)
    odd.token.burn(house.pool, 1, sender=house.hub)
    with house.evm.reverts(SHORT):
        house.pool.withdraw(odd.token, house.payee, sender=house.payee)
    assert house.pool.owed(odd.token, house.payee) == 300


def test_spend__short_by_a_unit_and_the_token_says_no__nothing_is_booked_as_paid(
    odd: Oddity,
) -> None:
    """Held against the books, a refusal would have passed for a payment."""
    house = odd.house
    odd.token.burn(house.pool, 1, sender=house.hub)
    odd.behave(SAYS_NO)
    with house.evm.reverts(SHORT):
        house.pool.spend(0, odd.token, house.payee, 300, sender=house.governor)


def test_withdraw__a_token_dearer_than_a_push_may_be__is_paid(house: House) -> None:
    """Its transfer burns 210,000 gas: no push can pay it, its owner can fetch it."""
    token = house.evm.deploy("DearToken", 210_000)
    house.give(0, token, 1_000)
    house.pool.spend(0, token, house.payee, 400, sender=house.governor)
    assert house.pool.owed(token, house.payee) == 400
    house.pool.withdraw(token, house.payee, sender=house.payee, gas=1_000_000)
    assert house.real(token, house.payee) == 400
    house.check_books(token, house.payee)


def test_spend__token_loses_its_code__is_owed(house: House) -> None:
    # A call without code to run succeeds and says nothing: that must not pass for a payment.
    token = house.evm.deploy("OddToken")
    house.give(0, token, 1000)
    house.evm.erase_code(token)
    house.pool.spend(0, token, house.payee, 300, sender=house.governor)
    assert house.pool.owed(token, house.payee) == 300


@pytest.mark.parametrize("way", [1 << n for n in range(12)])
def test_any_token__whatever_it_does__leaves_other_assets_alone(odd: Oddity, way: int) -> None:
    house = odd.house
    eth, balance = house.books(0, ETH), house.real(ETH)
    allowed(odd, 100)
    odd.behave(way)
    for call, arguments, sender in (
        (house.pool.spend, (0, odd.token, house.payee, 10), house.governor),
        (house.pool.release, (odd.earmark, odd.token, house.payee, 10), odd.spender),
    ):
        call(*arguments, sender=sender)
    assert (house.books(0, ETH), house.real(ETH)) == (eth, balance)
    assert house.pool.held(ETH) == 1000
    house.pool.spend(0, ETH, house.payee, 1000, sender=house.governor)


def test_spend__a_token_that_moves_less_than_its_share_and_says_nothing__is_taken_at_its_word(
    house: House,
) -> None:
    """One unit of a token whose shares are worth three moves no share: no answer is a yes."""
    token = house.evm.deploy("OddToken")
    house.give(0, token, 10)
    token.rebase(3 * WHOLE, sender=house.hub)
    token.behave(NO_ANSWER, sender=house.hub)
    house.pool.spend(0, token, house.payee, 1, sender=house.governor)
    assert (house.real(token), house.real(token, house.payee)) == (30, 0)
    assert house.pool.owed(token, house.payee) == 0
    assert house.pool.held(token) == 9
