# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 13: a vote passes for a moment, and that is enough.

Who and what for: the first two voters of ten, who end the vote while they are ahead.
In the world: Snapshot's findings CS-SNAPSHOT-005 (a state that was right for a moment could be
executed) and -019 (a proposal edited just before its vote).
The defence: a vote ends early only when more than half of the whole electorate, and its approval
share of all, are for it (`proposals._passes`), so that nobody who comes later could turn it; a
proposal cannot be edited.
"""

from tests.attacks.money import Outcome, on_both, strike
from tests.attacks.votes import FUND, carried_out, funded, ready, robbing
from tests.attacks.votes_weak import HASTY
from tests.contracts.coop import AGAINST, FOR
from tests.contracts.evm import Evm


def closes_while_ahead(evm: Evm) -> Outcome:
    """The other eight come in the evening."""
    coop = funded(evm, founders=10)
    few, others = coop.founders[:2], coop.founders[2:]
    proposal = robbing(coop)
    coop.open(proposal)
    coop.vote(proposal, FOR, *few)
    refused = strike(evm, coop.governor.close, proposal.id, sender=few[0])
    evm.warp(3_600)
    for each in others:
        strike(evm, coop.governor.castVote, proposal.id, AGAINST, sender=each)
    ready(coop, proposal)
    return Outcome(refused, carried_out(coop, proposal).won)


def test_close__with_two_of_ten_for_it__is_refused() -> None:
    shipped, weak = on_both(closes_while_ahead, HASTY)
    assert shipped == ("governor: outcome not certain", 0)
    assert weak == ("", FUND)


def test_close__one_ballot_short_of_more_than_half__is_refused() -> None:
    evm = Evm()
    coop = funded(evm, founders=10)
    proposal = robbing(coop)
    coop.open(proposal)
    coop.vote(proposal, FOR, *coop.founders[:5])
    with evm.reverts("governor: outcome not certain"):
        coop.governor.close(proposal.id, sender=coop.relayer)
    coop.vote(proposal, FOR, coop.founders[5])
    coop.governor.close(proposal.id, sender=coop.relayer)
    with evm.reverts("governor: vote is not open"):
        coop.governor.close(proposal.id, sender=coop.relayer)
