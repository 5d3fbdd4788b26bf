# SPDX-License-Identifier: AGPL-3.0-only
"""Payees that misbehave when they are sent ETH, and callers who are stingy with gas."""

import pytest

from tests.contracts.evm import ETH, Contract, Reverted
from tests.contracts.pools import House, names

# The ways of contracts/mocks/OddPayee.vy, in its order.
REFUSES, EATS_GAS, LONG_ANSWER, CALLS_BACK, SLOW = (1 << n for n in range(5))
NEW_ACCOUNT = "0x" + "ab" * 20


@pytest.fixture
def payee(house: House) -> Contract:
    house.give(0, ETH, 1000)
    return house.evm.deploy("OddPayee")


@pytest.mark.parametrize("way", [0, SLOW])
def test_spend__honest_contract__is_paid(house: House, payee: Contract, way: int) -> None:
    payee.behave(way, sender=house.hub)
    house.pool.spend(0, ETH, payee, 300, sender=house.governor)
    assert names(house.evm.logs) == ["Spent", "Took"]
    assert house.real(ETH, payee) == 300


@pytest.mark.parametrize("way", [REFUSES, EATS_GAS, LONG_ANSWER])
def test_spend__hostile_contract__is_owed_at_a_bounded_price(
    house: House, payee: Contract, way: int
) -> None:
    payee.behave(way, sender=house.hub)
    house.pool.spend(0, ETH, payee, 300, sender=house.governor)
    assert names(house.evm.logs) == ["Spent", "Owed"]
    assert house.pool.owed(ETH, payee) == 300
    # 200,000 for the payee, below 150,000 for everything else, the transaction included
    assert house.evm.gas_used < 350_000
    house.check_books(ETH, payee)


def test_withdraw__payee_mends_its_ways__is_paid(house: House, payee: Contract) -> None:
    payee.behave(EATS_GAS, sender=house.hub)
    house.pool.spend(0, ETH, payee, 300, sender=house.governor)
    payee.behave(0, sender=house.hub)
    house.pool.withdraw(ETH, payee, sender=payee)
    assert house.real(ETH, payee) == 300
    house.check_books(ETH, payee)


def test_spend__too_little_gas__is_refused_with_a_reason(house: House) -> None:
    house.give(0, ETH, 1000)
    with house.evm.reverts("pool: too little gas to pay"):
        house.pool.spend(0, ETH, house.payee, 300, sender=house.governor, gas=300_000)


@pytest.mark.parametrize("new_account", [True, False])
def test_spend__any_gas_limit__never_makes_an_honest_payment_a_debt(
    house: House, payee: Contract, new_account: bool
) -> None:
    # A payee that needs nearly all of the gas a payment may use, and the dearest kind of payment.
    payee.behave(SLOW, sender=house.hub)
    to = NEW_ACCOUNT if new_account else payee
    outcomes = set()
    for gas in range(100_000, 600_000, 2_500):
        point = house.evm.snapshot()
        try:
            house.pool.spend(0, ETH, to, 300, sender=house.governor, gas=gas)
            paid = house.real(ETH, to) == 300 and house.pool.owed(ETH, to) == 0
            outcomes.add("paid" if paid else f"owed at {gas}")
        except Reverted as error:
            outcomes.add(error.reason.split(":")[0] + ": ...")
        house.evm.restore(point)
    assert "paid" in outcomes
    assert not [outcome for outcome in outcomes if outcome.startswith("owed")]


def test_release_many__little_gas_in_the_middle__pays_nobody(house: House) -> None:
    spender = house.spender()
    earmark = house.open(spender)
    house.give(earmark, ETH, 1000)
    house.pool.reserve(earmark, ETH, 1000, sender=spender)
    batch = [2**160 + n for n in range(1000, 1020)]
    with house.evm.reverts("pool: too little gas to pay"):
        house.pool.release_many(earmark, ETH, batch, sender=spender, gas=800_000)
    house.pool.release_many(earmark, ETH, batch, sender=spender)
    assert house.books(earmark, ETH) == (980, 1000, 980)
