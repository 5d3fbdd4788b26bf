# SPDX-License-Identifier: AGPL-3.0-only
"""Casting by call: who may cast what, when; and that nobody ever votes twice."""

from itertools import permutations
from typing import Any

import pytest

from tests.contracts.coop import (
    ABSTAIN,
    AGAINST,
    DAY,
    DEFEATED,
    FOR,
    QUEUED,
    Coop,
    Desk,
    Proposal,
    named,
)
from tests.contracts.evm import Actor, Evm, Reverted


@pytest.fixture
def proposal(coop: Coop) -> Proposal:
    """A payment, in the first second of its vote."""
    return coop.opened(coop.spending(coop.patron, 5))


def votes(coop: Any, proposal: Proposal) -> tuple[int, int, int]:
    """Against, for, abstain."""
    against, in_favour, abstain = coop.governor.proposalVotes(proposal.id)
    return against, in_favour, abstain


@pytest.mark.parametrize("support", [AGAINST, FOR, ABSTAIN])
def test_cast_vote__by_a_member__counts_one(coop: Coop, proposal: Proposal, support: int) -> None:
    voter = coop.founders[1]
    assert not coop.governor.hasVoted(proposal.id, voter)
    assert coop.governor.castVote(proposal.id, support, sender=voter) == 1
    (log,) = coop.evm.logs
    assert (log.name, log.args) == (
        "VoteCast",
        {
            "voter": voter.address,
            "proposalId": proposal.id,
            "support": support,
            "weight": 1,
            "reason": "",
        },
    )
    assert votes(coop, proposal)[support] == 1
    assert sum(votes(coop, proposal)) == 1
    assert coop.governor.hasVoted(proposal.id, voter)
    assert not coop.governor.hasVoted(proposal.id, coop.founders[0])


def test_cast_vote_with_reason__by_a_member__tells_the_reason(
    coop: Coop, proposal: Proposal
) -> None:
    reason = "weil es stimmt: " + "é" * 500
    voter = coop.founders[2]
    assert coop.governor.castVoteWithReason(proposal.id, FOR, reason[:400], sender=voter) == 1
    (log,) = coop.evm.logs
    assert log.args["reason"] == reason[:400]
    assert (log.args["voter"], log.args["support"]) == (voter.address, FOR)
    assert votes(coop, proposal) == (0, 1, 0)
    with coop.evm.reverts(""):
        coop.governor.castVoteWithReason(proposal.id, FOR, "x" * 1025, sender=voter)


def test_cast_vote__no_support_of_the_three__is_refused(coop: Coop, proposal: Proposal) -> None:
    for support in (3, 4, 255):
        with coop.evm.reverts("governor: support is 0, 1 or 2"):
            coop.governor.castVote(proposal.id, support, sender=coop.founders[0])
        with coop.evm.reverts("governor: support is 0, 1 or 2"):
            coop.governor.castVoteWithReason(proposal.id, support, "", sender=coop.founders[0])


def test_cast_vote__by_somebody_else__is_refused(
    coop: Coop, proposal: Proposal, outsider: Actor
) -> None:
    for caller in (outsider, coop.patron, coop.maintainers[0]):
        with coop.evm.reverts("governor: not a member"):
            coop.governor.castVote(proposal.id, FOR, sender=caller)
        with coop.evm.reverts("governor: not a member"):
            coop.governor.castVoteWithReason(proposal.id, FOR, "let me", sender=caller)


def test_cast_vote__no_such_proposal__is_refused(coop: Coop) -> None:
    with coop.evm.reverts("governor: no such proposal"):
        coop.governor.castVote(404, FOR, sender=coop.founders[0])


def test_cast_vote__at_each_boundary__only_while_open(coop: Coop) -> None:
    proposal = coop.propose(coop.spending(coop.patron, 5))
    opens_at, closes_at = coop.evm.now + DAY, coop.evm.now + 6 * DAY
    for second, voter in ((opens_at - 1, 0), (opens_at, 0)):
        coop.evm.warp_to(second)
        with coop.evm.reverts("governor: no ballots taken now"):
            coop.vote(proposal, FOR, coop.founders[voter])
    for second, voter in ((opens_at + 1, 0), (closes_at - 1, 1), (closes_at, 2)):
        coop.evm.warp_to(second)
        coop.vote(proposal, FOR, coop.founders[voter])
    coop.evm.warp(1)
    with coop.evm.reverts("governor: Against only by now"):
        coop.vote(proposal, FOR, coop.founders[0])
    assert votes(coop, proposal) == (0, 3, 0)


# --- changing one's mind -----------------------------------------------------------------------


def test_cast_vote__a_changed_mind__counts_once_and_as_the_last(
    coop: Coop, proposal: Proposal
) -> None:
    voter = coop.founders[0]
    for support in (FOR, ABSTAIN, AGAINST, FOR):
        coop.vote(proposal, support, voter)
        expected = [0, 0, 0]
        expected[support] = 1
        assert votes(coop, proposal) == tuple(expected)


