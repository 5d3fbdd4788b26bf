# SPDX-License-Identifier: AGPL-3.0-only
"""The records of a CredDistributor and their packed forms and hashes, from the text of the format.

And the book of trees: what a posted root means is known from who built it, so the models never
follow a proof; they compare it with the one that the builder would give.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import NamedTuple

from eth_utils.crypto import keccak

from tests.contracts.evm import address_of
from tests.properties.chain import to_address
from tests.properties.codec import address_word, of_types

BPS = 10_000
NO_HASH = bytes(32)
MOST_CRED = 2**128

_POSTED = of_types("bytes32", "uint256", "uint256", "uint256")
_CHAINED = of_types("bytes32", "bytes32", "uint256")
_LEAF = of_types("uint256", "address", "uint256", "uint256", "bytes32", "uint256")
_NODE = of_types("bytes32", "uint256", "bytes32", "uint256")


Leaves = Sequence[tuple[bytes, int]]
"""Subject and cred, in order."""


class Policy(NamedTuple):
    """The terms that the members vote on, in the order of the contract."""

    asset: str
    income_earmark: int
    payout_bps: int
    minimum: int
    grain_per_epoch: int
    signer_cap_bps: int
    epoch_length: int
    claim_window: int
    zero_out_bps: int
    restorers: int
    fixed_portion: bool

    @property
    def params(self) -> bytes:
        """As `open_earmark` hands them over."""
        return address_word(self.asset) + b"".join([n.to_bytes(32) for n in self[1:]])


class Packed(NamedTuple):
    """Five words, as claims carry them."""

    root: bytes
    pot_and_total: int
    asset_and_minimum: int
    grain_and_counts: int
    review: int

    @property
    def epoch(self) -> int:
        """The number in the last word."""
        return self.review >> 32 & 0xFFFFFFFF

    @property
    def leaf_count(self) -> int:
        """The number in the word of grain and counts."""
        return self.grain_and_counts >> 96 & 0xFFFFFFFF

    @property
    def terms(self) -> "Terms":
        """Every field, from where it is packed."""
        word, review = self.grain_and_counts, self.review
        return Terms(
            epoch=self.epoch,
            attempt=review & 0xFFFFFFFF,
            root=self.root,
            total_cred=self.pot_and_total % 2**128,
            leaf_count=self.leaf_count,
            earmark=word >> 128 & 0xFFFFFFFF,
            asset=to_address(self.asset_and_minimum >> 96),
            pot=self.pot_and_total >> 128,
            minimum=self.asset_and_minimum % 2**96,
            grain_per_epoch=word >> 160,
            signer_cap_bps=word >> 48 & 0xFFFF,
            maintainers_version=word >> 64 & 0xFFFFFFFF,
            excluded=review >> 104,
            closes_at=review >> 64 & 0xFFFFFFFFFF,
        )

    @property
    def posted_hash(self) -> bytes:
        """Of what was posted: all but the review."""
        return keccak(_POSTED(self[:4]))

    def after(self, previous: bytes) -> bytes:
        """The epoch hash, over that of the epoch before."""
        return keccak(_CHAINED([previous, self.posted_hash, self.review]))


class Terms(NamedTuple):
    """What an epoch froze, in the order of the contract."""

    epoch: int
    attempt: int
    root: bytes
    total_cred: int
    leaf_count: int
    earmark: int
    asset: str
    pot: int
    minimum: int
    grain_per_epoch: int
    signer_cap_bps: int
    maintainers_version: int
    excluded: int = 0
    closes_at: int = 0

    def packed(self) -> Packed:
        """Side by side, from the top of each word."""
        counts = (self.earmark, self.leaf_count, self.maintainers_version)
        word = self.grain_per_epoch
        for count in counts:
            word = word * 2**32 + count
        word = (word * 2**16 + self.signer_cap_bps) * 2**48
        review = self.excluded * 2**40 + self.closes_at
        return Packed(
            self.root,
            self.pot * 2**128 + self.total_cred,
            int(self.asset, 16) * 2**96 + self.minimum,
            word,
            (review * 2**32 + self.epoch) * 2**32 + self.attempt,
        )

    def part(self, whole: int, cred: int) -> int:
        """What this cred is worth of a whole that is for all cred that was not struck out."""
        return floor(Fraction(whole * cred, self.total_cred - self.excluded))

    @property
    def cap(self) -> int:
        """The most that a maintainer gets."""
        return floor(Fraction(self.pot * self.signer_cap_bps, BPS))


@dataclass(frozen=True)
class Rows:
    """A tree over a list as it stands, also one that breaks the format: whoever is in it twice has
    two leaves, and one without cred is a leaf like all others."""

    epoch: int
    rows: tuple[tuple[tuple[bytes, int], ...], ...]

    @classmethod
    def build(cls, chain_id: int, distributor: str, epoch: int, leaves: Leaves) -> "Rows":
        """Pairs from the left; the odd one goes up as it is."""
        place = chain_id, distributor, epoch
        row = [(leaf_hash(*place, at, *leaf), leaf[1]) for at, leaf in enumerate(leaves)]
        rows = [tuple(row)]
        while len(row) > 1:
            pairs = [row[at : at + 2] for at in range(0, len(row), 2)]
            row = [_parent(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
            rows.append(tuple(row))
        return cls(epoch, tuple(rows))

    @property
    def root(self) -> bytes:
        """The hash at the top."""
        return self.rows[-1][0][0]

    @property
    def total(self) -> int:
        """All cred."""
        return self.rows[-1][0][1]

    @property
    def count(self) -> int:
        """How many leaves."""
        return len(self.rows[0])

    def proof(self, index: int) -> list[tuple[bytes, int]]:
        """The siblings, from the leaf upwards."""
        siblings = []
        for row in self.rows[:-1]:
            if index ^ 1 < len(row):
                siblings.append(row[index ^ 1])
            index //= 2
        return siblings


@dataclass(frozen=True)
class KnownTree:
    """A tree that somebody built for an epoch of a distributor."""

    tree: Rows
    leaves: tuple[tuple[bytes, int], ...]

    @classmethod
    def build(
        cls, chain_id: int, distributor: str, epoch: int, leaves: Mapping[bytes, int] | Leaves
    ) -> "KnownTree":
        """Of these subjects and their cred, sorted; or of a list as somebody laid it out."""
        known = sorted(leaves.items()) if isinstance(leaves, Mapping) else leaves
        return cls(Rows.build(chain_id, distributor, epoch, known), tuple(known))

    def places(self, subject: bytes) -> list[int]:
        """Where a subject stands: once, where the format is kept."""
        return [place for place, (each, _) in enumerate(self.leaves) if each == subject]

    def place(self, subject: bytes) -> int:
        """The index of a subject's first leaf with cred, if there is one."""
        found = self.places(subject)
        return next((place for place in found if self.leaves[place][1]), found[0])

    def cred(self, subject: bytes) -> int:
        """What that leaf holds."""
        return self.leaves[self.place(subject)][1]

    def proves(
        self,
        terms: Terms,
        index: int,
        leaf: tuple[bytes, int],
        proof: Sequence[tuple[bytes, int]],
    ) -> bool:
        """Is this leaf in the posted tree, and is this its proof?"""
        if (self.tree.total, self.tree.count) != (terms.total_cred, terms.leaf_count):
            return False
        there = index < self.tree.count and self.leaves[index] == leaf
        return there and self.tree.epoch == terms.epoch and self.tree.proof(index) == list(proof)


def siblings_above(index: int, count: int) -> int:
    """How many siblings a proof has that starts at this place of so many."""
    found, last = 0, count - 1
    while last:
        found += index ^ 1 <= last
        index, last = index // 2, last // 2
    return found


def _parent(left: tuple[bytes, int], right: tuple[bytes, int]) -> tuple[bytes, int]:
    return keccak(_NODE([*left, *right])), left[1] + right[1]


def leaf_hash(
    chain_id: int, distributor: str, epoch: int, index: int, subject: bytes, cred: int
) -> bytes:
    """Hashed twice."""
    return keccak(keccak(_LEAF([chain_id, distributor, epoch, index, subject, cred])))


def subject_of(account: object) -> bytes:
    """An account as a subject."""
    return address_word(address_of(account))
