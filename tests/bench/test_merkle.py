# SPDX-License-Identifier: AGPL-3.0-only
"""The peers' tree, which our own claims are compared with: it must be the one that they check."""

import pytest

from bench.peers.merkle import PairTree, leaf, leaf_so_far
from millpond.core.canonical import keccak256


def _folded(node: bytes, proof: list[bytes]) -> bytes:
    """As the contract folds it."""
    for other in proof:
        node = keccak256(min(node, other) + max(node, other))
    return node


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 100])
def test_proof__of_every_leaf__folds_to_the_root(count: int) -> None:
    leaves = [leaf(index, index.to_bytes(20, "big"), 7) for index in range(count)]
    tree = PairTree(leaves)
    assert [_folded(each, tree.proof(place)) for place, each in enumerate(leaves)] == [
        tree.root
    ] * count


def test_proof__of_the_first_of_a_hundred__is_as_long_as_the_tree_is_high() -> None:
    tree = PairTree([leaf(index, bytes(20), 7) for index in range(100)])
    assert len(tree.proof(0)) == 7


def test_leaf__its_three_parts__are_84_bytes_in_a_row() -> None:
    assert leaf(1, b"\x02" * 20, 3) == keccak256(
        bytes(31) + b"\x01" + b"\x02" * 20 + bytes(31) + b"\x03"
    )


def test_leaf_so_far__its_two_parts__are_52_bytes_in_a_row() -> None:
    assert leaf_so_far(b"\x02" * 20, 3) == keccak256(b"\x02" * 20 + bytes(31) + b"\x03")
