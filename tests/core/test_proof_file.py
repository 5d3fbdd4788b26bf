# SPDX-License-Identifier: AGPL-3.0-only
"""Proofs from a file: those of the tree, from a few reads, and never a wrong one."""

import random
from collections.abc import Callable
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millpond.core import proof_file
from millpond.core.errors import ProofError, ProofFileError
from millpond.core.proof_file import HEADER_BYTES, Header, StoredTree
from millpond.core.subjects import Subject
from millpond.core.sum_tree import Lookup, SumTree, level_sizes, proof_length

PLACE = (1337, "0x" + "d1" * 20, 7)


def tree_of(count: int) -> SumTree:
    return SumTree.build(
        *PLACE, [(Subject((7 * i + 1).to_bytes(32, "big")), 10 * i + 1) for i in range(count)]
    )


def data_of(tree: SumTree) -> bytes:
    return b"".join(proof_file.write(tree))


def stored(data: bytes) -> StoredTree:
    return StoredTree(lambda at, length: data[at : at + length], len(data))


@given(st.integers(1, 70))
def test_proven__every_leaf_of_a_tree__has_the_proof_of_the_tree(count: int) -> None:
    tree = tree_of(count)
    found = stored(data_of(tree))
    assert found.header == Header.of(tree)
    found.require(Header.of(tree))
    for index in range(count):
        leaf = tree.leaf(index)
        assert found.proven(leaf.subject) == (leaf, tree.proof(index))


def test_proven__one_leaf__takes_a_read_for_each_level() -> None:
    tree, reads = tree_of(1_000), []
    data = data_of(tree)

    def read(at: int, length: int) -> bytes:
        reads.append(length)
        return data[at : at + length]

    found = StoredTree(read, len(data))
    reads.clear()
    found.proven(tree.leaf(617).subject)
    assert reads.count(64) == 1 + proof_length(617, 1_000)
    assert len(reads) <= reads.count(64) + 2 * 10 + 2


class Row(Lookup):
    """Subjects in a row, without nodes; it counts how often one is looked at."""

    def __init__(self, subjects: list[int]) -> None:
        self.count, self.subjects, self.looks = len(subjects), subjects, 0

    def _subject(self, index: int) -> bytes:
        self.looks += 1
        return self.subjects[index].to_bytes(32, "big")

    def _pair(self, height: int, index: int) -> NoReturn:
        raise AssertionError(f"node {index} at {height}")


def test_index_of__many_hashes__is_found_in_half_the_looks_of_halving() -> None:
    chance = random.Random(1)  # noqa: S311  (as even as hashes)
    row = Row(sorted(chance.getrandbits(256) for _ in range(1 << 16)))
    asked = [chance.randrange(row.count) for _ in range(300)]
    assert [row.index_of(row.subjects[at].to_bytes(32, "big")) for at in asked] == asked
    assert row.looks / len(asked) < 9  # halving looks 17 times


@pytest.mark.parametrize("start", [1, (1 << 256) - (1 << 14)])
def test_index_of__subjects_that_crowd_at_one_end__take_no_more_than_twice_halving(
    start: int,
) -> None:
    row = Row(list(range(start, start + (1 << 14), 2)))
    for at in (0, 1, 4_097, 8_191):
        row.looks = 0
        assert row.index_of(row.subjects[at].to_bytes(32, "big")) == at
        assert row.looks <= 2 * 13 + 2
        with pytest.raises(ProofError, match="has no leaf"):
            row.index_of((row.subjects[at] + 1).to_bytes(32, "big"))


def test_proven__nobody_there__is_refused() -> None:
    for missing in (Subject(bytes(31) + b"\x02"), Subject(b"\xff" * 32)):
        with pytest.raises(ProofError, match="has no leaf"):
            stored(data_of(tree_of(5))).proven(missing)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda _: b"", "no file of proofs"),
        (lambda d: b"{" + d[1:], "no file of proofs"),
        (lambda d: d[:100], "of version 1, or cut short"),
        (lambda d: d[:31] + b"\x02" + d[32:], "of version 2"),
        (lambda d: d[:-1], r"it has \d+ bytes, and \d+ make up 5 leaves"),
        (lambda d: d + b"\x00", r"it has \d+ bytes, and \d+ make up 5 leaves"),
        (lambda d: d[:128] + bytes(32) + d[160:], "it says it has 0 leaves"),
        (lambda d: d[:128] + b"\xff" * 32 + d[160:], "leaves, or its distributor"),
        (lambda d: d[:64] + b"\x01" * 32 + d[96:], "its distributor is none"),
        (lambda d: d[:192] + b"\x01" * 32 + d[224:], "its last node is not the root"),
        (lambda d: d[:-1] + bytes([d[-1] ^ 1]), "its last node is not the root"),
    ],
)
def test_open__a_file_cut_short_or_of_another_kind__is_refused_by_name(
    change: Callable[[bytes], bytes], says: str
) -> None:
    with pytest.raises(ProofFileError, match=says):
        stored(change(data_of(tree_of(5))))


def test_require__the_file_of_another_epoch__is_refused() -> None:
    other = SumTree.build(PLACE[0], PLACE[1], 8, [(Subject(b"\x01" * 32), 1)])
    with pytest.raises(ProofFileError, match=r"it is of epoch 7 with root 0x.*, not of epoch 8"):
        stored(data_of(tree_of(5))).require(Header.of(other))


def test_proven__any_byte_behind_the_header_changed__never_gives_another_proof() -> None:
    tree = tree_of(6)
    data = data_of(tree)
    for at in range(HEADER_BYTES, len(data)):
        changed = data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]
        try:
            found = stored(changed)
        except ProofFileError:
            continue
        for index in range(6):
            leaf = tree.leaf(index)
            try:
                proven = found.proven(leaf.subject)
            except ProofError:
                continue
            assert proven == (leaf, tree.proof(index))


def test_level_sizes__odd_levels__lose_nobody() -> None:
    assert level_sizes(1) == [1]
    assert level_sizes(5) == [5, 3, 2, 1]
    assert [len(level) // 64 for level in tree_of(43).levels] == level_sizes(43)
