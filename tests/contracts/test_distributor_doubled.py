# SPDX-License-Identifier: AGPL-3.0-only
"""Trees that break the format: a subject twice, or leaves without cred, posted all the same.

A check of the document sees it. Here is what the contracts do where nobody has looked: a strike is
about one leaf and one share of the vote, a leaf without cred stands for nothing, and the whole
list comes to the root of the tree that it is of.
"""

from typing import Any

import pytest

from tests.contracts.distributors import DAY, DOLLARS, Leaves, Mill, subject_of
from tests.contracts.evm import Actor, Evm
from tests.contracts.reviews import Review

CLAIMED_BEFORE, BELOW_MINIMUM, STRUCK_OUT = 1, 3, 5


@pytest.fixture
def mill(evm: Evm) -> Mill:
    """Open, minimum 5 dollars."""
    mill = Mill(evm)
    mill.set_up()
    mill.open()
    return mill


def reviewed(evm: Evm, zero_out_bps: int, leaves: Any) -> Review:
    """These leaves (number of a contributor, cred) under review."""
    review = Review(evm, zero_out_bps=zero_out_bps)
    review.repost([(review.subjects[who], cred) for who, cred in leaves])
    evm.warp(1)
    return review


def claim_leaf(review: Review, final: Any, index: int) -> None:
    """By its payee, to herself."""
    subject, cred = final.tree.leaves[index]
    payee = review.contributors[review.subjects.index(subject)]
    claims = [(final.packed, index, cred)]
    proof = final.tree.proof(index)
    review.distributor.claim(subject, final.previous, claims, proof, payee, sender=payee)


# --- strikes are by leaf ----------------------------------------------------------------------


def test_zero_out__the_small_leaf_of_a_subject_with_two__leaves_the_large_one(evm: Evm) -> None:
    """Else a ten-thousandth that was voted would take away nine tenths."""
    review = reviewed(evm, 1, [(0, 1), (1, 10_000), (3, 1), (3, 90_000)])
    dan = review.contributors[3]
    review.zero_out(review.subjects[3])
    assert review.distributor.open_distribution().excluded == 1
    final = review.finalise(review.epoch)
    with evm.reverts("distributor: struck out"):
        claim_leaf(review, final, 2)
    claim_leaf(review, final, 3)
    pot, divisor = final.terms["pot"], final.tree.total - 1
    assert review.dollar.balanceOf(dan) == pot * 90_000 // divisor


@pytest.mark.parametrize("how", ["payday", "claim_many"])
def test_payday__one_of_two_leaves_struck_out__pays_the_other(evm: Evm, how: str) -> None:
    review = reviewed(evm, 1_000, [(0, 500), (3, 10), (3, 400)])
    subject, dan = review.subjects[3], review.contributors[3]
    review.zero_out(subject)
    final = review.finalise(review.epoch)
    if how == "payday":
        review.payday(final)
    else:
        for index in (1, 2):
            leaf = (subject, 0, index, final.tree.leaves[index][1])
            review.distributor.claim_many(
                *(final.previous, [final.packed], [leaf], final.tree.proof(index)),
                sender=review.relayer,
            )
            if index == 1:
                assert [log.args["reason"] for log in review.events("LeafSkipped")] == [STRUCK_OUT]
    assert review.dollar.balanceOf(dan) == final.terms["pot"] * 400 // 900


def test_restore__with_the_place_of_another_leaf__is_refused(evm: Evm) -> None:
    review = reviewed(evm, 1_000, [(0, 500), (3, 10), (3, 400)])
    subject = review.subjects[3]
    review.zero_out(subject)
    for index in (0, 2, 3, 2**32 + 1, 2**255):
        with evm.reverts("distributor: not struck out"):
            review.restore(subject, index=index)
    review.restore(subject, index=1)
    assert review.distributor.open_distribution().excluded == 0


# --- leaves without cred ----------------------------------------------------------------------


@pytest.mark.parametrize("zero_out_bps", [0, 5_000])
def test_zero_out__a_leaf_without_cred__is_refused_and_puts_nothing_off(
    evm: Evm, zero_out_bps: int
) -> None:
    review = reviewed(evm, zero_out_bps, [(0, 0), (1, 5), (2, 5)])
    closes_at = review.closes_at()
    evm.warp_to(closes_at - 2 * DAY)
    with evm.reverts("distributor: no cred to strike"):
        review.zero_out(review.subjects[0])
    assert review.closes_at() == closes_at


