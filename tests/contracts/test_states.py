# SPDX-License-Identifier: AGPL-3.0-only
"""The states of a proposal: every second at which one begins, what passes, and the early end."""

from fractions import Fraction
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.coop import (
    ABSTAIN,
    ACTIVE,
    AGAINST,
    CLASSES,
    DAY,
    DEFEATED,
    EXPIRED,
    FOR,
    MEMBERSHIP,
    ORDINARY,
    PENDING,
    QUEUED,
    RULES,
    SUCCEEDED,
    Coop,
    Desk,
    Proposal,
    Rule,
    poke,
    stricter,
)
from tests.contracts.evm import Evm
from tests.contracts.words import HEAD, changed


def payment(coop: Coop, amount: int = 5) -> Any:
    """The patron is paid from the general fund."""
    return coop.spending(coop.patron, amount)


# --- the seconds -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [ORDINARY, MEMBERSHIP, RULES])
def test_state__every_boundary__changes_in_exactly_that_second(coop: Coop, kind: int) -> None:
    actions = (payment(coop), coop.offering(coop.patron), coop.ruling(CLASSES))
    rule = CLASSES[kind]
    start = coop.evm.now
    proposal = coop.propose(actions[kind])
    opens_at = start + rule.delay
    closes_at = opens_at + rule.period
    eta = closes_at + rule.timelock
    expires_at = eta + rule.expiry
    seen = []
    for moment in (opens_at, closes_at, eta, expires_at):
        for second in (moment - 1, moment, moment + 1):
            coop.evm.warp_to(second)
            if second == opens_at + 1:
                coop.vote(proposal, FOR, *coop.founders)
            seen.append(coop.state(proposal))
    assert seen == [
        *(PENDING, PENDING, ACTIVE),
        *(ACTIVE, ACTIVE, QUEUED),
        *(QUEUED, SUCCEEDED, SUCCEEDED),
        *(SUCCEEDED, EXPIRED, EXPIRED),
    ]
    with coop.evm.reverts("governor: not ready to execute"):
        coop.execute(proposal)


def test_state__nobody_voted__is_defeated_from_the_second_after_the_vote(coop: Coop) -> None:
    proposal = coop.propose(payment(coop))
    deadline = coop.governor.proposalDeadline(proposal.id)
    coop.evm.warp_to(deadline)
    assert coop.state(proposal) == ACTIVE
    coop.evm.warp(1)
    assert coop.state(proposal) == DEFEATED


def test_state__rules_changed_meanwhile__stays_under_the_old_ones(coop: Coop) -> None:
    """CVE-2022-31198: a lower quorum must not revive what had lost."""
    coop.give(5)
    lost = coop.opened(payment(coop), text="lost")
    coop.vote(lost, FOR, coop.founders[0])
    # 1 of 3 For is over the 20 % quorum: let one against make it a draw
    coop.vote(lost, AGAINST, coop.founders[1])
    running = coop.passed(coop.ruling(stricter(CLASSES, ORDINARY, approval_bps=5000, period=DAY)))
    old = coop.propose(payment(coop), text="old")
    times = [coop.governor.proposalDeadline(p.id) for p in (lost, old)]
    coop.execute(running)
    assert coop.governor.votingPeriod() == DAY
    assert [coop.governor.proposalDeadline(p.id) for p in (lost, old)] == times
    assert coop.state(lost) == DEFEATED
    new = coop.propose(payment(coop), text="new", by=coop.founders[1])
    assert coop.governor.proposalDeadline(new.id) == coop.evm.now + 2 * DAY


def test_state__members_come_and_go__never_move_an_open_vote(evm: Evm) -> None:
    """20 % quorum of ten is two votes, before and after ninety more join or eight leave."""
    desk = Desk(evm)
    old = [evm.actor(f"old {n}") for n in range(10)]
    desk.admit(*old)
    evm.warp(1)
    passing = desk.opened((old[9], 0, b""), text="two", by=old[0])
    failing = desk.propose((old[9], 0, b""), text="one", by=old[0])
    desk.open(failing)
    desk.vote(passing, FOR, old[0], old[1])
    desk.vote(failing, FOR, old[0])
    desk.admit(*(evm.actor(f"new {n}") for n in range(90)))
    evm.warp_to(desk.governor.proposalDeadline(failing.id) + 1)
    assert [desk.state(passing), desk.state(failing)] == [QUEUED, DEFEATED]
    for member in old[:8]:
        desk.remove(member)
    assert [desk.state(passing), desk.state(failing)] == [QUEUED, DEFEATED]


@pytest.mark.parametrize(
    "view",
    [
        *("state", "proposalVotes", "proposalSnapshot", "proposalDeadline", "proposalEta"),
        "proposalProposer",
    ],
)
def test_views__of_a_proposal_that_nobody_made__are_refused(coop: Coop, view: str) -> None:
    proposal = coop.propose(payment(coop))
    ask = getattr(coop.governor, view)
    ask(proposal.id)
    with coop.evm.reverts("governor: no such proposal"):
        ask(proposal.id + 1)


# --- what passes -------------------------------------------------------------------------------


def passes(rule: Rule, electorate: int, ballots: tuple[int, int, int]) -> bool:
    """The rule in exact fractions, from the words of the design."""
    against, in_favour, abstain = ballots
    if Fraction(in_favour + abstain, electorate) < Fraction(rule.quorum_bps, 10_000):
        return False
    if in_favour <= against:
        return False
    return Fraction(in_favour, in_favour + against) >= Fraction(rule.approval_bps, 10_000)


@pytest.mark.parametrize(
    ("quorum_bps", "approval_bps"), [(500, 5000), (2000, 6667), (3334, 7500), (10000, 10000)]
)
def test_state__every_outcome_of_seven_members__is_what_fractions_say(
    evm: Evm, quorum_bps: int, approval_bps: int
) -> None:
    rule = Rule(0, DAY, DAY, 3 * DAY, quorum_bps, approval_bps, True)
    desk = Desk(evm, [rule, *CLASSES[1:]])
    people = [evm.actor(f"member {n}") for n in range(7)]
    outsider = evm.actor("somebody")
    desk.admit(*people)
    for electorate in range(7, 0, -1):
        evm.warp(2 * DAY)
        outcomes = [
            (a, f, electorate - a - f - none)
            for none in range(electorate + 1)
            for a in range(electorate - none + 1)
            for f in range(electorate - none - a + 1)
        ]
        proposal = desk.opened((outsider, 0, bytes([electorate])), by=people[0])
        for ballots in outcomes:
            mark = evm.snapshot()
            voters = iter(people)
            for support, many in zip((AGAINST, FOR, ABSTAIN), ballots, strict=True):
                for _ in range(many):
                    desk.vote(proposal, support, next(voters))
            assert desk.governor.proposalVotes(proposal.id) == ballots
            evm.warp_to(desk.governor.proposalDeadline(proposal.id) + 1)
            expected = QUEUED if passes(rule, electorate, ballots) else DEFEATED
            assert desk.state(proposal) == expected, (electorate, ballots)
            evm.restore(mark)
        if electorate > 1:
            desk.remove(people[electorate - 1])


@st.composite
def votes(draw: Any) -> tuple[int, tuple[int, int, int], int, int]:
    """An electorate, its ballots, and shares at or beside what these ballots reach."""
    electorate = draw(st.integers(1, 300))
    in_favour = draw(st.integers(0, electorate))
    against = draw(st.integers(0, electorate - in_favour))
    abstain = draw(st.integers(0, electorate - in_favour - against))
    beside = st.sampled_from((-1, 0, 1))
    quorum_bps = (in_favour + abstain) * 10_000 // electorate + draw(beside)
    approval_bps = in_favour * 10_000 // max(1, in_favour + against) + draw(beside)
    return (
        electorate,
        (against, in_favour, abstain),
        min(max(quorum_bps, 500), 10_000),
        min(max(approval_bps, 5_000), 10_000),
    )


@settings(max_examples=120, deadline=None)
@given(votes())
def test_state__any_outcome_of_up_to_300__is_what_fractions_say(
    case: tuple[int, tuple[int, int, int], int, int],
) -> None:
    """Passing, and the early end, on both sides of every threshold."""
    electorate, ballots, quorum_bps, approval_bps = case
    evm = Evm()
    rule = Rule(0, DAY, DAY, 3 * DAY, quorum_bps, approval_bps, True)
    desk = Desk(evm, [rule, *CLASSES[1:]])
    member = evm.actor("member")
    desk.admit(member)
    evm.warp(1)
    head = changed(desk.governor.head(), HEAD, seats=electorate, count=electorate)
    poke(desk.governor, "head", head)
    proposal = desk.opened((member, 0, b""), by=member)
    stuff(desk, proposal, ballots)
    assert desk.governor.proposalVotes(proposal.id) == ballots
    passing = passes(rule, electorate, ballots)
    share = Fraction(ballots[FOR], electorate)
    early = share > Fraction(1, 2) and share >= Fraction(approval_bps, 10_000)
    mark = evm.snapshot()
    if passing and early:
        desk.governor.close(proposal.id, sender=desk.relayer)
        assert desk.state(proposal) == QUEUED
        evm.restore(mark)
    else:
        with evm.reverts("governor: outcome not certain"):
            desk.governor.close(proposal.id, sender=desk.relayer)
    evm.warp_to(desk.governor.proposalDeadline(proposal.id) + 1)
    assert desk.state(proposal) == (QUEUED if passing else DEFEATED)


def stuff(desk: Desk, proposal: Proposal, ballots: tuple[int, int, int]) -> None:
    """First casts of the seats from 1 on, written where the Governor keeps them."""
    machine = desk.evm._vm  # noqa: SLF001  (three hundred members a case would take minutes)
    nibbles = [0, *(1 + support for support in range(3) for _ in range(ballots[support]))]
    one = desk.evm.snapshot()
    desk.vote(proposal, FOR, desk.governor.evm.actor("member"))
    word = desk.governor.sheets(proposal.id, 0)
    places = [
        keccak(keccak(encode(["uint256"] * 2, [n, proposal.id])) + bytes(32)) for n in range(64)
    ]
    found = [
        n
        for n, place in enumerate(places)
        if machine.storage(desk.governor.address, int.from_bytes(place)) == word
    ]
    desk.evm.restore(one)
    assert len(found) == 1
    sheet = keccak(encode(["uint256"] * 2, [found[0], proposal.id]))
    for start in range(0, len(nibbles), 64):
        packed = sum(b << 4 * n for n, b in enumerate(nibbles[start : start + 64]))
        place = int.from_bytes(keccak(sheet + (start // 64).to_bytes(32)))
        machine.insert_account_storage(desk.governor.address, place, packed)


def test_state__with_as_many_members_as_there_can_be__asks_for_a_share_of_all(desk: Desk) -> None:
    """262,144 of them: one for it are not the 20 % that the quorum is."""
    member = desk.evm.actor("member")
    desk.admit(member)
    desk.evm.warp(1)
    head = changed(desk.governor.head(), HEAD, seats=2**18, count=2**18)
    poke(desk.governor, "head", head)
    proposal = desk.opened((member, 0, b""), by=member)
    assert desk.word(proposal)["electorate"] == 2**18
    desk.vote(proposal, FOR, member)
    desk.evm.warp_to(desk.governor.proposalDeadline(proposal.id) + 1)
    assert desk.state(proposal) == DEFEATED


# --- close -------------------------------------------------------------------------------------


def test_close__more_than_half_and_approval_of_all__starts_the_timelock_now(coop: Coop) -> None:
    proposal = coop.opened(payment(coop))
    coop.vote(proposal, FOR, *coop.founders[:2])
    coop.governor.close(proposal.id, sender=coop.relayer)
    (log,) = coop.evm.logs
    closed_at = coop.evm.now - 1
    assert (log.name, log.args) == (
        "ProposalClosed",
        {"proposalId": proposal.id, "closes_at": closed_at},
    )
    assert coop.state(proposal) == QUEUED
    assert (
        coop.governor.proposalDeadline(proposal.id) == closed_at == coop.governor.ends(proposal.id)
    )
    assert coop.governor.proposalEta(proposal.id) == closed_at + 2 * DAY
    with coop.evm.reverts("governor: Against only by now"):
        coop.vote(proposal, FOR, coop.founders[2])
    coop.evm.warp_to(closed_at + 2 * DAY - 1)
    assert coop.state(proposal) == QUEUED
    coop.evm.warp(1)
    assert coop.state(proposal) == SUCCEEDED
    coop.evm.warp_to(closed_at + 16 * DAY - 1)
    assert coop.state(proposal) == SUCCEEDED
    coop.evm.warp(1)
    assert coop.state(proposal) == EXPIRED


def test_close__exactly_half__is_refused(evm: Evm) -> None:
    coop = Coop(evm, founders=4)
    proposal = coop.opened(payment(coop))
    coop.vote(proposal, FOR, *coop.founders[:2])
    with evm.reverts("governor: outcome not certain"):
        coop.governor.close(proposal.id, sender=coop.relayer)
    coop.vote(proposal, FOR, coop.founders[2])
    coop.governor.close(proposal.id, sender=coop.relayer)


def test_close__less_than_the_approval_of_everybody__is_refused(evm: Evm) -> None:
    """Rules ask 66.67 % of five: four; three are more than half only."""
    coop = Coop(evm, founders=5)
    proposal = coop.opened(coop.ruling(CLASSES))
    coop.vote(proposal, FOR, *coop.founders[:3])
    with evm.reverts("governor: outcome not certain"):
        coop.governor.close(proposal.id, sender=coop.relayer)
    coop.vote(proposal, FOR, coop.founders[3])
    coop.governor.close(proposal.id, sender=coop.relayer)
    assert coop.state(proposal) == QUEUED


def test_close__two_of_three__are_not_over_two_thirds(coop: Coop) -> None:
    """66.67 % of three are two and a ten-thousandth."""
    proposal = coop.opened(coop.ruling(CLASSES))
    coop.vote(proposal, FOR, *coop.founders[:2])
    with coop.evm.reverts("governor: outcome not certain"):
        coop.governor.close(proposal.id, sender=coop.relayer)
    coop.vote(proposal, FOR, coop.founders[2])
    coop.governor.close(proposal.id, sender=coop.relayer)


def test_close__quorum_not_reached_yet__is_refused(evm: Evm) -> None:
    """Where the quorum is over a half, an opponent must not end the vote before it is reached."""
    rules = stricter(CLASSES, ORDINARY, quorum_bps=8000)
    coop = Coop(evm, founders=5, rules=rules)
    proposal = coop.opened(payment(coop))
    coop.vote(proposal, FOR, *coop.founders[:3])
    with evm.reverts("governor: outcome not certain"):
        coop.governor.close(proposal.id, sender=coop.relayer)
    coop.vote(proposal, ABSTAIN, coop.founders[3])
    coop.governor.close(proposal.id, sender=coop.relayer)
    assert coop.state(proposal) == QUEUED


def test_close__class_without_early_end__is_refused(evm: Evm) -> None:
    coop = Coop(evm, rules=stricter(CLASSES, ORDINARY, early=False))
    proposal = coop.opened(payment(coop))
    coop.vote(proposal, FOR, *coop.founders)
    with evm.reverts("governor: outcome not certain"):
        coop.governor.close(proposal.id, sender=coop.relayer)


@pytest.mark.parametrize("approval_bps", [5000, 8191, 8192, 10000])
def test_close__whatever_approval_a_class_asks__its_own_word_decides(
    evm: Evm, approval_bps: int
) -> None:
    """Payments never end early here, what sets the rules may."""
    coop = Coop(evm, rules=stricter(CLASSES, ORDINARY, early=False, approval_bps=approval_bps))
    late = coop.propose(payment(coop))
    early = coop.opened(coop.ruling(CLASSES), by=coop.founders[1])
    for proposal in (late, early):
        coop.vote(proposal, FOR, *coop.founders)
    with evm.reverts("governor: outcome not certain"):
        coop.governor.close(late.id, sender=coop.relayer)
    coop.governor.close(early.id, sender=coop.relayer)
    assert [coop.state(late), coop.state(early)] == [ACTIVE, QUEUED]


def test_close__not_open__is_refused(coop: Coop) -> None:
    with coop.evm.reverts("governor: no such proposal"):
        coop.governor.close(404, sender=coop.relayer)
    proposal = coop.propose(payment(coop))
    with coop.evm.reverts("governor: vote is not open"):
        coop.governor.close(proposal.id, sender=coop.relayer)
    coop.open(proposal)
    coop.vote(proposal, FOR, *coop.founders)
    mark = coop.evm.snapshot()
    coop.evm.warp_to(coop.governor.proposalDeadline(proposal.id) + 1)
    with coop.evm.reverts("governor: vote is not open"):
        coop.governor.close(proposal.id, sender=coop.relayer)
    coop.evm.restore(mark)
    coop.governor.close(proposal.id, sender=coop.relayer)
    with coop.evm.reverts("governor: vote is not open"):
        coop.governor.close(proposal.id, sender=coop.relayer)


def test_close__in_the_last_second__still_ends_it_a_second_earlier(coop: Coop) -> None:
    proposal = coop.opened(payment(coop))
    coop.vote(proposal, FOR, *coop.founders)
    coop.evm.warp_to(coop.governor.proposalDeadline(proposal.id))
    coop.governor.close(proposal.id, sender=coop.relayer)
    assert coop.state(proposal) == QUEUED


def test_close__then_a_stop_in_the_timelock__is_defeated_for_good(coop: Coop) -> None:
    """Two of three were for it; one changes her mind: no majority any more."""
    proposal = coop.opened(payment(coop))
    coop.vote(proposal, FOR, *coop.founders[:2])
    coop.governor.close(proposal.id, sender=coop.relayer)
    coop.vote(proposal, AGAINST, coop.founders[0])
    assert coop.state(proposal) == DEFEATED
    for support in (AGAINST, FOR, ABSTAIN):
        with coop.evm.reverts("governor: no ballots taken now"):
            coop.vote(proposal, support, coop.founders[2])
    coop.evm.warp(3 * DAY)
    with coop.evm.reverts("governor: not ready to execute"):
        coop.execute(proposal)
