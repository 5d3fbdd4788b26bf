# SPDX-License-Identifier: AGPL-3.0-only
"""The sum tree by 10,000 random trees and over 1,000 bad proofs, beside two other implementations.

One is the naive one of tests/core/sum_trees.py, the other JavaScript by ethers, in
tests/vectors/follow_sum_trees.mjs. tests/contracts/test_sum_tree_fuzz.py has the contract follow
the same ones. A failure names the number of its tree; the seed is in sum_trees.py.
"""

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from millpond.core.errors import MillpondError
from millpond.core.subjects import Subject
from millpond.core.sum_tree import Leaf, SumTree, verify_proof
from millpond.core.units import MicroCred
from tests.core import sum_trees
from tests.core.sum_trees import Claim, Forgery, Leaves, Place

TREES = 10_000
IN_JAVASCRIPT = 40
ROOT = Path(__file__).parents[2]


def verdict(claim: Claim) -> bool:
    """Whether the package takes a claim."""
    leaf = Leaf(claim.index, Subject(claim.subject), MicroCred(claim.cred))
    posted = claim.root, claim.total, claim.count
    try:
        verify_proof(*claim.place.values(), leaf, claim.proof, *posted)
    except MillpondError:
        return False
    return True


def drawn(number: int) -> tuple[Place, Leaves]:
    """Tree `number`: where it is and its leaves."""
    dice = sum_trees.dice_of("tree", number)
    return sum_trees.some_place(dice), sum_trees.some_leaves(dice)


def forged(number: int) -> Forgery:
    """Forged tree `number`."""
    dice = sum_trees.dice_of("forged", number)
    place = sum_trees.some_place(dice)
    return sum_trees.forgery(dice, place, sum_trees.some_leaves(dice, 24))


def bad(trees: int) -> list[tuple[str, Claim]]:
    """Bad claims of the first trees that have more than one leaf."""
    found: list[tuple[str, Claim]] = []
    for number in range(trees):
        dice = sum_trees.dice_of("bad", number)
        place, leaves = drawn(number)
        found += sum_trees.bad_claims(dice, place, leaves)
    return found


def test_trees__ten_thousand__have_the_root_and_the_proofs_of_a_naive_one() -> None:
    sizes: Counter[int] = Counter()
    for number in range(TREES):
        place, leaves = drawn(number)
        tree, naive = SumTree.build(*place.values(), leaves), sum_trees.naive_tree(place, leaves)
        assert (tree.root, tree.total, tree.count) == (naive.hash, naive.sum, len(leaves)), number
        index = sum_trees.dice_of("index", number).randrange(len(leaves))
        claim = sum_trees.claim_of(place, naive, leaves, index)
        assert tuple(tree.proof(index)) == claim.proof, number
        assert verdict(claim), number
        assert sum_trees.naive_verdict(claim), number
        sizes[len(leaves)] += 1
    assert min(sizes) == 1
    assert max(sizes) > 350
    assert len(sizes) > 250


def test_claims__of_ten_thousand_forged_trees__are_never_worth_more_than_the_total() -> None:
    """Whoever builds a tree may say what she likes of its sides, its total and its leaves."""
    seen: Counter[bool] = Counter()
    for number in range(TREES):
        cheat = forged(number)
        verdicts = [verdict(claim) for claim in cheat.claims]
        assert verdicts == [sum_trees.naive_verdict(claim) for claim in cheat.claims], number
        accepted = [claim for claim, taken in zip(cheat.claims, verdicts, strict=True) if taken]
        assert sum_trees.worth(accepted) <= cheat.total, number
        seen.update(verdicts)
    assert seen[True] > TREES // 2
    assert seen[False] > TREES


def test_claims__of_every_leaf__are_worth_exactly_the_total() -> None:
    for number in range(300):
        place, leaves = drawn(number)
        tree = sum_trees.naive_tree(place, leaves)
        claims = [sum_trees.claim_of(place, tree, leaves, at) for at in range(len(leaves))]
        assert all(map(verdict, claims)), number
        assert sum_trees.worth(claims) == tree.sum, number


def test_bad_proofs__over_a_thousand__are_refused_each() -> None:
    claims = bad(200)
    kinds = Counter(kind for kind, _ in claims)
    assert sum(kinds.values()) > 1_000
    assert len(kinds) == 37
    assert min(kinds.values()) >= 20, kinds
    taken = [(kind, claim) for kind, claim in claims if verdict(claim)]
    assert taken == []
    assert not any(sum_trees.naive_verdict(claim) for _, claim in claims)


def test_ethers__trees_and_claims__have_the_same_roots_proofs_and_verdicts() -> None:
    """A third implementation, in another language and with another keccak."""
    if not (ROOT / "node_modules" / ".stamp").exists():
        pytest.skip("ethers is not here: it comes with Node")
    trees = [drawn(number) for number in range(IN_JAVASCRIPT)]
    claims = [claim for _, claim in bad(IN_JAVASCRIPT)]
    for number in range(IN_JAVASCRIPT):
        claims += forged(number).claims
    answer = in_javascript(trees, claims)
    for (place, leaves), theirs in zip(trees, answer["trees"], strict=True):
        ours = SumTree.build(*place.values(), leaves)
        assert theirs["root"] == "0x" + ours.root.hex()
        assert theirs["total"] == str(ours.total)
        last = ours.proof(len(leaves) - 1)
        assert theirs["lastProof"] == [["0x" + node.hex(), str(more)] for node, more in last]
    verdicts = [verdict(claim) for claim in claims]
    assert answer["verdicts"] == verdicts
    assert set(verdicts) == {True, False}


def in_javascript(trees: list[tuple[Place, Leaves]], claims: list[Claim]) -> dict[str, Any]:
    """What ethers makes of them."""
    question = {
        "trees": [
            {
                "place": sum_trees.place_as_json(place),
                "leaves": [["0x" + subject.hex(), str(cred)] for subject, cred in leaves],
            }
            for place, leaves in trees
        ],
        "claims": [sum_trees.as_json(claim) for claim in claims],
    }
    node, page = shutil.which("node"), ROOT / "tests" / "vectors" / "follow_sum_trees.mjs"
    assert node is not None, "Node has installed the packages and is gone"
    run = subprocess.run(  # noqa: S603
        [node, str(page)],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer
