# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 32: money goes out and in again for what the way is paid with.

Who and what for: members who vote the pool's own money to the Governor and give it back in the same
proposal, so that the grain for patrons is minted for it.
In the world: Splits (H-01): anybody could withdraw and deposit between two contracts of the same
owner, and take the fee for distributing each time.
The defence: the pool's own contracts are thanked for nothing (`patronage._is_own`), and nobody is
paid for carrying anything out. Through a forwarder it can be done (SECURITY.md); then the cap of
the rules vote is what holds.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.money_weak import UNBOUND
from tests.contracts.coop import DAY, Coop
from tests.contracts.evm import ETH, Contract, Evm
from tests.contracts.pools import pool_house

FUND, RATE, CAP = 1_000, 10**36, 500 * 10**18


def thanking(evm: Evm) -> Coop:
    """Patrons get grain for ETH, at most a cap in thirty days; there is some ETH."""
    coop = Coop(evm)
    coop.give(FUND)
    terms = coop.pool.calldata("set_patron_grain", 0, ETH, RATE, CAP, 30 * DAY)
    mints = coop.grain.calldata("set_minter", coop.pool, True)
    coop.enact((coop.grain, 0, mints), (coop.pool, 0, terms), text="thanks")
    return coop


def round_trip(evm: Evm) -> Outcome:
    """Out to the Governor, back as its gift, and the grain to the thief: one ordinary vote."""
    coop = thanking(evm)
    thief = coop.founders[0]
    give = coop.pool.calldata("give", 0, ETH, FUND, "", False)
    trip = coop.passed(
        coop.spending(coop.governor, FUND),
        (coop.pool, FUND, give),
        (coop.grain, 0, coop.grain.calldata("transfer", thief, CAP)),
        text="around",
    )
    refused = strike(evm, coop.execute, trip)
    return Outcome(refused, coop.grain.balanceOf(thief))


def test_execute__the_pools_money_given_to_itself__mints_nothing() -> None:
    shipped, weak = on_both(round_trip, UNBOUND)
    assert shipped == Outcome("grain: the balance is too small", 0)
    assert weak == Outcome("", CAP)


def test_execute__through_a_forwarder__mints_no_more_than_the_cap() -> None:
    # The limit that SECURITY.md states, and no worse.
    evm = Evm()
    coop = thanking(evm)
    thief = coop.founders[0]
    post: Contract = evm.deploy("Puppet")
    give = coop.pool.calldata("give", 0, ETH, FUND, "", False)
    send = coop.grain.calldata("transfer", thief, CAP)
    for trip in range(2):
        ready = coop.passed(
            coop.spending(coop.governor, FUND),
            (post, FUND, post.calldata("act", coop.pool, give)),
            text=f"around {trip}",
        )
        coop.execute(ready)
        assert coop.pool.balance_of(0, ETH) == FUND
    assert coop.grain.balanceOf(post) == CAP
    evm.call(thief, post, post.calldata("act", coop.grain, send))
    assert coop.grain.totalSupply() == coop.grain.balanceOf(thief) == CAP


def test_give__at_the_seam_of_two_periods__mints_two_caps_at_most() -> None:
    # Another limit of SECURITY.md: periods follow one another, so two caps can lie close together.
    evm = Evm()
    house = pool_house(evm, with_grain=True)
    terms = (0, ETH, 10**18, 100, 30 * DAY)
    house.pool.set_patron_grain(*terms, sender=house.governor)
    evm.warp(30 * DAY - 1)
    house.give(0, ETH, 1_000)
    for _ in range(30):
        house.give(0, ETH, 1_000)
        evm.warp(DAY - 1)
    assert house.grain.totalSupply() == 2 * 100
