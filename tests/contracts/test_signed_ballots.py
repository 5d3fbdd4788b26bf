# SPDX-License-Identifier: AGPL-3.0-only
"""Signed ballots: many in one transaction; eth-account's digest; whatever is off is skipped."""

from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.contracts.coop import (
    ABSTAIN,
    AGAINST,
    DAY,
    FOR,
    Coop,
    Desk,
    Proposal,
    choice,
    packed,
    poke,
)
from tests.contracts.evm import Actor, Evm
from tests.contracts.words import HEAD, changed

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
NOT_HER_HAND = "governor: not the voter's hand"
REASON = keccak(text="because")


@pytest.fixture
def proposal(coop: Coop) -> Proposal:
    """A payment, in the first second of its vote."""
    return coop.opened(coop.spending(coop.patron, 5))


def skipped(coop: Any) -> list[tuple[str, str]]:
    """Whose ballots were skipped in the last call, and why."""
    return [
        (log.args["voter"], log.args["why"]) for log in coop.evm.logs if log.name == "BallotSkipped"
    ]


def refused(coop: Coop, proposal: Proposal, words: list[int], why: str, **how: Any) -> None:
    """Nothing counts, the report says why, and not a word of storage has changed."""
    before = coop.evm.state()
    relayer = coop.relayer.address.lower()
    assert coop.carry(proposal, words, **how) == 0
    (log,) = coop.evm.logs
    voter = f"0x{words[0] & (2**160 - 1):040x}"
    assert log.name == "BallotSkipped"
    assert (log.args["voter"].lower(), log.args["proposalId"]) == (voter, proposal.id)
    assert log.args["why"] == why
    after = coop.evm.state()
    assert {a: s for a, s in after.items() if a != relayer} == {
        a: s for a, s in before.items() if a != relayer
    }


def test_vote_by_signatures__the_three_supports__count_and_are_told(
    coop: Coop, proposal: Proposal
) -> None:
    words: list[int] = []
    for voter, support in zip(coop.founders, (AGAINST, FOR, ABSTAIN), strict=True):
        words += coop.signed(proposal, voter, support)
    assert coop.carry(proposal, words) == 3
    assert [(log.name, log.args) for log in coop.evm.logs] == [
        (
            "VoteCast",
            {
                "voter": voter.address,
                "proposalId": proposal.id,
                "support": support,
                "weight": 1,
                "reason": "",
            },
        )
        for voter, support in zip(coop.founders, (AGAINST, FOR, ABSTAIN), strict=True)
    ]
    assert coop.governor.proposalVotes(proposal.id) == (1, 1, 1)


def test_vote_by_signatures__reasons__are_told_by_hash(coop: Coop, proposal: Proposal) -> None:
    one, two = coop.founders[:2]
    words = coop.signed(proposal, one, FOR, reason_hash=REASON)
    words += coop.signed(proposal, two, FOR)
    assert coop.carry(proposal, words, [REASON, bytes(32)]) == 2
    assert [log.name for log in coop.evm.logs] == ["VoteCast", "BallotReason", "VoteCast"]
    assert coop.evm.logs[1].args == {
        "voter": one.address,
        "proposalId": proposal.id,
        "reason_hash": REASON,
    }


def test_vote_by_signatures__another_reason_than_signed__is_skipped(
    coop: Coop, proposal: Proposal
) -> None:
    with_reason = coop.signed(proposal, coop.founders[0], FOR, reason_hash=REASON)
    refused(coop, proposal, with_reason, NOT_HER_HAND)
    refused(coop, proposal, with_reason, NOT_HER_HAND, reasons=[bytes(32)])
    refused(coop, proposal, with_reason, NOT_HER_HAND, reasons=[keccak(text="Because")])
    without = coop.signed(proposal, coop.founders[0], FOR)
    refused(coop, proposal, without, NOT_HER_HAND, reasons=[REASON])


def test_vote_by_signatures__no_ballots__counts_none(coop: Coop, proposal: Proposal) -> None:
    assert coop.carry(proposal, []) == 0
    assert coop.evm.logs == []


