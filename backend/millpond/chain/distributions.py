# SPDX-License-Identifier: AGPL-3.0-only
"""A distribution on the chain: its terms and their hashes, its signatures, the arguments of payday.

Computed here from the posted figures, apart from the contract, so that either can be held against
the other. Source: contracts/modules/epochs.vy, postings.vy, claims.vy.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from typing import Self

from millpond.chain.abi import Value
from millpond.chain.answers import Address
from millpond.chain.signers import Signer
from millpond.core import typed_data
from millpond.core.canonical import keccak256
from millpond.core.distribution import Distribution, data_hash
from millpond.core.errors import BadInput
from millpond.core.signatures import check_signer
from millpond.core.subjects import address_bytes
from millpond.core.sum_tree import Proof
from millpond.core.typed_data import Domain, TypedData
from millpond.core.units import whole

_ECDSA = 65

Packed = tuple[bytes, int, int, int, int]
"""Terms as claims carry them: root, pot_and_total, asset_and_minimum, grain_and_counts, review."""

_WIDTHS = {
    "epoch": 32,
    "attempt": 32,
    "total_cred": 128,
    "leaf_count": 32,
    "earmark": 32,
    "pot": 128,
    "minimum": 96,
    "grain_per_epoch": 96,
    "signer_cap_bps": 16,
    "maintainers_version": 32,
    "excluded": 128,
    "closes_at": 40,
}


@dataclass(frozen=True)
class Terms:
    """What an epoch froze; the fields and units of `EpochTerms`."""

    epoch: int
    attempt: int
    root: bytes
    total_cred: int
    leaf_count: int
    earmark: int
    asset: Address
    pot: int
    minimum: int
    grain_per_epoch: int
    signer_cap_bps: int
    maintainers_version: int
    excluded: int
    closes_at: int

    @classmethod
    def of(cls, struct: Value) -> Self:
        """From the decoded struct of an event or a view."""
        return cls(**{field.name: getattr(struct, field.name) for field in fields(cls)})

    def final(self, excluded: int, closes_at: int) -> Self:
        """These terms as the end of the review left them."""
        return replace(self, excluded=excluded, closes_at=closes_at)

    @property
    def shared_cred(self) -> int:
        """The cred that shares the pot."""
        return self.total_cred - self.excluded

    @property
    def packed(self) -> Packed:
        """The five words; `UnitError` if a field is wider than its place."""
        for name, bits in _WIDTHS.items():
            whole(getattr(self, name), name, 0, 2**bits - 1)
        return (
            self.root,
            self.pot << 128 | self.total_cred,
            int.from_bytes(address_bytes(self.asset)) << 96 | self.minimum,
            self.grain_per_epoch << 160
            | self.earmark << 128
            | self.leaf_count << 96
            | self.maintainers_version << 64
            | self.signer_cap_bps << 48,
            self.excluded << 104 | self.closes_at << 64 | self.epoch << 32 | self.attempt,
        )

    @property
    def posted_hash(self) -> bytes:
        """The hash of what was posted; the review is not in it."""
        root, *words, _ = self.packed
        return keccak256(root + b"".join(word.to_bytes(32, "big") for word in words))

    def epoch_hash(self, previous: bytes) -> bytes:
        """The one hash that a final epoch is; `previous` is that of the epoch before, or zeros."""
        return keccak256(previous + self.posted_hash + self.packed[-1].to_bytes(32, "big"))


@dataclass(frozen=True)
class SignedPost:
    """Everything `Clerk.post` takes, signed by enough maintainers."""

    distributor: str
    epoch: int
    root: bytes
    total_cred: int
    leaf_count: int
    data_hash: bytes
    uri: str
    deadline: int
    signers: tuple[Address, ...]
    signatures: tuple[bytes, ...]

    @property
    def arguments(
        self,
    ) -> tuple[str, int, bytes, int, int, bytes, str, int, list[str], list[bytes]]:
        """In the order of the contract."""
        return (
            self.distributor,
            self.epoch,
            self.root,
            self.total_cred,
            self.leaf_count,
            self.data_hash,
            self.uri,
            self.deadline,
            list(self.signers),
            list(self.signatures),
        )


def sign_distribution(
    signer: Signer, distribution: Distribution, attempt: int, uri: str, deadline: int
) -> bytes:
    """One maintainer's signature under this attempt at posting a document."""
    return signer.sign_typed(message(distribution, attempt, uri, signer.address, deadline))


def signed_post(
    distribution: Distribution,
    attempt: int,
    uri: str,
    deadline: int,
    signatures: Iterable[tuple[Address, bytes]],
    wallets: Collection[str] = (),
) -> SignedPost:
    """A post with its signatures in the contract's order; wrong or doubled ones are refused here.

    `SignatureError` names the signer whose 65 bytes do not match; a signature of another length, or
    by one of `wallets`, is a contract's and left to the chain.
    """
    ordered = sorted(signatures, key=lambda pair: address_bytes(pair[0]))
    accounts = [account for account, _ in ordered]
    if len(set(accounts)) != len(accounts):
        raise BadInput(
            "one maintainer signed twice", "bring signatures of different maintainers, one each"
        )
    for account, signature in ordered:
        if len(signature) == _ECDSA and account not in wallets:
            typed = message(distribution, attempt, uri, account, deadline)
            check_signer(typed_data.digest(typed), signature, account)
    return SignedPost(
        distributor=distribution.distributor,
        epoch=distribution.epoch,
        root=distribution.root,
        total_cred=distribution.total,
        leaf_count=distribution.leaf_count,
        data_hash=data_hash(distribution),
        uri=uri,
        deadline=deadline,
        signers=tuple(accounts),
        signatures=tuple(signature for _, signature in ordered),
    )


def whole_list(distribution: Distribution) -> list[tuple[bytes, int]]:
    """The leaves as `payday` takes them: subject and cred, in order."""
    return [(bytes(subject), int(cred)) for subject, cred in distribution.leaves]


def claim_of(distribution: Distribution, subject: bytes) -> tuple[int, int, Proof]:
    """Index, cred and the siblings of one leaf, as `claim` and `claim_many` take them."""
    tree = distribution.tree()
    leaf = tree.leaf(tree.index_of(subject))
    return leaf.index, leaf.cred, tree.proof(leaf.index)


def message(
    distribution: Distribution, attempt: int, uri: str, signer: str, deadline: int
) -> TypedData:
    """What one maintainer signs under this attempt at posting a document."""
    return typed_data.cred_distribution(
        Domain(distribution.chain_id, distribution.distributor),
        epoch=distribution.epoch,
        attempt=attempt,
        root=distribution.root,
        total_cred=distribution.total,
        leaf_count=distribution.leaf_count,
        data_hash=data_hash(distribution),
        uri=uri,
        signer=signer,
        deadline=deadline,
    )