def test_cast_vote__the_fifth_time__only_against(coop: Coop, proposal: Proposal) -> None:
    voter = coop.founders[0]
    for _ in range(4):
        coop.vote(proposal, FOR, voter)
    for support in (FOR, ABSTAIN):
        with coop.evm.reverts("governor: last cast is Against"):
            coop.vote(proposal, support, voter)
    coop.vote(proposal, AGAINST, voter)
    assert votes(coop, proposal) == (1, 0, 0)
    for support in (AGAINST, FOR, ABSTAIN):
        with coop.evm.reverts("governor: cast five times"):
            coop.vote(proposal, support, voter)


# --- the timelock ------------------------------------------------------------------------------


@pytest.mark.parametrize("casts", range(5))
def test_timelock__against_of_somebody_who_cast_often__is_always_open(
    coop: Coop, casts: int
) -> None:
    """Whoever voted up to four times can still stop it: the fifth cast was kept for that."""
    proposal = coop.opened(coop.spending(coop.patron, 5))
    coop.vote(proposal, FOR, *coop.founders[:2])
    voter = coop.founders[2]
    coop.vote(proposal, ABSTAIN, *([voter] * casts))
    coop.evm.warp_to(coop.governor.proposalEta(proposal.id) - 1)
    assert coop.state(proposal) == QUEUED
    for support in (FOR, ABSTAIN):
        with coop.evm.reverts("governor: Against only by now"):
            coop.vote(proposal, support, voter)
    coop.vote(proposal, AGAINST, voter)
    assert coop.state(proposal) == QUEUED
    coop.vote(proposal, AGAINST, coop.founders[0])
    assert votes(coop, proposal) == (2, 1, 0)
    assert coop.state(proposal) == DEFEATED


def test_timelock__from_its_end_on__nobody_votes(coop: Coop) -> None:
    proposal = coop.queued(coop.spending(coop.patron, 5))
    coop.evm.warp_to(coop.governor.proposalEta(proposal.id) - 1)
    coop.vote(proposal, AGAINST, coop.founders[0])
    coop.evm.warp(1)
    for support in (AGAINST, FOR):
        with coop.evm.reverts("governor: no ballots taken now"):
            coop.vote(proposal, support, coop.founders[1])


def test_timelock__a_stopped_proposal__stays_stopped(coop: Coop) -> None:
    coop.give(5)
    proposal = coop.queued(coop.spending(coop.patron, 5))
    coop.vote(proposal, AGAINST, *coop.founders[:2])
    assert coop.state(proposal) == DEFEATED
    for wait in (0, DAY, DAY, 14 * DAY):
        coop.evm.warp(wait)
        assert coop.state(proposal) == DEFEATED
        with coop.evm.reverts("governor: no ballots taken now"):
            coop.vote(proposal, FOR, coop.founders[0])
        with coop.evm.reverts("governor: not ready to execute"):
            coop.execute(proposal)


def test_timelock__a_quorum_that_abstainers_made__falls_with_them(evm: Evm) -> None:
    """20 % of ten: one For and one Abstain pass; the abstainer turns Against and it is a draw."""
    desk = Desk(evm)
    people = [evm.actor(f"member {n}") for n in range(10)]
    desk.admit(*people)
    evm.warp(1)
    proposal = desk.opened((people[0], 0, b""), by=people[0])
    desk.vote(proposal, FOR, people[0])
    desk.vote(proposal, ABSTAIN, people[1])
    evm.warp_to(desk.governor.proposalDeadline(proposal.id) + 1)
    assert desk.state(proposal) == QUEUED
    desk.vote(proposal, AGAINST, people[1])
    assert desk.state(proposal) == DEFEATED


def test_timelock__a_majority_of_everybody__cannot_be_stopped(coop: Coop) -> None:
    coop.give(5)
    proposal = coop.opened(coop.spending(coop.patron, 5))
    coop.vote(proposal, FOR, *coop.founders[:2])
    coop.governor.close(proposal.id, sender=coop.relayer)
    coop.vote(proposal, AGAINST, coop.founders[2])
    assert coop.state(proposal) == QUEUED
    coop.evm.warp_to(coop.governor.proposalEta(proposal.id))
    coop.execute(proposal)


# --- nobody votes twice ------------------------------------------------------------------------


def test_seat__left_and_rejoined__votes_no_second_time(coop: Coop, proposal: Proposal) -> None:
    voter = coop.founders[0]
    coop.vote(proposal, FOR, voter)
    coop.admission.leave(sender=voter)
    with coop.evm.reverts("governor: not a member"):
        coop.vote(proposal, AGAINST, voter)
    assert votes(coop, proposal) == (0, 1, 0)
    assert coop.governor.hasVoted(proposal.id, voter)
    desk = Desk(coop.evm)
    desk.admit(voter, coop.founders[1])
    coop.evm.warp(1)
    other = desk.opened((voter, 0, b""), by=voter)
    desk.vote(other, FOR, voter)
    desk.remove(voter)
    desk.admit(voter)
    coop.evm.warp(1)
    with coop.evm.reverts("governor: joined too late"):
        desk.vote(other, FOR, voter)
    assert votes(desk, other) == (0, 1, 0)


