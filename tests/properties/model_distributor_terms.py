# SPDX-License-Identifier: AGPL-3.0-only
"""The records of a CredDistributor and their packed forms and hashes, from the text of the format.

And the book of trees: what a posted root means is known from who built it, so the models never
follow a proof; they compare it with the one that the builder would give.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import NamedTuple

from eth_utils.crypto import keccak

from millpond.core.sum_tree import SumTree
from tests.contracts.evm import address_of
from tests.properties.chain import to_address
from tests.properties.codec import address_word, of_types

BPS = 10_000
NO_HASH = bytes(32)
MOST_CRED = 2**128

_POSTED = of_types("bytes32", "uint256", "uint256", "uint256")
_CHAINED = of_types("bytes32", "bytes32", "uint256")
_LEAF = of_types("uint256", "address", "uint256", "uint256", "bytes32", "uint256")


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
class KnownTree:
    """A tree that somebody built for an epoch of a distributor."""

    tree: SumTree
    leaves: tuple[tuple[bytes, int], ...]

    @classmethod
    def build(
        cls, chain_id: int, distributor: str, epoch: int, leaves: dict[bytes, int]
    ) -> "KnownTree":
        """Of these subjects and their cred."""
        in_order = tuple(sorted(leaves.items()))
        return cls(SumTree.build(chain_id, distributor, epoch, in_order), in_order)

    def place(self, subject: bytes) -> int:
        """The index of a subject's leaf."""
        return self.tree.index_of(subject)

    def cred(self, subject: bytes) -> int:
        """What a subject's leaf holds."""
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


def leaf_hash(
    chain_id: int, distributor: str, epoch: int, index: int, subject: bytes, cred: int
) -> bytes:
    """Hashed twice."""
    return keccak(keccak(_LEAF([chain_id, distributor, epoch, index, subject, cred])))


def subject_of(account: object) -> bytes:
    """An account as a subject."""
    return address_word(address_of(account))
