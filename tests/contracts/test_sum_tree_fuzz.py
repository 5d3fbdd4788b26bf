# SPDX-License-Identifier: AGPL-3.0-only
"""The contract follows the random trees and bad proofs that tests/core/test_sum_tree_fuzz.py has.

Every tree is a final epoch of one real distributor (tree_epochs.py says how ten thousand of them
come there). `payday` computes the root of its list again; proofs go through `claim_many`. Package,
contract and the naive implementation must say the same of each.
"""

from collections import Counter

import pytest

from millpond.core.sum_tree import SumTree
from tests.contracts.evm import Evm, Reverted
from tests.contracts.tree_epochs import MOST_CLAIMED, Distributor
from tests.core import sum_trees
from tests.core.sum_trees import Claim, Leaves
from tests.core.test_sum_tree_fuzz import TREES, verdict

POSTED = 25
FORGED = 10_000
BAD = 120
CLAIMED = 8
MOST_LISTED = 512


def identities(leaves: Leaves) -> Leaves:
    """The same leaves with a subject that is an identity in the place of each account."""
    found = [(b"\x01" + s[1:] if s[:12] == bytes(12) else s, cred) for s, cred in leaves]
    return sorted(found)


def drawn(number: int) -> Leaves:
    """The leaves of tree `number`; where they are is up to the chain."""
    dice = sum_trees.dice_of("tree", number)
    sum_trees.some_place(dice)
    return identities(sum_trees.some_leaves(dice))


def some_places(number: int, count: int) -> list[int]:
    """The first, the last and some places between."""
    dice = sum_trees.dice_of("index", number)
    between = {dice.randrange(count) for _ in range(min(count, CLAIMED) - 1)}
    return sorted({0, count - 1, *between})


@pytest.fixture
def distributor(evm: Evm) -> Distributor:
    """Ready for its next epoch."""
    return Distributor(evm)


def test_trees__signed_posted_and_reviewed__have_the_package_s_root_and_proofs(
    distributor: Distributor,
) -> None:
    for number in range(POSTED):
        leaves, place = drawn(number), distributor.place()
        tree = SumTree.build(*place.values(), leaves)
        final = distributor.post(place, tree.root, tree.total, tree.count)
        distributor.pay_listed(final, leaves)
        for index in some_places(number, tree.count):
            fixed = (place, tree.root, tree.total, tree.count)
            claim = Claim(*fixed, index, *leaves[index], tuple(tree.proof(index)))
            assert distributor.takes(final, [claim]), number
        assert distributor.nothing_was_paid(final)


def test_trees__ten_thousand__have_the_root_and_proofs_of_the_package_and_a_naive_one(
    distributor: Distributor,
) -> None:
    sizes: Counter[int] = Counter()
    place = distributor.first
    for number in range(TREES):
        leaves = drawn(number)
        tree, naive = SumTree.build(*place.values(), leaves), sum_trees.naive_tree(place, leaves)
        assert (tree.root, tree.total) == (naive.hash, naive.sum), number
        final = distributor.put(tree.root, tree.total, tree.count)
        distributor.pay_listed(final, leaves)
        places = some_places(number, tree.count)
        claims = [sum_trees.claim_of(place, naive, leaves, index) for index in places]
        assert [claim.proof for claim in claims] == [tuple(tree.proof(at)) for at in places], number
        assert distributor.takes(final, claims), number
        assert not distributor.takes(final, [*claims[:-1], with_more(claims[-1])]), number
        sizes[tree.count] += 1
    assert distributor.nothing_was_paid(final)
    assert (min(sizes), len(sizes) > 250) == (1, True)
    assert 350 < max(sizes) <= MOST_LISTED


def with_more(claim: Claim) -> Claim:
    """The same leaf with one unit more."""
    fixed = (claim.place, claim.root, claim.total, claim.count, claim.index, claim.subject)
    return Claim(*fixed, claim.cred + 1, claim.proof)


def test_trees__up_to_the_most_of_one_call__every_leaf_is_taken(distributor: Distributor) -> None:
    place = distributor.first
    for number in range(1, MOST_CLAIMED + 1):
        leaves = [(b"\x01" + at.to_bytes(31), at + 1) for at in range(number)]
        tree = sum_trees.naive_tree(place, leaves)
        final = distributor.put(tree.hash, tree.sum, number)
        claims = [sum_trees.claim_of(place, tree, leaves, at) for at in range(number)]
        assert distributor.takes(final, claims), number
        assert sum_trees.worth(claims) == tree.sum


def test_list__with_anything_changed__is_not_that_of_the_root(distributor: Distributor) -> None:
    for number in range(60):
        leaves = drawn(number)
        tree = sum_trees.naive_tree(distributor.first, leaves)
        final = distributor.put(tree.hash, tree.sum, len(leaves))
        (subject, cred), *rest = leaves
        changed = [
            [(subject, cred + 1), *rest],
            [(b"\xff" * 32, cred), *rest],
            [*leaves, (b"\xff" * 32, 1)],
            [*rest, (subject, cred)] if rest else [],
            rest,
        ]
        for other in changed:
            with pytest.raises(Reverted) as refused:
                distributor.pay_listed(final, other)
            assert any(why.hex() in refused.value.reason for why in REFUSALS), refused.value.reason
        distributor.pay_listed(final, leaves)


REFUSALS = (b"distributor: not the full list", b"clerk: cred too large")


def test_claims__of_ten_thousand_forged_trees__are_taken_as_the_package_takes_them_and_never_worth_more(  # noqa: E501
    distributor: Distributor,
) -> None:
    seen: Counter[bool] = Counter()
    place = distributor.first
    for number in range(FORGED):
        dice = sum_trees.dice_of("forged on chain", number)
        leaves = identities(sum_trees.some_leaves(dice, 24))
        cheat = sum_trees.forgery(dice, place, leaves)
        final = distributor.put(cheat.root, cheat.total, cheat.count)
        verdicts = [distributor.takes(final, [claim]) for claim in cheat.claims]
        assert verdicts == [verdict(claim) for claim in cheat.claims], number
        assert verdicts == [sum_trees.naive_verdict(claim) for claim in cheat.claims], number
        accepted = [claim for claim, taken in zip(cheat.claims, verdicts, strict=True) if taken]
        assert sum_trees.worth(accepted) <= cheat.total, number
        seen.update(verdicts)
    assert min(seen[True], seen[False]) > FORGED // 2, seen


def test_bad_proofs__over_a_thousand__are_refused_each(distributor: Distributor) -> None:
    kinds: Counter[str] = Counter()
    place = distributor.first
    for number in range(BAD):
        dice = sum_trees.dice_of("bad on chain", number)
        leaves = identities(sum_trees.some_leaves(dice, 200))
        tree = sum_trees.naive_tree(place, leaves)
        final = distributor.put(tree.hash, tree.sum, len(leaves))
        assert distributor.takes(final, [sum_trees.claim_of(place, tree, leaves, 0)])
        for kind, claim in sum_trees.bad_claims(dice, place, leaves):
            assert not distributor.takes(final, [claim]), (number, kind)
            kinds[kind] += 1
    assert distributor.nothing_was_paid(final)
    assert sum(kinds.values()) > 2_000
    assert (len(kinds), min(kinds.values()) >= 20) == (37, True), kinds
