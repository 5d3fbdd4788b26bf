# SPDX-License-Identifier: AGPL-3.0-only
"""The contract follows the random trees and bad proofs that tests/core/test_sum_tree_fuzz.py has.

Every tree is an epoch of one real distributor: signed, posted and final. `payday` computes the root
of its list again; each proof goes through `claim_many`. The subjects are identities that no account
is linked to, so a leaf that is proven is reported as not paid (`LeafSkipped`), and
any number of claims of it can be tried. Of the 10,000 trees these are the first `TREES`.
"""

from collections import Counter
from dataclasses import dataclass

import pytest

from millpond.core.sum_tree import SumTree
from tests.contracts.distributors import MONTH, Epoch, Mill
from tests.contracts.evm import Evm, Reverted
from tests.core import sum_trees
from tests.core.sum_trees import Claim, Leaves, Place
from tests.core.test_sum_tree_fuzz import verdict

TREES = 250
FORGED = 100
BAD = 60
MOST_LISTED = 512
WAITING, BELOW_MINIMUM = 2, 3


@dataclass
class Posted:
    """A root that is final, and where its leaves count."""

    place: Place
    epoch: Epoch


class Distributor:
    """One mill whose epochs are trees of the fuzz, one after another."""

    def __init__(self, evm: Evm) -> None:
        self.mill = Mill(evm)
        self.mill.set_up(season=1_000)
        self.mill.open(self.mill.policy(minimum=1))

    def place(self) -> Place:
        """Where the leaves of the next epoch count."""
        mill = self.mill
        number = mill.distributor.head().finalised + 1
        return Place(mill.evm.chain_id, mill.distributor.address, number)

    def post(self, place: Place, root: bytes, total: int, count: int) -> Posted:
        """A root, a total and a leaf count that two maintainers sign, whatever they are."""
        mill = self.mill
        mill.give(1)
        mill.evm.warp(MONTH)
        any_tree = mill.tree({bytes(31) + b"\x01": 1}, place.epoch)
        draft = mill.draft(any_tree, root=root, total_cred=total, leaf_count=count)
        proposal_id = mill.clerk.post(mill.distributor, *mill.signed(draft), sender=mill.relayer)
        (log,) = mill.events("DistributionPosted")
        epoch = Epoch(any_tree, dict(log.args["terms"]._asdict()), proposal_id)
        return Posted(place, mill.finalise(epoch))

    def listed(self, posted: Posted, leaves: Leaves) -> None:
        """A payday of the first leaf alone, by the whole list, whose root is computed again."""
        epoch = posted.epoch
        arguments = (epoch.previous, epoch.packed, leaves, 0, 1)
        self.mill.distributor.payday(*arguments, sender=self.mill.relayer)

    def verdict(self, posted: Posted, claim: Claim) -> bool:
        """Whether the contract takes this claim."""
        epoch, mill = posted.epoch, self.mill
        leaf = (claim.subject, 0, claim.index, claim.cred)
        arguments = (epoch.previous, [epoch.packed], [leaf], list(claim.proof))
        try:
            mill.distributor.claim_many(*arguments, sender=mill.relayer)
        except Reverted:
            return False
        (skipped,) = mill.events("LeafSkipped")
        assert skipped.args["reason"] in (WAITING, BELOW_MINIMUM)
        return True

    def nothing_was_paid(self, posted: Posted) -> bool:
        """No leaf of an epoch is booked as paid."""
        paid: int = self.mill.distributor.paid_of(posted.place.epoch)
        return paid == 0


def identities(leaves: Leaves) -> Leaves:
    """The same leaves with a subject that is an identity in the place of each account."""
    found = [(b"\x01" + s[1:] if s[:12] == bytes(12) else s, cred) for s, cred in leaves]
    return sorted(found)


def drawn(number: int) -> Leaves:
    """The leaves of tree `number`; where they are is up to the chain."""
    dice = sum_trees.dice_of("tree", number)
    sum_trees.some_place(dice)
    return identities(sum_trees.some_leaves(dice))


@pytest.fixture
def distributor(evm: Evm) -> Distributor:
    """Ready for its first epoch."""
    return Distributor(evm)


def test_trees__the_first_of_the_fuzz__have_the_package_s_root_and_proofs(
    distributor: Distributor,
) -> None:
    for number in range(TREES):
        leaves, place = drawn(number), distributor.place()
        tree = SumTree.build(*place.values(), leaves)
        posted = distributor.post(place, tree.root, tree.total, tree.count)
        assert tree.count <= MOST_LISTED
        distributor.listed(posted, leaves)
        dice = sum_trees.dice_of("index", number)
        for index in {0, tree.count - 1, dice.randrange(tree.count)}:
            proof = tuple(tree.proof(index))
            fixed = (place, tree.root, tree.total, tree.count)
            claim = Claim(*fixed, index, *leaves[index], proof)
            assert distributor.verdict(posted, claim), number
        assert distributor.nothing_was_paid(posted)


def test_list__with_anything_changed__is_not_that_of_the_root(distributor: Distributor) -> None:
    for number in range(12):
        leaves, place = drawn(number), distributor.place()
        tree = sum_trees.naive_tree(place, leaves)
        posted = distributor.post(place, tree.hash, tree.sum, len(leaves))
        (subject, cred), *rest = leaves
        changed = [
            [(subject, cred + 1), *rest],
            [(b"\xff" * 32, cred), *rest],
            [*leaves, (b"\xff" * 32, 1)],
            [*rest, (subject, cred)] if rest else [],
            rest,
        ]
        for other in changed:
            why = r"(distributor: not the full list|clerk: cred too large)"
            with pytest.raises(Reverted, match=why):
                distributor.listed(posted, other)
        distributor.listed(posted, leaves)


def test_claims__of_forged_trees__are_taken_as_the_package_takes_them_and_never_worth_more(
    distributor: Distributor,
) -> None:
    seen: Counter[bool] = Counter()
    for number in range(FORGED):
        dice, place = sum_trees.dice_of("forged on chain", number), distributor.place()
        leaves = identities(sum_trees.some_leaves(dice, 24))
        cheat = sum_trees.forgery(dice, place, leaves)
        posted = distributor.post(place, cheat.root, cheat.total, cheat.count)
        verdicts = [distributor.verdict(posted, claim) for claim in cheat.claims]
        assert verdicts == [verdict(claim) for claim in cheat.claims], number
        assert verdicts == [sum_trees.naive_verdict(claim) for claim in cheat.claims], number
        accepted = [claim for claim, taken in zip(cheat.claims, verdicts, strict=True) if taken]
        assert sum_trees.worth(accepted) <= cheat.total, number
        seen.update(verdicts)
    assert min(seen[True], seen[False]) > FORGED // 2, seen


def test_bad_proofs__over_a_thousand__are_refused_each(distributor: Distributor) -> None:
    kinds: Counter[str] = Counter()
    for number in range(BAD):
        dice, place = sum_trees.dice_of("bad on chain", number), distributor.place()
        leaves = identities(sum_trees.some_leaves(dice, 200))
        tree = sum_trees.naive_tree(place, leaves)
        posted = distributor.post(place, tree.hash, tree.sum, len(leaves))
        assert distributor.verdict(posted, sum_trees.claim_of(place, tree, leaves, 0))
        for kind, claim in sum_trees.bad_claims(dice, place, leaves):
            assert not distributor.verdict(posted, claim), (number, kind)
            kinds[kind] += 1
        assert distributor.nothing_was_paid(posted)
    assert sum(kinds.values()) > 1_000
    assert (len(kinds), min(kinds.values()) >= 10) == (37, True), kinds
