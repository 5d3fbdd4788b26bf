# SPDX-License-Identifier: AGPL-3.0-only
"""The times of a vote to the second, under rules in which each number has its first and last bit.

What stands in one word with others shows here if a field is read too wide, too narrow or shifted:
rules of whole days would hide that, since all of their numbers end in zeros.
"""

import pytest

from tests.contracts.coop import (
    ACTIVE,
    CONSENT,
    DAY,
    EXPIRED,
    FOR,
    HOUR,
    MEMBERSHIP,
    ORDINARY,
    PENDING,
    QUEUED,
    RULES,
    SUCCEEDED,
    Coop,
    Proposal,
    Rule,
    named,
)
from tests.contracts.evm import Evm

UNEVEN = (
    Rule(719 * HOUR, 1439 * HOUR, 60 * DAY - 1, 180 * DAY, 2001, 5001, True),
    Rule(1 * HOUR, 73 * HOUR, 2 * DAY + 1, 180 * DAY - 1, 2501, 6669, False),
    Rule(3 * HOUR, 75 * HOUR, 2 * DAY + 3, 100 * DAY + 1, 3001, 9999, True),
    Rule(5 * HOUR, 77 * HOUR, DAY + 1, 3 * DAY + 1, 1001, 0, False),
)


@pytest.fixture
def coop(evm: Evm) -> Coop:
    """A co-op of three under these rules, at an uneven second."""
    made = Coop(evm, rules=UNEVEN)
    evm.warp_to((evm.now + 2) | 1)
    return made


def proposed(coop: Coop, kind: int) -> Proposal:
    """One of this class."""
    if kind == CONSENT:
        return coop.raised(coop.part("decide"))
    actions = {
        ORDINARY: (coop.patron, 0, b""),
        MEMBERSHIP: coop.offering(coop.patron),
        RULES: coop.ruling(UNEVEN),
    }
    return coop.propose(actions[kind])


@pytest.mark.parametrize("kind", [ORDINARY, MEMBERSHIP, RULES, CONSENT])
def test_times__of_uneven_rules__are_kept_to_the_second(coop: Coop, kind: int) -> None:
    rule, governor = UNEVEN[kind], coop.governor
    proposal = proposed(coop, kind)
    (created,) = named(coop.evm, "ProposalCreated")
    opens_at = coop.evm.now + rule.delay
    closes_at = opens_at + rule.period
    eta = closes_at + rule.timelock
    assert (created.args["voteStart"], created.args["voteEnd"]) == (opens_at, closes_at)
    assert (governor.proposalDeadline(proposal.id), governor.proposalEta(proposal.id)) == (
        closes_at,
        eta,
    )
    firsts = {
        ACTIVE: opens_at + 1,
        QUEUED: closes_at + 1,
        SUCCEEDED: eta,
        EXPIRED: eta + rule.expiry,
    }
    before = PENDING
    for state, first in firsts.items():
        coop.evm.warp_to(first - 1)
        assert coop.state(proposal) == before
        coop.evm.warp(1)
        assert coop.state(proposal) == state
        if state == ACTIVE:
            coop.vote(proposal, FOR, *coop.founders)
        before = state


def test_views__of_uneven_rules__are_those_of_ordinary_proposals(coop: Coop) -> None:
    assert coop.governor.votingDelay() == UNEVEN[ORDINARY].delay
    assert coop.governor.votingPeriod() == UNEVEN[ORDINARY].period
    assert coop.governor.quorum(coop.evm.now - 1) == 1


def test_rules__that_change__leave_the_times_of_what_is_open(coop: Coop) -> None:
    """And members who come and go leave the rules: all stand in one word."""
    proposal = proposed(coop, ORDINARY)
    deadline = coop.governor.proposalDeadline(proposal.id)
    coop.admission.leave(sender=coop.founders[2])
    coop.voters = coop.founders[:2]
    ordinary, _, rule, consent = UNEVEN
    coop.enact(coop.ruling((ordinary, rule, rule, consent)), text="longer")
    assert coop.governor.proposalDeadline(proposal.id) == deadline
    later = coop.propose((coop.patron, 0, b""), text="later")
    length = ordinary.delay + ordinary.period
    assert coop.governor.proposalDeadline(later.id) == coop.evm.now + length
