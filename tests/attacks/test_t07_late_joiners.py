# SPDX-License-Identifier: AGPL-3.0-only
"""T07: newcomers swing a vote that is open already.

Who and what for: two of five, who bring two friends by invitation once they see that they are
short.
In the world: Swerve and other takeovers in the middle of a vote; strata meetings that admit
proxies at the door.
The defence: who may vote is settled as the proposal's second begins (`casting._objection`); who
joins within that second is too late, who joined the second before is not.
"""

import pytest

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, ready, robbing
from tests.attacks.votes_weak import UNFROZEN
from tests.contracts.coop import AGAINST, FOR, Ways, ascending
from tests.contracts.evm import Evm
from tests.contracts.test_admission_join import join


def brings_friends(evm: Evm) -> Outcome:
    """Three of five are against it; then two come in."""
    coop = funded(evm, founders=5, ways=Ways(joins_bps=10_000))
    few, friends = coop.founders[:2], [evm.actor("friend 1"), evm.actor("friend 2")]
    proposal = robbing(coop, by=few[0])
    coop.open(proposal)
    coop.vote(proposal, FOR, *few)
    coop.vote(proposal, AGAINST, *coop.founders[2:])
    refused = ""
    for friend in friends:
        join(coop, friend, ascending(few))
    evm.warp(1)
    for friend in friends:
        refused = strike(evm, coop.governor.castVote, proposal.id, FOR, sender=friend)
    ready(coop, proposal)
    found = carried_out(coop, proposal)
    return Outcome(refused or found.refused, found.won)


def test_castvote__by_who_came_in_during_the_vote__is_refused() -> None:
    shipped, weak = on_both(brings_friends, UNFROZEN)
    assert shipped == ("governor: joined too late", 0)
    assert weak == ("", FUND)


@pytest.mark.parametrize(("seconds", "counts"), [(1, True), (0, False), (-1, False)])
def test_castvote__joined_around_the_second_of_the_proposal__counts_from_before_it(
    seconds: int, counts: bool
) -> None:
    """Positive: so long before the proposal; negative: after it."""
    evm = Evm()
    coop, friend = funded(evm, ways=Ways(joins_bps=10_000)), evm.actor("friend")
    pair = ascending(coop.founders[:2])
    if seconds >= 0:
        join(coop, friend, pair)
        evm.warp(seconds)
    proposal = robbing(coop)
    if seconds < 0:
        evm.warp(-seconds)
        join(coop, friend, pair)
    assert coop.word(proposal)["electorate"] == 3 + counts
    coop.open(proposal)
    if counts:
        coop.vote(proposal, FOR, friend)
        return
    with evm.reverts("governor: joined too late"):
        coop.vote(proposal, FOR, friend)
