# SPDX-License-Identifier: AGPL-3.0-only
"""Incident 16: the leaf of one epoch is paid out of another.

Who and what for: a contributor with a large leaf in a small epoch, who shows it in the epoch of a
large pot.
In the world: UMA's Merkle distributor (PR #3933, OpenZeppelin H12): a claim of one window drew on
the money of another.
The defence: a leaf names its epoch, and each epoch has its own root, pot and bits
(modules/sum_tree.vy, modules/epochs.vy). The root is what the weakened copy does not look at.
"""

from typing import Any

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import FORGETFUL
from tests.contracts.distributors import DOLLARS, Epoch, subject_of
from tests.contracts.evm import Actor, Evm


def two_epochs(evm: Evm) -> tuple[Works, Epoch, Epoch, Actor]:
    """All of a pot of 10 dollars is the thief's, and nothing of one of 1,000."""
    works, ada, thief = Works(evm), evm.actor("ada"), evm.actor("thief")
    small = works.run({subject_of(thief): 5}, 10 * DOLLARS)
    large = works.run({subject_of(ada): 5}, 1_000 * DOLLARS)
    return works, small, large, thief


def elsewhere(evm: Evm) -> Outcome:
    """His leaf and proof of epoch 1, with the terms of epoch 2."""
    works, small, large, thief = two_epochs(evm)
    subject = subject_of(thief)
    shown = Epoch(small.tree, large.terms, large.proposal_id, large.packed, large.previous)
    refused = strike(evm, works.claim, subject, [shown], thief, thief)
    return Outcome(refused, works.dollar.balanceOf(thief))


def test_claim__a_leaf_of_another_epoch__is_refused() -> None:
    shipped, weak = on_both(elsewhere, FORGETFUL)
    assert shipped == Outcome("distributor: wrong proof", 0)
    assert weak == Outcome("", 1_000 * DOLLARS)


def test_claim__epochs_out_of_turn__is_refused() -> None:
    evm = Evm()
    works, small, large, thief = two_epochs(evm)
    claims: list[Any] = [small.claim(subject_of(thief)), (large.packed, 0, 0)]
    orders = [claims[::-1], [claims[0], claims[0]], [(large.packed, 0, 0), claims[0]]]
    for order in orders:
        arguments = [subject_of(thief), small.previous, order, [], thief]
        refused = strike(evm, works.distributor.claim, *arguments, sender=thief)
        assert refused == "distributor: not a final epoch"
    works.distributor.claim(subject_of(thief), small.previous, claims, [], thief, sender=thief)
    assert works.dollar.balanceOf(thief) == 10 * DOLLARS
