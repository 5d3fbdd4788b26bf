# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 24: one ballot of a batch is made stale, and the batch fails.

Who and what for: a thief's friend, who has signed against him like two others; he casts his own
ballot just before the batch arrives, so that the one in it is stale, and all of it is lost.
In the world: the review of Aragon's vote batches (protocol PR #14); airdrops and
meta-transactions stopped by one entry.
The defence: what does not count is skipped and said (`casting.vote_by_signatures`), and changes
nothing for the others.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, ready, robbing
from tests.attacks.votes_weak import HASTY
from tests.contracts.coop import AGAINST, FOR, named, packed
from tests.contracts.evm import Evm


def overtakes_the_batch(evm: Evm) -> Outcome:
    """Two for it, three against it by signature, one of whom has never meant it."""
    coop = funded(evm, founders=5)
    thief, friend, *honest = coop.founders
    proposal = robbing(coop, by=thief)
    coop.open(proposal)
    coop.vote(proposal, FOR, thief)
    words = coop.signed(proposal, honest[0], AGAINST)
    # in her name, by his hand
    typed = coop.ballot(proposal, friend, AGAINST)
    words += packed(friend, AGAINST, 0, thief.sign(typed))
    words += coop.signed(proposal, honest[1], AGAINST)
    refused = strike(evm, coop.carry, proposal, words)
    ready(coop, proposal)
    return Outcome(refused, carried_out(coop, proposal).won)


def test_vote_by_signatures__a_bad_one_in_the_middle__counts_the_others() -> None:
    shipped, weak = on_both(overtakes_the_batch, HASTY)
    assert shipped == ("", 0)
    assert weak == ("governor: not the voter's hand", FUND)


def test_vote_by_signatures__stale_bad_and_late_ones_everywhere__counts_each_good_one() -> None:
    """Of sixty-four seats every fourth is good; the others are stale, forged, or nobody's."""
    evm = Evm()
    coop = funded(evm, founders=64)
    proposal = robbing(coop)
    coop.open(proposal)
    words: list[int] = []
    for n, voter in enumerate(coop.founders):
        if n % 4 == 1:
            coop.vote(proposal, FOR, voter)
        signer = coop.relayer if n % 4 == 2 else voter
        named_one = evm.actor(f"outsider {n}") if n % 4 == 3 else voter
        signer = named_one if n % 4 == 3 else signer
        typed = coop.ballot(proposal, named_one, AGAINST)
        words += packed(named_one, AGAINST, 0, signer.sign(typed))
    assert coop.carry(proposal, words) == 16
    assert coop.governor.proposalVotes(proposal.id) == (16, 16, 0)
    told = [log.args["why"] for log in named(evm, "BallotSkipped")]
    assert {why: told.count(why) for why in told} == {
        "governor: not the ballot's turn": 16,
        "governor: not the voter's hand": 16,
        "governor: not a member": 16,
    }
