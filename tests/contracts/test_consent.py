# SPDX-License-Identifier: AGPL-3.0-only
"""Consent proposals: raised by an installed part only, passed unless enough members object."""

from typing import Any

import pytest

from tests.contracts.coop import (
    ABSTAIN,
    ACTIVE,
    AGAINST,
    CANCELED,
    CLASSES,
    CONSENT,
    DAY,
    DEFEATED,
    EXECUTED,
    EXPIRED,
    FOR,
    ORDINARY,
    PENDING,
    QUEUED,
    SUCCEEDED,
    Coop,
    Desk,
    Proposal,
    content_id,
    named,
    stricter,
)
from tests.contracts.evm import Evm

WEEK = 7 * DAY


class Circle(Desk):
    """Twenty members and a part that may raise consent proposals; two objections stop one."""

    def __init__(self, evm: Evm, members: int = 20, **rule: Any) -> None:
        super().__init__(evm, stricter(CLASSES, CONSENT, **rule))
        self.part = evm.deploy("Puppet")
        self.selector = self.part.calldata("decide", 0)[:4]
        self.governor.add_hub_part(self.part, self.selector, False, sender=self.hub)
        self.voters = [evm.actor(f"member {n}") for n in range(members)]
        self.admit(*self.voters)
        evm.warp(1)

    def raised(self, number: int = 7, text: str = "consent") -> Proposal:
        """A consent proposal, made now."""
        call = self.part.calldata("decide", number)
        return self.propose((self.part, 0, call), text=text, by=self.part)

    def reviewed(self, number: int = 7, text: str = "consent") -> Proposal:
        """In the first second in which ballots are taken."""
        proposal = self.raised(number, text)
        self.open(proposal)
        return proposal

    def end(self, proposal: Proposal) -> int:
        """Its state in the second after its vote."""
        self.evm.warp_to(self.governor.proposalDeadline(proposal.id) + 1)
        return self.state(proposal)


@pytest.fixture
def circle(evm: Evm) -> Circle:
    """Nobody has proposed anything."""
    return Circle(evm)


# --- raising -----------------------------------------------------------------------------------


def test_raise__by_the_part__is_of_the_consent_class(circle: Circle) -> None:
    now = circle.evm.now
    proposal = circle.raised()
    (log,) = circle.evm.logs
    assert log.name == "ProposalCreated"
    assert log.args == {
        "proposalId": proposal.id,
        "proposer": circle.part.address,
        "targets": [circle.part.address],
        "values": [0],
        "signatures": [""],
        "calldatas": [circle.part.calldata("decide", 7)],
        "voteStart": now,
        "voteEnd": now + WEEK,
        "description": "consent",
    }
    assert proposal.id == content_id([(circle.part, 0, proposal.calls[0])], "consent")
    word = circle.word(proposal)
    assert (word["kind"], word["electorate"]) == (CONSENT, 20)
    assert (word["delay"], word["period"]) == (0, 7 * 24)
    assert circle.governor.proposalProposer(proposal.id) == circle.part.address
    assert circle.governor.proposalDeadline(proposal.id) == now + WEEK
    assert circle.governor.proposalEta(proposal.id) == now + WEEK


def test_raise__many_at_a_time__are_not_counted_as_a_members(circle: Circle) -> None:
    for number in range(5):
        circle.raised(number)


def test_raise__before_anybody_may_vote__is_refused(evm: Evm) -> None:
    circle = Circle(evm, members=0)
    with evm.reverts("governor: nobody may vote yet"):
        circle.raised()


def test_raise__the_same_call_by_a_member__is_refused(circle: Circle) -> None:
    """Nobody can raise the same content first, alone or among others, in any class."""
    call = circle.part.calldata("decide", 7)
    decide = (circle.part, 0, call)
    other = (circle.voters[1], 0, b"")
    plans: list[list[Any]] = [
        [decide],
        [decide, other],
        [other, decide],
        [decide, circle.ruling(CLASSES)],
        [decide, decide],
        [(circle.part, 1, call)],
        [(circle.part, 0, call[:4])],
        [(circle.part, 0, call + bytes(64))],
    ]
    for plan in plans:
        with circle.evm.reverts("governor: a consent call"):
            circle.propose(*plan, by=circle.voters[0])
        with circle.evm.reverts("governor: a consent call"):
            circle.propose(*plan, by=circle.relayer)