def test_seat__rebound__keeps_its_ballot_and_casts_no_other(coop: Coop) -> None:
    """Neither key changes what was cast; the new one votes on what is proposed from now on."""
    desk = Desk(coop.evm)
    voter, new = coop.founders[0], coop.evm.actor("new key")
    desk.admit(voter, coop.founders[1])
    coop.evm.warp(1)
    proposal = desk.opened((voter, 0, b""), by=voter)
    desk.vote(proposal, FOR, voter)
    desk.rebind(voter, new)
    assert desk.governor.hasVoted(proposal.id, new)
    assert not desk.governor.hasVoted(proposal.id, voter)
    with coop.evm.reverts("governor: not a member"):
        desk.vote(proposal, AGAINST, voter)
    coop.evm.warp(1)
    with coop.evm.reverts("governor: joined too late"):
        desk.vote(proposal, AGAINST, new)
    signed = desk.signed(proposal, new, AGAINST, casts=1)
    assert desk.carry(proposal, signed) == 0
    (skipped,) = named(coop.evm, "BallotSkipped")
    assert skipped.args["why"] == "governor: joined too late"
    assert votes(desk, proposal) == (0, 1, 0)
    later = desk.opened((voter, 0, b""), text="later", by=new)
    desk.vote(later, FOR, new)
    assert votes(desk, later) == (0, 1, 0)
    # the old key comes back as somebody new: too late for this one
    desk.admit(voter)
    coop.evm.warp(1)
    with coop.evm.reverts("governor: joined too late"):
        desk.vote(proposal, FOR, voter)


def test_seat__rebound_before_it_voted__casts_nothing_there(coop: Coop) -> None:
    """Its place in the frozen electorate stays, as that of somebody who left."""
    desk, new = Desk(coop.evm), coop.evm.actor("new key")
    desk.admit(*coop.founders)
    coop.evm.warp(1)
    proposal = desk.opened((coop.patron, 0, b""), by=coop.founders[1])
    desk.rebind(coop.founders[0], new)
    in_that_second = desk.propose((coop.patron, 0, b""), text="now", by=coop.founders[1])
    desk.open(in_that_second)
    for voted in (proposal, in_that_second):
        assert desk.word(voted)["electorate"] == 3
        assert not desk.governor.hasVoted(voted.id, new)
        with coop.evm.reverts("governor: joined too late"):
            desk.vote(voted, FOR, new)


@pytest.mark.parametrize("moves", list(permutations(("vote", "leave", "join", "rebind"))))
def test_seat__any_order_of_moves__counts_at_most_once(evm: Evm, moves: tuple[str, ...]) -> None:
    """After every step each key that ever sat there tries to vote; the count never passes one."""
    desk = Desk(evm)
    one, two, other = (evm.actor(name) for name in ("one", "two", "other"))
    desk.admit(one, other)
    evm.warp(1)
    proposal = desk.opened((one, 0, b""), by=one)
    key = one

    def attempt(act: Any, *arguments: Any) -> bool:
        try:
            act(*arguments)
        except Reverted:
            return False
        return True

    for move in moves:
        evm.warp(1)
        if move == "leave":
            attempt(desk.remove, key)
        if move == "join":
            attempt(desk.admit, key)
        if move == "rebind" and attempt(desk.rebind, key, two):
            key = two
        for account in (one, two):
            attempt(desk.vote, proposal, FOR, account)
        assert sum(votes(desk, proposal)) <= 1
    assert sum(votes(desk, proposal)) <= 1


def test_cast_vote__grain_in_hand__weighs_nothing(coop: Coop) -> None:
    """Votes are never for sale: whoever holds all the grain is a stranger to the ballot."""
    whale = coop.evm.actor("whale")
    mint = coop.part()
    coop.enact((coop.grain, 0, coop.grain.calldata("set_minter", mint, True)), text="whale")
    coop.grain.mint(whale, 10**24, sender=mint)
    coop.grain.mint(coop.founders[0], 10**24, sender=mint)
    late = coop.opened(coop.spending(coop.patron, 6), by=coop.founders[1])
    with coop.evm.reverts("governor: not a member"):
        coop.vote(late, FOR, whale)
    coop.vote(late, FOR, coop.founders[0])
    assert votes(coop, late) == (0, 1, 0)


def test_cast_vote__among_many_members_and_proposals__costs_the_same() -> None:
    """T48: with three members and one proposal, and with two hundred and four hundred."""
    costs = {}
    for many in (3, 200):
        desk = Desk(Evm())
        people = [desk.evm.actor(f"member {n}") for n in range(many)]
        desk.admit(*people)
        desk.evm.warp(1)
        for person in people[1:]:
            for text in ("one", "two"):
                desk.propose((people[0], 0, b""), text=text + person.name, by=person)
        proposal = desk.opened((people[0], 0, b""), by=people[0])
        proposing = desk.governor.propose
        proposing([people[1].address], [0], [b""], "cost", sender=people[0])
        first = desk.evm.gas_used
        desk.vote(proposal, FOR, people[0], people[1])
        costs[many] = (first, desk.evm.gas_used)
    for few, lots in zip(costs[3], costs[200], strict=True):
        assert abs(few - lots) < few / 100