def test_zero_out__a_second_leaf_without_cred__does_not_undo_what_members_restored(
    evm: Evm,
) -> None:
    review = reviewed(evm, 5_000, [(0, 90), (0, 0), (1, 200)])
    subject = review.subjects[0]
    review.zero_out(subject)
    review.restore(subject)
    with evm.reverts("distributor: struck out before"):
        review.zero_out(subject)
    review.epoch.tree.leaves.reverse()  # so that the one of two in the middle comes first
    with evm.reverts("distributor: no cred to strike"):
        review.zero_out(subject)
    review.epoch.tree.leaves.reverse()
    final = review.finalise(review.epoch)
    claim_leaf(review, final, 0)
    assert review.dollar.balanceOf(review.contributors[0]) == final.terms["pot"] * 90 // 290


def test_claim_many__a_leaf_without_cred_beside_a_paid_epoch__does_not_stand_for_the_real_one(
    mill: Mill,
) -> None:
    """Else any stranger could bar 900 dollars by a leaf that is worth nothing."""
    ada, ben = mill.people(2)
    a, b = subject_of(ada), subject_of(ben)
    first = mill.run({a: 5, b: 5}, 1_000 * DOLLARS)
    second = mill.run([(a, 0), (a, 900), (b, 100)], 1_000 * DOLLARS)
    mill.claim_many([first, second], [(a, 0), (a, 1)])
    reported = [(log.args["epoch"], log.args["reason"]) for log in mill.events("LeafSkipped")]
    assert reported == [(2, BELOW_MINIMUM)]
    assert not mill.distributor.is_claimed(a, 2)
    leaf = [(a, 0, 1, 900)]
    proof = second.tree.proof(1)
    mill.distributor.claim_many(second.previous, [second.packed], leaf, proof, sender=mill.relayer)
    assert mill.dollar.balanceOf(ada) == 1_400 * DOLLARS


def test_payday__a_subject_twice__is_paid_one_of_her_leaves(mill: Mill) -> None:
    ada, ben = mill.people(2)
    a, b = subject_of(ada), subject_of(ben)
    final = mill.run([(a, 300), (a, 600), (b, 100)], 1_000 * DOLLARS)
    mill.payday(final)
    assert [mill.dollar.balanceOf(who) // DOLLARS for who in (ada, ben)] == [300, 100]
    assert [log.args["reason"] for log in mill.events("LeafSkipped")] == [CLAIMED_BEFORE]


# --- the root of a whole list -----------------------------------------------------------------

SHAPES = [
    (0,),
    (0, 0),
    (0, 5),
    (5, 0),
    (5, 5, 0),
    (0, 0, 5),
    (0, 0, 0, 0, 5),
    (5, 0, 0, 0, 0),
    (0, 0, 0, 0, 5, 0, 0),
    (0,) * 9,
    (*(0,) * 8, 1),
]


@pytest.mark.parametrize("creds", SHAPES, ids=str)
def test_root_of_list__parts_without_cred__are_in_the_root(
    mill: Mill, creds: tuple[int, ...]
) -> None:
    leaves: Leaves = [(bytes([n + 1]) * 32, cred) for n, cred in enumerate(creds)]
    tree = mill.tree(leaves)
    assert mill.clerk.root_of_list(mill.distributor, 1, leaves) == (tree.root, tree.total)


def test_payday__leaves_without_cred_at_either_end__is_of_the_posted_list(
    mill: Mill,
) -> None:
    people: list[Actor] = list(mill.people(5))
    a, b, c, d, e = (subject_of(who) for who in people)
    leaves = [(a, 0), (b, 0), (c, 1), (d, 1), (e, 0)]
    final = mill.run(leaves, 20 * DOLLARS)
    with mill.evm.reverts("distributor: not the full list"):
        shorter = (final.previous, final.packed, leaves[:-1], 0, 1)
        mill.distributor.payday(*shorter, sender=mill.relayer)
    mill.payday(final)
    assert [mill.dollar.balanceOf(who) // DOLLARS for who in people] == [0, 0, 10, 10, 0]
