# SPDX-License-Identifier: AGPL-3.0-only
"""Zeroing in a review: a leaf leaves numerator and denominator, within bounds and in good time."""

from typing import Any

import pytest

from tests.contracts.coop import AGAINST, FOR
from tests.contracts.distributors import DAY, DOLLARS, YEAR
from tests.contracts.evm import Actor, Evm
from tests.contracts.reviews import BETTER, REASON, Review

NEVER = b"\x00" * 32


@pytest.fixture
def review(evm: Evm) -> Review:
    """Up to two fifths may be struck out, and two members put back."""
    return Review(evm, zero_out_bps=4_000)


# --- what it does -----------------------------------------------------------------------------


def test_zero_out__a_leaf__leaves_numerator_and_denominator(review: Review) -> None:
    ada, ben, cleo, dan = review.contributors
    review.zero_out(review.subjects[3])
    (log,) = review.events("ZeroedOut")
    assert log.args == {
        "epoch": 1,
        "attempt": 1,
        "subject": review.subjects[3],
        "cred": 400,
        "reason_hash": REASON,
        "signers": [m.address for m in review.maintainers[:2]],
    }
    assert review.distributor.open_distribution().excluded == 400
    final = review.finalise(review.epoch)
    assert final.terms["excluded"] == 400
    for person, subject in zip((ada, ben, cleo), review.subjects, strict=False):
        review.claim(subject, [final], person, person)
    # 1,000 dollars over 600 cred: 166.666666, 333.333333, 500
    paid = [review.dollar.balanceOf(person) for person in (ada, ben, cleo)]
    assert paid == [166_666_666, 333_333_333, 500_000_000]
    with review.evm.reverts("distributor: struck out"):
        review.claim(review.subjects[3], [final], dan, dan)
    # what rounding left, and nothing of the struck out leaf, is carried when the epoch closes
    review.evm.warp(YEAR)
    review.distributor.close_epoch(final.previous, final.packed, sender=dan)
    assert review.distributor.carry_of(review.dollar) == 1


def test_zero_out__a_leaf__is_passed_over_by_paydays(review: Review) -> None:
    review.zero_out(review.subjects[3])
    final = review.finalise(review.epoch)
    review.payday(final)
    assert [(log.args["subject"], log.args["reason"]) for log in review.events("LeafSkipped")] == [
        (review.subjects[3], 5)
    ]
    assert review.dollar.balanceOf(review.contributors[2]) == 500 * DOLLARS
    review.claim_many([final], [(subject, 0) for subject in sorted(review.subjects)])
    assert sorted(log.args["reason"] for log in review.events("LeafSkipped")) == [1, 1, 1, 5]


def test_zero_out__of_an_epoch__leaves_the_same_person_in_the_next(review: Review) -> None:
    dan, subject = review.contributors[3], review.subjects[3]
    review.zero_out(subject)
    first = review.finalise(review.epoch)
    second = review.finalise(review.month({subject: 7}, 10 * DOLLARS))
    with review.evm.reverts("distributor: struck out"):
        review.claim(subject, [first, second], dan, dan)
    review.claim(subject, [second], dan, dan)
    assert review.dollar.balanceOf(dan) == 10 * DOLLARS


def test_zero_out__of_an_attempt_that_ended__is_forgotten(review: Review) -> None:
    dan, subject = review.contributors[3], review.subjects[3]
    review.zero_out(subject)
    review.withdraw(review.epoch)
    again = review.finalise(review.post({subject: 400, review.subjects[0]: 100}))
    assert again.terms["excluded"] == 0
    review.claim(subject, [again], dan, dan)
    assert review.dollar.balanceOf(dan) == 800 * DOLLARS


def test_zero_out__the_first__leaves_three_days_and_no_early_end(review: Review) -> None:
    evm = review.evm
    old = review.closes_at()
    evm.warp_to(old - 2 * DAY)
    review.zero_out(review.subjects[0])
    assert review.closes_at() == evm.now + 3 * DAY
    proposal = review.consenting(review.epoch)
    review.coop.vote(proposal, FOR, *review.coop.founders)
    with evm.reverts("governor: outcome not certain"):
        review.governor.close(proposal.id, sender=review.relayer)
    # the second one puts nothing off
    evm.warp(DAY)
    review.zero_out(review.subjects[1])
    assert review.closes_at() == evm.now + 2 * DAY


