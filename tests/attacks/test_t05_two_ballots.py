# SPDX-License-Identifier: AGPL-3.0-only
"""T05: a member votes twice.

Who and what for: one of three, who casts for his own payment as often as he is let.
In the world: DAOs whose ballots were a list that grew; Yam's first tally.
The defence: a seat has one place of four bits in a proposal, and a ballot is written there
(`casting._cast`, modules/ballots.vy). In the weakened copy a second ballot finds another place.
"""

from tests.attacks.money import Outcome, on_both
from tests.attacks.votes import FUND, funded, robbed, robbing
from tests.attacks.votes_weak import HASTY
from tests.contracts.coop import AGAINST, FOR
from tests.contracts.evm import Evm


def votes_three_times(evm: Evm) -> tuple[tuple[int, int, int], Outcome]:
    """The other two are against it."""
    coop = funded(evm)
    thief, *others = coop.founders
    proposal = robbing(coop, by=thief)
    coop.open(proposal)
    coop.vote(proposal, AGAINST, *others)
    found = robbed(coop, proposal, thief, thief, thief)
    return coop.governor.proposalVotes(proposal.id), found


def test_castvote__three_times__is_one_ballot() -> None:
    (shipped, kept), (weak, won) = on_both(votes_three_times, HASTY)
    assert shipped == (2, 1, 0)
    assert kept == ("governor: not ready to execute", 0)
    assert weak == (2, 3, 0)
    assert won == ("", FUND)


def test_ballots__by_every_way_one_after_another__stay_one_of_each_seat() -> None:
    """By call, signature, OpenZeppelin's ballot, and call again: tallies sum to the seats."""
    evm = Evm()
    coop = funded(evm)
    thief = coop.founders[0]
    proposal = robbing(coop, by=thief)
    coop.open(proposal)
    standard = thief.sign(coop.oz_ballot(proposal, thief, FOR))
    coop.governor.castVoteBySig(proposal.id, FOR, thief, standard, sender=coop.relayer)
    assert coop.carry(proposal, coop.signed(proposal, thief, FOR, casts=1)) == 1
    coop.vote(proposal, FOR, thief)
    assert coop.governor.proposalVotes(proposal.id) == (0, 1, 0)
    with evm.reverts("governor: not the ballot's turn"):
        coop.governor.castVoteBySig(proposal.id, FOR, thief, standard, sender=coop.relayer)
    # the same three words three times in one batch
    words = coop.signed(proposal, thief, FOR, casts=3)
    assert coop.carry(proposal, words * 3) == 1
    assert coop.governor.proposalVotes(proposal.id) == (0, 1, 0)
