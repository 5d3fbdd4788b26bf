# SPDX-License-Identifier: AGPL-3.0-only
"""A leaf that is paid elsewhere: booked first, with the payee's word, and never paid here again."""

from typing import Any

import pytest

from tests.contracts.distributors import DAY, DOLLARS, YEAR, Epoch
from tests.contracts.evm import Actor, Evm
from tests.contracts.reviews import REFERENCE, Review

GRAIN = 1_000 * 10**18


@pytest.fixture
def review(evm: Evm) -> Review:
    return Review(evm)


@pytest.fixture
def final(review: Review) -> Epoch:
    return review.finalise(review.epoch)


def test_settle_off_chain__a_leaf__frees_its_money_and_mints_its_grain(
    review: Review, final: Epoch
) -> None:
    ada, subject = review.contributors[0], review.subjects[0]
    reserved = review.pool.reserved(1, review.dollar)
    review.settle(final, subject, ada)
    (log,) = review.events("SettledOffChain")
    assert log.args == {
        "subject": subject,
        "epoch": 1,
        "payee": ada.address,
        "reference": REFERENCE,
        "amount": 100 * DOLLARS,
        "grain": GRAIN // 10,
    }
    assert review.dollar.balanceOf(ada) == 0
    assert review.grain.balanceOf(ada) == GRAIN // 10
    assert review.distributor.is_claimed(subject, 1)
    assert review.distributor.carry_of(review.dollar) == 100 * DOLLARS
    assert review.pool.reserved(1, review.dollar) == reserved - 100 * DOLLARS
    assert review.distributor.paid_of(1) == 100 * DOLLARS


def test_settle_off_chain__a_leaf__is_never_paid_here(review: Review, final: Epoch) -> None:
    ada, subject = review.contributors[0], review.subjects[0]
    review.settle(final, subject, ada)
    with review.evm.reverts("distributor: already claimed"):
        review.claim(subject, [final], ada, ada)
    review.payday(final)
    assert [log.args["reason"] for log in review.events("LeafSkipped")] == [1]
    assert review.dollar.balanceOf(ada) == 0


def test_settle_off_chain__its_money__is_in_the_next_pot(review: Review, final: Epoch) -> None:
    review.settle(final, review.subjects[0], review.contributors[0])
    following = review.month({review.subjects[1]: 1}, 50 * DOLLARS)
    assert following.terms["pot"] == 150 * DOLLARS


def test_settle_off_chain__a_linked_identity__is_its_accounts_to_sign(evm: Evm) -> None:
    review = Review(evm)
    identity, ada = b"\x11" * 32, review.contributors[0]
    review.withdraw(review.epoch)
    review.epoch = review.post({identity: 1})
    final = review.finalise(review.epoch)
    with evm.reverts("clerk: not the payee's word"):
        review.settle(final, identity, ada)
    review.attesters = review.attesters[:2]
    review.link(identity, ada)
    evm.warp(7 * DAY)
    review.settle(final, identity, ada)
    assert review.grain.balanceOf(ada) == GRAIN


# --- refusals ---------------------------------------------------------------------------------


def test_settle_off_chain__what_is_claimed_or_settled__is_refused(
    review: Review, final: Epoch
) -> None:
    ada, ben = review.contributors[:2]
    review.claim(review.subjects[0], [final], ada, ada)
    review.settle(final, review.subjects[1], ben)
    for person, subject in zip((ada, ben), review.subjects, strict=False):
        with review.evm.reverts("distributor: already claimed"):
            review.settle(final, subject, person)


def test_settle_off_chain__signed_by_somebody_else__is_refused(
    review: Review, final: Epoch, outsider: Actor
) -> None:
    with review.evm.reverts("clerk: not the payee's word"):
        review.settle(final, review.subjects[0], review.contributors[0], outsider)


@pytest.mark.parametrize(
    "flip",
    [
        {"epoch": 2},
        {"subject": b"\x01" * 32},
        {"reference": b"\x01" * 32},
        {"payee": "0x" + "11" * 20},
        {"deadline": 2**64},
    ],
    ids=lambda flip: next(iter(flip)),
)
def test_settle_off_chain__signed_over_another_figure__is_refused(
    review: Review, final: Epoch, flip: dict[str, Any]
) -> None:
    with review.evm.reverts("clerk: not the payee's word"):
        review.settle(final, review.subjects[0], review.contributors[0], **flip)


def test_settle_off_chain__late_or_without_a_reference__is_refused(
    review: Review, final: Epoch
) -> None:
    subject = review.subjects[0]
    leaf, proof = review.leaf(subject), final.proof(subject)
    head = (review.distributor, final.previous, final.packed, leaf, proof)
    with review.evm.reverts("clerk: no reference"):
        review.clerk.settle_off_chain(*head, bytes(32), 2**40, b"", sender=review.relayer)
    late = review.evm.now - 1
    with review.evm.reverts("clerk: signed too late"):
        review.clerk.settle_off_chain(*head, REFERENCE, late, b"", sender=review.relayer)


def test_settle_off_chain__before_it_is_final__is_refused(review: Review) -> None:
    epoch = review.epoch
    epoch.packed = review.terms
    with review.evm.reverts("distributor: not a final epoch"):
        review.settle(epoch, review.subjects[0], review.contributors[0])


def test_settle_off_chain__after_the_claims_closed__is_refused(
    review: Review, final: Epoch
) -> None:
    review.evm.warp(YEAR)
    with review.evm.reverts("distributor: claims are closed"):
        review.settle(final, review.subjects[0], review.contributors[0])


def test_settle_off_chain__a_struck_out_leaf__is_refused(evm: Evm) -> None:
    review = Review(evm, zero_out_bps=4_000)
    review.zero_out(review.subjects[0])
    final = review.finalise(review.epoch)
    with evm.reverts("distributor: struck out"):
        review.settle(final, review.subjects[0], review.contributors[0])


def test_settle_off_chain__a_leaf_that_comes_to_nothing__is_refused(evm: Evm) -> None:
    review = Review(evm)
    review.withdraw(review.epoch)
    ada, ben = review.subjects[:2]
    review.epoch = review.post({ada: 1, ben: 10**12})
    final = review.finalise(review.epoch)
    with evm.reverts("distributor: nothing to settle"):
        review.settle(final, ada, review.contributors[0])
