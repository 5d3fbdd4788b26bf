# SPDX-License-Identifier: AGPL-3.0-only
"""T22: a gift for one purpose is led to another.

Who and what for: members who open a restricted earmark, let patrons give to it, and have named a
contract of their own as the one that spends it; or an earmark's spender that reaches for another's
money, or for what it has not promised.
In the world: grant rounds whose operator's wallet was the only way out; fiscal hosts that went down
with what they held for others.
The defence: the terms of an earmark are fixed when it is opened, before the first gift; what spends
a restricted one was made by the Hub (`Pool.open_earmark`), it reaches no earmark but its own and
nothing unreserved (modules/promises.vy), and what is left at the end returns to the patrons.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.money_weak import UNBOUND
from tests.contracts.coop import Coop
from tests.contracts.evm import ETH, Evm
from tests.contracts.pools import DAY, pool_house

GIFT = 1_000


def own_spender(evm: Evm) -> Outcome:
    """The members install a contract that does what the thief says, and let it spend."""
    coop, thief = Coop(evm), evm.actor("thief")
    spender = evm.deploy("MockSpender")
    coop.enact(coop.installing(spender), text="a part")
    ready = coop.passed(coop.opening(spender, restricted=True), text="for a roof")
    before = evm.balance(thief)
    refused = strike(evm, coop.execute, ready)
    if not refused:
        coop.give(GIFT, earmark=1)
        coop.pool.reserve(1, ETH, GIFT, sender=spender)
        coop.pool.release(1, ETH, thief, GIFT, sender=spender)
    return Outcome(refused, evm.balance(thief) - before)


def test_open_earmark__restricted_with_a_spender_of_their_own__is_refused() -> None:
    shipped, weak = on_both(own_spender, UNBOUND)
    assert shipped == Outcome("pool: restricted needs a Hub part", 0)
    assert weak == Outcome("", GIFT)


def test_spender__any_call_that_reaches_beyond_its_promises__is_refused() -> None:
    evm = Evm()
    house = pool_house(evm)
    mine, other = house.spender(), house.spender()
    first = house.open(mine, restricted=True, deadline=evm.now + DAY)
    second = house.open(other, restricted=True, deadline=evm.now + DAY)
    for earmark in (first, second):
        house.give(earmark, ETH, GIFT)
    house.pool.reserve(second, ETH, GIFT, sender=other)
    pool, thief = house.pool, evm.actor("thief")
    tries = {
        "pool: only the spender": [
            lambda: pool.release(second, ETH, thief, GIFT, sender=mine),
            lambda: pool.reserve(second, ETH, GIFT, sender=mine),
            lambda: pool.unreserve(second, ETH, GIFT, sender=mine),
            lambda: pool.release_many(second, ETH, [], sender=mine),
        ],
        "pool: more than is reserved": [lambda: pool.release(first, ETH, thief, 1, sender=mine)],
        "pool: too little to reserve": [lambda: pool.reserve(first, ETH, GIFT + 1, sender=mine)],
        "pool: only the Governor": [
            lambda: pool.move(first, 0, ETH, GIFT, sender=mine),
            lambda: pool.spend(first, ETH, thief, GIFT, sender=mine),
        ],
    }
    for reason, deeds in tries.items():
        assert [strike(evm, deed) for deed in deeds] == [reason] * len(deeds)


def test_reclaim__the_purpose_came_to_nothing__patrons_have_all_of_it_back() -> None:
    evm = Evm()
    house = pool_house(evm)
    earmark = house.open(house.spender(), restricted=True, deadline=evm.now + DAY)
    house.give(earmark, ETH, GIFT)
    house.give(earmark, ETH, 3 * GIFT, house.friend)
    before = {who.name: evm.balance(who) for who in (house.patron, house.friend)}
    early = strike(evm, house.pool.reclaim, earmark, ETH, sender=house.patron)
    assert early == "pool: earmark has not ended"
    evm.warp(DAY)
    for who, gift in ((house.patron, GIFT), (house.friend, 3 * GIFT)):
        house.pool.reclaim(earmark, ETH, sender=who)
        assert evm.balance(who) - before[who.name] == gift
    assert house.books(earmark, ETH) == (0, 4 * GIFT, 0)