def test_raise__anything_but_its_one_call__is_refused_to_the_part(circle: Circle) -> None:
    part, call = circle.part, circle.part.calldata("decide", 7)
    twin = circle.evm.deploy("Puppet")
    circle.governor.add_hub_part(twin, circle.selector, False, sender=circle.hub)
    as_a_member: list[list[Any]] = [
        [(circle.voters[0], 0, b"")],
        [circle.removing(circle.voters[0])],
        [(part, 0, b"")],
        [(part, 0, call[:3])],
        [(part, 0, part.calldata("act", circle.relayer, b""))],
    ]
    for plan in as_a_member:
        with circle.evm.reverts("members: only members propose"):
            circle.propose(*plan, by=part)
    foreign: list[list[Any]] = [
        [(twin, 0, call)],
        [(circle.voters[0], 0, b""), (part, 0, call)],
    ]
    for plan in foreign:
        with circle.evm.reverts("governor: a consent call"):
            circle.propose(*plan, by=part)
    not_alone: list[list[Any]] = [
        [(part, 0, call), (part, 0, call)],
        [(part, 0, call), (circle.voters[0], 0, b"")],
        [(part, 1, call)],
    ]
    for plan in not_alone:
        with circle.evm.reverts("governor: one consent call alone"):
            circle.propose(*plan, by=part)


def test_raise__by_a_part_without_a_consent_function__is_refused(coop: Coop) -> None:
    part = coop.part()
    for action in ((part, 0, part.calldata("decide", 7)), (part, 0, b"")):
        with coop.evm.reverts("members: only members propose"):
            coop.propose(action, by=part)


def test_raise__by_a_part_that_the_members_installed__works_as_well(coop: Coop) -> None:
    part = coop.part("decide")
    proposal = coop.raised(part)
    assert coop.word(proposal)["kind"] == CONSENT
    coop.evm.warp(WEEK + 1)
    coop.execute(proposal)
    (log,) = named(coop.evm, "Decided")
    assert log.args == {"by": coop.governor.address, "number": 7}


def test_raise__by_a_part_that_is_a_member_too__is_a_members_proposal_or_consent(
    circle: Circle,
) -> None:
    """What it proposes as a member takes the votes that it would take of any other."""
    circle.admit(circle.part)
    circle.evm.warp(1)
    for n in range(2):
        proposal = circle.propose((circle.voters[0], 0, b""), text=str(n), by=circle.part)
        assert circle.word(proposal)["kind"] == ORDINARY
    with circle.evm.reverts("members: two proposals open"):
        circle.propose((circle.voters[0], 0, b""), by=circle.part)
    assert circle.word(circle.raised())["kind"] == CONSENT


# --- passing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("bps", "needed"), [(100, 1), (999, 2), (1000, 2), (1001, 3), (5000, 10)])
def test_objections__at_the_share_and_one_below__stop_it_or_not(
    evm: Evm, bps: int, needed: int
) -> None:
    """Of twenty members; nobody needs to consent."""
    circle = Circle(evm, quorum_bps=bps)
    for objections, outcome in ((needed - 1, SUCCEEDED), (needed, DEFEATED)):
        mark = evm.snapshot()
        proposal = circle.reviewed()
        circle.vote(proposal, AGAINST, *circle.voters[:objections])
        assert circle.state(proposal) == ACTIVE
        assert circle.end(proposal) == outcome
        evm.restore(mark)


def test_objections__three_of_seven_where_a_little_more_is_asked__do_not_stop_it(evm: Evm) -> None:
    """42.86 % of seven are three and two ten-thousandths."""
    circle = Circle(evm, members=7, quorum_bps=4286)
    mark = evm.snapshot()
    proposal = circle.reviewed()
    circle.vote(proposal, AGAINST, *circle.voters[:3])
    assert circle.end(proposal) == SUCCEEDED
    evm.restore(mark)
    proposal = circle.reviewed()
    circle.vote(proposal, AGAINST, *circle.voters[:4])
    assert circle.end(proposal) == DEFEATED


def test_objections__whatever_the_others_say__count_alone(circle: Circle) -> None:
    proposal = circle.reviewed()
    circle.vote(proposal, FOR, *circle.voters[2:])
    circle.vote(proposal, AGAINST, *circle.voters[:2])
    assert circle.end(proposal) == DEFEATED