def test_zero_out__early_in_the_review__keeps_its_end(review: Review) -> None:
    old = review.closes_at()
    review.evm.warp(DAY)
    review.zero_out(review.subjects[0])
    assert review.closes_at() == old


def test_zero_out__of_the_next_attempt__puts_off_its_own_end(review: Review) -> None:
    review.zero_out(review.subjects[0])
    review.withdraw(review.epoch)
    review.epoch = review.post(dict(review.epoch.tree.leaves))
    review.evm.warp_to(review.closes_at() - 2 * DAY)
    review.zero_out(review.subjects[0])
    assert review.closes_at() == review.evm.now + 3 * DAY


def test_zero_out__members_object_to_it__ends_without_effect(review: Review) -> None:
    review.zero_out(review.subjects[0])
    review.evm.warp(1)
    review.coop.vote(review.consenting(review.epoch), AGAINST, *review.coop.founders)
    review.review(review.epoch)
    review.distributor.void(1, sender=review.relayer)
    assert review.distributor.head().attempt == 2


# --- refusals ---------------------------------------------------------------------------------


def test_zero_out__in_the_last_two_days__is_refused(review: Review) -> None:
    review.evm.warp_to(review.closes_at() - 2 * DAY + 1)
    with review.evm.reverts("distributor: too late for that"):
        review.zero_out(review.subjects[0])


def test_zero_out__in_the_last_two_days_of_the_extended_review__is_refused(
    review: Review,
) -> None:
    review.evm.warp_to(review.closes_at() - 2 * DAY)
    review.zero_out(review.subjects[0])
    review.evm.warp(DAY + 1)
    with review.evm.reverts("distributor: too late for that"):
        review.zero_out(review.subjects[1])


def test_zero_out__after_the_review__is_refused(review: Review) -> None:
    review.review(review.epoch)
    with review.evm.reverts("distributor: review is over"):
        review.zero_out(review.subjects[0])
    review.coop.execute(review.consenting(review.epoch))
    review.settled(review.epoch)
    with review.evm.reverts("distributor: not open"):
        review.zero_out(review.subjects[0])


def test_zero_out__after_an_early_end__is_refused(review: Review) -> None:
    review.evm.warp(1)
    proposal = review.consenting(review.epoch)
    review.coop.vote(proposal, FOR, *review.coop.founders)
    review.governor.close(proposal.id, sender=review.relayer)
    review.evm.warp(1)
    with review.evm.reverts("distributor: review is over"):
        review.zero_out(review.subjects[0])


def test_zero_out__twice__is_refused(review: Review) -> None:
    review.zero_out(review.subjects[0])
    with review.evm.reverts("distributor: struck out before"):
        review.zero_out(review.subjects[0])


def test_zero_out__together_over_the_voted_share__is_refused(review: Review) -> None:
    review.zero_out(review.subjects[2])  # 300 of 400
    with review.evm.reverts("distributor: over voted share"):
        review.zero_out(review.subjects[1])
    review.zero_out(review.subjects[0])  # exactly 400
    assert review.distributor.open_distribution().excluded == 400


def test_zero_out__where_the_members_voted_for_none__is_refused(evm: Evm) -> None:
    review = Review(evm, zero_out_bps=0)
    with evm.reverts("distributor: over voted share"):
        review.zero_out(review.subjects[0])


def test_zero_out__policy_changed_meanwhile__keeps_the_share_it_was_posted_under(
    review: Review,
) -> None:
    data = review.distributor.calldata("set_policy", review.policy(zero_out_bps=0).values())
    review.withdraw(review.epoch)
    changing = review.coop.passed((review.distributor, 0, data), text="strike nobody out")
    review.epoch = review.post(dict(review.epoch.tree.leaves))
    review.coop.execute(changing)
    review.zero_out(review.subjects[0])
    assert review.distributor.open_distribution().excluded == 100
    review.withdraw(review.epoch)
    review.epoch = review.post(dict(review.epoch.tree.leaves))
    with review.evm.reverts("distributor: over voted share"):
        review.zero_out(review.subjects[0])


