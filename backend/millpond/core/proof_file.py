# SPDX-License-Identifier: AGPL-3.0-only
"""The form of a file of proofs: a sum tree laid out so that one proof is a few reads of it.

    words of 32 bytes    magic and version | chain id | distributor | epoch | count | total | root
    subjects             32 bytes each, in the order of the leaves
    levels               from the leaves to the root, (hash, sum) in 64 bytes for each node

Numbers are big-endian. Everything has a place that follows from `count`, so nothing is loaded: a
leaf is found by halving, its proof takes one read a level. The file is only an aid and not trusted:
each proof is checked against root and total before it is handed out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from millpond.core.errors import ProofError, ProofFileError, UnitError
from millpond.core.subjects import to_hex
from millpond.core.sum_tree import (
    MAX_LEAVES,
    Leaf,
    Lookup,
    Proof,
    SumTree,
    level_sizes,
    pair_of,
    verify_proof,
)

MAGIC = b"millpond proofs\n"
VERSION = 1
HEADER_BYTES = 7 * 32
_WORD, _PAIR = 32, 64
_AGAIN = "write it again from the document it belongs to"

Read = Callable[[int, int], bytes]
"""So many bytes from a place in the file."""


@dataclass(frozen=True, slots=True)
class Header:
    """Which tree a file holds."""

    chain_id: int
    distributor: bytes
    epoch: int
    count: int
    total: int
    root: bytes

    @classmethod
    def of(cls, tree: SumTree) -> "Header":
        """That of a tree in memory."""
        return cls(tree.chain_id, tree.distributor, tree.epoch, tree.count, tree.total, tree.root)

    @property
    def bytes_in_all(self) -> int:
        """How long the whole file is."""
        return HEADER_BYTES + _WORD * self.count + _PAIR * sum(level_sizes(self.count))


def write(tree: SumTree) -> Iterator[bytes]:
    """The bytes of the file, in pieces."""
    head = Header.of(tree)
    yield MAGIC + VERSION.to_bytes(16, "big")
    for number in (head.chain_id, int.from_bytes(head.distributor, "big"), head.epoch, head.count):
        yield number.to_bytes(_WORD, "big")
    yield head.total.to_bytes(_WORD, "big") + head.root
    yield tree.subjects
    yield from tree.levels


class StoredTree(Lookup):
    """A tree in a file, asked through `read`. `ProofFileError` for a file that is none."""

    __slots__ = ("_levels", "_read", "count", "header")

    def __init__(self, read: Read, size: int) -> None:
        self._read = read
        self.header = _header(read(0, HEADER_BYTES), size)
        self.count = self.header.count
        subjects_end = HEADER_BYTES + _WORD * self.count
        lengths = [_PAIR * nodes for nodes in level_sizes(self.count)]
        self._levels = list(accumulate(lengths[:-1], initial=subjects_end))
        if pair_of(read(self._levels[-1], _PAIR)) != (self.header.root, self.header.total):
            raise ProofFileError("its last node is not the root that it names", _AGAIN)

    def require(self, wanted: Header) -> None:
        """`ProofFileError` unless it is the file of this tree and of no other."""
        if self.header != wanted:
            raise ProofFileError(
                f"it is of epoch {self.header.epoch} with root {to_hex(self.header.root)}, "
                f"not of epoch {wanted.epoch} with root {to_hex(wanted.root)}",
                _AGAIN,
            )

    def proven(self, subject: bytes) -> tuple[Leaf, Proof]:
        """A subject's leaf and its proof, which ends in root and total.

        `ProofError` if she has no leaf, `ProofFileError` if what is there proves nothing.
        """
        leaf = self.leaf(self.index_of(subject))
        proof, head = self.proof(leaf.index), self.header
        place = head.chain_id, head.distributor, head.epoch
        try:
            verify_proof(*place, leaf, proof, head.root, head.total, head.count)
        except (ProofError, UnitError) as error:
            raise ProofFileError(f"it is damaged: {error.message}", _AGAIN) from None
        return leaf, proof

    def _subject(self, index: int) -> bytes:
        return self._read(HEADER_BYTES + _WORD * index, _WORD)

    def _pair(self, height: int, index: int) -> tuple[bytes, int]:
        return pair_of(self._read(self._levels[height] + _PAIR * index, _PAIR))


def _header(data: bytes, size: int) -> Header:
    if data[: len(MAGIC)] != MAGIC:
        raise ProofFileError("it is no file of proofs", "name the file beside the document")
    words = [data[at : at + _WORD] for at in range(0, len(data), _WORD)]
    version = int.from_bytes(words[0][len(MAGIC) :], "big")
    if version != VERSION or len(data) < HEADER_BYTES:
        raise ProofFileError(
            f"it is of version {version}, or cut short; version {VERSION} can be read", _AGAIN
        )
    chain_id, distributor, epoch, count, total = (
        int.from_bytes(word, "big") for word in words[1:6]
    )
    if not (0 < count <= MAX_LEAVES and distributor < 1 << 160):
        raise ProofFileError(f"it says it has {count} leaves, or its distributor is none", _AGAIN)
    head = Header(chain_id, distributor.to_bytes(20, "big"), epoch, count, total, words[6])
    if head.bytes_in_all != size:
        raise ProofFileError(
            f"it has {size} bytes, and {head.bytes_in_all} make up {count} leaves", _AGAIN
        )
    return head
