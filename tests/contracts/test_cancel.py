# SPDX-License-Identifier: AGPL-3.0-only
"""Withdrawing a proposal: by its proposer until the vote closes, later by a rules vote."""

from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.contracts.coop import (
    CANCELED,
    DAY,
    DEFEATED,
    EXECUTED,
    EXPIRED,
    FOR,
    RULES,
    SUCCEEDED,
    Coop,
    Proposal,
    named,
)
from tests.contracts.evm import Actor
from tests.contracts.test_proposals import payment


def test_cancel__by_the_proposer_until_the_vote_closes__ends_it_for_good(coop: Coop) -> None:
    for wait in (0, DAY + 1, 6 * DAY):
        mark = coop.evm.snapshot()
        proposal = coop.propose(payment(coop))
        coop.evm.warp(wait)
        answer = coop.governor.cancel(*proposal.content, sender=coop.founders[0])
        assert answer == proposal.id
        (log,) = coop.evm.logs
        assert (log.name, log.args) == ("ProposalCanceled", {"proposalId": proposal.id})
        assert coop.state(proposal) == CANCELED
        with coop.evm.reverts("governor: too late to cancel"):
            coop.governor.cancel(*proposal.content, sender=coop.founders[0])
        with coop.evm.reverts("governor: no ballots taken now"):
            coop.vote(proposal, FOR, coop.founders[0])
        with coop.evm.reverts("governor: vote is not open"):
            coop.governor.close(proposal.id, sender=coop.relayer)
        coop.evm.warp(9 * DAY)
        with coop.evm.reverts("governor: not ready to execute"):
            coop.execute(proposal)
        coop.evm.restore(mark)


def test_cancel__by_anybody_else__is_refused(coop: Coop, outsider: Actor) -> None:
    proposal = coop.propose(payment(coop))
    for other in (outsider, coop.founders[1], coop.relayer):
        with coop.evm.reverts("governor: not the proposer"):
            coop.governor.cancel(*proposal.content, sender=other)


def test_cancel__from_the_second_after_the_vote__is_refused(coop: Coop) -> None:
    proposal = coop.opened(payment(coop))
    coop.vote(proposal, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalDeadline(proposal.id) + 1)
    for wait in (0, 2 * DAY, 14 * DAY):
        coop.evm.warp(wait)
        with coop.evm.reverts("governor: too late to cancel"):
            coop.governor.cancel(*proposal.content, sender=coop.founders[0])


def burying(coop: Coop, proposal: Proposal) -> Any:
    """The call that withdraws another proposal by vote."""
    return coop.governor, 0, coop.governor.calldata("cancel", *proposal.content)


def test_cancel__by_a_rules_vote__buries_what_waits_to_be_carried_out(coop: Coop) -> None:
    sleeper = coop.propose(payment(coop), text="nothing is there yet")
    burial = coop.propose(burying(coop, sleeper), text="bury it")
    assert coop.word(burial)["kind"] == RULES
    for proposal in sorted((sleeper, burial), key=lambda p: coop.word(p)["delay"]):
        coop.open(proposal)
        coop.vote(proposal, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalEta(burial.id))
    assert coop.state(sleeper) == SUCCEEDED
    coop.execute(burial)
    assert [log.args for log in named(coop.evm, "ProposalCanceled")] == [{"proposalId": sleeper.id}]
    assert (coop.state(sleeper), coop.state(burial)) == (CANCELED, EXECUTED)
    with coop.evm.reverts("governor: not ready to execute"):
        coop.execute(sleeper)


@pytest.mark.parametrize("end", [CANCELED, DEFEATED, EXPIRED, EXECUTED])
def test_cancel__by_a_rules_vote_of_what_has_ended__is_refused(coop: Coop, end: int) -> None:
    coop.give(5)
    ended = coop.opened(payment(coop), text="over")
    if end == CANCELED:
        coop.governor.cancel(*ended.content, sender=coop.founders[0])
    elif end != DEFEATED:
        coop.vote(ended, FOR, *coop.founders)
    if end == EXECUTED:
        coop.evm.warp_to(coop.governor.proposalEta(ended.id))
        coop.execute(ended)
    elif end == EXPIRED:
        coop.evm.warp(21 * DAY)
    burial = coop.passed(burying(coop, ended), text="bury it")
    assert coop.state(ended) == end
    with coop.evm.reverts("governor: too late to cancel"):
        coop.execute(burial)


def test_cancel__content_that_nobody_proposed__is_refused(coop: Coop) -> None:
    proposal = coop.propose(payment(coop), text="this")
    targets, amounts, calls, _ = proposal.content
    with coop.evm.reverts("governor: no such proposal"):
        coop.governor.cancel(targets, amounts, calls, keccak(text="that"), sender=coop.founders[0])