def test_zero_out__without_a_reason__is_refused(review: Review) -> None:
    with review.evm.reverts("clerk: no reason"):
        review.zero_out(review.subjects[0], reason=NEVER)


def test_zero_out__by_too_few_outsiders_or_unsorted__is_refused(
    review: Review, outsider: Actor
) -> None:
    one, other, _ = review.maintainers
    subject = review.subjects[0]
    with review.evm.reverts("clerk: too few signed"):
        review.zero_out(subject, [one])
    with review.evm.reverts("clerk: signers unsorted"):
        review.zero_out(subject, [other, one])
    with review.evm.reverts("clerk: signers unsorted"):
        review.zero_out(subject, [one, one])
    strangers = sorted([one, outsider], key=lambda who: int(who.address, 16))
    with review.evm.reverts("clerk: not a maintainer"):
        review.zero_out(subject, strangers)


@pytest.mark.parametrize(
    "flip",
    [
        {"epoch": 2},
        {"attempt": 2},
        {"root": b"\x01" * 32},
        {"subject": b"\x01" * 32},
        {"reasonHash": BETTER},
        {"deadline": 2**64},
    ],
    ids=lambda flip: next(iter(flip)),
)
def test_zero_out__signed_over_another_figure__is_refused(
    review: Review, flip: dict[str, Any]
) -> None:
    with review.evm.reverts("clerk: bad signature"):
        review.zero_out(review.subjects[0], **flip)


def test_zero_out__with_what_restores__is_refused(review: Review) -> None:
    subject, signers = review.subjects[0], review.maintainers[:2]
    signed = [review.signature("Restore", s, review.about(subject, REASON, s)) for s in signers]
    arguments = (review.leaf(subject), review.epoch.proof(subject), REASON, review.deadline)
    with review.evm.reverts("clerk: bad signature"):
        review.clerk.zero_out(
            review.distributor, 1, review.terms, *arguments, signers, signed, sender=review.relayer
        )


def test_zero_out__of_a_leaf_that_is_not_there__is_refused(review: Review) -> None:
    subject, signers = review.subjects[0], review.maintainers[:2]
    _, index, cred = review.leaf(subject)
    proof = review.epoch.proof(subject)
    signed = [review.signature("ZeroOut", s, review.about(subject, REASON, s)) for s in signers]
    more = [*proof, proof[0]]
    for leaf, siblings, why in (
        ((subject, index, cred + 1), proof, "clerk: wrong proof"),
        ((subject, index ^ 1, cred), proof, "clerk: wrong proof"),
        ((subject, index + 4, cred), proof, "clerk: wrong proof"),
        ((subject, index, cred), more, "clerk: wrong proof"),
        ((subject, index, cred), proof[:1], "clerk: proof too short"),
    ):
        arguments = (leaf, siblings, REASON, review.deadline, signers, signed)
        with review.evm.reverts(why):
            review.clerk.zero_out(
                review.distributor, 1, review.terms, *arguments, sender=review.relayer
            )


def test_zero_out__with_other_terms__is_refused(review: Review) -> None:
    # a smaller total would make the share of a leaf, and what may be struck out, another one
    review.epoch.terms |= {"pot": 1}
    with review.evm.reverts("distributor: other terms open"):
        review.zero_out(review.subjects[0])


def test_zero_out__while_nothing_is_open__is_refused(review: Review) -> None:
    review.withdraw(review.epoch)
    review.epoch.terms |= {"attempt": 2}
    with review.evm.reverts("distributor: not open"):
        review.zero_out(review.subjects[0])


def test_zero_out__a_maintainer_removed_since__no_longer_counts(review: Review) -> None:
    one, *others = review.maintainers
    data = review.distributor.calldata("set_maintainers", [(who, []) for who in others], 2)
    review.withdraw(review.epoch)
    removing = review.coop.passed((review.distributor, 0, data), text="remove one")
    review.epoch = review.post(dict(review.epoch.tree.leaves))
    review.coop.execute(removing)
    with review.evm.reverts("clerk: not a maintainer"):
        review.zero_out(review.subjects[0], [one, others[0]])
    review.zero_out(review.subjects[0], others)
