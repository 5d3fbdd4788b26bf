# SPDX-License-Identifier: AGPL-3.0-only
"""The sum tree against viem, and every proof that must not pass."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core import sum_tree
from millpond.core.errors import BadInput, ProofError, SubjectError, TreeError, UnitError
from millpond.core.subjects import Subject
from millpond.core.sum_tree import Leaf, SumTree, leaf_hash, proof_length, verify_proof
from millpond.core.units import MicroCred

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "sum_tree.json").read_text(encoding="utf-8")
)["trees"]
DISTRIBUTOR = "0x" + "d1" * 20
PLACE = (1337, DISTRIBUTOR, 1)


def subject(number: int) -> Subject:
    return Subject(number.to_bytes(32, "big"))


def leaves(count: int) -> list[tuple[Subject, int]]:
    return [(subject(7 * i + 1), 10 * i + 1) for i in range(count)]


def leaf(number: int, who: bytes, cred: int) -> Leaf:
    return Leaf(number, Subject(who), MicroCred(cred))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{len(vector['leaves'])} leaves")
def test_build__trees_made_by_viem__have_the_same_root_total_and_proofs(
    vector: dict[str, Any],
) -> None:
    pairs = [(bytes.fromhex(each["subject"][2:]), int(each["cred"])) for each in vector["leaves"]]
    place = int(vector["chainId"]), vector["distributor"], int(vector["epoch"])
    tree = SumTree.build(*place, pairs)
    root, total = bytes.fromhex(vector["root"][2:]), int(vector["total"])
    assert (tree.root, tree.total, tree.count) == (root, total, len(pairs))
    for index, each in enumerate(vector["leaves"]):
        proof = [(bytes.fromhex(digest[2:]), int(amount)) for digest, amount in each["proof"]]
        assert tree.proof(index) == proof
        assert proof_length(index, tree.count) == len(proof)
        assert tree.leaf(index) == leaf(index, *pairs[index])
        assert tree.index_of(pairs[index][0]) == index
        verify_proof(*place, leaf(index, *pairs[index]), proof, root, total, tree.count)


def test_vectors__counts__cover_odd_and_even_levels() -> None:
    counts = [len(vector["leaves"]) for vector in VECTORS]
    assert counts == [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 43, 64, 65, 100]


def test_build__a_single_leaf__is_its_own_root() -> None:
    tree = SumTree.build(*PLACE, [(subject(5), 3)])
    assert tree.root == leaf_hash(*PLACE, 0, subject(5), 3)
    assert (tree.total, tree.proof(0)) == (3, [])


@pytest.mark.parametrize(
    ("pairs", "says"),
    [
        ([], "there are no leaves"),
        ([(subject(2), 1), (subject(1), 1)], "leaf 1 is out of order"),
        ([(subject(2), 1), (subject(2), 1)], "leaf 1 is a duplicate"),
        ([(subject(1), 1), (subject(2), 0)], "leaf 1 has cred 0"),
        ([(subject(1), -1)], "leaf 0 has cred -1"),
        ([(subject(1), True)], "leaf 0 has cred True"),
        ([(subject(1), 2**128 - 1), (subject(2), 1)], "2\\^128 or more"),
    ],
)
def test_build__leaves_that_make_no_tree__are_refused(
    pairs: list[tuple[bytes, int]], says: str
) -> None:
    with pytest.raises(TreeError, match=says):
        SumTree.build(*PLACE, pairs)


def test_build__the_largest_total__is_taken() -> None:
    assert SumTree.build(*PLACE, [(subject(1), 2**128 - 2), (subject(2), 1)]).total == 2**128 - 1


def test_build__more_leaves_than_the_contract_walks__are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert sum_tree.MAX_LEAVES == 2**24
    monkeypatch.setattr(sum_tree, "MAX_LEAVES", 3)
    assert SumTree.build(*PLACE, leaves(3)).count == 3
    with pytest.raises(TreeError, match="there are over 3 leaves"):
        SumTree.build(*PLACE, leaves(4))


def test_build__a_bad_place_or_subject__is_refused() -> None:
    with pytest.raises(UnitError, match="the chain id is 0"):
        SumTree.build(0, DISTRIBUTOR, 1, leaves(1))
    with pytest.raises(UnitError, match="epoch is 0"):
        SumTree.build(1, DISTRIBUTOR, 0, leaves(1))
    with pytest.raises(BadInput, match="is not 20 bytes"):
        SumTree.build(1, "0x12", 1, leaves(1))
    with pytest.raises(SubjectError, match="a subject has 32 bytes"):
        SumTree.build(*PLACE, [(b"\x01" * 31, 1)])
    with pytest.raises(SubjectError, match="the zero address"):
        SumTree.build(*PLACE, [(bytes(32), 1)])


@pytest.mark.parametrize(("index", "count"), [(-1, 3), (3, 3), (0, 0), (True, 3)])
def test_proof_length__no_such_leaf__is_refused(index: int, count: int) -> None:
    with pytest.raises(ProofError, match="there is no leaf"):
        proof_length(index, count)


def test_proof__no_such_leaf__is_refused() -> None:
    tree = SumTree.build(*PLACE, leaves(3))
    for call in (tree.proof, tree.leaf):
        with pytest.raises(ProofError, match="there is no leaf 3 among 3"):
            call(3)
    for missing in (subject(2), subject(10**9), b"\x00" * 31, b""):
        with pytest.raises(ProofError, match="has no leaf"):
            tree.index_of(missing)


@given(st.integers(1, 40), st.data())
def test_verify_proof__anything_changed__is_refused(count: int, data: st.DataObject) -> None:
    pairs = leaves(count)
    tree = SumTree.build(*PLACE, pairs)
    index = data.draw(st.integers(0, count - 1))
    good = leaf(index, *pairs[index])
    proof = tree.proof(index)
    verify_proof(*PLACE, good, proof, tree.root, tree.total, count)

    def refused(*args: Any) -> None:
        with pytest.raises(ProofError):
            verify_proof(*args)

    rest = (proof, tree.root, tree.total, count)
    refused(1, DISTRIBUTOR, 1, good, *rest)
    refused(1337, "0x" + "d2" * 20, 1, good, *rest)
    refused(1337, DISTRIBUTOR, 2, good, *rest)
    refused(*PLACE, leaf(index, pairs[index][0], pairs[index][1] + 1), *rest)
    refused(*PLACE, leaf(index, subject(10**9), pairs[index][1]), *rest)
    refused(*PLACE, good, proof, b"\x01" * 32, tree.total, count)
    refused(*PLACE, good, proof, tree.root, tree.total + 1, count)
    refused(*PLACE, good, [*proof, (b"\x01" * 32, 0)], tree.root, tree.total, count)
    other = data.draw(st.integers(0, count - 1).filter(lambda each: each != index or count == 1))
    if other != index:
        refused(*PLACE, leaf(other, *pairs[index]), *rest)
    if proof:
        refused(*PLACE, good, proof[:-1], tree.root, tree.total, count)
        at = data.draw(st.integers(0, len(proof) - 1))
        digest, amount = proof[at]
        for step in ((b"\x02" * 32, amount), (digest, amount + 1), (digest[:31], amount),
                     (digest, -1), (digest, 2**256)):  # fmt: skip
            refused(
                *PLACE, good, [*proof[:at], step, *proof[at + 1 :]], tree.root, tree.total, count
            )


def test_verify_proof__cred_moved_from_a_sibling_to_the_leaf__is_refused() -> None:
    # The total still holds; only hashing both sums separately catches it.
    pairs = leaves(4)
    tree = SumTree.build(*PLACE, pairs)
    proof = tree.proof(1)
    greedy = [(proof[0][0], proof[0][1] - 1), *proof[1:]]
    with pytest.raises(ProofError, match="does not end in the posted root"):
        verify_proof(
            *PLACE, leaf(1, pairs[1][0], pairs[1][1] + 1), greedy, tree.root, tree.total, 4
        )


def test_verify_proof__a_node_passed_off_as_a_leaf__is_refused_by_its_length() -> None:
    tree = SumTree.build(*PLACE, leaves(4))
    with pytest.raises(ProofError, match="the proof has 1 steps, leaf 0 of 4 needs 2"):
        verify_proof(*PLACE, tree.leaf(0), tree.proof(0)[1:], tree.root, tree.total, 4)


@pytest.mark.parametrize("cred", [0, -1, 2**128])
def test_leaf_hash__cred_out_of_range__is_refused(cred: int) -> None:
    with pytest.raises(UnitError, match="cred is"):
        leaf_hash(*PLACE, 0, subject(1), cred)
