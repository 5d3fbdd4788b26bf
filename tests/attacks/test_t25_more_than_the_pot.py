# SPDX-License-Identifier: AGPL-3.0-only
"""T25: a root promises more than its pot.

Who and what for: maintainers whose tree has leaves of twice the cred that it says it has in all.
Nobody objected, for the published table adds up. Whoever claims last would be paid out of what is
reserved for an earlier month.
In the world: Merkle drops whose leaves exceed their balance: the last ones get nothing, or others'
money where one contract holds several drops.
The defence: each node hashes the sums of both its sides, so a proof that leads to the root must add
up to the total (`epochs._require_leaf`), and an epoch counts what it has paid (`epochs._add_paid`).
There are two, so the weakened copy lacks both; the Pool's reserve bounds all epochs together in
either.
"""

from tests.attacks.money import Outcome, Works, on_both, strike
from tests.attacks.money_weak import FORGETFUL
from tests.contracts.distributors import DOLLARS, Epoch, subject_of
from tests.contracts.evm import Actor, Evm

INCOME = 1_000 * DOLLARS


def two_months(evm: Evm) -> tuple[Works, Epoch, Epoch, list[Actor]]:
    """An honest month that ada has not claimed yet, then one whose tree lies."""
    works = Works(evm)
    thieves = [evm.actor("thief"), evm.actor("another thief")]
    honest = works.run({subject_of(evm.actor("ada")): 1}, INCOME)
    works.give(INCOME)
    evm.warp(28 * 86_400)
    tree = works.tree({subject_of(each): 10 for each in thieves})
    tree.total //= 2
    return works, honest, works.finalise(works.posted(tree)), thieves


def claim_twice_the_pot(evm: Evm) -> Outcome:
    """Both claim the whole pot; won is what is more than one pot."""
    works, _, lying, thieves = two_months(evm)
    reasons = [strike(evm, works.claim, subject_of(who), [lying], who, who) for who in thieves]
    got = sum(works.dollar.balanceOf(each) for each in thieves)
    return Outcome(reasons[1], max(got - INCOME, 0))


def test_claim__leaves_of_twice_the_total__cannot_be_proven() -> None:
    shipped, weak = on_both(claim_twice_the_pot, FORGETFUL)
    assert shipped == Outcome("distributor: wrong proof", 0)
    assert weak == Outcome("", INCOME)


def test_payday__the_lying_list__is_not_the_list() -> None:
    evm = Evm()
    works, honest, lying, _ = two_months(evm)
    assert strike(evm, works.payday, lying) == "distributor: not the full list"
    works.payday(honest)
    assert works.dollar.balanceOf(evm.actor("ada")) == INCOME
    # what the liars cannot prove returns when the claims are over
    evm.warp_to(lying.terms["closes_at"])
    works.distributor.close_epoch(lying.previous, lying.packed, sender=works.relayer)
    assert works.pool.unreserved(1, works.dollar) == INCOME
