# SPDX-License-Identifier: AGPL-3.0-only
"""T03: somebody votes and proposes who is no member.

Who and what for: an outsider, who proposes to pay the fund to himself and casts the ballots for it
with accounts that are no members', by call, by signature and by wallet.
In the world: Steem (2020), where exchanges voted with what was not theirs; every Discord poll.
The defence: a proposal takes a member's turn (`members._take_turn`), a ballot her seat
(`casting._objection`). There are two, so the weakened copy lacks both.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, ready, robbing
from tests.attacks.votes_weak import OPEN
from tests.contracts.coop import CLASSES, FOR, ORDINARY, choice, named, stricter
from tests.contracts.evm import Evm

# an outsider has no seat, so all of them would share the ballot of seat 0
LOW = stricter(CLASSES, ORDINARY, quorum_bps=500)


def takes_the_fund(evm: Evm) -> Outcome:
    """Proposes, votes, and has it carried out."""
    coop, outsider = funded(evm, rules=LOW), evm.actor("outsider")
    refused = strike(evm, lambda: robbing(coop, by=outsider))
    proposal = robbing(coop, text="in a member's name") if refused else robbing(coop, text="again")
    coop.open(proposal)
    cast = strike(evm, coop.governor.castVote, proposal.id, FOR, sender=outsider)
    assert bool(refused) == bool(cast)
    ready(coop, proposal)
    found = carried_out(coop, proposal)
    return Outcome(cast or found.refused, found.won)


def test_castvote__by_an_outsider__is_refused() -> None:
    shipped, weak = on_both(takes_the_fund, OPEN)
    assert shipped == ("governor: not a member", 0)
    assert weak == ("", FUND)


def test_ballots__of_outsiders_by_every_way__count_for_nothing() -> None:
    """By call, by both kinds of signature, and by a wallet; candidates and expelled members too."""
    evm = Evm()
    coop = funded(evm, founders=4)
    expelled, candidate = coop.founders[3], evm.actor("candidate")
    coop.enact(coop.removing(expelled), text="out")
    coop.voters = coop.founders[:3]
    coop.enact(coop.offering(candidate), text="offer")
    proposal = robbing(coop)
    coop.open(proposal)
    wallet = evm.deploy("OddWallet", candidate)
    for nobody in (evm.actor("outsider"), candidate, expelled):
        with evm.reverts("governor: not a member"):
            coop.governor.castVote(proposal.id, FOR, sender=nobody)
        with evm.reverts("governor: not a member"):
            coop.governor.castVoteWithReason(proposal.id, FOR, "so", sender=nobody)
        signature = nobody.sign(coop.oz_ballot(proposal, nobody, FOR))
        with evm.reverts("governor: not a member"):
            arguments = (proposal.id, FOR, nobody, signature)
            coop.governor.castVoteBySig(*arguments, sender=coop.relayer)
        assert coop.carry(proposal, coop.signed(proposal, nobody, FOR)) == 0
        (skipped,) = named(evm, "BallotSkipped")
        assert skipped.args["why"] == "governor: not a member"
    signed = candidate.sign(coop.ballot(proposal, wallet, FOR))
    ballots = ([choice(wallet, FOR)], [bytes(32)], [signed])
    brought = (proposal.id, evm.now + 86_400, *ballots)
    assert coop.governor.vote_by_wallets(*brought, sender=coop.relayer) == 0
    assert coop.governor.proposalVotes(proposal.id) == (0, 0, 0)
