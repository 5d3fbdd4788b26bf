# SPDX-License-Identifier: AGPL-3.0-only
"""OpenZeppelin's signed ballot: it counts as a first ballot, for clients that know no other."""

from typing import Any

import pytest

from tests.contracts.coop import AGAINST, FOR, Coop, Proposal, packed
from tests.contracts.evm import Actor


@pytest.fixture
def proposal(coop: Coop) -> Proposal:
    """A payment, in the first second of its vote."""
    return coop.opened(coop.spending(coop.patron, 5))


def by_sig(coop: Coop, proposal: Proposal, voter: Any, support: int, signature: bytes) -> None:
    """The relayer brings it."""
    call = coop.governor.castVoteBySig
    assert call(proposal.id, support, voter, signature, sender=coop.relayer) == 1


def test_cast_vote_by_sig__as_the_first_ballot__counts(coop: Coop, proposal: Proposal) -> None:
    voter = coop.founders[0]
    by_sig(coop, proposal, voter, FOR, voter.sign(coop.oz_ballot(proposal, voter, FOR)))
    (log,) = coop.evm.logs
    assert log.name == "VoteCast"
    assert (log.args["voter"], log.args["support"]) == (voter.address, FOR)
    assert coop.governor.proposalVotes(proposal.id) == (0, 1, 0)


def test_cast_vote_by_sig__not_as_the_first__is_refused(coop: Coop, proposal: Proposal) -> None:
    voter = coop.founders[0]
    signature = voter.sign(coop.oz_ballot(proposal, voter, FOR))
    by_sig(coop, proposal, voter, FOR, signature)
    with coop.evm.reverts("governor: not the ballot's turn"):
        by_sig(coop, proposal, voter, FOR, signature)
    coop.vote(proposal, AGAINST, coop.founders[1])
    other = coop.founders[1].sign(coop.oz_ballot(proposal, coop.founders[1], FOR))
    with coop.evm.reverts("governor: not the ballot's turn"):
        by_sig(coop, proposal, coop.founders[1], FOR, other)


def test_cast_vote_by_sig__anything_else_signed__is_refused(coop: Coop, proposal: Proposal) -> None:
    voter, other = coop.founders[:2]
    sibling = coop.hub.create_pool(*coop.order("other"), sender=coop.founders[0])
    wrong = [
        voter.sign(coop.oz_ballot(proposal, voter, AGAINST)),
        voter.sign(coop.oz_ballot(proposal, other, FOR)),
        other.sign(coop.oz_ballot(proposal, voter, FOR)),
        voter.sign(coop.oz_ballot(proposal, voter, FOR, nonce=1)),
        voter.sign(coop.oz_ballot(proposal, voter, FOR, proposal_id=proposal.id ^ 1)),
        voter.sign(coop.oz_ballot(proposal, voter, FOR, domain=coop.domain(chain_id=1))),
        voter.sign(
            coop.oz_ballot(proposal, voter, FOR, domain=coop.domain(contract=sibling.governor))
        ),
        voter.sign(coop.ballot(proposal, voter, FOR)),
        b"",
    ]
    for signature in wrong:
        with coop.evm.reverts("governor: not signed by her"):
            by_sig(coop, proposal, voter, FOR, signature)
    # and the reverse: it is no ballot of ours
    words = packed(voter, FOR, 0, voter.sign(coop.oz_ballot(proposal, voter, FOR)))
    assert coop.carry(proposal, words) == 0


def test_cast_vote_by_sig__by_a_stranger_or_too_late__is_refused(
    coop: Coop, proposal: Proposal, outsider: Actor
) -> None:
    signature = outsider.sign(coop.oz_ballot(proposal, outsider, FOR))
    with coop.evm.reverts("governor: not a member"):
        by_sig(coop, proposal, outsider, FOR, signature)
    coop.vote(proposal, FOR, *coop.founders[:2])
    coop.governor.close(proposal.id, sender=coop.relayer)
    voter = coop.founders[2]
    with coop.evm.reverts("governor: Against only by now"):
        by_sig(coop, proposal, voter, FOR, voter.sign(coop.oz_ballot(proposal, voter, FOR)))
    signature = voter.sign(coop.oz_ballot(proposal, voter, AGAINST))
    by_sig(coop, proposal, voter, AGAINST, signature)
    assert coop.governor.proposalVotes(proposal.id) == (1, 2, 0)
