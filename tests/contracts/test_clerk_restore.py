# SPDX-License-Identifier: AGPL-3.0-only
"""Members put back what maintainers struck out; for good, and while the review is open."""

from typing import Any

import pytest

from tests.contracts.distributors import DOLLARS
from tests.contracts.evm import Actor, Evm
from tests.contracts.reviews import BETTER, REASON, Review


@pytest.fixture
def review(evm: Evm) -> Review:
    """Cleo is struck out."""
    review = Review(evm, zero_out_bps=4_000)
    evm.warp(1)
    review.zero_out(review.subjects[2])
    return review


def test_restore__a_struck_out_leaf__is_paid_like_all_others(review: Review) -> None:
    cleo, subject = review.contributors[2], review.subjects[2]
    review.restore(subject)
    (log,) = review.events("Restored")
    assert log.args == {
        "epoch": 1,
        "attempt": 1,
        "subject": subject,
        "cred": 300,
        "reason_hash": BETTER,
        "signers": [m.address for m in review.members[:2]],
    }
    assert review.distributor.open_distribution().excluded == 0
    final = review.finalise(review.epoch)
    assert final.terms["excluded"] == 0
    review.claim(subject, [final], cleo, cleo)
    assert review.dollar.balanceOf(cleo) == 300 * DOLLARS


def test_restore__one_of_two__leaves_the_other_struck_out(review: Review) -> None:
    ada, cleo = review.contributors[0], review.contributors[2]
    review.zero_out(review.subjects[0])
    review.restore(review.subjects[2])
    final = review.finalise(review.epoch)
    assert final.terms["excluded"] == 100
    with review.evm.reverts("distributor: struck out"):
        review.claim(review.subjects[0], [final], ada, ada)
    review.claim(review.subjects[2], [final], cleo, cleo)
    assert review.dollar.balanceOf(cleo) == 1_000 * DOLLARS * 300 // 900
    review.payday(final)
    assert sorted(log.args["reason"] for log in review.events("LeafSkipped")) == [1, 5]


def test_restore__in_the_last_two_days__is_the_members_last_word(review: Review) -> None:
    review.evm.warp_to(review.closes_at())
    review.restore(review.subjects[2])
    assert review.distributor.open_distribution().excluded == 0


def test_restore__a_leaf__cannot_be_struck_out_again(review: Review) -> None:
    review.restore(review.subjects[2])
    with review.evm.reverts("distributor: struck out before"):
        review.zero_out(review.subjects[2])


def test_restore__a_leaf__frees_the_share_for_others(review: Review) -> None:
    with review.evm.reverts("distributor: over voted share"):
        review.zero_out(review.subjects[1])
    review.restore(review.subjects[2])
    review.zero_out(review.subjects[1])


# --- refusals ---------------------------------------------------------------------------------


def test_restore__what_is_not_struck_out__is_refused(review: Review) -> None:
    with review.evm.reverts("distributor: not struck out"):
        review.restore(review.subjects[0])
    review.restore(review.subjects[2])
    with review.evm.reverts("distributor: not struck out"):
        review.restore(review.subjects[2])


def test_restore__after_the_review__is_refused(review: Review) -> None:
    review.review(review.epoch)
    with review.evm.reverts("distributor: review is over"):
        review.restore(review.subjects[2])


def test_restore__while_nothing_is_open__is_refused(review: Review) -> None:
    review.withdraw(review.epoch)
    with review.evm.reverts("clerk: too few signed"):
        review.restore(review.subjects[2], attempt=2)


def test_restore__without_a_reason__is_refused(review: Review) -> None:
    with review.evm.reverts("clerk: no reason"):
        review.restore(review.subjects[2], reason=bytes(32))


def test_restore__by_too_few_or_unsorted__is_refused(review: Review) -> None:
    one, other, *_ = review.members
    with review.evm.reverts("clerk: too few signed"):
        review.restore(review.subjects[2], [one])
    for signers in ([other, one], [one, one]):
        with review.evm.reverts("clerk: signers unsorted"):
            review.restore(review.subjects[2], signers)


def test_restore__by_who_may_not_vote_on_it__is_refused(evm: Evm, outsider: Actor) -> None:
    review = Review(evm, zero_out_bps=4_000)
    coop, one, gone = review.coop, review.members[0], review.members[-1]
    review.withdraw(review.epoch)
    late, later = evm.actor("late"), evm.actor("later")
    offered = coop.passed(coop.offering(late, later), text="offer")
    coop.execute(offered)
    review.epoch = review.post(dict(review.epoch.tree.leaves))
    coop.admission.accept(sender=late)  # in the second of the post
    review.zero_out(review.subjects[2])
    evm.warp(1)
    coop.admission.accept(sender=later)
    coop.admission.leave(sender=gone)
    for stranger in (outsider, late, later, gone, *review.maintainers[:1]):
        signers = sorted([one, stranger], key=lambda who: int(who.address, 16))
        with evm.reverts("clerk: not a voter on it"):
            review.restore(review.subjects[2], signers)
    review.restore(review.subjects[2])


@pytest.mark.parametrize(
    "flip",
    [
        {"epoch": 2},
        {"attempt": 2},
        {"root": b"\x01" * 32},
        {"subject": b"\x01" * 32},
        {"reasonHash": REASON},
        {"deadline": 2**64},
    ],
    ids=lambda flip: next(iter(flip)),
)
def test_restore__signed_over_another_figure__is_refused(
    review: Review, flip: dict[str, Any]
) -> None:
    with review.evm.reverts("clerk: bad signature"):
        review.restore(review.subjects[2], **flip)


def test_restore__with_other_terms__is_refused(review: Review) -> None:
    review.epoch.terms |= {"pot": 1}
    with review.evm.reverts("distributor: other terms open"):
        review.restore(review.subjects[2])


def test_restore__more_asked_for_than_a_majority__a_majority_can(evm: Evm) -> None:
    review = Review(evm, zero_out_bps=4_000, restorers=6)
    evm.warp(1)
    assert review.distributor.restorers() == 6
    assert review.governor.member_count() == len(review.members) == 5
    review.zero_out(review.subjects[2])
    with evm.reverts("clerk: too few signed"):
        review.restore(review.subjects[2], review.members[:2])
    review.restore(review.subjects[2], review.members[:3])
    assert review.distributor.open_distribution().excluded == 0


def test_restore__members_leave__a_majority_of_who_is_left_can(evm: Evm) -> None:
    review = Review(evm, zero_out_bps=4_000, restorers=5)
    evm.warp(1)
    review.zero_out(review.subjects[2])
    two, gone = review.members[:2], review.members[3:]
    with evm.reverts("clerk: too few signed"):
        review.restore(review.subjects[2], two)
    for member in gone:
        review.coop.admission.leave(sender=member)
    review.restore(review.subjects[2], two)
    assert review.distributor.open_distribution().excluded == 0


def test_restore__as_many_as_the_policy_asks_for__is_enough(evm: Evm) -> None:
    review = Review(evm, zero_out_bps=4_000, restorers=2)
    evm.warp(1)
    assert review.distributor.restorers() == 2
    review.zero_out(review.subjects[2])
    with evm.reverts("clerk: too few signed"):
        review.restore(review.subjects[2], review.members[:1])
    review.restore(review.subjects[2], review.members[:2])
    review.withdraw(review.epoch)
    assert review.distributor.restorers() == 0