def test_objections__taken_back_in_time__do_not_count(circle: Circle) -> None:
    proposal = circle.reviewed()
    circle.vote(proposal, AGAINST, *circle.voters[:2])
    circle.vote(proposal, ABSTAIN, circle.voters[1])
    assert circle.end(proposal) == SUCCEEDED


def test_review__every_boundary__changes_in_exactly_that_second(circle: Circle) -> None:
    start = circle.evm.now
    proposal = circle.raised()
    seen = [circle.state(proposal)]
    for second in (1, WEEK - 1, WEEK, WEEK + 1, WEEK + 17 * DAY - 1, WEEK + 17 * DAY):
        circle.evm.warp_to(start + second)
        seen.append(circle.state(proposal))
    assert seen == [PENDING, ACTIVE, ACTIVE, ACTIVE, SUCCEEDED, SUCCEEDED, EXPIRED]


def test_review__with_a_timelock__can_still_be_stopped_in_it(evm: Evm) -> None:
    circle = Circle(evm, timelock=DAY)
    proposal = circle.reviewed()
    assert circle.end(proposal) == QUEUED
    with evm.reverts("governor: Against only by now"):
        circle.vote(proposal, FOR, circle.voters[0])
    circle.vote(proposal, AGAINST, *circle.voters[:2])
    assert circle.state(proposal) == DEFEATED


def test_execute__what_passed__is_called_by_the_governor_once(circle: Circle) -> None:
    proposal = circle.reviewed()
    circle.end(proposal)
    circle.execute(proposal)
    assert [log.name for log in circle.evm.logs] == ["Decided", "ProposalExecuted"]
    assert circle.evm.logs[0].args == {"by": circle.governor.address, "number": 7}
    assert circle.state(proposal) == EXECUTED
    with circle.evm.reverts("governor: not ready to execute"):
        circle.execute(proposal)


def test_cancel__by_the_part_itself__ends_it(circle: Circle) -> None:
    proposal = circle.reviewed()
    with circle.evm.reverts("governor: not the proposer"):
        circle.governor.cancel(*proposal.content, sender=circle.voters[0])
    circle.governor.cancel(*proposal.content, sender=circle.part)
    assert circle.state(proposal) == CANCELED


# --- the early end -----------------------------------------------------------------------------


def test_close__more_than_half_consent__is_ready_at_once(circle: Circle) -> None:
    proposal = circle.reviewed()
    circle.vote(proposal, FOR, *circle.voters[:10])
    with circle.evm.reverts("governor: outcome not certain"):
        circle.governor.close(proposal.id, sender=circle.relayer)
    circle.vote(proposal, FOR, circle.voters[10])
    circle.vote(proposal, AGAINST, circle.voters[19])
    circle.governor.close(proposal.id, sender=circle.relayer)
    assert circle.state(proposal) == SUCCEEDED
    with circle.evm.reverts("governor: no ballots taken now"):
        circle.vote(proposal, AGAINST, circle.voters[18])
    circle.execute(proposal)


def test_close__while_enough_object__is_refused(circle: Circle) -> None:
    """A majority must not cut the review off while it is lost: objectors may still be won over."""
    proposal = circle.reviewed()
    circle.vote(proposal, FOR, *circle.voters[:11])
    circle.vote(proposal, AGAINST, *circle.voters[18:])
    with circle.evm.reverts("governor: outcome not certain"):
        circle.governor.close(proposal.id, sender=circle.relayer)
    circle.vote(proposal, ABSTAIN, circle.voters[18])
    circle.governor.close(proposal.id, sender=circle.relayer)
    assert circle.state(proposal) == SUCCEEDED


def test_close__without_early_end__is_refused(evm: Evm) -> None:
    circle = Circle(evm, early=False)
    proposal = circle.reviewed()
    circle.vote(proposal, FOR, *circle.voters)
    with evm.reverts("governor: outcome not certain"):
        circle.governor.close(proposal.id, sender=circle.relayer)


def test_rules__of_consent_at_their_least__still_leave_three_days(evm: Evm) -> None:
    circle = Circle(evm, period=3 * DAY, quorum_bps=100, timelock=0, expiry=3 * DAY)
    proposal = circle.reviewed()
    evm.warp(3 * DAY - 1)
    circle.vote(proposal, AGAINST, circle.voters[0])
    assert circle.end(proposal) == DEFEATED
