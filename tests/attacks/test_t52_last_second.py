# SPDX-License-Identifier: AGPL-3.0-only
"""T52: the votes come in the last second, when nobody can answer any more.

Who and what for: three of ten, who are silent until the last second of a weekend's vote and are
enough then; the others see it the day after.
In the world: Compound's proposal 289 (2024, 499,000 COMP on a weekend); the flash votes at the
end of many token votes; block stuffing (Fomo3D, 2018).
The defence: the timelock takes ballots still, those against only, from everybody who may vote
(`casting._open_for_ballots`, `casting._objection`), and each seat has one more cast kept for it
(`ballots._next`); a payment that has lost its majority by then is defeated for good.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, ready, robbing
from tests.attacks.votes_weak import HASTY
from tests.contracts.coop import ABSTAIN, AGAINST, DEFEATED, FOR
from tests.contracts.evm import Evm


def silent_until_the_end(evm: Evm) -> Outcome:
    """Three others wake up in the timelock."""
    coop = funded(evm, founders=10)
    three, awake = coop.founders[:3], coop.founders[3:6]
    proposal = robbing(coop)
    evm.warp_to(coop.governor.proposalDeadline(proposal.id))
    coop.vote(proposal, FOR, *three)
    evm.warp(86_400)
    refused = ""
    for each in awake:
        refused = strike(evm, coop.governor.castVote, proposal.id, AGAINST, sender=each)
    ready(coop, proposal)
    return Outcome(refused, carried_out(coop, proposal).won)


def test_castvote__against_a_surprise_in_the_timelock__stops_it() -> None:
    shipped, weak = on_both(silent_until_the_end, HASTY)
    assert shipped == ("", 0)
    assert weak == ("governor: no ballots taken now", FUND)


def test_castvote__in_the_timelock_by_who_has_used_up_her_mind__still_stops_it() -> None:
    """Four casts for everybody, and the fifth for an objection: none is closed out by haste."""
    evm = Evm()
    coop = funded(evm)
    proposal = robbing(coop)
    coop.open(proposal)
    coop.vote(proposal, FOR, *coop.founders)
    for support in (ABSTAIN, FOR, FOR):
        coop.vote(proposal, support, coop.founders[0])
    with evm.reverts("governor: last cast is Against"):
        coop.vote(proposal, FOR, coop.founders[0])
    coop.governor.close(proposal.id, sender=coop.relayer)
    evm.warp(1)
    for support in (FOR, ABSTAIN):
        with evm.reverts("governor: Against only by now"):
            coop.vote(proposal, support, coop.founders[1])
    coop.vote(proposal, AGAINST, *coop.founders[:2])
    assert coop.state(proposal) == DEFEATED
    ready(coop, proposal)
    assert carried_out(coop, proposal) == ("governor: not ready to execute", 0)