def test_vote_by_signatures__bad_ones_in_the_middle__are_skipped_and_reported_in_order(
    coop: Coop, proposal: Proposal, outsider: Actor
) -> None:
    """One ballot was already cast by call: a front-runner breaks nobody else's."""
    one, two, three = coop.founders
    coop.vote(proposal, AGAINST, one)
    garbage = [choice(two, FOR), 1, 2]
    words = [
        *coop.signed(proposal, one, FOR),
        *coop.signed(proposal, outsider, FOR),
        *coop.signed(proposal, two, FOR),
        *garbage,
        *coop.signed(proposal, three, FOR),
        *coop.signed(proposal, two, ABSTAIN, casts=1),
        *coop.signed(proposal, three, FOR),
    ]
    assert coop.carry(proposal, words) == 3
    told = [(log.name, log.args["voter"], log.args.get("why")) for log in coop.evm.logs]
    assert told == [
        ("BallotSkipped", one.address, "governor: not the ballot's turn"),
        ("BallotSkipped", outsider.address, "governor: not a member"),
        ("VoteCast", two.address, None),
        ("BallotSkipped", two.address, NOT_HER_HAND),
        ("VoteCast", three.address, None),
        ("VoteCast", two.address, None),
        ("BallotSkipped", three.address, "governor: not the ballot's turn"),
    ]
    assert coop.governor.proposalVotes(proposal.id) == (1, 1, 1)


def test_vote_by_signatures__a_hundred_and_twenty_eight__fit_into_one_transaction(
    evm: Evm,
) -> None:
    desk = Desk(evm)
    people = [evm.actor(f"member {n}") for n in range(128)]
    desk.admit(*people)
    evm.warp(1)
    proposal = desk.opened((people[0], 0, b""), by=people[0])
    words: list[int] = []
    for n, person in enumerate(people):
        words += desk.signed(proposal, person, n % 3)
    assert desk.carry(proposal, words[:300]) == 100
    hundred = evm.gas_used
    assert hundred < 1_200_000
    assert desk.carry(proposal, words) == 28
    assert len(skipped(desk)) == 100
    assert desk.governor.proposalVotes(proposal.id) == (43, 43, 42)
    other = desk.opened((people[1], 0, b""), by=people[1])
    words = [w for person in people for w in desk.signed(other, person, FOR)]
    assert desk.carry(other, words) == 128
    assert desk.governor.proposalVotes(other.id) == (0, 128, 0)
    with evm.reverts(""):
        desk.carry(other, [*words, *words[:3]])


