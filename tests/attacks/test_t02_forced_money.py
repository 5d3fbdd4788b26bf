# SPDX-License-Identifier: AGPL-3.0-only
"""T02: money that nobody gave is pushed into the Pool.

Who and what for: a thief, who waits until ETH lies in the Pool that no gift has booked (a plain
transfer, a block reward, a self-destruct), and has it counted as his own gift; or a griefer, who
sends a single unit of a token so that no balance is what the books say any more.
In the world: contracts that compare their balance with a number were stopped for ever by one forced
wei (the "strict equality" of many audits); vaults that count deposits by balance were emptied by
donations.
The defence: the books are the Pool's own (modules/books.vy, modules/holdings.vy). A gift of ETH is
what was sent with it, what is beyond the books is a surplus that `sync` gives to the general fund,
and more than what is needed is as good as exactly that (`payments._pull`,
`payments._check_covered`).
"""

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.money_weak import BY_BALANCE
from tests.contracts.evm import ETH, Evm
from tests.contracts.pools import DAY, House, pool_house

FORCED = 1_000


def opened(evm: Evm) -> tuple[House, int]:
    """A pool with a restricted earmark that ends tomorrow."""
    house = pool_house(evm)
    return house, house.open(house.spender(), restricted=True, deadline=evm.now + DAY)


def capture(evm: Evm) -> Outcome:
    """The thief gives one wei after others' money came without a gift, and takes all back."""
    house, earmark = opened(evm)
    thief = evm.actor("thief")
    evm.set_balance(house.pool, FORCED)
    before = evm.balance(thief)
    house.pool.give(earmark, ETH, 1, "", sender=thief, value=1)
    evm.warp(DAY)
    refused = strike(evm, house.pool.reclaim, earmark, ETH, sender=thief)
    return Outcome(refused, evm.balance(thief) - before)


def freeze(evm: Evm) -> Outcome:
    """The griefer sends one unit; what he wins is what the payee does not get."""
    house, _ = opened(evm)
    griefer = evm.actor("griefer")
    house.give(0, house.dollar, 500)
    house.dollar.mint(griefer, 1, sender=griefer)
    house.dollar.transfer(house.pool, 1, sender=griefer)
    pay = (0, house.dollar, house.payee, 500)
    refused = strike(evm, house.pool.spend, *pay, sender=house.governor)
    return Outcome(refused, 500 - house.real(house.dollar, house.payee))


def test_give__others_money_lies_there_unbooked__is_credited_with_its_own_wei_only() -> None:
    shipped, weak = on_both(capture, BY_BALANCE)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("", FORCED)


def test_spend__one_unit_was_sent_in__is_paid_all_the_same() -> None:
    shipped, weak = on_both(freeze, BY_BALANCE)
    assert shipped == Outcome("", 0)
    assert weak == Outcome("pool: this asset is short", 500)


@pytest.mark.parametrize("asset", ["ETH", "dollar"])
def test_pots__money_is_forced_in__see_none_of_it_until_it_is_synced(asset: str) -> None:
    evm = Evm()
    house, earmark = opened(evm)
    coin = ETH if asset == "ETH" else house.dollar
    house.give(earmark, coin, 70)
    before = [house.books(n, coin) for n in (0, earmark)]
    if asset == "ETH":
        evm.set_balance(house.pool, 70 + FORCED)
    else:
        house.dollar.mint(house.pool, FORCED, sender=house.hub)
    assert [house.books(n, coin) for n in (0, earmark)] == before
    house.pool.sync(coin, sender=evm.actor("anyone"))
    assert house.books(0, coin) == (FORCED, FORCED, 0)
    assert house.books(earmark, coin) == before[1]
    house.check_books(coin)
