# SPDX-License-Identifier: AGPL-3.0-only
"""T06: a member votes, leaves and comes back, or moves her seat, and votes again.

Who and what for: one of three with a second key, who needs one ballot more.
In the world: token votes where the same coins voted from two wallets (bZx's and other snapshots
taken too late); clubs that gave whoever rejoined a new number.
The defence: a seat is one account's for ever and moves with its ballots, and an account that has
it since the proposal has no ballot there (`members._admit`, `members._rebind`,
`casting._objection`). There are two, so the weakened copy lacks both.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, ready, robbing
from tests.attacks.votes_weak import UNFROZEN
from tests.contracts.coop import AGAINST, CLASSES, DAY, FOR, ORDINARY, Coop, Proposal, stricter
from tests.contracts.evm import Actor, Evm

LONG = stricter(CLASSES, ORDINARY, period=40 * DAY)


def voted(evm: Evm) -> tuple[Coop, Proposal]:
    """One for, one against, and thirty days to go."""
    coop = funded(evm, rules=LONG)
    proposal = robbing(coop)
    coop.open(proposal)
    coop.vote(proposal, FOR, coop.founders[0])
    coop.vote(proposal, AGAINST, coop.founders[1])
    return coop, proposal


def casts_again(coop: Coop, proposal: Proposal, voter: Actor) -> tuple[Outcome, int]:
    """What comes of it, and the ballots there are."""
    coop.evm.warp(1)
    refused = strike(coop.evm, coop.governor.castVote, proposal.id, FOR, sender=voter)
    ready(coop, proposal)
    found = carried_out(coop, proposal)
    return Outcome(refused, found.won), sum(coop.governor.proposalVotes(proposal.id))


def leaves_and_comes_back(evm: Evm) -> tuple[Outcome, int]:
    """The others let her in again, for they know of nothing."""
    coop, proposal = voted(evm)
    turncoat = coop.founders[0]
    coop.admission.leave(sender=turncoat)
    coop.voters = coop.founders[1:]
    coop.admit(turncoat)
    return casts_again(coop, proposal, turncoat)


def moves_her_seat(evm: Evm) -> tuple[Outcome, int]:
    """She has "lost" her key, and everybody helps."""
    coop, proposal = voted(evm)
    second = evm.actor("second key")
    coop.rebind(coop.founders[0], second)
    return casts_again(coop, proposal, second)


def test_castvote__by_who_left_and_came_back__is_refused() -> None:
    shipped, weak = on_both(leaves_and_comes_back, UNFROZEN)
    assert shipped == (("governor: joined too late", 0), 2)
    assert weak == (("", FUND), 3)


def test_castvote__from_another_key_of_the_same_seat__is_refused() -> None:
    shipped, weak = on_both(moves_her_seat, UNFROZEN)
    assert shipped == (("governor: joined too late", 0), 2)
    assert weak == (("", FUND), 3)
