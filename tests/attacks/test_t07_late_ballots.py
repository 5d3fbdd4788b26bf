# SPDX-License-Identifier: AGPL-3.0-only
"""T07: a newcomer tips a round that is open already.

Who and what for: a candidate whose friend is let in, in the last days of a period, to give him
half of what three members divide.
In the world: Gitcoin rounds in which accounts were made for the last day; matching farmed by
newcomers.
The defence: a ballot counts for who was a member as the period began (`choices._cast`,
modules/electorate.vy).
"""

from tests.attacks.allocations_weak import CARELESS
from tests.attacks.money import Outcome, on_both, strike
from tests.contracts.allocations import POINTS, Round
from tests.contracts.evm import Evm


def brings_a_friend(evm: Evm) -> Outcome:
    """One member has cast; the friend comes in before the period ends."""
    crowd, friend = Round(evm), evm.actor("friend")
    crowd.candidates(2)
    crowd.cast(crowd.founders[0], {1: POINTS})
    crowd.give(1_000, earmark=1)
    crowd.admit(friend)
    evm.warp(1)
    refused = strike(evm, crowd.cast, friend, {2: POINTS})
    crowd.close()
    return Outcome(refused, crowd.waiting(2)[0])


def test_cast__by_who_came_in_during_the_period__is_refused() -> None:
    shipped, weak = on_both(brings_a_friend, CARELESS)
    assert shipped == ("allocation: joined too late", 0)
    assert weak == ("", 500)