def test_vote_by_signatures__seats_of_several_words_in_any_order__each_has_its_own(
    evm: Evm,
) -> None:
    """A word is written when the next ballot lies in another one, before or behind it."""
    desk = Desk(evm)
    people: dict[int, Actor] = {}
    for seat in (1, 40, 64, 4096):
        poke(desk.governor, "head", changed(desk.governor.head(), HEAD, seats=seat - 1))
        people[seat] = evm.actor(f"on seat {seat}")
        desk.admit(people[seat])
    evm.warp(1)
    proposal = desk.opened((people[1], 0, b""), by=people[1])
    supports = {64: AGAINST, 40: FOR, 4096: ABSTAIN, 1: FOR}
    words = [w for seat, how in supports.items() for w in desk.signed(proposal, people[seat], how)]
    assert desk.carry(proposal, words) == 4
    for seat, support in supports.items():
        ballot = desk.governor.sheets(proposal.id, seat // 64) >> 4 * (seat % 64) & 15
        assert (seat, ballot) == (seat, 1 + support)
    assert desk.governor.proposalVotes(proposal.id) == (1, 2, 1)


# --- what is signed ----------------------------------------------------------------------------


def test_digest__every_changed_field__is_not_her_hand(coop: Coop, proposal: Proposal) -> None:
    """Signed for one thing, brought as another: any single field, domain fields included."""
    voter = coop.founders[0]
    other = coop.opened(coop.spending(coop.patron, 6), by=coop.founders[1])
    # both are open: the ballots below are signed and brought at this moment
    typed: Any = coop.ballot(proposal, voter, FOR)
    changes: list[tuple[str, str, Any]] = [
        ("message", "proposalId", str(other.id)),
        ("message", "voter", coop.founders[1].address),
        ("message", "support", str(AGAINST)),
        ("message", "castsBefore", "1"),
        ("message", "reasonHash", "0x" + REASON.hex()),
        ("message", "deadline", str(coop.evm.now + DAY + 1)),
        ("domain", "name", "Millpone"),
        ("domain", "version", "2"),
        ("domain", "chainId", coop.evm.chain_id + 1),
        ("domain", "verifyingContract", coop.admission.address),
    ]
    assert {f for _, f, _ in changes} == {*typed["message"], *typed["domain"]}
    for where, field, worth in changes:
        changed = {**typed, where: {**typed[where], field: worth}}
        refused(coop, proposal, packed(voter, FOR, 0, voter.sign(changed)), NOT_HER_HAND)
    refused(coop, other, packed(voter, FOR, 0, voter.sign(typed)), NOT_HER_HAND)
    assert coop.carry(proposal, packed(voter, FOR, 0, voter.sign(typed))) == 1


def test_digest__every_bit_of_the_three_words__matters(coop: Coop, proposal: Proposal) -> None:
    voter = coop.founders[0]
    good = coop.signed(proposal, voter, FOR)
    before = coop.governor.sheets(proposal.id, 0)
    for word in range(3):
        for bit in range(0, 256, 3):
            bad = list(good)
            bad[word] ^= 1 << bit
            assert coop.carry(proposal, bad) == 0, (word, bit)
    assert coop.governor.sheets(proposal.id, 0) == before
    assert coop.carry(proposal, good) == 1


def test_digest__on_another_chain_with_the_same_history__is_not_her_hand() -> None:
    """After a fork the domain follows the live chain id."""
    here, there = (Coop(Evm(chain_id)) for chain_id in (1337, 1338))
    assert here.governor.address == there.governor.address
    ballots = {}
    for coop in (here, there):
        proposal = coop.opened(coop.spending(coop.patron, 5))
        domain = coop.domain(coop.evm.chain_id)
        ballots[coop] = (proposal, coop.signed(proposal, coop.founders[0], FOR, domain=domain))
    proposal, words = ballots[there]
    assert proposal.id == ballots[here][0].id
    assert here.carry(proposal, words) == 0
    assert skipped(here) == [(here.founders[0].address, NOT_HER_HAND)]
    assert there.carry(proposal, words) == 1


def test_digest__of_a_sibling_pool__is_not_her_hand(coop: Coop, proposal: Proposal) -> None:
    parts = coop.hub.create_pool(*coop.order("other"), sender=coop.founders[0])
    domain = coop.domain(contract=parts.governor)
    words = coop.signed(proposal, coop.founders[0], FOR, domain=domain)
    refused(coop, proposal, words, NOT_HER_HAND)


# --- what a signature may look like ------------------------------------------------------------


def test_signature__high_s__is_not_her_hand(coop: Coop, proposal: Proposal) -> None:
    """The other form of the same signature: n - s with the other parity."""
    who, r, vs = coop.signed(proposal, coop.founders[0], FOR)
    s, parity = vs & (2**255 - 1), vs >> 255
    assert s <= ORDER // 2
    high = ORDER - s
    # a high s over 2^255 cannot even be written; make sure both kinds are tried
    refused(coop, proposal, [who, r, (high & (2**255 - 1)) | (1 - parity) << 255], NOT_HER_HAND)
    assert coop.carry(proposal, [who, r, vs]) == 1


@pytest.mark.parametrize(
    ("r", "s"),
    [(0, 0), (0, 1), (1, 0), (ORDER, 1), (ORDER - 1, 1), (2**256 - 1, 2**255 - 1), (1, ORDER // 2)],
)
def test_signature__out_of_range__is_not_her_hand(
    coop: Coop, proposal: Proposal, r: int, s: int
) -> None:
    for parity in (0, 1):
        refused(coop, proposal, [choice(coop.founders[0], FOR), r, s | parity << 255], NOT_HER_HAND)
        # nobody recovers as the zero address either
        refused(coop, proposal, [FOR << 160, r, s | parity << 255], NOT_HER_HAND)


# --- stale, replayed, wrong --------------------------------------------------------------------


def test_casts_before__must_match_exactly(coop: Coop, proposal: Proposal) -> None:
    voter = coop.founders[0]
    ballots = {casts: coop.signed(proposal, voter, FOR, casts=casts) for casts in range(5)}
    for casts in (1, 2, 3, 4):
        refused(coop, proposal, ballots[casts], "governor: not the ballot's turn")
    for casts in range(4):
        assert coop.carry(proposal, ballots[casts]) == 1
        for stale in range(casts + 1):
            refused(coop, proposal, ballots[stale], "governor: not the ballot's turn")
    refused(coop, proposal, ballots[4], "governor: last cast is Against")
    last = coop.signed(proposal, voter, AGAINST, casts=4)
    assert coop.carry(proposal, last) == 1
    refused(coop, proposal, last, "governor: not the ballot's turn")
    # a sixth that claims to follow five: typed_data would not sign it, so words by hand
    typed: Any = coop.ballot(proposal, voter, AGAINST)
    typed["message"]["castsBefore"] = "5"
    sixth = packed(voter, AGAINST, 5, voter.sign(typed))
    refused(coop, proposal, sixth, "governor: cast five times")


def test_casts_before__a_later_ballot_by_call__is_never_overturned(
    coop: Coop, proposal: Proposal
) -> None:
    """A relayer that holds a ballot back brings it in vain after she voted herself."""
    voter = coop.founders[0]
    held = coop.signed(proposal, voter, FOR)
    coop.vote(proposal, AGAINST, voter)
    refused(coop, proposal, held, "governor: not the ballot's turn")
    assert coop.governor.proposalVotes(proposal.id) == (1, 0, 0)


def test_signed__support_of_none_of_the_three__is_skipped(coop: Coop, proposal: Proposal) -> None:
    voter = coop.founders[0]
    for support in (3, 255):
        typed: Any = coop.ballot(proposal, voter, FOR)
        typed["message"]["support"] = str(support)
        words = packed(voter, support, 0, voter.sign(typed))
        refused(coop, proposal, words, "governor: support is 0, 1 or 2")


def test_signed__by_a_latecomer_or_a_leaver__is_skipped(coop: Coop) -> None:
    late = coop.evm.actor("late")
    offer = coop.passed(coop.offering(late))
    proposal = coop.propose(coop.spending(coop.patron, 5), by=coop.founders[1])
    coop.execute(offer)
    coop.admission.accept(sender=late)
    coop.open(proposal)
    refused(coop, proposal, coop.signed(proposal, late, FOR), "governor: joined too late")
    gone = coop.signed(proposal, coop.founders[2], FOR)
    coop.admission.leave(sender=coop.founders[2])
    refused(coop, proposal, gone, "governor: not a member")


def test_signed__in_the_timelock__against_only(coop: Coop) -> None:
    proposal = coop.queued(coop.spending(coop.patron, 5))
    voter = coop.founders[0]
    for support in (FOR, ABSTAIN):
        words = coop.signed(proposal, voter, support, casts=1)
        refused(coop, proposal, words, "governor: Against only by now")
    assert coop.carry(proposal, coop.signed(proposal, voter, AGAINST, casts=1)) == 1
    assert coop.governor.proposalVotes(proposal.id) == (1, 2, 0)


# --- the whole batch ---------------------------------------------------------------------------


def test_deadline__at_each_boundary__its_second_is_the_last(coop: Coop, proposal: Proposal) -> None:
    deadline = coop.evm.now + 100
    for offset, voter in ((-1, 0), (0, 1)):
        words = coop.signed(proposal, coop.founders[voter], FOR, deadline=deadline)
        coop.evm.warp_to(deadline + offset)
        assert coop.carry(proposal, words, deadline=deadline) == 1
    coop.evm.warp(1)
    words = coop.signed(proposal, coop.founders[2], FOR, deadline=deadline)
    with coop.evm.reverts("governor: ballots expired"):
        coop.carry(proposal, words, deadline=deadline)


def test_batch__not_in_threes__is_refused(coop: Coop, proposal: Proposal) -> None:
    words = coop.signed(proposal, coop.founders[0], FOR)
    for size in (1, 2):
        with coop.evm.reverts("governor: three words a ballot"):
            coop.carry(proposal, words[:size])


def test_batch__reasons_for_some__is_refused(coop: Coop, proposal: Proposal) -> None:
    words = [w for voter in coop.founders for w in coop.signed(proposal, voter, FOR)]
    for many in (1, 2, 4):
        with coop.evm.reverts("governor: one reason a ballot"):
            coop.carry(proposal, words, [REASON] * many)


def test_batch__while_no_ballots_are_taken__is_refused(coop: Coop) -> None:
    proposal = coop.propose(coop.spending(coop.patron, 5))
    words = coop.signed(proposal, coop.founders[0], FOR, deadline=2**64)
    with coop.evm.reverts("governor: no ballots taken now"):
        coop.carry(proposal, words, deadline=2**64)
    coop.evm.warp(30 * DAY)
    with coop.evm.reverts("governor: no ballots taken now"):
        coop.carry(proposal, words, deadline=2**64)
    with coop.evm.reverts("governor: no such proposal"):
        coop.governor.vote_by_signatures(404, 2**64, words, [], sender=coop.relayer)
