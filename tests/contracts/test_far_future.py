# SPDX-License-Identifier: AGPL-3.0-only
"""Times have 40 bits, those of a proposal 36: all is as today while they have a use for the last.

So a co-op may vote until the year 4100; who is a member, and until when an earmark takes gifts,
could be told for 30,000 years more.
"""

import pytest

from tests.contracts.coop import EXECUTED, FOR, Coop, Desk, Ways, ascending
from tests.contracts.evm import ETH, Evm
from tests.contracts.pools import DAY, WHOLE, pool_house
from tests.contracts.test_admission_join import join

YEAR_3058, YEAR_19391 = 2**35, 2**39


def test_vote__in_the_years_after_3058__is_as_today(coop: Coop) -> None:
    coop.evm.warp_to(YEAR_3058 + 1)
    coop.give(10)
    proposal = coop.propose(coop.spending(coop.patron, 10))
    assert coop.governor.proposalSnapshot(proposal.id) == coop.evm.now
    coop.open(proposal)
    coop.vote(proposal, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalEta(proposal.id))
    coop.execute(proposal)
    assert coop.state(proposal) == EXECUTED


@pytest.mark.parametrize("begin", [YEAR_19391 - 10, YEAR_19391 + 1])
def test_members__in_the_years_after_19391__come_and_go_as_today(evm: Evm, begin: int) -> None:
    """Also who leaves in the very second that is the last bit alone."""
    evm.warp_to(begin)
    desk, (ada, bob) = Desk(evm), [evm.actor(name) for name in ("ada", "bob")]
    desk.admit(ada, bob)
    joined = evm.now
    evm.warp(10)
    desk.remove(ada)
    left = evm.now
    evm.warp(10)
    governor = desk.governor
    times = (joined, joined + 1, left, left + 1)
    assert [governor.getPastVotes(ada, each) for each in times] == [0, 1, 1, 0]
    assert [governor.getPastVotes(bob, each) for each in times] == [0, 1, 1, 1]
    assert [governor.getPastTotalSupply(each) for each in times] == [0, 2, 2, 1]
    assert [governor.isMember(each) for each in (ada, bob)] == [False, True]
    desk.admit(ada)
    assert governor.isMember(ada)


def test_join__in_the_years_after_19391__waits_for_sponsors_and_periods_as_today(evm: Evm) -> None:
    evm.warp_to(YEAR_19391 + 1)
    coop = Coop(evm, ways=Ways(joins_bps=1))
    sponsors = ascending(coop.founders)[:2]
    one, two = evm.actor("one"), evm.actor("two")
    with evm.reverts("admission: a sponsor joined too lately"):
        join(coop, one, sponsors)
    evm.warp(DAY)
    join(coop, one, sponsors)
    evm.warp(coop.ways.period - 1)
    with evm.reverts("admission: enough have joined in this period"):
        join(coop, two, sponsors)
    evm.warp(1)
    join(coop, two, sponsors)


@pytest.mark.parametrize("restricted", [False, True])
def test_earmark__in_the_years_after_19391__has_its_times_as_today(
    evm: Evm, restricted: bool
) -> None:
    evm.warp_to(YEAR_19391 + 1)
    house = pool_house(evm)
    spender, deadline = house.spender(), evm.now + DAY
    number = house.open(spender, restricted=restricted, deadline=deadline)
    assert tuple(house.pool.earmark(number)) == (spender.address, restricted, deadline, evm.now)
    evm.warp_to(deadline - 1)
    house.give(number, ETH, 10)
    house.pool.reserve(number, ETH, 1, sender=spender)
    assert house.pool.earmark(number).last_reserve == evm.now
    evm.warp(1)
    with evm.reverts("pool: earmark has ended"):
        house.pool.give(number, ETH, 10, "", sender=house.patron, value=10)


def test_patron_grain__in_the_years_after_19391__begins_its_periods_as_today(evm: Evm) -> None:
    evm.warp_to(YEAR_19391 + 1)
    house = pool_house(evm, with_grain=True)
    house.pool.set_patron_grain(0, ETH, WHOLE, 15, DAY, sender=house.governor)
    start = evm.now
    for wait, thanked in ((0, 10), (DAY - 1, 15), (1, 25)):
        evm.warp(wait)
        house.give(0, ETH, 10)
        assert house.grain.balanceOf(house.patron) == thanked
    assert house.pool.patron_grain_of(0, ETH).started_at == start + DAY
