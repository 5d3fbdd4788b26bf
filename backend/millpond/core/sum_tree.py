# SPDX-License-Identifier: AGPL-3.0-only
"""The Merkle-sum tree of a distribution: leaves hold cred, and no proof can stretch the total.

- leaf = keccak(keccak(abi.encode(chainId, distributor, epoch, index, subject, cred)))
- node = keccak(abi.encode(leftHash, leftSum, rightHash, rightSum)); the last node of a level with
  an odd number of nodes goes up unchanged.
- Leaves are sorted by subject, one to a subject, cred above 0; index is the position; the sum of
  all cred is under 2^128.
- A proof is the list of (hash, sum) of the siblings from the leaf upwards. Index and leaf count
  fix its length and its directions; it must end in the posted root and in the posted total.

`contracts/modules/sum_tree.vy` holds the same rules. A level is one run of 64-byte (hash, sum)
pairs, so the preimage of a node is a plain slice of it and a million leaves fit in 350 MiB.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn, Self

from millpond.core.canonical import keccak256
from millpond.core.errors import ProofError, TreeError
from millpond.core.subjects import Subject, address_bytes, check_subject
from millpond.core.units import MAX_UINT128, MAX_UINT256, MicroCred, whole

Proof = list[tuple[bytes, int]]
"""(sibling hash, sibling sum) from the leaf to the root."""

MAX_LEAVES = 2**24
"""The contract walks at most 24 levels."""

_WORD = 32
_PAIR = 2 * _WORD
_NOBODY = bytes(_WORD)


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def leaf_hash(
    chain_id: int, distributor: str | bytes, epoch: int, index: int, subject: bytes, cred: int
) -> bytes:
    """The double hash of one leaf. Inputs out of range: `UnitError`, `BadInput`, `SubjectError`."""
    head = _head(chain_id, distributor, epoch)
    position = _word(whole(index, "the index"))
    amount = _word(whole(cred, "cred", 1, MAX_UINT128))
    return keccak256(keccak256(head + position + check_subject(subject) + amount))


def _head(chain_id: int, distributor: str | bytes, epoch: int) -> bytes:
    """The three words that every leaf of a tree starts with."""
    account = bytes(12) + address_bytes(distributor)
    return _word(whole(chain_id, "the chain id", 1)) + account + _word(whole(epoch, "epoch", 1))


def proof_length(index: int, count: int) -> int:
    """How many siblings the leaf at `index` of `count` has: fewer where a node goes up alone."""
    _position(index, count)
    length = 0
    while count > 1:
        length += index ^ 1 < count
        index, count = index // 2, (count + 1) // 2
    return length


def _position(index: int, count: int) -> None:
    if type(index) is not int or type(count) is not int or not 0 <= index < count:
        raise ProofError(
            f"there is no leaf {index} among {count}", "use an index from 0 to the count less one"
        )


@dataclass(frozen=True, slots=True)
class Leaf:
    """One position of a tree: who, and how much cred."""

    index: int
    subject: Subject
    cred: MicroCred


class Lookup(ABC):
    """Leaves and proofs of a tree of `count` leaves, wherever its nodes are."""

    __slots__ = ()

    count: int

    @abstractmethod
    def _subject(self, index: int) -> bytes:
        """The subject at a position."""

    @abstractmethod
    def _pair(self, height: int, index: int) -> tuple[bytes, int]:
        """(hash, sum) of a node; the leaves are at height 0."""

    def leaf(self, index: int) -> Leaf:
        """The leaf at a position; `ProofError` if there is none."""
        _position(index, self.count)
        return Leaf(index, Subject(self._subject(index)), MicroCred(self._pair(0, index)[1]))

    def index_of(self, subject: bytes) -> int:
        """The position of a subject; `ProofError` if it has no leaf."""
        place = self.place_of(subject)
        if place == self.count or self._subject(place) != subject:
            raise ProofError(
                f"subject 0x{subject.hex()} has no leaf", "look it up under exclusions and no_leaf"
            )
        return place

    def place_of(self, subject: bytes) -> int:
        """How many leaves come before a subject, whether it has one itself or not.

        Identities are hashes and lie evenly, so every second step goes where she would be if all
        did: from a disk that is a few pages of a million leaves. The other steps halve.
        """
        wanted, guess = int.from_bytes(subject, "big"), True
        low, high, floor, ceiling = 0, self.count, 0, 1 << 8 * _WORD
        while low < high:
            step = (
                (wanted - floor) * (high - low) // (ceiling - floor) if guess else high - low >> 1
            )
            middle, guess = min(low + step, high - 1), not guess
            found = int.from_bytes(self._subject(middle), "big")
            if found < wanted:
                low, floor = middle + 1, found
            else:
                high, ceiling = middle, found
        return low

    def proof(self, index: int) -> Proof:
        """The siblings of the leaf at `index`, from the leaf upwards."""
        _position(index, self.count)
        siblings = []
        for height, nodes in enumerate(level_sizes(self.count)[:-1]):
            if index ^ 1 < nodes:
                siblings.append(self._pair(height, index ^ 1))
            index //= 2
        return siblings


def level_sizes(count: int) -> list[int]:
    """How many nodes each level of a tree has, from the leaves to the root."""
    sizes = [count]
    while sizes[-1] > 1:
        sizes.append((sizes[-1] + 1) // 2)
    return sizes


@dataclass(frozen=True, slots=True, eq=False)
class SumTree(Lookup):
    """A built tree. Make one with `SumTree.build`; proofs are cut from it when asked for."""

    chain_id: int
    distributor: bytes
    epoch: int
    count: int
    subjects: bytes
    """All subjects, 32 bytes each."""
    levels: tuple[bytes, ...]
    """From the leaves to the root, (hash, sum) in 64 bytes for each node."""

    @classmethod
    def build(
        cls,
        chain_id: int,
        distributor: str | bytes,
        epoch: int,
        leaves: Iterable[tuple[bytes, int]],
    ) -> Self:
        """Build from (subject, cred) pairs that are already sorted by subject.

        Refused with `TreeError`: no leaves, unsorted or duplicate subjects, cred of zero or less,
        a sum of 2^128 or more. With `SubjectError`: a malformed subject.
        """
        head = _head(chain_id, distributor, epoch)
        subjects, level = _leaf_level(head, leaves)
        count = len(level) // _PAIR
        levels = [bytes(level)]
        while len(levels[-1]) > _PAIR:
            levels.append(_level_above(levels[-1]))
        account = address_bytes(distributor)
        return cls(chain_id, account, epoch, count, bytes(subjects), tuple(levels))

    @property
    def root(self) -> bytes:
        """The hash at the top, 32 bytes."""
        return self.levels[-1][:32]

    @property
    def total(self) -> MicroCred:
        """The sum of all cred."""
        return MicroCred(int.from_bytes(self.levels[-1][32:], "big"))

    def _subject(self, index: int) -> bytes:
        return self.subjects[_WORD * index : _WORD * index + _WORD]

    def _pair(self, height: int, index: int) -> tuple[bytes, int]:
        return pair_of(self.levels[height][_PAIR * index : _PAIR * index + _PAIR])


def pair_of(node: bytes) -> tuple[bytes, int]:
    """(hash, sum) from the 64 bytes of a node."""
    return node[:_WORD], int.from_bytes(node[_WORD:], "big")


def _leaf_level(head: bytes, leaves: Iterable[tuple[bytes, int]]) -> tuple[bytearray, bytearray]:
    subjects, level = bytearray(), bytearray()
    last, total, limit = b"", 0, MAX_LEAVES
    for index, (subject, cred) in enumerate(leaves):
        if len(subject) != _WORD or subject <= last or subject == _NOBODY or index >= limit:
            _refuse_subject(index, check_subject(subject), last)
        if type(cred) is not int or cred <= 0:
            raise TreeError(
                f"leaf {index} has cred {cred!r}", "leave out whoever has no cred: a leaf has some"
            )
        total += cred
        if total > MAX_UINT128:
            raise TreeError("the cred adds up to 2^128 or more", "use a coarser unit of cred")
        amount = cred.to_bytes(32, "big")
        level += keccak256(keccak256(head + index.to_bytes(32, "big") + subject + amount))
        level += amount
        subjects += subject
        last = subject
    if not level:
        raise TreeError("there are no leaves", "an epoch in which nobody has cred is not posted")
    return subjects, level


def _refuse_subject(index: int, subject: bytes, last: bytes) -> NoReturn:
    if index >= MAX_LEAVES:
        raise TreeError(f"there are over {MAX_LEAVES} leaves", "post two distributions")
    raise TreeError(
        f"leaf {index} is {'a duplicate' if subject == last else 'out of order'}",
        "sort the leaves by subject and give each subject one leaf",
    )


def _level_above(below: bytes) -> bytes:
    above = bytearray()
    whole_pairs = len(below) // (2 * _PAIR) * (2 * _PAIR)
    for at in range(0, whole_pairs, 2 * _PAIR):
        node = below[at : at + 2 * _PAIR]
        total = int.from_bytes(node[32:64], "big") + int.from_bytes(node[96:], "big")
        above += keccak256(node) + total.to_bytes(32, "big")
    above += below[whole_pairs:]
    return bytes(above)


def verify_proof(
    chain_id: int,
    distributor: str | bytes,
    epoch: int,
    leaf: Leaf,
    proof: Sequence[tuple[bytes, int]],
    root: bytes,
    total: int,
    count: int,
) -> None:
    """Refuse with `ProofError` unless the proof ends in exactly this root and this total.

    The proof's length is the one that index and count imply, never another.
    """
    index, length = leaf.index, proof_length(leaf.index, count)
    if len(proof) != length:
        raise ProofError(
            f"the proof has {len(proof)} steps, leaf {index} of {count} needs {length}",
            "make the proof from the tree of this epoch",
        )
    node = leaf_hash(chain_id, distributor, epoch, index, leaf.subject, leaf.cred)
    amount, siblings = int(leaf.cred), iter(proof)
    while count > 1:
        if index ^ 1 < count:
            node, amount = _join(node, amount, *next(siblings), index % 2 == 1)
        index, count = index // 2, (count + 1) // 2
    if amount != total:
        raise ProofError(
            f"the proof adds up to {amount}, the posted total is {total}",
            "use leaf and proof of the posted document",
        )
    if node != root:
        raise ProofError(
            "the proof does not end in the posted root",
            "check chain, distributor, epoch, index, subject and cred of the leaf",
        )


def _join(node: bytes, amount: int, other: bytes, more: int, on_left: bool) -> tuple[bytes, int]:
    if len(other) != _WORD or type(more) is not int or not 0 <= more <= MAX_UINT256 - amount:
        raise ProofError(
            "a step of the proof is not (32 bytes, sum)", "read the proof again from the document"
        )
    mine, theirs = node + _word(amount), other + _word(more)
    return keccak256(theirs + mine if on_left else mine + theirs), amount + more
